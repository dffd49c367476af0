"""What should be known of keypoints that people placed, whatever file they are from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from ethoframe.data import Labelled, Tracks
from ethoframe.data.labels import ABSENT, VISIBLE
from ethoframe.data.noun import Array

OFF_PX = 0.5
"""How far off the area of its picture a label may be: to there people slip on its edge."""

TOLD = 3
"""Cases that a line names; of others it says how many."""


def placed(
    places: Array,
    keypoints: tuple[str, ...],
    individuals: tuple[str, ...],
    numbers: Array,
    times_s: Array,
) -> Tracks:
    """Places ``(t, 2, keypoint, individual)`` in px as tracks: visible, or absent where NaN."""
    seen: Array = np.all(np.isfinite(places), axis=1)
    position = np.where(seen[:, None], places, np.nan)
    confidence = np.where(seen, VISIBLE, ABSENT)
    return Tracks(position, confidence, numbers, times_s, keypoints, individuals)


def within(
    places: Array, size: tuple[int, int], keypoints: Sequence[str], called: Sequence[str]
) -> tuple[Array, list[str]]:
    """The places without those off their picture or with one coordinate only, and lines of these.

    Parameters
    ----------
    places
        ``(t, 2, keypoint, individual)`` in px.
    size
        Of the pictures, height and width. Their area begins at -0.5 px; a place is off if it is
        more than `OFF_PX` outside of it.
    keypoints
        Names of keypoints.
    called
        What each picture is called.
    """
    height, width = size
    last = np.array([width, height])[None, :, None, None] - 0.5 + OFF_PX
    known = ~np.isnan(places)
    half: Array = np.any(known, axis=1) & ~np.all(known, axis=1)
    inside = (places >= -0.5 - OFF_PX) & (places <= last)
    off: Array = (known & ~inside).any(axis=1) & ~half
    lines = []
    for bad, what in ((off, "lie off their picture"), (half, "have one coordinate only")):
        cases = [f"{keypoints[k]} in {called[t]}" for t, k, _ in np.argwhere(bad)]
        if cases:
            lines.append(f"labels that {what} are left out, {len(cases)}: {listed(cases)}")
    return np.where((off | half)[:, None], np.nan, places), lines


def unsaid(parts: Sequence[Labelled], keypoints: Sequence[str]) -> list[str]:
    """Lines that tell of keypoints that nobody placed, and of pictures without any."""
    said = [part.said.confidence > ABSENT for part in parts if isinstance(part.said, Tracks)]
    if not said:
        return []
    ever = np.any([each.any(axis=(0, 2)) for each in said], axis=0)
    lines = [
        f"nobody placed the keypoint {name} anywhere"
        for name, known in zip(keypoints, ever, strict=True)
        if not known
    ]
    empty = [
        _called(part, int(index))
        for part, seen in zip(parts, said, strict=True)
        for index in np.flatnonzero(~seen.any(axis=(1, 2)))
    ]
    if empty:
        count = f"{len(empty)} picture has" if len(empty) == 1 else f"{len(empty)} pictures have"
        lines.append(f"{count} no label, taken to show nothing: {listed(empty)}")
    return lines


def _called(part: Labelled, index: int) -> str:
    if part.files:
        return PurePosixPath(part.files[index].replace("\\", "/")).name
    return f"frame {part.origin[index]} of {part.film}"


def numbered(names: Sequence[str]) -> Array:
    """The number that each name of a file ends with; their order where one has none."""
    stems = [PurePosixPath(name.replace("\\", "/")).stem for name in names]
    digits = [re.findall(r"[0-9]{1,18}", stem) for stem in stems]
    known = all(digits)
    return np.array([int(each[-1]) for each in digits] if known else range(len(names)), np.int64)


def listed(cases: Sequence[str]) -> str:
    """The first cases by name, and how many others there are."""
    more = len(cases) - TOLD
    return ", ".join(cases[:TOLD]) + (f" and {more} more" if more > 0 else "")
