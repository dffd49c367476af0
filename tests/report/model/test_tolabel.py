"""Frames to label next, from films to a folder that a labelling tool opens."""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from ethoframe import formats
from ethoframe.contract import Learned
from ethoframe.contract.catalog import find
from ethoframe.data import Refusal, Tracks
from ethoframe.nets.model import opened
from ethoframe.report.model.looked import looked
from ethoframe.report.model.tolabel import FOLDER, PAGE, TABLE, chosen, write
from ethoframe.run.fitting import fitted
from ethoframe.testing.pupil import Pupil
from ethoframe.testing.specimens import film

Model = Callable[[type[Learned]], Path]


def test_keypoints_become_a_project_that_opens_again(model: Model, tmp_path: Path) -> None:
    method_class = find("pose/heatmap")
    folder = model(method_class)
    (part,) = method_class.sample().parts
    seen = looked(fitted("pose/heatmap", folder), part.recording, every=2)
    assert seen.numbers == [0, 2, 4, 6]
    assert len(seen.doubt) == len(seen.features) == 4
    some = chosen([seen], 3, apart_s=0.0)
    out = tmp_path / "to-label"
    write(out, opened(folder), [seen], some, "someone")
    pictures = sorted(path.name for path in (out / FOLDER).rglob("*.png"))
    assert pictures == sorted(Path(each.file).name for each in some)
    with (out / TABLE).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["rank"]) for row in rows] == [1, 2, 3]
    assert all((out / row["picture"]).is_file() for row in rows)
    assert "doubt" in (out / PAGE).read_text(encoding="utf-8")
    labels = formats.read_annotations(out)
    assert labels.gives is Tracks
    assert len(labels) == 3
    with pytest.raises(Refusal, match="holds something"):
        write(out, opened(folder), [seen], some)


def test_of_other_answers_there_are_pictures_alone(tmp_path: Path, model: Model) -> None:
    folder = model(Pupil)
    method = Pupil(weights=str(folder))
    seen = looked(method, film())
    assert seen.every == 1
    some = chosen([seen], 2, apart_s=0.0)
    out = tmp_path / "to-label"
    assert write(out, opened(folder), [seen], some) == "pictures alone"
    assert len(list((out / FOLDER).rglob("*.png"))) == 2


def test_frames_of_a_film_are_apart_in_time(model: Model) -> None:
    method = Pupil(weights=str(model(Pupil)))
    seen = looked(method, film())
    some = chosen([seen], 50, apart_s=0.5)
    times = sorted(seen.times_s[each.row] for each in some)
    assert all(b - a >= 0.5 for a, b in pairwise(times))
