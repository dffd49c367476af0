"""Places in each frame, with what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data.noun import Array, Timed, frozen


@dataclass(frozen=True, eq=False)
class Points(Timed):
    """Any number of places in each frame: blobs, landmarks, the objects of a label map.

    Parameters
    ----------
    coordinates
        One array ``(n, 2)`` as x, y or ``(n, 3)`` as x, y, z per frame, in `unit`.
    features
        By name, which ends with its unit (``radius_mm``): one array ``(n,)`` per frame.
    numbers, times_s
        Frame numbers and seconds ``(t,)``.
    unit
        Of the coordinates: ``"px"``, or ``"mm"`` from the centre of the first pixel.

    Examples
    --------
    >>> seen = Points((np.array([[3.0, 4.0]]),), {"radius_px": (np.array([2.0]),)},
    ...               np.arange(1), np.zeros(1))
    >>> seen.counts, seen.rows("radius_px")
    (array([1]), array([2.]))
    """

    coordinates: tuple[Array, ...]
    features: Mapping[str, tuple[Array, ...]] = field(default_factory=dict)
    numbers: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    times_s: Array = field(default_factory=lambda: np.zeros(0))
    unit: str = "px"

    along_time = ("coordinates", "features", "numbers", "times_s")

    def __post_init__(self) -> None:
        for name in ("numbers", "times_s"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        places = tuple(frozen(each, np.float64) for each in self.coordinates)
        object.__setattr__(self, "coordinates", places)
        columns = {key: tuple(map(frozen, each)) for key, each in self.features.items()}
        object.__setattr__(self, "features", columns)
        if not len(places) == len(self.numbers) == len(self.times_s):
            raise ValueError("points need coordinates, a number and a time for each frame")
        if any(each.ndim != 2 or each.shape[1] not in (2, 3) for each in places):
            raise ValueError("coordinates need axes (point, x y) or (point, x y z)")
        for key, column in columns.items():
            if [len(each) for each in column] != [len(each) for each in places]:
                raise ValueError(f"{key} needs one number for each point")

    @property
    def counts(self) -> Array:
        """How many there are in each frame ``(t,)``."""
        return np.array([len(each) for each in self.coordinates], np.int64)

    @property
    def axes(self) -> int:
        """Two in pictures, three in volumes; two where there is no frame."""
        return self.coordinates[0].shape[1] if self.coordinates else 2

    def places(self) -> Array:
        """All coordinates ``(n, 2|3)``, frame after frame."""
        return np.concatenate(self.coordinates or (np.zeros((0, 2)),))

    def rows(self, feature: str) -> Array:
        """The feature of all points ``(n,)``, frame after frame."""
        return np.concatenate(self.features[feature] or (np.zeros(0),))

    def rows_numbers(self) -> Array:
        """The frame number of each point ``(n,)``, frame after frame."""
        return np.repeat(self.numbers, self.counts)
