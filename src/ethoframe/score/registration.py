"""How near registration brings landmarks to where they ought to be, and whether it folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data import Displacement, Warp
from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate, estimate, median


@dataclass(frozen=True)
class Tre:
    """Target registration errors of landmarks that registration has not seen.

    Parameters
    ----------
    median, p90
        Of the distances, in the unit of the places.
    relative
        Median of the distances over the diagonal of the image.
    largest
        Of the distances; infinite where a landmark was not carried over.
    missing
        How many were not.
    """

    median: Estimate
    p90: Estimate
    relative: Estimate
    largest: float
    missing: int


@dataclass(frozen=True)
class Folding:
    """Whether a displacement turns anything inside out.

    Parameters
    ----------
    share
        Of places where the determinant of the Jacobian is not positive.
    least, greatest
        Of the determinants: by how much a small area or volume shrinks and grows at most.
    """

    share: float
    least: float
    greatest: float


def errors(moved: Array, truth: Array) -> Array:
    """Distances ``(n,)`` between landmarks ``(n, d)`` in one order; infinite for a NaN.

    Raises
    ------
    ValueError
        When there are not as many of both, or in other dimensions.
    """
    moved, truth = np.asarray(moved, np.float64), np.asarray(truth, np.float64)
    if moved.shape != truth.shape or moved.ndim != 2:
        raise ValueError(f"landmarks {moved.shape} and {truth.shape} are no pairs")
    away = np.linalg.norm(moved - truth, axis=1)
    return np.where(np.isnan(away), np.inf, away)


def tre(
    moved: Array, truth: Array, extent: Sequence[float], *, whose: Sequence[str] | None = None
) -> Tre:
    """Errors of landmarks, with intervals from drawing them again.

    A landmark that was not carried over (NaN) is infinitely far: to leave it out would make losing
    the hard ones pay.

    Parameters
    ----------
    moved, truth
        Places ``(n, d)`` in the fixed image, found and true.
    extent
        Sides of the fixed image, in the unit of the places.
    whose
        The pair of images each landmark is of: with several pairs, pairs are drawn and not
        landmarks, because those of one pair err together.

    Raises
    ------
    ValueError
        When landmarks are no pairs.

    References
    ----------
    Target registration error: Fitzpatrick & West, IEEE Trans. Med. Imaging 20 (2001), 917-927.
    Relative to the diagonal: Borovec et al. (ANHIR), IEEE Trans. Med. Imaging 39 (2020), 3042-3052.

    Examples
    --------
    >>> truth = np.array([[10.0, 10.0], [20.0, 30.0], [40.0, 5.0]])
    >>> told = tre(truth + [3.0, 4.0], truth, extent=(80, 60))
    >>> told.median.value, told.p90.value, told.relative.value
    (5.0, 5.0, 0.05)
    """
    away = errors(moved, truth)
    diagonal = float(np.linalg.norm(np.asarray(extent, np.float64)))
    return Tre(
        estimate(away, median, whose=whose),
        estimate(away, p90, whose=whose),
        estimate(away / diagonal, median, whose=whose),
        float(away.max(initial=0.0)) if len(away) else float("nan"),
        int(np.isinf(away).sum()),
    )


def folding(displacement: Displacement | Warp) -> Folding:
    """Folding of a displacement, or of all those of a warp, on their own grids.

    Examples
    --------
    >>> squeezed = np.zeros((8, 8, 2))
    >>> squeezed[..., 0] = -0.5 * np.arange(8)
    >>> folding(Displacement(squeezed, (1.0, 1.0)))
    Folding(share=0.0, least=0.5, greatest=0.5)
    """
    steps = displacement.steps if isinstance(displacement, Warp) else (displacement,)
    fields = [step.determinants().ravel() for step in steps if isinstance(step, Displacement)]
    grown = np.concatenate(fields) if fields else np.ones(1)
    return Folding(float((grown <= 0).mean()), float(grown.min()), float(grown.max()))


def p90(rows: Array) -> float:
    """The 90th percentile of errors ``(n,)``, between the nearest two; NaN of none.

    Where one is infinite it is the farther one: no interpolation leads to infinity.
    """
    known = rows[~np.isnan(rows)]
    if not known.size:
        return float("nan")
    if np.isinf(known).any():
        return float(np.percentile(known, 90, method="higher"))
    return float(np.percentile(known, 90))
