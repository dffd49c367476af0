"""Whether the analysis of a recording can be trusted, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf, nan
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import (
    Arena,
    Check,
    Corrections,
    Episodes,
    Frames,
    Noun,
    Tracks,
    Values,
    Verdict,
)
from ethoframe.methods.classify._company import Company
from ethoframe.methods.classify._picture import softness
from ethoframe.methods.classify._sign import Sign, share, worst
from ethoframe.methods.classify._track import Track

EXPLORED = "explored"  # the source of an arena that was not found


def _limit(default: float, unit: str, what: str) -> Any:
    return parameter(
        default, unit=unit, says=f"{what}: from here on it is to be looked at or failed"
    )


@dataclass(frozen=True)
class Trust(WholeMethod):
    """*good*, *look* or *failed*, as the gravest of several checks says.

    Each check looks for one thing that makes numbers wrong, has a limit from which a person should
    look and one from which the analysis failed (parameters *…_look* and *…_fail*), and tells the
    worst moments. A check whose input is not given, or tells nothing, is left out.

    Times and shares are those of the tracks that are given, which is the trial, without what a
    person says is to be ignored. What is asked:

    * of the tracks: is the animal lost, or for long; does it jump, change its size, or sit in one
      place; is it too small; is its head known;
    * of `change`: is there a second mover, a mirror image, a hand, a hole in the empty scene where
      the animal was; did the light change;
    * of `camera`, `appearance` and `background`: did the camera move, does the animal stand out
      from the noise and is it there at all, is the picture sharp;
    * of `arena` and `arena_fit`: is the animal outside, was a floor found, do its edges show;
    * of `visits`: was it hidden under a lid, and so not lost, where it was unseen all within one;
    * of `trial`: did it begin where the animal was seen to be alone; of `corrections`: is much of
      it ignored.

    References
    ----------
    ethoframe's own.
    """

    lost_look: float = _limit(2.0, "%", "time without the animal")
    lost_fail: float = _limit(20.0, "%", "time without the animal")
    gap_look_s: float = _limit(1.0, "s", "longest time without the animal")
    gap_fail_s: float = _limit(10.0, "s", "longest time without the animal")
    jumps_look: float = _limit(0.1, "%", "steps that no animal makes")
    jumps_fail: float = _limit(1.0, "%", "steps that no animal makes")
    odd_look: float = _limit(5.0, "%", "frames with far more or less than the usual area")
    odd_fail: float = _limit(30.0, "%", "frames with far more or less than the usual area")
    small_look_px: float = _limit(5.0, "px", "width of the animal")
    small_fail_px: float = _limit(2.5, "px", "width of the animal")
    unsure_look: float = _limit(25.0, "%", "frames in which the head is unsure")
    stays_look: float = _limit(98.0, "%", "time in one place")
    mover_look: float = _limit(3.0, "%", "time with a second mover")
    mover_fail: float = _limit(30.0, "%", "time with a second mover")
    hole_look: float = _limit(3.0, "%", "time with a second thing of steady size")
    hole_fail: float = _limit(30.0, "%", "time with a second thing of steady size")
    mirror_look: float = _limit(25.0, "%", "time with a mirror image as large as the animal")
    hand_look: float = _limit(0.5, "%", "time with a hand")
    hand_fail: float = _limit(10.0, "%", "time with a hand")
    light_look: float = _limit(15.0, "%", "sudden change of light")
    light_fail: float = _limit(70.0, "%", "sudden change of light")
    camera_look_bl: float = _limit(0.05, "bl", "shift of the camera")
    camera_fail_bl: float = _limit(0.5, "bl", "shift of the camera")
    faint_look: float = _limit(6.0, "1", "contrast, in standard deviations of the noise")
    faint_fail: float = _limit(3.0, "1", "contrast, in standard deviations of the noise")
    rare_look: float = _limit(60.0, "%", "frames with anything like an animal in a first look")
    rare_fail: float = _limit(20.0, "%", "frames with anything like an animal in a first look")
    soft_look: float = _limit(25.0, "%", "width of the edges, of the animal's width")
    soft_fail: float = _limit(60.0, "%", "width of the edges, of the animal's width")
    outside_look: float = _limit(1.0, "%", "time outside the arena")
    outside_fail: float = _limit(10.0, "%", "time outside the arena")
    fit_look: float = _limit(80.0, "%", "share of the arena's outline on edges of the picture")
    fit_fail: float = _limit(40.0, "%", "share of the arena's outline on edges of the picture")

    ignored_look: float = _limit(20.0, "%", "time that a person says is to be ignored")

    speed_bl_per_s: float = parameter(
        15.0, unit="bl/s", says="no animal steps faster than so many of its body lengths", low=0.0
    )
    step_bl: float = parameter(0.25, unit="bl", says="a shorter step is never a jump", low=0.0)
    factor: float = parameter(
        2.0, unit="1", says="so many times more or less than the usual area is odd", low=1.0
    )
    sure: float = parameter(
        0.95, unit="1", says="a head end less sure than that is unsure", low=0.0, high=1.0
    )
    place_bl: float = parameter(
        0.5, unit="bl", says="within so many body lengths is one place", low=0.0
    )
    second: float = parameter(
        0.4, unit="1", says="least size of a second thing, as a share of the animal's", low=0.0
    )
    steady: float = parameter(
        0.02, unit="1", says="a size that changes by no larger share is steady", low=0.0
    )
    mirror_bl: float = parameter(
        1.0, unit="bl", says="within so many body lengths a wall may mirror the animal", low=0.0
    )
    hand: float = parameter(
        3.0, unit="1", says="least size of a hand, in sizes of the animal", low=0.0
    )
    hand_at_wall: float = parameter(
        6.0, unit="1", says="the same while the animal is at a wall that may mirror it", low=0.0
    )
    light_s: float = parameter(
        0.5, unit="s", says="light is compared between spans so long, that far apart", low=0.001
    )
    outside_bl: float = parameter(
        0.25, unit="bl", says="so far beyond its outline is outside the arena", low=0.0
    )
    hidden_s: float = parameter(
        1.0, unit="s", says="unseen for so long in one zone it is hidden there, not lost", low=0.0
    )
    apart_s: float = parameter(1.0, unit="s", says="least time between two moments", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "change": In(Kind.VALUES, per="frame", optional=True),
        "camera": In(Kind.VALUES, optional=True),
        "appearance": In(Kind.VALUES, optional=True),
        "background": In(Kind.IMAGE, optional=True),
        "arena": In(Kind.ARENA, optional=True),
        "arena_fit": In(Kind.VALUES, optional=True),
        "trial": In(Kind.EPISODES, optional=True),
        "corrections": In(Kind.CORRECTIONS, optional=True),
        "visits": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.VERDICT
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """A verdict."""
        return Spec(Kind.VERDICT)

    def apply(self, **inputs: Any) -> Verdict:
        """The checks that could be made."""
        tracks: Tracks = inputs["tracks"]
        corrections: Corrections | None = inputs.get("corrections")
        ignored = np.zeros(len(tracks), bool)
        if corrections is not None:
            ignored = corrections.ignored(tracks.times_s)
        much = Sign(share(ignored, tracks.frame_s) if ignored.any() else 0.0)
        tracks = tracks.take(~ignored)
        track = Track.of(tracks, self.apart_s, inputs.get("arena"))
        if inputs.get("visits") is not None:
            track = track.hiding(inputs["visits"], self.hidden_s)
        company = _company(tracks, inputs, self)
        checks = [
            *self._of_track(track),
            *(self._of_company(company) if company is not None else ()),
            *self._of_picture(track, inputs),
            *self._of_floor(track, inputs),
            *_begins(inputs.get("trial")),
            _check("much ignored", much, "%", (self.ignored_look, inf), "of the time"),
        ]
        return Verdict(tuple(check for check in checks if check.value == check.value))

    def _of_track(self, track: Track) -> Iterator[Check]:
        lost, gap = (self.lost_look, self.lost_fail), (self.gap_look_s, self.gap_fail_s)
        jumps, odd = (self.jumps_look, self.jumps_fail), (self.odd_look, self.odd_fail)
        small = self.small_look_px, self.small_fail_px
        leaps = track.jumps(self.speed_bl_per_s, self.step_bl)
        yield _check("animal lost", track.lost(), "%", lost, "of the time it was not found")
        yield _check("lost for long", track.gap(), "s", gap, "at a stretch")
        yield _check("jumps", leaps, "%", jumps, "of the steps are longer than any animal's")
        says = "of the frames show far more or less than its usual area"
        yield _check("size changes", track.odd(self.factor), "%", odd, says)
        yield _check("too small", Sign(track.width_px), "px", small, "across")
        says = "of the frames leave the head unsure"
        yield _check("head unsure", track.unsure(self.sure), "%", (self.unsure_look, inf), says)
        stays = self.stays_look, inf
        yield _check(
            "never moves", track.stays(self.place_bl), "%", stays, "of the time in one place"
        )

    def _of_company(self, company: Company) -> Iterator[Check]:
        mover, hole = (self.mover_look, self.mover_fail), (self.hole_look, self.hole_fail)
        mirror, hand = (self.mirror_look, inf), (self.hand_look, self.hand_fail)
        second, holds = (each(self.second, self.steady) for each in (company.mover, company.hole))
        says = "of the time something else of its size is there"
        yield _check("second mover", second, "%", mover, says)
        says = "of the time something of steady size is elsewhere"
        yield _check("animal in the empty scene", holds, "%", hole, says)
        # In company, a mirror image is not told from the other animal.
        alone = not (second.value >= self.mover_look or holds.value >= self.hole_look)
        mirrored = company.mirrored(self.second) if alone else Sign()
        yield _check("reflection", mirrored, "%", mirror, "of the time a wall mirrors it")
        reaching = company.hand(self.hand, self.hand_at_wall)
        yield _check("hand", reaching, "%", hand, "of the time something large reaches in")
        light = self.light_look, self.light_fail
        says = "from one moment to the next"
        yield _check("light changed", company.switched(self.light_s), "%", light, says)

    def _of_picture(self, track: Track, inputs: Mapping[str, Any]) -> Iterator[Check]:
        camera: Values | None = inputs.get("camera")
        looks: Values | None = inputs.get("appearance")
        background: Frames | None = inputs.get("background")
        width, length = track.width_px, track.length_px
        if looks is not None:
            # Where the track is wrong, so is its size: the smaller one is the stricter.
            width, length = (
                float(np.fmin(width, looks["width"])),
                float(np.fmin(length, looks["length"])),
            )
            contrast, found = Sign(looks["contrast"] / looks["noise"]), Sign(100 * looks["found"])
            faint, rare = (self.faint_look, self.faint_fail), (self.rare_look, self.rare_fail)
            yield _check("hardly seen", contrast, "1", faint, "times the noise is all its contrast")
            yield _check("rarely seen", found, "%", rare, "of the frames of a first look show it")
        if camera is not None:
            moved = tuple(time_s for time_s in (camera["moved"],) if np.isfinite(time_s))
            shift = Sign(camera["shift"] / length, moved)
            limits = self.camera_look_bl, self.camera_fail_bl
            yield _check("camera moved", shift, "bl", limits, "off its first place")
        if background is not None and len(background):
            soft = Sign(softness(background.plane(0), width))
            limits = self.soft_look, self.soft_fail
            yield _check(
                "not sharp", soft, "%", limits, "of the animal's width, as softness of edges"
            )

    def _of_floor(self, track: Track, inputs: Mapping[str, Any]) -> Iterator[Check]:
        arena: Arena | None = inputs.get("arena")
        fit: Values | None = inputs.get("arena_fit")
        if arena is not None:
            over = -arena.depth(track.place_px) - self.outside_bl * track.length_px
            outside = track.found & (over > 0)
            moments = worst(track.times_s, np.where(outside, over, 0), self.apart_s)
            sign = Sign(share(outside, track.lasts_s), moments)
            limits = self.outside_look, self.outside_fail
            yield _check("outside the arena", sign, "%", limits, "of the time it is outside")
            unknown = Sign(float(arena.source == EXPLORED))
            says = "the animal's whereabouts stand in for it"
            yield _check("no floor found", unknown, "", (1.0, inf), says)
        # Where the animal went is no outline of anything that has edges.
        if fit is not None and (arena is None or arena.source != EXPLORED):
            limits = self.fit_look, self.fit_fail
            on_edge = Sign(100 * fit["on_edge"])
            yield _check("wrong arena", on_edge, "%", limits, "of its outline lies on an edge")

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """An animal that is lost for a while, and another that comes for some seconds."""
        t = np.arange(300) / 30
        centre = np.stack([80 + 50 * np.cos(t), 60 + 40 * np.sin(t)], axis=1)
        centre[100:140] = np.nan
        found = np.isfinite(centre[:, 0])
        sizes = {"area_px2": 200.0, "major_px": 24.0, "minor_px": 10.0}
        features = {name: np.where(found, size, np.nan)[:, None] for name, size in sizes.items()}
        tracks = replace(Tracks.of(centre, t), features=features)
        second = np.where((t > 6) & (t < 8), 150 + 60 * np.sin(5 * t), 0)
        table = np.stack([200 + second, np.full(300, 200.0), second, 0 * t, 0 * t + 1], axis=1)
        names, units = ("changed", "largest", "second", "reaching", "light"), ("px2",) * 4
        corners = np.array([[0.0, 0.0], [160.0, 0.0], [160.0, 120.0], [0.0, 120.0]])
        return {
            "tracks": tracks,
            "change": Values(table, names, (*units, "1"), np.arange(300), t),
            "camera": Values.whole(shift=(0.5, "px"), moved=(np.nan, "s")),
            "arena": Arena("rectangle", corners),
            "trial": Episodes.of("trial", np.array([[0.0, 10.0]]), np.array([[0.0, 10.0]])),
        }


def _company(tracks: Tracks, inputs: Mapping[str, Any], method: Trust) -> Company | None:
    """What else there is in the frames that both tracks and `change` know."""
    change: Values | None = inputs.get("change")
    if change is None:
        return None
    _, ours, theirs = np.intersect1d(tracks.numbers, change.numbers, return_indices=True)
    track = Track.of(tracks.take(ours), method.apart_s)
    arena: Arena | None = inputs.get("arena")
    depth_px = np.full(len(ours), nan)
    if arena is not None and arena.source != EXPLORED:
        depth_px = arena.depth(track.place_px)
    return Company.of(track, change.take(theirs), depth_px, method.mirror_bl)


def _begins(trial: Episodes | None) -> Iterator[Check]:
    if trial is None or not len(trial) or trial.confidence is None:
        return
    doubt = Sign(1 - float(trial.confidence.min()))
    says = "the animal was never seen to be alone for long enough to begin the trial"
    yield _check("no clear start", doubt, "", (0.5, inf), says)


def _check(name: str, sign: Sign, unit: str, limits: tuple[float, float], says: str) -> Check:
    look, fail = limits
    return Check(
        name=name,
        value=sign.value,
        unit=unit,
        look=look,
        fail=fail,
        moments_s=sign.moments_s,
        says=says,
    )
