"""``xypts.csv``: what each camera saw."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats._space import heading, numbers
from ethoframe.formats.dltdv.pixels import Corner

COLUMN = re.compile(r"(.+)_cam_?(\d+)_([xy])", re.IGNORECASE)

REMEDY = "name a table xypts.csv as DLTdv or Argus wrote it"

TAKE_OUT = (
    "take one out, as ethoframe write {} cam1.parquet --camera 1 --height 1024 --clock 30fps; "
    "for DLTdv8 with --origin upper in place of --height"
)

Columns = Mapping[int, Mapping[str, tuple[int, int]]]
"""Where X and Y of each point are, by camera."""


def seen_in(path: Path) -> bool:
    """Whether a table has such columns and no others."""
    return bool(_columns(heading(path)))


def by_camera(
    path: Path, camera: int | None, corner: Corner, *, rate: float | None, times_s: Array | None
) -> Tracks:
    """What one of the cameras saw; the only one where none is named.

    Raises
    ------
    Refusal
        When it is no such table, it has no such camera or several and none is named, or the height
        of its picture or the clock is not known.
    """
    names, values = numbers(path, REMEDY)
    columns = _columns(names)
    if not columns:
        raise Refusal(path, "it has other columns than X and Y of points and cameras", REMEDY)
    if camera is None and len(columns) > 1:
        reason = f"it tells what {len(columns)} cameras saw"
        raise Refusal(path, reason, TAKE_OUT.format(path.name))
    own = columns.get(next(iter(columns)) if camera is None else camera)
    if own is None:
        raise Refusal(path, f"it has no camera {camera}", f"it has {', '.join(map(str, columns))}")
    corner.refuse_unknown(path, TAKE_OUT.format(path.name))
    places = corner.ours(values[:, [list(pair) for pair in own.values()]])
    return as_tracks(path, places.transpose(0, 2, 1), list(own), rate, times_s)


def as_tracks(
    path: Path, position: Array, keypoints: Sequence[str], rate: float | None, known_s: Array | None
) -> Tracks:
    """Positions ``(time, 2, keypoint)`` of each row in px, NaN where one of the two is missing."""
    told = np.asarray(np.isfinite(position).all(axis=1))
    frames = np.arange(len(position))
    times = clocked(path, frames, rate, known_s)
    places = np.where(told[:, None], position, np.nan)[..., None]
    return Tracks(places, told.astype(np.float64)[..., None], frames, times, tuple(keypoints))


def _columns(names: Sequence[str]) -> Columns:
    """Empty where there are other columns, or a point lacks one of the two."""
    found: dict[int, dict[str, dict[str, int]]] = {}
    for at, name in enumerate(names):
        known = COLUMN.fullmatch(name.strip())
        if known is None:
            return {}
        point, camera, axis = known.groups()
        found.setdefault(int(camera), {}).setdefault(point, {})[axis.lower()] = at
    points = [axes for own in found.values() for axes in own.values()]
    if sum(map(len, points)) < len(names) or any(len(axes) < 2 for axes in points):
        return {}
    return {
        camera: {point: (axes["x"], axes["y"]) for point, axes in own.items()}
        for camera, own in sorted(found.items())
    }
