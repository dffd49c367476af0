"""The floor the animal walks on, found in the empty scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena as Floor
from ethoframe.data import Frames, Noun, Refusal, Tracks
from ethoframe.data.noun import Array

STEP = 0.05  # levels change by at least this share across a floor's edge; a lamp's light does not
SQUARE = 1.15  # sides that differ by less in the picture are taken for equal
WORKING_PX = 240  # the scene's longer side is shrunk to this for the search


@dataclass(frozen=True)
class Arena(WholeMethod):
    """The floor's outline, from the empty scene and from where the animal went.

    The floor is flooded from the hull of the animal's path, and the rest of the scene from the
    picture's rim; they meet at the strongest edge between them (a watershed). A rectangle and a
    circle are fitted to that edge, and the one that fits better is taken if it covers the flooded
    region well. Where neither does, the extent of the path, widened by half the animal's width,
    stands in for the floor, and the answer says ``source = "explored"``.

    With *side_mm* (and *other_side_mm* for a floor that is not square) the answer has a scale; for
    a circle the side is its diameter. One side alone is that of a square, unless the floor is
    plainly no square in the picture: then it is the longer side, and the other follows from the
    picture.

    References
    ----------
    Flooding from markers: Meyer & Beucher, J. Vis. Commun. Image Represent. 1 (1990), 21-46.
    """

    side_mm: float = parameter(
        0.0, unit="mm", says="length of the floor's (top) side, or diameter; 0 if unknown", low=0.0
    )
    other_side_mm: float = parameter(
        0.0, unit="mm", says="length of its left side; 0 if the same", low=0.0
    )
    shape: str = parameter("auto", says="what to look for", choices=("auto", "rectangle", "circle"))
    cover: float = parameter(
        0.9, unit="1", says="least overlap (IoU) of shape and region", low=0.5, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {"background": In(Kind.IMAGE), "tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.ARENA
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """An arena, with a scale if a side is given."""
        if specs["tracks"].unit not in ("px", ""):
            raise Refusal(
                self.name(), "needs tracks in pixels", "feed it the tracks before clean/to-floor"
            )
        return Spec(Kind.ARENA, unit="mm" if self.side_mm else "px")

    def apply(self, **inputs: Any) -> Floor:
        """The floor."""
        background: Frames = inputs["background"]
        tracks: Tracks = inputs["tracks"]
        path = tracks.at("centroid")
        path = path[np.isfinite(path).all(axis=1)]
        if len(path) == 0:
            raise Refusal(
                self.name(), "the animal was never seen", "give the floor with --arena FILE"
            )
        level = np.nan_to_num(background.plane(0, "level"))
        scene, shrink = _shrunk(level)
        region = _region(scene, path / shrink)
        fits = [fit for fit in self._fits(region) if _holds(fit.outline, path / shrink)]
        best = max(fits, key=lambda fit: fit.cover, default=None)
        if best is None or best.cover < self.cover:
            return self._explored(path, tracks)
        coarse, level = (best.outline + 0.5) * shrink - 0.5, background.plane(0, "level")
        outline, residual = _refined(best.shape, coarse, level, 2 + 3 * shrink)
        if not _stands_out(level, outline, 1.5 * shrink):
            return self._explored(path, tracks)
        return self._floor(best.shape, outline, "detected", residual)

    def _fits(self, region: Array) -> list[_Fit]:
        fits = []
        if self.shape != "circle":
            fits += _rectangle(region)
        if self.shape != "rectangle":
            fits += _circle(region)
        return fits

    def _explored(self, path: Array, tracks: Tracks) -> Floor:
        width = tracks.features.get("minor_px")
        known = width is not None and bool(np.isfinite(width).any())
        margin = float(np.nanmedian(width)) / 2 if known else 0.0  # type: ignore[arg-type]
        left, top = np.percentile(path, 0.5, axis=0) - max(margin, 1.0)
        right, bottom = np.percentile(path, 99.5, axis=0) + max(margin, 1.0)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        return self._floor("rectangle", corners, "explored", float("nan"))

    def _floor(self, shape: Any, outline: Array, source: str, residual_px: float) -> Floor:
        if not self.side_mm:
            return Floor(shape, outline, source=source)
        sides = self._sides(shape, outline)
        mm_per_px = float(np.sqrt(sides[0] * sides[1] / _shoelace(outline)))
        return Floor(shape, outline, sides, source=source, residual_mm=residual_px * mm_per_px)

    def _sides(self, shape: Any, outline: Array) -> tuple[float, float]:
        if shape != "rectangle" or self.other_side_mm:
            return self.side_mm, self.other_side_mm or self.side_mm
        edges = np.hypot(*(np.roll(outline, -1, axis=0) - outline).T)
        across, down = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
        if max(across, down) < SQUARE * min(across, down):
            return self.side_mm, self.side_mm
        longer = max(across, down)
        return float(self.side_mm * across / longer), float(self.side_mm * down / longer)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A light floor between dark walls, and a walk over it."""
        random = np.random.default_rng(2)
        level = np.full((120, 160), 90.0)
        cv2.fillConvexPoly(level, np.array([[25, 15], [135, 17], [139, 104], [21, 103]]), 200)
        level += random.normal(0, 1, level.shape)
        scene = np.stack([level, np.ones_like(level)], axis=-1)[None].astype(np.float32)
        t = np.arange(200) / 30
        points = np.stack([80 + 45 * np.sin(2 * t), 60 + 35 * np.cos(3 * t)], axis=1)
        background = Frames(scene, np.array([0]), np.array([0.0]), ("level", "noise"))
        return {"background": background, "tracks": Tracks.of(points, t)}


@dataclass(frozen=True)
class _Fit:
    """A shape, how well it covers the region (IoU), and its edge's distance from it (rms, px)."""

    shape: str
    outline: Array
    cover: float
    residual: float


def _shrunk(scene: Array) -> tuple[Array, float]:
    shrink = max(1.0, max(scene.shape) / WORKING_PX)
    size = round(scene.shape[1] / shrink), round(scene.shape[0] / shrink)
    small = cv2.resize(scene, size, interpolation=cv2.INTER_AREA)
    return cv2.medianBlur(np.clip(small, 0, None).astype(np.float32), 5), scene.shape[1] / size[0]


def _region(scene: Array, path: Array) -> Array:
    """What lies within the strongest edge from the path's hull to the picture's rim (mask 0/1)."""
    smooth = cv2.GaussianBlur(scene, (0, 0), 1.0)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    # Contrast counts by ratio: a dim wall's edge is as much an edge as a bright one's.
    slope /= smooth + 0.1 * float(smooth.mean()) + 1e-6
    ridges = np.clip(255 * slope / max(float(np.percentile(slope, 99)), 1e-6), 0, 255).astype(
        np.uint8
    )
    markers = np.zeros(scene.shape, np.int32)
    markers[:2], markers[-2:], markers[:, :2], markers[:, -2:] = 1, 1, 1, 1
    hull = cv2.convexHull(np.round(path).astype(np.int32))
    cv2.drawContours(markers, [hull], -1, 2, cv2.FILLED)
    flooded = cv2.watershed(cv2.merge([ridges] * 3), markers)
    region: Array = (flooded == 2).astype(np.uint8)
    return region


def _refined(shape: str, outline: Array, scene: Array, reach: float) -> tuple[Array, float]:
    """The outline on the steepest edge within `reach` px, and what it is off by (rms, px)."""
    middle = outline.mean(axis=0)
    scene = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 1.5)
    if shape == "circle":
        points = _steepest(scene, outline, outline - middle, reach)
        a, b, radius = _circle_through(points)
        angle = np.linspace(0, 2 * np.pi, len(outline), endpoint=False)
        round_ = np.stack([a + radius * np.cos(angle), b + radius * np.sin(angle)], axis=1)
        off = np.hypot(*(points - (a, b)).T) - radius
        return round_, float(np.sqrt(np.mean(off**2)))
    lines, residuals = [], []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        along = np.linspace(0.08, 0.92, 60)[:, None]
        normal = np.array([(end - start)[1], -(end - start)[0]])
        points = _steepest(scene, start + along * (end - start), np.tile(normal, (60, 1)), reach)
        line = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0]
        lines.append(line.astype(np.float64))
        residuals.append(_off_line(points, lines[-1]))
    corners = np.array([_crossing(lines[i - 1], lines[i]) for i in range(4)])
    if not np.isfinite(corners).all() or np.abs(corners - outline).max() > 4 * reach:
        corners = outline
    # Single points may sit on a reflection; half of them are on the edge.
    residual = 1.4826 * float(np.median(np.abs(np.concatenate(residuals))))
    return _from_top_left(corners), residual


def _stands_out(scene: Array, outline: Array, reach: float) -> bool:
    """Whether levels change across the outline, from `reach` px within to as far without."""
    scene = cv2.GaussianBlur(scene.astype(np.float32), (0, 0), 1.5)
    side = np.roll(outline, -1, axis=0) - outline
    points = outline + np.linspace(0.08, 0.92, 20)[:, None, None] * side
    across = reach * np.stack([side[:, 1], -side[:, 0]], axis=1) / np.hypot(*side.T)[:, None]
    within, without = _levels(scene, points - across), _levels(scene, points + across)
    return float(np.median(np.abs(np.log((within + 1) / (without + 1))))) >= STEP


def _steepest(scene: Array, points: Array, normals: Array, reach: float) -> Array:
    """Each point moved along its normal to where the levels change most, by ratio."""
    normals = normals / np.hypot(*normals.T)[:, None]
    steps = np.arange(-reach, reach + 0.25, 0.5)
    levels = _levels(scene, points[:, None, :] + steps[None, :, None] * normals[:, None, :])
    slope = np.abs(np.diff(np.log(levels + 0.1 * float(scene.mean()) + 1e-6), axis=1))
    best = np.clip(slope.argmax(axis=1), 1, slope.shape[1] - 2)
    left, peak, right = (slope[np.arange(len(slope)), best + side] for side in (-1, 0, 1))
    # Between the samples, where the parabola through the steepest and its neighbours is highest.
    bend = np.minimum(left - 2 * peak + right, -1e-12)
    between = np.clip(0.5 * (left - right) / bend, -1, 1)
    moved: Array = points + (steps[best] + 0.25 + 0.5 * between)[:, None] * normals
    return moved


def _levels(scene: Array, points: Array) -> Array:
    """Levels ``(n, m)`` at points ``(n, m, 2)`` between pixels."""
    x, y = np.moveaxis(points.astype(np.float32), -1, 0)
    levels: Array = cv2.remap(scene, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return levels


def _circle_through(points: Array) -> tuple[float, float, float]:
    """Centre and radius by least squares on x² + y² = 2ax + 2by + c (Kåsa 1976)."""
    system = np.column_stack([2 * points, np.ones(len(points))])
    (a, b, c), *_ = np.linalg.lstsq(system, (points**2).sum(axis=1), rcond=None)
    return float(a), float(b), float(np.sqrt(max(c + a * a + b * b, 1e-9)))


def _rectangle(region: Array) -> list[_Fit]:
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
        residuals.append(_off_line(near, line))
    outline = np.array([_crossing(sides[i - 1], sides[i]) for i in range(4)])
    if not np.isfinite(outline).all():
        return []
    residual = float(np.sqrt(np.mean(np.concatenate(residuals) ** 2)))
    return [_Fit("rectangle", _from_top_left(outline), _iou(outline, region), residual)]


def _circle(region: Array) -> list[_Fit]:
    edge = _edge(region)
    if edge is None or len(edge) < 20:
        return []
    points = edge[:, 0, :].astype(np.float64)
    a, b, radius = _circle_through(points)
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    outline = np.stack([a + radius * np.cos(angle), b + radius * np.sin(angle)], axis=1)
    residual = float(np.sqrt(np.mean((np.hypot(*(points - (a, b)).T) - radius) ** 2)))
    return [_Fit("circle", outline, _iou(outline, region), residual)]


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


def _off_line(points: Array, line: Array) -> Array:
    vx, vy, x, y = line
    off: Array = (points[:, 0] - x) * vy - (points[:, 1] - y) * vx
    return off


def _crossing(first: Array, second: Array) -> Array:
    matrix = np.array([[first[0], -second[0]], [first[1], -second[1]]])
    if abs(np.linalg.det(matrix)) < 1e-6:
        return np.array([np.nan, np.nan])
    t = np.linalg.solve(matrix, second[2:] - first[2:])[0]
    crossing: Array = first[2:] + t * first[:2]
    return crossing


def _from_top_left(corners: Array) -> Array:
    """Clockwise in the picture, from the corner nearest to the top left."""
    middle = corners.mean(axis=0)
    order = np.argsort(np.arctan2(*(corners - middle).T[::-1]))
    ordered = corners[order]
    rolled: Array = np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0)
    return rolled


def _iou(outline: Array, region: Array) -> float:
    drawn: Array = cv2.fillPoly(np.zeros_like(region), [np.round(outline).astype(np.int32)], 1)
    both, either = int(np.sum(drawn & region)), int(np.sum(drawn | region))
    return both / max(1, either)


def _holds(outline: Array, path: Array) -> bool:
    contour = outline.astype(np.float32)
    sampled = path[:: max(1, len(path) // 500)].astype(np.float64)
    inside = [cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0 for x, y in sampled]
    return float(np.mean(inside)) >= 0.98


def _shoelace(outline: Array) -> float:
    x, y = outline.T
    return float(abs((x * np.roll(y, -1) - np.roll(x, -1) * y).sum()) / 2)
