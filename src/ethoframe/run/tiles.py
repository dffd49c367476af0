"""Pictures piece by piece, where a method says how far it must see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, spec_of
from ethoframe.data import Frames, LabelMap, Noun, Patch, Recording, Refusal, Window
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Tile:
    """A piece of a picture or volume.

    Parameters
    ----------
    core
        What is answered: a slice for each axis ``([z,] y, x)``.
    seen
        What is looked at for it: the core with what must be seen around it.
    """

    core: tuple[slice, ...]
    seen: tuple[slice, ...]

    @property
    def inner(self) -> tuple[slice, ...]:
        """Where the core lies in what is seen."""
        pairs = zip(self.core, self.seen, strict=True)
        return tuple(slice(c.start - s.start, c.stop - s.start) for c, s in pairs)


def tiles(size: tuple[int, ...], side_px: int, around_px: int) -> Iterator[Tile]:
    """The pieces of a picture ``(y, x)`` or volume ``(z, y, x)``, row by row.

    Examples
    --------
    >>> [tile.seen for tile in tiles((4, 6), 4, 1)]
    [(slice(0, 4, None), slice(0, 5, None)), (slice(0, 4, None), slice(3, 6, None))]
    """
    starts = [range(0, length, side_px) for length in size]
    for corner in product(*starts):
        ends = [min(at + side_px, length) for at, length in zip(corner, size, strict=True)]
        seen = [
            slice(max(0, at - around_px), min(length, end + around_px))
            for at, end, length in zip(corner, ends, size, strict=True)
        ]
        yield Tile(tuple(map(slice, corner, ends)), tuple(seen))


def pieces(
    method: FrameMethod, side_px: int, inputs: Mapping[str, Noun]
) -> Iterator[tuple[Tile, Any]]:
    """The answer for each piece, already cut to its core.

    Side inputs that are pictures of the same size are cut like the main one.

    Parameters
    ----------
    method
        With a number for ``reach(...).around_px``.
    side_px
        Side of a piece.
    inputs
        By name; of the main one no more than a piece is read at a time, where its source can.

    Raises
    ------
    Refusal
        When the method does not say how far it must see.
    """
    main = inputs[next(iter(method.takes))]
    around_px = method.reach(spec_of(main)).around_px
    if around_px is None:
        raise Refusal(method.name(), "it must see whole pictures", "do not cut them into tiles")
    size = spec_of(main).size
    for tile in tiles(size, side_px, around_px):
        cut = {name: cropped(noun, Window.of(tile.seen), size) for name, noun in inputs.items()}
        name, *_ = method.takes
        first = cut.pop(name)
        batch = first.frames(range(len(first))) if isinstance(first, Recording) else first
        answer = method.apply(batch, **cut)
        yield tile, cropped(answer, Window.of(tile.inner), tuple(_lengths(tile.seen)))


def tiled(method: FrameMethod, side_px: int, inputs: Mapping[str, Noun]) -> Any:
    """The answers of all pieces put together."""
    main = spec_of(inputs[next(iter(method.takes))])
    whole: Array | None = None
    part: Any = None
    for tile, part in pieces(method, side_px, inputs):
        array = part.dense() if isinstance(part, LabelMap) else part.pixels
        lead, last = array.shape[:1], array.shape[1 + len(main.size) :]
        if whole is None:
            whole = np.zeros((*lead, *main.size, *last), array.dtype)
        elif array.dtype != whole.dtype:
            whole = whole.astype(np.result_type(whole, array))
        whole[(slice(None), *tile.core)] = array
    if whole is None:
        raise Refusal(method.name(), "there are no frames to go through", "give it some")
    if isinstance(part, LabelMap):
        return replace(part, patches=tuple(map(Patch, whole)), size=main.size)
    return replace(part, pixels=whole)


def _lengths(slices: tuple[slice, ...]) -> Iterator[int]:
    return (each.stop - each.start for each in slices)


def cropped(noun: Any, window: Window, size: tuple[int, ...]) -> Any:
    """The window of what is a picture or volume of this size; anything else as it is."""
    planes = (slice(None),) * (1 + len(size) - len(window.slices))
    match noun:
        case Recording() if noun.size == size:
            return noun.cropped(window)
        case Frames() if noun.size == size:
            return replace(noun, pixels=noun.pixels[(*planes, *window.slices)])
        case LabelMap() if noun.size == size:
            dense = noun.dense()[(*planes, *window.slices)]
            return LabelMap.of(dense, noun.numbers, noun.times_s, noun.names, noun.spacing_mm)
        case _:
            return noun


def seen_around(window: Window, size: tuple[int, ...], around_px: int) -> tuple[Window, Window]:
    """What must be looked at to answer a window, and where in it the window lies.

    Examples
    --------
    >>> seen, inner = seen_around(Window(0, 4, 3, 3), (10, 10), 2)
    >>> seen.slices, inner.slices
    ((slice(0, 5, None), slice(2, 9, None)), (slice(0, 3, None), slice(2, 5, None)))
    """
    lengths = size[-len(window.slices) :]
    seen = [
        slice(max(0, each.start - around_px), min(length, each.stop + around_px))
        for each, length in zip(window.slices, lengths, strict=True)
    ]
    tile = Tile(window.slices, tuple(seen))
    return Window.of(tile.seen), Window.of(tile.inner)
