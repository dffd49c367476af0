"""How noisy a picture is, and averages over pixels that look alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import convolved

NORMAL_MAD = 0.6745  # median size of a normal deviate, in deviations
PIECE = 200_000  # pixels that are averaged at a time
CLOSE = 0.4  # of the noise: how alike patches must be beyond it; Buades, Coll & Morel


_Weight = Callable[[Array, tuple[int, ...]], Array]


def noise_of(picture: Array) -> float:
    """Standard deviation of white noise, from what neighbours differ by, row against row.

    Of each 2 × 2 pixels, half of what both diagonals differ by: flat floors and straight edges
    along the rows or columns give 0, noise gives as much as it has. The median of its size leaves
    other detail out, as long as it fills less than half of the picture.

    Parameters
    ----------
    picture
        ``([z,] y, x)``; NaN is left out.

    Returns
    -------
    float
        In levels; 0 where the picture has fewer than 2 × 2 pixels, or most 2 × 2 of them are even.

    References
    ----------
    Donoho & Johnstone, Biometrika 81 (1994), 425-455.

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(50, 3, (200, 200))
    >>> round(noise_of(noise), 1)
    3.0
    """
    levels = picture.astype(np.result_type(picture.dtype, np.float32), copy=False)
    down = levels[..., 1:, :] - levels[..., :-1, :]
    diagonal = np.abs(down[..., 1:] - down[..., :-1]) / 2
    known = diagonal[np.isfinite(diagonal)]
    return float(np.median(known)) / NORMAL_MAD if len(known) else 0.0


def filled(levels: Array, known: Array, radii: Sequence[int]) -> Array:
    """The picture with the mean of the known neighbours in place of what is not known.

    Parameters
    ----------
    levels
        ``([z,] y, x)`` of floats.
    known
        Whether each pixel is.
    radii
        Of the neighbourhood along each axis; where nobody in it is known, 0 is put.

    Examples
    --------
    >>> filled(np.array([[1.0, np.nan, 3.0]]), np.array([[True, False, True]]), (0, 1)).tolist()
    [[1.0, 2.0, 3.0]]
    """
    if known.all():
        return levels
    windows = [np.ones(2 * radius + 1) for radius in radii]
    share = convolved(known.astype(levels.dtype), windows)
    total = convolved(np.where(known, levels, 0), windows)
    mean = np.divide(total, share, out=np.zeros_like(levels), where=share > 0.5)
    return np.where(known, levels, mean)


def bilateral(levels: Array, sigmas: Sequence[float], apart: float) -> Array:
    """Means over neighbours, by Gaussians of how far they are and how much they differ.

    Parameters
    ----------
    levels
        ``([z,] y, x)`` of floats, finite.
    sigmas
        Deviation in space along each axis, in its own pixels; neighbours beyond `reach_of` it
        are left out.
    apart
        Deviation in levels; at 0 the picture comes back as it is.

    References
    ----------
    Tomasi & Manduchi, Proc. ICCV 1998, 839-846.

    Examples
    --------
    >>> step = np.array([[10.0, 12.0, 90.0, 92.0]])
    >>> bilateral(step, (0.0, 1.0), 5.0).round().tolist()
    [[11.0, 11.0, 91.0, 91.0]]
    """
    radii = [reach_of(sigma) for sigma in sigmas]

    def weight(apart2: Array, offset: tuple[int, ...]) -> Array:
        far = sum((o / s) ** 2 for o, s in zip(offset, sigmas, strict=True) if o)
        return np.exp(-(apart2 / apart**2 + far) / 2)

    return _averaged(levels, radii, [0] * levels.ndim, weight) if apart > 0 else levels.copy()


def nl_means(levels: Array, search: Sequence[int], patch: Sequence[int], noise: float) -> Array:
    """Means over pixels in whose patches levels are alike but for noise.

    Two patches that differ, in the mean of squares, by no more than noise makes them, weigh fully;
    beyond it weights fall off as a Gaussian of 0.4 of the noise.

    Parameters
    ----------
    levels
        ``([z,] y, x)`` of floats, finite.
    search, patch
        How far along each axis is looked, and the half width of patches, in pixels.
    noise
        Standard deviation; at 0 the picture comes back as it is.

    References
    ----------
    Buades, Coll & Morel, Image Process. On Line 1 (2011), 208-212; every pair of pixels is looked
    at once, with the whole picture moved: Darbon et al., Proc. ISBI 2008, 1331-1334.

    Examples
    --------
    >>> nl_means(np.array([[1.0, 2.0, 1.0, 90.0, 91.0, 90.0]]), (0, 1), (0, 0), 1.0).round(1)
    array([[ 1.7,  1.3,  1.5, 90.5, 90.3, 90.7]])
    """

    def weight(apart2: Array, offset: tuple[int, ...]) -> Array:
        del offset
        return np.exp(-np.maximum(apart2 - 2 * noise**2, 0) / (CLOSE * noise) ** 2)

    return _averaged(levels, search, patch, weight) if noise > 0 else levels.copy()


def reach_of(sigma: float) -> int:
    """Pixels beyond which a Gaussian's neighbours are left out: two and a half deviations.

    Examples
    --------
    >>> reach_of(1.0), reach_of(0.1)
    (3, 0)
    """
    return int(np.ceil(2.5 * sigma)) if sigma > 0.2 else 0


def _averaged(levels: Array, search: Sequence[int], patch: Sequence[int], weight: _Weight) -> Array:
    """Weighted means; pixels beyond the rim are those of a mirror on the outermost one."""
    around = [s + p for s, p in zip(search, patch, strict=True)]
    padded = np.pad(levels, [(a, a) for a in around], mode="reflect")
    # Piece by piece, so that what is being added up stays near the processor.
    rows = max(4 * around[0], PIECE // max(1, levels[0].size), 1)
    found = np.empty_like(levels)
    for top in range(0, len(levels), rows):
        piece = padded[top : top + rows + 2 * around[0]]
        found[top : top + rows] = _averaged_piece(piece, search, around, weight)
    return found


def _averaged_piece(
    padded: Array, search: Sequence[int], around: Sequence[int], weight: _Weight
) -> Array:
    """Weighted means of all pixels but those around, each pair of pixels looked at once."""
    total, weights = padded.copy(), np.ones_like(padded)
    patch = [a - s for a, s in zip(around, search, strict=True)]
    boxes = [np.full(2 * p + 1, 1 / (2 * p + 1)) for p in patch]
    for offset in _half(search):
        here = tuple(slice(max(0, -o), min(0, -o) or None) for o in offset)
        there = tuple(slice(max(0, o), min(0, o) or None) for o in offset)
        apart = padded[here] - padded[there]
        apart *= apart
        alike = weight(convolved(apart, boxes) if any(patch) else apart, offset)
        # What one pixel thinks of another, the other thinks of it.
        total[here] += alike * padded[there]
        total[there] += alike * padded[here]
        weights[here] += alike
        weights[there] += alike
    inside = tuple(slice(a, n - a) for a, n in zip(around, padded.shape, strict=True))
    mean: Array = total[inside] / weights[inside]
    return mean


def _half(radii: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Offsets within the radii, of each and its opposite one, without that of no length."""
    for offset in product(*(range(-r, r + 1) for r in radii)):
        if offset > (0,) * len(offset):
            yield offset
