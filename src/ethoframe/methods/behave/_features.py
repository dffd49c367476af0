"""What of bodies tells what they do: numbers of each moment that no camera changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data import Skeleton, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._posture import Bodies, turned

KINDS = ("mean", "spread", "least", "most")
"""What is told of the numbers in a window."""

ODD = (" aside", " turn")
"""How the names of numbers end that change their sign in a mirror."""

NEAR, AROUND, WENT = 0.5, 1.0, 0.3
"""Half of what is told of a distance, a place around the body, and a way, is told below that many
lengths of the body: twice as near says more than twice as far."""

GROUPS = (
    ("where parts of its body are", ("length", " ahead", " aside")),
    ("how it moves and turns", (" way", "going ahead", "going aside", "body turn")),
    ("how far it is from the other", ("front to ", "middles apart", "back to ", "nearest parts")),
    ("where the other is around it", ("other's front ", "other's back ", "other's middle ")),
    ("how both are turned to each other", ("facing", "faced", "alike")),
    ("how the other moves and turns", ("other's way", "other's turn")),
    ("how both approach", ("approach",)),
)
"""What numbers are about, and what in their names tells so; the last that fits."""


@dataclass
class Table:
    """Columns of numbers by name.

    Parameters
    ----------
    count
        How many moments there are.
    """

    count: int
    names: list[str] = field(default_factory=list)
    columns: list[Array] = field(default_factory=list)

    def add(self, name: str, column: Array) -> None:
        """One more column ``(time,)``."""
        self.names.append(name)
        self.columns.append(column)

    @property
    def rows(self) -> Array:
        """All of it ``(time, number)``."""
        return np.stack(self.columns, axis=1) if self.columns else np.zeros((self.count, 0))


@dataclass(frozen=True)
class View:
    """What of tracks is looked at.

    Parameters
    ----------
    keypoints
        By role or name, the ends of the body axis first.
    pair
        Whether the nearest other individual counts.
    step_s
        Of the even clock.
    """

    keypoints: tuple[str, ...]
    pair: bool
    step_s: float

    def half(self, span_s: float) -> int:
        """Steps of the clock on either side of a moment that make up a span."""
        return max(1, round(span_s / 2 / self.step_s))

    def bodies(self, tracks: Tracks) -> Bodies:
        """Everybody on the even clock."""
        return Bodies.of(tracks, self.keypoints, self.step_s)

    def axes(self, names: Sequence[str]) -> list[int]:
        """Which numbers are known where the body axis is, and of pairs that of the other."""
        wanted = ["length", *(["middles apart"] if self.pair else [])]
        return [names.index(name) for name in wanted]


def moments(bodies: Bodies, who: int, keypoints: Sequence[str], ahead: int, pair: bool) -> Table:
    """What is told of each moment of one individual, and of the nearest other one.

    Lengths are in lengths of its own body, ways are those within a span: so nothing has a unit.
    Those that have no bound are drawn in (`drawn_in`), so that what is far away, or leaps, does not
    outweigh what is near.

    Parameters
    ----------
    bodies
        All of them.
    who
        Which one.
    keypoints
        Names of the keypoints.
    ahead
        Steps of the clock on either side of a moment between which ways are told.
    pair
        Whether the other one is told of.
    """
    table = Table(len(bodies.times_s))
    _own(table, bodies, who, keypoints, ahead)
    if pair:
        _other(table, bodies, who, ahead)
    return table


def _own(table: Table, bodies: Bodies, who: int, keypoints: Sequence[str], ahead: int) -> None:
    """Where its keypoints are as seen from the middle of its body, and how it moves."""
    middle, axis = bodies.middle[..., who], bodies.axis[..., who]
    length = bodies.length[who]
    ends = bodies.front, bodies.back
    front = bodies.places[:, :, bodies.front, who]
    table.add("length", np.hypot(*(front - middle).T) * 2 / length)
    for index, name in enumerate(keypoints):
        if index not in ends:
            seen = _seen(bodies.places[:, :, index, who] - middle, axis) / length
            table.add(f"{name} ahead", seen[:, 0])
            table.add(f"{name} aside", seen[:, 1])
    went = _seen(_way(middle, ahead), axis) / length
    table.add("going ahead", drawn_in(went[:, 0], WENT))
    table.add("going aside", drawn_in(went[:, 1], WENT))
    table.add("body turn", turned(_way(np.arctan2(axis[:, 1], axis[:, 0]), ahead)))
    for index, name in enumerate(keypoints):
        way = _way(bodies.places[:, :, index, who], ahead)
        table.add(f"{name} way", drawn_in(np.hypot(*way.T) / length, WENT))


def _other(table: Table, bodies: Bodies, who: int, ahead: int) -> None:
    """Where the nearest other individual is, how it is turned, and how both move."""
    near = nearest(bodies.middle, who)
    length, own = bodies.length[who], bodies.places[..., who]
    middle, axis = bodies.middle[..., who], bodies.axis[..., who]
    others = _picked(bodies.places, near)
    other_middle, other_axis = _picked(bodies.middle, near), _picked(bodies.axis, near)
    ends = {"front": bodies.front, "back": bodies.back}
    theirs = {name: others[:, :, index] for name, index in ends.items()}
    theirs["middle"] = other_middle
    for name, place in theirs.items():
        seen = _seen(place - middle, axis) / length
        table.add(f"other's {name} ahead", drawn_in(seen[:, 0], AROUND))
        table.add(f"other's {name} aside", drawn_in(seen[:, 1], AROUND))
    front = own[:, :, bodies.front]
    for name, place in theirs.items():
        table.add(f"front to other's {name}", drawn_in(_far(front, place) / length, NEAR))
    table.add("middles apart", drawn_in(_far(middle, other_middle) / length, NEAR))
    behind = _far(own[:, :, bodies.back], theirs["front"]) / length
    table.add("back to other's front", drawn_in(behind, NEAR))
    far = np.hypot(*np.moveaxis(own[:, :, :, None] - others[:, :, None], 1, 0)) / length
    apart = drawn_in(far, NEAR)
    table.add("front to other's nearest", _least(apart[:, bodies.front]))
    table.add("nearest parts", _least(apart.reshape(len(apart), -1)))
    table.add("facing", _along(axis, other_middle - front))
    table.add("faced", _along(other_axis, middle - theirs["front"]))
    table.add("alike", (axis * other_axis).sum(axis=1))
    going = _picked(_way(bodies.middle, ahead), near)
    table.add("other's way", drawn_in(np.hypot(*going.T) / length, WENT))
    other_turn = turned(_way(np.arctan2(bodies.axis[:, 1], bodies.axis[:, 0]), ahead))
    table.add("other's turn", _picked(other_turn, near))
    towards = other_middle - middle
    closing = _part(_way(middle, ahead), towards) / length, _part(going, -towards) / length
    table.add("approach", drawn_in(closing[0], WENT))
    table.add("other's approach", drawn_in(closing[1], WENT))


def drawn_in(length: Array, half: float) -> Array:
    """Lengths, or parts of them with a sign, from -1 to 1: half of that at `half`.

    Examples
    --------
    >>> drawn_in(np.array([0.0, 0.5, -0.5, 1e9]), 0.5).round(3).tolist()
    [0.0, 0.5, -0.5, 1.0]
    """
    drawn: Array = length / (np.abs(length) + half)
    return drawn


def groups(names: Sequence[str], windows: int) -> dict[str, Array]:
    """Columns of `windowed` by what they are about.

    Parameters
    ----------
    names
        Of the numbers of a moment.
    windows
        How many there are.

    Examples
    --------
    >>> told = groups(["length", "nose way", "approach"], 1)
    >>> {name: columns.tolist() for name, columns in told.items()}["how both approach"]
    [2, 5, 8, 11, 14]
    """
    about = [
        next(group for group, words in reversed(GROUPS) if any(word in name for word in words))
        for name in names
    ]
    every = np.arange(len(names) * (1 + windows * len(KINDS)))
    of = np.array(about * (1 + windows * len(KINDS)))
    return {name: every[of == name] for name in dict.fromkeys(about)}


def mirrored(names: Sequence[str], keypoints: Sequence[str]) -> tuple[Array, Array]:
    """Of each number in a mirror which other one it becomes, and its sign.

    Examples
    --------
    >>> mirrored(["left_ear aside", "right_ear aside", "length"], ["left_ear", "right_ear"])
    (array([1, 0, 2]), array([-1., -1.,  1.]))
    """
    swap = {a: b for pair in Skeleton.of(keypoints).mirrored for a, b in (pair, pair[::-1])}
    places = {name: at for at, name in enumerate(names)}
    becomes = []
    for name in names:
        first, _, rest = name.partition(" ")
        becomes.append(places[f"{swap.get(first, first)} {rest}" if rest else name])
    signs = np.array([-1.0 if name.endswith(ODD) else 1.0 for name in names])
    return np.array(becomes, np.int64), signs


def windowed(rows: Array, halves: Sequence[int]) -> Array:
    """Numbers of moments, and what windows around each say of them ``(time, number × (1 + 4 w))``.

    Windows are shorter at the ends; what is not known is left out of them, and where nothing is
    known neither are they.

    Parameters
    ----------
    rows
        ``(time, number)``.
    halves
        Moments on either side, of each window.
    """
    parts = [rows]
    for half in halves:
        parts += [_mean(rows, half), _spread(rows, half), _extreme(rows, half, -1.0)]
        parts.append(_extreme(rows, half, 1.0))
    return np.concatenate(parts, axis=1)


def window_names(names: Sequence[str], spans_s: Sequence[float]) -> list[str]:
    """What the columns of `windowed` are called."""
    told = [f"{name}, {kind} of {span:g} s" for span in spans_s for kind in KINDS for name in names]
    return [*names, *told]


def nearest(middle: Array, who: int) -> Array:
    """The individual whose body is nearest to that of `who` ``(time,)``; -1 where none is known."""
    away = middle - middle[..., who : who + 1]
    apart = np.where(np.isfinite(away).all(axis=1), np.hypot(away[:, 0], away[:, 1]), np.inf)
    apart[:, who] = np.inf
    found: Array = apart.argmin(axis=1)
    return np.where(np.isfinite(apart.min(axis=1)), found, -1)


def _picked(held: Array, which: Array) -> Array:
    """Of the last axis, the individuals, one for each moment; NaN where that is -1."""
    shape = (len(which), *[1] * (held.ndim - 1))
    chosen = np.take_along_axis(held, np.maximum(which, 0).reshape(shape), axis=-1)[..., 0]
    return np.where((which >= 0).reshape(shape[:-1]), chosen, np.nan)


def _seen(away: Array, axis: Array) -> Array:
    """Vectors ``(time, 2)`` as seen by a body: ahead, and to its side."""
    ahead = (away * axis).sum(axis=1)
    aside = axis[:, 0] * away[:, 1] - axis[:, 1] * away[:, 0]
    return np.stack([ahead, aside], axis=1)


def _way(places: Array, ahead: int) -> Array:
    """From `ahead` steps before each moment to as many after it; NaN near the ends."""
    way = np.full_like(places, np.nan)
    if len(places) > 2 * ahead:
        way[ahead : len(places) - ahead] = places[2 * ahead :] - places[: len(places) - 2 * ahead]
    return way


def _far(a: Array, b: Array) -> Array:
    far: Array = np.hypot(*(a - b).T)
    return far


def _along(axis: Array, away: Array) -> Array:
    """Cosine of the angle between a direction and a vector ``(time, 2)``."""
    return _part(axis, away)


def _part(of: Array, away: Array) -> Array:
    """How much of a vector ``(time, 2)`` is along another."""
    far = np.hypot(*away.T)
    along = (of * away).sum(axis=1)
    part: Array = np.divide(along, far, out=np.full(len(along), np.nan), where=far > 0)
    return part


def _least(rows: Array) -> Array:
    """The least known number of each row; NaN where none is."""
    low = np.where(np.isnan(rows), np.inf, rows).min(axis=1, initial=np.inf)
    return np.where(np.isfinite(low), low, np.nan)


def _sums(rows: Array, half: int) -> Array:
    """Sums over windows of `half` moments on either side."""
    count = len(rows)
    run = np.concatenate([np.zeros((1, rows.shape[1])), np.cumsum(rows, axis=0)])
    index = np.arange(count)
    told: Array = run[np.minimum(index + half + 1, count)] - run[np.maximum(index - half, 0)]
    return told


def _mean(rows: Array, half: int) -> Array:
    known = np.isfinite(rows)
    count = _sums(known.astype(np.float64), half)
    sums = _sums(np.where(known, rows, 0.0), half)
    mean: Array = np.divide(sums, count, out=np.full_like(sums, np.nan), where=count > 0)
    return mean


def _spread(rows: Array, half: int) -> Array:
    """Standard deviation within windows."""
    centre = np.array([np.median(c[np.isfinite(c)]) if np.isfinite(c).any() else 0 for c in rows.T])
    off = rows - centre  # small numbers, so that their squares do not cancel
    variance = _mean(off**2, half) - _mean(off, half) ** 2
    spread: Array = np.sqrt(np.maximum(variance, 0.0))
    return spread


def _extreme(rows: Array, half: int, sign: float) -> Array:
    """The greatest number of windows, or with -1 the least."""
    from scipy.ndimage import maximum_filter1d

    if not rows.size:
        return rows.copy()
    held = np.where(np.isfinite(rows), sign * rows, -np.inf)
    most = maximum_filter1d(held, 2 * half + 1, axis=0, mode="constant", cval=-np.inf)
    return np.where(np.isfinite(most), sign * most, np.nan)
