"""Responses to blobs, scale after scale, on grids that grow coarser as the scale does.

Scales are told by their variance T in squared pixels of the finest axis, and it is the variance of
all that smoothed the scene: of the Gaussian, and of the pixel, which is a mean over its own square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array

PER_OCTAVE = 4  # scales from one size to its double
COARSEST = 1.6  # samples a deviation spans at least: a finer grid would show no more
FEWEST = 8  # samples along an axis, of which fewer are not halved
CUT = 4.0  # deviations at which a kernel is cut off, and one sample more
NARROW = 0.4  # squared samples: a Gaussian of less variance is not told by its samples
PIXEL = 1 / 12  # variance of a pixel's own square
# Differences right to the fourth order: nearest neighbours alone would act like more smoothing.
FIRST = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / 12
SECOND = np.array([-1.0, 16.0, -30.0, 16.0, -1.0]) / 12


@dataclass(frozen=True)
class Octave:
    """Responses on one grid.

    Parameters
    ----------
    variances
        T of each response ``(k,)``, from the one below the first that is looked at to the one above
        the last.
    responses
        ``([z,] y, x)`` for each, positive on bright blobs.
    strides
        Pixels from sample to sample along each axis; the first sample is the first pixel.
    """

    variances: Array
    responses: tuple[Array, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True)
class _Image:
    """A picture on its way to coarser scales, and the Gaussian's variance so far ``(d,)``."""

    levels: Array
    had: Array
    strides: tuple[int, ...]
    step: Array

    @property
    def gaps(self) -> Array:
        """Distance of samples along each axis, in pixels of the finest."""
        gaps: Array = self.step * np.array(self.strides)
        return gaps

    def smoothed(self, target: Array) -> _Image:
        """With what Gaussian it lacks to its target along each axis."""
        lacks = np.maximum(target - self.had, 0)
        kernels = [_gaussian(v) for v in lacks / self.gaps**2]
        had = self.had + lacks
        return _Image(_convolved(self.levels, kernels), had, self.strides, self.step)

    def halved(self, axes: Array) -> _Image:
        """Every second sample along some axes, smoothed before so far that none is missed."""
        enough = (2 * COARSEST * self.gaps) ** 2 * 2 ** (-2 / PER_OCTAVE) - PIXEL * self.step**2
        image = self.smoothed(np.where(axes, enough, 0))
        every = tuple(slice(None, None, 2 if half else 1) for half in axes)
        strides = tuple(s * (2 if half else 1) for s, half in zip(self.strides, axes, strict=True))
        levels = np.ascontiguousarray(image.levels[every])
        return _Image(levels, image.had, strides, self.step)

    def at(self, variance: float) -> _Image:
        """At the scale T, of which the pixel has brought its part."""
        return self.smoothed(variance - PIXEL * self.step**2)

    def response(self, variance: float, measure: str) -> Array:
        """How much each sample is like the middle of a blob; as of the Laplacian, in levels."""
        if measure == "laplacian" and self.levels.ndim == 2:
            return _cross(self.levels, -variance / self.gaps**2)
        pure = [_second(self.levels, axis, gap) for axis, gap in enumerate(self.gaps)]
        if measure == "laplacian":
            total = pure[0]
            for other in pure[1:]:
                total += other
            total *= -variance
            return total
        return _by_determinant(self.levels, pure, self.gaps, variance)


def octaves(
    picture: Array, step: Sequence[float], variances: Array, measure: str
) -> Iterator[Octave]:
    """The responses of a picture at these scales, in as many octaves as grids are needed.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)``, float32, finite.
    step
        Distance of neighbours along each axis in pixels of the finest axis.
    variances
        T, ascending in equal ratios, at least three; the first and the last are there only to be
        compared with.
    measure
        ``"laplacian"`` or ``"determinant"``, both of all second derivatives.

    References
    ----------
    Lindeberg, Int. J. Comput. Vis. 30 (1998), 79-116; octaves: Lowe, Int. J. Comput. Vis. 60
    (2004), 91-110.
    """
    image = _Image(picture, np.zeros(picture.ndim), (1,) * picture.ndim, np.array(step))
    # The grid of a scale must do for the finer one that it is compared with.
    grids = [_strides(v, step, picture.shape) for v in variances[:-2]]
    first, end = 1, len(variances) - 1
    while first < end:
        grid = grids[first - 1]
        after = next((k for k in range(first, end) if grids[k - 1] != grid), end)
        while image.strides != grid:
            image = image.halved(np.array(grid) > np.array(image.strides))
        # A blob between the last scale of one octave and the first of the next might be in neither,
        # as they are sampled differently; so that each octave looks at the last of the one before.
        scales = variances[max(first - 2, 0) : after + 1]
        # From the same image each time: many narrow Gaussians would add up to heavier tails.
        yield Octave(scales, tuple(image.at(v).response(v, measure) for v in scales), grid)
        first = after


def noise_responses(variances: Array, step: Sequence[float]) -> Array:
    """Deviation of the Laplacian's response at each scale T, to white noise of deviation 1.

    From the kernels themselves: noise is not smoothed by a pixel's square as the scene is, and
    hardly by the Gaussian along a coarse axis.
    """
    found = []
    for variance in variances:
        plain, bent = [], []
        for h in step:
            kernel = np.pad(_gaussian(max(variance / h**2 - PIXEL, 0)), 2)
            plain.append(kernel)
            bent.append(np.convolve(kernel, SECOND, "same") / h**2)
        axes = range(len(plain))
        power = 0.0
        for a in axes:
            for b in axes:
                # Each term is bent along one axis: the product of two, along two or one.
                factors = [
                    np.dot(bent[c] if c == a else plain[c], bent[c] if c == b else plain[c])
                    for c in axes
                ]
                power += float(np.prod(factors))
        found.append(variance * np.sqrt(power))
    return np.array(found)


def _strides(variance: float, step: Sequence[float], shape: Sequence[int]) -> tuple[int, ...]:
    """The coarsest grid that shows all of this scale, by powers of two."""
    found = []
    for h, length in zip(step, shape, strict=True):
        stride = 1
        while np.sqrt(variance) >= 2 * COARSEST * stride * h and length >= 2 * FEWEST * stride:
            stride *= 2
        found.append(stride)
    return tuple(found)


def _gaussian(variance: float) -> Array:
    """A Gaussian's kernel of this variance along an axis.

    Its samples, which smooth like the Gaussian itself; a narrow one they would not tell, and it is
    the discrete Gaussian exp(−t) Iₙ(t), which has its variance exactly, and heavier tails.
    """
    if variance <= 0:
        return np.ones(1)
    n = np.arange(int(np.ceil(CUT * np.sqrt(variance))) + 2)
    if variance < NARROW:
        from scipy.special import ive

        half = ive(n, variance)
    else:
        half = np.exp(-(n**2) / (2 * variance))
    whole = np.concatenate([half[:0:-1], half])
    kernel: Array = whole / whole.sum()
    return kernel


def _convolved(levels: Array, kernels: Sequence[Array]) -> Array:
    """The levels filtered along each axis; beyond the rim as in a mirror."""
    down, across = kernels[-2:]
    if levels.ndim == 2:
        return _filtered(levels, down, across) if max(map(len, kernels)) > 1 else levels
    planes = levels
    if len(down) > 1 or len(across) > 1:
        planes = np.stack([_filtered(plane, down, across) for plane in planes])
    if len(kernels[0]) > 1:
        flat = planes.reshape(len(planes), -1)
        planes = _filtered(flat, kernels[0], np.ones(1)).reshape(levels.shape)
    return planes


def _filtered(plane: Array, down: Array, across: Array) -> Array:
    ends = cv2.BORDER_REFLECT_101
    found: Array = cv2.sepFilter2D(plane, -1, across, down, borderType=ends)
    return found.reshape(plane.shape)


def _second(levels: Array, axis: int, gap: float) -> Array:
    """Second differences along an axis."""
    return _along(levels, axis, SECOND / gap**2)


def _cross(plane: Array, factors: Array) -> Array:
    """Second differences along both axes, each by its factor; at once, which is quicker."""
    weights = np.zeros((5, 5))
    weights[:, 2] += factors[0] * SECOND
    weights[2] += factors[1] * SECOND
    found: Array = cv2.filter2D(plane, -1, weights, borderType=cv2.BORDER_REFLECT_101)
    return found.reshape(plane.shape)


def _mixed(levels: Array, axes: tuple[int, int], gaps: Array) -> Array:
    """Differences of differences along two axes."""
    first = _along(levels, axes[0], FIRST / gaps[axes[0]])
    return _along(first, axes[1], FIRST / gaps[axes[1]])


def _along(levels: Array, axis: int, kernel: Array) -> Array:
    kernels = [kernel if a == axis else np.ones(1) for a in range(levels.ndim)]
    return _convolved(levels, kernels)


def _by_determinant(levels: Array, pure: Sequence[Array], gaps: Array, variance: float) -> Array:
    """The determinant's root, as large as the Laplacian where a blob is round; 0 on saddles."""
    trace = sum(pure)
    if levels.ndim == 2:
        determinant = pure[0] * pure[1] - _mixed(levels, (0, 1), gaps) ** 2
        size = np.sqrt(np.maximum(determinant, 0))
    else:
        a, b, c = pure
        f, e, d = (_mixed(levels, axes, gaps) for axes in ((0, 1), (0, 2), (1, 2)))
        determinant = a * (b * c - d * d) - f * (f * c - d * e) + e * (f * d - b * e)
        # Three curvatures of the same sign give the determinant that sign.
        size = np.cbrt(np.maximum(determinant * np.sign(trace), 0))
    response: Array = (-variance * levels.ndim) * size * np.sign(trace)
    return response.astype(levels.dtype, copy=False)
