"""Pictures and labels read through a map, without aliasing where they shrink."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.nets.augment import affine
from ethoframe.nets.augment.elastic import Elastic

Border = Literal["reflect", "constant"]
BORDERS = {"reflect": cv2.BORDER_REFLECT_101, "constant": cv2.BORDER_CONSTANT}

SHRINKS = 1.05  # times: what shrinks less is not worth smoothing
GAUSSIAN = 1.5  # times at least, left to a Gaussian: means over squares alone alias a little


@dataclass(frozen=True)
class Map:
    """Where the pixels of a window of `size` are sampled: first displaced, then by the matrix."""

    matrix: Array
    elastic: Elastic | None
    size: tuple[int, int]

    def maps(self) -> tuple[Array, Array]:
        """Where each pixel of the window is sampled, as x and y ``(h, w)`` float32."""
        if self.elastic:
            return self.elastic.maps(self.matrix)
        rows, columns = (np.arange(pixels) for pixels in self.size)
        along_x, along_y = (
            (a * columns + (b * rows[:, None] + c)).astype(np.float32) for a, b, c in self.matrix
        )
        return along_x, along_y

    @property
    def pixels_per_pixel(self) -> float:
        """How far two neighbours of the window lie apart in the picture, on the whole."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    def bounds(self) -> tuple[Array, Array]:
        """The least and the greatest x, y that are sampled, or somewhat beyond."""
        beyond = self.elastic.farthest_px if self.elastic else 0.0
        height, width = self.size
        left, top, right, bottom = -beyond, -beyond, width - 1 + beyond, height - 1 + beyond
        corners = np.array([[left, top], [right, top], [left, bottom], [right, bottom]])
        there = affine.moved(self.matrix, corners)
        return there.min(axis=0), there.max(axis=0)


def image(pixels: Array, through: Map, border: Border, fill: float) -> Array:
    """A picture ``(h, w[, c])`` read through the map, between pixels linearly."""
    pixels, through = _shrunk(pixels, through)
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    return _read(pixels, through, cv2.INTER_LINEAR, border, (fill,) * channels)


def labels(marked: Array, through: Map, border: Border, fill: float) -> Array:
    """A label image ``(h, w)`` of any dtype, each pixel that of the nearest, bit by bit."""
    flat = np.ascontiguousarray(marked)
    if flat.itemsize == 2:
        level = np.array(fill, flat.dtype).view(np.uint16).item()
        whole = _read(flat.view(np.uint16), through, cv2.INTER_NEAREST, border, (level,))
        return whole.view(flat.dtype)
    # Of larger numbers OpenCV reads some as floats or not at all; of four bytes it copies each.
    step = min(flat.itemsize, 4)
    parts = flat.view(np.uint8).reshape(*flat.shape, -1, step)
    fills = np.array([fill], flat.dtype).view(np.uint8).reshape(-1, step)
    read = [
        _read(parts[:, :, part], through, cv2.INTER_NEAREST, border, tuple(map(int, fills[part])))
        for part in range(parts.shape[2])
    ]
    joined = np.concatenate([each.reshape(*through.size, step) for each in read], axis=2)
    return joined.view(flat.dtype)[..., 0]


def _read(pixels: Array, through: Map, flag: int, border: Border, fill: tuple[float, ...]) -> Array:
    pixels = np.ascontiguousarray(pixels)
    mode = BORDERS[border]
    if through.elastic:
        return cv2.remap(pixels, *through.maps(), flag, borderMode=mode, borderValue=fill)
    flags = flag | cv2.WARP_INVERSE_MAP
    size = through.size[::-1]
    return cv2.warpAffine(
        pixels, through.matrix, size, flags=flags, borderMode=mode, borderValue=fill
    )


def _shrunk(pixels: Array, through: Map) -> tuple[Array, Map]:
    """Picture and map for a window that shows it smaller: pixels are averaged before.

    By whole numbers of pixels first, then by a Gaussian that takes what the rest would alias.
    """
    times = through.pixels_per_pixel
    if times < SHRINKS:
        return pixels, through
    rows, columns = _seen(pixels.shape[:2], through)
    pixels = np.ascontiguousarray(pixels[rows, columns])
    before = np.array(pixels.shape[1::-1])
    whole = max(1, int(times / GAUSSIAN))
    after = np.maximum(1, np.rint(before / whole).astype(int))
    if whole > 1:
        pixels = cv2.resize(pixels, tuple(map(int, after)), interpolation=cv2.INTER_AREA)
    else:
        after = before
    rest = times / whole
    if rest > SHRINKS:
        sigma_px = 0.5 * np.sqrt(rest**2 - 1)
        side = 2 * int(np.ceil(2 * sigma_px)) + 1
        pixels = cv2.GaussianBlur(pixels, (side, side), sigma_px)
    ratio = after / before
    matrix = through.matrix * ratio[:, None]
    matrix[:, 2] += (0.5 - np.array([columns.start, rows.start])) * ratio - 0.5
    return pixels, replace(through, matrix=matrix)


def _seen(size: tuple[int, int], through: Map) -> list[slice]:
    """The rows and columns of the picture that the window shows, mirrored at the rim or not."""
    least, most = through.bounds()
    margin = 4 * through.pixels_per_pixel + 2
    seen = []
    for pixels, low, high in zip(size, least[::-1], most[::-1], strict=True):
        start, stop = int(np.floor(low - margin)), int(np.ceil(high + margin)) + 1
        first = min(start, 2 * pixels - stop - 1) if stop > pixels else start
        last = max(stop, 1 - start) if start < 0 else stop
        first = min(max(first, 0), pixels - 1)
        seen.append(slice(first, max(min(last, pixels), first + 1)))
    return seen
