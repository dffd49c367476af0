"""How the animal of a scene walks: goals, bouts, pauses, turns, and the wall in its way."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, cos, hypot, isnan, pi, sin

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.testing.scenes.floor import Floor
from ethoframe.testing.scenes.spans import Spans

EASE_S = 0.3  # an animal comes to rest, and sets off again, within this time
STEP_S = 1 / 60  # of the simulation: the same walk is filmed at any frame rate
STEER_PER_S = 3.0  # how fast the heading closes in on the goal
STEER_LIMIT = 3.5  # rad/s
GOAL_MM, GOAL_S = 35.0, 6.0  # a goal this near, or this old, is given up for another
ROOM_SHARE = 0.06  # of a body length, always left between the body and the wall
HALF_WIDTH_SHARE = 0.225  # of a body length
BEND_LIMIT = 0.6  # rad from rump to nose
STRIDE_MM = 60.0
TAIL_LAG_S = 0.5  # the tail's tip points where the rump pointed this long ago

# Fast turns, as (duration in s, speed in mm/s, turn in rad/s): about-face nearly on the spot, a
# loop of 234° while walking, a few steps backwards. They come in this order.
MANOEUVRES = ((0.45, 25.0, 7.5), (1.2, 110.0, 3.4), (0.7, -70.0, 0.0))


@dataclass(frozen=True, eq=False)
class Poses:
    """Where the animal is and how it is bent, in mm about the floor's middle.

    Parameters
    ----------
    middle
        Middle of the body axis ``(t, 2)`` as x, y.
    heading
        Direction of the body axis ``(t,)`` in rad, from x towards y.
    bend
        Turn of the axis from rump to nose ``(t,)`` in rad.
    tail
        Direction of the tail from its root to its tip ``(t, k)`` in rad.
    """

    middle: Array
    heading: Array
    bend: Array
    tail: Array


@dataclass(frozen=True, eq=False)
class Walk:
    """A walk in the animal's own time, which stands still while the animal does.

    Parameters
    ----------
    middle, heading, bend
        As in `Poses`, every `STEP_S`.
    """

    middle: Array
    heading: Array
    bend: Array

    def poses(self, own_s: Array, tail_points: int) -> Poses:
        """The poses at times ``(t,)`` of the animal's own clock."""
        clock = STEP_S * np.arange(len(self.heading))
        x, y, heading, bend = (
            np.interp(own_s, clock, column) for column in (*self.middle.T, self.heading, self.bend)
        )
        share = np.linspace(0, 1, tail_points)
        before = np.interp(own_s[:, None] - TAIL_LAG_S * share, clock, self.heading)
        swing = 0.5 * share * np.sin(2 * pi * 0.21 * own_s[:, None] + 2.2 * share)
        tail = pi + before - 0.5 * bend[:, None] * (1 - share) + swing
        return Poses(np.stack([x, y], axis=1), heading, bend, tail)


def explored(floor: Floor, body_mm: float, duration_s: float, turns: int, seed: int) -> Walk:
    """A random walk over the floor that seeks the walls and never leaves the floor.

    Parameters
    ----------
    floor, body_mm
        Where it walks, and how long it is from rump to nose.
    duration_s
        Of the animal's own time.
    turns
        How many fast turns, loops and backward steps, one after the other, evenly spread.
    seed
        The same seed, the same walk.
    """
    rng = np.random.default_rng((seed, 1))
    count = int(np.ceil(duration_s / STEP_S)) + 2
    speed, turn = _intended(count, turns, rng)
    walker = _Walker(floor, body_mm, rng)
    wobble = _wandering(count, rng)
    trail = np.array(
        [walker.step(*wish) for wish in zip(speed.tolist(), turn.tolist(), wobble, strict=True)]
    )
    x, y, heading, rate, pace = trail.T
    return Walk(np.stack([x, y], axis=1), heading, _bend(rate, pace))


def filmed(
    floor: Floor,
    body_mm: float,
    times_s: Array,
    duration_s: float,
    *,
    still: Spans,
    turns: int,
    seed: int,
    tail_points: int,
) -> Poses:
    """Poses at the times ``(t,)`` of a film; the animal's own clock rests in the spans `still`."""
    tick = STEP_S / 4
    clock = np.arange(0, duration_s + STEP_S, tick)
    # The own clock stops a tick before the start, so as to rest all through the span.
    gap = [np.maximum(start - tick - clock, clock - stop) for start, stop in still]
    pace = np.clip(np.min([np.full(len(clock), EASE_S), *gap], axis=0) / EASE_S, 0, 1)
    own = np.concatenate([[0], np.cumsum(pace[:-1] * tick)])
    walk = explored(floor, body_mm, float(own[-1]), turns, seed)
    return walk.poses(np.interp(times_s, clock, own), tail_points)


def _intended(count: int, turns: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Speed in mm/s, and turn in rad/s or NaN where a goal is steered for, ``(count,)``."""
    speed = np.concatenate(_bouts(count, rng))[:count]
    turn = np.full(count, np.nan)
    for index in range(turns):
        lasting_s, pace, rate = MANOEUVRES[index % len(MANOEUVRES)]
        start = int((index + 0.5) / turns * count)
        during = slice(start, start + round(lasting_s / STEP_S))
        speed[during], turn[during] = pace, rate * rng.choice([-1, 1])
    return speed, turn


def _bouts(count: int, rng: np.random.Generator) -> list[Array]:
    """Bouts of walking with pauses and a dash now and then, at least `count` steps of speeds."""
    bouts: list[Array] = []
    while sum(map(len, bouts)) < count:
        kind = rng.random()
        if kind < 0.3:
            lasting_s, pace = rng.uniform(0.4, 2.0), 0.0
        elif kind < 0.36:
            lasting_s, pace = rng.uniform(0.5, 0.9), rng.uniform(240, 400)
        else:
            lasting_s, pace = rng.uniform(1.0, 4.0), min(85 * rng.lognormal(0, 0.45), 250)
        bouts.append(np.full(round(lasting_s / STEP_S), pace))
    return bouts


def _wandering(count: int, rng: np.random.Generator) -> list[float]:
    """An Ornstein–Uhlenbeck turning rate in rad/s: no animal walks a straight line."""
    keep = np.exp(-STEP_S / 0.6)
    kicks = rng.normal(0, 0.7 * np.sqrt(1 - keep**2), count).tolist()
    rate = 0.0
    return [rate := keep * rate + kick for kick in kicks]


def _bend(rate: Array, pace: Array) -> Array:
    """The body bends into its turns and sways with its stride."""
    stride = 2 * pi * np.cumsum(np.abs(pace)) * STEP_S / STRIDE_MM
    slow = 2 * pi * 0.3 * STEP_S * np.arange(len(rate))
    bend = 0.15 * rate + 0.05 * np.sin(stride) + 0.08 * np.sin(slow)
    return np.clip(bend, -BEND_LIMIT, BEND_LIMIT)


class _Walker:
    """Plain numbers stepped in a loop; arrays of one element would take ten times as long."""

    def __init__(self, floor: Floor, body_mm: float, rng: np.random.Generator) -> None:
        self.floor, self.rng = floor, rng
        self.inset = (HALF_WIDTH_SHARE + ROOM_SHARE) * body_mm
        # The body's ends, seen as discs of this inset, must keep on the floor.
        self.end = (0.5 + ROOM_SHARE) * body_mm - self.inset
        self.x, self.y = self._somewhere()
        self.heading = float(rng.uniform(-pi, pi))
        self.rate = self.speed = 0.0
        self.way_round = float(rng.choice([-1, 1]))
        self.goal, self.age_s = self._somewhere(), 0.0

    def step(self, wanted_speed: float, wanted_turn: float, wobble: float) -> tuple[float, ...]:
        """One `STEP_S` further: x, y, heading, turning rate, speed."""
        if isnan(wanted_turn):
            off = self._off_goal()
            wanted_speed *= 1 - 0.6 * min(1.0, abs(off) / 1.5)  # slower through a turn
            wanted_turn = self._steered(off, wobble)
        else:
            self.goal, self.age_s = self._ahead(), 0.0
        self.rate += (wanted_turn - self.rate) * STEP_S / 0.07
        self.speed += (wanted_speed - self.speed) * STEP_S / 0.18
        self.heading += self.rate * STEP_S
        self.x += self.speed * cos(self.heading) * STEP_S
        self.y += self.speed * sin(self.heading) * STEP_S
        self._keep_on_floor()
        return self.x, self.y, self.heading, self.rate, self.speed

    def _off_goal(self) -> float:
        """Angle in rad from the heading to the goal; one reached, or old, gives way to another."""
        self.age_s += STEP_S
        dx, dy = self.goal[0] - self.x, self.goal[1] - self.y
        if hypot(dx, dy) < GOAL_MM or self.age_s > GOAL_S:
            self.goal, self.age_s = self._next_goal(), 0.0
        return (atan2(dy, dx) - self.heading + pi) % (2 * pi) - pi

    def _steered(self, off: float, wobble: float) -> float:
        steer = min(max(STEER_PER_S * off, -STEER_LIMIT), STEER_LIMIT)
        # An animal at rest does not spin towards where it will go next.
        return (steer + wobble) * min(1.0, abs(self.speed) / 40)

    def _next_goal(self) -> tuple[float, float]:
        """Mostly the next stretch along the wall, now and then anywhere."""
        if self.rng.random() < 0.25:
            return self._somewhere()
        if self.rng.random() < 0.15:
            self.way_round = -self.way_round
        angle = atan2(self.y, self.x) + self.way_round * self.rng.uniform(0.35, 1.0)
        beyond = 0.75 * self.floor.side_mm
        return self.floor.nearest(beyond * cos(angle), beyond * sin(angle), self.inset)

    def _somewhere(self) -> tuple[float, float]:
        half = self.floor.side_mm / 2
        x, y = self.rng.uniform(-half, half, 2).tolist()
        return self.floor.nearest(x, y, self.inset)

    def _ahead(self) -> tuple[float, float]:
        """After a turn the animal goes on the way it then looks."""
        x, y = self.x + 120 * cos(self.heading), self.y + 120 * sin(self.heading)
        return self.floor.nearest(x, y, self.inset)

    def _keep_on_floor(self) -> None:
        """Push the body off the wall, until both of its ends are clear of it."""
        for _ in range(3):
            for end in (self.end, -self.end):
                x, y = self.x + end * cos(self.heading), self.y + end * sin(self.heading)
                clear_x, clear_y = self.floor.nearest(x, y, self.inset)
                self.x += clear_x - x
                self.y += clear_y - y
