"""How near, who looks at whom, who follows and who approaches, of each pair of animals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measure, Measures, Noun, Refusal, Tracks, Transform
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without
from ethoframe.methods.measure._social import (
    PARTS,
    Animal,
    State,
    angle_deg,
    far,
    towards,
    within,
)


@dataclass(frozen=True)
class Social(WholeMethod):
    """Distances, contact, nearness, facing, following and approaches, for each ordered pair.

    A row tells in *individual* who does it, and in *quantity* to whom. For the whole session, for
    bins of *bin_s* and for each event. Lengths are in mm where there is a scale, and else in body
    lengths: the mean of those of all individuals.

    *Contact* of the nose with nose, body centre or tail base of the other is from where both are
    nearer than *touch_mm* until they are further apart than by *margin_mm* more. *Near* are two
    whose body centres are nearer than *near_mm*, with the same margin. *Facing* is while the body
    centre of the other lies within *facing_deg* of the direction from the own body centre to the
    own nose, seen from the nose. *Following*: both body centres are faster than *moving_mm_per_s*,
    in directions within *follow_deg* of each other, and the own nose is within *follow_mm* of the
    tail base of the other, which lies within *follow_deg* of the own direction of movement. Pauses
    shorter than *bridged_s* do not count; following lasts at least *least_s*.

    Each time two come near, the one whose own movement closed more of the distance over the
    *approach_s* before *approaches*; and when they part, the one whose movement opens more of it
    over as long after *leaves*. Of two that did as much, neither does.

    Speeds are over *window_s*. Frames in which one of the keypoints that are asked was not seen
    count for nothing; where none was, nothing is known (NaN).

    References
    ----------
    Contact by parts, following within two body lengths in directions within 45°, and approach by
    the one that is faster: de Chaumont et al., Nature Biomedical Engineering 3 (2019), 930-942; de
    Chaumont et al., Nature Methods 9 (2012), 410-417. Thresholds of distance, speed and time are
    ethoframe's own.
    """

    touch_mm: float = parameter(20.0, unit="mm", says="in contact below this", low=0.0)
    touch_bl: float = parameter(0.25, unit="bl", says="the same without a scale", low=0.0)
    near_mm: float = parameter(
        100.0, unit="mm", says="body centres that are nearer are near", low=0.0
    )
    near_bl: float = parameter(1.2, unit="bl", says="the same without a scale", low=0.0)
    margin_mm: float = parameter(
        5.0, unit="mm", says="contact and nearness end further apart by so much", low=0.0
    )
    margin_bl: float = parameter(0.06, unit="bl", says="the same without a scale", low=0.0)
    facing_deg: float = parameter(
        45.0, unit="deg", says="the other is faced within this", low=0.0, high=180.0
    )
    follow_mm: float = parameter(
        80.0, unit="mm", says="the nose is so near to the tail base that it follows", low=0.0
    )
    follow_bl: float = parameter(1.0, unit="bl", says="the same without a scale", low=0.0)
    follow_deg: float = parameter(
        45.0, unit="deg", says="who follows moves in the same direction within this",
        low=0.0, high=180.0,
    )  # fmt: skip
    moving_mm_per_s: float = parameter(
        50.0, unit="mm/s", says="while following, both are faster", low=0.0
    )
    moving_bl_per_s: float = parameter(0.6, unit="bl/s", says="the same without a scale", low=0.0)
    least_s: float = parameter(0.5, unit="s", says="following lasts at least so long", low=0.0)
    bridged_s: float = parameter(
        0.2, unit="s", says="a shorter pause does not end contact, facing or following", low=0.0
    )
    approach_s: float = parameter(
        0.5, unit="s", says="who approaches or leaves is told over so long", low=0.001
    )
    window_s: float = parameter(0.2, unit="s", says="speeds are over so long", low=0.001)
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses one individual, and keypoints without nose, body and tail base."""
        tracks = specs["tracks"]
        refuse_without(self.name(), tracks.names, *PARTS)
        if len(tracks.shape) > 3 and (tracks.shape[3] or 0) < 2:
            reason = "the tracks are of one individual"
            raise Refusal(self.name(), reason, "give tracks of two or more in one file")
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """The rows of each ordered pair, in the order of names in the tracks."""
        tracks = _in_lengths(self.name(), inputs["tracks"])
        times = stretches(tracks.times_s, self.bin_s, inputs.get("events"))
        animals = [Animal.of(tracks, name, self.window_s) for name in tracks.individuals]
        order = {animal.name: place for place, animal in enumerate(animals)}
        rows: list[Measure] = []
        for one, other in permutations(animals, 2):
            first = order[one.name] < order[other.name]
            told = self._pair(tracks, one, other, times, first=first)
            rows += Measures(tuple(told)).of(individual=one.name).rows
        return Measures(tuple(rows))

    def _pair(
        self, tracks: Tracks, one: Animal, other: Animal, times: list[Stretch], *, first: bool
    ) -> list[Measure]:
        """What one does to another; what is the same for both is told once."""
        spaces = self._distances(tracks, one, other, first=first)
        states = self._states(tracks, one, other, first=first)
        near = self._near(tracks, one, other)
        came, left = self._comings(near, one, other)
        rows: list[Measure] = []
        for stretch in times:
            inside = stretch.holds(tracks.times_s)
            for name, (distance, words) in spaces.items():
                value = _mean(distance[inside], tracks.frame_s[inside])
                rows.append(
                    stretch.tell(quantity=name, value=value, unit=tracks.unit, definition=words)
                )
            for name, (state, words) in states.items():
                rows += _time_and_bouts(name, state, stretch, words)
            if first:
                words = self._near_words(tracks.unit)
                rows += _time_and_bouts(f"near {other.name}", near, stretch, words)
            rows += self._approaches(other.name, near, (came, left), stretch, tracks.unit)
        return rows

    def _distances(
        self, tracks: Tracks, one: Animal, other: Animal, *, first: bool
    ) -> dict[str, tuple[Array, str]]:
        """Of places, frame by frame, with definitions."""
        pairs = {f"nose to body of {other.name}": (one.nose, other.body)}
        pairs[f"nose to tail base of {other.name}"] = (one.nose, other.tail)
        if first:
            pairs[f"nose to nose of {other.name}"] = (one.nose, other.nose)
            pairs[f"body to body of {other.name}"] = (one.body, other.body)
        return {
            f"distance {name}": (
                far(a, b),
                f"mean over time of the distance {name}, {_which(tracks)}",
            )
            for name, (a, b) in pairs.items()
        }

    def _states(
        self, tracks: Tracks, one: Animal, other: Animal, *, first: bool
    ) -> dict[str, tuple[State, str]]:
        """Contact, facing and following, with definitions."""
        touch, margin = self._mine("touch", tracks.unit), self._mine("margin", tracks.unit)
        goals = {"body": other.body, "tail base": other.tail}
        goals = {"nose": other.nose, **goals} if first else goals
        found = {}
        for name, goal in goals.items():
            distance = far(one.nose, goal)
            state = self._state(tracks, within(distance, touch, touch + margin), distance)
            words = (
                f"nose nearer than {touch:g} {tracks.unit} to the {name}, until further than "
                f"{touch + margin:g}, {_which(tracks)}; {self._pauses()}"
            )
            found[f"contact nose to {name} of {other.name}"] = state, words
        off = angle_deg(one.nose - one.body, other.body - one.nose)
        facing = (
            f"body centre of the other within {self.facing_deg:g}° of the direction from body "
            f"centre to nose, {_which(tracks)}; {self._pauses()}"
        )
        state = self._state(tracks, off <= self.facing_deg, off)
        found[f"facing {other.name}"] = state, facing
        found[f"following {other.name}"] = self._following(tracks, one, other)
        return found

    def _following(self, tracks: Tracks, one: Animal, other: Animal) -> tuple[State, str]:
        unit = tracks.unit
        close, moving = self._mine("follow", unit), getattr(self, f"moving_{unit}_per_s")
        behind = far(one.nose, other.tail)
        alike = angle_deg(one.velocity, other.velocity)
        ahead = angle_deg(one.velocity, other.tail - one.body)
        holds = (one.speed > moving) & (other.speed > moving) & (behind < close)
        holds &= (np.nan_to_num(alike, nan=180.0) <= self.follow_deg) & (
            np.nan_to_num(ahead, nan=180.0) <= self.follow_deg
        )
        known = one.speed + other.speed + behind
        words = (
            f"both faster than {moving:g} {unit}/s over {self.window_s:g} s in directions within "
            f"{self.follow_deg:g}°, nose within {close:g} {unit} of the tail base of the other, "
            f"which is ahead within {self.follow_deg:g}°, for at least {self.least_s:g} s, "
            f"{_which(tracks)}; {self._pauses()}"
        )
        known_at = np.isfinite(known)
        return State.of(tracks, holds, known_at, self.bridged_s, self.least_s), words

    def _near(self, tracks: Tracks, one: Animal, other: Animal) -> State:
        distance = far(one.body, other.body)
        near, margin = self._mine("near", tracks.unit), self._mine("margin", tracks.unit)
        return self._state(tracks, within(distance, near, near + margin), distance)

    def _comings(self, near: State, one: Animal, other: Animal) -> tuple[Array, Array]:
        """Whether one came to, and left, the other: of each span in which they were near."""
        own, theirs = towards(one, other), towards(other, one)

        def more(start_s: float, stop_s: float, sign: float) -> bool:
            inside = (near.times_s >= start_s) & (near.times_s < stop_s)
            both = inside & np.isfinite(own) & np.isfinite(theirs)
            weight = near.frame_s[both]
            mine = float((sign * own[both] * weight).sum())
            return mine > max(0.0, float((sign * theirs[both] * weight).sum()))

        first = near.times_s[0] if len(near.times_s) else 0.0
        last = near.times_s[-1] + near.frame_s[-1] if len(near.times_s) else 0.0
        # Nobody saw how those came together who were near from the beginning.
        came = [s > first and more(s - self.approach_s, s, 1.0) for s, _ in near.spans]
        left = [e < last and more(e, e + self.approach_s, -1.0) for _, e in near.spans]
        return np.array(came, bool), np.array(left, bool)

    def _approaches(
        self,
        whom: str,
        near: State,
        comings: tuple[Array, Array],
        stretch: Stretch,
        unit: str,
    ) -> list[Measure]:
        came, left = comings
        looked = near.looked(stretch)
        told = (
            ("approaches to", near.spans[came, 0], "closed more of the distance", "before"),
            ("leaves of", near.spans[left, 1], "opened more of the distance", "after"),
        )
        return [
            stretch.tell(
                quantity=f"{name} {whom}",
                value=float(stretch.holds(when).sum()) if looked else np.nan,
                unit="bouts",
                definition=(
                    f"its own movement {does} over {self.approach_s:g} s {side} the moment: "
                    f"{self._near_words(unit)}"
                ),
            )
            for name, when, does, side in told
        ]

    def _near_words(self, unit: str) -> str:
        near, margin = self._mine("near", unit), self._mine("margin", unit)
        return (
            f"body centres nearer than {near:g} {unit}, until further than {near + margin:g}; "
            f"{self._pauses()}"
        )

    def _state(self, tracks: Tracks, holds: Array, told: Array) -> State:
        return State.of(tracks, holds, np.isfinite(told), self.bridged_s, 0.0)

    def _pauses(self) -> str:
        return f"pauses under {self.bridged_s:g} s do not count"

    def _mine(self, name: str, unit: str) -> float:
        return float(getattr(self, f"{name}_{unit}"))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """One follows another round a room, turns away, and is approached."""
        t = np.arange(360) / 30
        turn = np.where(t < 6, 0.5 * t, 3.0)
        radius, lag = 200.0, 0.75
        leader = radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        chaser = radius * np.stack([np.cos(turn - lag), np.sin(turn - lag)], axis=1)
        away = np.clip(t - 7, 0, 1.5)[:, None] * np.array([[0.0, -150.0]])
        back = np.clip(t - 9.5, 0, 1.5)[:, None] * np.array([[0.0, -140.0]])
        bodies = (leader + back, chaser + away)
        headings = (turn + np.pi / 2, turn - lag + np.pi / 2)
        held = []
        for body, heading in zip(bodies, headings, strict=True):
            ahead = 40 * np.stack([np.cos(heading), np.sin(heading)], axis=1)
            held.append(np.stack([body + ahead, body, body - ahead], axis=2))
        position = np.stack(held, axis=3)
        position[100:105, :, 0, 0] = np.nan
        seen = np.isfinite(position).all(axis=1).astype(float)
        tracks = Tracks(position, seen, np.arange(360), t, PARTS, ("a", "b"), unit="mm")
        tone = Episodes.of("tone", np.array([[2.0, 5.0]]), np.array([[0.0, 12.0]]))
        return {"tracks": tracks, "events": tone}


def _in_lengths(where: str, tracks: Tracks) -> Tracks:
    """The tracks, in body lengths where they are in pixels.

    Raises
    ------
    Refusal
        When nobody was ever seen from nose to tail base.
    """
    if tracks.unit != "px":
        return tracks
    lengths = np.array([each.body_length_px for each in tracks.each()])
    known = lengths[np.isfinite(lengths) & (lengths > 0)]
    if not len(known):
        raise Refusal(where, "needs mm or body lengths", "give --scale, as --scale 2.3px/mm")
    return tracks.mapped(Transform.scaling(1 / float(known.mean()), "px", "bl"))


def _time_and_bouts(name: str, state: State, stretch: Stretch, words: str) -> list[Measure]:
    return [
        stretch.tell(
            quantity=f"time {name}", value=state.seconds(stretch), unit="s", definition=words
        ),
        stretch.tell(
            quantity=f"bouts {name}",
            value=state.bouts(stretch),
            unit="bouts",
            definition=f"that start in this time: {words}",
        ),
    ]


def _mean(values: Array, weights: Array) -> float:
    known = np.isfinite(values)
    whole = float(weights[known].sum())
    return float((values[known] * weights[known]).sum() / whole) if whole > 0 else float("nan")


def _which(tracks: Tracks) -> str:
    """How the places came about, in words."""
    return f"smoothed over {tracks.smoothed_s:g} s" if tracks.smoothed_s else "not smoothed"
