"""How light falls, from many frames in which different things are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar

import numpy as np
from numpy.polynomial import legendre

from ethoframe.contract import In, Kind, Memory, Reduction, Spec, evenly, parameter
from ethoframe.data import Frames, Noun, Recording
from ethoframe.data.noun import Array

CELLS = 64  # along the longest side: light is smoother than that
MOST_BYTES = 256_000_000  # of frames that are looked at, all together


@dataclass(frozen=True)
class Illumination(Reduction):
    """The field of light of a recording or a set of pictures, for ``enhance/flatfield``.

    Each frame is averaged over blocks (64 along the longest side, or single pixels where the
    picture is smaller) and divided by its own mean, so that a bright frame counts as much as a
    dark one. In each block the median over the frames leaves out what is seen in fewer than half of
    them. Through these a polynomial of *order* is laid by least squares: light has no sharp edges.
    The field's mean is the median of the frames' means. What stays in its place in most frames is
    taken for light.

    One image with the recording's channels, each by itself, in single precision. NaN is left out;
    frames without light or any number are not used, and where none is left the field is NaN.

    References
    ----------
    Likar et al., J. Microsc. 197 (2000), 285-295; a field from many pictures: Smith et al., Nat.
    Methods 12 (2015), 404-406. The estimate is ethoframe's own.
    """

    frames: int = parameter(200, says="how many frames to look at, at most", low=1, high=10000)
    order: int = parameter(4, says="greatest power of the polynomial", low=0, high=10)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.IMAGE
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One picture of the recording's size and channels."""
        seen = specs["recording"]
        shape = (1, *seen.shape[1:])
        return Spec(Kind.IMAGE, seen.axes, shape, "float32", "level", seen.names, seen.spacing_mm)

    def visits(self, spec: Spec) -> Array:
        """Frames evenly spread over it, so many as can be looked at."""
        affordable = max(8, MOST_BYTES // max(1, spec.frame_bytes))
        return evenly(np.arange(spec.count), min(self.frames, affordable))

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """Means over blocks of each frame; they are few."""
        blocks = [_blocks(frame, _side(batch.size)) for frame in batch.pixels]
        shape = (0, *_blocks(np.zeros((*batch.size, len(batch.channels))), _side(batch.size)).shape)
        cells = np.stack(blocks) if blocks else np.zeros(shape, np.float32)
        return {
            "cells": cells,
            "size": batch.size,
            "channels": batch.channels,
            "spacing_mm": batch.spacing_mm,
        }

    def combine(self, a: Memory, b: Memory) -> Memory:
        """Frames of both."""
        return {**a, "cells": np.concatenate([a["cells"], b["cells"]])}

    def finalise(self, partial: Memory, **side: Any) -> Frames:
        """The field."""
        size, channels = tuple(partial["size"]), tuple(partial["channels"])
        spacing = partial["spacing_mm"] and tuple(partial["spacing_mm"])
        cells = partial["cells"].astype(np.float64)
        planes = [self._field(cells[..., c], size) for c in range(cells.shape[-1])]
        pixels = np.stack(planes, axis=-1).astype(np.float32)[None]
        return Frames(pixels, np.zeros(1, np.int64), np.zeros(1), channels, spacing)

    def _field(self, cells: Array, size: tuple[int, ...]) -> Array:
        """The field of one channel's blocks ``(t, [z,] y, x)``."""
        axes = tuple(range(1, cells.ndim))
        known = np.isfinite(cells)
        share = known.sum(axis=axes)
        means = np.where(known, cells, 0).sum(axis=axes) / np.maximum(share, 1)
        used = means > 0
        if not used.any():
            return np.full(size, np.nan)
        cells, means = cells[used], means[used]
        middle = _median(cells / means.reshape(-1, *(1,) * len(axes)))
        field = _polynomial(middle, size, self.order)
        level: float = np.median(means) / field.mean()
        return field * level

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Squares that lie elsewhere in each frame, under a lamp on the left, in two channels."""
        random = np.random.default_rng(9)
        light = np.stack([1.4 - np.arange(48) / 60 + np.arange(36)[:, None] / 90] * 2, axis=-1)
        seen = np.full((20, 36, 48, 2), (60.0, 30.0))
        for frame in seen:
            top, left = random.integers(0, 28), random.integers(0, 40)
            frame[top : top + 8, left : left + 8] += 60
        pixels = np.clip(seen * light + random.normal(0, 2, seen.shape), 0, 255)
        return {"recording": replace(Recording.of(pixels.astype(np.uint8)), spacing_mm=(0.1, 0.1))}


def _side(size: tuple[int, ...]) -> int:
    """Side of the blocks in pixels."""
    return max(1, -(-max(size, default=1) // CELLS))


def _blocks(frame: Array, side: int) -> Array:
    """Means over blocks of a frame ``([z,] y, x, c)``, of what is finite; NaN without any."""
    known = np.isfinite(frame)
    total, share = np.where(known, frame, 0).astype(np.float64), known.astype(np.float64)
    for axis in range(frame.ndim - 1):
        starts = np.arange(0, frame.shape[axis], side)
        total, share = (np.add.reduceat(each, starts, axis) for each in (total, share))
    mean = np.divide(total, share, out=np.full_like(total, np.nan), where=share > 0)
    return mean.astype(np.float32)


def _median(cells: Array) -> Array:
    """The median over frames of what is finite; NaN without any."""
    ranked = np.sort(np.where(np.isfinite(cells), cells, np.nan), axis=0)  # NaN comes last
    count = np.isfinite(ranked).sum(axis=0)
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    high = np.minimum(high, len(ranked) - 1)
    pair = [np.take_along_axis(ranked, k[None], 0)[0] for k in (low, high)]
    middle: Array = (pair[0] + pair[1]) / 2
    return np.where(count > 0, middle, np.nan)


def _polynomial(cells: Array, size: tuple[int, ...], order: int) -> Array:
    """The polynomial that fits the blocks best, at every pixel."""
    side = _side(size)
    at_cells, at_pixels = [], []
    for length in size:
        starts = np.arange(0, length, side)
        middles = (starts + np.minimum(starts + side, length) - 1) / 2
        # From -1 to 1, where Legendre's polynomials hardly depend on each other; where an axis has
        # few blocks, only so many powers as they can tell.
        powers = min(order, len(starts) - 1)
        scale = max(1, length - 1) / 2
        at_cells.append(legendre.legvander(middles / scale - 1, powers))
        at_pixels.append(legendre.legvander(np.arange(length) / scale - 1, powers))
    chosen = [
        power
        for power in product(*(range(basis.shape[1]) for basis in at_cells))
        if sum(power) <= order
    ]
    terms = [_outer([basis[:, p] for basis, p in zip(at_cells, ps, strict=True)]) for ps in chosen]
    known = np.isfinite(cells)
    design = np.stack([term[known] for term in terms], axis=1)
    weights = np.linalg.lstsq(design, cells[known], rcond=None)[0]
    cube = np.zeros([basis.shape[1] for basis in at_pixels])
    cube[tuple(np.array(chosen).T)] = weights
    for axis, basis in enumerate(at_pixels):
        cube = np.moveaxis(np.tensordot(basis, cube, (1, axis)), 0, axis)
    return cube


def _outer(factors: list[Array]) -> Array:
    """The product of one factor along each axis."""
    total = factors[0]
    for factor in factors[1:]:
        total = np.multiply.outer(total, factor)
    return total
