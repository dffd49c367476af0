"""Pictures as maps of how many objects are where, and back.

Place j of a map of stride s is around pixel ``s * j + (s - 1) / 2``. The map of a frame sums to the
number of its objects; an object is a Gaussian of which no part is lost at the border.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Self

import cv2
import numpy as np

from ethoframe.data.noun import Array

STRIDE = 4
"""Pixels of the network's picture for one place of its map."""

SPREAD = 1.5
"""Standard deviation of an object, in places."""

APART = 32.0
"""Objects are shown to the network at least so many of its pixels apart, where they can be."""

AROUND = 8
"""Places at the border of a tile that see too little around them, and are left to its neighbour."""

STEP, LARGEST = 32, 384
"""Sides of the network's picture are multiples of one, and no longer than the other."""


@dataclass(frozen=True)
class Plan:
    """How pictures are shown to a network that counts; decided by the labels.

    Parameters
    ----------
    size
        Of the network's picture ``(y, x)``.
    zoom
        Pixels of the network's picture for one of a frame.

    Examples
    --------
    >>> Plan.of([(480, 640)], [np.array([[0.0, 0.0], [48.0, 0.0]])])
    Plan(size=(320, 384), zoom=0.6666666666666666)
    """

    size: tuple[int, int]
    zoom: float

    @classmethod
    def of(cls, sizes: Sequence[Sequence[int]], places: Sequence[Array]) -> Self:
        """For frames of these sizes with objects at these places ``(n, 2)``."""
        near = [each for frame in places for each in _nearest(frame)]
        zoom = float(np.clip(APART / np.median(near), 1 / 16, 1.0)) if near else 1.0
        usual = np.median([tuple(size) for size in sizes], axis=0) * zoom
        tall, wide = (int(np.clip(np.ceil(n / STEP) * STEP, STEP, LARGEST)) for n in usual)
        return cls((tall, wide), zoom)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """From what `to_json` gave."""
        return cls(tuple(told["size"]), told["zoom"])

    def resized(self, levels: Array) -> Array:
        """A frame's levels at the network's scale."""
        height, width = levels.shape[:2]
        size = max(1, round(height * self.zoom)), max(1, round(width * self.zoom))
        if size == (height, width):
            return levels
        return cv2.resize(levels, size[::-1], interpolation=cv2.INTER_AREA)

    def placed(self, places: Array, size: Sequence[int]) -> Array:
        """Places ``(n, 2)`` in px of a frame of this size, in places of its map."""
        height, width = size
        seen = np.array([round(width * self.zoom) / width, round(height * self.zoom) / height])
        return np.asarray(((places + 0.5) * seen - STRIDE / 2) / STRIDE)

    def back(self, places: Array, size: Sequence[int]) -> Array:
        """Places of a map ``(n, 2)`` in px of a frame of this size."""
        height, width = size
        seen = np.array([round(width * self.zoom) / width, round(height * self.zoom) / height])
        return np.asarray((places * STRIDE + STRIDE / 2) / seen - 0.5)


def drawn(places: Array, size: tuple[int, int]) -> Array:
    """The map ``(y, x)`` of objects at these places ``(n, 2)`` of it; it sums to n.

    Examples
    --------
    >>> float(drawn(np.array([[0.0, 0.0], [7.5, 3.0]]), (8, 9)).sum().round(6))
    2.0
    """
    down, across = (np.arange(length) for length in size)
    x = np.exp(-0.5 * ((across - places[:, :1]) / SPREAD) ** 2)
    y = np.exp(-0.5 * ((down - places[:, 1:]) / SPREAD) ** 2)
    each = x.sum(axis=1) * y.sum(axis=1)
    # An object far beyond the border leaves nothing to be made one.
    weight = np.divide(1.0, each, out=np.zeros_like(each), where=each > 1e-12)
    return np.asarray((y * weight[:, None]).T @ x, np.float32)


def density(
    run: Callable[[Array], Mapping[str, Array]], picture: Array, size: tuple[int, int]
) -> Array:
    """The map of a picture ``(c, y, x)`` of any size, by tiles of which each answers its middle.

    Parameters
    ----------
    run
        Answers pictures of `size`.
    picture
        Levels as the network takes them.
    size
        Of the network's picture.

    Returns
    -------
    array
        One place for `STRIDE` pixels; whatever of the last ones lies beyond the picture is of it.
    """
    map_size = tuple(-(-length // STRIDE) for length in picture.shape[1:])
    answer = np.zeros(map_size, np.float64)
    corners = [_corners(n, side // STRIDE) for n, side in zip(map_size, size, strict=True)]
    tiles = [(y, x) for y in corners[0] for x in corners[1]]
    for first in range(0, len(tiles), 8):
        some = tiles[first : first + 8]
        told = run(np.stack([_tile(picture, y[0], x[0], size) for y, x in some]))["density"]
        for (y, x), scores in zip(some, told, strict=True):
            inner = slice(y[1] - y[0], y[2] - y[0]), slice(x[1] - x[0], x[2] - x[0])
            answer[y[1] : y[2], x[1] : x[2]] = softplus(scores[0].astype(np.float64))[inner]
    return answer


def softplus(scores: Array) -> Array:
    """Numbers above 0 from any; large ones stay as they are."""
    return np.asarray(np.logaddexp(0.0, scores))


def peaks(density_map: Array) -> Array:
    """Where objects are ``(n, 2)``, x and y in places: as many highest places as are counted.

    Examples
    --------
    >>> peaks(drawn(np.array([[3.0, 4.0], [12.0, 6.0]]), (12, 18)).astype(float)).tolist()
    [[3.0, 4.0], [12.0, 6.0]]
    """
    count = round(float(density_map.sum()))
    smooth = cv2.GaussianBlur(density_map, (0, 0), SPREAD / 2)
    top = (smooth >= cv2.dilate(smooth, np.ones((3, 3), np.uint8))) & (smooth > 0)
    y, x = np.nonzero(top)
    best = np.argsort(-smooth[y, x], kind="stable")[:count]
    return np.stack([x[best], y[best]], axis=1).astype(np.float64)


def _corners(length: int, side: int) -> list[tuple[int, int, int]]:
    """Of tiles along a side: where each begins, and from where to where it answers.

    Each place is answered once, by the tile that sees most around it.
    """
    if length <= side:
        return [(0, 0, length)]
    step = max(1, side - 2 * AROUND)
    count = 1 + -(-(length - side) // step)
    starts = [round(at) for at in np.linspace(0, length - side, count)]
    between = [(a + b + side) // 2 for a, b in pairwise(starts)]
    ends = zip([0, *between], [*between, length], strict=True)
    return [(start, *span) for start, span in zip(starts, ends, strict=True)]


def _tile(picture: Array, top: int, left: int, size: tuple[int, int]) -> Array:
    """A tile whose first place is this one; beyond the picture it is of its mean level."""
    y, x = top * STRIDE, left * STRIDE
    tile = picture[:, y : y + size[0], x : x + size[1]]
    short = [(0, 0), *((0, side - n) for side, n in zip(size, tile.shape[1:], strict=True))]
    return np.pad(tile, short, constant_values=picture.mean()) if any(map(any, short)) else tile


def _nearest(places: Array) -> Iterator[float]:
    """From each place to the nearest other."""
    if len(places) < 2:
        return
    apart = np.hypot(*(places[:, None] - places[None]).T)
    np.fill_diagonal(apart, np.inf)
    yield from np.maximum(apart.min(axis=1), 1.0).tolist()
