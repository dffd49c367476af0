"""What a person corrected in tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from ethoframe.data.noun import Noun

What = Literal["ignore", "point", "swap ends"]

WHATS: tuple[What, ...] = get_args(What)


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One span of time, and what a person says of it.

    Parameters
    ----------
    start_s, stop_s
        On the recording's clock; start ≤ time < stop. The two are equal for a single frame: the
        one that is shown at that time.
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
