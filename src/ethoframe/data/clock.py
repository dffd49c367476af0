"""How steady a recording's clock is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array, Noun

GAP = 1.5
"""A step longer than this many median steps may be a gap."""


@dataclass(frozen=True, eq=False)
class Clock(Noun):
    """What the timestamps of a recording say, in a few numbers.

    Parameters
    ----------
    count
        Number of frames.
    first_s, last_s
        Seconds of the first and the last frame; NaN without frames.
    median_step_s
        Median time from a frame to the next; NaN for fewer than two frames.
    jitter_s
        Median absolute deviation of the steps from their median: half of all steps are within it.
        NaN for fewer than two frames.
    gaps
        ``(after frame number, seconds)`` for every step that is more than 1.5 times the median step
        and longer than it by more than the jitter: most often frames that were dropped.
    variable
        Whether frame number / rate names a wrong frame somewhere: whether some frame lies more than
        half a median step from where a steady clock from the first to the last frame would put it.

    Examples
    --------
    >>> clock = Clock.of(np.array([0.0, 0.1, 0.2, 0.5, 0.6]))
    >>> clock.gaps, clock.variable, round(clock.rate_per_s, 6)
    (((2, 0.3),), True, 10.0)
    """

    count: int
    first_s: float
    last_s: float
    median_step_s: float
    jitter_s: float
    gaps: tuple[tuple[int, float], ...]
    variable: bool

    @classmethod
    def of(cls, times_s: Array) -> Clock:
        """The clock of frames at these rising times ``(t,)`` in seconds."""
        times = np.asarray(times_s, np.float64)
        if len(times) < 2:
            ends = (float(times[0]),) * 2 if len(times) else (np.nan, np.nan)
            return cls(len(times), *ends, np.nan, np.nan, (), False)
        steps = np.diff(times)
        median = float(np.median(steps))
        jitter = float(np.median(np.abs(steps - median)))
        late = np.flatnonzero((steps > GAP * median) & (steps - median > jitter))
        gaps = tuple(zip(late.tolist(), np.round(steps[late], 9).tolist(), strict=True))
        steady = np.linspace(times[0], times[-1], len(times))
        variable = bool(np.abs(times - steady).max() > median / 2)
        return cls(len(times), float(times[0]), float(times[-1]), median, jitter, gaps, variable)

    @property
    def duration_s(self) -> float:
        """Seconds from the first frame to the end of the last, which is given a median step."""
        return self.last_s - self.first_s + (self.median_step_s if self.count > 1 else 0.0)

    @property
    def rate_per_s(self) -> float:
        """Frames per second by the median step; NaN for fewer than two frames."""
        return 1 / self.median_step_s
