from __future__ import annotations

import csv
import json
from types import SimpleNamespace

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.data import Labels, Refusal
from ethoframe.run.comparing import compare
from ethoframe.run.comparing.compare import compared, method_of
from ethoframe.run.comparing.contestant import Contestant
from ethoframe.run.comparing.results import plain
from ethoframe.run.comparing.sentences import cost, human, more_labels, variance, verdict
from tests.run.comparing.planted import Pupil, Rule, labels_of


def test_the_better_one_is_told_with_an_interval(planned):
    found = compared(planned({"near": Rule(off=1.0), "far": Rule(off=3.0)}, folds=4))
    assert len(found.rows) == 60
    near = found.standing("near").scores["error of size"]
    assert near.low < near.value < near.high
    assert near.value == pytest.approx(1.0, abs=0.1)
    (pair,) = found.differences
    assert pair.better == "near"
    assert pair.value.value == pytest.approx(-2.0, abs=0.2)
    assert "near is better than far" in verdict(found)
    assert "these 60 pictures" in verdict(found)


def test_what_cannot_be_told_apart_is_not(planned):
    a, b = Rule(off=1.0, wobble=0.9), Rule(off=1.001, wobble=0.2)
    found = compared(planned({"a": a, "b": b}, share=0.2))
    assert len(found.rows) == 12
    assert found.differences[0].better == ""
    assert "cannot be told apart" in verdict(found)
    assert "is better" not in verdict(found)


def test_of_few_pictures_little_is_said(planned):
    found = compared(
        planned({"a": Rule(off=1.0), "b": Rule(off=3.0)}, labels_of(range(12)), share=0.25)
    )
    assert "so few say little" in verdict(found)


def test_intervals_are_wider_for_many_contestants(planned):
    many = {f"rule {k}": Rule(off=1 + k / 4) for k in range(5)}
    found = compared(planned(many))
    assert len(found.differences) == 10
    assert found.differences[0].value.level == pytest.approx(0.995)


def test_nobody_is_taught_what_it_is_scored_on(planned, fits, labels):
    wanted = planned({"rule": Rule(), "pupil": Pupil()}, folds=3, curve=True)
    for job in wanted.jobs:
        assert not set(job.rows) & set(wanted.splits[job.fold].validation)
    found = compared(wanted)
    assert len(fits) == len(wanted.jobs)
    assert not np.isnan(found.standing("pupil").answers.values["error of size"]).any()
    for row in (0, 27, 59):
        told = method_of(wanted, wanted.ask.contestants[1], row)
        card = json.loads((wanted.ask.out / told.weights / "card.json").read_text())
        assert card["labels"]["count"] == 40


def test_the_curve_tells_when_the_rule_is_overtaken(planned, fits):
    # 0.4 + 8 / n is as much as 0.8 at n = 20.
    found = compared(planned({"rule": Rule(off=0.8), "pupil": Pupil()}, curve=True))
    (course,) = found.courses
    assert course.curve.sizes.tolist() == [5, 10, 20, 45]
    at = course.curve.overtakes["rule"]
    assert at.low <= 20 <= at.high
    assert 15 < at.value < 25
    assert course.curve.errors[0].value == pytest.approx(2.0, rel=0.15)
    assert "overtakes rule at about" in plain(found)["curves"]["pupil"]["says"][0]
    assert more_labels(found, course)
    assert "on what it was taught" in variance(course)


def test_choices_of_labels_are_nested(planned):
    wanted = planned({"pupil": Pupil()}, curve=True, repeats=2)
    rows = {(job.size, job.repeat): set(job.rows) for job in wanted.jobs}
    assert rows[5, 0] < rows[10, 0] < rows[20, 0] < rows[0, 0]
    assert rows[5, 0] != rows[5, 1]
    assert len(wanted.jobs) == 1 + 3 * 2


def test_larger_ones_are_tried(planned, fits):
    found = compared(planned({"pupil": Pupil()}, capacity=("deep", (1, 4)), folds=2))
    (capacity,) = found.capacities
    assert capacity.values == ("1", "4")
    assert capacity.errors[0].value > capacity.errors[1].value
    assert len(fits) == 6


def test_every_fit_of_a_method_has_the_same_steps(planned, fits):
    one = Contestant("pupil", Pupil(), Training(minutes=2.0))
    compared(planned({"pupil": one}, curve=True, folds=2))
    cards = [json.loads((each / "card.json").read_text()) for each in fits]
    assert {card["taught"]["steps"] for card in cards} == {77}
    assert [card["training"]["steps"] for card in cards] == [0] + [77] * (len(cards) - 1)


def test_a_killed_comparison_goes_on(planned, fits, monkeypatch):
    wanted = planned({"rule": Rule(), "pupil": Pupil()}, folds=3)
    whole, calls = compare.answered, []

    def killed(*args):
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return whole(*args)

    monkeypatch.setattr(compare, "answered", killed)
    with pytest.raises(KeyboardInterrupt):
        compared(wanted)
    assert len(fits) == 2
    assert "(2 of 3 are done already)" in cost(wanted)
    first = compared(wanted)
    assert len(fits) == 3
    count = len(calls)
    again = compared(wanted)
    assert len(calls) == count  # nothing was answered anew
    assert len(fits) == 3
    assert plain(first) == plain(again)
    assert cost(wanted) == "all 3 fits are done already"


def test_other_parameters_are_other_fits(planned, fits):
    compared(planned({"pupil": Pupil()}, folds=2))
    compared(planned({"pupil": Pupil(deep=2)}, folds=2))
    assert len(fits) == 4


def test_what_it_costs_is_told_before():
    planned = SimpleNamespace
    one = Contestant("pupil", Pupil(), Training(minutes=3.0))
    jobs = [SimpleNamespace(contestant=one) for _ in range(12)]
    told = cost(planned(jobs=jobs, done=lambda job: False))
    assert told == "12 fits of about 3 min: 36 min"


def test_two_people_show_how_good_an_answer_can_be(planned):
    both = Labels((*labels_of(range(30), "ann").parts, *_moved(labels_of(range(30), "bob"))))
    found = compared(planned({"rule": Rule(off=0.2), "far": Rule(off=3.0)}, both, folds=3))
    assert found.human["error of size"].value == pytest.approx(0.5)
    assert found.human["error of size"].n == 30
    assert "as near as that" in human(found)
    for split in found.plan.splits:  # both labels of a picture are on one side
        back = {row % 30 for row in split.validation}
        assert not back & {row % 30 for row in split.train}


def _moved(labels):
    from dataclasses import replace

    for part in labels.parts:
        yield replace(part, said=replace(part.said, table=part.said.table + 0.5))


def test_a_model_that_saw_the_test_is_not_ranked(planned, labels):
    card = {"labels": {"fingerprint": labels.fingerprint(), "films": []}}
    cheat = Contestant("cheat", Rule(off=0.1), model=SimpleNamespace(card=card, folder="m"))
    found = compared(planned({"rule": Rule(), "other": Rule(off=2.0), "cheat": cheat}))
    assert "has SEEN what it is scored on" in found.warnings[0]
    assert verdict(found).startswith("rule is better than other")
    films = {"labels": {"fingerprint": "another", "films": ["picture 3"]}}
    also = Contestant("cheat", Rule(), model=SimpleNamespace(card=films, folder="m"))
    assert "picture 3: it may have SEEN" in also.seen({"picture 3", "picture 4"}, "this")
    assert not also.seen({"picture 4"}, "this")


def test_what_was_refused_is_told(planned, fits, monkeypatch):
    fit = compare.fit

    def choosy(method, labels, out, training=None, **rest):
        if len(labels) < 10:
            raise Refusal("labels", "they are too few", "label some more")
        return fit(method, labels, out, training, **rest)

    monkeypatch.setattr(compare, "fit", choosy)
    found = compared(planned({"pupil": Pupil(), "rule": Rule()}, curve=True))
    assert any("5 labels: they are too few" in line for line in found.warnings)
    assert found.courses[0].curve.sizes.tolist() == [10, 20, 45]


def test_tables_are_written(planned, tmp_path):
    found = compared(planned({"a": Rule(off=1.0), "b": Rule(off=3.0)}))
    out = found.plan.ask.out
    scores = table(out / "scores.csv")
    assert [row["method"] for row in scores] == ["a", "b"]
    assert float(scores[0]["low"]) < float(scores[0]["value"])
    frames = table(out / "frames.csv")
    assert len(frames) == 2 * len(found.rows)
    told = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    assert told["methods"]["a"]["scores"]["error of size"]["n"] == 15
    assert "kept back by recording" in told["split"]


def table(path):
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
