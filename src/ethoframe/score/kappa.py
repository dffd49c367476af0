"""Agreement beyond chance: Cohen's and Fleiss' kappa, Krippendorff's alpha, from weights.

All of them are 1 where all say the same of everything and 0 where they agree as often as chance has
it. Where chance leaves nothing to agree about, because all say one and the same all the time, they
have no value: that is NaN with a reason, and never 1. Where one rater never saw what another saw,
Cohen's formula says 0, and so it is told: whoever says nothing agrees as chance does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

NOBODY_LOOKED = "they never looked at the same time"
NEVER = "none of them ever saw it"
ALWAYS = "all of them saw the same all the time"
NO_LENGTH = "its events have no length: they agree by when they are, and not for how long"


@dataclass(frozen=True)
class Coefficient:
    """A coefficient, or why there is none.

    Examples
    --------
    >>> cohen(np.array([[9.0, 0.0], [0.0, 0.0]]))
    Coefficient(value=nan, reason='none of them ever saw it')
    """

    value: float
    reason: str = ""


def cohen(table: Array) -> Coefficient:
    """Cohen's kappa of two raters, from their confusion ``(kinds, kinds)``, the first kind nothing.

    It is 0 where one of them says one thing all the time and the other does not, and has no value
    where both say one and the same all the time.

    Parameters
    ----------
    table
        Seconds or frames by what the first says (rows) and the second.

    References
    ----------
    Cohen, Educ. Psychol. Meas. 20 (1960), 37-46.

    Examples
    --------
    >>> round(cohen(np.array([[15.0, 5.0], [10.0, 20.0]])).value, 3)
    0.4
    >>> cohen(np.array([[9.0, 2.0], [0.0, 0.0]]))
    Coefficient(value=0.0, reason='')
    """
    value = chance_corrected(table)
    if value == value:
        return Coefficient(value)
    if not table.sum():
        return Coefficient(value, NOBODY_LOOKED)
    return Coefficient(value, NEVER if table[0].sum() else ALWAYS)


def chance_corrected(table: Array) -> float:
    """Cohen's kappa by its formula, as `cohen` has it, without a reason where there is none."""
    total = float(table.sum())
    if not total:
        return float("nan")
    chance = float(table.sum(axis=1) @ table.sum(axis=0)) / total**2
    agreed = float(np.trace(table)) / total
    return (agreed - chance) / (1 - chance) if chance < 1 - 1e-12 else float("nan")


def fleiss_sums(codes: Array, weight: Array, kinds: int) -> Array:
    """Sums from which Fleiss' kappa follows: they may be added over recordings ``(2 + kinds,)``.

    Of the time that all looked at: its weight, the weighted share of pairs of raters who agree, and
    the weighted share of each kind.

    Parameters
    ----------
    codes
        What each says ``(raters, n)``; -1 where he did not look.
    weight
        Seconds or frames ``(n,)``.
    kinds
        How many there are.
    """
    all_looked = (codes >= 0).all(axis=0)
    votes = _votes(codes[:, all_looked], kinds)
    w, raters = weight[all_looked], len(codes)
    agreed = ((votes**2).sum(axis=0) - raters) / (raters * (raters - 1))
    sums: Array = np.concatenate([[w.sum(), w @ agreed], votes @ w / raters])
    return sums


def fleiss(sums: Array) -> Coefficient:
    """Fleiss' kappa of three or more raters who all looked, from `fleiss_sums`.

    References
    ----------
    Fleiss, Psychol. Bull. 76 (1971), 378-382.

    Examples
    --------
    >>> codes = np.array([[0, 0, 1, 1], [0, 0, 1, 0], [0, 0, 1, 1]])
    >>> round(fleiss(fleiss_sums(codes, np.ones(4), 2)).value, 3)
    0.657
    """
    total, agreed, shares = float(sums[0]), float(sums[1]), sums[2:]
    if not total:
        return Coefficient(float("nan"), "never did all of them look at the same time")
    chance = float(((shares / total) ** 2).sum())
    if chance > 1 - 1e-12:
        return Coefficient(float("nan"), NEVER if shares[0] else ALWAYS)
    return Coefficient((agreed / total - chance) / (1 - chance))


def coincidences(codes: Array, weight: Array, kinds: int) -> Array:
    """Krippendorff's table of coincidences ``(kinds, kinds)``: it may be added over recordings.

    A moment that m ≥ 2 raters looked at gives each of their ordered pairs a weight of 1 / (m - 1);
    one that fewer looked at gives none.

    Parameters
    ----------
    codes
        What each says ``(raters, n)``; -1 where he did not look.
    weight
        Seconds or frames ``(n,)``.
    kinds
        How many there are.
    """
    many = (codes >= 0).sum(axis=0)
    kept = many >= 2
    votes = _votes(codes[:, kept], kinds)
    share = weight[kept] / (many[kept] - 1)
    table: Array = (votes * share) @ votes.T
    table[np.diag_indices(kinds)] -= votes @ share
    return table


def krippendorff(table: Array, counted: bool) -> Coefficient:
    """Krippendorff's alpha of kinds without order, from `coincidences`.

    Parameters
    ----------
    table
        Of coincidences, over all recordings.
    counted
        Whether weights count frames: then the correction for their number holds. Seconds are the
        limit of ever finer frames, in which that correction is nothing.

    References
    ----------
    Krippendorff, Content Analysis, 4th ed. (2019), ch. 12. Hayes & Krippendorff, Commun. Methods
    Meas. 1 (2007), 77-89.

    Examples
    --------
    >>> codes = np.array([[0, 0, 1, 1], [0, 0, 1, -1], [0, 0, 1, 0]])
    >>> round(krippendorff(coincidences(codes, np.ones(4), 2), counted=True).value, 3)
    0.643
    """
    each = table.sum(axis=1)
    total = float(each.sum())
    if not total:
        return Coefficient(float("nan"), NOBODY_LOOKED)
    by_chance = total**2 - float((each**2).sum())
    if by_chance <= 1e-12 * total**2:
        return Coefficient(float("nan"), NEVER if each[0] else ALWAYS)
    apart = total - float(np.trace(table))
    return Coefficient(1 - (total - counted) * apart / by_chance)


def _votes(codes: Array, kinds: int) -> Array:
    """How many say each kind at each moment ``(kinds, n)``."""
    votes: Array = np.stack([(codes == kind).sum(axis=0) for kind in range(kinds)]).astype(float)
    return votes
