"""What was measured beside what is true, for a scene whose truth is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ethoframe.data.noun import Array
    from ethoframe.testing.scenes import Scene


@dataclass(frozen=True)
class Row:
    """One number of the table.

    Parameters
    ----------
    what, unit
        Of what.
    measured, true
        What the tables say, and what the scene says.
    """

    what: str
    measured: float
    true: float
    unit: str


def compared(scene: Scene, folder: Path) -> Iterator[Row]:
    """The numbers of a finished analysis beside the scene's own.

    Parameters
    ----------
    scene
        What was rendered; every true number comes from it.
    folder
        With the tables of the recording.
    """
    from ethoframe.formats import table

    measures = table.read_measures(folder / "measures.csv")
    truth, session_s = scene.truth(), len(scene) / scene.rate
    distance, centre = scene.distance_mm(), scene.seconds_in_centre()
    lost = float(np.count_nonzero(~truth.seen))
    yield Row("distance", measures.value("distance"), distance, "mm")
    yield Row("mean speed", measures.value("mean speed"), distance / session_s, "mm/s")
    yield Row("time in centre", measures.value("time in centre"), centre, "s")
    yield Row("frames lost", measures.value("frames lost"), lost, "frames")
    off, head = _off_mm(scene, folder), _head_right(scene, folder)
    yield Row("centroid off by (median)", float(np.nanmedian(off)), 0.0, "mm")
    yield Row("centroid off by (worst)", float(np.nanmax(off)), 0.0, "mm")
    yield Row("head end at the head", 100 * head, 100.0, "% of frames")


def lines(rows: Iterable[Row]) -> Iterator[str]:
    """The rows as aligned lines under a heading.

    Examples
    --------
    >>> for line in lines([Row("distance", 2148.5, 2152.92, "mm")]):
    ...     print(line)
                                measured       true
    distance                      2148.5     2152.9  mm
    """
    yield f"{'':<24}  {'measured':>10} {'true':>10}"
    for row in rows:
        yield f"{row.what:<24}  {row.measured:>10.1f} {row.true:>10.1f}  {row.unit}"


def _off_mm(scene: Scene, folder: Path) -> Array:
    """Distance on the true floor of the measured centroid from the true one, frame by frame."""
    to_floor = scene.arena().to_floor
    assert to_floor is not None  # a scene always has a scale
    numbers, points = _points(folder, "centroid")
    away = to_floor.apply(points) - to_floor.apply(scene.truth().at("centroid")[numbers])
    off: Array = np.hypot(*away.T)
    return off


def _head_right(scene: Scene, folder: Path) -> float:
    """Share of the frames in which the head end is nearer to the true head than to the tail."""
    numbers, points = _points(folder, "head_end")
    head, tail = (scene.truth().at(end)[numbers] for end in ("head_end", "tail_end"))
    nearer = np.hypot(*(points - head).T) < np.hypot(*(points - tail).T)
    seen = np.isfinite(points).all(axis=1)
    return float(nearer[seen].mean()) if seen.any() else float("nan")


def _points(folder: Path, keypoint: str) -> tuple[Array, Array]:
    """Frame numbers ``(t,)`` and positions ``(t, 2)`` in px, from the table of tracks."""
    import pyarrow.parquet as pq

    rows = pq.ParquetFile(folder / "tracks.parquet").read(["frame", "keypoint", "x_px", "y_px"])
    frame, name, x, y = (np.array(column.to_pylist()) for column in rows.columns)
    chosen = name == keypoint
    return frame[chosen], np.stack([x, y], axis=1)[chosen].astype(np.float64)
