"""Extrema of responses over space and scale, between samples, and which of them stand apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.detect._scales import Octave

POWER = 1 / 3  # sigma to this power, negative: over it, discs and Gaussians nearly are parabolas
SAME = 0.25  # radii: two blobs that differ by less, in place and in size, are one


@dataclass(frozen=True)
class Extrema:
    """Places where a response is greatest among neighbours in space and scale.

    Parameters
    ----------
    places
        ``(n, d)`` in the order of the picture's axes, in pixels of each.
    variances
        T of each ``(n,)``, in squared pixels of the finest axis.
    responses
        At the place and scale ``(n,)``.
    roundness
        Least over greatest curvature of the response across the place ``(n,)``; 0 on saddles.
    """

    places: Array
    variances: Array
    responses: Array
    roundness: Array

    def take(self, index: Any) -> Extrema:
        """Some of them, by mask or number."""
        return Extrema(*(getattr(self, name)[index] for name in self.__dataclass_fields__))

    @classmethod
    def joined(cls, parts: Sequence[Extrema]) -> Extrema:
        """All of the parts, of which there is at least one."""
        names = cls.__dataclass_fields__
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def extrema(octave: Octave, step: Sequence[float], floors: Array, sign: int) -> Extrema:
    """The extrema of one sign in an octave, by quadratic fits to their neighbours.

    In each of three scales a quadratic is fitted to the neighbours in space, and its summit taken;
    through the three summits, a parabola over scale.

    Parameters
    ----------
    octave
        Responses.
    step
        Distance of pixels along each axis in pixels of the finest.
    floors
        Responses that must be passed ``(k,)``, at each scale of the octave.
    sign
        1 for maxima, -1 for minima.

    References
    ----------
    Brown & Lowe, Proc. BMVC 2002, 253-262, for the fit in space.
    """
    layers = [r if sign > 0 else -r for r in octave.responses]
    greatest = [_greatest(layer) for layer in layers]
    gaps = np.array(step) * np.array(octave.strides)
    found = []
    for k in range(1, len(layers) - 1):
        at = _candidates(layers, greatest, k, float(floors[k]))
        cubes = np.stack([_neighbours(layers[j], at) for j in (k - 1, k, k + 1)], axis=1)
        found.append(_fitted(at, cubes, octave.variances[k - 1 : k + 2], gaps, octave.strides))
    return Extrema.joined(found)


def _greatest(layer: Array) -> Array:
    """The greatest of each sample and its neighbours; nothing lies beyond the rim."""
    box = np.ones((3, 3), np.uint8)
    if layer.ndim == 2:
        return cv2.dilate(layer, box).reshape(layer.shape)
    planes = np.stack([cv2.dilate(plane, box).reshape(plane.shape) for plane in layer])
    around = planes.copy()
    np.maximum(around[1:], planes[:-1], out=around[1:])
    np.maximum(around[:-1], planes[1:], out=around[:-1])
    return around


def _candidates(layers: list[Array], greatest: list[Array], k: int, floor: float) -> Array:
    """Samples ``(n, d)`` that nobody around exceeds, in their scale and both beside it."""
    layer = layers[k]
    flat = np.flatnonzero((layer >= greatest[k]) & (layer > floor))
    level = layer.ravel()[flat]
    for beside in (greatest[k - 1], greatest[k + 1]):
        above = level >= beside.ravel()[flat]
        flat, level = flat[above], level[above]
    return np.stack(np.unravel_index(flat, layer.shape), axis=1)


def _neighbours(layer: Array, at: Array) -> Array:
    """The samples around each place ``(n, 3, 3[, 3])``, beyond the rim as in a mirror."""
    index = []
    for axis, length in enumerate(layer.shape):
        along = at[:, axis, None] + np.arange(-1, 2)
        along = (length - 1) - np.abs((length - 1) - np.abs(along))
        shape = [len(at)] + [3 if a == axis else 1 for a in range(layer.ndim)]
        index.append(np.clip(along, 0, length - 1).reshape(shape))
    around: Array = layer[tuple(index)].astype(np.float64)
    return around


def _fitted(
    at: Array, cubes: Array, variances: Array, gaps: Array, strides: Sequence[int]
) -> Extrema:
    """Extrema between samples from cubes ``(n, 3 scales, 3, 3[, 3])``."""
    summits = [_summit(cubes[:, scale], gaps) for scale in range(3)]
    heights = np.stack([height for height, _, _ in summits], axis=1)
    _, moved, roundness = summits[1]
    abscissae = variances ** (-POWER / 2)
    top, height = _vertex(abscissae, heights)
    places = (at + moved) * np.array(strides)
    return Extrema(places, top ** (-2 / POWER), height, roundness)


def _summit(cubes: Array, gaps: Array) -> tuple[Array, Array, Array]:
    """Height, place in samples and roundness of the quadratic through samples ``(n, 3, 3[, 3])``.

    Where it has no summit within a sample of the middle, the middle is taken.
    """
    axes = cubes.ndim - 1
    slope, bend = _derivatives(cubes)
    middle = _sample(cubes, {})
    curvatures = np.linalg.eigvalsh(bend / np.multiply.outer(gaps, gaps)) if len(bend) else slope
    with np.errstate(divide="ignore", invalid="ignore"):
        roundness = np.where(curvatures[:, -1] < 0, curvatures[:, -1] / curvatures[:, 0], 0.0)
    regular = np.where((roundness > 0)[:, None, None], bend, -np.eye(axes))
    moved = -np.linalg.solve(regular, slope[..., None])[..., 0]
    good = (roundness > 0) & (np.abs(moved) <= 1).all(axis=1)
    moved = np.where(good[:, None], moved, 0.0)
    height = middle + (slope * moved).sum(axis=1) / 2
    return height, moved, roundness


def _derivatives(cubes: Array) -> tuple[Array, Array]:
    """Slope ``(n, d)`` and second derivatives ``(n, d, d)`` in the middle of each cube."""
    axes = cubes.ndim - 1
    slope = np.empty((len(cubes), axes))
    bend = np.empty((len(cubes), axes, axes))
    middle = _sample(cubes, {})
    for a in range(axes):
        before, after = _sample(cubes, {a: -1}), _sample(cubes, {a: 1})
        slope[:, a], bend[:, a, a] = (after - before) / 2, after - 2 * middle + before
        for b in range(a):
            signs = product((-1, 1), repeat=2)
            mixed = sum(i * j * _sample(cubes, {a: i, b: j}) for i, j in signs)
            bend[:, a, b] = bend[:, b, a] = mixed / 4
    return slope, bend


def _sample(cubes: Array, away: Mapping[int, int]) -> Array:
    """One sample of each cube ``(n,)``, so many away from the middle along some axes."""
    index: Any = (slice(None), *(1 + away.get(axis, 0) for axis in range(cubes.ndim - 1)))
    sample: Array = cubes[index]
    return sample


def _vertex(x: Array, y: Array) -> tuple[Array, Array]:
    """Where the parabola through three points ``x (3,)``, ``y (n, 3)`` is greatest, and its value.

    Never beyond the outer points; in the middle where it has no summit.
    """
    left, right = (y[:, 0] - y[:, 1]) / (x[0] - x[1]), (y[:, 2] - y[:, 1]) / (x[2] - x[1])
    bend = (left - right) / (x[0] - x[2])
    slope = left - bend * (x[0] - x[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.where(bend < 0, -slope / (2 * bend), 0.0)
    low, high = min(x[0], x[2]) - x[1], max(x[0], x[2]) - x[1]
    away = np.clip(away, low, high)
    return x[1] + away, y[:, 1] + away * (slope + bend * away)


def standing_apart(places: Array, radii: Array, strength: Array, overlap: float) -> Array:
    """Which discs or balls to keep ``(n,)``: of two that overlap too much, the stronger.

    Two that are nearly the same count as one found twice, and overlap too much in any case.

    Parameters
    ----------
    places
        ``(n, 2|3)`` in one unit along all axes.
    radii
        In the same unit.
    strength
        The stronger is kept; of equals, the first.
    overlap
        How much of the smaller one's area or volume they may share.
    """
    order = np.argsort(-strength, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    first, second = _touching(places, radii)
    apart = np.linalg.norm(places[first] - places[second], axis=1)
    shared = shared_part(apart, radii[first], radii[second], places.shape[1])
    small = np.minimum(radii[first], radii[second])
    twice = (apart < SAME * small) & (np.abs(radii[first] - radii[second]) < SAME * small)
    too_much = (shared > overlap) | twice
    first, second = first[too_much], second[too_much]
    stronger = np.where(rank[first] < rank[second], first, second)
    weaker = first + second - stronger
    by_rank = np.argsort(rank[stronger], kind="stable")
    kept = np.ones(len(places), bool)
    # A disc that was dropped itself drops nobody; those of higher rank are settled by then.
    for a, b in zip(stronger[by_rank].tolist(), weaker[by_rank].tolist(), strict=True):
        if kept[a]:
            kept[b] = False
    return kept


def shared_part(apart: Array, a: Array, b: Array, axes: int) -> Array:
    """Share of the smaller of two discs or balls that lies in the other.

    Parameters
    ----------
    apart
        Distance of the middles.
    a, b
        Radii, positive.
    axes
        2 for discs, 3 for balls.

    Examples
    --------
    >>> shared_part(np.array([0.0, 2.0, 9.0]), np.full(3, 1.0), np.full(3, 3.0), 2).tolist()
    [1.0, 1.0, 0.0]
    """
    small, large = np.minimum(a, b), np.maximum(a, b)
    # Between touching inside and outside; beyond, the formulas have no meaning.
    d = np.clip(apart, np.maximum(large - small, 1e-9 * large), small + large)
    if axes == 3:
        bulge = d**2 + 2 * d * (small + large) - 3 * (large - small) ** 2
        volume = np.pi * (small + large - d) ** 2 * bulge / (12 * d)
        part = volume / (4 / 3 * np.pi * small**3)
    else:
        at_small = np.arccos(np.clip((d**2 + small**2 - large**2) / (2 * d * small), -1, 1))
        at_large = np.arccos(np.clip((d**2 + large**2 - small**2) / (2 * d * large), -1, 1))
        chord = (small + large - d) * (d + small - large) * (d - small + large)
        kite = np.sqrt(np.maximum(chord * (d + small + large), 0)) / 2
        part = (small**2 * at_small + large**2 * at_large - kite) / (np.pi * small**2)
    part = np.where(apart >= large + small, 0.0, np.clip(part, 0, 1))
    inside: Array = np.where(apart <= large - small, 1.0, part)
    return inside


def _touching(places: Array, radii: Array) -> tuple[Array, Array]:
    """Pairs of discs that may overlap, each once, sizes looked up by their octaves."""
    from scipy.spatial import cKDTree

    sizes = np.floor(np.log2(np.maximum(radii, 1e-9))).astype(int)
    groups = {int(size): np.flatnonzero(sizes == size) for size in np.unique(sizes)}
    trees = {size: cKDTree(places[index]) for size, index in groups.items()}
    pairs = []
    for a, b in product(groups, repeat=2):
        if a > b:
            continue
        far = float(radii[groups[a]].max() + radii[groups[b]].max())
        near = trees[a].sparse_distance_matrix(trees[b], far, output_type="ndarray")
        i, j = groups[a][near["i"]], groups[b][near["j"]]
        keep = (near["v"] < radii[i] + radii[j]) & ((i < j) | (a < b))
        pairs.append(np.stack([i[keep], j[keep]]))
    both: Array = np.concatenate(pairs, axis=1) if pairs else np.zeros((2, 0), np.int64)
    return both[0], both[1]
