"""Levels that part objects from background, from how often each level occurs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

BINS = 2048  # for levels that are not whole numbers of at most 16 bits
MOST_BINS = 256  # that more than one level is sought among
MAD_TO_SD = 1.4826  # of a normal distribution


@dataclass(frozen=True)
class Histogram:
    """How often each level occurs.

    Parameters
    ----------
    levels
        Ascending ``(n,)``, float64.
    counts
        Of each ``(n,)``, float64.

    Examples
    --------
    >>> Histogram.of(np.array([3, 5, 5], np.uint8)).levels
    array([3., 4., 5.])
    """

    levels: Array
    counts: Array

    @classmethod
    def of(cls, values: Array) -> Histogram:
        """Of any values: each level by itself if they are whole numbers of 16 bits, else binned.

        NaN and infinite values are left out.
        """
        if values.dtype == bool:
            values = values.astype(np.uint8)
        if values.size and values.dtype.kind in "ui" and values.dtype.itemsize <= 2:
            first, last = int(values.min()), int(values.max())
            counts = np.bincount(values.ravel().astype(np.int32) - first)
            return cls(np.arange(first, last + 1, dtype=np.float64), counts.astype(np.float64))
        finite = values[np.isfinite(values)]
        if not finite.size:
            return cls(np.zeros(0), np.zeros(0))
        low, high = float(finite.min()), float(finite.max())
        if low == high:
            return cls(np.array([low]), np.array([float(finite.size)]))
        place = ((finite.astype(np.float64) - low) * (BINS / (high - low))).astype(np.int32)
        counts = np.bincount(np.minimum(place, BINS - 1), minlength=BINS).astype(np.float64)
        return cls(low + (np.arange(BINS) + 0.5) * ((high - low) / BINS), counts)

    @property
    def flat(self) -> bool:
        """Whether there are not two levels to part."""
        return int(np.count_nonzero(self.counts)) < 2

    def quantile(self, share: float, below: float = np.inf) -> float:
        """The level that this share of the values lies below; of those up to `below` only."""
        counts = np.where(self.levels <= below, self.counts, 0)
        total = np.cumsum(counts)
        return float(self.levels[np.searchsorted(total, share * total[-1])])

    def mapped(self, change: Callable[[Array], Array]) -> Histogram:
        """The histogram of changed levels; the change must rise."""
        return Histogram(change(self.levels), self.counts)


def otsu(seen: Histogram) -> float:
    """The level that leaves the least variance on either side; NaN where all levels are one.

    References
    ----------
    Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62-66.

    Examples
    --------
    >>> otsu(Histogram.of(np.array([0, 0, 9, 9], np.uint8)))
    4.5
    """
    if seen.flat:
        return float("nan")
    levels, counts = seen.levels, seen.counts
    below, total = np.cumsum(counts), counts.sum()
    sums = np.cumsum(counts * levels)
    rest = np.maximum(total - below, 1e-300)
    apart = sums / np.maximum(below, 1e-300) - (sums[-1] - sums) / rest
    between = (below * (total - below) * np.square(apart))[:-1]
    best = np.flatnonzero(between >= between.max() * (1 - 1e-12))
    # Empty levels between two groups part them all alike: the middle is taken.
    return float((levels[best[0]] + levels[best[-1] + 1]) / 2)


def li(seen: Histogram) -> float:
    """The level of least cross entropy; NaN where all levels are one.

    References
    ----------
    Li & Tam, Pattern Recognition Letters 19 (1998) 771-776.
    """
    if seen.flat:
        return float("nan")
    lowest = seen.levels[np.flatnonzero(seen.counts)[0]]
    width = np.min(np.diff(seen.levels))
    levels, counts = seen.levels - lowest + width, seen.counts  # logarithms need levels above 0
    threshold = float(np.average(levels, weights=counts))
    for _ in range(1000):
        low = levels <= threshold
        means = [
            float(np.average(levels[side], weights=counts[side])) if counts[side].any() else width
            for side in (low, ~low)
        ]
        new = (means[1] - means[0]) / np.log(means[1] / means[0]) if means[1] > means[0] else 0.0
        if abs(new - threshold) < width / 4:
            break
        threshold = new
    return float(threshold + lowest - width)


def triangle(seen: Histogram) -> float:
    """The level farthest below the line from the commonest level to the far end; NaN as `otsu`.

    References
    ----------
    Zack, Rogers & Latt, J. Histochem. Cytochem. 25 (1977) 741-753.
    """
    if seen.flat:
        return float("nan")
    used = np.flatnonzero(seen.counts)
    levels, counts = seen.levels, seen.counts
    peak, first, last = int(counts.argmax()), int(used[0]), int(used[-1])
    end = last if last - peak >= peak - first else first
    places = np.arange(min(peak, end), max(peak, end) + 1)
    run = (places - end) / (peak - end)
    line = counts[end] + run * (counts[peak] - counts[end])
    return float(levels[places[np.argmax(line - counts[places])]])


def root_otsu(seen: Histogram) -> float:
    """Otsu's level among square roots of what lies over the background; NaN as `otsu`.

    Counts of photons scatter by their square root, so that is the scale on which faint objects and
    bright ones are as far from background as they are hard to tell from it. Background and its
    scatter are the median, and the median deviation from it, of what Otsu's own level leaves below.

    References
    ----------
    The root: Anscombe, Biometrika 35 (1948) 246-254. Its use here is ethoframe's own.
    """
    first = otsu(seen)
    if np.isnan(first):
        return first
    base, noise = background(seen, first)

    def root(levels: Array) -> Array:
        return np.sqrt(np.maximum(levels - base, 0) + noise)

    return float(np.square(otsu(seen.mapped(root))) - noise + base)


def background(seen: Histogram, below: float) -> tuple[float, float]:
    """Middle and scatter (a standard deviation) of the levels up to `below`."""
    middle = seen.quantile(0.5, below)
    width = float(np.min(np.diff(seen.levels))) if len(seen.levels) > 1 else 1.0
    order = np.argsort(np.abs(seen.levels - middle), kind="stable")
    counts = np.where(seen.levels <= below, seen.counts, 0)[order]
    total = np.cumsum(counts)
    away = np.abs(seen.levels - middle)[order][np.searchsorted(total, total[-1] / 2)]
    return middle, max(MAD_TO_SD * float(away), width / 2)


def multi_otsu(seen: Histogram, classes: int) -> tuple[float, ...]:
    """Levels that part the values in so many classes with the least variance within them.

    Fewer where there are fewer levels than classes; exact for up to 256 levels, of which there are
    not more: neighbours are taken together.

    References
    ----------
    Liao, Chen & Chung, J. Inf. Sci. Eng. 17 (2001) 713-727.
    """
    used = np.flatnonzero(seen.counts)
    classes = min(classes, len(used))
    if classes < 2:
        return ()
    levels, counts = _fewer(seen)
    # Sums up to each level make the score of any run of levels a difference.
    mass, sums = (np.concatenate([[0], np.cumsum(each)]) for each in (counts, counts * levels))
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.square(sums[None] - sums[:, None]) / (mass[None] - mass[:, None])
    score = np.where(np.isfinite(score), score, 0)
    count = len(levels)
    score[np.tril_indices(count + 1)] = -np.inf
    best, cuts = score[0], []
    for _ in range(classes - 1):
        tried = best[:, None] + score
        cuts.append(tried.argmax(axis=0))
        best = tried.max(axis=0)
    stops = [count]
    for cut in reversed(cuts):
        stops.append(int(cut[stops[-1]]))
    return tuple(float(levels[s - 1] + levels[s]) / 2 for s in reversed(stops[1:]))


def _fewer(seen: Histogram) -> tuple[Array, Array]:
    """Levels and counts without empty ones, neighbours taken together where there are many."""
    used = seen.counts > 0
    levels, counts = seen.levels[used], seen.counts[used]
    if len(levels) <= MOST_BINS:
        return levels, counts
    edges = np.linspace(levels[0], levels[-1], MOST_BINS + 1)[1:-1]
    group = np.searchsorted(edges, levels)
    mass = np.bincount(group, counts, MOST_BINS)
    mean = np.bincount(group, counts * levels, MOST_BINS)
    kept = mass > 0
    return mean[kept] / mass[kept], mass[kept]


RULES: dict[str, Callable[[Histogram], float]] = {
    "otsu": otsu,
    "root-otsu": root_otsu,
    "li": li,
    "triangle": triangle,
}
