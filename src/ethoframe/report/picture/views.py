"""The pictures of a finding, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ethoframe.data import Points
from ethoframe.data.noun import Array
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.plate import View
from ethoframe.report.picture.reading import Plane
from ethoframe.report.picture.tones import Tones
from ethoframe.report.wording import clock

AXES = "zyx"
ENDS = (("R", "L"), ("A", "P"), ("I", "S"))
"""The patient's sides at the low and the high end of the axes of LPS space."""
UPWARD, RIGHTWARD = ("S", "A"), ("L", "P")
"""What is drawn at the top, and at the right, as clinicians look at scans."""


def views(found: Found) -> list[View]:
    """What is shown of the recording, with everything that was found."""
    return [_marked(found, plane) for plane in found.planes]


def result_views(found: Found) -> list[View]:
    """What is shown of the pixels that the method made, and how in words."""
    image = found.image
    if image is None:
        return []
    tones = result_tones(found)
    steps = image.spacing_mm
    whole = (1.0,) * len(image.size)
    made = [
        _view(found, plane, tones, steps or whole, scaled=steps is not None)
        for plane in found.image_planes
    ]
    return [
        replace(view, title=f"result, {view.title}" if view.title else "result") for view in made
    ]


def result_tones(found: Found) -> Tones:
    """How the pixels that the method made are shown."""
    channels = found.image.channels if found.image is not None else ()
    return Tones.of([plane.pixels for plane in found.image_planes], channels)


def _marked(found: Found, plane: Plane) -> View:
    scaled = found.recording.spacing_mm is not None
    dense, points = found.labels(plane.number), found.points(plane.number)
    labels = None if dense is None else plane.of(dense)
    places, radii = np.zeros((0, 2)), np.zeros(0)
    if points is not None:
        places, radii = _on_plane(points, plane, found.steps)
    view = _view(found, plane, found.tones, found.steps, scaled=scaled, labels=labels,
                 places=places, radii=radii)  # fmt: skip
    names = {} if labels is None else dict(found.names)
    return replace(view, names=names)


def _view(
    found: Found,
    plane: Plane,
    tones: Tones,
    steps: Sequence[float],
    *,
    scaled: bool,
    labels: Array | None = None,
    places: Array | None = None,
    radii: Array | None = None,
) -> View:
    flat = tuple(step for axis, step in enumerate(steps) if axis != plane.axis)[-2:]
    seen = View(
        _title(found, plane),
        tones.shown(plane.pixels),
        (flat[0] * plane.every, flat[1] * plane.every),
        scaled,
        labels,
        np.zeros((0, 2)) if places is None else places,
        np.zeros(0) if radii is None else radii,
    )
    return turned(seen, plane.axis, found.recording.affine)


def turned(view: View, axis: int, affine: Array | None) -> View:
    """The view of a plane across an axis ``(z, y, x)``, head and face up, the left at the right.

    As it is where it is not known how the patient lies.
    """
    if affine is None or axis < 0:
        return view
    rows, columns = (_ends(affine, each) for each in range(3) if each != axis)
    up, back = rows[1] in UPWARD, columns[0] in RIGHTWARD
    rows, columns = rows[::-1] if up else rows, columns[::-1] if back else columns
    tall, wide = view.tones.shape[:2]
    flip = (slice(None, None, -1 if up else 1), slice(None, None, -1 if back else 1))
    points = view.points.copy()
    points[:, 0] = wide - 1 - points[:, 0] if back else points[:, 0]
    points[:, 1] = tall - 1 - points[:, 1] if up else points[:, 1]
    labels = None if view.labels is None else view.labels[flip]
    tones, sides = np.ascontiguousarray(view.tones[flip]), (*columns, *rows)
    return replace(view, tones=tones, labels=labels, points=points, sides=sides)


def _ends(affine: Array, axis: int) -> tuple[str, str]:
    """The patient's side at the first and at the last plane of an axis ``(z, y, x)``."""
    along = affine[:3, 2 - axis]
    most = int(np.argmax(np.abs(along)))
    low, high = ENDS[most]
    return (low, high) if along[most] > 0 else (high, low)


def _on_plane(points: Points, plane: Plane, steps: Sequence[float]) -> tuple[Array, Array]:
    """Points as x, y in pixels of the plane, and their radii there, in the finer of its steps."""
    sides = np.array(steps)[::-1]
    places = points.places() / (sides if points.unit == "mm" else 1.0)
    radii = _radii(points, min(steps))
    keep = np.ones(len(places), bool)
    if plane.axis >= 0 and points.axes == 3:
        across = 2 - plane.axis
        away = np.abs(places[:, across] - plane.index) * sides[across] / min(steps)
        keep = away <= np.fmax(radii, 0.5 * sides[across] / min(steps))
        radii = np.sqrt(np.maximum(radii**2 - away**2, 0.25))
        places = np.delete(places, across, axis=1)
        sides = np.delete(sides, across)
    flat = min(sides[:2])
    return places[keep][:, :2] / plane.every, radii[keep] * min(steps) / flat / plane.every


def _radii(points: Points, finest: float) -> Array:
    """In the finest step of the picture; NaN where points have none."""
    for name, length in (("radius_px", 1.0), ("radius_mm", finest)):
        if name in points.features:
            return points.rows(name) / length
    return np.full(int(points.counts.sum()), np.nan)


def _title(found: Found, plane: Plane) -> str:
    several = len(found.recording) > 1 and plane.number >= 0
    when = f"frame {plane.number}, {clock(plane.time_s, 1)}" if several else ""
    if plane.axis < 0:
        return when
    where = f"plane {AXES[plane.axis]} = {plane.index}"
    return f"{when}, {where}" if when else where
