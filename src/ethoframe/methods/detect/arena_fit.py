"""Whether an arena that was given is that of this video."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Frames, Noun, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.detect._edges import levels

POINTS = 400  # along the outline
CLEAREST = 0.5  # an edge is at least this share as clear as any that is only a little further off


@dataclass(frozen=True)
class ArenaFit(WholeMethod):
    """How well an outline lies on edges of the empty scene: *on_edge*, a share of its length.

    At each place along the outline, levels of a band just within are compared with those of a band
    just without, the outline being moved by up to *near* of the floor's width either way. Where
    they differ by *step*, the place lies on an edge. An outline that was drawn on this scene has an
    *on_edge* near 1; one of another video crosses edges here and there only. *outside* is the share
    that lies outside the picture. A floor that differs from nothing around it has no edges to lie
    on.

    References
    ----------
    ethoframe's own.
    """

    near: float = parameter(
        0.015,
        unit="1",
        says="how far off the edge may be, in widths of the floor",
        low=0.0,
        high=0.2,
    )
    band: float = parameter(
        0.02, unit="1", says="width of the bands, in widths of the floor", low=0.001, high=0.2
    )
    step: float = parameter(
        0.05, unit="1", says="least share by which levels differ across an edge", low=0.0, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "background": In(Kind.IMAGE),
        "arena": In(Kind.ARENA),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Two shares for the whole recording."""
        names = ("on_edge", "outside")
        return Spec(Kind.VALUES, ("t", "quantity"), (1, 2), "float64", names=names)

    def apply(self, **inputs: Any) -> Values:
        """The shares; 0 on an edge where the scene is blank."""
        background: Frames = inputs["background"]
        arena: Arena = inputs["arena"]
        if arena.unit != "px":
            raise Refusal(self.name(), "needs an arena in pixels", "feed it the arena as detected")
        points, normals = _along(arena.seen, POINTS)
        height, width = background.size
        x, y = points.T
        inside = (x >= -0.5) & (y >= -0.5) & (x <= width - 0.5) & (y <= height - 0.5)
        level = np.nan_to_num(background.plane(0, "level"))
        on_edge = self._on_edge(level, arena, points, normals) & inside
        return Values.whole(
            on_edge=(float(on_edge.mean()), "1"), outside=(float((~inside).mean()), "1")
        )

    def _on_edge(self, level: Array, arena: Arena, points: Array, normals: Array) -> Array:
        """Whether each point ``(n,)`` has an edge near it, and not only one further away."""
        floor = float(np.sqrt(cv2.contourArea(arena.seen.astype(np.float32))))
        wide, near = max(2, round(self.band * floor)), round(self.near * floor)
        offsets = np.arange(-near - 2 * wide, near + 2 * wide + 1)
        scene = cv2.GaussianBlur(level.astype(np.float32), (0, 0), 1.0)
        across = levels(scene, points[:, None] + offsets[None, :, None] * normals[:, None])
        ratio = np.log(across + 0.02 * float(scene.mean()) + 1e-6)
        total = np.cumsum(np.pad(ratio, ((0, 0), (1, 0))), axis=1)
        mean = (total[:, wide:] - total[:, :-wide]) / wide
        # The band that ends before an offset against the one that begins with it.
        change = np.abs(mean[:, wide:] - mean[:, :-wide])
        clearest = change[:, wide : wide + 2 * near + 2].max(axis=1)
        on_edge: Array = (clearest >= self.step) & (clearest >= CLEAREST * change.max(axis=1))
        return on_edge

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A light floor on a dark ground, outlined on three sides and missed on the fourth."""
        level = np.full((120, 160), 60.0)
        level[20:101, 30:131] = 200.0
        scene = np.stack([level, np.ones_like(level)], axis=-1)[None].astype(np.float32)
        corners = np.array([[30.0, 20.0], [118.0, 20.0], [118.0, 100.0], [30.0, 100.0]])
        background = Frames(scene, np.array([0]), np.array([0.0]), ("level", "noise"))
        return {"background": background, "arena": Arena("rectangle", corners, (400.0, 400.0))}


def _along(outline: Array, count: int) -> tuple[Array, Array]:
    """Points ``(n, 2)`` evenly along a closed outline, and the unit normal at each."""
    side = np.roll(outline, -1, axis=0) - outline
    length = np.hypot(*side.T)
    reached = np.concatenate([[0], np.cumsum(length)])
    at = (np.arange(count) + 0.5) / count * reached[-1]
    index = np.clip(np.searchsorted(reached, at, side="right") - 1, 0, len(outline) - 1)
    share = (at - reached[index]) / np.maximum(length[index], 1e-12)
    along = side[index] / np.maximum(length[index], 1e-12)[:, None]
    points: Array = outline[index] + share[:, None] * side[index]
    return points, np.stack([along[:, 1], -along[:, 0]], axis=1)
