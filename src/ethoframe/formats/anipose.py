"""Anipose: keypoints in three dimensions, as its ``pose-3d`` tables tell them.

A row for each frame; ``<keypoint>_x``, ``_y``, ``_z``, ``_error``, ``_ncams`` and ``_score`` of
each keypoint, the axes that were chosen (``M_00`` ... ``center_2``), and the number of the frame
(``fnum``).

References
----------
Karashchuk et al., Cell Reports 36 (2021), 109730.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats._space import SPACE, flat, heading, numbers

SUFFIXES = (".csv",)

FRAME = "fnum"

REMEDY = "name a table of pose-3d as Anipose wrote it"


def tracks_in(path: Path) -> bool:
    """Whether a table has the columns of Anipose: places in three dimensions, and ``fnum``."""
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        return False
    names = heading(path)
    return FRAME in names and bool(_keypoints(names))


def in_space(path: Path) -> bool:
    """Whether places are in three dimensions: always."""
    del path
    return True


def read_tracks(
    path: Path,
    *,
    rate: float | None = None,
    times_s: Array | None = None,
    plane: str = "xy",
) -> Tracks:
    r"""The tracks of one animal, seen along one axis: tracks have two dimensions.

    Parameters
    ----------
    path
        Of the table.
    rate
        Frames per second, for such a table has no clock.
    times_s
        Seconds of each frame of the films; better than a rate.
    plane
        Which two of the three axes are kept, as ``"xy"``, ``"xz"`` or ``"zy"``; the other is left
        out, so that distances are those of the projection. Where axes were chosen in Anipose's
        configuration, x and y are mostly those of the floor; where they were not, they are those of
        the first camera's picture.

    Returns
    -------
    Tracks
        In mm, as the side of a calibration board is told to Anipose in mm. Confidence is the
        score, 0 where there is no place.

    Raises
    ------
    Refusal
        When there is no clock, a cell is no number, two rows are of one frame, or there is no such
        plane.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "session1.csv"
    >>> head = "paw_x,paw_y,paw_z,paw_error,paw_ncams,paw_score,fnum\n"
    >>> _ = path.write_text(head + "1,2,3,0.5,2,0.75,0\n")
    >>> tracks = read_tracks(path, rate=100, plane="xz")
    >>> tracks.at("paw").tolist(), tracks.unit, tracks.confidence.item()
    ([[1.0, 3.0]], 'mm', 0.75)
    """
    path = Path(path)
    frames, keypoints, position, sure = _seen(path, plane)
    times = clocked(path, frames, rate, times_s)
    return Tracks(position, sure, frames, times, keypoints, unit="mm")


def _seen(path: Path, plane: str) -> tuple[Array, tuple[str, ...], Array, Array]:
    """Numbers of frames, names of keypoints, places and how sure they are."""
    names, values = numbers(path, REMEDY)
    keypoints = _keypoints(names)
    if FRAME not in names or not keypoints:
        raise Refusal(path, f"it has no columns of places and {FRAME}", REMEDY)
    values = values[np.argsort(values[:, names.index(FRAME)], kind="stable")]
    frames = _frames(path, values[:, names.index(FRAME)])

    def of(what: str) -> Array:
        columns = [names.index(f"{name}_{what}") for name in keypoints]
        found: Array = values[:, columns]
        return found

    position = flat(path, np.stack([of(axis) for axis in SPACE], axis=1), plane)
    seen: Array = np.isfinite(position[:, 0])
    scored = all(f"{name}_score" in names for name in keypoints)
    sure = np.clip(np.nan_to_num(of("score")), 0, 1) if scored else np.ones(seen.shape)
    return frames, keypoints, position[..., None], np.where(seen, sure, 0.0)[..., None]


def _keypoints(names: list[str]) -> tuple[str, ...]:
    """Those with a place in three dimensions; a name may hold the sign that parts it."""
    called = (name[:-2] for name in names if name.endswith("_x"))
    return tuple(each for each in called if {f"{each}_{axis}" for axis in SPACE} <= {*names})


def _frames(path: Path, told: Array) -> Array:
    if not np.array_equal(told, np.round(told)):
        raise Refusal(path, f"{FRAME} is no number of a frame in a row", REMEDY)
    frames: Array = told.astype(np.int64)
    if len(np.unique(frames)) < len(frames):
        raise Refusal(path, "two rows are of one frame", "leave the right one")
    return frames
