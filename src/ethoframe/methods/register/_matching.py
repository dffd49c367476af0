"""Which times on one clock are which on another, when neither offset nor rate is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

ANCHORS = 9  # on-times that are tried against all pulses: one of them has its pulse
AROUND = 10  # of its neighbours on either side that are looked at
STARTS = 12  # starts of each anchor that are grown
FINEST = 0.1  # of the tolerance
LIKELY = 0.999  # what is as likely as this by chance tells nothing


@dataclass(frozen=True, eq=False)
class Match:
    """On-times and pulses that belong together.

    Parameters
    ----------
    line
        Offset in s and rate from the video's clock to the outside one.
    pairs
        Indices ``(2, n)`` of on-times and of their pulses.
    apart_s
        How far each pulse ``(n,)`` comes after its place on the line.
    rate_error
        Standard error of the rate; NaN for fewer than three pairs.
    """

    line: tuple[float, float]
    pairs: Array
    apart_s: Array
    rate_error: float

    def __len__(self) -> int:
        return len(self.apart_s)

    @property
    def residual_s(self) -> float:
        """Root mean square distance from the line."""
        return float(np.sqrt(np.mean(self.apart_s**2))) if len(self) else float("nan")

    @property
    def worst_s(self) -> float:
        """Greatest distance from the line."""
        return float(np.abs(self.apart_s).max(initial=0.0))

    def outside(self, times_s: Array) -> Array:
        """Times of the video on the outside clock."""
        there: Array = self.line[0] + self.line[1] * times_s
        return there


@dataclass(frozen=True, eq=False)
class Clocks:
    """The same events on two clocks, some of them missing on either.

    Parameters
    ----------
    on, pulses
        Rising times in s on the video's clock and on the outside one.
    tolerance_s
        A pair is at most so far apart.
    drift
        Rates differ by at most this share.
    """

    on: Array
    pulses: Array
    tolerance_s: float
    drift: float

    def matches(self, near: tuple[float, float] | None) -> list[Match]:
        """The matches that lay the video elsewhere than each other, the most evident first.

        Parameters
        ----------
        near
            Offset in s to look around, and how far at most; None for anywhere.
        """
        if len(self.on) == 0 or len(self.pulses) == 0:
            return []
        tried = np.unique(np.linspace(0, len(self.on) - 1, ANCHORS).round().astype(int))
        grown = [
            self._grown(int(anchor), int(pulse))
            for anchor in tried
            for pulse in self._starts(int(anchor), near)
        ]
        beside: list[Match] = []
        while True:
            found = [match for match in grown if near is None or _is_near(match, near)]
            found.sort(key=self.evidence, reverse=True)
            fresh = [] if not found or found[0] in beside else self._beside(found[0])
            if not fresh:
                break
            beside.append(found[0])
            grown += fresh
        kept: list[Match] = []
        for match in found:
            if all(self._differ(match, other) for other in kept):
                kept.append(match)
        return kept

    def evidence(self, match: Match) -> float:
        """How little chance would do the same: logarithm of how many times it must be tried.

        That so many of the on-times are on pulses, and so near to them; less the number of offsets
        to try. The first pair is no evidence, for the offset was made to fit.
        """
        span = max(float(np.ptp(self.pulses)), self.tolerance_s)
        there = match.outside(self.on)
        looked = np.count_nonzero((there >= self.pulses[0]) & (there <= self.pulses[-1]))
        pairs, of = len(match) - 1, max(int(looked), len(match)) - 1
        if pairs < 2:
            return 0.0
        chance = min(LIKELY, 2 * self.tolerance_s * len(self.pulses) / span)
        share = max(pairs / of, chance)
        parts = ((share, chance), (1 - share, 1 - chance))
        hits = of * sum(a * np.log(a / b) for a, b in parts if a > 0)
        # Chance lays them evenly within the tolerance; two numbers of the line were fitted.
        spread_s = match.residual_s * np.sqrt(len(match) / pairs)
        near = pairs * np.log(self.tolerance_s / np.sqrt(3) / max(spread_s, self.finest_s))
        return float(hits + near - np.log(len(self.on) * len(self.pulses)))

    @property
    def finest_s(self) -> float:
        """Pairs that are nearer than this are no better for it."""
        return FINEST * self.tolerance_s

    def _beside(self, match: Match) -> list[Match]:
        """What grows from the same on-time and the pulses beside the one that it has.

        Of nearly regular pulses they lie nearly as well, and may not have been tried.
        """
        if len(match) == 0:
            return []
        anchor, pulse = match.pairs[:, len(match) // 2].tolist()
        low, high = max(0, pulse - AROUND), min(len(self.pulses), pulse + AROUND + 1)
        return [self._grown(anchor, other) for other in range(low, high) if other != pulse]

    def _starts(self, anchor: int, near: tuple[float, float] | None) -> Array:
        """Indices of the pulses that most likely are the one at this on-time."""
        low, high = max(0, anchor - AROUND), anchor + AROUND + 1
        away = np.delete(self.on[low:high], anchor - low) - self.on[anchor]
        index = np.arange(len(self.pulses))
        if near is not None:
            # The rate is not known yet: far from zero the offset at this on-time may be another.
            slack = near[1] + self.drift * abs(self.on[anchor])
            index = index[np.abs(self.pulses - self.on[anchor] - near[0]) <= slack]
        told = np.zeros(len(index))
        span = max(float(np.ptp(self.pulses)), self.tolerance_s)
        for gap in away:
            reach = self.tolerance_s + self.drift * abs(gap)
            apart = _nearest(self.pulses, self.pulses[index] + gap)[1]
            chance = min(LIKELY, 2 * reach * len(self.pulses) / span)
            # A near miss tells less than a hit on the point.
            told -= (
                np.log(chance)
                * np.maximum(0, 1 - np.abs(apart) / (2 * reach))
                * (np.abs(apart) <= reach)
            )
        return index[np.argsort(-told, kind="stable")[:STARTS]]

    def _grown(self, anchor: int, pulse: int) -> Match:
        """The match that grows from one pair outward."""
        line, error = (self.pulses[pulse] - self.on[anchor], 1.0), self.drift
        pivot, width = float(self.on[anchor]), 2
        while True:
            low, high = max(0, anchor - width), min(len(self.on), anchor + width + 1)
            inside = np.arange(low, high)
            reach = self.tolerance_s + error * np.abs(self.on[inside] - pivot)
            match = self._fitted(line, inside, reach)
            line = match.line
            if len(match) >= 3:
                span = float(np.ptp(self.on[match.pairs[0]]))
                error = min(self.drift, self.tolerance_s / max(span, self.tolerance_s))
            if high - low == len(self.on):
                break
            width *= 2
        every = np.arange(len(self.on))
        for _ in range(2):
            match = self._fitted(match.line, every, np.full(len(every), self.tolerance_s))
        return match

    def _fitted(self, line: tuple[float, float], inside: Array, reach: Array) -> Match:
        """Pairs that are each other's nearest about a line, and the line through them."""
        there = line[0] + line[1] * self.on[inside]
        pulse, apart = _nearest(self.pulses, there)
        back, _ = _nearest(there, self.pulses[pulse])
        good = (np.abs(apart) <= reach) & (back == np.arange(len(inside)))
        pairs = np.stack([inside[good], pulse[good]])
        x, y = self.on[pairs[0]], self.pulses[pairs[1]]
        drawn, rate_error = self._line(x, y, line)
        return Match(drawn, pairs, y - (drawn[0] + drawn[1] * x), rate_error)

    def _line(
        self, x: Array, y: Array, before: tuple[float, float]
    ) -> tuple[tuple[float, float], float]:
        """Offset and rate of the line through these points, and the standard error of the rate."""
        if len(x) == 0:
            return before, float("nan")
        centre_x, centre_y = float(x.mean()), float(y.mean())
        along, up = x - centre_x, y - centre_y
        spread, rate, error = float(along @ along), before[1], float("nan")
        if len(x) >= 3 and spread > 0:
            rate = float(np.clip(along @ up / spread, 1 - self.drift, 1 + self.drift))
            error = float(np.sqrt(np.sum((up - rate * along) ** 2) / (len(x) - 2) / spread))
        return (centre_y - rate * centre_x, rate), error

    def _differ(self, a: Match, b: Match) -> bool:
        """Whether two matches lay the video elsewhere."""
        ends = self.on[[0, -1]]
        return bool(np.abs(a.outside(ends) - b.outside(ends)).max() > 2 * self.tolerance_s)


def _nearest(times_s: Array, wanted_s: Array) -> tuple[Array, Array]:
    """For each wanted time the index of the nearest of the rising times, and how far after it."""
    after = np.clip(np.searchsorted(times_s, wanted_s), 1, max(1, len(times_s) - 1))
    after = np.minimum(after, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(times_s[after] - wanted_s) < np.abs(times_s[before] - wanted_s)
    index = np.where(nearer, after, before)
    return index, times_s[index] - wanted_s


def _is_near(match: Match, near: tuple[float, float]) -> bool:
    return abs(match.line[0] - near[0]) <= near[1]
