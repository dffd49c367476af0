"""Rectangles and circles fitted to a region of a picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Fit:
    """A shape, how well it covers the region (IoU), and its edge's distance from it (rms, px)."""

    shape: str
    outline: Array
    cover: float
    residual: float


def rectangle(region: Array) -> list[Fit]:
    """The rectangle that lies best on a region's edge (mask 0/1); none where it has no corners."""
    edge = _edge(region)
    if edge is None:
        return []
    hull = cv2.convexHull(edge)
    corners = _four_corners(hull)
    if corners is None:
        return []
    sides, residuals = [], []
    for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        near = _near_side(edge[:, 0, :].astype(np.float64), a, b)
        if len(near) < 8:
            return []
        line = cv2.fitLine(near.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0].astype(
            np.float64
        )
        sides.append(line)
        residuals.append(off_line(near, line))
    outline = np.array([crossing(sides[i - 1], sides[i]) for i in range(4)])
    if not np.isfinite(outline).all():
        return []
    residual = float(np.sqrt(np.mean(np.concatenate(residuals) ** 2)))
    return [Fit("rectangle", from_top_left(outline), _iou(outline, region), residual)]


def circle(region: Array) -> list[Fit]:
    """The circle that lies best on a region's edge (mask 0/1); none where that is too short."""
    edge = _edge(region)
    if edge is None or len(edge) < 20:
        return []
    points = edge[:, 0, :].astype(np.float64)
    a, b, radius = circle_through(points)
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    outline = np.stack([a + radius * np.cos(angle), b + radius * np.sin(angle)], axis=1)
    residual = float(np.sqrt(np.mean((np.hypot(*(points - (a, b)).T) - radius) ** 2)))
    return [Fit("circle", outline, _iou(outline, region), residual)]


def circle_through(points: Array) -> tuple[float, float, float]:
    """Centre and radius by least squares on x² + y² = 2ax + 2by + c (Kåsa 1976)."""
    system = np.column_stack([2 * points, np.ones(len(points))])
    (a, b, c), *_ = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)
    return float(a), float(b), float(np.sqrt(max(c + a * a + b * b, 1e-9)))


def crossing(first: Array, second: Array) -> Array:
    """Where two lines ``(dx, dy, x, y)`` cross ``(2,)``; NaN where they are parallel."""
    matrix = np.array([[first[0], -second[0]], [first[1], -second[1]]])
    if abs(np.linalg.det(matrix)) < 1e-6:
        return np.array([np.nan, np.nan])
    t = np.linalg.solve(matrix, second[2:] - first[2:])[0]
    crossing: Array = first[2:] + t * first[:2]
    return crossing


def off_line(points: Array, line: Array) -> Array:
    """Signed distance ``(n,)`` of points ``(n, 2)`` from a line ``(dx, dy, x, y)``."""
    vx, vy, x, y = line
    off: Array = (points[:, 0] - x) * vy - (points[:, 1] - y) * vx
    return off


def from_top_left(corners: Array) -> Array:
    """Clockwise in the picture, from the corner nearest to the top left."""
    middle = corners.mean(axis=0)
    order = np.argsort(np.arctan2(*(corners - middle).T[::-1]))
    ordered = corners[order]
    rolled: Array = np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)
    return rolled


def holds(outline: Array, path: Array) -> bool:
    """Whether all but 2 % of a path ``(n, 2)`` lies within the outline."""
    contour = outline.astype(np.float32)
    sampled = path[:: max(1, len(path) // 500)].astype(np.float64)
    inside = [cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0 for x, y in sampled]
    return float(np.mean(inside)) >= 0.98


def area(outline: Array) -> float:
    """Of a polygon ``(n, 2)``, in square pixels."""
    x, y = outline.T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)


def _edge(region: Array) -> Array | None:
    outlines, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return max(outlines, key=cv2.contourArea, default=None)


def _four_corners(hull: Array) -> Array | None:
    """The hull simplified until four corners are left ``(4, 2)``."""
    length = cv2.arcLength(hull, True)
    for share in np.linspace(0.01, 0.15, 29):
        corners = cv2.approxPolyDP(hull, share * length, True)
        if len(corners) <= 4:
            return corners[:, 0, :].astype(np.float64) if len(corners) == 4 else None
    return None


def _near_side(edge: Array, a: Array, b: Array) -> Array:
    """Edge points along the middle four fifths of the side from a to b."""
    along = (edge - a) @ (b - a) / ((b - a) @ (b - a))
    off = np.abs((edge - a) @ np.array([-(b - a)[1], (b - a)[0]])) / np.hypot(*(b - a))
    near: Array = edge[(along > 0.1) & (along < 0.9) & (off < 0.06 * np.hypot(*(b - a)) + 2)]
    return near


def _iou(outline: Array, region: Array) -> float:
    drawn: Array = cv2.fillPoly(np.zeros_like(region), [np.round(outline).astype(np.int32)], 1)
    both, either = int(np.sum(drawn & region)), int(np.sum(drawn | region))
    return both / max(1, either)
