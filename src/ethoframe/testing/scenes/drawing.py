"""How the pictures of a scene are painted, from the empty floor to the sensor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ethoframe.data import Transform
from ethoframe.data.noun import Array
from ethoframe.testing.scenes.animal import (
    TAIL_POINTS,
    Shape,
    paint_animal,
    paint_reflection,
    posed,
)
from ethoframe.testing.scenes.camera import Camera
from ethoframe.testing.scenes.droppings import TONE as DROPPING_TONE
from ethoframe.testing.scenes.droppings import Dropping, droppings
from ethoframe.testing.scenes.floor import Floor, square_corners
from ethoframe.testing.scenes.hand import SIDES, Reach, Visit, paint_hand, visits
from ethoframe.testing.scenes.light import Light
from ethoframe.testing.scenes.picture import LENS_BLUR_PX, Canvas, Sensor, Tones, covered, room
from ethoframe.testing.scenes.spans import within
from ethoframe.testing.scenes.surface import grain
from ethoframe.testing.scenes.tether import paint_tether, tether
from ethoframe.testing.scenes.walk import Poses, filmed

if TYPE_CHECKING:
    from ethoframe.testing.scenes.scene import Scene

BRIGHT = 0.85  # what the paler of floor and animal throws back
OTHER_SEED = 7919  # the second animal walks as the first one of another scene would
INFRARED = 0.06  # how much paler fur looks under the second lamp

_PIXELS = Transform(np.eye(3), "px", "px")


@dataclass(frozen=True, eq=False)
class Drawing:
    """Paints one scene.

    Parameters
    ----------
    scene
        Whose fields say what is to be seen.
    """

    scene: Scene

    @cached_property
    def floor(self) -> Floor:
        """The floor and its place in the picture."""
        scene = self.scene
        corners = scene.corners_px or square_corners(scene.size, scene.slant)
        return Floor(scene.shape, scene.side_mm, corners)

    @cached_property
    def camera(self) -> Camera:
        """What brings the floor into the picture."""
        return Camera(self.floor, self.scene.camera_shift_px, self.scene.camera_shift_s)

    @cached_property
    def away(self) -> Array:
        """Whether the animal is not in ``(t,)``."""
        return within(self.scene.hidden, self.scene.times_s)

    def shape(self, number: int) -> Shape:
        """The animal in one frame, wherever it is."""
        return self._shape(self._poses, number)

    def image(self, number: int) -> Array:
        """The picture ``(y, x)`` uint8 of one frame."""
        scene, time_s = self.scene, float(self.scene.times_s[number])
        bumped, switched = time_s >= scene.camera_shift_s, time_s >= scene.light_switch_s
        picture = self._empty(bumped, switched).copy()
        canvas = Canvas(picture, self._light.falling(switched), self.camera.view(time_s))
        self._paint_droppings(canvas, number)
        if scene.second:
            paint_animal(canvas, self._shape(self._other_poses, number), self._tones(switched))
        visit = next((v for v in self._visits if v.start_s <= time_s < v.stop_s), None)
        if not self.away[number]:
            self._paint_animal(canvas, number, time_s)
        if visit is not None:
            self._paint_visit(canvas, visit, number, time_s)
        if scene.blur_px:
            picture = cv2.GaussianBlur(picture, (0, 0), scene.blur_px)
        return self._sensor.exposed(picture, self._light.brightness(time_s), number)

    def _paint_animal(self, canvas: Canvas, number: int, time_s: float) -> None:
        scene, shape = self.scene, self.shape(number)
        tones = self._tones(time_s >= scene.light_switch_s)
        paint_reflection(canvas, shape, self.floor, tones, scene.reflection)
        paint_animal(canvas, shape, tones)
        ears = canvas.camera.apply(np.concatenate(shape.ears))
        self._paint_cable(replace(canvas, camera=_PIXELS), ears, time_s)

    def _paint_cable(self, canvas: Canvas, ears: Array, time_s: float) -> None:
        if self.scene.cable:
            px_per_mm = self.camera.px_per_mm
            line = tether(ears.mean(axis=0), time_s, self.scene.size, px_per_mm)
            paint_tether(canvas, line, px_per_mm)

    def _paint_visit(self, canvas: Canvas, visit: Visit, number: int, time_s: float) -> None:
        """The hand, and the animal in it on its way in or out."""
        scene, tones = self.scene, self._tones(time_s >= self.scene.light_switch_s)
        touches = np.searchsorted(scene.times_s, visit.touches_s).clip(max=len(scene) - 1)
        shapes = [self.shape(int(touch)) for touch in touches]
        places = canvas.camera.apply(np.array([shape.body.mean(axis=0) for shape in shapes]))
        aim = visit.aim(time_s, places)
        where = scene.size, self.camera.px_per_mm, time_s
        side = SIDES[scene.seed % len(SIDES)]
        carried = self._carried(visit, number, time_s)
        held_mm = scene.body_mm / 2 + scene.tail_mm if carried else 0.0
        reach = Reach.towards(aim, side, visit.reach(time_s), where, held_mm)
        flat = replace(canvas, camera=_PIXELS)
        if carried:
            nearest = int(np.abs(np.array(visit.touches_s) - time_s).argmin())
            shape, way = shapes[nearest], reach.tip - places[nearest]
            parts = (shape.body, *shape.ears, shape.tail, shape.tips)
            body, left, right, tail, tips = (canvas.camera.apply(part) + way for part in parts)
            paint_animal(flat, Shape(body, (left, right), tail, tips), tones)
            self._paint_cable(flat, np.concatenate([left, right]), time_s)
        paint_hand(flat, reach, tones)

    def _carried(self, visit: Visit, number: int, time_s: float) -> bool:
        """Whether the animal is in the hand: it is away, and comes or went with this visit."""
        if not self.away[number]:
            return False
        turns = {time for span in self.scene.hidden for time in span}
        brought = any(time_s < t and t in turns for t in visit.touches_s)
        taken = any(t <= time_s and t in turns for t in visit.touches_s)
        return brought or taken

    def _paint_droppings(self, canvas: Canvas, number: int) -> None:
        for dropping, outline in self._droppings:
            if dropping.number <= number:
                canvas.paint([outline], DROPPING_TONE, 1.0, LENS_BLUR_PX)

    @cached_property
    def _droppings(self) -> tuple[tuple[Dropping, Array], ...]:
        if not self.scene.droppings:
            return ()
        left = droppings(self.scene.droppings, ~self.away, self.scene.seed)
        return tuple((one, one.outline(self.shape(one.number).tips[1])) for one in left)

    @cached_property
    def _visits(self) -> tuple[Visit, ...]:
        return visits(self.scene.hand, self.scene.hidden)

    def _tones(self, switched: bool = False) -> Tones:
        scene = self.scene
        dim = BRIGHT * (1 - scene.contrast)
        if scene.polarity == "dark":
            fur = dim + INFRARED * switched * scene.contrast
            return Tones(BRIGHT, 0.62 * BRIGHT, fur, scene.ear_paleness)
        return Tones(dim, 1.6 * dim, BRIGHT, scene.ear_paleness)

    @cached_property
    def _light(self) -> Light:
        scene = self.scene
        return Light(
            scene.size, scene.light_level, scene.shading, scene.light_drift, scene.flicker,
            scene.duration_s, scene.light_switch_s, scene.light_switch_to, scene.light_off_s,
        )  # fmt: skip

    def _empty(self, bumped: bool, switched: bool) -> Array:
        """The picture without the animal ``(y, x)``, in gray levels."""
        key = bool(bumped), bool(switched)
        if key not in self._empties:
            # The light's unevenness belongs to lamp and lens, and stays where it is.
            bare = self.camera.moved(self._bare) if bumped else self._bare
            self._empties[key] = bare * self._light.falling(switched)
        return self._empties[key]

    @cached_property
    def _empties(self) -> dict[tuple[bool, bool], Array]:
        return {}

    @cached_property
    def _bare(self) -> Array:
        """What is thrown back ``(y, x)``, 0 to 1, with nobody in."""
        scene = self.scene
        bare = room(self.floor, scene.size, self._tones(), scene.clutter, scene.seed)
        if not scene.texture:
            return bare
        pattern = grain(scene.surface, scene.size, self.camera.px_per_mm, scene.seed)
        ground = covered(self.floor.to_picture.apply(self.floor.outline_mm), scene.size)
        grained: Array = bare * np.clip(1 + scene.texture * ground * pattern, 0.2, 1 / BRIGHT)
        return grained

    @cached_property
    def _sensor(self) -> Sensor:
        scene = self.scene
        return Sensor(scene.noise_level, scene.size[0] * scene.size[1], scene.seed)

    @cached_property
    def _poses(self) -> Poses:
        scene = self.scene
        return self._filmed(scene.still, scene.seed)

    @cached_property
    def _other_poses(self) -> Poses:
        return self._filmed((), self.scene.seed + OTHER_SEED)

    def _filmed(self, still: tuple[tuple[float, float], ...], seed: int) -> Poses:
        scene = self.scene
        return filmed(
            self.floor, scene.body_mm, scene.times_s, scene.duration_s,
            still=still, turns=scene.turns, seed=seed, tail_points=TAIL_POINTS,
        )  # fmt: skip

    def _shape(self, poses: Poses, number: int) -> Shape:
        return posed(poses, number, self.scene.body_mm, self.scene.tail_mm)
