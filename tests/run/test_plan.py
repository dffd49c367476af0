from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

from ethoframe.contract import Kind, Recipe, Step, WholeMethod, spec_of
from ethoframe.contract.spec import In, Spec
from ethoframe.data import Refusal
from ethoframe.run.plan import Pass, plan
from ethoframe.testing.specimens import Change, Typical, Usual, film


class Few(Typical):
    def visits(self, spec):
        return np.array([0, 5])


class FewToo(Few):
    pass


class Guided(Usual):
    takes: ClassVar = {**Usual.takes, "background": In(Kind.IMAGE)}


@dataclass(frozen=True)
class Told(WholeMethod):
    """Values of values; ethoframe's own."""

    takes: ClassVar = {"values": In(Kind.VALUES), "background": In(Kind.IMAGE, optional=True)}
    gives: ClassVar = Kind.VALUES
    version: ClassVar = "1"

    def outline(self, **specs) -> Spec:
        return specs["values"]

    def apply(self, **inputs):
        return inputs["values"]

    @classmethod
    def example(cls):
        return {}


def recipe(steps: dict[str, tuple], *gives: str) -> Recipe:
    """A recipe from ``name: (method, {input: source})``."""
    written = tuple(Step(name, method, inputs) for name, (method, inputs) in steps.items())
    return Recipe("r", "r", "", {"film": Kind.RECORDING}, written, {g: g for g in gives})


def planned(steps: dict[str, tuple], *gives: str, given: tuple[str, ...] = ()):
    """What is done, in words: names of the steps of each pass, or of one step."""
    whole = recipe(steps, *gives)
    todo = plan(whole, whole.outline(film=spec_of(film())), given).todo
    return [[s.name for s in do.steps] if isinstance(do, Pass) else do.name for do in todo]


ON_FILM = {"recording": "film"}


def test_one_method_one_pass():
    assert planned({"usual": (Usual(), ON_FILM)}, "usual") == [["usual"]]


def test_reductions_of_the_same_frames_share_a_pass():
    steps = {
        "few": (Few(), ON_FILM),
        "all": (Typical(), ON_FILM),
        "few_too": (FewToo(), ON_FILM),
        "usual": (Usual(), ON_FILM),
    }
    assert planned(steps, *steps) == [["few", "few_too"], ["all", "usual"]]


def test_a_whole_answer_is_ready_one_pass_later():
    steps = {
        "background": (Typical(), ON_FILM),
        "change": (Change(), ON_FILM),
        "guided": (Guided(), {"recording": "change", "background": "background"}),
        "told": (Told(), {"values": "guided", "background": "background"}),
    }
    assert planned(steps, "told") == [["background"], ["change", "guided"], "told"]


def test_frame_methods_are_computed_in_every_pass_that_needs_them():
    steps = {
        "change": (Change(), ON_FILM),
        "again": (Change(), {"recording": "change"}),
        "few": (Few(), {"recording": "change"}),
        "usual": (Usual(), {"recording": "again"}),
    }
    assert planned(steps, "few", "usual") == [["change", "few"], ["change", "again", "usual"]]


def test_what_no_output_needs_is_left_out():
    steps = {"background": (Typical(), ON_FILM), "usual": (Usual(), ON_FILM)}
    assert planned(steps, "usual") == [["usual"]]


def test_what_is_given_is_not_done_nor_what_only_it_needed():
    steps = {
        "background": (Typical(), ON_FILM),
        "guided": (Guided(), {**ON_FILM, "background": "background"}),
        "told": (Told(), {"values": "guided"}),
    }
    assert planned(steps, "told", given=("background",)) == [["guided"], "told"]
    assert planned(steps, "told", given=("guided",)) == ["told"]
    assert planned(steps, "told", given=("told",)) == []


def test_whole_methods_follow_each_other():
    steps = {
        "usual": (Usual(), ON_FILM),
        "a": (Told(), {"values": "usual"}),
        "b": (Told(), {"values": "a"}),
    }
    assert planned(steps, "b", "usual") == [["usual"], "a", "b"]


def test_an_output_may_be_the_answer_of_a_frame_method():
    assert planned({"change": (Change(), ON_FILM)}, "change") == [["change"]]


def test_a_whole_method_may_take_the_answer_of_a_frame_method():
    class Gathered(Told):
        takes: ClassVar = {"values": In(Kind.RECORDING)}

    steps = {"change": (Change(), ON_FILM), "told": (Gathered(), {"values": "change"})}
    assert planned(steps, "told") == [["change"], "told"]


def test_what_is_given_must_be_a_step():
    with pytest.raises(Refusal, match="usaul"):
        planned({"usual": (Usual(), ON_FILM)}, "usual", given=("usaul",))


def test_a_pass_says_what_it_finds_out():
    steps = {"change": (Change(), ON_FILM), "usual": (Usual(), {"recording": "change"})}
    whole = recipe(steps, "usual")
    (found,) = plan(whole, whole.outline(film=spec_of(film()))).todo
    assert (found.name, found.source, len(found.numbers)) == ("usual", "film", 12)


def test_what_has_no_frames_cannot_be_gone_through():
    class Flowing(Usual):
        takes: ClassVar = {"recording": In(Kind.VALUES)}

    steps = {"usual": (Usual(), ON_FILM), "again": (Flowing(), {"recording": "usual"})}
    with pytest.raises(Refusal, match="again: usual has no frames to go through"):
        planned(steps, "again")
