"""Watershed by flooding from markers: one function of arrays, as fast as the processor's memory."""

from __future__ import annotations

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding_lattice import Lattice, kernels

LEVELS = 2**16  # whole numbers that span no more are levels as they are
BLOCKS = ((2**10, 6), (2**16, 4))  # up to so many levels, pixels to a block as a power of 2


def flood(
    topography: Array, markers: Array, mask: Array | None = None, connectivity: int = 1
) -> Array:
    """Which marker's water reaches each pixel first, when it rises from level to level.

    Ties: pixels of one level are reached in the order in which they came next to the water, those
    of the markers in the order of the picture; below the present level they count as of it. So
    labels are those of a queue for every level, first in, first out.

    Parameters
    ----------
    topography
        Heights ``(y, x)`` or ``(z, y, x)`` of any type; low is flooded first. Where it is NaN
        nothing is flooded.
    markers
        Whole numbers of the same shape; > 0 where water comes from. They keep their labels.
    mask
        Where water may go; None for everywhere.
    connectivity
        Along how many axes neighbours may differ by one: 1 for 4 (6), 2 for 8 (18), 3 for 26.

    Returns
    -------
    Array
        Labels, int32, of the same shape; 0 where no water comes. There are no lines between them.

    Raises
    ------
    Refusal
        When shapes differ, there are not two or three axes, or numba is not installed.

    Notes
    -----
    Time is linear in pixels and levels, for real numbers that of sorting them. Memory, beyond the
    inputs, is 4 bytes a pixel, which the answer keeps, and 4 for each pixel that waits, seldom
    over a tenth of them; for real numbers up to 17 bytes a pixel more while they are sorted.

    References
    ----------
    Beucher & Meyer, in Dougherty (ed.), Mathematical Morphology in Image Processing, 1993, 433-481.

    Examples
    --------
    >>> flood(np.array([[0, 1, 2, 9, 1, 0, 3]]), np.array([[1, 0, 0, 0, 0, 2, 0]]))
    array([[1, 1, 1, 2, 2, 2, 2]], dtype=int32)
    """
    if markers.shape != topography.shape or (mask is not None and mask.shape != topography.shape):
        told = f"topography {topography.shape}, markers {markers.shape}"
        raise Refusal("flooding", f"shapes differ: {told}", "give one value for every pixel")
    lattice = Lattice(topography.shape)
    offsets, state = lattice.offsets(connectivity), lattice.blank()
    if topography.size == 0:
        return np.zeros(topography.shape, np.int32)
    compiled = kernels("_flooding_kernels")
    levels = _levelled(topography, mask, lattice.inside(state))
    bits = next((bits for most, bits in BLOCKS if levels <= most), 1)
    compiled.flood(state, placed(lattice, markers), offsets, levels, bits)
    return lattice.packed(state, compiled)


def placed(lattice: Lattice, markers: Array) -> Array:
    """Places and labels ``(k, 2)`` of all markers, in the order of the picture; int32."""
    indices = np.flatnonzero(markers > 0)
    return np.stack([lattice.places(indices), markers.ravel()[indices].astype(np.int32)], axis=1)


def _levelled(topography: Array, mask: Array | None, codes: Array) -> int:
    """Write −1 − level of each pixel into `codes`, 0 where no water may go; how many levels."""
    if topography.dtype.kind == "b":
        topography = topography.view(np.uint8)
    lowest, count = _span(topography)
    if not count:
        return _ranked(topography, mask, codes)
    # Small whole numbers: no value is changed by the arithmetic of 64 bits, which is cut to 32.
    np.subtract(lowest - 1, topography, out=codes, dtype=np.int32, casting="unsafe")
    if mask is not None:
        codes *= mask
    return count


def _span(topography: Array) -> tuple[int, int]:
    """Lowest value, and how many levels there are from it; 0 where they must be ranked."""
    if topography.dtype == np.uint8:
        return 0, 256
    if topography.dtype.kind not in "iu":
        return 0, 0
    lowest, highest = int(topography.min()), int(topography.max())
    small = abs(lowest) < 2**30 and highest - lowest < LEVELS
    return lowest, highest - lowest + 1 if small else 0


def _ranked(topography: Array, mask: Array | None, codes: Array) -> int:
    """The same with ranks as levels; equal values have equal ranks, and NaN is no level."""
    chosen = ~np.isnan(topography) if topography.dtype.kind == "f" else np.ones(codes.shape, bool)
    if mask is not None:
        chosen &= mask.astype(bool)
    values = topography[chosen]
    if values.size == 0:
        return 1
    order = np.argsort(values)
    values = values[order]
    ranks = np.empty(values.size, np.int32)
    ranks[0] = 0
    np.cumsum(values[1:] != values[:-1], out=ranks[1:], dtype=np.int32)
    del values
    count = int(ranks[-1]) + 1
    unsorted = np.empty_like(ranks)
    unsorted[order] = -1 - ranks
    codes[chosen] = unsorted
    return count
