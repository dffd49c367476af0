"""The clock of a video on an outside clock, by a lamp that blinks with its pulses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.register._matching import Clocks, Match

UNITS = {
    "offset": "s",
    "rate": "1",
    "rate_error": "1",
    "residual": "s",
    "worst": "s",
    "matched": "1",
    "alone": "1",
    "missed": "1",
    "rival": "1",
}

EVIDENT = float(np.log(100))  # chance does as well once in a hundred recordings
AS_MANY = 0.8  # another offset that matches so large a share of the pulses may be the true one
UNLIKELY = 5.0  # standard deviations by which its residual must be larger not to be


@dataclass(frozen=True)
class Pulses(WholeMethod):
    """Offset and rate between the clock of a video and one that counted the pulses of its lamp.

    *outside time = offset + rate × video time*, so that as many on-times of the lamp as can be lie
    on pulses. Pulses that the camera missed, on-times without a pulse, and recordings that begin or
    end at other times are no hindrance. Every few on-times one is tried against all pulses: how
    unlikely is it that its neighbours lie on pulses too by chance? The best of these starts are
    grown outward, neighbours first, while a straight line through the matched pairs is drawn
    tighter; pairs are each other's nearest, and at most *tolerance_s* apart.

    One row of values:

    * *offset* (s), *rate* (1; 1.00001 is a video clock that is slow by 10 ppm) and *rate_error*,
      the standard error of the rate;
    * *residual*, *worst* (s): root mean square and greatest distance of the pairs from the line;
    * *matched*: pairs; *alone*: on-times without a pulse between the first pulse and the last;
      *missed*: pulses without an on-time while the video looked;
    * *rival* (1): the share of the pairs that the next best offset matches.

    An on-time at which the video begins, or goes on after a gap, is not counted. Where chance would
    match as many, as with a handful of on-times or files that do not belong together, all but
    *matched* is NaN. Where another offset fits as well, as with pulses at regular intervals, there
    is no answer: it refuses.

    References
    ----------
    ethoframe's own; starts from few points, judged by how many agree, after Fischler and Bolles,
    Commun. ACM 24 (1981), 381-395.
    """

    tolerance_s: float = parameter(
        0.06, unit="s", says="a pulse and its light are at most so far apart", low=0.0
    )
    drift: float = parameter(
        0.002, says="the clocks differ in rate by at most this share", low=0.0, high=0.1
    )
    near_s: float = parameter(
        0.0, unit="s", says="the offset is looked for around this one, where within_s is given"
    )
    within_s: float = parameter(
        0.0, unit="s", says="and is at most so far from it; 0 for anywhere", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"light": In(Kind.EPISODES), "pulses": In(Kind.EPISODES)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One row of values."""
        shape = 1, len(UNITS)
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=tuple(UNITS))

    def apply(self, **inputs: Any) -> Values:
        """The values.

        Raises
        ------
        Refusal
            When several offsets fit equally well.
        """
        light: Episodes = inputs["light"]
        on, pulses = _seen_coming(light), np.unique(inputs["pulses"].start_s)
        clocks = Clocks(on, pulses, self.tolerance_s, self.drift)
        found = clocks.matches((self.near_s, self.within_s) if self.within_s else None)
        best = found[0] if found else None
        if best is None or clocks.evidence(best) < EVIDENT:
            return _values(matched=float(len(best) if best else 0))
        rivals = [match for match in found[1:] if self._rivals(match, best)]
        if rivals:
            raise self._ambiguous(best, rivals, len(on))
        times, alone, missed = best.line, _alone(best, clocks), _missed(best, clocks, light)
        return _values(
            offset=times[0],
            rate=times[1],
            rate_error=best.rate_error,
            residual=best.residual_s,
            worst=best.worst_s,
            matched=float(len(best)),
            alone=float(alone),
            missed=float(missed),
            rival=max((len(match) for match in found[1:]), default=0) / len(best),
        )

    def _rivals(self, other: Match, best: Match) -> bool:
        """Whether another match may as well be the true one."""
        if len(other) < AS_MANY * len(best):
            return False
        least_s = 1e-3 * self.tolerance_s
        ratio = max(other.residual_s, least_s) / max(best.residual_s, least_s)
        # The logarithm of a standard deviation from n numbers deviates by 1/√(2n), of two by 1/√n.
        return bool(np.log(ratio) * np.sqrt(len(other)) <= UNLIKELY)

    def _ambiguous(self, best: Match, rivals: list[Match], count: int) -> Refusal:
        matched = f"{len(best)} of {count} on-times match"
        offsets = " s, ".join(f"{match.line[0]:.3f}" for match in (best, *rivals)[:3])
        more = f" and {len(rivals) - 2} more" if len(rivals) > 2 else ""
        reason = f"several offsets fit the pulses equally well: {offsets} s{more} ({matched})"
        remedy = "say near which one it is (near_s, within_s), or blink at irregular times"
        return Refusal(self.name(), reason, remedy)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Irregular pulses, of which the camera sees a part, late and on a slower clock."""
        random = np.random.default_rng(3)
        pulses = 500 + np.cumsum(random.uniform(0.4, 3.0, 60))
        seen = np.delete(pulses[15:50], [4, 20])
        on = np.sort(np.append((seen - 515) / 1.0001 + random.normal(0, 0.005, len(seen)), 7.77))
        support = np.array([[on[0] - 1, on[-1] + 1]])
        return {
            "light": Episodes.of("on", np.stack([on, on + 0.1], axis=1), support),
            "pulses": Episodes.of("pulse", np.stack([pulses, pulses], axis=1), pulses[[[0, -1]]]),
        }


def _values(**known: float) -> Values:
    found = {name: (known.get(name, float("nan")), unit) for name, unit in UNITS.items()}
    return Values.whole(**found)


def _seen_coming(light: Episodes) -> Array:
    """When the lamp came on, where it was looked at before."""
    return np.setdiff1d(light.start_s, light.support_s[:, 0])


def _alone(match: Match, clocks: Clocks) -> int:
    """On-times without a pulse while there were pulses."""
    at = match.outside(np.delete(clocks.on, match.pairs[0]))
    first, last = clocks.pulses[0], clocks.pulses[-1]
    return int(np.count_nonzero((at > first) & (at < last)))


def _missed(match: Match, clocks: Clocks, light: Episodes) -> int:
    """Pulses without light while the video looked."""
    unseen = np.delete(clocks.pulses, match.pairs[1])
    spans = match.outside(light.support_s)
    inside = (unseen[:, None] > spans[:, 0]) & (unseen[:, None] < spans[:, 1])
    return int(np.count_nonzero(inside.any(axis=1)))
