"""How the animal walks: strides, stance and swing of each paw, and how paws go together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Measure, Measures, Noun, Tracks
from ethoframe.data.bins import Stretch, stretches
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes, refuse_without
from ethoframe.methods.measure._gait import Paw
from ethoframe.methods.measure._gait_between import PAIRS, phases
from ethoframe.methods.measure._gait_rows import (
    UNPROVEN,
    Tell,
    girdle_rows,
    median,
    one,
    order_rows,
    phase_rows,
    quantities,
    spread,
)
from ethoframe.methods.measure._gait_slips import slips

FOUR = ("left fore paw", "right fore paw", "left hind paw", "right hind paw")


@dataclass(frozen=True)
class Gait(WholeMethod):
    """Strides of each paw, slips, and with four paws base of support, symmetry, phase, order.

    The steps are those of `behave/steps`: episodes called ``"hind paw swing"`` and ``"hind paw
    stance"``. A stride is from touch-down to touch-down; only those count whose both ends were
    seen. A number about strides is their median, its interval the quartiles, and *strides* is how
    many there are. A paw stands where it is in the median while it stands. All of it depends on
    speed, so *speed of strides* is told beside it, and with *each_stride* every stride has rows of
    its own, for a model with speed as covariate.

    Lengths are in mm where there is a scale, and in body lengths (the median way from *hind_end* to
    *fore_end*) where tracks are in px. On a belt, *belt_mm_per_s* is how fast it runs.

    Where frames are too few, or tracking is too shaky, for steps to be dated, the definition says
    that the numbers are not to be trusted.

    References
    ----------
    Stance, swing, duty factor: Mendes et al., BMC Biol. 13 (2015), 50. Base of support, order:
    Hamers et al., J. Neurotrauma 18 (2001), 187-201; normal patterns: Cheng et al., Exp. Neurol.
    148 (1997), 544-557. Phase: Bellardita & Kiehn, Curr. Biol. 25 (2015), 1426-1436; Batschelet,
    Circular Statistics in Biology (1981). Asymmetry: Robinson et al., J. Manip. Physiol. Ther. 10
    (1987), 172-176. Slips on a beam: Carter et al., Curr. Protoc. Neurosci. 15 (2001), 8.12.
    """

    fore_end: str = parameter("nose", says="a body length is from hind_end to fore_end")
    hind_end: str = parameter("tail_base", says="a body length is from hind_end to fore_end")
    sure: float = parameter(
        0.6, unit="1", says="less confident places count as not seen", low=0.0, high=1.0
    )
    belt_mm_per_s: float = parameter(
        0.0, unit="mm/s", says="the floor runs backwards so fast", low=0.0
    )
    belt_bl_per_s: float = parameter(0.0, unit="bl/s", says="the same without a scale", low=0.0)
    slip_mm: float = parameter(
        4.0, unit="mm", says="a paw seen from the side slips if so far below the floor", low=0.0
    )
    slip_bl: float = parameter(0.05, unit="bl", says="the same without a scale", low=0.0)
    slip_s: float = parameter(0.02, unit="s", says="a slip lasts at least so long", low=0.0)
    frame_share: float = parameter(
        0.2, unit="1", says="trusted while a frame is a smaller share of a swing", low=0.0
    )
    off_share: float = parameter(
        0.02, unit="1", says="trusted while jitter is a smaller share of a stride", low=0.0
    )
    each_stride: bool = parameter(False, says="tell every stride by itself as well")
    bin_s: float = parameter(0.0, unit="s", says="length of the time bins; 0 for none", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "steps": In(Kind.EPISODES),
        "events": In(Kind.EPISODES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses tracks in px that do not tell the length of the body."""
        if specs["tracks"].unit == "px" or self.belt_mm_per_s or self.belt_bl_per_s:
            refuse_without(self.name(), specs["tracks"].names, self.fore_end, self.hind_end)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Rows of each paw, then of paws together, for each individual and stretch of time."""
        tracks: Tracks = inputs["tracks"]
        steps: Episodes = inputs["steps"]
        rows: list[Measure] = []
        for each in tracks.each():
            who = each.individuals[0]
            walk = self._scaled(each)
            paws = self._paws(walk, steps.about(who))
            for stretch in stretches(tracks.times_s, self.bin_s, inputs.get("events")):
                tell = partial(stretch.tell, individual=who)
                for paw in paws.values():
                    rows += self._alone(paw, walk, steps.about(who), stretch, tell)
                rows += self._together(paws, walk.unit, stretch, tell)
            rows += self._each(paws, walk.unit, who) if self.each_stride else []
        return Measures(tuple(self._in_lengths(rows) if tracks.unit == "px" else rows))

    def _in_lengths(self, rows: list[Measure]) -> list[Measure]:
        """The rows; those in body lengths say what one is."""
        what = f"; a body length (bl) is the median way from {self.hind_end} to {self.fore_end}"
        return [
            replace(row, definition=row.definition + what) if row.unit.startswith("bl") else row
            for row in rows
        ]

    def _scaled(self, tracks: Tracks) -> Tracks:
        """Sure places only, in body lengths where there is no scale."""
        sure = tracks.confidence[:, None] >= self.sure
        kept = replace(tracks, position=np.where(sure, tracks.position, np.nan))
        if tracks.unit != "px":
            return kept
        away = np.hypot(*(kept.place(self.fore_end) - kept.place(self.hind_end)).T)
        length = float(np.median(away[np.isfinite(away)])) if np.isfinite(away).any() else np.nan
        scale = 1 / length if length else np.nan
        return replace(kept, position=kept.position * scale, unit="bl", px_per_unit=1 / scale)

    def _paws(self, walk: Tracks, steps: Episodes) -> dict[str, Paw]:
        """Those that the episodes tell of and the tracks hold, in the order of their first step."""
        names = dict.fromkeys(label.rpartition(" ")[0] for label in steps.labels)
        held = [name for name in names if makes(name.replace(" ", "_"), walk.keypoints)]
        belt = self.belt_mm_per_s if walk.unit == "mm" else self.belt_bl_per_s
        floor = -belt * self._ahead(walk) if belt else np.zeros(2)
        return {name: Paw.of(walk, steps, name, floor) for name in held}

    def _ahead(self, walk: Tracks) -> Array:
        axis = walk.place(self.fore_end) - walk.place(self.hind_end)
        known = axis[np.isfinite(axis).all(axis=1)]
        mean = known.mean(axis=0) if len(known) else np.zeros(2)
        ahead: Array = mean / max(float(np.hypot(*mean)), np.finfo(float).tiny)
        return ahead

    def _alone(
        self, paw: Paw, walk: Tracks, steps: Episodes, stretch: Stretch, tell: Tell
    ) -> list[Measure]:
        """Strides and slips of one paw."""
        strides = paw.strides.within(stretch)
        count = "strides of which touch-down, lift-off and the next touch-down were seen"
        swing, far = median(strides.swing_s), median(strides.length)
        frame = walk.step_s / swing if swing > 0 else np.nan
        off = paw.off / far if far > 0 else np.nan
        doubt = self._doubt(frame, off)
        rows = [one(tell, f"strides, {paw.name}", len(strides), "1", count)]
        for quantity, values, unit, words in quantities(strides, walk.unit):
            told = f"{doubt}{words}; median of the strides, interval: quartiles"
            rows.append(spread(tell, f"{quantity}, {paw.name}", values, unit, told))
        resolved = "frame interval ÷ median swing: how finely swings are dated"
        shaky = "jitter of the paw while it stands, along x or y, ÷ median stride length"
        return [
            *rows,
            one(tell, f"frame per swing, {paw.name}", frame, "1", resolved),
            one(tell, f"jitter per stride, {paw.name}", off, "1", shaky),
            *(self._slips(paw, walk, steps, stretch, tell) if _from_side(paw.name) else []),
        ]

    def _doubt(self, frame: float, off: float) -> str:
        """What to say of numbers that cannot be told from these tracks; nothing if they can."""
        reasons = []
        if frame > self.frame_share:
            reasons.append(f"a frame is {frame:.0%} of a swing, over {self.frame_share:.0%}")
        if off > self.off_share:
            reasons.append(f"jitter is {off:.1%} of a stride, over {self.off_share:.1%}")
        return f"NOT TO BE TRUSTED ({', '.join(reasons)}): " if reasons else ""

    def _slips(
        self, paw: Paw, walk: Tracks, steps: Episodes, stretch: Stretch, tell: Tell
    ) -> list[Measure]:
        deep = self.slip_mm if walk.unit == "mm" else self.slip_bl
        looked = np.zeros(len(walk), bool)
        for what in ("swing", "stance"):
            looked |= steps.covers(f"{paw.name} {what}", walk.times_s)
        points = walk.place(paw.name.replace(" ", "_"))
        spans = slips(points, walk.times_s, looked, paw.places, deep, self.slip_s)
        begun = float(stretch.holds(spans[:, 0]).sum()) if len(paw.places) else np.nan
        words = (
            f"the paw is more than {deep:g} {walk.unit} below the line through the places where it "
            f"stands, for at least {self.slip_s:g} s, seen from the side{UNPROVEN}"
        )
        return [one(tell, f"slips, {paw.name}", begun, "1", words)]

    def _together(
        self, paws: Mapping[str, Paw], unit: str, stretch: Stretch, tell: Tell
    ) -> list[Measure]:
        """What tells of two paws or more."""
        rows: list[Measure] = []
        for first, second in PAIRS:
            if {f"{first} paw", f"{second} paw"} <= paws.keys():
                pair = paws[f"{first} paw"], paws[f"{second} paw"]
                rows += phase_rows(first, second, phases(*pair, stretch), tell)
        for girdle in ("fore", "hind"):
            if {f"left {girdle} paw", f"right {girdle} paw"} <= paws.keys():
                pair = paws[f"left {girdle} paw"], paws[f"right {girdle} paw"]
                rows += girdle_rows(girdle, *pair, unit, stretch, tell)
        return rows + (
            order_rows([paws[n] for n in FOUR], stretch, tell) if set(FOUR) <= paws.keys() else []
        )

    def _each(self, paws: Mapping[str, Paw], unit: str, who: str) -> list[Measure]:
        """Rows of every stride by itself."""
        rows = []
        for paw in paws.values():
            for k, span in enumerate(zip(paw.strides.down_s, paw.strides.next_s, strict=True)):
                stretch = Stretch((span,), f"{paw.name} stride {k + 1}")
                for quantity, values, of, words in quantities(paw.strides, unit):
                    name, told = f"{quantity}, {paw.name}", f"{words}; of this stride"
                    tell = partial(stretch.tell, individual=who)
                    rows.append(one(tell, name, float(values[k]), of, told))
        return rows

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Six strides of four paws in a trot, the second of one of them a long one; a tone."""
        t = np.arange(180) / 100
        places: dict[str, tuple[float, float, float | None]] = {
            "nose": (45.0, 0.0, None),
            "tail_base": (-45.0, 0.0, None),
        }
        parts, support = [], np.array([[0.0, 1.8]])
        for paw, phase in zip(FOUR, (0.5, 0.0, 0.1, 0.5), strict=True):
            side, end, _ = paw.split()
            across, along = 10.0 if side == "right" else -10.0, 25.0 if end == "fore" else -25.0
            places[paw.replace(" ", "_")] = along, across, phase
            down = (np.arange(-1, 8) + phase) * 0.3
            for what, spans in (
                ("swing", np.stack([down - 0.12, down], axis=1)),
                ("stance", np.stack([down, down + 0.18], axis=1)),
            ):
                cut = np.clip(spans, 0.0, 1.8)
                cut = cut[cut[:, 1] > cut[:, 0] + 1e-9]
                parts.append(Episodes.of(f"{paw} {what}", cut, support))
        position = np.stack([_walked(t, *each) for each in places.values()], axis=2)
        position[60:, 0, 3] += 5.0
        seen = np.ones((180, 6, 1))
        names = tuple(places)
        tracks = Tracks(position[..., None], seen, np.arange(180), t, names, unit="mm")
        tone = Episodes.of("tone", np.array([[0.5, 1.2]]), support)
        return {"tracks": tracks, "steps": Episodes.merged(parts), "events": tone}


def _walked(t: Array, along: float, across: float, phase: float | None) -> Array:
    """Places ``(t, 2)`` of a paw that swings for 0.4 of a stride, or of the trunk."""
    strides = t / 0.3 if phase is None else t / 0.3 - phase
    if phase is not None:
        whole = np.floor(strides)
        strides = whole + np.clip((strides - whole - 0.6) / 0.4, 0.0, 1.0)
    return np.stack([60.0 * strides + along, np.full_like(t, across)], axis=1)


def _from_side(name: str) -> bool:
    """Whether only one paw of its kind is seen: so it is where a beam is filmed from the side."""
    return not name.startswith(("left ", "right "))
