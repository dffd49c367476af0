"""How far, how fast, how much of the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Measure, Measures, Noun, Refusal, Tracks
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noise import as_much_again, moved_by
from ethoframe.data.noun import Array
from ethoframe.data.roles import refuse_without
from ethoframe.methods.measure._path import Counted, Path

SCALE = "give --scale, or nose and tail base, between which a body is measured"

Tell = Callable[..., Measure]
"""Makes a measure over the stretch of time at hand."""


@dataclass(frozen=True)
class Motion(WholeMethod):
    """Distance, speeds, time moving and immobile, tortuosity and explored area.

    Everything is computed from one keypoint of each individual, for the whole session, for bins of
    *bin_s*, and for each event. Steps across a gap count for nothing. Of several individuals each
    has its own body length, noise, time moving and tracks before smoothing: it is measured as if it
    were alone.

    A distance has no single value. Told are the path of the tracks as they come in (*distance*),
    that of the tracks before smoothing where they are given (*distance, raw*), and the way by the
    minimum-movement rule (*distance, corrected*): movement counts once the keypoint is further than
    *least_mm* from the place where it last counted. Neither jitter nor the frame rate changes that
    much, so *mean speed* is of it.

    Noise makes a tracked path longer than the way the animal went, most of all while it stands
    still, so the interval of *distance* runs from the least that the animal must have moved to the
    path as tracked. The least is the sum of chords of *chord_s*, each less what noise adds to it,
    and none where it is no longer than noise may be. The interval of *distance, corrected* is found
    alike from the movements that count. Both are widened by what the scale may be off.

    How much jitter moves a measure that was not smoothed is told by what it becomes where as much
    again is added, and three times as much (the same each time). Measures that are off by more than
    *off_share* of what is told are named beside the answer. Without a scale lengths are in body
    lengths, where that is known.

    References
    ----------
    Noise that is added to learn what it did: Cook & Stefanski, J. Am. Stat. Assoc. 89 (1994),
    1314-1328.

    Minimum movement against jitter: Noldus et al., Behav. Res. Methods 33 (2001), 398-414.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, that is followed")
    bin_s: float = parameter(60.0, unit="s", says="length of the time bins; 0 for none", low=0.0)
    least_mm: float = parameter(
        2.0, unit="mm", says="movement counts beyond this, in the corrected distance", low=0.0
    )
    least_bl: float = parameter(0.025, unit="bl", says="the same without a scale", low=0.0)
    top_span_s: float = parameter(0.2, unit="s", says="top speed is a mean over so long", low=0.0)
    stretch_s: float = parameter(
        2.0, unit="s", says="tortuosity is of stretches so long", low=0.001
    )
    chord_s: float = parameter(
        0.25, unit="s", says="the least distance is of chords so long", low=0.001
    )
    still_s: float = parameter(
        0.5, unit="s", says="windows in which tracking noise is looked for", low=0.001
    )
    edge_px: float = parameter(
        1.0, unit="px", says="an edge of the floor can be placed to so many pixels", low=0.0
    )
    off_share: float = parameter(
        0.03, unit="1", says="a measure that jitter moves by more is not to be trusted", low=0.0
    )
    cell_mm: float = parameter(
        25.0, unit="mm", says="side of the cells that are explored", low=0.001
    )
    cell_bl: float = parameter(0.3, unit="bl", says="the same without a scale", low=0.001)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "raw": In(Kind.TRACKS, optional=True),
        "activity": In(Kind.EPISODES, optional=True),
        "arena": In(Kind.ARENA, optional=True),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "7"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses tracks in which nothing has that role."""
        refuse_without(self.name(), specs["tracks"].names, self.keypoint)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """One row per individual, quantity and stretch of time.

        Raises
        ------
        Refusal
            When the tracks before smoothing, or the activity, are of somebody else.
        """
        tracks: Tracks = inputs["tracks"]
        parts = []
        for one in tracks.each():
            found = self._of_one(one, {**inputs, **self._own(one, tracks.individuals, inputs)})
            who = one.individuals[0]
            if len(tracks.individuals) > 1:
                lines = tuple(f"{who}: {line}" for line in found.cautions)
                found = replace(found, cautions=lines)
            parts.append(found.of(individual=who))
        return Measures.joined(parts)

    def _own(self, one: Tracks, known: tuple[str, ...], given: Mapping[str, Any]) -> dict[str, Any]:
        """What is given of this individual; of a single animal, whatever it is called there."""
        who = one.individuals[0]
        own: dict[str, Any] = {}
        raw: Tracks | None = given.get("raw")
        if raw is not None and (len(known) > 1 or len(raw.individuals) > 1):
            if who not in raw.individuals:
                raise self._strange("the tracks before smoothing", raw.individuals, who)
            own["raw"] = raw.alone(who)
        activity: Episodes | None = given.get("activity")
        if activity is not None and (len(known) > 1 or len(activity.names) > 1):
            # Who was never seen is not named among the others.
            if activity.names and not set(known).intersection(activity.names):
                raise self._strange("the activity", activity.names, who)
            own["activity"] = activity.about(who)
        return own

    def _strange(self, what: str, names: tuple[str, ...], who: str) -> Refusal:
        reason = f"{what} names {', '.join(names)}, and not {who}"
        return Refusal(self.name(), reason, "give what was made of the same tracks")

    def _of_one(self, one: Tracks, inputs: Mapping[str, Any]) -> Measures:
        """The measures of one individual from what is its own."""
        tracks = _in_lengths(one, inputs.get("arena"))
        raw: Tracks | None = inputs.get("raw")
        given = {"tracks": tracks}
        if raw is not None:
            given["raw"] = _in_lengths(raw, inputs.get("arena"), one.body_length_px)
        paths = {name: Path.of(each, self.keypoint, self.still_s) for name, each in given.items()}
        activity: Episodes | None = inputs.get("activity")
        off = self._scale_error(inputs.get("arena"), tracks)
        rows: list[Measure] = []
        told = partial(self._told, Counted.of(paths["tracks"], self._mine("least", tracks.unit)))
        for stretch in stretches(tracks.times_s, self.bin_s, inputs.get("events")):
            rows += told(paths, off, stretch)
            rows += _times(activity, stretch) if activity else []
        if rows:
            rows.append(self._scale(off, rows[0], tracks.unit))
        return Measures(tuple(rows), self._doubts(rows, tracks))

    def _told(
        self, counted: Counted, paths: Mapping[str, Path], off: float, stretch: Stretch
    ) -> list[Measure]:
        """What the path tells of a stretch of time."""
        path, tell = paths["tracks"].within(stretch), stretch.tell
        rows = [self._tracked(path, off, tell)]
        rows += self._corrected(path, counted.within(stretch), off, tell)
        rows += [self._raw(paths["raw"].within(stretch), off, tell)] if "raw" in paths else []
        return [*rows, *self._speeds(path, tell), *self._shape(path, tell)]

    def _doubts(self, rows: list[Measure], tracks: Tracks) -> tuple[str, ...]:
        """A line that names the measures of the session that jitter moves too much."""
        shares = self._moved(rows, tracks)
        doubted = {name: share for name, share in shares.items() if share > self.off_share}
        if not doubted:
            return ()
        told = ", ".join(f"{name} roughly by {share:.0%}" for name, share in doubted.items())
        return (
            f"jitter of {self.keypoint} moves measures by more than {self.off_share:.0%}: {told}; "
            "smooth the tracks first (clean/smooth)",
        )

    def _moved(self, rows: list[Measure], tracks: Tracks) -> dict[str, float]:
        """By what share each measure of the session moves where jitter is added once more."""
        if not rows or tracks.smoothed_s:
            return {}
        added = as_much_again(tracks.place(self.keypoint), tracks.times_s, self.still_s)
        if not added.any():
            return {}
        before = Measures(tuple(rows))
        twice, fourfold = (self._with(tracks, size * added) for size in (1.0, np.sqrt(3)))
        # One cell more or less is chance.
        cell = np.nan_to_num(self._mine("cell", tracks.unit)) ** 2
        chance = {"explored area": float(cell)}
        shares: dict[str, float] = {}
        for name, value in twice.items():
            was = before.value(name)
            if was > 0:
                off = abs(moved_by(was, value, fourfold[name])) - chance.get(name, 0.0)
                shares[name] = max(0.0, off) / was
        return shares

    def _with(self, tracks: Tracks, added: Array) -> dict[str, float]:
        """Each measure of the session where this is added to places ``(t, 2)``."""
        noisy = replace(tracks, position=tracks.position + added[:, :, None, None])
        path = Path.of(noisy, self.keypoint, self.still_s)
        counted = Counted.of(path, self._mine("least", tracks.unit))
        (session,) = stretches(tracks.times_s, 0.0, None)
        rows = self._told(counted, {"tracks": path}, 0.0, session)
        return {row.quantity: row.value for row in rows}

    def _mine(self, name: str, unit: str) -> float:
        """The parameter in a unit of length; NaN where it has none in that."""
        return float(getattr(self, f"{name}_{unit}", np.nan))

    def _scale_error(self, arena: Arena | None, tracks: Tracks) -> float:
        """How far the scale may be off, as a share: both edges of the shorter side are unsure."""
        if arena is None or arena.sides_mm is None or tracks.unit != "mm":
            return 0.0
        side_px = min(arena.sides_mm) * tracks.px_per_unit
        off_px = np.hypot(self.edge_px, np.nan_to_num(arena.residual_mm) * tracks.px_per_unit)
        return float(np.sqrt(2) * off_px / side_px)

    def _scale(self, off: float, whole: Measure, unit: str) -> Measure:
        words = (
            f"by how much lengths may be off because each edge of the floor may be {self.edge_px:g}"
            " px off, and its corners do not quite fit its sides"
        )
        return replace(
            whole,
            quantity="scale uncertainty",
            value=100 * off if unit == "mm" and off else np.nan,
            unit="%",
            low=np.nan,
            high=np.nan,
            definition=words,
        )

    def _tracked(self, path: Path, off: float, tell: Tell) -> Measure:
        far = float(path.step.sum()) if path.known else np.nan
        least = min(path.without_noise(path.chords(self.chord_s)), far) if path.known else np.nan
        words = (
            f"length of the path of {path.whom}, {_smoothing(path)}, from frame to frame, steps"
            f" across gaps left out; interval: from chords of {self.chord_s:g} s, less the jitter"
            " while still, to the path as tracked, widened by the scale uncertainty"
        )
        return tell(
            quantity="distance",
            value=far,
            unit=path.unit,
            low=least * (1 - off),
            high=far * (1 + off),
            definition=words,
        )

    def _corrected(self, path: Path, moved: Array, off: float, tell: Tell) -> list[Measure]:
        least = self._mine("least", path.unit)
        known = path.known and np.isfinite(least)
        far = float(moved.sum()) if known else np.nan
        low = path.without_noise(moved) if known else np.nan
        seen_s = path.seen_s if path.known else np.nan
        rule = (
            f"movement of {path.whom}, {_smoothing(path)}, counts once it is more than "
            f"{least:g} {path.unit} from where it last counted, along a straight line"
        )
        told = f"{rule}; interval: less the jitter while still, widened by the scale uncertainty"
        by_time = f"distance, corrected ({rule}) ÷ time in which it was seen; interval as of that"
        if not np.isfinite(least):
            told = by_time = f"not defined in pixels: {SCALE}"
        ends = np.array([far, low * (1 - off), far * (1 + off)])
        return [
            tell(quantity=name, value=v, unit=unit, low=a, high=b, definition=words)
            for name, unit, words, (v, a, b) in (
                ("distance, corrected", path.unit, told, ends.tolist()),
                ("mean speed", f"{path.unit}/s", by_time, (ends / seen_s).tolist()),
            )
        ]

    def _raw(self, path: Path, off: float, tell: Tell) -> Measure:
        far = float(path.step.sum()) if path.known else np.nan
        words = (
            f"length of the path of {path.whom}, as found in each frame and not smoothed, from "
            "frame to frame, steps across gaps left out; interval: by the scale uncertainty"
        )
        return tell(
            quantity="distance, raw",
            value=far,
            unit=path.unit,
            low=far * (1 - off),
            high=far * (1 + off),
            definition=words,
        )

    def _speeds(self, path: Path, tell: Tell) -> list[Measure]:
        unit, of = f"{path.unit}/s", f"of {path.whom}, {_smoothing(path)}"
        median = float(np.median(path.speed)) if path.known else np.nan
        top = float(np.percentile(path.mean_speed(self.top_span_s), 99)) if path.known else np.nan
        at_top = (
            f"99th percentile of the mean speed {of}, over {self.top_span_s:g} s from each frame on"
        )
        steps = f"median of the speed {of}, from frame to frame"
        return [
            tell(quantity="median speed", value=median, unit=unit, definition=steps),
            tell(quantity="top speed", value=top, unit=unit, definition=at_top),
        ]

    def _shape(self, path: Path, tell: Tell) -> list[Measure]:
        cell = self._mine("cell", path.unit)
        explored = path.cells(cell) * cell**2 if np.isfinite(cell) else np.nan
        stretches_of = (
            f"path of {path.whom} ÷ straight line over stretches of {self.stretch_s:g} s; "
            "median of the stretches whose straight line is longer than ten times the jitter while "
            "still"
        )
        cells = f"area of the cells of {cell:g} {path.unit} a side that {path.whom} was in"
        if not np.isfinite(cell):
            cells = f"not defined in pixels: {SCALE}"
        winding = path.tortuosity(self.stretch_s)
        area_unit = f"{path.unit}2"
        return [
            tell(quantity="tortuosity", value=winding, unit="1", definition=stretches_of),
            tell(quantity="explored area", value=explored, unit=area_unit, definition=cells),
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two rounds of a circle with a gap, before smoothing as well; activity and a tone."""
        t = np.arange(300) / 30
        turn = 0.4 * np.pi * t
        centre = np.stack([200 + 80 * np.cos(turn), 200 + 80 * np.sin(turn)], axis=1)
        ahead = 30 * np.stack([-np.sin(turn), np.cos(turn)], axis=1)
        position = np.stack([centre, centre + ahead, centre - ahead], axis=2)[..., None]
        position[100:110] = np.nan
        confidence = np.isfinite(position).all(axis=1).astype(float)
        keypoints = ("centroid", "head_end", "tail_end")
        tracks = Tracks(position, confidence, np.arange(300), t, keypoints, unit="mm")
        support = np.array([[0.0, 100 / 30], [110 / 30, 10.0]])
        activity = Episodes.of("moving", np.array([[0.0, 3.0], [4.0, 10.0]]), support)
        corners = np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 200.0], [0.0, 200.0]])
        arena = Arena("rectangle", corners, (400.0, 400.0))
        tone = Episodes.of("tone", np.array([[1.0, 3.0], [6.0, 8.5]]), np.array([[0.0, 10.0]]))
        raw = replace(
            tracks, position=position + 0.5 * (-1.0) ** np.arange(300)[:, None, None, None]
        )
        given = {"tracks": tracks, "raw": raw, "activity": activity, "arena": arena}
        return {**given, "events": tone}


def _in_lengths(tracks: Tracks, arena: Arena | None, length_px: float | None = None) -> Tracks:
    """On the floor where an arena tells its sides, else in body lengths, as far as is known."""
    if arena is not None and arena.unit == "px":
        tracks = arena.with_tracks(tracks)[1]
    return tracks.in_body_lengths(length_px)


def _smoothing(path: Path) -> str:
    """How the places came about, in words."""
    return f"smoothed over {path.smoothed_s:g} s" if path.smoothed_s else "not smoothed"


def _times(activity: Episodes, stretch: Stretch) -> list[Measure]:
    by = activity.definition or f"by {activity.author or 'the given episodes'}"
    looked_s = stretch.total(activity.looked_s)
    return [
        stretch.tell(
            quantity=f"time {label}",
            value=stretch.total(partial(activity.total_s, label)) if looked_s else np.nan,
            unit="s",
            definition=f"time {label}, while the animal was seen: {by}",
        )
        for label in ("moving", "immobile")
    ]
