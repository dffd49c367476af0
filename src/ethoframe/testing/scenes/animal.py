"""The shape of the animal of a scene: body, ears and tail as outlines on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.testing.scenes.floor import Floor
from ethoframe.testing.scenes.picture import LENS_BLUR_PX, Canvas, Tones
from ethoframe.testing.scenes.walk import Poses

SPINE_POINTS = 41
TAIL_POINTS = 17

# Half width of a mouse seen from above, from rump (0) to nose (1), in body lengths.
_ALONG = (0.0, 0.03, 0.10, 0.22, 0.36, 0.52, 0.64, 0.74, 0.82, 0.90, 0.96, 1.0)
_HALF_WIDTH = (0.0, 0.075, 0.145, 0.205, 0.224, 0.212, 0.182, 0.146, 0.134, 0.102, 0.060, 0.0)
_SPINE = np.linspace(0, 1, SPINE_POINTS)
# The squares are interpolated: they fall to nothing linearly at both ends, so that rump and nose
# come out round and not as wedges.
_WIDTHS = np.sqrt(np.interp(_SPINE, _ALONG, np.square(_HALF_WIDTH)))
_TAIL_WIDTHS = np.linspace(0.030, 0.012, TAIL_POINTS)
_EAR_ROOT = 32  # which point of the spine
_ROUND = 2 * np.pi * np.arange(16) / 16
# An ear about its root, in body lengths: aside and ahead.
_EAR = np.stack([0.125 + 0.056 * np.cos(_ROUND), 0.042 * np.sin(_ROUND)], axis=1)


@dataclass(frozen=True, eq=False)
class Shape:
    """One pose as outlines ``(n, 2)`` in mm about the floor's middle.

    Parameters
    ----------
    body
        From the rump round to the nose and back, without ears and tail.
    ears
        Left and right.
    tail
        From root to tip and back; empty for an animal without one.
    tips
        Nose and rump ``(2, 2)``: the ends of the body axis.
    """

    body: Array
    ears: tuple[Array, Array]
    tail: Array
    tips: Array


def posed(poses: Poses, index: int, body_mm: float, tail_mm: float) -> Shape:
    """The shape of the animal in the pose at `index`."""
    angle = poses.heading[index] + poses.bend[index] * (_SPINE - 0.5)
    ahead = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    spine = np.concatenate([np.zeros((1, 2)), (ahead[1:] + ahead[:-1]).cumsum(axis=0) / 2])
    spine = spine * body_mm / (SPINE_POINTS - 1)
    spine += poses.middle[index] - spine.mean(axis=0)
    root, forward = spine[_EAR_ROOT], ahead[_EAR_ROOT]
    aside = np.array([-forward[1], forward[0]])
    left, right = (root + body_mm * _EAR @ [side, forward] for side in (-aside, aside))
    tail = _tail(spine[0], ahead[0], poses.tail[index], body_mm, tail_mm)
    return Shape(_ribbon(spine, ahead, body_mm * _WIDTHS), (left, right), tail, spine[[-1, 0]])


def paint_animal(canvas: Canvas, shape: Shape, tones: Tones) -> None:
    """The animal over what is already there."""
    if len(shape.tail):
        canvas.paint([shape.tail], tones.paler(0.5), blur_px=LENS_BLUR_PX)
    canvas.paint([shape.body], tones.animal, blur_px=LENS_BLUR_PX)
    canvas.paint(shape.ears, tones.paler(tones.ear_paleness), blur_px=LENS_BLUR_PX)


def paint_reflection(
    canvas: Canvas, shape: Shape, floor: Floor, tones: Tones, strength: float
) -> None:
    """A soft shadow beside the animal, and its mirror image behind the nearest wall."""
    if not strength:
        return
    blur_px = 0.006 * min(canvas.light.shape)
    length_mm = float(np.hypot(*(shape.tips[0] - shape.tips[1])))
    beside = length_mm * np.array([0.12, 0.09])
    shadow = [part + beside for part in (shape.body, shape.tail) if len(part)]
    canvas.paint(shadow, tones.animal, 0.5 * strength, blur_px)
    foot, outward = floor.wall(shape.body.mean(axis=0))
    gap = (foot - shape.body) @ outward
    near = max(0.0, 1 - float(gap.min()) / length_mm)
    mirrored = shape.body + 2 * gap[:, None] * outward
    canvas.paint([mirrored], tones.animal, 0.7 * near * strength, blur_px)


def _ribbon(line: Array, ahead: Array, half_width: Array) -> Array:
    """The outline ``(2 n, 2)`` of a ribbon along a line ``(n, 2)``."""
    aside = half_width[:, None] * np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    return np.concatenate([line + aside, (line - aside)[::-1]])


def _tail(rump: Array, ahead: Array, angle: Array, body_mm: float, tail_mm: float) -> Array:
    if tail_mm <= 0:
        return np.zeros((0, 2))
    along = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    root = rump + 0.03 * body_mm * ahead
    line = root + tail_mm / (TAIL_POINTS - 1) * (along.cumsum(axis=0) - along[0])
    return _ribbon(line, along, body_mm * _TAIL_WIDTHS)
