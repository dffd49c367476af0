"""Series of numbers, cut into stretches that a network is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.behave._features import View, mirrored, moments, windowed
from ethoframe.methods.behave._posture import Bodies, ends_in
from ethoframe.nets.lesson import Example
from ethoframe.nets.network import SEEN

ANSWERED = 128
"""Moments of a stretch that are answered."""

SHOWN = ANSWERED + 2 * SEEN
"""And those that are shown: what is around them counts too."""

Spans = tuple[float, float, float]


@dataclass(frozen=True)
class Look(View):
    """What of tracks is looked at, and in which windows.

    Parameters
    ----------
    spans_s
        The shortest first.
    """

    spans_s: Spans

    @property
    def ahead(self) -> int:
        """Steps on either side of a moment between which ways are told."""
        return self.half(self.spans_s[0])

    def names(self) -> list[str]:
        """What numbers of a moment are called, without those of windows."""
        count = 2 if self.pair else 1
        held = np.full((1, 2, len(self.keypoints), count), np.nan)
        front, back = ends_in(self.keypoints)
        nobody = Bodies(held, np.zeros(1), front, back, np.full(count, np.nan))
        return moments(nobody, 0, self.keypoints, 1, self.pair).names

    def rows(self, bodies: Bodies, who: int) -> Array:
        """Numbers of each moment of one individual, and of windows around it ``(t, number)``."""
        told = moments(bodies, who, self.keypoints, self.ahead, self.pair).rows
        halves = [self.half(span) for span in self.spans_s]
        return windowed(told, halves).astype(np.float32)

    def known(self, rows: Array) -> Array:
        """Whether the body axis, and of pairs that of the other, was seen lately ``(t,)``."""
        names = self.names()
        # Of the windows, the mean over the middle span: it bridges what is hidden for less.
        first = len(names) * (1 + 4)
        columns = [first + column for column in self.axes(names)]
        seen: Array = np.all(np.isfinite(rows[:, columns]), axis=1)
        return seen

    def mirror(self) -> tuple[Array, Array]:
        """Of each column in a mirror which one it becomes, and its sign."""
        becomes, signs = mirrored(self.names(), self.keypoints)
        count, odd = len(becomes), signs < 0
        order, turned = [becomes], [signs]
        for window in range(len(self.spans_s)):
            mean, spread, least, most = (count * (1 + 4 * window + kind) for kind in range(4))
            order += [mean + becomes, spread + becomes]
            order += [np.where(odd, most, least) + becomes, np.where(odd, least, most) + becomes]
            turned += [signs, np.ones(count), signs, signs]
        return np.concatenate(order), np.concatenate(turned)


@dataclass(frozen=True)
class Usual:
    """Mean and spread of numbers, by which they are made alike ``(number,)``."""

    mean: Array
    spread: Array

    @classmethod
    def of(cls, parts: Sequence[Array]) -> Usual:
        """Of the rows ``(t, number)`` that are known; 0 and 1 of numbers that never are."""
        rows = np.concatenate([*parts]).astype(np.float64)
        known = np.isfinite(rows)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, rows, 0.0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, rows - mean, 0.0) ** 2).sum(axis=0) / count)
        return cls(mean, np.where(spread > 0, spread, 1.0))

    def to_json(self) -> dict[str, list[float]]:
        """Ready for JSON."""
        return {"mean": self.mean.tolist(), "spread": self.spread.tolist()}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Usual:
        """From what `to_json` gave."""
        return cls(np.array(told["mean"], np.float64), np.array(told["spread"], np.float64))

    def pictures(self, rows: Array, starts: Sequence[int]) -> Array:
        """Stretches ``(n, number, 1, moment)`` answering from `starts` on; NaN beyond the ends."""
        alike = ((rows - self.mean) / self.spread).astype(np.float32)
        out = np.full((len(starts), rows.shape[1], 1, SHOWN), np.nan, np.float32)
        for picture, start in zip(out, starts, strict=True):
            first, last = max(0, start - SEEN), min(len(rows), start + ANSWERED + SEEN)
            if last > first:
                at = first - (start - SEEN)
                picture[:, 0, at : at + last - first] = alike[first:last].T
        return out


@dataclass(frozen=True)
class Series:
    """Numbers and classes of one individual at each moment.

    Parameters
    ----------
    rows
        ``(t, number)``.
    codes
        Classes ``(t,)``; -1 where they are not known, or do not belong to this side of a split.
    """

    rows: Array
    codes: Array


@dataclass
class Stretches:
    """Stretches of series as examples.

    Parameters
    ----------
    series
        All of them; those without a class are never shown.
    usual
        By what numbers are made alike.
    weights
        How much each class counts ``(k,)``.
    mirror
        What a mirror makes of numbers; None where behaviours do not stay the same in one.
    both
        Whether each stretch is an example as it is and another one in the mirror.
    lost
        Columns of numbers that tell nothing: they are those of half the series later, which are as
        usual, and of another moment.
    """

    series: Sequence[Series]
    usual: Usual
    weights: Array
    mirror: tuple[Array, Array] | None = None
    both: bool = False
    lost: Array = field(default_factory=lambda: np.zeros(0, np.intp))
    places: list[tuple[int, int, bool]] = field(init=False)

    def __post_init__(self) -> None:
        sides = (False, True) if self.both and self.mirror is not None else (False,)
        self.places = [
            (index, start, side)
            for side in sides
            for index, each in enumerate(self.series)
            for start in range(0, len(each.codes), ANSWERED)
            if (each.codes[start : start + ANSWERED] >= 0).any()
        ]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.places)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """A stretch; by chance moved along the series, and put in the mirror."""
        which, start, side = self.places[index]
        series = self.series[which]
        if chance is not None:
            start += int(chance.integers(-ANSWERED // 2, ANSWERED // 2))
            side = self.mirror is not None and bool(chance.random() < 0.5)
        first, last = max(0, start - SEEN), min(len(series.rows), start + ANSWERED + SEEN)
        rows = series.rows[first:last]
        if len(self.lost):
            later = (np.arange(first, last) + len(series.rows) // 2) % len(series.rows)
            rows = rows.copy()
            rows[:, self.lost] = series.rows[np.ix_(later, self.lost)]
        if side and self.mirror is not None:
            becomes, signs = self.mirror
            rows = rows[:, becomes] * signs
        codes = np.full((1, SHOWN), -1.0, np.float32)
        begin, end = max(0, start), min(len(series.codes), start + ANSWERED)
        if end > begin:
            at = begin - (start - SEEN)
            codes[0, at : at + end - begin] = series.codes[begin:end]
        return {
            "picture": self.usual.pictures(rows, [start - first])[0],
            "moment": codes,
            "class_weight": self.weights.astype(np.float32),
        }


def look_from(told: Mapping[str, Any]) -> Look:
    """A look from the JSON that `asdict` made of it."""
    spans = told["spans_s"]
    kept = {**told, "keypoints": tuple(told["keypoints"]), "spans_s": (*spans,)}
    return Look(**kept)


def look_json(look: Look) -> dict[str, Any]:
    """Ready for JSON."""
    return asdict(look)
