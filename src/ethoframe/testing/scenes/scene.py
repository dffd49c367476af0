"""A rendered video of an animal on a floor, whose truth is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import cos, pi, sin
from typing import Literal

import cv2
import numpy as np

from ethoframe.data import Arena, Recording, Tracks, Transform
from ethoframe.data.noun import Array, frozen
from ethoframe.testing.scenes.animal import (
    TAIL_POINTS,
    Shape,
    paint_animal,
    paint_reflection,
    posed,
)
from ethoframe.testing.scenes.floor import Corners, Floor, square_corners
from ethoframe.testing.scenes.floor import Shape as FloorShape
from ethoframe.testing.scenes.picture import (
    Canvas,
    Sensor,
    Tones,
    centroid,
    coverage,
    lit,
    room,
)
from ethoframe.testing.scenes.walk import STEP_S, Poses, explored

Spans = tuple[tuple[float, float], ...]

KEYFRAME_EVERY = 250
EASE_S = 0.3  # an animal comes to rest, and sets off again, within this time
BRIGHT = 0.85  # what the paler of floor and animal throws back
FLICKER_HZ = 9.7  # what is left of the mains' flicker at common frame rates


@dataclass(frozen=True)
class Scene:
    """A video of a mouse-like animal, drawn frame by frame from known poses.

    The same values give the same pictures, in whichever order they are asked for. Nothing here uses
    a method of ours, so the truth can judge them all.

    Parameters
    ----------
    name
        How its recording is called.
    size
        Of the picture ``(y, x)`` in pixels.
    rate
        Frames per second.
    duration_s, seed
        Length of the video; another seed is another walk, noise and clutter.
    side_mm, body_mm, tail_mm
        Side of the square floor or diameter of the round one; the animal from rump to nose; its
        tail, 0 for none.
    shape
        Of the floor.
    corners_px
        Corners of the floor (for a circle, of the square around it) as x, y clockwise from the top
        left; None for a square that fills nine tenths of the picture's shorter side.
    slant
        Share by which the far side of a rectangular floor looks shorter than the near one.
    polarity, contrast
        A ``"dark"`` animal on a light floor or the reverse; share of the paler one's light that the
        other lacks.
    ear_paleness
        How far ears are from the animal's tone towards the floor's, 0 to 1.
    noise_level
        Standard deviation of the sensor's noise in gray levels.
    shading
        Share of light missing where the picture is darkest.
    light_drift, flicker
        Share of light lost from first to last frame, slowly; amplitude of the fast share.
    still, hidden
        Spans ``(start_s, stop_s)`` in which the animal sits, quite motionless; is away.
    reflection
        Strength, 0 to 1, of the animal's shadow on the floor and its mirror image in the wall.
    clutter
        How many things of about the animal's tone lie near the walls.
    camera_shift_px, camera_shift_s
        The whole picture moves by this much (x, y) at that time, and stays there.
    turns
        How many fast turns: about-faces on the spot, loops over 180° while walking, backward steps.

    Examples
    --------
    >>> scene = Scene(duration_s=2.0, hidden=((0.0, 1.0),))
    >>> scene.image(40).shape, len(scene), int(scene.truth().seen.sum())
    ((480, 640), 60, 30)
    """

    name: str = "scene"
    size: tuple[int, int] = (480, 640)
    rate: float = 30.0
    duration_s: float = 60.0
    seed: int = 0
    side_mm: float = 400.0
    body_mm: float = 84.0
    tail_mm: float = 74.0
    shape: FloorShape = "rectangle"
    corners_px: Corners | None = None
    slant: float = 0.0
    polarity: Literal["dark", "light"] = "dark"
    contrast: float = 0.85
    ear_paleness: float = 0.4
    noise_level: float = 1.5
    shading: float = 0.15
    light_drift: float = 0.0
    flicker: float = 0.0
    still: Spans = ()
    hidden: Spans = ()
    reflection: float = 0.0
    clutter: int = 0
    camera_shift_px: tuple[float, float] = (0.0, 0.0)
    camera_shift_s: float = float("inf")
    turns: int = 3

    def __len__(self) -> int:
        return round(self.duration_s * self.rate)

    @property
    def times_s(self) -> Array:
        """Seconds of every frame ``(t,)``."""
        return np.arange(len(self)) / self.rate

    def image(self, number: int) -> Array:
        """The picture ``(y, x)`` uint8 of one frame; the animal is absent while hidden."""
        picture = self._empty[int(self._shifted[number])]
        if not self._away[number]:
            picture = picture.copy()
            canvas = Canvas(picture, self._light, self._camera(number))
            shape = self._shape(number)
            paint_reflection(canvas, shape, self._floor, self._tones, self.reflection)
            paint_animal(canvas, shape, self._tones)
        return self._sensor.exposed(picture, self._brightness(number), number)

    def images(self) -> Iterator[Array]:
        """All pictures ``(y, x)`` in order."""
        return map(self.image, range(len(self)))

    def recording(self) -> Recording:
        """The video as methods take it, drawn when its frames are asked for."""
        return Recording(
            name=self.name,
            source=_Drawn(self),
            times_s=self.times_s,
            size=self.size,
            dtype=np.dtype(np.uint8),
            identity=hashlib.sha256(repr(self).encode()).hexdigest(),
            keyframes=np.arange(0, len(self), KEYFRAME_EVERY),
            facts={"container": "rendered scene", "rate": self.rate},
        )

    def arena(self) -> Arena:
        """The true floor, as the camera saw it before any shift."""
        return self._floor.arena()

    def truth(self) -> Tracks:
        """Where the animal is, in px as drawn; NaN while hidden.

        ``centroid`` is the centroid of the area of body and ears, without the tail, taken from the
        antialiased drawing; ``head_end`` and ``tail_end`` are nose and rump, the ends of the body
        axis.
        """
        return self._truth

    def truth_mm(self) -> Tracks:
        """The truth in mm, from the origin that `arena` has, any camera shift undone."""
        to_floor = self.arena().to_floor
        assert to_floor is not None  # a scene always has a scale
        truth = self.truth()
        return replace(truth, position=truth.position - self._shifts_px).mapped(to_floor)

    def distance_mm(self) -> float:
        """Length of the true centroid's way on the floor, without jumps across hidden spans."""
        step = np.diff(self.truth_mm().at("centroid"), axis=0)
        return float(np.nansum(np.hypot(*step.T)))

    def seconds_in_centre(self) -> float:
        """Time the true centroid is in the middle half of each side (a quarter of the floor)."""
        centroid = self.truth().at("centroid") - self._shifts_px[:, :, 0, 0]
        return float(self._floor.in_centre(centroid).sum() / self.rate)

    @cached_property
    def _floor(self) -> Floor:
        return Floor(
            self.shape, self.side_mm, self.corners_px or square_corners(self.size, self.slant)
        )

    @property
    def _tones(self) -> Tones:
        dim = BRIGHT * (1 - self.contrast)
        if self.polarity == "dark":
            return Tones(BRIGHT, 0.62 * BRIGHT, dim, self.ear_paleness)
        return Tones(dim, 1.6 * dim, BRIGHT, self.ear_paleness)

    @cached_property
    def _light(self) -> Array:
        return lit(self.size, self.shading)

    @cached_property
    def _empty(self) -> tuple[Array, Array]:
        """The picture without the animal ``(y, x)``, in gray levels, before and after the shift."""
        bare = room(self._floor, self.size, self._tones, self.clutter, self.seed)
        across, down = self.camera_shift_px
        move = np.array([[1, 0, across], [0, 1, down]], np.float64)
        # The light's unevenness belongs to lamp and lens, and stays where it is.
        moved = cv2.warpAffine(bare, move, self.size[::-1], borderMode=cv2.BORDER_REPLICATE)
        return frozen(bare * self._light), frozen(moved * self._light)

    @cached_property
    def _sensor(self) -> Sensor:
        return Sensor(self.noise_level, self.size[0] * self.size[1], self.seed)

    @cached_property
    def _away(self) -> Array:
        return _within(self.hidden, self.times_s)

    @cached_property
    def _poses(self) -> Poses:
        """Poses of all frames; the animal's own clock rests while it sits still."""
        tick = STEP_S / 4
        clock = np.arange(0, self.duration_s + STEP_S, tick)
        # The own clock stops a tick before the start, so as to rest all through the span.
        gap = [np.maximum(start - tick - clock, clock - stop) for start, stop in self.still]
        pace = np.clip(np.min([np.full(len(clock), EASE_S), *gap], axis=0) / EASE_S, 0, 1)
        own = np.concatenate([[0], np.cumsum(pace[:-1] * tick)])
        walk = explored(self._floor, self.body_mm, float(own[-1]), self.turns, self.seed)
        return walk.poses(np.interp(self.times_s, clock, own), TAIL_POINTS)

    @cached_property
    def _truth(self) -> Tracks:
        position = np.full((len(self), 2, 3, 1), np.nan)
        for number in np.flatnonzero(~self._away).tolist():
            shape = self._shape(number)
            camera = self._camera(number)
            body = [camera.apply(outline) for outline in (shape.body, *shape.ears)]
            position[number, :, 0, 0] = centroid(*coverage(body, self.size))
            position[number, :, 1:, 0] = camera.apply(shape.tips).T
        seen = np.repeat(~self._away[:, None, None], 3, axis=1).astype(np.float64)
        keypoints = ("centroid", "head_end", "tail_end")
        return Tracks(position, seen, np.arange(len(self)), self.times_s, keypoints)

    def _shape(self, number: int) -> Shape:
        return posed(self._poses, number, self.body_mm, self.tail_mm)

    @cached_property
    def _shifted(self) -> Array:
        return self.times_s >= self.camera_shift_s

    @cached_property
    def _cameras(self) -> tuple[Transform, Transform]:
        """From mm on the floor to the picture, before and after the shift."""
        across, down = self.camera_shift_px
        bump = Transform(np.array([[1, 0, across], [0, 1, down], [0, 0, 1]]), "px", "px")
        return self._floor.to_picture, bump.after(self._floor.to_picture)

    def _camera(self, number: int) -> Transform:
        return self._cameras[int(self._shifted[number])]

    @cached_property
    def _shifts_px(self) -> Array:
        """How far the picture of each frame has moved, with the axes of a position."""
        return self._shifted[:, None, None, None] * np.array(self.camera_shift_px)[:, None, None]

    def _brightness(self, number: int) -> float:
        """Light of the moment, 1 at the start."""
        time_s = number / self.rate
        slow = 1 - self.light_drift * (1 - cos(pi * time_s / self.duration_s)) / 2
        return slow * (1 + self.flicker * sin(2 * pi * FLICKER_HZ * time_s))


@dataclass(frozen=True)
class _Drawn:
    """Gives a recording its pixels."""

    scene: Scene

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``(y, x, 1)`` with its number."""
        for number in numbers:
            yield int(number), self.scene.image(int(number))[:, :, None]


def _within(spans: Spans, times_s: Array) -> Array:
    inside = np.zeros(len(times_s), bool)
    for start, stop in spans:
        inside |= (times_s >= start) & (times_s < stop)
    return inside
