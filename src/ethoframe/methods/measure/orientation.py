"""Where the animal faces, how fast it turns, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Refusal, Tracks, Zone
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noise import jitter
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes, refuse_without, spelled
from ethoframe.methods.measure._floor import Floor
from ethoframe.methods.measure._gaze import off_place, off_zone, spans
from ethoframe.methods.measure._heading import (
    HEAD,
    Axis,
    axis_among,
    heading,
    pieces,
    refuse_half,
    spelled_axis,
)

Tell = Callable[..., Measure]
"""Makes a measure of one individual over the stretch of time at hand."""


@dataclass(frozen=True)
class Orientation(WholeMethod):
    """Heading, angular speed, and time and bouts of looking at zones, keypoints and each other.

    The heading is the way from *hind_end* to *fore_end*: unless both are named, from the middle of
    the head to the nose, else from the neck, or the middle of the body, to the nose, else from the
    tail end to the head end of a silhouette. Its definition says which. Angles count from x towards
    y, clockwise in the picture.

    An animal looks at a place while the way there is within *within_deg* of its heading: the width
    of the field that a mouse sees with both eyes. It looks at a zone while that is true of any part
    of it, and not while it is inside. Looked at are the zones of the arena, the keypoints in *at*,
    and the middle of the body of every other individual. It is not known whether it sees them.
    Interruptions shorter than *pause_s* end no bout, and what is shorter than *least_s* is none.

    Where the jitter of the heading alone could make up much of the angular speed, the definition
    says that it is not to be trusted; the lower end of its interval is what is left without that.

    References
    ----------
    Field of both eyes: Dräger & Olsen, J. Comp. Neurol. 191 (1980), 383-412; Holmgren et al., eLife
    10 (2021), e70838. Means of angles: Batschelet, Circular Statistics in Biology (1981).
    """

    hind_end: str = parameter("", says="the heading is from here, as the tracks tell if empty")
    fore_end: str = parameter("", says="the heading is to here, as the tracks tell if empty")
    at: tuple[str, ...] = parameter((), says="keypoints, or roles, that may be looked at")
    within_deg: float = parameter(
        20.0, unit="deg", says="looks at what is so far off its heading", low=0.0, high=180.0
    )
    pause_s: float = parameter(0.1, unit="s", says="shorter interruptions end no bout", low=0.0)
    least_s: float = parameter(0.1, unit="s", says="a bout of looking lasts so long", low=0.0)
    span_s: float = parameter(0.2, unit="s", says="angular speed is over so long", low=0.001)
    still_s: float = parameter(
        0.5, unit="s", says="windows in which jitter is looked for", low=0.001
    )
    off_share: float = parameter(
        0.25, unit="1", says="trusted while jitter makes up a smaller share", low=0.0
    )
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA, optional=True),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses tracks that do not tell a heading, or lack what is named."""
        names = specs["tracks"].names
        refuse_half(self.name(), self.hind_end, self.fore_end)
        named = filter(None, (self.hind_end, self.fore_end))
        refuse_without(self.name(), names, *named, *self.at)
        if not all(axis_among(names, self.hind_end, self.fore_end, HEAD)):
            remedy = "say which keypoint is the nose, as --roles nose=NAME, or name both ends"
            raise Refusal(self.name(), "no two keypoints tell a heading", remedy)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Rows for each individual and stretch of time."""
        tracks: Tracks = inputs["tracks"]
        if inputs.get("arena") is not None:
            # A heading in the picture is none on a floor that is seen at a slant.
            tracks = inputs["arena"].with_tracks(tracks)[1]
        axis = axis_among(tracks.keypoints, self.hind_end, self.fore_end, HEAD)
        rows: list[Measure] = []
        for each in tracks.each():
            angle = heading(each, axis)
            # Looked for once, whatever stretches are told.
            found = {
                name: (self._bouts(off, each), np.isfinite(off) | np.isposinf(off))
                for name, off in self._offs(tracks, each, angle, axis, inputs.get("arena")).items()
            }
            for stretch in stretches(each.times_s, self.bin_s, inputs.get("events")):
                tell = partial(stretch.tell, individual=each.individuals[0])
                rows += self._facing(angle, each, axis, stretch, tell)
                for name, (bouts, known) in found.items():
                    rows += self._looking(name, bouts, known, each, stretch, tell)
        return Measures(tuple(rows))

    def _offs(
        self, tracks: Tracks, own: Tracks, angle: Array, axis: Axis, arena: Arena | None
    ) -> dict[str, Array]:
        """How far the heading of one individual is off everything it may look at, in radians."""
        eyes = own.place(axis[1])
        offs = {name: off_place(angle, eyes, own.place(name)) for name in self.at}
        if arena is not None:
            floor = Floor.of(own, arena, axis[1])
            offs |= {zone.name: off_zone(angle, floor.points, zone) for zone in floor.zones}
        if makes("body_centre", tracks.keypoints):
            for other in tracks.individuals:
                if other != own.individuals[0]:
                    offs[other] = off_place(angle, eyes, tracks.place("body_centre", other))
        return offs

    def _bouts(self, off: Array, tracks: Tracks) -> Array:
        looking = off <= np.deg2rad(self.within_deg)
        known = np.where(np.isnan(off), np.nan, 0.0)
        found = [
            span
            for piece in pieces(known, tracks.times_s, tracks.longest_step_s)
            for span in spans(
                looking, piece, tracks.times_s, tracks.step_s, self.pause_s, self.least_s
            )
        ]
        return np.array(found, np.float64).reshape(-1, 2)

    def _facing(
        self, angle: Array, tracks: Tracks, axis: Axis, stretch: Stretch, tell: Tell
    ) -> list[Measure]:
        """Heading and angular speed."""
        inside = stretch.holds(tracks.times_s)
        called = f"heading ({spelled_axis(axis, tracks.keypoints)})"
        known = angle[inside & np.isfinite(angle)]
        mean = complex(np.exp(1j * known).mean()) if len(known) else complex(np.nan)
        direction = float(np.rad2deg(np.angle(mean))) if abs(mean) > 1e-9 else np.nan
        words = f"circular mean of the {called}, from x towards y, clockwise in the picture"
        alike = f"length of the mean vector of the {called}: 1 if it is always the same"
        return [
            tell(quantity="heading", value=direction, unit="deg", definition=words),
            tell(quantity="heading consistency", value=abs(mean), unit="1", definition=alike),
            self._speed(angle, inside, tracks, called, tell),
        ]

    def _speed(
        self, angle: Array, inside: Array, tracks: Tracks, called: str, tell: Tell
    ) -> Measure:
        speed, off = self._angular(angle, tracks)
        known = speed[inside & np.isfinite(speed)]
        value = float(known.mean()) if len(known) else np.nan
        noise = np.sqrt(2) * off / self.span_s
        doubt = noise > self.off_share * value
        words = (
            f"{'NOT TO BE TRUSTED, jitter makes up too much of it: ' if doubt else ''}mean of how "
            f"far the {called} turns in {self.span_s:g} s around each frame, to either side, ÷ that"
            " time; interval: without the jitter of the heading, and as it is"
        )
        return tell(
            quantity="angular speed",
            value=value,
            unit="deg/s",
            low=float(np.sqrt(max(0.0, value**2 - noise**2))) if noise >= 0 else np.nan,
            high=value,
            definition=words,
        )

    def _angular(self, angle: Array, tracks: Tracks) -> tuple[Array, float]:
        """Angular speed ``(t,)`` in degrees per second, and jitter of the heading in degrees."""
        times_s, half_s = tracks.times_s, self.span_s / 2
        near_s = half_s * (1 - 1e-9)
        speed, whole = np.full(len(angle), np.nan), np.full(len(angle), np.nan)
        for piece in pieces(angle, times_s, tracks.longest_step_s):
            at_s, way = times_s[piece], np.rad2deg(np.unwrap(angle[piece]))
            whole[piece] = way
            there = (at_s - near_s >= at_s[0]) & (at_s + near_s <= at_s[-1])
            before, after = (np.interp(at_s + by, at_s, way) for by in (-half_s, half_s))
            speed[piece] = np.where(there, np.abs(after - before) / self.span_s, np.nan)
        return speed, float(jitter(whole[:, None], times_s, self.still_s, tracks.smoothed_s))

    def _looking(
        self, name: str, bouts: Array, known: Array, tracks: Tracks, stretch: Stretch, tell: Tell
    ) -> list[Measure]:
        seen_s = float(tracks.frame_s[known & stretch.holds(tracks.times_s)].sum())
        time_s = stretch.total(
            lambda start, stop: float(np.diff(np.clip(bouts, start, stop), axis=1).sum())
        )
        begun = float(stretch.holds(bouts[:, 0]).sum())
        what = spelled(name, tracks.keypoints) if name in self.at else name
        rule = (
            f"{what} is within {self.within_deg:g}° of the heading, interruptions under "
            f"{self.pause_s:g} s left out, for {self.least_s:g} s at the least"
        )
        told = (
            (f"time looking at {name}", time_s, "s", f"time in which {rule}"),
            (f"share of time looking at {name}", 100 * time_s / seen_s if seen_s else np.nan, "%",
             f"time in which {rule} ÷ time in which both were seen"),
            (f"bouts looking at {name}", begun, "bouts", f"that start in this time: {rule}"),
        )  # fmt: skip
        return [
            tell(quantity=q, value=value if seen_s else np.nan, unit=unit, definition=words)
            for q, value, unit, words in told
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """One turns on the spot beside a zone and is lost for a while, one walks past; a tone."""
        t = np.arange(240) / 30
        turn = np.interp(t, [0, 3, 5, 8], [0, 2.2, 2.2, -1.0])
        ahead = 10 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        middle = np.stack([20 * t, np.full(240, 130.0)], axis=1)
        noses = np.stack([100 + ahead, middle + np.array([10.0, 0.0])], axis=2)
        heads = np.stack([np.full((240, 2), 100.0), middle], axis=2)
        tails = np.stack([100 - 3 * ahead, middle - np.array([30.0, 0.0])], axis=2)
        position = np.stack([noses, heads, tails], axis=2)
        position[150:160, :, :, 0] = np.nan
        seen = np.isfinite(position).all(axis=1).astype(float)
        names = "nose", "head", "tail_base"
        tracks = Tracks(position, seen, np.arange(240), t, names, ("a", "b"), unit="mm")
        corners = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
        arena = Arena("rectangle", corners, (200.0, 200.0))
        arena = replace(arena, zones=(Zone("corner", corners / 4 + 150.0),))
        tone = Episodes.of("tone", np.array([[1.0, 3.0], [4.0, 7.5]]), np.array([[0.0, 8.0]]))
        return {"tracks": tracks, "arena": arena, "events": tone}
