"""Stretches of time that numbers are reported for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ethoframe.data.episodes import Episodes
from ethoframe.data.measures import Measure
from ethoframe.data.noun import Array

Span = tuple[float, float]
"""Start and stop in seconds; start ≤ time < stop."""


@dataclass(frozen=True)
class Stretch:
    """Time that one set of numbers is about: a span, or several that go by one name.

    Parameters
    ----------
    spans_s
        Starts and stops in seconds, at least one, in order and apart from each other.
    during
        The event it belongs to: ``"tone 2"`` for the second, ``"tone"`` for all of them, empty for
        the session and its bins.

    Examples
    --------
    >>> both = Stretch(((2.0, 4.0), (8.0, 9.0)), "tone")
    >>> both.holds(np.array([1.0, 2.0, 4.0, 8.5])), both.passed_s(8.5)
    (array([False,  True, False,  True]), 2.5)
    """

    spans_s: tuple[Span, ...]
    during: str = ""

    def holds(self, times_s: Array) -> Array:
        """Whether each time ``(t,)`` lies in it."""
        inside = np.zeros(len(times_s), bool)
        for start, stop in self.spans_s:
            inside |= (times_s >= start) & (times_s < stop)
        return inside

    def frames(self, times_s: Array) -> Array:
        """Numbers ``(n,)`` of the times ``(t,)`` that lie in it, where these rise.

        Much quicker than `holds` for a short stretch of a long recording.
        """
        bounds = np.searchsorted(times_s, self.spans_s)
        return np.concatenate([np.arange(first, last) for first, last in bounds])

    def total(self, between: Callable[[float, float], float]) -> float:
        """The sum over the spans of what lies between start and stop."""
        return float(sum(between(start, stop) for start, stop in self.spans_s))

    def passed_s(self, time_s: float) -> float:
        """How many of its seconds lie before a time."""
        return self.total(lambda start, stop: max(0.0, min(stop, time_s) - start))

    def latency_s(self, spans: Array) -> float:
        """How much of it passes before one of the spans ``(n, 2)`` is on; NaN when none is."""
        first = [
            max(start, float(on.min()))
            for start, stop in self.spans_s
            if len(on := spans[(spans[:, 0] < stop) & (spans[:, 1] > start), 0])
        ]
        return self.passed_s(min(first)) if first else float("nan")

    def tell(self, **what: Any) -> Measure:
        """A measure over this time."""
        start, stop = self.spans_s[0][0], self.spans_s[-1][1]
        return Measure(bin_start_s=start, bin_stop_s=stop, during=self.during, **what)


def stretches(times_s: Array, bin_s: float, events: Episodes | None = None) -> list[Stretch]:
    """The whole session, its bins, and the events.

    An event that comes once goes by its label; one that comes more often gives ``"tone 1"``,
    ``"tone 2"`` … and, for all of them together, ``"tone"``. The time in which no event is on gives
    ``"interval 1"``, ``"interval 2"`` … and ``"interval"`` alike. Events without a length have no
    numbers of their own, but part one interval from the next. What of an event lies outside the
    session is cut off; one that is wholly outside is kept as it is, and holds no frame.

    Parameters
    ----------
    times_s
        Seconds ``(t,)`` of the frames, rising.
    bin_s
        Length of a bin; 0 for no bins.
    events
        What happened when, on the clock of `times_s`.

    Examples
    --------
    >>> tone = Episodes.of("tone", np.array([[1.0, 2.0], [3.0, 3.5]]), np.array([[0.0, 5.0]]))
    >>> [stretch.during for stretch in stretches(np.arange(0, 5, 0.5), 0.0, tone)]
    ['', 'tone', 'tone 1', 'tone 2', 'interval', 'interval 1', 'interval 2', 'interval 3']
    """
    found = [Stretch((span,)) for span in bins(times_s, bin_s)]
    if events is None or not len(events) or not found:
        return found
    session = found[0].spans_s[0]
    for label in dict.fromkeys(events.labels):
        spans = [_cut(start, stop, session) for start, stop in events.spans(label)]
        found += _named(label, [span for span in spans if span[1] > span[0]])
    return found + _named("interval", _between(events, session))


def _cut(start: float, stop: float, session: Span) -> Span:
    first, last = max(float(start), session[0]), min(float(stop), session[1])
    return (first, last) if last > first else (float(start), float(stop))


def _named(label: str, spans: list[Span]) -> list[Stretch]:
    """All of them by the label; then each, where there are several."""
    if not spans:
        return []
    each = [Stretch((span,), f"{label} {i}") for i, span in enumerate(spans, 1)]
    return [Stretch(_apart(spans), label), *(each if len(spans) > 1 else [])]


def _apart(spans: list[Span]) -> tuple[Span, ...]:
    """In order, and as one where they touch: no time counts twice."""
    kept: list[Span] = []
    for start, stop in sorted(spans):
        if kept and start <= kept[-1][1]:
            kept[-1] = (kept[-1][0], max(stop, kept[-1][1]))
        else:
            kept.append((start, stop))
    return tuple(kept)


def _between(events: Episodes, session: Span) -> list[Span]:
    """The parts of the session in which no event is on."""
    free, begin = [], session[0]
    for start, stop in sorted(zip(events.start_s.tolist(), events.stop_s.tolist(), strict=True)):
        if begin < min(start, session[1]):
            free.append((begin, min(start, session[1])))
        begin = max(begin, stop)
    return [*free, (begin, session[1])] if begin < session[1] else free


def bins(times_s: Array, bin_s: float) -> list[tuple[float, float]]:
    """The whole session, then bins of `bin_s` seconds; only the whole when one bin would hold it.

    The session runs from the first frame to one usual step after the last, so every frame stands
    for the time until the next one. The last bin ends with the session.

    Parameters
    ----------
    times_s
        Seconds ``(t,)`` of the frames, rising.
    bin_s
        Length of a bin; 0 for no bins.

    Examples
    --------
    >>> bins(np.arange(0, 5, 0.5), 2.0)
    [(0.0, 5.0), (0.0, 2.0), (2.0, 4.0), (4.0, 5.0)]
    """
    if len(times_s) == 0:
        return []
    step = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    start, stop = float(times_s[0]), float(times_s[-1]) + step
    whole = [(start, stop)]
    if bin_s <= 0 or stop - start <= bin_s * (1 + 1e-9):
        return whole
    count = int(np.ceil((stop - start) / bin_s - 1e-9))
    edges = [start + i * bin_s for i in range(count)] + [stop]
    return whole + list(pairwise(edges))
