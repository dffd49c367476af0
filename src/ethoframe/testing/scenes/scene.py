"""A rendered video of an animal on a floor, whose truth is known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from ethoframe.data import Arena, Recording, Tracks
from ethoframe.data.noun import Array
from ethoframe.testing.scenes.drawing import BRIGHT, Drawing
from ethoframe.testing.scenes.dropped import kept
from ethoframe.testing.scenes.floor import Corners
from ethoframe.testing.scenes.floor import Shape as FloorShape
from ethoframe.testing.scenes.picture import centroid, coverage
from ethoframe.testing.scenes.spans import Spans, settled_s, within
from ethoframe.testing.scenes.surface import Surface

__all__ = ["BRIGHT", "Scene"]

KEYFRAME_EVERY = 250
QUIET_S = 2.0  # without a hand for so long, the animal is taken to be on its own


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
    hand
        Spans in which a gloved hand reaches in from the border, to the animal, and out again. If
        the animal appears or vanishes meanwhile, the hand sets it down or takes it out.
    cable
        Whether a thin dark tether leads from the animal's head out over the upper border.
    droppings
        How many the animal leaves behind, one by one.
    second
        Whether another animal, of the same looks, walks about all the time; it is not in the truth.
    surface, texture
        What the floor is made of; how much its pattern differs from its mean, as a share (one
        standard deviation), 0 for a smooth floor.
    light_level
        How bright it is at the start, beside a well exposed picture.
    light_switch_s, light_switch_to
        From that time on another lamp shines, from a corner and so bright beside the first, and
        fur looks a little paler under it.
    light_off_s
        When the light goes off but for a glimmer.
    blur_px
        How far out of focus the camera is: standard deviation of the blur.
    dropped
        Share of the frames that are missing, single ones and some in a row.

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
    hand: Spans = ()
    cable: bool = False
    droppings: int = 0
    second: bool = False
    surface: Surface = "plain"
    texture: float = 0.0
    light_level: float = 1.0
    light_switch_s: float = float("inf")
    light_switch_to: float = 0.6
    light_off_s: float = float("inf")
    blur_px: float = 0.0
    dropped: float = 0.0

    def __len__(self) -> int:
        return len(self.times_s)

    @cached_property
    def times_s(self) -> Array:
        """Seconds of every frame ``(t,)``, those that were dropped left out."""
        return kept(round(self.duration_s * self.rate), self.dropped, self.seed) / self.rate

    def image(self, number: int) -> Array:
        """The picture ``(y, x)`` uint8 of one frame; the animal is absent while hidden."""
        return self._drawing.image(number)

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
        return self._drawing.floor.arena()

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

    @property
    def trial_start_s(self) -> float:
        """The first time from which on the animal is in, with no hand, for `QUIET_S`; NaN if never.

        A film that ends sooner counts.
        """
        busy = within(self.hand, self.times_s) | self._drawing.away
        return settled_s(busy, self.times_s, QUIET_S)

    def distance_mm(self) -> float:
        """Length of the true centroid's way on the floor, from the start of the trial.

        Jumps across hidden spans do not count; what it walked while frames were dropped does.
        """
        if self.dropped:
            return replace(self, dropped=0.0).distance_mm()
        step = np.diff(self.truth_mm().at("centroid"), axis=0)
        during = self.times_s[:-1] >= self.trial_start_s
        return float(np.nansum(np.hypot(*step[during].T)))

    def seconds_in_centre(self) -> float:
        """Time the true centroid is in the middle half of each side (a quarter of the floor).

        From the start of the trial, frames that were dropped included.
        """
        if self.dropped:
            return replace(self, dropped=0.0).seconds_in_centre()
        centroid = self.truth().at("centroid") - self._shifts_px[:, :, 0, 0]
        inside = self._drawing.floor.in_centre(centroid)
        return float((inside & (self.times_s >= self.trial_start_s)).sum() / self.rate)

    @cached_property
    def _drawing(self) -> Drawing:
        return Drawing(self)

    @cached_property
    def _truth(self) -> Tracks:
        drawing, position = self._drawing, np.full((len(self), 2, 3, 1), np.nan)
        for number in np.flatnonzero(~drawing.away).tolist():
            shape = drawing.shape(number)
            view = drawing.camera.view(self.times_s[number])
            body = [view.apply(outline) for outline in (shape.body, *shape.ears)]
            position[number, :, 0, 0] = centroid(*coverage(body, self.size))
            position[number, :, 1:, 0] = view.apply(shape.tips).T
        seen = np.repeat(~drawing.away[:, None, None], 3, axis=1).astype(np.float64)
        keypoints = ("centroid", "head_end", "tail_end")
        return Tracks(position, seen, np.arange(len(self)), self.times_s, keypoints)

    @property
    def _shifts_px(self) -> Array:
        return self._drawing.camera.shifts_px(self.times_s)


@dataclass(frozen=True)
class _Drawn:
    """Gives a recording its pixels."""

    scene: Scene

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``(y, x, 1)`` with its number."""
        for number in numbers:
            yield int(number), self.scene.image(int(number))[:, :, None]
