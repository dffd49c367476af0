"""Whether the camera moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Memory, Reduction, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Values
from ethoframe.data.noun import Array
from ethoframe.methods.summarise.background import Background

FARTHEST = 0.05  # shifts are looked for up to this share of the picture's longer side
WORKING_PX = 320  # the longer side is shrunk to this: shifts of a few tenths of a pixel still show
STEEP = 2.0  # an edge so many times steeper than the mean weighs no more for being steeper still


@dataclass(frozen=True)
class CameraShift(Reduction):
    """How far the scene moved in the picture during the recording, and from when on.

    Each frame that is looked at is aligned with the first of them by the normalised correlation of
    their edges. Steep edges weigh no more than faint ones, so the walls, which are long, outweigh
    the animal, which is not. (Phase correlation finds false shifts in a scene as smooth as a bare
    floor.) The answer has the values *shift* (px, the greatest distance from the first frame's
    place, after the middle of three neighbours was taken), *moved* (s, half-way between the frames
    before and after which it is further away than half of that; NaN where the shift is under
    *least_px*), and *across* and *down* (px, how far the scene then lies from where it lay before,
    as a median; 0 where it did not move).

    References
    ----------
    Normalised correlation: Lewis, Vision Interface 1995, 120-123.
    """

    least_px: float = parameter(1.5, unit="px", says="a smaller shift is none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "4"

    def outline(self, **specs: Spec) -> Spec:
        """One row of values."""
        names = ("shift", "moved", "across", "down")
        return Spec(Kind.VALUES, ("t", "quantity"), (1, 4), "float64", names=names)

    def visits(self, spec: Spec) -> Array:
        """The frames that the background is made from, which are decoded already."""
        return Background().visits(spec)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """The edges in the frames made small: their number is bounded."""
        edges = [_edges(_shrunk(plane[..., 0])) for plane in batch.pixels]
        size = _small(batch.picture)
        shrink = max(batch.size) / max(size)
        planes = np.array(edges, np.float32).reshape(-1, *size)
        return {"edges": planes, "times_s": np.array(batch.times_s), "shrink": shrink}

    def combine(self, a: Memory, b: Memory) -> Memory:
        """The frames of both, in order of time."""
        times_s = np.concatenate([a["times_s"], b["times_s"]])
        order = np.argsort(times_s, kind="stable")
        edges = np.concatenate([a["edges"], b["edges"]])[order]
        return {**a, "edges": edges, "times_s": times_s[order]}

    def finalise(self, partial: Memory, **side: Any) -> Values:
        """The values that hold for the recording."""
        edges, times_s = partial["edges"], partial["times_s"]
        places = np.array([_place(plane, edges[0]) for plane in edges]).reshape(-1, 2)
        places = partial["shrink"] * _middle_of_three(places)
        away = np.hypot(*places.T)
        shift = float(away.max()) if len(away) else np.nan
        moved, across, down = np.nan, 0.0, 0.0
        if shift >= self.least_px:
            first = int(np.argmax(away > shift / 2))
            moved = float(times_s[max(0, first - 1) : first + 1].mean())
            after, before = (np.median(part, axis=0) for part in (places[first:], places[:first]))
            across, down = (after - before).tolist()
        units = {"shift": "px", "moved": "s", "across": "px", "down": "px"}
        told = zip(units.items(), (shift, moved, across, down), strict=True)
        return Values.whole(**{name: (value, unit) for (name, unit), value in told})

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A textured scene that jumps by three pixels half-way."""
        random = np.random.default_rng(4)
        scene = cv2.GaussianBlur(random.uniform(0, 255, (80, 100)), (0, 0), 2)
        scene = (scene - scene.min()) / np.ptp(scene) * 255
        pixels = np.stack([np.roll(scene, 3 if t >= 10 else 0, axis=1) for t in range(20)])
        return {"recording": Recording.of(pixels[..., None].astype(np.uint8))}


def _small(size: tuple[int, int]) -> tuple[int, int]:
    shrink = max(1.0, max(size) / WORKING_PX)
    return max(2, round(size[0] / shrink)), max(2, round(size[1] / shrink))


def _shrunk(plane: Array) -> Array:
    small = cv2.resize(plane, _small(plane.shape)[::-1], interpolation=cv2.INTER_AREA)
    return small.astype(np.float32)


def _edges(plane: Array) -> Array:
    """How steeply levels change, up to `STEEP` times as steeply as in the mean."""
    smooth = cv2.GaussianBlur(np.nan_to_num(plane), (0, 0), 1.0)
    slope = cv2.magnitude(cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1))
    edges: Array = np.minimum(slope, STEEP * slope.mean())
    return edges


def _place(edges: Array, first: Array) -> tuple[float, float]:
    """How far the edges lie from the first ones (x, y), up to `FARTHEST` of the longer side."""
    if np.ptp(first) == 0 or np.ptp(edges) == 0:
        return 0.0, 0.0
    # All of the first frame is looked for, and room made round the other: where the floor fills
    # the picture, the walls are near the rim, and without them only the animal would tell.
    margin = round(FARTHEST * max(first.shape))
    around = cv2.copyMakeBorder(edges, *(margin,) * 4, cv2.BORDER_CONSTANT)
    likeness = cv2.matchTemplate(around, first, cv2.TM_CCOEFF_NORMED)
    x, y = cv2.minMaxLoc(likeness)[3]
    across, down = _peak(likeness[y, :], x), _peak(likeness[:, x], y)
    return across - margin, down - margin


def _peak(values: Array, at: int) -> float:
    """Where the parabola through a maximum and its neighbours is highest."""
    if not 0 < at < len(values) - 1:
        return float(at)
    left, middle, right = (float(v) for v in values[at - 1 : at + 2])
    bend = left - 2 * middle + right
    return at + (0.5 * (left - right) / bend if bend < 0 else 0.0)


def _middle_of_three(places: Array) -> Array:
    """Median of each place and its two neighbours: one odd frame is no moved camera."""
    if len(places) < 3:
        return places
    padded = np.concatenate([places[:1], places, places[-1:]])
    middle: Array = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    return middle
