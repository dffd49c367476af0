"""Labels that look wrong, each with a reason and a number: for a person to look at, not to remove.

A label that a method disagrees with is either wrong or hard. Nothing here can tell which: that is
why these are suspects, and why pages show each with its picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

FAR, SWAPPED, OTHER, TWICE, ALIKE = "far", "swapped", "other class", "twice", "near-duplicate"
"""What a label may be suspected of."""

BEYOND = 3.5
"""Robust standard deviations above the median from which a loss is out of the ordinary."""

SPREAD = 1.4826
"""Standard deviations of a normal distribution in one median absolute deviation of it."""

LEAST_PX = 2.0
"""A distance below that is nobody's mistake, however right the others are."""

HALVED = 0.5
"""Two keypoints are taken for each other where changing them leaves this share of their error."""

SMALL = 32
"""Sides in px of the pictures that are compared."""

SAME = 0.9
"""Correlation from which two pictures show the same, what all pictures share being left out."""


@dataclass(frozen=True)
class Suspect:
    """One label to look at.

    Parameters
    ----------
    reason
        One of `FAR`, `SWAPPED`, `OTHER`, `TWICE`, `ALIKE`.
    row
        Which labelled frame.
    other
        The frame it is held against; -1 where there is none.
    what
        Which keypoint, keypoints, class or quantity.
    number, unit
        How suspect it is: what the number is, `reason` tells and `says` spells out.
    says
        All of that in a sentence.
    """

    reason: str
    row: int
    other: int
    what: str
    number: float
    unit: str
    says: str


def bound(losses: Array) -> float:
    """From where a loss is out of the ordinary among these, NaN left out; infinite of under four.

    The median and `BEYOND` robust standard deviations of square roots, squared again: the root of
    a distance that is as likely in all directions is nearly normal. Of many such distances three in
    a hundred thousand are beyond it, which is about four times the median; of 20 one in 600.

    References
    ----------
    Iglewicz & Hoaglin, How to Detect and Handle Outliers (1993): 3.5, and the median deviation.

    Examples
    --------
    >>> round(bound(np.array([1.0, 2.0, 1.5, 1.2, 1.8, 40.0])), 1)
    4.5
    """
    roots = np.sqrt(losses[np.isfinite(losses) & (losses >= 0)])
    if len(roots) < 4:
        return float("inf")
    middle = float(np.median(roots))
    return (middle + BEYOND * SPREAD * float(np.median(np.abs(roots - middle)))) ** 2


def far_off(
    errors: Array,
    keypoints: Sequence[str],
    apart: Array | None = None,
    unit: str = "px",
    least: float = LEAST_PX,
) -> list[Suspect]:
    """Labels that are further from the method's answer than is usual for their keypoint.

    Parameters
    ----------
    errors
        ``(n, keypoint)``, or losses of anything else that is 0 where label and answer agree; NaN
        where there is none.
    keypoints
        Their names.
    apart
        Whether each frame was kept apart ``(n,)``: these are judged among themselves, as answers
        to what was taught are nearer. All alike when left out.
    unit
        Of the errors.
    least
        Nothing below it is suspect.

    Returns
    -------
    list of Suspect
        The farthest beyond the bound first.

    Examples
    --------
    >>> far = np.array([[1.0], [2.0], [1.5], [1.2], [1.8], [40.0]])
    >>> far_off(far, ["snout"])[0].says
    'snout is 40.0 px from the answer; usual are 1.6, and nearly all are below 4.5'
    """
    errors = np.asarray(errors, np.float64)
    groups = [np.ones(len(errors), bool)]
    if apart is not None:
        groups = [np.asarray(apart, bool), ~np.asarray(apart, bool)]
    found: list[tuple[float, Suspect]] = []
    for k, name in enumerate(keypoints):
        for group in groups:
            column = errors[group, k]
            limit = max(least, bound(column))
            usual = float(np.nanmedian(column)) if np.isfinite(column).any() else 0.0
            for row in np.flatnonzero(group & (errors[:, k] > limit)):
                far = float(errors[row, k])
                says = (
                    f"{name} is {far:.1f} {unit} from the answer; usual are {usual:.1f}, and "
                    f"nearly all are below {limit:.1f}"
                )
                found.append((far / limit, Suspect(FAR, int(row), -1, name, far, unit, says)))
    return [suspect for _, suspect in sorted(found, key=lambda each: -each[0])]


def swapped(
    predicted: Array, truth: Array, keypoints: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> list[Suspect]:
    """Pairs of keypoints that fit the answer much better when they change places.

    Suspected where changing them leaves half of their summed error or less, and takes away more
    than is out of the ordinary for the pair. Either the label or the answer may have them wrong.

    Parameters
    ----------
    predicted, truth
        Places ``(n, keypoint, 2)`` in px; NaN where there is none.
    keypoints
        Their names.
    pairs
        Of a left and a right one.

    Returns
    -------
    list of Suspect
        The number is how many px of error would go; the most first.

    Examples
    --------
    >>> truth = np.array([[[0.0, 0.0], [30.0, 0.0]]] * 6)
    >>> found = truth + 1.0
    >>> truth[2] = truth[2, ::-1].copy()
    >>> [(each.row, each.what) for each in swapped(found, truth, ["l", "r"], [("l", "r")])]
    [(2, 'l and r')]
    """
    found = []
    for left, right in pairs:
        both = [list(keypoints).index(left), list(keypoints).index(right)]
        here, there = np.asarray(predicted)[:, both], np.asarray(truth)[:, both]
        kept = np.hypot(*np.moveaxis(here - there, -1, 0)).sum(axis=1)
        changed = np.hypot(*np.moveaxis(here - there[:, ::-1], -1, 0)).sum(axis=1)
        gone = kept - changed
        least = max(LEAST_PX, bound(np.minimum(kept, changed)))
        least = least if np.isfinite(least) else LEAST_PX
        for row in np.flatnonzero((changed <= HALVED * kept) & (gone > least)):
            says = (
                f"{left} and {right} fit the answer better when they change places: "
                f"{changed[row]:.1f} px off together instead of {kept[row]:.1f}"
            )
            what = f"{left} and {right}"
            found.append(Suspect(SWAPPED, int(row), -1, what, float(gone[row]), "px", says))
    return sorted(found, key=lambda each: -each.number)


def other_class(probabilities: Array, truth: Array, names: Sequence[str]) -> list[Suspect]:
    """Frames that the method is confident are of another class than they were said to be of.

    Confident is as sure of that class as it is, in the mean, of frames that people say are of it.

    Parameters
    ----------
    probabilities
        ``(n, class)``; NaN where there is no answer. Of frames that were kept apart, if possible.
    truth
        Index of the class that was said ``(n,)``; -1 where nothing was.
    names
        Of the classes.

    Returns
    -------
    list of Suspect
        The number is how probable the label is by the method; the least first.

    References
    ----------
    Northcutt, Jiang & Chuang, J. Artif. Intell. Res. 70 (2021), 1373-1411 (confident learning).

    Examples
    --------
    >>> sure = np.array([[0.9, 0.1], [0.8, 0.2], [0.05, 0.95], [0.1, 0.9]])
    >>> [each.says for each in other_class(sure, np.array([0, 0, 0, 1]), ["sharp", "blurred"])]
    ['said to be sharp, and blurred by the answer, with a probability of 0.95']
    """
    table, said = np.nan_to_num(np.asarray(probabilities, np.float64)), np.asarray(truth, np.intp)
    sure = np.full(len(names), np.inf)
    for k in range(len(names)):
        if (said == k).any():
            sure[k] = table[said == k, k].mean()
    held = np.where(table >= sure, table, -1.0)
    best = held.argmax(axis=1) if len(names) else np.zeros(len(table), np.intp)
    rows = np.flatnonzero((said >= 0) & (held.max(axis=1, initial=-1.0) > 0) & (best != said))
    found = []
    for row in rows:
        told, answer = names[said[row]], names[best[row]]
        likely = float(table[row, best[row]])
        says = f"said to be {told}, and {answer} by the answer, with a probability of {likely:.2f}"
        own = float(table[row, said[row]])
        found.append(Suspect(OTHER, int(row), -1, told, own, "probability", says))
    return sorted(found, key=lambda each: each.number)


def twice(pictures: Sequence[str], apart: Array | None = None, unit: str = "px") -> list[Suspect]:
    """Pictures that were labelled more than once.

    Parameters
    ----------
    pictures
        What each labelled frame shows ``(n,)``: equal where pictures are the same, such as a hash
        of their pixels.
    apart
        How far two labels of one picture are from each other ``(n, n)`` in `unit`; not told when
        left out.
    unit
        Of that.

    Returns
    -------
    list of Suspect
        One for each further label of a picture, held against the first.

    Examples
    --------
    >>> [(each.row, each.other) for each in twice(["a", "b", "a"])]
    [(2, 0)]
    """
    first: dict[str, int] = {}
    found = []
    for row, picture in enumerate(pictures):
        other = first.setdefault(picture, row)
        if other == row:
            continue
        far = float("nan") if apart is None else float(apart[row, other])
        says = "the same picture is labelled twice"
        if np.isfinite(far):
            says += f", and the labels are {far:.1f} {unit} apart"
        found.append(Suspect(TWICE, row, other, "", far, unit, says))
    return found


def small(picture: Array) -> Array:
    """A picture ``(y, x)`` as it is compared, ``(SMALL, SMALL)``: by means over areas.

    Examples
    --------
    >>> small(np.ones((64, 96))).shape
    (32, 32)
    """
    import cv2

    levels = np.nan_to_num(np.asarray(picture, np.float32))
    found: Array = cv2.resize(levels, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    return found


def alike(
    pictures: Array, films: Sequence[str], taught: Array, apart: Array, same: float = SAME
) -> list[Suspect]:
    """Pictures that were kept apart, and show nearly what one that was taught shows.

    What all pictures of a film share, its floor and walls, says nothing: their mean is taken away
    first, where a film has three or more. What is left is compared by its correlation.

    Parameters
    ----------
    pictures
        Small ones ``(n, y, x)``, as `small` makes them.
    films
        Which film each is of ``(n,)``.
    taught, apart
        Indices of those that were taught, and of those that were kept apart.
    same
        Correlation from which they are told.

    Returns
    -------
    list of Suspect
        One at most for each picture kept apart, with the taught one that is most like it; the
        number is their correlation, the greatest first.

    Examples
    --------
    >>> chance = np.random.default_rng(0)
    >>> seen = chance.random((6, 32, 32))
    >>> seen[5] = seen[1] + 0.01 * chance.random((32, 32))
    >>> [(each.row, each.other) for each in alike(seen, ["m"] * 6, [0, 1, 2, 3], [4, 5])]
    [(5, 1)]
    """
    left = _unshared(np.asarray(pictures, np.float64), films)
    taught, apart = np.asarray(taught, np.intp), np.asarray(apart, np.intp)
    if not len(taught) or not len(apart):
        return []
    found = []
    for row, near in zip(apart, left[apart] @ left[taught].T, strict=True):
        best = int(np.argmax(near))
        if near[best] >= same:
            much, other = float(near[best]), int(taught[best])
            says = f"kept apart, and nearly a picture that was taught (correlation {much:.3f})"
            found.append(Suspect(ALIKE, int(row), other, "", much, "1", says))
    return sorted(found, key=lambda each: -each.number)


def _unshared(pictures: Array, films: Sequence[str]) -> Array:
    """As rows of length 1, without what pictures of one film share."""
    rows = pictures.reshape(len(pictures), -1).copy()
    names, index = np.unique(np.asarray(films, str), return_inverse=True)
    for k in range(len(names)):
        if (index == k).sum() >= 3:
            rows[index == k] -= rows[index == k].mean(axis=0)
    rows -= rows.mean(axis=1, keepdims=True)
    found: Array = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return found
