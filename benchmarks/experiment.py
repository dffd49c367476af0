"""An experiment from videos to one row per animal, by one command.

Twelve videos of 20 s, two open fields in each, and ``animals.xlsx`` that says who is where: 24
animals in two groups, of which the treated ones rest for half of the time. The command is
``ethoframe open-field FOLDER --sheet animals.xlsx --side 40cm --out OUT``.

rows: animals in ``summary.xlsx``. true m, found m: mean distance of the group in m; worst: largest
error of one animal in %. figures: files of them. whole s: the command from start to end.
``python -m benchmarks.experiment FOLDER`` only makes the videos and the sheet, to be tried by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import openpyxl

from benchmarks._command import Watched
from ethoframe.formats import table, workbook
from ethoframe.testing.scenes import Rack, Scene, film

VIDEOS = 12
SECONDS = 20.0
SIZE = (360, 360)
RESTS = ((3.0, 9.0), (12.0, 16.0))
GROUPS = ("control", "treated")
HEADINGS = ("video", "arena", "subject", "group", "sex", "litter", "cage")

Row = dict[str, Any]


@dataclass(frozen=True)
class Animal:
    """One row of the sheet, and how far it truly went.

    Parameters
    ----------
    cells
        As the sheet has them, by heading.
    distance_mm
        The truth.
    """

    cells: Mapping[str, str]
    distance_mm: float


def rows() -> Iterator[Row]:
    """Each group, and the whole."""
    with TemporaryDirectory() as folder:
        yield from of_the_experiment(Path(folder))


def of_the_experiment(folder: Path) -> Iterator[Row]:
    """Makes it, analyses it, and compares what came out with what is true."""
    animals, out = made(folder), folder / "results"
    words = {"--sheet": folder / "animals.xlsx", "--side": "40cm", "--out": out}
    typed = (str(word) for pair in words.items() for word in pair)
    command = Watched(("open-field", str(folder / "videos"), *typed), folder / "errors.txt")
    began = perf_counter()
    for _ in command.done():
        pass
    whole_s = perf_counter() - began
    if command.process.returncode:
        sys.exit(command.errors.read_text(encoding="utf-8"))
    found = distances_mm(out / "measures.csv")
    for group in GROUPS:
        yield {"group": group, **compared([a for a in animals if a.cells["group"] == group], found)}
    yield {
        "group": "all",
        **compared(animals, found),
        "rows": summary_rows(out / "summary.xlsx"),
        "figures": sum(1 for path in out.rglob("*") if path.suffix in (".svg", ".pdf")),
        "peak MB": command.peak_mb(),
        "whole s": whole_s,
    }


def made(folder: Path) -> list[Animal]:
    """The videos and the sheet; who is in them."""
    animals: list[Animal] = []
    for number in range(VIDEOS):
        rack = rack_of(number)
        film(rack, folder / "videos" / f"{rack.name}.mp4")
        for side, arena in enumerate(rack.names):
            cells = described(2 * number + side, f"{rack.name}.mp4", arena)
            animals.append(Animal(cells, rack.distance_mm(arena)))
    columns = [workbook.Column(heading) for heading in HEADINGS]
    lines = [[animal.cells[heading] for heading in HEADINGS] for animal in animals]
    workbook.write(folder / "animals.xlsx", [workbook.Table("animals", columns, lines)])
    return animals


def rack_of(number: int) -> Rack:
    """One video."""
    scenes = tuple(
        Scene(
            arena,
            seed=500 + 2 * number + side,
            size=SIZE,
            duration_s=SECONDS,
            still=RESTS if group_of(2 * number + side) == "treated" else (),
        )
        for side, arena in enumerate(("left", "right"))
    )
    return Rack(f"day {number + 1:02d}", scenes, columns=2)


def described(number: int, video: str, arena: str) -> dict[str, str]:
    """The row of an animal in the sheet."""
    return {
        "video": video,
        "arena": arena,
        "subject": f"m{number + 1:02d}",
        "group": group_of(number),
        "sex": "female" if number % 4 < 2 else "male",
        "litter": f"L{number // 4 + 1}",
        "cage": f"C{number // 3 + 1}",
    }


def group_of(number: int) -> str:
    """Groups change sides from video to video."""
    return GROUPS[(number + number // 2) % 2]


def compared(animals: Sequence[Animal], found: Mapping[str, float]) -> Row:
    """The distances of some animals beside the true ones."""
    pairs = [(found[animal.cells["subject"]], animal.distance_mm) for animal in animals]
    return {
        "animals": len(animals),
        "true m": mean(true for _, true in pairs) / 1000,
        "found m": mean(there for there, _ in pairs) / 1000,
        "worst %": max((100 * (there / true - 1) for there, true in pairs), key=abs),
    }


def distances_mm(path: Path) -> dict[str, float]:
    """How far each subject went in all of the session."""
    whole: dict[str, tuple[float, float]] = {}
    for row in table.read_measures(path).rows:
        if row.quantity == "distance" and not row.during:
            told = row.bin_stop_s - row.bin_start_s, row.value
            whole[row.subject] = max(whole.get(row.subject, told), told)
    return {subject: value for subject, (_, value) in whole.items()}


def summary_rows(path: Path) -> int:
    """Rows of the first sheet that hold an animal."""
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return sum(1 for row in sheet.iter_rows(min_row=2, values_only=True) if any(row))


if __name__ == "__main__":
    made(Path(sys.argv[1]))
