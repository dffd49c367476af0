"""What each frame shows, out of a few classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array, Timed, frozen


@dataclass(frozen=True, eq=False)
class Classes(Timed):
    """How probable each class is in each frame.

    Parameters
    ----------
    table
        Probabilities ``(t, class)``, which sum to 1; NaN throughout a frame of which nothing is
        said.
    names
        Of the classes.
    numbers, times_s
        Frame numbers and seconds ``(t,)``.

    Examples
    --------
    >>> Classes.said(["sharp", "blurred", ""], ["blurred", "sharp"]).best
    ('sharp', 'blurred', '')
    """

    table: Array
    names: tuple[str, ...]
    numbers: Array
    times_s: Array

    along_time = ("table", "numbers", "times_s")

    def __post_init__(self) -> None:
        for name in self.along_time:
            object.__setattr__(self, name, frozen(getattr(self, name)))
        if self.table.shape != (len(self.numbers), len(self.names)):
            raise ValueError("table needs axes (t, class) that match numbers and names")
        if len(self.times_s) != len(self.numbers):
            raise ValueError("classes need one time per number")

    @classmethod
    def said(
        cls,
        words: Sequence[str],
        names: Sequence[str],
        numbers: Array | None = None,
        times_s: Array | None = None,
    ) -> Classes:
        """What people said: one class of `names` for each frame, or nothing (``""``)."""
        table = np.full((len(words), len(names)), np.nan)
        for row, word in zip(table, words, strict=True):
            if word:
                row[:] = 0.0
                row[list(names).index(word)] = 1.0
        numbers = np.arange(len(words)) if numbers is None else numbers
        times_s = np.asarray(numbers, np.float64) if times_s is None else times_s
        return cls(table, tuple(names), numbers, times_s)

    @property
    def best(self) -> tuple[str, ...]:
        """The most probable class of each frame; empty where nothing is said."""
        if not self.names:
            return ("",) * len(self)
        known = np.asarray(np.isfinite(self.table).all(axis=1))
        best = np.argmax(np.nan_to_num(self.table), axis=1)
        return tuple(self.names[at] if said else "" for at, said in zip(best, known, strict=True))
