"""When an animal looks over the edge of a raised maze."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Refusal, Tracks, Zone
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without, spelled
from ethoframe.methods.behave._spans import episodes_of


@dataclass(frozen=True)
class HeadDips(WholeMethod):
    """Episodes of a *head dip*: the nose is beyond the edge, and the body on the maze.

    The nose is further than *beyond_mm* outside all zones of the maze while the middle of the body
    is in one of them, and in none whose name begins with a word of *walled*: over a wall no animal
    dips its head, and one that rears at a wall shows beyond it to a camera above. Interruptions
    shorter than *pause_s* do not end a dip, and one shorter than *least_s* does not count. Without
    a scale the distance is in body lengths. Time without nose or body is outside the support.

    A person looks for head and shoulders going down, which a camera above does not see: the
    distance stands for it, and was not compared with what people score.

    References
    ----------
    Head dips over the side of the maze: Rodgers & Johnson, Pharmacol. Biochem. Behav. 52 (1995),
    297-303.
    """

    walled: tuple[str, ...] = parameter(
        ("closed",), says="first words of the zones that have walls: none is in them"
    )
    beyond_mm: float = parameter(
        10.0, unit="mm", says="the nose is further beyond the edge", low=0.0
    )
    beyond_bl: float = parameter(0.12, unit="bl", says="the same without a scale", low=0.0)
    pause_s: float = parameter(0.2, unit="s", says="a shorter interruption is none", low=0.0)
    least_s: float = parameter(0.2, unit="s", says="a shorter dip does not count", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS), "arena": In(Kind.ARENA)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks without a nose, or the middle of a body."""
        refuse_without(self.name(), specs["tracks"].names, "nose", "body_centre")
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of all individuals, in order of time; refuses an arena without zones."""
        tracks: Tracks = inputs["tracks"]
        floor, tracks, per_unit = inputs["arena"].with_tracks(tracks)
        if not floor.zones:
            remedy = "draw its arms and centre (ethoframe arena), and give it with --arena"
            raise Refusal(self.name(), "the arena has no zones", remedy)
        return Episodes.merged([self._of(one, floor.zones, per_unit) for one in tracks.each()])

    def _of(self, tracks: Tracks, zones: tuple[Zone, ...], per_unit: float) -> Episodes:
        nose, body = (tracks.place(role) * per_unit for role in ("nose", "body_centre"))
        known: Array = np.isfinite(np.concatenate([nose, body], axis=1)).all(axis=1)
        far = self.beyond_mm if tracks.unit == "mm" else self.beyond_bl * tracks.body_length_px
        over: Array = np.max([zone.depth(nose) for zone in zones], axis=0) < -far
        inside = {zone.name: zone.depth(body) > 0 for zone in zones}
        walls = [at for name, at in inside.items() if name.startswith(self.walled or ("\0",))]
        on: Array = np.any([*inside.values()], axis=0) & ~np.any([*walls, ~known], axis=0)
        return episodes_of(
            "head dip",
            over & on,
            known,
            tracks,
            bridged_s=self.pause_s,
            least_s=self.least_s,
            author=self.name(),
            words=self._words(tracks),
        )

    def _words(self, tracks: Tracks) -> str:
        nose, body = (spelled(role, tracks.keypoints) for role in ("nose", "body_centre"))
        far = f"{self.beyond_mm:g} mm" if tracks.unit == "mm" else f"{self.beyond_bl:g} bl"
        walled = f", in no zone called {', '.join(self.walled)} …" if self.walled else ""
        return (
            f"{nose} more than {far} outside all zones and {body} in one{walled}, for at least "
            f"{self.least_s:g} s; interruptions under {self.pause_s:g} s do not count"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Looks over the edge of an open arm, goes on, and rears in a closed one."""
        t = np.arange(120) / 20
        x = np.interp(t, [0, 3, 4, 6], [20, 20, 130, 130])
        aside = np.where(((t > 1) & (t < 2)) | (t > 5), 50.0, 0.0)
        body = np.stack([x, np.full(120, 25.0)], axis=1)
        nose = body + np.stack([np.full(120, 20.0), aside], axis=1)
        position = np.stack([body, nose], axis=2)[..., None]
        names, seen = ("body_centre", "nose"), np.ones((120, 2, 1))
        unit = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
        sides = (("open", 0.0), ("closed", 100.0))
        zones = tuple(Zone(name, unit * [100.0, 50.0] + [left, 0.0]) for name, left in sides)
        return {
            "tracks": Tracks(position, seen, np.arange(120), t, names, unit="mm"),
            "arena": Arena("rectangle", unit * [200.0, 50.0], zones=zones, unit="mm"),
        }
