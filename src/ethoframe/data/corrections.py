"""What a person corrected in tracks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from ethoframe.data.noun import Array, Noun
from ethoframe.data.transform import Transform

What = Literal["ignore", "point", "swap ends"]

WHATS: tuple[What, ...] = get_args(What)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One span of time, and what a person says of it.

    Parameters
    ----------
    start_s, stop_s
        On the recording's clock, each taken to the nearest frame; the frame at `stop_s` is the
        first that is not meant. The two are equal for a single frame.
    what
        ``"ignore"``: nothing that was found then counts. ``"point"``: the keypoint is at `x_px`,
        `y_px`. ``"swap ends"``: head and tail end are the other way round.
    keypoint, x_px, y_px
        Of a point, in px of the whole picture; empty and NaN else.
    author, note
        Who says so, and why.
    """

    start_s: float
    stop_s: float
    what: What
    keypoint: str = ""
    x_px: float = float("nan")
    y_px: float = float("nan")
    author: str = ""
    note: str = ""

    def frames(self, times_s: Array) -> slice:
        """The frames that are meant, as indices into `times_s` ``(t,)``.

        At least one, unless none is within half a usual step of the start.

        Examples
        --------
        >>> times_s = np.arange(10) / 10
        >>> Correction(start_s=0.21, stop_s=0.39, what="ignore").frames(times_s)
        slice(2, 4, None)
        """
        near = np.median(np.diff(times_s)) / 2 if len(times_s) > 1 else 0.0
        ends = np.searchsorted(times_s + near, (self.start_s, self.stop_s))
        first, stop = (int(end) for end in ends)
        if stop == first < len(times_s) and times_s[first] - near <= self.start_s:
            stop = first + 1
        return slice(first, max(first, stop))


@dataclass(frozen=True, eq=False)
class Corrections(Noun):
    """All corrections of one animal's tracks; a later one is made after an earlier one.

    Examples
    --------
    >>> len(Corrections((Correction(start_s=1.0, stop_s=2.0, what="ignore"),)))
    1
    """

    rows: tuple[Correction, ...] = ()

    def canonical(self) -> dict[str, object]:
        """Every row as plain values, NaN equal to NaN."""
        return {"rows": tuple(tuple(vars(row).items()) for row in self.rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def ignored(self, times_s: Array) -> Array:
        """Whether each frame ``(t,)`` is in a span that is to be ignored."""
        flags = np.zeros(len(times_s), bool)
        for row in self.rows:
            if row.what == "ignore":
                flags[row.frames(times_s)] = True
        return flags

    def mapped(self, transform: Transform) -> Corrections:
        """The same corrections with their points in the transform's target plane."""
        points = transform.apply(np.array([(r.x_px, r.y_px) for r in self.rows]).reshape(-1, 2))
        moved = zip(self.rows, points.tolist(), strict=True)
        return Corrections(tuple(replace(row, x_px=x, y_px=y) for row, (x, y) in moved))
