"""When an animal explores an object with its nose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Refusal, Tracks, Zone
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes, refuse_without, spelled
from ethoframe.methods.behave._spans import episodes_of

BEHIND = ("head", "neck", "body_centre")
"""What the nose is looked along from, the first that there is."""


@dataclass(frozen=True)
class Exploring(WholeMethod):
    """Episodes of *exploring* each object: the nose is near it and points at it.

    Objects are the zones whose names begin with one of *groups*; all where there are none. An
    object is explored while the nose is no further than *near_mm* from its outline, or over it,
    and the line from the head (else the neck, else the middle of the body) through the nose is no
    more than *turn_deg* off the middle of the object; and while the middle of the body, where it
    is followed, is not on the object: sitting on it is no exploration. Interruptions shorter than
    *pause_s* do not end an episode, and one shorter than *least_s* does not count. Without a scale
    distances are in body lengths. Time without nose or head is outside the support.

    It takes a real nose: the foremost point of a silhouette is no nose, and is refused.

    References
    ----------
    Nose within 2 cm and directed at the object: Ennaceur & Delacour, Behav. Brain Res. 31 (1988),
    47-59; Leger et al., Nature Protocols 8 (2013), 2531-2537.
    """

    groups: tuple[str, ...] = parameter((), says="first words of the zones that are objects")
    near_mm: float = parameter(20.0, unit="mm", says="the nose is no further away", low=0.0)
    near_bl: float = parameter(0.25, unit="bl", says="the same without a scale", low=0.0)
    turn_deg: float = parameter(
        45.0, unit="deg", says="the head points no further past the object", low=0.0, high=180.0
    )
    pause_s: float = parameter(0.2, unit="s", says="a shorter interruption is none", low=0.0)
    least_s: float = parameter(0.1, unit="s", says="shorter exploration does not count", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS), "arena": In(Kind.ARENA)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without a nose, or anything to look along from."""
        names = specs["tracks"].names
        refuse_without(self.name(), names, "nose")
        if not any(makes(role, names) for role in BEHIND):
            refuse_without(self.name(), names, BEHIND[0])
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of all objects and individuals, in order of time."""
        tracks: Tracks = inputs["tracks"]
        floor, tracks, per_unit = inputs["arena"].with_tracks(tracks)
        objects = [z for z in floor.zones if z.name.startswith(self.groups or ("",))]
        if not objects:
            wanted = ", ".join(self.groups) or "any"
            remedy = "draw a zone for each object (ethoframe arena), and give it with --arena"
            raise Refusal(self.name(), f"the arena has no zone of an object ({wanted})", remedy)
        return Episodes.merged(
            [self._of(one, each, per_unit) for one in tracks.each() for each in objects]
        )

    def _of(self, tracks: Tracks, zone: Zone, per_unit: float) -> Episodes:
        nose = tracks.place("nose") * per_unit
        behind = next(role for role in BEHIND if makes(role, tracks.keypoints))
        head = tracks.place(behind) * per_unit
        known: Array = np.isfinite(np.concatenate([nose, head], axis=1)).all(axis=1)
        near = self.near_mm if tracks.unit == "mm" else self.near_bl * tracks.body_length_px
        off = _angle(nose - head, zone.outline.mean(axis=0) - head)
        points_at: Array = off <= np.deg2rad(self.turn_deg)
        explores: Array = (zone.depth(nose) >= -near) & points_at
        if makes("body_centre", tracks.keypoints):
            explores &= ~(zone.depth(tracks.place("body_centre") * per_unit) > 0)
        return episodes_of(
            f"exploring {zone.name}",
            explores & known,
            known,
            tracks,
            bridged_s=self.pause_s,
            least_s=self.least_s,
            author=self.name(),
            words=self._words(tracks, behind),
        )

    def _words(self, tracks: Tracks, behind: str) -> str:
        nose, head = (spelled(role, tracks.keypoints) for role in ("nose", behind))
        far = f"{self.near_mm:g} mm" if tracks.unit == "mm" else f"{self.near_bl:g} bl"
        return (
            f"{nose} no further than {far} from the object and {head} to {nose} pointing at it to "
            f"{self.turn_deg:g}°, the body not on it, for at least {self.least_s:g} s; "
            f"interruptions under {self.pause_s:g} s do not count"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Walks up to an object, sniffs at it, turns away beside it, and leaves."""
        t = np.arange(100) / 20
        body = np.stack([np.interp(t, [0, 1, 4, 5], [0, 95, 95, 0]), np.full(100, 50.0)], axis=1)
        turn = np.where((t > 2.5) & (t < 3.5), np.pi, 0.0)
        ahead = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        position = np.stack([body, body + 20 * ahead, body + 35 * ahead], axis=2)[..., None]
        names, seen = ("body_centre", "head", "nose"), np.ones((100, 3, 1))
        unit = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        block = Zone("novel", 40 * unit + [140.0, 30.0])
        return {
            "tracks": Tracks(position, seen, np.arange(100), t, names, unit="mm"),
            "arena": Arena("rectangle", unit * [200.0, 100.0], zones=(block,), unit="mm"),
        }


def _angle(a: Array, b: Array) -> Array:
    """Between two directions ``(t, 2)`` each, in radians ``(t,)``; NaN where one is not known."""
    cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
    angle: Array = np.abs(np.arctan2(cross, (a * b).sum(axis=1)))
    return angle
