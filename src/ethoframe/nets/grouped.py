"""Rows of things that are together more than memory holds: made a few at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

Made = TypeVar("Made")


@dataclass
class Grouped(Sequence[Made]):
    """Things that are made as they are come to, with their neighbours; only those are kept.

    Parameters
    ----------
    length
        How many there are.
    made
        Makes those at some places.
    size
        How many are made together.

    Examples
    --------
    >>> squares = Grouped(5, lambda places: [place**2 for place in places], 2)
    >>> list(squares), squares[-1], squares[1:3]
    ([0, 1, 4, 9, 16], 16, [1, 4])
    """

    length: int
    made: Callable[[range], Sequence[Made]]
    size: int
    here: range = field(init=False, default=range(0))
    few: Sequence[Made] = field(init=False, default=())

    def __len__(self) -> int:
        """How many there are."""
        return self.length

    def __getitem__(self, index: Any) -> Any:
        """The one at a place, or a list of those at several."""
        place = range(self.length)[index]
        if isinstance(place, range):
            return [self[each] for each in place]
        if place not in self.here:
            first = place - place % self.size
            here = range(first, min(first + self.size, self.length))
            self.few = ()  # never two groups in memory
            self.few, self.here = self.made(here), here
        return self.few[place - self.here.start]
