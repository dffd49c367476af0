"""Frames to label next, from films to a folder that a labelling tool opens."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.contract import Learned
from ethoframe.contract.catalog import find
from ethoframe.data import Episodes, Labelled, Labels, Refusal, Tracks
from ethoframe.nets.model import opened
from ethoframe.report.model.looked import features_of, looked
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


def test_what_is_labelled_already_is_not_chosen_nor_what_is_near_it(model: Model) -> None:
    method = Pupil(weights=str(model(Pupil)))
    seen = looked(method, film())
    labels = Pupil.sample().take([0, 5])
    some = chosen([seen], 50, 0.0, labels)
    assert {each.number for each in some} == set(seen.numbers) - {0, 5}
    step_s = seen.times_s[1]
    far = chosen([seen], 1, 1.5 * step_s, labels)
    assert {each.number for each in far}.isdisjoint({0, 1, 4, 5, 6})
    everything = Pupil.sample()
    assert chosen([seen], 50, 0.0, everything) == ()
    other = replace(everything, parts=(replace(everything.parts[0], film="another"),))
    assert len(chosen([seen], 50, 0.0, other)) == len(seen.numbers)


def test_frames_like_labelled_ones_come_last(model: Model) -> None:
    method = Pupil(weights=str(model(Pupil)))
    seen = looked(method, film())
    other = replace(Pupil.sample().parts[0].take([3]), film="another")
    some = chosen([seen], 50, 0.0, Labels((other,)))
    assert some[-1].number == 3  # the same picture, of a film of another name
    assert some[-1].why.novelty == pytest.approx(0, abs=1e-6)


def test_time_that_was_looked_at_is_labelled(model: Model) -> None:
    seen = looked(Pupil(weights=str(model(Pupil))), film())
    ends = np.array([[0.0, seen.times_s[4]]])
    said = Episodes.of("rest", ends[:0], ends, "person")
    labels = Labels((Labelled(film(), said),))
    assert seen.unlabelled(labels, 1.0).tolist() == [number >= 4 for number in seen.numbers]
    assert len(features_of(labels)) == 0


def test_frames_of_a_film_are_apart_in_time(model: Model) -> None:
    method = Pupil(weights=str(model(Pupil)))
    seen = looked(method, film())
    some = chosen([seen], 50, apart_s=0.5)
    times = sorted(seen.times_s[each.row] for each in some)
    assert all(b - a >= 0.5 for a, b in pairwise(times))
