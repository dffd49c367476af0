"""Gaussian and Laplacian pyramids of pictures and volumes, taken apart and put together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import convolved

CENTRE = 0.4  # Burt and Adelson's a, of which the weights look most like a Gaussian
WEIGHTS = np.array([0.25 - CENTRE / 2, 0.25, CENTRE, 0.25, 0.25 - CENTRE / 2])
CATCHING_UP = np.sqrt(2)  # an axis coarser than the finest by more waits: half-way to twice


def gaussian_pyramid(
    picture: Array, levels: int, spacing: Sequence[float] | None = None
) -> list[Array]:
    """The picture, and `levels` times a picture of half its samples, smoothed before.

    Along each axis every second sample is kept, from the first one on, so n samples become
    (n + 1) // 2. An axis whose spacing is coarser than the finest by more than the square root of 2
    is left as it is until the others have caught up; so is an axis of one sample.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)`` of floats; NaN spreads to neighbours at each level.
    levels
        How often it is reduced; fewer once every axis has one sample.
    spacing
        Distance of samples along each axis, in any unit; all alike when left out.

    Returns
    -------
    list of Array
        ``levels + 1`` pictures, the finest first, of the picture's type.

    References
    ----------
    Burt & Adelson, IEEE Trans. Commun. 31 (1983), 532-540.

    Examples
    --------
    >>> [level.shape for level in gaussian_pyramid(np.zeros((6, 9, 9)), 2, (3.0, 1.0, 1.0))]
    [(6, 9, 9), (6, 5, 5), (6, 3, 3)]
    """
    gaps = np.ones(picture.ndim) if spacing is None else np.array(spacing, np.float64)
    found = [picture]
    for _ in range(levels):
        last = found[-1]
        # An axis of one sample has no spacing that another could wait for.
        many = np.array(last.shape) > 1
        if not many.any():
            break
        halved = many & (gaps < CATCHING_UP * gaps[many].min())
        last = _reduced(last, halved)
        gaps = np.where(halved, 2 * gaps, gaps)
        found.append(last)
    return found


def laplacian_pyramid(
    picture: Array, levels: int, spacing: Sequence[float] | None = None
) -> list[Array]:
    """What each level of the Gaussian pyramid shows beyond the next; last, its coarsest level.

    Parameters
    ----------
    picture, levels, spacing
        As of `gaussian_pyramid`.

    Returns
    -------
    list of Array
        Bands, the finest first, and the coarsest level. `reconstructed` gives the picture back, to
        the rounding of its type.

    References
    ----------
    Burt & Adelson, IEEE Trans. Commun. 31 (1983), 532-540.

    Examples
    --------
    >>> bands = laplacian_pyramid(np.full((5, 7), 3.0), 2)
    >>> [float(np.abs(band).max().round(9)) for band in bands]
    [0.0, 0.0, 3.0]
    """
    gaussian = gaussian_pyramid(picture, levels, spacing)
    finer = pairwise(gaussian)
    return [level - expanded(coarser, level.shape) for level, coarser in finer] + gaussian[-1:]


def reconstructed(bands: Sequence[Array], gains: Sequence[float] = ()) -> Array:
    """The picture of a Laplacian pyramid, each band by its gain.

    Parameters
    ----------
    bands
        As `laplacian_pyramid` gives them.
    gains
        Factors of the bands, the finest first; 1 for those beyond the last.

    Examples
    --------
    >>> picture = np.add.outer(np.arange(5.0), np.arange(8.0) ** 2)
    >>> np.allclose(reconstructed(laplacian_pyramid(picture, 3)), picture)
    True
    """
    picture: Array = bands[-1]
    for index in reversed(range(len(bands) - 1)):
        gain = gains[index] if index < len(gains) else 1.0
        band = bands[index]
        picture = expanded(picture, band.shape) + (band if gain == 1 else gain * band)
    return picture


def expanded(picture: Array, shape: Sequence[int]) -> Array:
    """The picture with twice the samples along every axis in which `shape` has more.

    Samples between are made with the weights that reduced it, so what is even stays as it is.

    Examples
    --------
    >>> expanded(np.array([[1.0, 1.0]]), (1, 3)).round(9).tolist()
    [[1.0, 1.0, 1.0]]
    """
    doubled = np.array(shape) != np.array(picture.shape)
    apart = np.zeros(shape, picture.dtype)
    apart[_every_second(doubled)] = picture
    # Of every two samples one is 0 now: so along each axis, twice the weights.
    return _weighted(apart, doubled, 2 * WEIGHTS)


def _reduced(picture: Array, halved: Array) -> Array:
    """Every second sample along some axes, smoothed before."""
    kept = _weighted(picture, halved, WEIGHTS)[_every_second(halved)]
    return np.ascontiguousarray(kept)


def _weighted(picture: Array, axes: Array, weights: Array) -> Array:
    return convolved(picture, [weights if axis else np.ones(1) for axis in axes])


def _every_second(axes: Array) -> tuple[slice, ...]:
    return tuple(slice(None, None, 2 if axis else 1) for axis in axes)
