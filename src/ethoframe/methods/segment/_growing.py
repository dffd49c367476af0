"""Seeded region growing: one function of arrays, for every method that grows regions.

The priority of a pixel is its distance, over all channels, from the mean of the region beside it.
In the order of Adams & Bischof it is found once, when the pixel first has a labelled neighbour; of
equal priorities, the first that came is served first. In that of Mehnert & Jackway all pixels of
the least priority are served together, and are given new ones when more of their neighbours are
labelled, so that the answer depends on no order of seeds or pixels; those as near to two regions
are left for the end, and 0 where they still are then.

Whole numbers that span less than 2²⁶ are taken as they are; others are rounded to as many steps of
their range. Time is at most n log n. Memory beyond the inputs is 4 bytes a pixel, which the answer
keeps, and some 8 for each that waits; with several channels 4 more for each, and where real numbers
are rounded up to 24 in passing.

References
----------
Adams & Bischof, IEEE Trans. Pattern Anal. Mach. Intell. 16 (1994), 641-647.
Mehnert & Jackway, Pattern Recognition Letters 18 (1997), 1065-1071.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding import placed
from ethoframe.methods.segment._flooding_lattice import Lattice, kernels

VALUE_BITS = 26  # of each value: finer than single precision is over most of its range
TURN_BITS = 5  # of each code beside the value
ORDERS = ("adams-bischof", "mehnert-jackway")


def grow(
    pixels: Array,
    seeds: Array,
    mask: Array | None = None,
    connectivity: int = 1,
    *,
    order: str = "adams-bischof",
    boundaries: bool = False,
    bits: int = 32,
) -> Array:
    """Regions that grow from seeds, the pixel most like its neighbouring region first.

    Parameters
    ----------
    pixels
        ``([z,] y, x, c)``, of any real type. Where a channel is not finite no region goes.
    seeds
        Whole numbers ``([z,] y, x)``; > 0 where regions begin. They keep their labels.
    mask
        Where regions may go; None for everywhere.
    connectivity
        Along how many axes neighbours may differ by one: 1 for 4 (6), 2 for 8 (18), 3 for 26.
    order
        ``"adams-bischof"`` or ``"mehnert-jackway"``.
    boundaries
        Whether pixels that touch two regions when their turn comes are 0, and not the nearer one's.
    bits
        Priorities are told apart to so many bits of the range of values; fewer are buckets.

    Returns
    -------
    Array
        Labels, int32, ``([z,] y, x)``; 0 on boundaries and where no region came.

    Raises
    ------
    Refusal
        When shapes differ, or numba is not installed.

    Examples
    --------
    >>> grow(np.array([[[1], [2], [3], [8], [9], [9]]]), np.array([[1, 0, 0, 0, 0, 2]]))
    array([[1, 1, 1, 2, 2, 2]], dtype=int32)
    """
    _check(pixels, seeds, mask)
    if pixels.size == 0:
        return np.zeros(seeds.shape, np.int32)
    lattice = Lattice(seeds.shape)
    offsets, state = lattice.offsets(connectivity), lattice.blank()
    compiled = kernels("_growing_kernels")
    values, span = _coded(pixels, mask, lattice, state)
    found = placed(lattice, seeds)
    places, names = _compact(found[state[found[:, 0]] < 0])
    scale = _scale(span * np.sqrt(pixels.shape[-1]), bits)
    run = compiled.grow_in_order if order == ORDERS[0] else compiled.grow_together
    run(state, values, places, offsets, len(names), scale, boundaries)
    labels = lattice.packed(state, kernels("_flooding_kernels"))
    if not np.array_equal(names, np.arange(len(names))):
        np.take(names, labels, out=labels, mode="clip")
    return labels


def _scale(farthest: float, bits: int) -> float:
    """From distances of up to `farthest` to whole numbers of so many bits."""
    # A power of two, so that what is equal as a fraction stays so when it is cut to whole numbers.
    return 2.0 ** (bits - max(1, int(np.ceil(farthest)).bit_length()))


def _check(pixels: Array, seeds: Array, mask: Array | None) -> None:
    if seeds.shape != pixels.shape[:-1] or (mask is not None and mask.shape != seeds.shape):
        told = f"pixels {pixels.shape}, seeds {seeds.shape}"
        raise Refusal("region growing", f"shapes differ: {told}", "give one seed for every pixel")


def _compact(places: Array) -> tuple[Array, Array]:
    """The seeds with labels counted from 1, and the label of each count, 0 for 0."""
    names, counted = np.unique(places[:, 1], return_inverse=True)
    places[:, 1] = counted + 1
    return places, np.concatenate([[0], names]).astype(np.int32)


def _coded(
    pixels: Array, mask: Array | None, lattice: Lattice, state: Array
) -> tuple[Array | None, int]:
    """Write the codes of what may be grown into into `state`; values, and how far they span.

    One channel fits into the codes, and there are no values then.
    """
    inside, values = lattice.inside(state), None
    whole, allowed, span = _whole(pixels)
    if pixels.shape[-1] == 1:
        np.left_shift(whole[..., 0], TURN_BITS, out=inside, dtype=np.int32, casting="unsafe")
        np.subtract(-1, inside, out=inside)
    else:
        inside[:] = -1
        values = np.zeros((len(state), pixels.shape[-1]), np.int32)
        for c in range(pixels.shape[-1]):
            lattice.inside(values[:, c])[:] = whole[..., c]
    for kept in (allowed, mask):
        if kept is not None:
            inside *= kept
    return values, span


def _whole(pixels: Array) -> tuple[Array, Array | None, int]:
    """The values as whole numbers from 0, where all are finite (None: everywhere), the highest."""
    if pixels.dtype == bool:
        pixels = pixels.view(np.uint8)
    if pixels.dtype == np.uint8:
        return pixels, None, 255
    if pixels.dtype.kind in "iu":
        least, most = int(pixels.min()), int(pixels.max())
        if most - least < 2**VALUE_BITS:
            # Short integers are widened: their own type may not hold the difference.
            wide = np.result_type(pixels.dtype, np.int32)
            return pixels.astype(wide, copy=False) - wide.type(least), None, most - least
    finite = np.isfinite(pixels)
    allowed: Any = finite.all(axis=-1)
    if not allowed.any():
        return np.zeros(pixels.shape, np.int32), allowed, 1
    chosen = pixels[allowed]
    low, high = float(chosen.min()), float(chosen.max())
    # Single precision cannot tell the highest steps apart.
    scaled = np.where(finite, pixels, low).astype(np.float64, copy=False)
    scaled -= low
    scaled /= (high - low) / (2**VALUE_BITS - 1) or 1.0
    return np.rint(scaled, out=scaled).astype(np.int32), allowed, 2**VALUE_BITS - 1
