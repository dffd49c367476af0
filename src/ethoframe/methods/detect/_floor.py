"""The floor, flooded from where the animal went."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.data.outline import signed_depth
from ethoframe.methods.detect._edges import refined, stands_out, step_across
from ethoframe.methods.detect._shapes import Fit, circle, holds, rectangle
from ethoframe.methods.detect._walls import CLEAR, floor_within

WORKING_PX = 240  # the scene's longer side is shrunk to this for the search


@dataclass(frozen=True)
class Seen:
    """A floor as it lies in the picture.

    Parameters
    ----------
    shape, outline
        As an arena has them, in px.
    residual_px
        How far its edge is off the outline.
    rim
        The walls' upper rim, where it was seen all round.
    reach_px
        How far from the outline its edge was looked for.
    """

    shape: str
    outline: Array
    residual_px: float
    rim: Array | None
    reach_px: float


@dataclass(frozen=True)
class Look:
    """How a floor is looked for.

    Parameters
    ----------
    shapes
        What it may be.
    cover
        Least overlap (IoU) of shape and flooded region.
    """

    shapes: tuple[str, ...]
    cover: float

    def floor(self, level: Array, path: Array) -> Seen | None:
        """The floor in a scene ``(y, x)`` with an animal's path ``(n, 2)``; None where none is."""
        scene, shrink = shrunk(level)
        fit = self._fit(scene, path / shrink)
        if fit is None:
            return None
        reach = 2 + 3 * shrink
        rim, residual = refined(fit.shape, (fit.outline + 0.5) * shrink - 0.5, level, reach)
        within, outline = floor_within(fit.shape, rim, level, path), rim
        if within is not None:
            outline, residual = refined(fit.shape, within, level, reach)
        if not stands_out(level, outline, 1.5 * shrink):
            return None
        # Seen all round, the outer frame is the walls' rim; on one side only, it may be anything.
        walled = within is not None and signed_depth(rim, outline).min() > shrink
        return Seen(fit.shape, outline, residual, rim if walled else None, reach)

    def _fit(self, scene: Array, path: Array) -> Fit | None:
        """Shape of the floor, or of its walls.

        Of a round floor between walls that are not, the walls are seen first, and then the floor
        within them.
        """
        best = self._flooded(scene, path, None)
        if best is None:
            return None
        other = self._flooded(scene, path, best.outline)
        if other and other.shape != best.shape and step_across(scene, other.outline, 2.0) >= CLEAR:
            return other
        return best

    def _flooded(self, scene: Array, path: Array, within: Array | None) -> Fit | None:
        """The shape that covers best what is flooded from the path, well enough."""
        region = _region(scene, path, within)
        fits = [fit for shape in self.shapes for fit in _FITTED[shape](region)]
        fits = [fit for fit in fits if fit.cover >= self.cover and holds(fit.outline, path)]
        return max(fits, key=lambda fit: fit.cover, default=None)


_FITTED = {"rectangle": rectangle, "circle": circle}


def shrunk(scene: Array) -> tuple[Array, float]:
    """The scene ``(y, x)`` made small and smooth, and how many of its pixels make one."""
    shrink = max(1.0, max(scene.shape) / WORKING_PX)
    size = round(scene.shape[1] / shrink), round(scene.shape[0] / shrink)
    small = cv2.resize(scene, size, interpolation=cv2.INTER_AREA)
    return cv2.medianBlur(np.clip(small, 0, None).astype(np.float32), 5), scene.shape[1] / size[0]


def _region(scene: Array, path: Array, within: Array | None) -> Array:
    """What lies within the strongest edge from the path's hull to the picture's rim (mask 0/1).

    With an outline `within` which the edge must lie, well inside of it.
    """
    smooth = cv2.GaussianBlur(scene, (0, 0), 1.0)
    slope = np.hypot(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    # Contrast counts by ratio: a dim wall's edge is as much an edge as a bright one's.
    slope /= smooth + 0.1 * float(smooth.mean()) + 1e-6
    markers = np.zeros(scene.shape, np.int32)
    markers[:2], markers[-2:], markers[:, :2], markers[:, -2:] = 1, 1, 1, 1
    if within is not None:
        inside = cv2.fillPoly(np.zeros(scene.shape, np.uint8), [np.round(within).astype(int)], 1)
        markers[cv2.erode(inside, np.ones((9, 9), np.uint8)) == 0] = 1
    clearest = float(np.percentile(slope[markers == 0], 99)) if (markers == 0).any() else 0.0
    ridges = np.clip(255 * slope / max(clearest, 1e-6), 0, 255).astype(np.uint8)
    hull = cv2.convexHull(np.round(path).astype(np.int32))
    cv2.drawContours(markers, [hull], -1, 2, cv2.FILLED)
    flooded = cv2.watershed(cv2.merge([ridges] * 3), markers)
    region: Array = (flooded == 2).astype(np.uint8)
    return region
