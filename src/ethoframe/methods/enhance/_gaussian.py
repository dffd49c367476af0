"""The discrete Gaussian kernel, convolution along axes, and derivatives of what was smoothed.

Pictures are arrays ``(y, x)`` or ``(z, y, x)`` of floats. At the rim they go on as in a mirror that
stands on the outermost pixel. NaN spreads as far as a kernel reaches.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ethoframe.data.noun import Array

TAIL = 1e-6
"""Share of a kernel's weight that is cut off."""

CENTRAL = np.array([-0.5, 0.0, 0.5])
SECOND = np.array([1.0, -2.0, 1.0])


def discrete_gaussian(variance: float, tail: float = TAIL) -> Array:
    """The kernel T(n, t) = exp(−t) Iₙ(t) of variance t, cut off where `tail` of it is left.

    Unlike a sampled Gaussian it has this variance exactly, and smoothing by t and then by s is
    smoothing by t + s. What is left is divided by its sum. So a picture smoothed along one axis is
    off by `tail` times the picture's range at most.

    Parameters
    ----------
    variance
        In squared pixels; at 0 the kernel is a single 1.
    tail
        Largest weight of both ends that are cut off together.

    Returns
    -------
    Array
        Weights ``(2 r + 1,)``, symmetric, of sum 1.

    References
    ----------
    Lindeberg, IEEE Trans. Pattern Anal. Mach. Intell. 12 (1990), 234-254.

    Examples
    --------
    >>> kernel = discrete_gaussian(2.0)
    >>> n = np.arange(len(kernel)) - len(kernel) // 2
    >>> float(kernel.sum().round(12)), float((kernel * n**2).sum().round(3))
    (1.0, 2.0)
    """
    if variance <= 0:
        return np.ones(1)
    from scipy.special import ive

    # Beyond eight deviations nothing is left that a double could tell; small t has heavier tails.
    half = ive(np.arange(int(8 * np.sqrt(variance)) + 16), variance)
    left = half[0] + 2 * np.cumsum(half[1:])
    radius = int(np.searchsorted(left, 1 - max(tail, 1e-14))) + 1 if left[0] < 1 else 0
    half = half[: radius + 1]
    whole = np.concatenate([half[:0:-1], half])
    kernel: Array = whole / whole.sum()
    return kernel


def steps(spacing: Sequence[float] | None, axes: int) -> tuple[float, ...]:
    """Distance of neighbours along each axis, in pixels of the finest axis; 1 without a spacing.

    Examples
    --------
    >>> steps((3.0, 0.5, 0.5), 3)
    (6.0, 1.0, 1.0)
    """
    if spacing is None:
        return (1.0,) * axes
    return tuple(float(s) / float(min(spacing)) for s in spacing)


def gaussians(sigma_px: float, step: Sequence[float], tail: float = TAIL) -> list[Array]:
    """One kernel for each axis, of `sigma_px` pixels of the finest axis.

    Examples
    --------
    >>> [len(kernel) for kernel in gaussians(2.0, (4.0, 1.0), 1e-3)]
    [5, 15]
    """
    return [discrete_gaussian((sigma_px / h) ** 2, tail) for h in step]


def convolved(picture: Array, kernels: Sequence[Array]) -> Array:
    """The picture filtered by one kernel along each axis, each laid on as it is written.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)`` of float32 or float64; the answer has the same type.
    kernels
        One for each axis, of odd lengths.

    Examples
    --------
    >>> convolved(np.array([[0.0, 3.0, 0.0, 0.0]]), [np.ones(1), np.ones(3) / 3])
    array([[2., 1., 1., 0.]])
    """
    if picture.size == 0:
        return picture.copy()
    picture = np.ascontiguousarray(picture)  # OpenCV does not read backwards or by columns
    down, across = kernels[-2:]
    planes = [_filtered(plane, down, across) for plane in picture.reshape(-1, *picture.shape[-2:])]
    if picture.ndim == 2:
        return planes[0]
    flat = np.stack(planes).reshape(len(planes), -1)
    return _filtered(flat, kernels[0], np.ones(1)).reshape(picture.shape)


def _filtered(plane: Array, down: Array, across: Array) -> Array:
    if len(down) == len(across) == 1:
        scaled: Array = plane * (down[0] * across[0]).astype(plane.dtype)
        return scaled
    # Kernels are double whatever the picture is: OpenCV wants both alike, and rounds once.
    ends = cv2.BORDER_REFLECT_101
    filtered: Array = cv2.sepFilter2D(
        plane, -1, across.astype(np.float64), down.astype(np.float64), borderType=ends
    )
    return filtered.reshape(plane.shape)


def smoothed(picture: Array, sigma_px: float, step: Sequence[float], tail: float = TAIL) -> Array:
    """The picture at a scale: convolved with the discrete Gaussian along every axis.

    Examples
    --------
    >>> smoothed(np.eye(3), 0.0, (1.0, 1.0)).tolist() == np.eye(3).tolist()
    True
    """
    return convolved(picture, gaussians(sigma_px, step, tail))


def gradient(picture: Array, step: Sequence[float]) -> list[Array]:
    """Half the difference of both neighbours along each axis, per pixel of the finest axis.

    Examples
    --------
    >>> [float(d[1, 1]) for d in gradient(np.add.outer([0.0, 1, 2], [0.0, 4, 8]), (1.0, 2.0))]
    [1.0, 2.0]
    """
    return [_along(picture, {a: CENTRAL / h}) for a, h in enumerate(step)]


def hessian(picture: Array, step: Sequence[float]) -> dict[tuple[int, int], Array]:
    """Second differences by pairs of axes ``(a, b)``, a ≤ b, per squared pixel of the finest axis.

    Examples
    --------
    >>> float(hessian(np.outer([0.0, 1, 4], np.ones(3)), (1.0, 1.0))[0, 0][1, 1])
    2.0
    """
    axes = range(picture.ndim)
    pairs = [(a, b) for a in axes for b in axes if a <= b]
    return {(a, b): _second(picture, step, a, b) for a, b in pairs}


def laplacian(picture: Array, step: Sequence[float]) -> Array:
    """Sum of the second differences along all axes.

    Examples
    --------
    >>> float(laplacian(np.add.outer([0.0, 1, 4], [0.0, 1, 4]), (1.0, 1.0))[1, 1])
    4.0
    """
    total = _second(picture, step, 0, 0)
    for axis in range(1, picture.ndim):
        total += _second(picture, step, axis, axis)
    return total


def determinant(second: dict[tuple[int, int], Array]) -> Array:
    """The determinant of a matrix `hessian` has given, at each pixel.

    Examples
    --------
    >>> float(determinant({(0, 0): np.array(2.0), (0, 1): np.array(1.0), (1, 1): np.array(3.0)}))
    5.0
    """
    if (2, 2) not in second:
        flat: Array = second[0, 0] * second[1, 1] - second[0, 1] ** 2
        return flat
    a, b, c = second[0, 0], second[1, 1], second[2, 2]
    f, e, d = second[0, 1], second[0, 2], second[1, 2]
    whole: Array = a * (b * c - d * d) - f * (f * c - d * e) + e * (f * d - b * e)
    return whole


def eigenvalues(second: dict[tuple[int, int], Array]) -> Array:
    """Eigenvalues of the symmetric matrix at each pixel, ascending along a new first axis.

    Examples
    --------
    >>> eigenvalues({(0, 0): np.array(2.0), (0, 1): np.array(1.0), (1, 1): np.array(2.0)})
    array([1., 3.])
    """
    if (2, 2) not in second:
        middle = (second[0, 0] + second[1, 1]) / 2
        apart = np.hypot((second[0, 0] - second[1, 1]) / 2, second[0, 1])
        return np.stack([middle - apart, middle + apart])
    a, b, c = second[0, 0], second[1, 1], second[2, 2]
    middle = (a + b + c) / 3
    away = {(i, i): second[i, i] - middle for i in range(3)}
    away |= {pair: second[pair] for pair in ((0, 1), (0, 2), (1, 2))}
    # The three roots of a cubic with real roots, by angles (Smith, Commun. ACM 4 (1961), 168).
    square = sum(v * v for v in away.values()) + sum(
        second[p] ** 2 for p in ((0, 1), (0, 2), (1, 2))
    )
    radius = np.sqrt(square / 6)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosine = np.where(radius > 0, determinant(away) / (2 * radius**3), 1.0)
    angle = np.arccos(np.clip(cosine, -1, 1)) / 3
    turns = [2 * np.pi / 3, 4 * np.pi / 3, 0.0]
    return np.stack([middle + 2 * radius * np.cos(angle + turn) for turn in turns])


def _second(picture: Array, step: Sequence[float], a: int, b: int) -> Array:
    if a == b:
        return _along(picture, {a: SECOND / step[a] ** 2})
    return _along(picture, {a: CENTRAL / step[a], b: CENTRAL / step[b]})


def _along(picture: Array, by_axis: dict[int, Array]) -> Array:
    return convolved(picture, [by_axis.get(axis, np.ones(1)) for axis in range(picture.ndim)])
