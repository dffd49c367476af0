from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

PARTS = ("nose", "neck", "tailbase")
RATE = 20.0


def written(folder: Path, name: str, seed: int, seconds: float = 60.0) -> tuple[Path, Path]:
    """Tracks of two animals as DeepLabCut writes them, and when their noses were near."""
    chance = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE)) / RATE
    knots = np.arange(0, seconds + 3, 3.0)
    far = np.interp(t, knots, chance.uniform(90, 280, len(knots)))
    x = {"one": (40.0, 10.0, -40.0), "two": (-40.0, -10.0, 40.0)}
    columns, heads = [], []
    for animal, offsets in x.items():
        for part, offset in zip(PARTS, offsets, strict=True):
            place = (0 if animal == "one" else far) + offset + 300
            columns += [place + chance.normal(0, 0.5, len(t)), 200 + chance.normal(0, 0.5, len(t))]
            columns.append(np.full(len(t), 0.99))
            heads += [(animal, part, coordinate) for coordinate in ("x", "y", "likelihood")]
    tracks = folder / f"{name}DLC_resnet50_net.csv"
    with tracks.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["scorer", *["net"] * len(heads)])
        for word, at in (("individuals", 0), ("bodyparts", 1), ("coords", 2)):
            writer.writerow([word, *(head[at] for head in heads)])
        writer.writerows([n, *row] for n, row in enumerate(np.stack(columns, axis=1).tolist()))
    near = np.concatenate([[0], far - 80 < 40, [0]]).astype(int)
    begins, ends = (np.flatnonzero(np.diff(near) == sign) / RATE for sign in (1, -1))
    seen = folder / f"{name}.csv"
    rows = [f"{name},one,together,{a},{b}" for a, b in zip(begins, ends, strict=True)]
    heading = "recording,individual,label,start_s,stop_s"
    whole = f"{name},one,support,0,{seconds}"
    seen.write_text("\n".join([heading, whole, *rows]) + "\n")
    return tracks, seen


def test_what_is_asked_is_about_tracks(ethoframe):
    told = ethoframe("fit", "behave/learned", "--help").out
    for option in ("--tracks", "--clock", "--roles", "--author", "--long-s", "--model"):
        assert option in told
    assert "--images" not in told
    assert ethoframe("fit", "behave/learned", "--labels", "x", "--out", "m").status == 2


def test_names_that_do_not_match_end_in_a_line(ethoframe, here):
    tracks, seen = written(here, "day1", 1, 6.0)
    seen.write_text(seen.read_text().replace(",one,", ",Bert,"))
    words = ("--labels", str(seen), "--tracks", str(tracks), "--clock", "20fps", "--out", "model")
    said = ethoframe("fit", "behave/learned", *words)
    assert said.status == 3
    assert "labels are of Bert, and the tracks of one, two" in said.err


def test_no_rate_is_sought_of_what_is_settled_at_once(ethoframe, here):
    pytest.importorskip("torch")
    tracks, seen = written(here, "day1", 1, 20.0)
    words = ("--labels", str(seen), "--tracks", str(tracks), "--clock", "20fps", "--out", "model")
    said = ethoframe("fit", "behave/learned", *words, "--model", "linear", "--find-lr")
    assert said.status == 3
    assert "settled at once" in said.err


@pytest.mark.slow
def test_episodes_teach_and_a_model_tells_others(ethoframe, here):
    for library in ("torch", "sklearn", "onnxscript"):
        pytest.importorskip(library)
    named = [written(here, f"day{n}", n) for n in (1, 2, 3)]
    words = [word for tracks, seen in named[:2] for word in ("--labels", seen, "--tracks", tracks)]
    about = ("--clock", "20fps", "--model", "trees", "--threads", "1", "--validation", "0.3")
    said = ethoframe("fit", "behave/learned", *map(str, words), *about, "--out", "model")
    assert said.status == 0, said.err
    assert said.out.startswith("behave/learned, taught")
    card = json.loads(Path("model/card.json").read_text("utf-8"))
    assert card["classes"] == ["together", "other"]
    assert card["individuals"] == ["one"]
    assert card["figures"]["frame_f1"] > 0.9
    assert "cross-fitted: each of 2 parts of whole recordings" in said.out
    assert "How right it is" in Path("model/report.html").read_text("utf-8")
    tracks, seen = named[2]
    asked = ("--weights", "model", "--clock", "20fps", "--out", "out", "--no-report")
    done = ethoframe("apply", "behave/learned", str(tracks), *asked)
    assert done.status == 0, done.err
    (table,) = Path("out").rglob("episodes.csv")
    with table.open() as file:
        rows = [row for row in csv.DictReader(file) if row["individual"] == "one"]
    with seen.open() as file:
        true = [row for row in csv.DictReader(file) if row["label"] == "together"]

    def total(rows: list[dict[str, str]]) -> float:
        return sum(float(row["stop_s"]) - float(row["start_s"]) for row in rows)

    told = [row for row in rows if row["label"] == "together"]
    assert total(told) == pytest.approx(total(true), rel=0.2)
