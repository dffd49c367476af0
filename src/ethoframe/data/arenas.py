"""Several floors in one picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ethoframe.data.arena import Arena
from ethoframe.data.noun import Noun
from ethoframe.data.window import Window

MARGIN = 0.1
"""Of an arena's longer side: walls, and an animal that rears against them, are seen as well."""


@dataclass(frozen=True, eq=False)
class Arenas(Noun):
    """Arenas of one recording, each with one animal, in the order they are read: row by row.

    Parameters
    ----------
    arenas
        In px of the whole picture, each with a name of its own.

    Examples
    --------
    >>> square = np.array([[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0]])
    >>> both = Arenas((Arena("rectangle", square + 5, name="left"),
    ...                Arena("rectangle", square + [55, 5], name="right")))
    >>> both.names, both.windows((50, 100))["right"]
    (('left', 'right'), Window(top=1, left=51, height=48, width=48, front=0, depth=None))
    """

    arenas: tuple[Arena, ...]

    def __post_init__(self) -> None:
        if not self.arenas:
            raise ValueError("there must be an arena")
        # Folders are named after them, and some systems tell no "Left" from "left".
        if len({name.casefold() for name in self.names}) < len(self.arenas):
            raise ValueError("two arenas have the same name")

    def __len__(self) -> int:
        return len(self.arenas)

    def __iter__(self) -> Iterator[Arena]:
        return iter(self.arenas)

    def __getitem__(self, name: str) -> Arena:
        """The arena called `name`; KeyError when there is none."""
        return dict(zip(self.names, self.arenas, strict=True))[name]

    @property
    def names(self) -> tuple[str, ...]:
        """What each is called."""
        return tuple(arena.name for arena in self.arenas)

    def windows(self, size: tuple[int, int]) -> dict[str, Window]:
        """For each arena the part of a picture ``(y, x)`` that holds it, and no other arena's.

        A margin is left all round, up to half-way to the next arena.
        """
        return {arena.name: self._window(arena, size) for arena in self.arenas}

    def drawn_on(self, size: tuple[int, int]) -> Arenas:
        """The arenas for a picture ``(y, x)``, as `Arena.drawn_on` says.

        Raises
        ------
        ValueError
            When they were drawn on a picture of another aspect.
        """
        return Arenas(tuple(arena.drawn_on(size) for arena in self.arenas))

    def _window(self, arena: Arena, size: tuple[int, int]) -> Window:
        low, high = arena.outline.min(axis=0), arena.outline.max(axis=0)
        margin = MARGIN * float((high - low).max())
        start, stop = low - margin, high + margin
        for other in self.arenas:
            if other is arena:
                continue
            o_low, o_high = other.outline.min(axis=0), other.outline.max(axis=0)
            # Along the axis on which the two lie further apart, half-way between them is the end.
            before, after = low - o_high, o_low - high
            axis = int(np.argmax(np.maximum(before, after)))
            if before[axis] >= after[axis]:
                start[axis] = max(start[axis], (low[axis] + o_high[axis]) / 2)
            else:
                stop[axis] = min(stop[axis], (high[axis] + o_low[axis]) / 2)
        left, top = np.maximum(np.floor(start), 0).astype(int).tolist()
        right, bottom = np.minimum(np.ceil(stop), size[::-1]).astype(int).tolist()
        return Window(top, left, max(1, bottom - top), max(1, right - left))
