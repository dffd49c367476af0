"""Keypoints that a method placed, as tables of stills, and as pages show them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ethoframe.contract import Method, evenly
from ethoframe.data import Noun, Points, Recording, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats import keypoints, table

SURE = 0.5
"""Confidence from which a keypoint is visible, where the method has no such parameter itself."""

SAMPLES = 6
"""Frames of a film whose keypoints a page shows."""

POINTS, TRACKS = "points.csv", "tracks.parquet"


def write_tracks(folder: Path, tracks: Tracks, method: Method, main: Noun, name: str) -> None:
    """Of a still ``points.csv``, a row for each keypoint; of a film ``tracks.parquet``.

    Parameters
    ----------
    folder
        Where to.
    tracks
        What the method answered.
    method
        That did, with its parameters.
    main
        What it was applied to.
    name
        How that is called in tables.
    """
    if is_still(main):
        keypoints.write(folder / POINTS, {name: tracks}, surely(method))
    else:
        table.write_tracks(folder / TRACKS, tracks)


def is_still(main: Noun) -> bool:
    """Whether it is one picture, and no film."""
    return isinstance(main, Recording) and len(main) == 1


def surely(method: Method) -> float:
    """Confidence from which a method takes a keypoint to be seen."""
    return float(method.parameters().get("sure", SURE))


def points_shown(tracks: Tracks) -> Points:
    """Keypoints of some frames, evenly spread over those in which any has a place."""
    there: Array = np.all(np.isfinite(tracks.position), axis=1)
    seen = np.flatnonzero(np.any(there, axis=(1, 2)))
    chosen = tracks.take(evenly(seen, SAMPLES))
    places = []
    for position in chosen.position:
        flat = np.moveaxis(position, 0, -1).reshape(-1, 2)
        places.append(flat[np.isfinite(flat).all(axis=1)])
    return Points(tuple(places), {}, chosen.numbers, chosen.times_s)
