"""What DeepLabCut's networks say of a film."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats._writing import complete
from ethoframe.formats.dlc.grid import COORDS, Column, Grid
from ethoframe.formats.dlc.hdf import read_hdf, write_hdf
from ethoframe.formats.dlc.project import ALONE
from ethoframe.formats.dlc.text import read_text, write_text


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


def written(path: Path, tracks: Tracks, scorer: str) -> tuple[str, ...]:
    """Writes the table of some tracks, as `write_tracks` of the format says."""
    if tracks.unit != "px":
        reason = f"the tracks are in {tracks.unit}, and a DeepLabCut table holds px"
        raise Refusal(path, reason, "name those in px")
    if path.suffix.lower() not in (".csv", ".h5"):
        raise Refusal(path, "its name tells no table of DeepLabCut", "let it end in .csv or .h5")
    cells = _cells(tracks)
    columns = tuple(Column(who, name, coord) for who, name in cells for coord in COORDS)
    values = np.full((len(tracks), len(columns)), np.nan)
    for at, (who, name) in enumerate(cells):
        k, i = tracks.keypoints.index(name), tracks.individuals.index(who)
        values[:, 3 * at : 3 * at + 2] = tracks.position[:, :, k, i]
        known = np.all(np.isfinite(tracks.position[:, :, k, i]), axis=1)
        values[:, 3 * at + 2] = np.where(known, tracks.confidence[:, k, i], np.nan)
    rows = tuple((str(number),) for number in tracks.numbers.tolist())
    grid = Grid(scorer, columns, rows, values)
    with complete(path) as partial:
        write = write_hdf if path.suffix.lower() == ".h5" else write_text
        write(partial, grid)
    kept = "the clock is not kept: such a table numbers frames"
    features = f"features are not kept: {', '.join(tracks.features)}"
    return (kept, features) if tracks.features else (kept,)


def _cells(tracks: Tracks) -> list[tuple[str, str]]:
    """Who and which keypoint has columns: one that a picture has once is not that of an animal."""
    if ALONE not in tracks.individuals or len(tracks.individuals) == 1:
        return [(who, name) for who in tracks.individuals for name in tracks.keypoints]
    seen: Array = np.all(np.isfinite(tracks.position), axis=1)
    placed: Array = np.any(seen, axis=0)
    alone = tracks.individuals.index(ALONE)
    others: Array = np.any(np.delete(placed, alone, axis=1), axis=1)
    return [
        (who, name)
        for who in tracks.individuals
        for k, name in enumerate(tracks.keypoints)
        if (placed[k, alone] if who == ALONE else others[k] or not placed[k, alone])
    ]
