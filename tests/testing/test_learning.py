"""Each fault, planted in a sound learned method, breaks its law; the sound one breaks none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

import numpy as np
import pytest

from ethoframe.contract import Spec, parameter
from ethoframe.nets.lesson import Lesson
from ethoframe.testing.laws import LAWS, LawBroken
from ethoframe.testing.laws.case import Case
from ethoframe.testing.laws.taught import taught
from ethoframe.testing.pupil import Pictures, Pupil
from ethoframe.testing.specimens import Change


class AppliesUntaught(Pupil):
    def outline(self, **specs):
        return Spec("values", ("t", "quantity"), (12, 2), "float64", names=("level", "bright"))


class TakesAnything(Pupil):
    def lesson(self, labels, training):
        return super().lesson(labels if len(labels) else self.sample(), training)


class Wandering(Pictures):
    chance = np.random.default_rng(0)

    def example(self, index, chance):
        return super().example(index, self.chance)


class OwnChance(Pupil):
    def lesson(self, labels, training):
        made = super().lesson(labels, training)
        return replace(made, train=Wandering(made.train.labels))


class OtherOrder(Pictures):
    drawn = count()

    def example(self, index, chance):
        found = super().example(index, chance)
        later = chance is not None and next(self.drawn) > 6  # after the first of two trainings
        return {**found, "values": found["values"] + np.float32(later)}


class LearnsFromBefore(Pupil):
    def lesson(self, labels, training) -> Lesson:
        made = super().lesson(labels, training)
        return replace(made, train=OtherOrder(made.train.labels))


@dataclass(frozen=True)
class Unnamed(Pupil):
    window: float = parameter(1.0, unit="s", says="how long")


FAULTS = [
    (AppliesUntaught, "learning", "without weights, outline: it should have been refused"),
    (TakesAnything, "learning", "labels of nothing: it should have been refused"),
    (OwnChance, "learning", "was another the second time"),
    (LearnsFromBefore, "learning", "the same labels and seed gave other weights"),
    (Unnamed, "parameters", "must end with _s"),
]


@pytest.mark.parametrize("law", LAWS)
def test_a_sound_pupil_breaks_no_law(law):
    LAWS[law](Pupil)


@pytest.mark.parametrize(("method", "law", "what"), FAULTS)
def test_a_fault_breaks_its_law(method, law, what):
    with pytest.raises(LawBroken) as told:
        LAWS[law](method)
    assert what in str(told.value)
    assert "\n" not in str(told.value)


def test_written_rules_need_not_be_taught():
    LAWS["learning"](Change)


def test_a_class_is_taught_once():
    assert taught(Pupil) is taught(Pupil)
    assert Case.of(Pupil).method == taught(Pupil)
    assert Case.of(Pupil).answer().names == ("level", "bright")
