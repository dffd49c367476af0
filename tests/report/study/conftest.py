"""Results of a small experiment on disk, with numbers that are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ethoframe import recipes
from ethoframe.data import Check, Measure, Measures, Row, Verdict
from ethoframe.formats import table
from ethoframe.run.order import Part
from ethoframe.run.provenance import provenance
from ethoframe.testing.specimens import film

WORDS = {"good": 1.0, "look": 6.0, "failed": 20.0}


class Experiment:
    """Writes results of animals, one after the other."""

    def __init__(self, out: Path) -> None:
        self.out = out
        recipe = recipes.load("open-field").configured({"arena.side_mm": 400.0})
        self.record = provenance(film(), recipe, {})
        self.parts: list[Part] = []

    def add(self, word: str = "good", arena: str = "", values: dict | None = None, **row) -> Part:
        """An animal of this verdict, with these measures and this row of the sheet."""
        number = len(self.parts)
        recording = row.pop("recording", f"m{number}.mp4")
        folder = self.out / Path(recording).stem / arena
        folder.mkdir(parents=True, exist_ok=True)
        values = {"distance": 1000.0 + number} if values is None else values
        table.write_measures(folder / "measures.csv", measures(recording, values))
        (folder / "provenance.json").write_text(json.dumps(self.record), encoding="utf-8")
        check = Check(
            name="animal lost", value=WORDS[word], unit="%", look=5.0, fail=10.0,
            says="of the frames",
        )  # fmt: skip
        told = Row(line=number + 2, video=(recording,), arena=arena, **row) if row else None
        part = Part(recording, arena, folder, told, Verdict((check,)))
        self.parts.append(part)
        return part


def measures(recording: str, values: dict) -> Measures:
    """Each value over the whole trial, and half of it in a bin."""
    rows = []
    for name, value in values.items():
        name, _, during = name.partition("@")
        common = {"recording": recording, "quantity": name, "unit": "mm", "during": during}
        words = f"path of chords of 0.25 s, noise {value} mm; interval: with the edge 5 mm off"
        rows += [
            Measure(value=value / 2, bin_start_s=0, bin_stop_s=60, definition=words, **common),
            Measure(value=value, bin_start_s=0, bin_stop_s=600, definition=words, **common),
        ]
    return Measures(tuple(rows))


@pytest.fixture
def experiment(tmp_path) -> Experiment:
    """Nobody yet."""
    return Experiment(tmp_path / "out")


@pytest.fixture
def dozen(experiment) -> Experiment:
    """Twelve animals of two groups, one doubtful and one failed."""
    for i in range(12):
        word = {3: "look", 7: "failed"}.get(i, "good")
        experiment.add(
            word, subject=f"s{i}", group=("saline", "drug")[i % 2], sex="fm"[i // 2 % 2],
            litter=f"L{i // 4}", cage="ab"[i % 2],
            values={"distance": 100.0 * (i + 1), "time in centre": float(i % 3), "frames": 240.0},
            others={"weight (g)": f"{20 + i / 2}"},
        )  # fmt: skip
    return experiment
