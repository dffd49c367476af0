"""How well one picture was brought onto another, in pictures and numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ethoframe.data import Displacement, Points, Transform, Warp
from ethoframe.data.noun import Array
from ethoframe.report.picture.bend import bend_figures
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.lengths import Column
from ethoframe.report.picture.overlays import overlay_figures
from ethoframe.report.picture.pairs import pairs, table
from ethoframe.report.picture.plate import View
from ethoframe.report.wording import counted, escaped, number


def registration_section(found: Found, rows: list[list[View]]) -> str:
    """Pictures before and after, then numbers; nothing where nothing was registered.

    Parameters
    ----------
    found
        What was found.
    rows
        The overlays: those before, those after, and checkerboards, whichever there are.
    """
    transform = found.transform
    if transform is None:
        return ""
    parts = [overlay_figures(rows), _similarity(transform), _landmarks(found)]
    parts += [_motion(transform), bend_figures(transform)]
    return "\n".join(part for part in parts if part)


def _similarity(transform: Transform | Warp | Displacement) -> str:
    """What is known of the map: similarities before and after side by side, then the rest."""
    facts: Mapping[str, Any] = getattr(transform, "facts", {})
    befores = [name for name in facts if name.endswith("_before") or "_before_" in name]
    rows, used = [], set()
    for name in befores:
        after = name.replace("_before", "_after")
        used |= {name, after}
        what = name.replace("_before", "")
        rows.append((what, facts[name], facts.get(after, math.nan)))
    told = table(("Measure", "Before", "After"), rows) if rows else ""
    rest = {name: value for name, value in facts.items() if name not in used}
    return (f"<h3>Before and after</h3>{told}" if told else "") + pairs(rest)


def _landmarks(found: Found) -> str:
    landmarks = found.answer("landmarks", Points)
    if landmarks is None:
        return ""
    rows = []
    for name in landmarks.features:
        if not name.startswith(("error", "distance", "tre")):
            continue
        column = Column.of(name, landmarks.rows(name))
        known = column.values[np.isfinite(column.values)]
        if len(known):
            ends = (float(v) for v in (*np.percentile(known, [50, 90]), known.max()))
            rows.append((column.heading, *ends))
    count = counted(int(landmarks.counts.sum()), "landmark")
    if not rows:
        return (
            f"<h3>Landmarks</h3><p>{count} carried over; where they ought to be is not known.</p>"
        )
    heads = ("Landmarks", "Median", "90th percentile", "Largest")
    return f"<h3>Landmarks</h3><p>{count}.</p>{table(heads, rows)}"


def _motion(transform: Transform | Warp | Displacement) -> str:
    """The straight part of the map in words that can be checked by eye."""
    steps = transform.steps if isinstance(transform, Warp) else (transform,)
    told = []
    for step in steps:
        if isinstance(step, Transform):
            told.append(f"<p>{escaped(described(step))}</p>")
        else:
            sides = " × ".join(map(str, step.size))
            told.append(f"<p>displacement on a grid of {sides} points, in {step.unit}</p>")
    return f"<h3>The map, from moving to fixed</h3>{''.join(told)}"


def described(transform: Transform) -> str:
    """Turn, scale, shear and shift of a map of the plane; shift and scale of one of space.

    The shift is that of the origin, the centre of the first pixel.

    Examples
    --------
    >>> described(Transform.scaling(2.0, "px", "px"))
    'turned by 0°, scaled by 2 along x and 2 along y, sheared by 0, the first pixel moved by 0, 0
    px'
    """
    matrix, axes = np.asarray(transform.matrix), transform.axes
    shift = ", ".join(number(float(each)) for each in matrix[:axes, axes])
    moved = f"the first pixel moved by {shift} {transform.target_unit}"
    if axes == 3:
        grown = float(np.linalg.det(matrix[:3, :3]))
        angle = math.degrees(_angle(matrix[:3, :3]))
        return f"turned by {number(angle)}°, volumes × {number(grown)}, {moved}"
    a, c = matrix[0, 0], matrix[1, 0]
    along_x = math.hypot(a, c)
    along_y = float(np.linalg.det(matrix[:2, :2])) / along_x
    shear = float(a * matrix[0, 1] + c * matrix[1, 1]) / along_x / along_y
    turn = math.degrees(math.atan2(c, a))
    return (
        f"turned by {number(turn)}°, scaled by {number(along_x)} along x and {number(along_y)} "
        f"along y, sheared by {number(shear)}, {moved}"
    )


def _angle(matrix: Array) -> float:
    """Of the nearest rotation of space."""
    left, _, right = np.linalg.svd(matrix)
    return math.acos(float(np.clip((np.trace(left @ right) - 1) / 2, -1, 1)))
