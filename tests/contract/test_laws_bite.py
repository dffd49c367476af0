"""Each fault, planted in a sound method, breaks its own law; the sound methods break none."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from ethoframe.contract import Reach, parameter
from ethoframe.testing.laws import LAWS, LawBroken, check
from ethoframe.testing.specimens import Change, Rest, Same, Typical, Usual, film


class ShortReach(Change):
    def reach(self, spec):
        return Reach()


class LostHalo(Change):
    def apply(self, batch):
        return super().apply(batch).take(slice(1, None))


class LevelOfTheBatch(Change):
    def apply(self, batch):
        found = super().apply(batch)
        return replace(found, pixels=found.pixels / (1 + found.pixels.max(initial=0)))


class LyingOutline(Change):
    def outline(self, **specs):
        return replace(super().outline(**specs), dtype="uint8")


class ChangesItsInput(Change):
    def apply(self, batch):
        found = super().apply(batch)
        batch.pixels.base[...] = 0
        return found


class WritesIntoItsInput(Change):
    def apply(self, batch):
        batch.pixels[...] = 0
        return super().apply(batch)


class ChangesFeatures(Rest):
    def apply(self, tracks):
        tracks.features["area_px2"] = np.zeros((len(tracks), 1))
        return super().apply(tracks=tracks)


class LeansOnThePlace(Change):
    def apply(self, batch):
        found = super().apply(batch)
        return replace(found, pixels=found.pixels * np.arange(batch.size[1])[:, None])


class Forgets(Usual):
    def step(self, batch, memory):
        return super().step(batch, self.start())


class RemembersElsewhere(Usual):
    before: ClassVar = [0.0]

    def next(self, level, time_s, memory):
        self.before[0] += level
        return {"usual": self.before[0], "time_s": time_s}


class NotPlain(Usual):
    def start(self, **specs):
        return {**super().start(), "seen": {1, 2}}

    def next(self, level, time_s, memory):
        return {**super().next(level, time_s, memory), "seen": {1, 2}}


class NumpyNumber(Usual):
    def next(self, level, time_s, memory):
        return {**super().next(level, time_s, memory), "frames": np.int64(3)}


class ChangesItsMemory(Usual):
    def step(self, batch, memory):
        answer, memory["usual"] = super().step(batch, memory)[0], 0.0
        return answer, memory


class MeanOfMeans(Typical):
    def chunk(self, batch):
        return {"sum": batch.pixels.mean(axis=0, dtype=np.float64), "count": 1}

    def combine(self, a, b):
        return {"sum": (a["sum"] + b["sum"]) / 2, "count": 1}


class FirstOfAll(Typical):
    def combine(self, a, b):
        return a


class AddsInPlace(Typical):
    def combine(self, a, b):
        a["sum"] += b["sum"]
        return {"sum": a["sum"], "count": a["count"] + b["count"]}


class LiteralSeconds(Rest):
    def lasts(self, spans_s):
        return spans_s > 0.15


class LiteralMillimetres(Rest):
    def moved_mm(self, tracks):
        moved = super().moved_mm(tracks)
        return np.where(moved < 0.15, 0.0, moved) + 0.5


class FramesForSeconds(Usual):
    def next(self, level, time_s, memory):
        return super().next(level, memory["time_s"] + 1 / 30, memory)


class CrashesOnNothing(Rest):
    def apply(self, tracks):
        tracks.at("centroid")[tracks.seen][0]
        return super().apply(tracks=tracks)


class WarnsOfNothing(Rest):
    def apply(self, tracks):
        if np.isnan(tracks.position).any():
            warnings.warn("mean of empty slice", RuntimeWarning, stacklevel=2)
        return super().apply(tracks=tracks)


class MakesUp(Same):
    def apply(self, tracks):
        return replace(tracks, position=np.nan_to_num(tracks.position))


@dataclass(frozen=True)
class UnitUnsaid(Rest):
    window: float = parameter(1.0, unit="s", says="how long")


@dataclass(frozen=True)
class OtherUnit(Rest):
    ahead_s: float = parameter(1.0, unit="1", says="how long")


@dataclass(frozen=True)
class Meaningless(Rest):
    share: float = parameter(1.0, unit="1", says="")


@dataclass(frozen=True)
class NoJson(Rest):
    most: float = parameter(np.inf, unit="1", says="how many at most")


class NoDataclass(Rest):
    window_s: float = parameter(1.0, unit="s", says="how long")


class Uncited(Rest):
    """Seconds in which the animal was slow."""


class Undescribed(Rest):
    pass


FAULTS = [
    (ShortReach, "batching", "in batches of 1"),
    (LostHalo, "batching", "raised IndexError"),
    (LevelOfTheBatch, "batching", "in batches of"),
    (Forgets, "batching", "in batches of 1"),
    (RemembersElsewhere, "batching", "in batches of"),
    (MeanOfMeans, "batching", "not that of the whole"),
    (FirstOfAll, "batching", "not that of the whole"),
    (LyingOutline, "outline", "dtype 'uint8'; the answer has dtype 'float32'"),
    (ChangesItsInput, "untouched", "changed its input recording"),
    (WritesIntoItsInput, "untouched", "read-only"),
    (ChangesFeatures, "untouched", "changed its input tracks"),
    (NotPlain, "memory", "['seen'] is set"),
    (NumpyNumber, "memory", "['frames'] is int64"),
    (ChangesItsMemory, "memory", "step changed the memory"),
    (AddsInPlace, "memory", "combine changed"),
    (LiteralSeconds, "units", "a number in s hides"),
    (LiteralMillimetres, "units", "a number in mm hides"),
    (FramesForSeconds, "units", "a number in s hides"),
    (CrashesOnNothing, "blank", "of no frames: it raised IndexError"),
    (WarnsOfNothing, "blank", "never seen: it raised RuntimeWarning"),
    (MakesUp, "blank", "never seen has a position"),
    (LeansOnThePlace, "shift", "with the picture moved"),
    (UnitUnsaid, "parameters", "must end with _s"),
    (OtherUnit, "parameters", "as if it were in s"),
    (Meaningless, "parameters", "does not say what it means"),
    (NoJson, "parameters", "cannot be written as JSON"),
    (NoDataclass, "parameters", "not a dataclass"),
    (Uncited, "listing", "no References"),
    (Undescribed, "listing", "not a sentence"),
]


@pytest.mark.parametrize("method", [Change, Usual, Typical, Rest, Same])
def test_a_sound_method_breaks_no_law(method):
    check(method)


@pytest.mark.parametrize(("method", "law", "what"), FAULTS)
def test_a_fault_breaks_its_law(method, law, what):
    with pytest.raises(LawBroken) as told:
        LAWS[law](method)
    assert (told.value.law, told.value.method) == (law, method)
    assert what in str(told.value)
    assert "\n" not in str(told.value)


def test_check_runs_every_law():
    with pytest.raises(LawBroken, match="breaks units"):
        check(type("LiteralSeconds", (LiteralSeconds,), {"__doc__": "Rest; ethoframe's own."}))


def test_an_example_that_cannot_fail_is_refused():
    short = type("Short", (Change,), {"example": classmethod(lambda _: {"recording": film(5)})})
    with pytest.raises(LawBroken, match="5 frames"):
        LAWS["batching"](short)
