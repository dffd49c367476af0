"""When a signal lamp in the picture is on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Values
from ethoframe.data.noun import Array

GAP = 5  # usual steps: where more is missing nobody knows what the lamp did


@dataclass(frozen=True)
class Light(WholeMethod):
    """Episodes in which a lamp is *on*, from the mean level of its region in each frame.

    The two levels of the lamp are chosen from all frames: the split with the least spread on either
    side. Where these levels do not stand clear of their own spread, or hardly differ, no lamp was
    seen and there is no episode. The lamp goes on when its level has come past the middle by
    half the *hysteresis*, and off when it has fallen below by as much.

    A frame's time is taken for the middle of its exposure. Between a frame without light and one
    with all of it the lamp came on half-way. A frame with a part of the light was exposed while the
    lamp changed, and shares its step, from half-way to the frame before until half-way to the
    frame after, in that proportion: so times are finer than a frame where exposures are long.

    An episode that begins with the support, at the first frame, after a frame without a level or
    after a gap of five usual steps, may have begun before.

    References
    ----------
    Two levels by least spread: Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979), 62-66.
    """

    hysteresis: float = parameter(
        0.2, says="share of the step from off to on in which the lamp stays as it is", low=0, high=1
    )
    clear: float = parameter(
        4.0, says="the levels on and off are so many times their spreads apart, or no lamp", low=1.0
    )

    least_level: float = parameter(
        5.0, unit="level", says="a lamp makes its region lighter by so much", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"level": In(Kind.VALUES)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes."""
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes, in order of time."""
        values: Values = inputs["level"]
        level, times_s = values.table[:, 0], values.times_s
        step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
        pieces = list(_pieces(values))
        ends = [(times_s[first], times_s[stop - 1] + step_s) for first, stop in pieces]
        found = self._levels(level[np.isfinite(level)])
        spans: list[tuple[float, float]] = []
        if found is not None:
            share = (level - found[0]) / (found[1] - found[0])
            for (first, stop), (_, end_s) in zip(pieces, ends, strict=True):
                inside = slice(first, stop)
                spans += self._spans(share[inside], times_s[inside], float(end_s))
        return Episodes.of("on", np.array(spans), np.array(ends), self.name())

    def _levels(self, level: Array) -> tuple[float, float] | None:
        """Levels off and on; None where they are not two."""
        ranked = np.sort(level)
        if len(ranked) < 2 or ranked[-1] - ranked[0] < self.least_level:
            return None
        below = np.arange(1, len(ranked))
        sums = np.cumsum(ranked - ranked[0])
        low, high = sums[:-1] / below, (sums[-1] - sums[:-1]) / (len(ranked) - below)
        # Least spread within is most spread between; two like levels are never parted.
        between = below * (len(ranked) - below) * (high - low) ** 2 * (np.diff(ranked) > 0)
        split = int(np.argmax(between)) + 1
        off, on = float(np.median(ranked[:split])), float(np.median(ranked[split:]))
        spread = _deviation(ranked[:split]) + _deviation(ranked[split:])
        return (off, on) if on - off >= max(self.clear * spread, self.least_level) else None

    def _spans(self, share: Array, times_s: Array, end_s: float) -> list[tuple[float, float]]:
        """Spans in one piece, whose frames follow each other."""
        say = np.where(share > 0.5 + self.hysteresis / 2, 1, 0)
        say = np.where(np.abs(share - 0.5) <= self.hysteresis / 2, -1, say)
        said = np.flatnonzero(say >= 0)
        if len(said) == 0:
            return []
        last = np.maximum(np.searchsorted(said, np.arange(len(say)), side="right") - 1, 0)
        on = say[said[last]] == 1
        edges = np.diff(np.concatenate([[0], on, [0]]).astype(np.int8))
        begun, over = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
        lit = np.clip(share, 0, 1)
        return [
            (
                _changed_s(lit, times_s, int(a)) if a > 0 else float(times_s[0]),
                _changed_s(1 - lit, times_s, int(b)) if b < len(on) else end_s,
            )
            for a, b in zip(begun, over, strict=True)
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A lamp that blinks, caught while it comes on and off, and a frame that was lost."""
        random = np.random.default_rng(2)
        t = np.arange(80) / 30
        level = 40 + random.normal(0, 0.5, 80)
        for first, stop, part in ((5, 12, 0.3), (20, 21, 0.0), (33, 50, 0.6), (60, 70, 0.9)):
            level[first:stop] += 150
            level[first - 1] += 150 * part
        level[40] = np.nan
        values = Values(level[:, None], ("level",), ("level",), np.arange(80), t)
        return {"level": values}


def _pieces(values: Values) -> Iterator[tuple[int, int]]:
    """First row and stop of each stretch of frames in a row that have a level."""
    known = np.isfinite(values.table[:, 0])
    rows = np.flatnonzero(known)
    if len(rows) == 0:
        return
    steps = np.diff(values.times_s)
    long = np.diff(values.times_s[rows]) > GAP * np.median(steps) if len(steps) else False
    lost = (np.diff(rows) > 1) | (np.diff(values.numbers[rows]) > 1)
    apart = np.flatnonzero(lost | long) + 1
    for part in np.split(rows, apart):
        yield int(part[0]), int(part[-1]) + 1


def _deviation(level: Array) -> float:
    """Standard deviation, from the median absolute deviation as of a normal distribution."""
    return 1.4826 * float(np.median(np.abs(level - np.median(level))))


def _changed_s(lit: Array, times_s: Array, first: int) -> float:
    """When the light came, of which frame `first` is the first to have most, `lit` its share."""
    # From the middle of the last two frames before it to the middle of it and the next: what of
    # this time was lit lies at its end.
    around = range(max(0, first - 1), first + 1)
    middles = (times_s[1:] + times_s[:-1]) / 2

    def middle(after: int) -> float:
        if after < 0:
            return float(2 * times_s[0] - middles[0])
        return float(middles[after] if after < len(middles) else 2 * times_s[-1] - middles[-1])

    return middle(first) - sum(float(lit[k]) * (middle(k) - middle(k - 1)) for k in around)
