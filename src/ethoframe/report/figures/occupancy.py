"""Where the animal stayed: seconds per area of floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.course import Course
from ethoframe.report.figures.plane import Bounds, floor_arena, outlines, plane, strip
from ethoframe.report.figures.plate import Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.palette import heat_ramp
from ethoframe.report.session import Session
from ethoframe.report.wording import duration, number

TITLE = "Occupancy"
SIGMA_SHARE = 1 / 40
"""Standard deviation of the smoothing as a share of the longer side, before it is rounded."""
CELLS_PER_SIGMA = 4
FINE = 300
"""Cells along the longer side that need not be made finer."""


@dataclass(frozen=True)
class Occupancy:
    """Time spent per area.

    Parameters
    ----------
    density
        Seconds per square unit ``(y, x)``; its sum times `cell` squared is the time seen inside.
    cell
        Side of a cell in the unit of the floor.
    bounds
        What the cells cover.
    sigma
        Standard deviation of the Gaussian it was smoothed with, in the unit of the floor.
    outside_s
        Seconds seen outside the bounds.
    """

    density: Array
    cell: float
    bounds: Bounds
    sigma: float
    outside_s: float

    @classmethod
    def of(cls, course: Course, bounds: Bounds) -> Occupancy:
        """The time spent in each cell, smoothed without losing any of it at the edges."""
        from scipy.ndimage import gaussian_filter

        across, down = bounds.right - bounds.left, bounds.bottom - bounds.top
        sigma = round_size(SIGMA_SHARE * max(across, down))
        cell = sigma / CELLS_PER_SIGMA
        columns, rows = (max(1, int(np.ceil(side / cell - 1e-9))) for side in (across, down))
        column = np.floor((course.floor[:, 0] - bounds.left) / cell)
        row = np.floor((course.floor[:, 1] - bounds.top) / cell)
        inside = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        place = (row[inside] * columns + column[inside]).astype(np.int64)
        spent = np.bincount(place, course.lasts_s[inside], rows * columns).reshape(rows, columns)
        smooth = gaussian_filter(spent, CELLS_PER_SIGMA, mode="reflect")
        seen = np.isfinite(course.floor).all(axis=1)
        covered = Bounds(
            bounds.left, bounds.left + columns * cell, bounds.top, bounds.top + rows * cell
        )
        outside = float(course.lasts_s[seen & ~inside].sum())
        return cls(smooth / cell**2, cell, covered, sigma, outside)


def round_size(size: float) -> float:
    """The largest of 1, 2, 5, 10, 20 … not above a size.

    Examples
    --------
    >>> round_size(10.6), round_size(0.07)
    (10.0, 0.05)
    """
    power = 10.0 ** np.floor(np.log10(size))
    return float(max(step * power for step in (1, 2, 5) if step * power <= size * (1 + 1e-9)))


def occupancy(session: Session, course: Course) -> Plate:
    """A heat map on the floor plane; colours grow with the square root of time."""
    floor = session.floor_tracks
    arena = floor_arena(session.arena, course, floor.px_per_unit if floor else 1.0)
    bounds = Bounds.around(course.floor, arena)
    if bounds is None or not np.isfinite(course.floor).all(axis=1).any():
        return Plate("occupancy", TITLE, "No frame has a position: there is no time to map.")
    found = Occupancy.of(course, bounds)
    with look():
        sheet, axes = plane(found.bounds, course.unit)
        sheet.picture(axes, _coloured(found.density), found.bounds.extent, "png")
        outlines(axes, arena)
        _heat_strip(sheet, found.density, course.unit)
        svg = sheet.svg("occupancy", TITLE)
    return Plate("occupancy", TITLE, _caption(found, course), svg)


def _coloured(density: Array) -> Array:
    """RGB; few cells twice as fine and interpolated, so that they do not show as steps."""
    import cv2

    ramp = (heat_ramp(256) * 255).round().astype(np.uint8)
    share = np.sqrt(np.clip(density / max(float(density.max()), 1e-300), 0, 1)).astype(np.float32)
    factor = 2 if max(share.shape) < FINE else 1
    fine = cv2.resize(share, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    picture: Array = ramp[(fine * 255).round().astype(np.uint8)]
    return picture


def _per_area(unit: str) -> tuple[float, str]:
    """Factor from seconds per square unit, and the unit it gives."""
    return (100.0, "s per cm²") if unit == "mm" else (1.0, f"s per {unit}²")


def _heat_strip(sheet: Sheet, density: Array, unit: str) -> None:
    factor, name = _per_area(unit)
    most = max(float(density.max()) * factor, 1e-300)
    values = sorted({float(f"{most * share**2:.1g}") for share in (0, 0.25, 0.5, 0.75, 0.97)})
    values = [value for value in values if value <= most]
    shares = [float(np.sqrt(value / most)) for value in values]
    strip(sheet, heat_ramp(256), shares, [number(v) for v in values], f"time spent ({name})")


def _caption(found: Occupancy, course: Course) -> str:
    unit = course.unit
    inside = float(found.density.sum()) * found.cell**2
    text = (
        f"Time{course.whose} spent on the floor, {duration(inside)} in all, in cells of "
        f"{number(found.cell)} {unit}, smoothed by a Gaussian of σ = {number(found.sigma)} "
        f"{unit}; colours grow with the square root of time."
    )
    if found.outside_s > 0:
        text += f" {duration(found.outside_s)} far outside the arena are left out."
    if unit == "px":
        text += " Without a scale, areas are in px of the picture."
    return text
