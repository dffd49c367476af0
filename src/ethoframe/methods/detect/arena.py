"""The floor the animal walks on, found in the empty scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena as Floor
from ethoframe.data import Frames, Noun, Refusal, Tracks
from ethoframe.data.lens import Lens
from ethoframe.data.noun import Array
from ethoframe.methods.detect._floor import Look, Seen
from ethoframe.methods.detect._lens import through_lens
from ethoframe.methods.detect._shapes import area

SQUARE = 1.15  # sides that differ by less in the picture are taken for equal


@dataclass(frozen=True)
class Arena(WholeMethod):
    """The floor's outline, from the empty scene and from where the animal went.

    The floor is flooded from the hull of the animal's path, and the rest of the scene from the
    picture's rim; they meet at the strongest edge between them (a watershed). A rectangle and a
    circle are fitted to that edge, and the one that fits better is taken if it covers the flooded
    region well. Where that is the upper rim of the walls, the floor is the innermost edge between
    it and the path; the rim is kept as `walls`. Where no shape fits, the extent of the path,
    widened by half the animal's width, stands in for the floor, and the answer says ``source =
    "explored"``.

    With *side_mm* (and *other_side_mm* for a floor that is not square) the answer has a scale; for
    a circle the side is its diameter. One side alone is that of a square, unless the floor is
    plainly no square in the picture: then it is the longer side, and the other follows from the
    picture. ``residual_mm`` says how far the edge that was seen lies off the outline.

    With *lens*, one radial term is fitted under which the sides of a rectangle are straight; a
    circle has none to tell it by, and its answer has no lens.

    References
    ----------
    Flooding from markers: Meyer & Beucher, J. Vis. Commun. Image Represent. 1 (1990), 21-46.
    Straight sides tell the lens: Devernay & Faugeras, Machine Vision and Applications 13 (2001),
    14-24; the model is that of `ethoframe.data.Lens`.
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

    lens: bool = parameter(
        False, says="fit a radial lens term from the sides of a floor that is a rectangle"
    )
    lens_x_px: float = parameter(
        0.0, unit="px", says="middle of the whole picture, if this is a window of it"
    )
    lens_y_px: float = parameter(0.0, unit="px", says="as lens_x_px, from the top")
    lens_radius_px: float = parameter(
        0.0, unit="px", says="half its diagonal; 0 where this is the whole picture", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"background": In(Kind.IMAGE), "tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.ARENA
    version: ClassVar[str] = "3"

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
        shapes = ("rectangle", "circle") if self.shape == "auto" else (self.shape,)
        look = Look(shapes, self.cover)
        seen = look.floor(level, path)
        if seen is None:
            return self._explored(path, tracks)
        if not self.lens or seen.shape != "rectangle":
            return self._floor(seen)
        lens, straight = through_lens(look, level, path, self._lens(background.picture))
        return self._floor(straight, lens) if straight else self._floor(seen)

    def _lens(self, size: tuple[int, int]) -> Lens:
        """A lens that bends nothing yet, about the middle of the whole picture."""
        if not self.lens_radius_px:
            return Lens.of_picture(0.0, size)
        return Lens(0.0, (self.lens_x_px, self.lens_y_px), self.lens_radius_px)

    def _explored(self, path: Array, tracks: Tracks) -> Floor:
        width = tracks.features.get("minor_px")
        known = width is not None and bool(np.isfinite(width).any())
        margin = float(np.nanmedian(width)) / 2 if known else 0.0  # type: ignore[arg-type]
        left, top = np.percentile(path, 0.5, axis=0) - max(margin, 1.0)
        right, bottom = np.percentile(path, 99.5, axis=0) + max(margin, 1.0)
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
        sides = self._sides("rectangle", corners) if self.side_mm else None
        return Floor("rectangle", corners, sides, source="explored")

    def _floor(self, seen: Seen, lens: Lens | None = None) -> Floor:
        """What was seen, straightened by the lens if there is one, as it lies in the picture."""
        shape: Any = seen.shape
        floor = Floor(shape, seen.outline, source="detected", walls=seen.rim)
        if self.side_mm:
            sides = self._sides(shape, seen.outline)
            mm_per_px = float(np.sqrt(sides[0] * sides[1] / area(seen.outline)))
            floor = replace(floor, sides_mm=sides, residual_mm=seen.residual_px * mm_per_px)
        if lens is None:
            return floor
        walls = None if seen.rim is None else lens.bent(seen.rim)
        return replace(floor, outline=lens.bent(seen.outline), walls=walls, lens=lens)

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
