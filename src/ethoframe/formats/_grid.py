"""Arrays in files, whose axes have names, as the frames of a recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from ethoframe.data import Window
from ethoframe.data.noun import Array


class Opener(Protocol):
    """Opens a file; it is plain, so that a source can be sent to another process."""

    def __call__(self) -> AbstractContextManager[Any]:
        """An array that reads only what it is sliced for, open while it is used."""
        ...


@dataclass(frozen=True)
class Axes:
    """What the axes of a stored array mean, in its order.

    Parameters
    ----------
    names
        One letter each: ``t`` frames, ``z`` planes, ``y`` rows, ``x`` columns, ``c`` channels and
        ``s`` samples of a channel, such as red, green and blue. Rows and columns must be there.
    shape
        How long each is.
    volume
        Whether frames are volumes; where they are pictures, an axis ``z`` has one plane.
    """

    names: str
    shape: tuple[int, ...]
    volume: bool = False

    def length(self, name: str) -> int:
        """Of the axis called so; 1 where there is none."""
        return self.shape[self.names.index(name)] if name in self.names else 1

    @property
    def size(self) -> tuple[int, ...]:
        """Of a frame, ``(y, x)`` or ``(z, y, x)``."""
        return tuple(self.length(name) for name in ("zyx" if self.volume else "yx"))

    @property
    def channels(self) -> int:
        """How many numbers each pixel has."""
        return self.length("c") * self.length("s")

    def frame(self, array: Any, number: int, window: Window | None) -> Array:
        """A frame ``([z,] y, x, c)``, or a window of it, read from the stored array."""
        slices: dict[str, slice] = self._slices(window)
        index = [self._picked(name, number, slices) for name in self.names]
        stored = np.asarray(array[tuple(index)])
        if not stored.dtype.isnative:
            stored = stored.astype(stored.dtype.newbyteorder("="))
        left = [n for n, each in zip(self.names, index, strict=True) if isinstance(each, slice)]
        order = [name for name in "zyxcs" if name in left]
        stored = stored.transpose([left.index(name) for name in order])
        space = stored.shape[: len([name for name in order if name in "zyx"])]
        if self.volume and "z" not in left:
            space = (1, *space)
        return stored.reshape(*space, self.channels)

    def _slices(self, window: Window | None) -> dict[str, slice]:
        if window is None:
            return {}
        return dict(zip("xyz", reversed(window.slices), strict=False))

    def _picked(self, name: str, number: int, slices: dict[str, slice]) -> int | slice:
        if name == "t":
            return int(number)
        if name not in "zyxcs" or (name == "z" and not self.volume):
            return 0
        whole: slice = slices.get(name, slice(None))
        return whole


def native(stored: np.dtype[Any]) -> np.dtype[Any]:
    """The type that frames of stored values have: in this machine's order; bits become 0 and 1."""
    return np.dtype(np.uint8) if stored.kind == "b" else stored.newbyteorder("=")


@dataclass(frozen=True, eq=False)
class GridSource:
    """Frames of an array with named axes; each call opens the file anew.

    Parameters
    ----------
    opener
        Of the file.
    axes
        Of the array in it.
    window
        The part of each frame that is read; all of it where None.
    """

    opener: Opener
    axes: Axes
    window: Window | None = None

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``([z,] y, x, c)`` with its number.

        Raises
        ------
        Refusal
            When the file is gone, or a part of it cannot be decoded.
        """
        with self.opener() as array:
            for number in numbers:
                yield int(number), self.axes.frame(array, number, self.window)

    def slabs(self, number: int, size: tuple[int, ...], depth: int) -> Iterator[tuple[int, Array]]:
        """First plane and values ``(z, y, x, c)`` of a volume, `depth` planes at a time.

        The file is opened once: one that is compressed as a whole is unpacked once.

        Parameters
        ----------
        number
            Of the frame.
        size
            Of it, ``(z, y, x)``.
        depth
            Planes of each part but the last.
        """
        planes, height, width = size
        with self.opener() as array:
            for front in range(0, planes, depth):
                part = Window(0, 0, height, width, front, min(depth, planes - front))
                yield front, self.axes.frame(array, number, inside(self.window, part))

    def cropped(self, window: Window) -> GridSource:
        """The source of a window of this one's frames: nothing else is read."""
        return replace(self, window=inside(self.window, window))


def inside(outer: Window | None, inner: Window) -> Window:
    """A window of a window, as a window of the whole."""
    if outer is None:
        return inner
    depth = outer.depth if inner.depth is None else inner.depth
    return Window(
        outer.top + inner.top,
        outer.left + inner.left,
        inner.height,
        inner.width,
        outer.front + inner.front,
        depth,
    )
