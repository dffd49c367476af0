"""Named numbers of frames or of a whole recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array, Timed, frozen


@dataclass(frozen=True, eq=False)
class Values(Timed):
    """Named numbers with units, one row per frame, or one row for a whole recording.

    Parameters
    ----------
    table
        Array ``(t, quantity)``; NaN where a quantity could not be had.
    names, units
        Name and unit of each quantity.
    numbers, times_s
        Frame numbers and seconds ``(t,)``; a whole recording's row has number -1 and time NaN.

    Examples
    --------
    >>> Values.whole(noise=(1.5, "level"), area=(900.0, "px2"))["area"]
    900.0
    """

    table: Array
    names: tuple[str, ...]
    units: tuple[str, ...]
    numbers: Array
    times_s: Array

    along_time = ("table", "numbers", "times_s")

    def __post_init__(self) -> None:
        for name in self.along_time:
            object.__setattr__(self, name, frozen(getattr(self, name)))
        if self.table.shape != (len(self.numbers), len(self.names)):
            raise ValueError("table needs axes (t, quantity) that match numbers and names")
        if not (len(self.units) == len(self.names) and len(self.times_s) == len(self.numbers)):
            raise ValueError("values need one unit per name and one time per number")

    @classmethod
    def whole(cls, **quantities: tuple[float, str]) -> Values:
        """Numbers that hold for a whole recording, given as ``name=(value, unit)``."""
        table = np.array([[value for value, _ in quantities.values()]], np.float64)
        units = tuple(unit for _, unit in quantities.values())
        return cls(table, tuple(quantities), units, np.array([-1]), np.array([np.nan]))

    def __getitem__(self, name: str) -> float:
        """The number called `name` of a whole recording."""
        if len(self) != 1:
            raise ValueError("a single number is had only of values of a whole recording")
        return float(self.table[0, self.names.index(name)])

    def column(self, name: str) -> Array:
        """The numbers called `name`, one per frame ``(t,)``."""
        column: Array = self.table[:, self.names.index(name)]
        return column
