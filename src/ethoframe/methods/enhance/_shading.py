"""What of a picture is as smooth as light is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import convolved, discrete_gaussian

CELLS = 4.0  # blocks that a deviation spans: so many that straight lines join them smoothly
LEAST = 1e-9  # weight, of a pixel's own
LEVELLING = 1e-3  # squared blocks that slopes are told to be flat by


def shading(picture: Array, sigma_px: float, step: Sequence[float]) -> Array:
    """The picture smoothed by a wide Gaussian, at the cost of a narrow one.

    It is averaged over blocks of a quarter of the deviation, smoothed there, and drawn out again in
    straight lines. At each block a plane is fitted by least squares, with the Gaussian for weights:
    so a slope goes on up to the rim, beyond which nothing is made up. What is not finite is left
    out.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)`` of floats.
    sigma_px
        Deviation in pixels of the finest axis.
    step
        Distance of neighbours along each axis in such pixels.

    Returns
    -------
    Array
        Of the same shape, float32; 0 where nothing near is known.

    References
    ----------
    Weighted local fits: Cleveland, J. Am. Stat. Assoc. 74 (1979), 829-836, here by convolutions:
    Knutsson & Westin, Proc. CVPR 1993, 515-523.

    Examples
    --------
    >>> ramp = np.add.outer(np.zeros(40), np.arange(40.0))
    >>> smooth = shading(ramp, 4.0, (1.0, 1.0))
    >>> float(smooth[20, 20].round(1)), float(shading(ramp * 0 + 7, 4.0, (1.0, 1.0)).max().round(3))
    (20.0, 7.0)
    >>> abs(float(smooth[0, 0].round(1)))
    0.0
    """
    known = np.isfinite(picture)
    axes = range(picture.ndim)
    blocks = [max(1, int(sigma_px / h / CELLS)) for h in step]
    kernels = [
        discrete_gaussian((sigma_px / h / block) ** 2)
        for h, block in zip(step, blocks, strict=True)
    ]
    total = np.where(known, picture, 0).astype(np.float64)
    share = known.astype(np.float64)
    for axis in axes:
        total, share = (_summed(each, axis, blocks[axis]) for each in (total, share))
    mean = _fitted(total, share, kernels)
    for axis in axes:
        mean = _drawn_out(mean, axis, blocks[axis], picture.shape[axis])
    return mean.astype(np.float32)


def _fitted(total: Array, share: Array, kernels: Sequence[Array]) -> Array:
    """At each place, the plane that fits best around it, from sums of levels and of weights."""
    pads = [(len(kernel) // 2,) * 2 for kernel in kernels]
    inside = tuple(slice(p, p + n) for (p, _), n in zip(pads, total.shape, strict=True))

    def around(levels: Array, *slopes: int) -> Array:
        """Weighted sums around each place, of levels times distances along these axes."""
        steep = [k * far(k) ** slopes.count(axis) for axis, k in enumerate(kernels)]
        return convolved(np.pad(levels, pads), steep)[inside]

    def far(kernel: Array) -> Array:
        return np.arange(len(kernel)) - len(kernel) // 2

    # An axis along which nothing is seen beside has no slope.
    sloping = [axis for axis, n in enumerate(total.shape) if n > 1 and len(kernels[axis]) > 1]
    terms: list[tuple[int, ...]] = [(), *((axis,) for axis in sloping)]
    moments = np.stack([np.stack([around(share, *a, *b) for a in terms], -1) for b in terms], -2)
    levels = np.stack([around(total, *a) for a in terms], axis=-1)
    # A little of a level plane holds where too little is known to tell a slope.
    spread = np.maximum(moments[..., :1, :1], LEAST)
    moments = moments + spread * np.diag([0.0] + [LEVELLING] * len(sloping))
    moments[..., 0, 0] = np.maximum(moments[..., 0, 0], LEAST)
    fitted: Array = np.linalg.solve(moments, levels[..., None])[..., 0, 0]
    return fitted


def _summed(picture: Array, axis: int, block: int) -> Array:
    """Sums over blocks along one axis; the last may be shorter."""
    starts = np.arange(0, picture.shape[axis], block)
    total: Array = np.add.reduceat(picture, starts, axis)
    return total


def _drawn_out(cells: Array, axis: int, block: int, length: int) -> Array:
    """Levels between the middles of blocks along one axis, in straight lines."""
    if block == 1:
        return cells
    starts = np.arange(0, length, block)
    middles = (starts + np.minimum(starts + block, length) - 1) / 2
    at = np.interp(np.arange(length), middles, np.arange(len(middles)))
    low = at.astype(int)
    high = np.minimum(low + 1, len(middles) - 1)
    beyond = (at - low).reshape((-1,) + (1,) * (cells.ndim - 1 - axis))
    found: Array = np.take(cells, low, axis) * (1 - beyond) + np.take(cells, high, axis) * beyond
    return found
