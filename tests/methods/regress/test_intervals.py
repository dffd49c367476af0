"""Between which numbers the truth lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Classes, Labelled, Labels, Recording, Refusal, Values
from ethoframe.methods.regress._intervals import half_width, least_for, says
from ethoframe.methods.regress._values import Judging, Quantities, table_of, told_values
from ethoframe.methods.regress.frames import FrameValues


@pytest.mark.parametrize("held", [0.8, 0.9, 0.95])
def test_the_truth_lies_within_in_the_share_that_was_asked_for(held) -> None:
    chance, inside = np.random.default_rng(1), []
    for _ in range(2000):
        drawn = chance.standard_cauchy(41)  # whatever the distribution is
        inside.append(abs(drawn[0]) <= half_width(np.abs(drawn[1:]), held))
    assert held - 0.02 < np.mean(inside) < held + 0.05


def test_too_few_frames_give_no_interval_and_say_so() -> None:
    for held in (0.8, 0.9, 0.95):
        least = least_for(held)
        assert np.isfinite(half_width(np.ones(least), held))
        assert np.isnan(half_width(np.ones(least - 1), held))
    assert np.isnan(half_width([], 0.9))
    assert np.isnan(half_width([1.0] * 100, 1.0))
    assert half_width([np.nan, 2.0], 0.5) == 2.0
    assert (
        says(3)
        == "no interval: by 3 frames that were kept apart; 9 are needed for one that holds 90%"
    )
    assert says(30).startswith("intervals by how far off 30 frames")


def labels_of(tables, names=("area", "score"), units=("px2", "1")) -> Labels:
    parts = []
    for k, table in enumerate(tables):
        table = np.array(table, float).reshape(-1, len(names))
        film = Recording.of(np.zeros((len(table), 40, 40, 1), np.uint8), name=f"film {k}")
        said = Values(table, names, units, np.arange(len(table)), film.times_s)
        parts.append(Labelled(film, said))
    return Labels(tuple(parts))


def test_frames_of_which_nothing_is_said_are_left_out() -> None:
    told = told_values("x", labels_of([[[1, np.nan], [np.nan, np.nan], [np.nan, 2]], [[3, 4]]]))
    assert table_of(told).shape == (3, 2)
    quantities = Quantities.of(told)
    assert quantities.mean.tolist() == [2, 3]
    assert quantities.columns == (
        "area",
        "area_low",
        "area_high",
        "score",
        "score_low",
        "score_high",
    )
    assert Quantities.from_json(quantities.to_json()).to_json() == quantities.to_json()


def test_a_quantity_that_never_varies_is_told_as_it_is() -> None:
    assert Quantities.of(labels_of([[[5, 1], [5, 2]]])).spread.tolist() == [1.0, 0.5]


def test_labels_that_say_no_such_thing_are_refused() -> None:
    with pytest.raises(Refusal, match="nothing is said of score"):
        told_values("x", labels_of([[[1, np.nan]]]))
    one, two = labels_of([[[1, 2]], [[3, 4]]]).parts
    other = Labels((one, replace(two, said=replace(two.said, units=("mm2", "1")))))
    with pytest.raises(Refusal, match="other quantities or units"):
        told_values("x", other)
    film = Recording.of(np.zeros((1, 4, 4, 1), np.uint8))
    words = Labels((Labelled(film, Classes.said(["a"], ["a"])),))
    with pytest.raises(Refusal, match="say no values"):
        told_values("x", words)


def test_figures_are_in_the_units_of_the_labels() -> None:
    quantities = Quantities(("area",), ("px2",), np.array([100.0]), np.array([20.0]))
    judge = Judging(quantities, "whole")
    examples = [
        {"frame": np.array(k), "whole": np.array(True), "values": np.array([z])}
        for k, z in enumerate([0.0, 1.0, -1.0])
    ]
    answers = [{"values": np.array([0.5])}] * 3
    figures = judge(examples, answers)
    assert figures["error"] == pytest.approx((0.5 + 0.5 + 1.5) / 3)
    assert figures["area error"] == pytest.approx(20 * figures["error"])
    settled = judge.settle(examples, answers, True)
    assert settled["residuals"] == [[10.0, 10.0, 30.0]]
    assert judge.settle(examples, answers, False)["residuals"] == [[]]


def test_its_lesson_is_in_spreads_of_what_is_learned_from() -> None:
    lesson = FrameValues(side_px=64).lesson(FrameValues.sample(), Training(validation=0.3))
    told = np.array([lesson.train.example(i, None)["values"] for i in range(len(lesson.train))])
    assert told.mean() == pytest.approx(0, abs=1e-6)
    assert told.std() == pytest.approx(1, abs=1e-6)
    assert lesson.told["quantities"]["units"] == ["px2"]
