"""A smooth displacement: cubic B-splines fitted to how two images differ, as far as they tell.

The fit weighs what each place tells (levels about their local mean, by how well they correlate
there) against how much tissue is expected to stretch. Where stains or noise leave little to go by
the displacement is stiff; where the images are alike it follows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import (
    Picture,
    averaged,
    block_means,
    blurred,
    gradients,
    looked_up,
)

NODE = 16  # pixels of a level between knots
CELLS = 4  # along a knot's interval, over which what pixels tell is added up
WIDE = 19  # pixels of the window in which levels are compared
ALIKE = 3.0  # pixels over which what differs is alike: so many tell no more than one
BLUR = 0.8  # pixels
ROUNDS = 5
STILL = 0.02  # pixels: a step that moves no knot by more is the last
SURE = 0.98  # no correlation is taken for higher
LEAST = 0.1  # determinant of the Jacobian that is let be
FLAT = 0.01  # of the mean local variance: what varies less is flat


@dataclass(frozen=True)
class Bend:
    """A displacement of places of the fixed image, as weights of cubic B-splines.

    Parameters
    ----------
    weights
        ``(d, knots ...)`` in the unit of places; axes as in arrays, ``([z,] y, x)``.
    origin
        Place of the second knot along each axis.
    interval
        Between knots.
    """

    weights: Array
    origin: Array
    interval: Array

    @classmethod
    def none(cls, picture: Picture, interval: Array) -> Bend:
        """No displacement, with knots all over a picture."""
        counts = [int(np.ceil(a / b)) + 3 for a, b in zip(picture.extent, interval, strict=True)]
        weights = np.zeros((len(interval), *counts), np.float32)
        return cls(weights, picture.origin, interval)

    def at(self, along: Sequence[Array]) -> Array:
        """Displacements ``(d, [z,] y, x)`` on a grid of places along each axis.

        Beyond the knots they are what they are at the nearest edge.
        """
        return _spread(self.weights, self._bases(along))

    def on(self, picture: Picture) -> Array:
        """Displacements on the grid of a picture."""
        return self.at([
            first + step * np.arange(count)
            for first, step, count in zip(picture.origin, picture.step, picture.size, strict=True)
        ])  # fmt: skip

    def finer(self, picture: Picture, interval: Array) -> Bend:
        """Nearly the same displacement with other knots: the same at these."""
        bare = Bend.none(picture, interval)
        counts = bare.weights.shape[1:]
        along = [
            first + gap * (np.arange(count) - 1)
            for first, gap, count in zip(bare.origin, interval, counts, strict=True)
        ]
        weights = self.at(along)
        for axis, count in enumerate(counts):
            through = _basis(np.arange(count) - 1.0, count)
            # The outermost weights, of which only a part shows, follow their neighbours.
            through[[0, -1]] = 0
            through[[0, -1], [0, -1]] = 1
            weights = _along(np.linalg.inv(through), weights, axis)
        return replace(bare, weights=weights.astype(np.float32))

    def _bases(self, along: Sequence[Array]) -> list[Array]:
        bases = []
        for axis, places in enumerate(along):
            count = self.weights.shape[axis + 1]
            index = (places - self.origin[axis]) / self.interval[axis]
            bases.append(_basis(np.clip(index, 0, count - 3), count).astype(np.float32))
        return bases


def bent(
    fixed: Picture, moving: Picture, pull: Array, *, finest: float, strain: float
) -> tuple[Picture, Bend]:
    """The displacement of the fixed image's places before `pull`, and the finest picture used.

    Parameters
    ----------
    finest
        Distance between pixels of the finest level; each level before is twice as coarse.
    strain
        By how much neighbouring places are expected to be stretched (standard deviation).

    References
    ----------
    B-splines: Rueckert et al., IEEE Trans. Med. Imaging 18 (1999), 712-721. Local correlation:
    Avants et al., Med. Image Anal. 12 (2008), 26-41.
    """
    bend: Bend | None = None
    for step in (4 * finest, 2 * finest, finest):
        here, there = (each.shrunk(step).smoothed(BLUR) for each in (fixed, moving))
        interval = NODE * here.step
        bend = bend.finer(here, interval) if bend else Bend.none(here, interval)
        bend = _fitted(here, there, pull, bend, strain)
    assert bend is not None
    return here, bend


def pulled_along(moving: Picture, pull: Array, fixed: Picture, shift: Array) -> tuple[Array, Array]:
    """Values of `moving` on the grid of `fixed` whose places are displaced first; where known."""
    axes = fixed.values.ndim
    matrix = (np.linalg.inv(moving.places) @ pull @ fixed.places).astype(np.float32)
    scale = fixed.step.reshape(-1, *[1] * axes).astype(np.float32)
    index = np.meshgrid(*[np.arange(n, dtype=np.float32) for n in fixed.size], indexing="ij")
    moved = [a + b for a, b in zip(index, shift / scale, strict=True)]
    where = [sum(matrix[a, b] * moved[b] for b in range(axes)) + matrix[a, -1] for a in range(axes)]
    values, inside = looked_up(moving.values, where)
    if moving.known is not None:
        inside &= looked_up(moving.known.astype(np.float32), where)[0] > 0.99
    if fixed.known is not None:
        inside &= fixed.known
    return values, inside


def determinants(shift: Array, step: Array) -> Array:
    """By how much a small area or volume grows ``([z,] y, x)`` under a displacement of places."""
    slopes = [gradients(part, step) for part in shift]
    for axis, row in enumerate(slopes):
        row[axis] = row[axis] + np.float32(1)
    if len(slopes) == 2:
        (a, b), (c, d) = slopes
        return np.asarray(a * d - b * c)
    (a, b, c), (d, e, f), (g, h, i) = slopes
    return np.asarray(a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g))


def unfolded(bend: Bend, picture: Picture) -> Bend:
    """The displacement smoothed until it folds nowhere on the grid of a picture."""
    for _ in range(20):
        if float(determinants(bend.on(picture), picture.step).min()) >= LEAST:
            return bend
        smooth = np.stack([blurred(part, 1.0) for part in bend.weights])
        bend = replace(bend, weights=smooth * np.float32(0.9))
    return Bend.none(picture, bend.interval)


def _fitted(fixed: Picture, moving: Picture, pull: Array, bend: Bend, strain: float) -> Bend:
    """Gauss–Newton steps on one level."""
    here = _normalised(fixed.values)
    slopes = [
        slope * step for slope, step in zip(gradients(here, fixed.step), fixed.step, strict=True)
    ]
    scale = fixed.step.reshape(-1, *[1] * len(slopes)).astype(np.float32)
    weights = bend.weights / scale
    system = _System.of(fixed, bend, strain)
    for _ in range(ROUNDS):
        shift = replace(bend, weights=weights * scale).on(fixed)
        values, seen = pulled_along(moving, pull, fixed, shift)
        there = _normalised(values)
        told = np.clip(averaged(here * there, WIDE), -SURE, SURE) * seen
        # The moving image is taken for the fixed one times their correlation, and noise.
        rest = (1 - told * told) * np.float32(ALIKE ** len(slopes))
        wrong, sure = (there - told * here) * told / rest, told * told / rest
        step = system.step(slopes, wrong, sure, weights)
        weights = weights + step
        if float(np.abs(step).max()) < STILL:
            break
    return replace(bend, weights=(weights * scale).astype(np.float32))


@dataclass(frozen=True)
class _System:
    """The normal equations of one level, never written out; lengths in pixels."""

    bases: list[Array]
    cell: int
    stiff: list[float]

    @classmethod
    def of(cls, fixed: Picture, bend: Bend, strain: float) -> _System:
        cell = NODE // CELLS
        axes = len(fixed.size)
        counts = bend.weights.shape[1:]
        bases = [
            _basis((np.arange(n // cell) * cell + (cell - 1) / 2) / NODE, count).astype(np.float32)
            for n, count in zip(fixed.size, counts, strict=True)
        ]
        # Neighbouring weights apart by the strain times their distance are one deviation apart.
        return cls(bases, cell, [1 / (strain * NODE) ** 2] * axes)

    def step(self, slopes: list[Array], wrong: Array, sure: Array, weights: Array) -> Array:
        """The change of the weights that explains most of what is wrong."""
        axes = range(len(slopes))
        tensor = {
            (a, b): self._added(slopes[a] * slopes[b] * sure) for a in axes for b in axes if a <= b
        }
        force = np.stack([self._added(slope * wrong) for slope in slopes])
        squares = [base * base for base in self.bases]
        diagonal = _gathered(np.stack([tensor[a, a] for a in axes]), squares) + 2 * sum(self.stiff)

        def times(change: Array) -> Array:
            moved = _spread(change, self.bases)
            rows = [sum(tensor[min(a, b), max(a, b)] * moved[b] for b in axes) for a in axes]
            return _gathered(np.stack(rows), self.bases) + self._stiffness(change)

        # What explains the moving image from the fixed one moves places the other way.
        return _solved(times, -_gathered(force, self.bases) - self._stiffness(weights), diagonal)

    def _added(self, values: Array) -> Array:
        axes = values.ndim
        means = block_means(np.ascontiguousarray(values, np.float32), np.full(axes, self.cell))
        return np.asarray(means * np.float32(self.cell**axes))

    def _stiffness(self, weights: Array) -> Array:
        total = np.zeros_like(weights)
        for axis, stiff in enumerate(self.stiff):
            pull = np.float32(stiff) * np.diff(weights, axis=axis + 1)
            along = (slice(None),) * (axis + 1)
            total[(*along, slice(None, -1))] -= pull
            total[(*along, slice(1, None))] += pull
        return total


def _solved(times: Callable[[Array], Array], right: Array, diagonal: Array) -> Array:
    """The solution by conjugate gradients, to a hundredth."""
    found, rest = np.zeros_like(right), right
    eased = rest / diagonal
    way, size = eased, float(np.vdot(rest, eased))
    least = 1e-4 * size
    for _ in range(25):
        if size <= least or size <= 0:
            break
        along = times(way)
        length = np.float32(size / float(np.vdot(way, along)))
        found, rest = found + length * way, rest - length * along
        eased = rest / diagonal
        size, before = float(np.vdot(rest, eased)), size
        way = eased + np.float32(size / before) * way
    return found


def _normalised(values: Array) -> Array:
    """Levels about their local mean, in local deviations; 0 where nothing varies."""
    away = values - averaged(values, WIDE)
    power = averaged(away * away, WIDE)
    floor = FLAT * float(power.mean())
    normal: Array = away / np.sqrt(power + np.float32(max(floor, 1e-12)))
    return normal


def _basis(index: Array, count: int) -> Array:
    """Cubic B-splines ``(place, knot)`` at places counted in knots from the second."""
    away = np.abs(np.asarray(index, np.float64)[:, None] - (np.arange(count) - 1))
    inner, outer = 2 / 3 - away**2 + away**3 / 2, np.maximum(2 - away, 0) ** 3 / 6
    return np.asarray(np.where(away < 1, inner, outer))


def _along(matrix: Array, values: Array, axis: int) -> Array:
    """A matrix applied along one axis of space of ``(d, ...)``."""
    if axis == values.ndim - 2:
        return np.asarray(values @ matrix.T)
    shape = values.shape
    flat = values.reshape(*shape[: axis + 2], -1)
    return np.asarray(matrix @ flat).reshape(*shape[: axis + 1], len(matrix), *shape[axis + 2 :])


def _spread(weights: Array, bases: list[Array]) -> Array:
    """From knots ``(d, ...)`` to places ``(d, ...)``."""
    for axis, base in enumerate(bases):
        weights = _along(base, weights, axis)
    return weights


def _gathered(values: Array, bases: list[Array]) -> Array:
    """From places back to knots: the transpose of `_spread`."""
    for axis, base in enumerate(bases):
        values = _along(base.T, values, axis)
    return values
