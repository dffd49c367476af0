"""From which corner of a picture places count."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

Origin = Literal["lower", "upper"]
"""From the lower left, as Argus and DLTdv up to 7; or the upper left, as DLTdv8."""


@dataclass(frozen=True)
class Corner:
    """Where the pixel 1, 1 of a picture is.

    Parameters
    ----------
    origin
        In which corner of its left side.
    height
        Of the picture in px; None where nobody said it.

    Examples
    --------
    >>> Corner("upper").theirs(np.array([0.0, 0.0])).tolist()
    [1.0, 1.0]
    >>> Corner("lower", 100).theirs(np.array([0.0, 99.0])).tolist()
    [1.0, 1.0]
    """

    origin: Origin = "lower"
    height: int | None = None

    def refuse_unknown(self, where: Path, remedy: str) -> None:
        """Refuses places from the lower left of a picture whose height nobody said."""
        if self.origin == "lower" and self.height is None:
            reason = "places count from the lower left, and nothing tells how high the picture is"
            raise Refusal(where, reason, remedy)

    def theirs(self, places: Array) -> Array:
        """Places ``(..., 2)`` of ours as X and Y of theirs."""
        x, y = places[..., 0], places[..., 1]
        upper = self.origin == "upper"
        return np.stack([x + 1, y + 1 if upper else self._height - y], axis=-1)

    def ours(self, places: Array) -> Array:
        """X and Y ``(..., 2)`` of theirs as places of ours."""
        x, y = places[..., 0], places[..., 1]
        upper = self.origin == "upper"
        return np.stack([x - 1, y - 1 if upper else self._height - y], axis=-1)

    @property
    def _height(self) -> int:
        assert self.height is not None
        return self.height
