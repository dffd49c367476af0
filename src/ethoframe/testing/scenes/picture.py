"""Painting: antialiased outlines, the room around the floor, and the sensor's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from ethoframe.data import Transform
from ethoframe.data.noun import Array
from ethoframe.testing.scenes.floor import Floor

LENS_BLUR_PX = 0.6  # no lens draws the edge of a fur sharply
FINE = 4  # sub-pixels along each side of a pixel
_SHIFT = 4  # fractional bits of a corner's place among the sub-pixels


@dataclass(frozen=True)
class Tones:
    """How much light each thing throws back, 0 to 1."""

    floor: float
    wall: float
    animal: float
    ear_paleness: float

    def paler(self, share: float) -> float:
        """The animal's tone, `share` of the way towards the floor's."""
        return self.animal + share * (self.floor - self.animal)


def coverage(
    outlines: Sequence[Array], size: tuple[int, int], pad: int = 0
) -> tuple[Array, tuple[int, int]]:
    """Share of each pixel under the union of outlines.

    Parameters
    ----------
    outlines
        Corners ``(n, 2)`` as x, y in pixels.
    size
        Of the picture ``(y, x)``; what lies outside is cut off.
    pad
        Pixels left free around the outlines.

    Returns
    -------
    share, origin
        Share ``(h, w)`` from 0 to 1 in a window just large enough, and the window's first row and
        column. An empty window when nothing lies in the picture.
    """
    corners = np.concatenate(outlines)
    limit = np.array(size[::-1])
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int) - pad - 1, 0, limit)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int) + pad + 2, 0, limit)
    if right <= left or bottom <= top:
        return np.zeros((0, 0), np.float32), (0, 0)
    fine = np.zeros((FINE * (bottom - top), FINE * (right - left)), np.uint8)
    for outline in outlines:
        # The centre of a pixel is half a pixel from its edge, where its sub-pixels begin.
        inside = FINE * (outline - (left, top) + 0.5) - 0.5
        cv2.fillPoly(fine, [np.round(inside * 2**_SHIFT).astype(np.int32)], 255, shift=_SHIFT)
    share = cv2.resize(fine, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return share.astype(np.float32) / 255, (int(top), int(left))


def covered(outline: Array, size: tuple[int, int]) -> Array:
    """Share ``(y, x)`` of each pixel of a whole picture under one outline."""
    picture = np.zeros(size, np.float32)
    share, (top, left) = coverage([outline], size)
    picture[top : top + share.shape[0], left : left + share.shape[1]] = share
    return picture


def centroid(share: Array, origin: tuple[int, int]) -> Array:
    """Centroid ``(2,)`` as x, y of what `coverage` drew."""
    down, across = share.sum(axis=1, dtype=np.float64), share.sum(axis=0, dtype=np.float64)
    y, x = down @ np.arange(len(down)), across @ np.arange(len(across))
    return np.array([x, y]) / down.sum() + origin[::-1]


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture being painted under uneven light.

    Parameters
    ----------
    picture
        Gray levels ``(y, x)`` float32, painted in place.
    light
        Gray level of a white thing at each pixel ``(y, x)``.
    camera
        From mm about the floor's middle to pixels.
    """

    picture: Array
    light: Array
    camera: Transform

    def paint(
        self, outlines: Sequence[Array], tone: float, opacity: float = 1.0, blur_px: float = 0.0
    ) -> None:
        """Lay the union of outlines ``(n, 2)``, in mm on the floor, over the picture."""
        height, width = self.light.shape
        seen = [self.camera.apply(outline) for outline in outlines]
        share, (top, left) = coverage(seen, (height, width), int(np.ceil(3 * blur_px)))
        if not share.size:
            return
        if blur_px:
            share = cv2.GaussianBlur(share, (0, 0), blur_px)
        window = slice(top, top + share.shape[0]), slice(left, left + share.shape[1])
        under = self.picture[window]
        under += opacity * share * (tone * self.light[window] - under)


def room(floor: Floor, size: tuple[int, int], tones: Tones, clutter: int, seed: int) -> Array:
    """What the floor and its walls throw back ``(y, x)``, 0 to 1, with nobody in."""
    rng = np.random.default_rng((seed, 2))
    bare = np.full(size, 0.8 * tones.wall, np.float32)
    canvas = Canvas(bare, np.ones(size, np.float32), floor.to_picture)
    edge = floor.outline_mm
    for a, b in zip(edge, np.roll(edge, -1, axis=0), strict=True):
        outward = (a + b) / np.hypot(*(a + b))
        wall = np.array([a, b, 1.4 * b, 1.4 * a])
        facing = float(outward @ (-0.3, -0.95))  # the lamp leaves the walls unequally bright
        canvas.paint([wall], tones.wall * (1 + 0.25 * facing))
    canvas.paint([1.015 * edge], 0.6 * tones.wall)
    canvas.paint([edge], tones.floor)
    canvas.picture[:] *= _streaks(size, rng)
    for _ in range(clutter):
        canvas.paint([_thing(floor, rng)], tones.paler(0.12))
    return canvas.picture


@dataclass(frozen=True)
class Sensor:
    """Adds noise to what falls on it, and gives 8 bits.

    Parameters
    ----------
    noise_level
        Standard deviation in gray levels.
    pixels
        Of a picture.
    seed
        With the frame's number, of its noise.
    """

    noise_level: float
    pixels: int
    seed: int

    @cached_property
    def _strip(self) -> Array:
        """Noise of more than one picture: each frame's is cut from elsewhere in it."""
        rng = np.random.default_rng((self.seed, 3))
        return rng.normal(0, self.noise_level, self.pixels + 2**20).astype(np.float32)

    def exposed(self, picture: Array, light: float, number: int) -> Array:
        """Gray levels ``(y, x)`` uint8 of a picture under `light` times its light."""
        if not self.noise_level:
            return cv2.convertScaleAbs(picture, alpha=light)
        start = np.random.default_rng((self.seed, 4, number)).integers(2**20)
        noise = self._strip[start : start + self.pixels].reshape(picture.shape)
        return cv2.addWeighted(picture, light, noise, 1.0, 0.0, dtype=cv2.CV_8U)


def _streaks(size: tuple[int, int], rng: np.random.Generator) -> Array:
    """Faint wiping marks: a factor about 1."""
    marks = cv2.GaussianBlur(
        rng.normal(size=size).astype(np.float32), (0, 0), sigmaX=30, sigmaY=1.5
    )
    factor: Array = 1 + 0.006 * marks / marks.std()
    return factor


def _thing(floor: Floor, rng: np.random.Generator) -> Array:
    """A rounded thing at the foot of a wall, as an outline in mm."""
    angle = rng.uniform(0, 2 * np.pi)
    foot, outward = floor.wall(floor.side_mm / 4 * np.array([np.cos(angle), np.sin(angle)]))
    middle = foot - rng.uniform(-0.02, 0.04) * floor.side_mm * outward
    round_trip = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radii = floor.side_mm * rng.uniform(0.015, 0.05, 2)
    outline: Array = middle + radii * np.stack([np.cos(round_trip), np.sin(round_trip)], axis=1)
    return outline
