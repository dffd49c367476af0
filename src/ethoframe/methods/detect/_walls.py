"""The floor within its walls: of two frames around the animal's path, the inner one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ethoframe.data.noun import Array
from ethoframe.methods.detect._edges import STEP, levels
from ethoframe.methods.detect._shapes import circle_through, crossing

BAND = 0.03  # of the floor's width: levels are compared over so much on either side of an edge
FEWEST_PX = 3  # of half a band
LIKE = 0.35  # a floor's edge is at least this share as clear as the clearest beside it
CLEAR = 0.25  # levels that change by this share make as clear an edge as any
BEYOND = 99.0  # per cent of the path that is surely on the floor


def floor_within(shape: str, rim: Array, scene: Array, path: Array) -> Array | None:
    """The outline of the floor within an outline ``(n, 2)`` that may be the walls' upper rim.

    Between the animal's path and the rim, the innermost place on each side where levels differ from
    one band to the next is the floor's edge. None where there is none: the rim is the floor's own.
    """
    width = float(np.sqrt(cv2.contourArea(rim.astype(np.float32))))
    scene = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 1.0)
    if shape == "circle":
        return _circle_within(rim, scene, path, BAND * width)
    sides = []
    for start, end in zip(rim, np.roll(rim, -1, axis=0), strict=True):
        along = (end - start) / np.hypot(*(end - start))
        inward = np.array([-along[1], along[0]])
        points = start + np.linspace(0.15, 0.85, 60)[:, None] * (end - start)
        free = float(np.percentile((path - start) @ inward, 100 - BEYOND))
        inset = _innermost(scene, points, np.tile(inward, (60, 1)), free, BAND * width)
        sides.append((np.array([*along, *(start + inset * inward)]), inset))
    if sum(inset > 0 for _, inset in sides) < 2:
        return None  # on one side only, it is a shadow, or a floor of two colours
    lines = [line for line, _ in sides]
    return np.array([crossing(lines[i - 1], lines[i]) for i in range(4)])


def _circle_within(rim: Array, scene: Array, path: Array, band: float) -> Array | None:
    a, b, radius = circle_through(rim)
    away = rim - (a, b)
    inward = -away / np.hypot(*away.T)[:, None]
    free = radius - float(np.percentile(np.hypot(*(path - (a, b)).T), BEYOND))
    inset = _innermost(scene, rim, inward, free, band)
    return rim + inset * inward if inset else None


def _innermost(scene: Array, points: Array, inward: Array, free: float, band: float) -> float:
    """How far inside the points ``(n, 2)`` the innermost edge lies, of those not on the path; px.

    0 where there is none but the one that the points lie on.
    """
    half = max(FEWEST_PX, round(band / 2))
    wide = 2 * half
    if free < 2 * wide:
        return 0.0
    offsets = np.arange(-2 * wide, int(free) + wide + 1)
    seen = levels(scene, points[:, None] + offsets[None, :, None] * inward[:, None])
    ratio = np.log(seen + 0.1 * float(scene.mean()) + 1e-6)
    middle = np.median(sliding_window_view(ratio, half, axis=1), axis=2)
    # Of the band without and the band within, each half against each: a line that is painted on the
    # floor darkens one half only, and is no edge.
    count = middle.shape[1] - 3 * half
    far, near, within, deep = (middle[:, n * half : n * half + count] for n in range(4))
    change = np.min(
        [np.abs(np.median(b - a, axis=0)) for a in (far, near) for b in (within, deep)], axis=0
    )
    at = offsets[wide : wide + count]
    peaks = np.flatnonzero((change[1:-1] >= change[:-2]) & (change[1:-1] > change[2:])) + 1
    least = max(STEP, LIKE * min(float(change.max()), CLEAR))
    clear = [int(at[i]) for i in peaks if change[i] >= least and wide < at[i] <= free]
    return float(max(clear, default=0))
