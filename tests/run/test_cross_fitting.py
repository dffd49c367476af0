from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from ethoframe.contract import Training
from ethoframe.nets.lesson import Fold
from ethoframe.nets.network import BOTH, MOMENT, TEMPORAL, Head, Network
from ethoframe.run.cross_fitting import (
    answering,
    crossed,
    read_columns,
    settled_by,
    write_columns,
)
from ethoframe.run.fitting import steps_of
from ethoframe.testing.pupil import Pictures, Pupil

QUICK = Training(steps=2, pretrained=False, batch=2, validation=0.0, device="cpu", threads=1)


def folded():
    labels = Pupil.sample()
    lesson = Pupil().lesson(labels, QUICK)
    count = len(labels)
    parts = [range(count // 2), range(count // 2, count)]
    folds = [
        Fold(Pictures(labels.take([*parts[1 - k]])), Pictures(labels.take([*parts[k]])))
        for k in (0, 1)
    ]
    return replace(lesson, folds=folds), count


def test_each_example_is_answered_once_by_what_the_others_taught(tmp_path: Path):
    lesson, count = folded()
    found = crossed(lesson, QUICK, tmp_path, "key")
    assert len(found.examples) == len(found.answers) == count
    assert "picture" not in found.examples[0]
    again = crossed(lesson, QUICK, tmp_path, "key")  # from the checkpoints
    for one, other in zip(found.answers, again.answers, strict=True):
        for kind in one:
            np.testing.assert_array_equal(one[kind], other[kind])
    assert {*settled_by(lesson, found)["figures"]} == {*lesson.judge(found.examples, found.answers)}


def test_of_several_heads_the_one_that_answers_is_taught_again():
    lesson, _ = folded()
    network = Network((1, 9), 3, (Head(BOTH, 2), Head(MOMENT, 2)), TEMPORAL, "none", 1, 8)
    both = replace(lesson, network=network, familiar=lesson.train)
    assert both.stepwise
    left = answering(both, {"kind": BOTH})
    assert [head.kind for head in left.network.heads] == [BOTH]
    assert not left.stepwise
    assert left.familiar is not None
    assert answering(both, {"kind": MOMENT}).familiar is None
    assert answering(both, {}) is both


def test_minutes_are_those_of_all_of_it():
    lesson, _ = folded()
    minutes = Training(minutes=1.0, pretrained=False, validation=0.0, device="cpu", threads=1)
    whole = steps_of(replace(lesson, folds=()), minutes)
    assert steps_of(lesson, minutes) < whole


def test_a_table_comes_back(tmp_path: Path):
    columns = {"said": np.array(["a", "b"]), "p(a)": np.array([0.5, np.nan])}
    write_columns(tmp_path / "t.parquet", columns)
    told = read_columns(tmp_path / "t.parquet")
    assert told["said"].tolist() == ["a", "b"]
    np.testing.assert_array_equal(told["p(a)"], columns["p(a)"])
    assert [path.name for path in tmp_path.iterdir()] == ["t.parquet"]
