"""What DeepLabCut's networks say of a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats.dlc.grid import Grid
from ethoframe.formats.dlc.hdf import read_hdf
from ethoframe.formats.dlc.text import read_text


def predicted(path: Path, rate: float | None, times_s: Array | None) -> Tracks:
    """The tracks of a table, as `read_tracks` of the format says."""
    grid = read_hdf(path) if path.suffix.lower() == ".h5" else read_text(path)
    if not grid.judged:
        reason = "it tells no likelihood, so no network wrote it"
        raise Refusal(path, reason, "read it as labels, or name another")
    numbers = _numbers(path, grid)
    found = grid.cube(grid.keypoints, grid.individuals)[np.argsort(numbers)]
    numbers = np.sort(numbers)
    seen: Array = np.all(np.isfinite(found[:, :2]), axis=1)
    return Tracks(
        np.where(seen[:, None], found[:, :2], np.nan),
        np.where(seen, np.nan_to_num(found[:, 2]), 0.0),
        numbers,
        clocked(path, numbers, rate, times_s),
        grid.keypoints,
        grid.individuals,
    )


def _numbers(path: Path, grid: Grid) -> Array:
    try:
        numbers = np.array([int(float(row[-1])) for row in grid.rows], np.int64)
    except ValueError:
        reason = "its rows are not numbered, as those of a film's frames are"
        raise Refusal(path, reason, "read it as labels, or name another") from None
    if len(np.unique(numbers)) < len(numbers):
        raise Refusal(path, "two rows are of one frame", "leave the right one")
    return numbers
