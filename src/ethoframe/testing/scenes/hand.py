"""A gloved hand that reaches into a scene, sets the animal down, or takes it out."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import Literal

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.testing.scenes.picture import Canvas, Tones
from ethoframe.testing.scenes.spans import Spans

Side = Literal["left", "right", "below"]
SIDES: tuple[Side, ...] = ("below", "right", "left")  # people sit below, and beside
Where = tuple[tuple[int, int], float, float]

NEARER = 1.12  # it is held above the floor, and looks larger than things there
BESIDE_MM = 28.0  # how far outside the picture its finger tips are before and after
ELBOW_MM = 290.0  # outside the picture
ARM_MM = 900.0
_OUTWARD = {"left": (-1.0, 0.0), "right": (1.0, 0.0), "below": (0.0, 1.0)}
TREMOR_MM = 2.5
_ROUND = np.linspace(-pi / 2, pi / 2, 9)

# In mm, ahead of the finger tips (all else is behind) and aside: from, to, and half widths there.
_FINGERS = (
    ((-92.0, -31.0), (-16.0, -24.0), 10.5, 8.0),
    ((-88.0, -11.0), (0.0, -9.0), 11.0, 8.5),
    ((-88.0, 10.0), (-2.0, 6.0), 11.0, 8.5),
    ((-92.0, 30.0), (-10.0, 19.0), 10.5, 8.5),
)
_THUMB = ((-148.0, 27.0), (-58.0, 50.0), 16.0, 10.5)
_PALM = ((-146.0, 0.0), (-108.0, 0.0), 36.0, 42.0)
_CUFF = ((-196.0, 0.0), (-150.0, 0.0), 40.0, 33.0)
_SLEEVE = ((-ARM_MM, 0.0), (-212.0, 0.0), 88.0, 50.0)


@dataclass(frozen=True)
class Visit:
    """One reach into the picture.

    Parameters
    ----------
    start_s, stop_s
        Outside those times there is no hand.
    touches_s
        When it is at the animal, rising.
    """

    start_s: float
    stop_s: float
    touches_s: tuple[float, ...]

    def reach(self, time_s: float) -> float:
        """How far it is in: 0 at the border, 1 at the animal; fast at the border, slow there."""
        entered = (time_s - self.start_s) / (self.touches_s[0] - self.start_s)
        left = (self.stop_s - time_s) / (self.stop_s - self.touches_s[-1])
        return sin(pi / 2 * min(max(min(entered, left), 0.0), 1.0))

    def aim(self, time_s: float, places: Array) -> Array:
        """Where ``(2,)`` it goes for, from where the animal is at each touch ``(n, 2)``."""
        return np.array([np.interp(time_s, self.touches_s, column) for column in places.T])


def visits(hand: Spans, hidden: Spans) -> tuple[Visit, ...]:
    """The reaches of a hand.

    It touches the animal when that appears or vanishes while it is in, and else half-way through.
    """
    turns = sorted(time for span in hidden for time in span)
    made = []
    for start, stop in hand:
        touches = tuple(time for time in turns if start < time < stop)
        made.append(Visit(start, stop, touches or ((start + stop) / 2,)))
    return tuple(made)


@dataclass(frozen=True)
class Reach:
    """Where a hand is in one picture, in px.

    Parameters
    ----------
    tip
        Of the fingers ``(2,)``.
    ahead
        Unit vector ``(2,)`` along the arm towards the tip.
    px_per_mm
        Of the hand.
    """

    tip: Array
    ahead: Array
    px_per_mm: float

    @classmethod
    def towards(
        cls, place: Array, side: Side, depth: float, where: Where, held_mm: float = 0.0
    ) -> Reach:
        """Reaching for a `place` ``(2,)`` from one side of the picture.

        Parameters
        ----------
        place
            What it reaches for, in px.
        side
            Of the picture, where the person stands.
        depth
            How far it is in, 0 to 1.
        where
            Size of the picture ``(y, x)``, pixels per mm of the floor, and the time in seconds.
        held_mm
            How far what it holds may reach ahead of it: that, too, comes from outside.
        """
        (height, width), px_per_mm, time_s = where
        scale = NEARER * px_per_mm
        outward = np.array(_OUTWARD[side])
        gap = {"left": place[0], "right": width - place[0], "below": height - place[1]}[side]
        away = gap + (BESIDE_MM + held_mm) * scale
        aside = np.array([-outward[1], outward[0]])
        tremor = min(1.0, 3 * (1 - depth)) * TREMOR_MM * scale  # none where it sets something down
        sway = tremor * np.array([sin(7.1 * time_s), cos(5.3 * time_s)])
        # The arm turns about an elbow as it comes in.
        tip = place + (1 - depth) * away * (outward + 0.25 * aside) + sway
        elbow = place + (gap + ELBOW_MM * scale) * outward - 60 * scale * aside
        ahead = (tip - elbow) / np.hypot(*(tip - elbow))
        return cls(tip, ahead, scale)

    def outline(self, part: tuple) -> Array:
        """Outline ``(n, 2)`` in px of a part with round ends, from one place to another."""
        (along_a, across_a), (along_b, across_b), wide_a, wide_b = part
        a, b = np.array([along_a, across_a]), np.array([along_b, across_b])
        way = np.arctan2(*(b - a)[::-1])
        ends = (
            centre + radius * np.stack([np.cos(way + turn), np.sin(way + turn)], axis=1)
            for centre, radius, turn in ((b, wide_b, _ROUND), (a, wide_a, _ROUND + pi))
        )
        hand = np.concatenate(list(ends))
        aside = np.array([-self.ahead[1], self.ahead[0]])
        return self.tip + self.px_per_mm * hand @ np.stack([self.ahead, aside])


def paint_hand(canvas: Canvas, reach: Reach, tones: Tones) -> None:
    """The hand, its sleeve and its shadow over what is already there; `canvas` is in px."""
    scale = reach.px_per_mm
    glove, sleeve = tones.paler(0.5), tones.paler(0.68)
    everything = [reach.outline(part) for part in (_SLEEVE, _CUFF, _PALM, _THUMB, *_FINGERS)]
    shade = [outline + scale * np.array([16.0, 12.0]) for outline in everything]
    canvas.paint(shade, 0.05, 0.4, 9 * scale)
    _paint_part(canvas, reach, _SLEEVE, sleeve)
    _paint_part(canvas, reach, _CUFF, 0.94 * glove)
    # Palm, thumb and fingers are one thing; what is darker between them shows the fingers.
    canvas.paint(everything[2:], 0.8 * glove, 1.0, 1.1 * scale)
    for part in (_PALM, _THUMB, *_FINGERS):
        _paint_core(canvas, reach, part, 1.05 * glove)


def _paint_part(canvas: Canvas, reach: Reach, part: tuple, tone: float) -> None:
    """A round thing: darker towards its sides."""
    canvas.paint([reach.outline(part)], 0.78 * tone, 1.0, 1.4 * reach.px_per_mm)
    _paint_core(canvas, reach, part, tone)


def _paint_core(canvas: Canvas, reach: Reach, part: tuple, tone: float) -> None:
    start, stop, wide_a, wide_b = part
    core = reach.outline((start, stop, 0.68 * wide_a, 0.68 * wide_b))
    canvas.paint([core], tone, 0.9, 0.24 * min(wide_a, wide_b) * reach.px_per_mm)
