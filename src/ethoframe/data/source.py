"""Where a recording's pixels come from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ethoframe.data.noun import Array
from ethoframe.data.window import Window


class Source(Protocol):
    """Where a recording's pixels come from; formats implement it, one per format.

    One that can read a part of a frame without the rest of it has a second method,
    ``cropped(window) -> Source``: by it pictures larger than memory are read piece by piece.
    """

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``([z,] y, x, c)`` with its number, for ascending `numbers`, the cheapest way.

        A frame that cannot be decoded is left out; the caller sees the missing number. The array
        may be overwritten once the next one is asked for.
        """
        ...


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Frames that are in memory already, ``(t, [z,] y, x, c)``."""

    pixels: Array

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number."""
        for number in numbers:
            yield int(number), self.pixels[number]


@dataclass(frozen=True, eq=False)
class CroppedSource:
    """A window of another source's frames, cut out as they come."""

    inner: Source
    window: Window

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number."""
        where: Any = (..., *self.window.slices, slice(None))
        for number, image in self.inner.images(numbers):
            yield number, image[where]


def windowed(source: Source, window: Window) -> Source:
    """A window of the source's frames, read alone where the source can."""
    cropped = getattr(source, "cropped", None)
    return cropped(window) if cropped else CroppedSource(source, window)


@dataclass(frozen=True, eq=False)
class PlanesSource:
    """The planes of another source's volumes, numbered through; each is read alone if it can be.

    Parameters
    ----------
    inner
        Of the volumes.
    size
        Of each volume ``(z, y, x)``.
    """

    inner: Source
    size: tuple[int, ...]

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each plane ``(y, x, c)`` with its number."""
        depth, height, width = self.size
        for number in numbers:
            frame, plane = divmod(int(number), depth)
            window = Window(0, 0, height, width, plane, 1)
            for _, image in windowed(self.inner, window).images([frame]):
                yield int(number), image[0]


@dataclass(frozen=True, eq=False)
class ChainedSource:
    """Sources one after another, their frames numbered through.

    A source is asked only when frames of it are wanted, and is done with before the next one is
    asked: of files, one is open at a time.

    Parameters
    ----------
    parts
        In order.
    counts
        How many frames each has.
    """

    parts: tuple[Source, ...]
    counts: tuple[int, ...]

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number."""
        first = 0
        for part, count in zip(self.parts, self.counts, strict=True):
            own = numbers[bisect_left(numbers, first) : bisect_left(numbers, first + count)]
            if len(own):
                for number, image in part.images(_counted_from(first, own)):
                    yield number + first, image
            first += count


def _counted_from(first: int, numbers: Sequence[int]) -> Sequence[int]:
    """The numbers when `first` is called 0; of days of frames in a row no list is made."""
    if isinstance(numbers, range):
        return range(numbers.start - first, numbers.stop - first, numbers.step)
    return [number - first for number in numbers]
