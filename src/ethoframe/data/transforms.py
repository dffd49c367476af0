"""One map of the plane, or of space, for each frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ethoframe.data.noun import Array, Timed, frozen
from ethoframe.data.transform import Transform


@dataclass(frozen=True, eq=False)
class Transforms(Timed):
    """How each frame lies to one that all are compared with: the motion of a recording.

    Parameters
    ----------
    matrices
        ``(t, d + 1, d + 1)``, each acting on columns ``(x, y, 1)`` or ``(x, y, z, 1)`` of its
        frame; NaN where none could be found.
    numbers, times_s
        Frame numbers and seconds ``(t,)``.
    unit
        On both sides: ``"px"`` or ``"mm"``.
    similarity_before, similarity_after
        How alike each frame is to the one it is compared with ``(t,)``, as it came and moved.

    Examples
    --------
    >>> still = Transforms(np.eye(3)[None], np.arange(1), np.zeros(1))
    >>> still.of(0).apply(np.array([[3.0, 4.0]]))
    array([[3., 4.]])
    """

    matrices: Array
    numbers: Array
    times_s: Array
    unit: str = "px"
    similarity_before: Array = field(default_factory=lambda: np.zeros(0))
    similarity_after: Array = field(default_factory=lambda: np.zeros(0))

    along_time = ("matrices", "numbers", "times_s", "similarity_before", "similarity_after")

    def __post_init__(self) -> None:
        count = len(self.matrices)
        for name in ("similarity_before", "similarity_after"):
            if len(getattr(self, name)) == 0:
                object.__setattr__(self, name, np.full(count, np.nan))
        for name in self.along_time:
            object.__setattr__(self, name, frozen(getattr(self, name)))
        if self.matrices.ndim != 3 or self.matrices.shape[1:] not in ((3, 3), (4, 4)):
            raise ValueError("matrices need axes (t, d + 1, d + 1) with d of 2 or 3")
        if {len(getattr(self, name)) for name in self.along_time} != {count}:
            raise ValueError("transforms need a number, a time and similarities for each matrix")

    def of(self, index: int) -> Transform:
        """The map of the frame at `index`."""
        return Transform(self.matrices[index], self.unit, self.unit)
