"""What a map found by registration carries over: pictures and places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ethoframe.contract import Kind, catalog
from ethoframe.data import (
    Frames,
    Measure,
    Measures,
    Noun,
    Points,
    Recording,
    Refusal,
    Transform,
    Transforms,
    Warp,
)
from ethoframe.data.noun import Array
from ethoframe.run.application import Application
from ethoframe.run.inputs import noun_in
from ethoframe.run.pixels import answered
from ethoframe.score.registration import errors, tre

ERROR = "error_px"
RESAMPLE = "register/resample"


def moved_by(
    recording: Recording, found: Transform | Warp | Transforms, fixed: Frames | None
) -> Recording:
    """The recording moved by the map, on the grid of the fixed picture where there is one."""
    side: dict[str, Noun] = {"motion" if isinstance(found, Transforms) else "transform": found}
    if fixed is None:
        return answered(recording, catalog.find(RESAMPLE)(), side)
    moved = answered(recording, catalog.find(RESAMPLE)(), {**side, "fixed": fixed})
    return replace(moved, affine=fixed.affine)


def carried(
    asked: Application, found: Transform | Warp, moving: Recording, fixed: Frames | Recording
) -> Points:
    """The landmarks of the moving picture where they lie in the fixed one, in its pixels.

    A map that failed carries nothing over: then they are NaN. Where it is told where they ought to
    lie, each has its distance from there as ``error_px``.

    Raises
    ------
    Refusal
        When a file of landmarks cannot be read, or the two have not as many.
    """
    assert asked.landmarks is not None
    places = _places(asked, asked.landmarks)
    moved = found.apply(places * _unit(found.source_unit, moving.spacing_mm, places.shape[1]))
    moved = moved / _unit(found.target_unit, fixed.spacing_mm, places.shape[1])
    if found.failed:
        moved = np.full_like(moved, np.nan)
    features: dict[str, tuple[Array, ...]] = {}
    if asked.truth is not None:
        truth = _places(asked, asked.truth)
        if truth.shape != moved.shape:
            reason = f"it holds {len(truth)} landmarks, and {asked.landmarks} holds {len(moved)}"
            raise Refusal(asked.truth, reason, "name files with the same landmarks in one order")
        features[ERROR] = (errors(moved, truth),)
    return Points((moved,), features, np.arange(1), np.zeros(1))


def landmark_rows(places: Points, size: tuple[int, ...], definition: str) -> Measures:
    """How far landmarks lie from where they ought to; nothing where nobody knows."""
    if ERROR not in places.features:
        return Measures()
    away = places.rows(ERROR)
    told = tre(away[:, None], np.zeros((len(away), 1)), size)
    known = {
        "landmark error, median": (told.median, "px"),
        "landmark error, 90th percentile": (told.p90, "px"),
        "landmark error, share of the diagonal": (told.relative, "1"),
    }
    rows = (
        Measure(
            quantity=name, value=each.value, unit=unit, low=each.low, high=each.high,
            bin_start_s=np.nan, bin_stop_s=np.nan, individual="",
            definition=f"of {len(away)} landmarks, drawn again for the interval; {definition}",
        )
        for name, (each, unit) in known.items()
    )  # fmt: skip
    return Measures(tuple(rows))


def check_landmarks(asked: Application, main: Noun) -> None:
    """Refuses landmarks that cannot lie in the picture or volume, before anything is computed.

    Raises
    ------
    Refusal
        When a file of landmarks cannot be read, or they have not as many axes.
    """
    if asked.landmarks is None or not isinstance(main, Recording):
        return
    axes = len(main.size)
    for path in (asked.landmarks, asked.truth):
        if path is not None and _places(asked, path).shape[1] != axes:
            what, columns = ("a volume", "x, y, z") if axes == 3 else ("a picture", "x, y")
            reason = f"its landmarks do not lie in {what}"
            raise Refusal(path, reason, f"give it the columns {columns}")


def _places(asked: Application, path: Path) -> Array:
    points = noun_in(path, Kind.POINTS, replace(asked.reading, spacing_mm=None))
    assert isinstance(points, Points)
    return points.places()


def _unit(unit: str, spacing_mm: tuple[float, ...] | None, axes: int) -> Array:
    """How long a pixel is in this unit, along x, y(, z)."""
    if unit == "px" or spacing_mm is None:
        return np.ones(axes)
    return np.array(spacing_mm[::-1])
