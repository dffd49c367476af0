"""Parts of a scene that may be arenas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.detect._edges import step_across
from ethoframe.methods.detect._shapes import Fit, circle, rectangle

WORKING_PX = 320  # the scene's longer side is shrunk to this for the search
LEVELS = 40  # at which the scene is cut into what is lighter and what is darker
SLIMMEST = 0.3  # an arena's shorter side as a share of its longer one
EDGE = 0.05  # levels change by at least this share across a floor's edge


@dataclass(frozen=True)
class Place:
    """What may be an arena: its shape, middle, sides of the box around it, and how clear it is."""

    fit: Fit
    middle: Array
    sides: Array
    edge: float  # share by which levels change across its outline

    @classmethod
    def of(cls, fit: Fit, scene: Array) -> Place:
        """The place of a shape in a scene ``(y, x)``."""
        low, high = fit.outline.min(axis=0), fit.outline.max(axis=0)
        edge = step_across(scene, fit.outline, 2.0)
        return cls(fit, (low + high) / 2, high - low, edge)

    @property
    def worth(self) -> float:
        """Cover, and a little for a clear edge."""
        return self.fit.cover + 0.1 * min(self.edge, 1.0)

    def apart(self, other: Place) -> bool:
        """Whether the boxes of both have next to nothing in common."""
        return self.gap(other) >= -0.05 * float(np.minimum(self.sides, other.sides).min())

    def gap(self, other: Place) -> float:
        """How far apart the boxes of both are, along the axis on which they are further apart."""
        between = np.abs(self.middle - other.middle) - (self.sides + other.sides) / 2
        return float(between.max())

    def unlike(self, other: Place) -> float:
        """By which factor the sides of both differ."""
        ratio = self.sides / other.sides
        return float(np.maximum(ratio, 1 / ratio).max())


def shrunk(scene: Array) -> tuple[Array, float]:
    """The scene ``(y, x)`` made small and smooth, and how many of its pixels make one."""
    shrink = max(1.0, max(scene.shape) / WORKING_PX)
    size = round(scene.shape[1] / shrink), round(scene.shape[0] / shrink)
    small = cv2.resize(scene, size, interpolation=cv2.INTER_AREA)
    small = cv2.medianBlur(np.clip(small, 0, None).astype(np.float32), 5)
    return cv2.GaussianBlur(small, (0, 0), 0.7), scene.shape[1] / size[0]


def places_in(scene: Array, least: float, cover: float) -> list[Place]:
    """Parts that are a rectangle or a circle and stand out, each once.

    Parameters
    ----------
    scene
        Levels ``(y, x)``, as `shrunk` gives them.
    least
        Pixels that an arena has at least.
    cover
        Least overlap (IoU) of shape and part.
    """
    found: list[Place] = []
    for region in _regions(scene, least):
        fits = [fit for fit in (*rectangle(region), *circle(region)) if fit.cover >= cover]
        if fits:
            place = Place.of(max(fits, key=lambda fit: fit.cover), scene)
            if place.edge >= EDGE and place.sides.min() >= SLIMMEST * place.sides.max():
                found.append(place)
    return found


def _regions(scene: Array, least: float) -> Iterator[Array]:
    """Connected parts (mask 0/1, holes filled) at every level, lighter and darker, each once."""
    # By ratio, so that levels lie as close in a dim corner as in a bright one.
    ratio = np.log(scene + 0.05 * float(scene.mean()) + 1e-6)
    low, high = (float(level) for level in np.percentile(ratio, (0.5, 99.5)))
    seen: set[tuple[int, ...]] = set()
    kernel = np.ones((3, 3), np.uint8)
    for level in np.linspace(low, high, LEVELS + 2)[1:-1]:
        for side in (ratio > level, ratio < level):
            mask = cv2.morphologyEx(side.astype(np.uint8), cv2.MORPH_OPEN, kernel)
            outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            for outline in outlines:
                size = cv2.contourArea(outline)
                key = tuple(round(n / 2) for n in (*cv2.boundingRect(outline), np.sqrt(size)))
                if least <= size <= 0.95 * scene.size and key not in seen:
                    seen.add(key)
                    yield cv2.drawContours(np.zeros_like(mask), [outline], -1, 1, cv2.FILLED)
