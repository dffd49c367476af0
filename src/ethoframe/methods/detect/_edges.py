"""Outlines laid on the edges of a scene, between its pixels."""

from __future__ import annotations

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.detect._shapes import circle_through, crossing, from_top_left, off_line

STEP = 0.05  # levels change by at least this share across a floor's edge; a lamp's light does not


def refined(shape: str, outline: Array, scene: Array, reach: float) -> tuple[Array, float]:
    """The outline on the steepest edge within `reach` px, and what it is off by (rms, px)."""
    middle = outline.mean(axis=0)
    scene = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 1.0)
    if shape == "circle":
        points = steepest(scene, outline, outline - middle, reach)
        a, b, radius = circle_through(points)
        angle = np.linspace(0, 2 * np.pi, len(outline), endpoint=False)
        round_ = np.stack([a + radius * np.cos(angle), b + radius * np.sin(angle)], axis=1)
        off = np.hypot(*(points - (a, b)).T) - radius
        return round_, float(np.sqrt(np.mean(off**2)))
    lines, residuals = [], []
    for points in side_points(outline, scene, reach):
        line = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0]
        lines.append(line.astype(np.float64))
        residuals.append(off_line(points, lines[-1]))
    corners = np.array([crossing(lines[i - 1], lines[i]) for i in range(4)])
    if not np.isfinite(corners).all() or np.abs(corners - outline).max() > 4 * reach:
        corners = outline
    # Single points may sit on a reflection; half of them are on the edge.
    residual = 1.4826 * float(np.median(np.abs(np.concatenate(residuals))))
    return from_top_left(corners), residual


def side_points(outline: Array, scene: Array, reach: float) -> list[Array]:
    """Points ``(60, 2)`` on the steepest edge along each side of an outline, within `reach` px."""
    found = []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        along = np.linspace(0.08, 0.92, 60)[:, None]
        normal = np.array([(end - start)[1], -(end - start)[0]])
        points = start + along * (end - start)
        found.append(steepest(scene, points, np.tile(normal, (60, 1)), reach))
    return found


def stands_out(scene: Array, outline: Array, reach: float) -> bool:
    """Whether levels change across the outline, from `reach` px within to as far without."""
    scene = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 1.5)
    return step_across(scene, outline, reach) >= STEP


def step_across(scene: Array, outline: Array, reach: float) -> float:
    """Median share by which levels differ from `reach` px within the outline to without."""
    side = np.roll(outline, -1, axis=0) - outline
    points = outline + np.linspace(0.08, 0.92, 20)[:, None, None] * side
    across = reach * np.stack([side[:, 1], -side[:, 0]], axis=1) / np.hypot(*side.T)[:, None]
    within, without = levels(scene, points - across), levels(scene, points + across)
    return float(np.median(np.abs(np.log((within + 1) / (without + 1)))))


def steepest(scene: Array, points: Array, normals: Array, reach: float) -> Array:
    """Each point moved along its normal to where the levels change most, by ratio."""
    normals = normals / np.hypot(*normals.T)[:, None]
    steps = np.arange(-reach, reach + 0.25, 0.5)
    along = levels(scene, points[:, None, :] + steps[None, :, None] * normals[:, None, :])
    ratio = np.abs(np.diff(np.log(along + 0.1 * float(scene.mean()) + 1e-6), axis=1))
    slope = np.abs(np.diff(along, axis=1)).astype(np.float64)
    # Which edge is the clearest is told by ratio; where it lies, by levels: a blurred edge's ratio
    # is steepest on its dark side.
    near = np.abs(np.arange(slope.shape[1]) - ratio.argmax(axis=1)[:, None]) <= 3
    best = np.clip(np.where(near, slope, -1).argmax(axis=1), 1, slope.shape[1] - 2)
    left, peak, right = (slope[np.arange(len(slope)), best + side] for side in (-1, 0, 1))
    # Between the samples, where the parabola through the steepest and its neighbours is highest.
    bend = np.minimum(left - 2 * peak + right, -1e-12)
    between = np.clip(0.5 * (left - right) / bend, -1, 1)
    moved: Array = points + (steps[best] + 0.25 + 0.5 * between)[:, None] * normals
    return moved


def levels(scene: Array, points: Array) -> Array:
    """Levels ``(n, m)`` at points ``(n, m, 2)`` between pixels."""
    x, y = np.moveaxis(points.astype(np.float32), -1, 0)
    levels: Array = cv2.remap(scene, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return levels
