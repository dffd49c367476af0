"""One picture laid over another in complementary colours, and side by side in squares."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, reduce

import numpy as np

from ethoframe.data import Frames, Points
from ethoframe.data.noun import Array
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.plate import SWITCH, View, is_bright, plate
from ethoframe.report.picture.reading import Plane, frame_planes
from ethoframe.report.picture.tones import Tones, luma

SQUARES = 8
"""Of the checkerboard, along the longer side."""
KEY = (
    '<p class="legend"><span class="key-line" style="--c:#e000e0">fixed</span>'
    '<span class="key-line" style="--c:#00b000">moving</span>'
    "<span>white where both are bright</span></p>"
)
WORDS = (
    '<p class="rule">Before: the moving picture as it lies, by its pixel size where that is known. '
    "Checkerboard: squares of the fixed and of the moved picture in turn. In the overlays, "
    "pictures on a bright ground are inverted, so that what is in them is bright.</p>"
)


@dataclass(frozen=True)
class _Pair:
    """The fixed picture, and one that lies on it or is to.

    Parameters
    ----------
    found
        Of it the landmarks and the patient's position.
    fixed, other
        Frames of one picture or volume.
    physical
        Whether the other is laid by its pixel size, not pixel on pixel.
    name
        What is shown: ``"before"`` or ``"after"``.
    """

    found: Found
    fixed: Frames
    other: Frames
    physical: bool
    name: str

    def overlays(self) -> list[View]:
        """Both in complementary colours, of each plane that is shown."""
        ours, theirs = self._tones
        views = []
        for plane in self._planes:
            bright = _ink(self._counterpart(plane), theirs)
            ground = _ink(plane.pixels, ours)
            both = np.stack([ground, bright, ground], axis=-1)
            views.append(self._placed(plane, both, self.name))
        return views

    def checkerboards(self) -> list[View]:
        """Squares of both in turn, of each plane that is shown."""
        ours, theirs = self._tones
        views = []
        for plane in self._planes:
            one = _coloured(ours.shown(plane.pixels))
            two = _coloured(theirs.shown(self._counterpart(plane)))
            height, width = one.shape[:2]
            side = max(1, max(height, width) // SQUARES)
            turn = (np.arange(height)[:, None] // side + np.arange(width) // side) % 2 == 0
            board = np.where(turn[..., None], one, two)
            views.append(self._placed(plane, board, f"{self.name}, checkerboard"))
        return views

    @cached_property
    def _planes(self) -> list[Plane]:
        return frame_planes(self.fixed.take(slice(0, 1)))

    @cached_property
    def _tones(self) -> tuple[Tones, Tones]:
        both = ((frame_planes(each.take(slice(0, 1))), each) for each in (self.fixed, self.other))
        ours, theirs = (Tones.of([p.pixels for p in planes], e.channels) for planes, e in both)
        return ours, theirs

    def _counterpart(self, plane: Plane) -> Array:
        """What lies at a plane of the fixed frame ``(y, x, c)``, as stored; 0 beyond the frame."""
        picture, size = self.other.pixels[0], self.fixed.size
        if not self.physical and self.other.size == size:
            return plane.of(picture)
        ones = (1.0,) * len(size)
        spacings = (self.fixed.spacing_mm, self.other.spacing_mm)
        known = self.physical and None not in spacings
        here, there = ((each or ones) if known else ones for each in spacings)
        index, inside = [], []
        for axis, length in enumerate(size):
            places = np.arange(length) if axis != plane.axis else np.array([plane.index])
            at = np.round(places * here[axis] / there[axis]).astype(np.int64)
            index.append(np.clip(at, 0, picture.shape[axis] - 1))
            inside.append(at < picture.shape[axis])
        taken = picture[np.ix_(*index)]
        seen = reduce(np.logical_and, np.meshgrid(*inside, indexing="ij", sparse=True))
        taken = np.where(seen[..., None], taken, np.zeros((), taken.dtype))
        return taken.squeeze(plane.axis) if plane.axis >= 0 else taken

    def _placed(self, plane: Plane, tones: Array, title: str) -> View:
        spacing = self.fixed.spacing_mm
        steps = spacing or (1.0,) * len(self.fixed.size)
        flat = tuple(step for axis, step in enumerate(steps) if axis != plane.axis)
        where = f", plane {'zyx'[plane.axis]} = {plane.index}" if plane.axis >= 0 else ""
        view = View(title + where, tones, (flat[0], flat[1]), spacing is not None)
        landmarks = self.found.answer("landmarks", Points)
        if title == "after" and plane.axis < 0 and landmarks is not None and landmarks.axes == 2:
            sides = np.array(view.steps)[::-1] if landmarks.unit == "mm" else 1.0
            places = landmarks.places() / sides
            view = replace(view, points=places, radii=np.full(len(places), np.nan))
        return view


def _after(found: Found) -> _Pair | None:
    """The fixed picture with the moved one; None where either is missing."""
    fixed, moved = found.answer("fixed", Frames), found.answer("moved", Frames)
    if fixed is None or moved is None or not len(fixed) or not len(moved):
        return None
    return _Pair(found, fixed, moved, False, "after") if fixed.size == moved.size else None


def _before(found: Found) -> _Pair | None:
    """The fixed picture with the moving one as it lies; None where either is missing."""
    fixed = found.answer("fixed", Frames)
    if fixed is None or not len(fixed) or len(fixed.size) != len(found.recording.size):
        return None
    moving = found.recording.frames([0]) if len(found.recording) else None
    physical = getattr(found.transform, "source_unit", "px") == "mm"
    return _Pair(found, fixed, moving, physical, "before") if moving and len(moving) else None


def overlays(found: Found) -> list[list[View]]:
    """Before, after and the checkerboard, a view for each plane shown; what is missing left out."""
    before, after = _before(found), _after(found)
    rows = [pair.overlays() for pair in (before, after) if pair]
    return rows + ([after.checkerboards()] if after else [])


def overlay_figures(rows: list[list[View]]) -> str:
    """The overlays in HTML; nothing of none."""
    if not rows:
        return ""
    if all(len(row) == 1 for row in rows):  # pictures all stand in one row
        rows = [[view for row in rows for view in row]]
    told = "".join(
        f'<div class="views">{"".join(plate(view, alone=False) for view in row)}</div>'
        for row in rows
    )
    marked = any(len(view.points) for row in rows for view in row)
    return (SWITCH if marked else "") + KEY + told + WORDS


def _ink(pixels: Array, tones: Tones) -> Array:
    """Tones ``(y, x)`` in which what is in the picture is bright and what is beyond it black."""
    grey = luma(tones.shown(pixels))
    if not is_bright(grey):
        return grey
    # Where nothing was seen a moved picture holds NaN or 0 in all its channels.
    beyond = ~pixels.any(axis=-1)
    if pixels.dtype.kind in "fc":
        beyond |= ~np.isfinite(pixels).all(axis=-1)
    return np.where(beyond, 0, 255 - grey).astype(np.uint8)


def _coloured(tones: Array) -> Array:
    return np.repeat(tones[..., None], 3, axis=-1) if tones.ndim == 2 else tones
