"""One small sound method of each family, and what it looks at.

For tests that need a method whose every answer is known, or one to plant a fault in; nobody would
analyse anything with them. They are in no catalog.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import (
    FrameMethod,
    In,
    Kind,
    Memory,
    Reach,
    Reduction,
    SequentialMethod,
    Spec,
    WholeMethod,
    parameter,
)
from ethoframe.data import Frames, Measure, Measures, Noun, Recording, Tracks, Values
from ethoframe.data.noun import Array


def film(frames: int = 12) -> Recording:
    """A bright square that crosses a shaded floor while the light drifts."""
    shade = 40 + np.arange(24) + np.arange(20)[:, None]
    light = 1 + 0.02 * np.arange(frames)
    pixels = (shade * light[:, None, None]).astype(np.uint8)
    for t, image in enumerate(pixels):
        image[8:12, 2 + t : 6 + t] = 200
    return Recording.of(pixels[..., None])


def walk() -> Tracks:
    """Steps of a tenth to three millimetres, in bouts of some frames."""
    way = np.cumsum(np.repeat([3.0, 0.2, 2.0, 0.1, 1.0, 0.3], [12, 3, 10, 20, 5, 10]))
    tracks = Tracks.of(np.stack([way, way], axis=1), np.arange(len(way)) / 30)
    return replace(tracks, unit="mm", features={"area_px2": np.ones((len(way), 1))})


class _OnFilm:
    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    version: ClassVar[str] = "1"

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """The film."""
        return {"recording": film()}


@dataclass(frozen=True)
class Change(_OnFilm, FrameMethod):
    """How much each pixel changed since the frame before; ethoframe's own."""

    gives: ClassVar[Kind] = Kind.RECORDING
    shifts: ClassVar[bool] = True

    def outline(self, **specs: Spec) -> Spec:
        """As many pixels as there were."""
        return replace(specs["recording"], dtype="float32")

    def reach(self, spec: Spec) -> Reach:
        """The frame before."""
        return Reach(before=1)

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """Differences; 0 in the first frame."""
        now = batch.pixels.astype(np.float32)
        return replace(batch, pixels=np.abs(np.diff(now, axis=0, prepend=now[:1])))


@dataclass(frozen=True)
class Usual(_OnFilm, SequentialMethod):
    """The mean level so far, forgotten little by little; ethoframe's own."""

    span_s: float = parameter(0.1, unit="s", says="time after which a third of it is left")

    gives: ClassVar[Kind] = Kind.VALUES

    def outline(self, **specs: Spec) -> Spec:
        """One number per frame."""
        shape = specs["recording"].shape[0], 1
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=("usual",))

    def start(self, **specs: Spec) -> Memory:
        """Nothing has been seen."""
        return {"usual": None, "time_s": 0.0}

    def step(self, batch: Frames, memory: Memory, **side: Any) -> tuple[Values, Memory]:
        """The numbers of the batch."""
        rows = []
        for image, time_s in zip(batch.pixels, batch.times_s, strict=True):
            memory = self.next(float(image.mean()), float(time_s), memory)
            rows.append([memory["usual"]])
        table = np.array(rows, np.float64).reshape(-1, 1)
        return Values(table, ("usual",), ("level",), batch.numbers, batch.times_s), memory

    def next(self, level: float, time_s: float, memory: Memory) -> Memory:
        """What is remembered after one more frame."""
        if memory["usual"] is None:
            return {"usual": level, "time_s": time_s}
        kept = float(np.exp(-(time_s - memory["time_s"]) / self.span_s))
        return {"usual": kept * memory["usual"] + (1 - kept) * level, "time_s": time_s}

    def finish(self, memory: Memory, **side: Any) -> None:
        """Nothing is owed."""


@dataclass(frozen=True)
class Typical(_OnFilm, Reduction):
    """The mean picture; ethoframe's own."""

    gives: ClassVar[Kind] = Kind.IMAGE

    def outline(self, **specs: Spec) -> Spec:
        """One picture."""
        seen = specs["recording"]
        return replace(seen, kind=Kind.IMAGE, shape=(1, *seen.shape[1:]), dtype="float64")

    def visits(self, spec: Spec) -> Array:
        """All frames."""
        return np.arange(spec.count)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """Sum and number of the frames."""
        return {"sum": batch.pixels.sum(axis=0, dtype=np.float64), "count": len(batch)}

    def combine(self, a: Memory, b: Memory) -> Memory:
        """Sums of both."""
        return {"sum": a["sum"] + b["sum"], "count": a["count"] + b["count"]}

    def finalise(self, partial: Memory, **side: Any) -> Frames:
        """The mean."""
        image = partial["sum"] / partial["count"]
        return Frames(image[None], np.zeros(1, np.int64), np.zeros(1))


@dataclass(frozen=True)
class Rest(WholeMethod):
    """Seconds in which the animal was slow, for long enough; ethoframe's own."""

    slow_mm_per_s: float = parameter(20.0, unit="mm/s", says="rest is slower", low=0.0)
    least_s: float = parameter(0.15, unit="s", says="rest is longer", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One measure."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """The seconds; nothing for fewer than two frames."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) < 2:
            return Measures()
        slow = self.moved_mm(tracks) < self.slow_mm_per_s * np.diff(tracks.times_s)
        edges = np.diff(np.concatenate([[0], slow, [0]]).astype(int))
        spans_s = tracks.times_s[edges == -1] - tracks.times_s[edges == 1]
        row = Measure(
            quantity="rest",
            value=float(spans_s[self.lasts(spans_s)].sum()),
            unit="s",
            bin_start_s=float(tracks.times_s[0]),
            bin_stop_s=float(tracks.times_s[-1]),
            definition=f"slower than {self.slow_mm_per_s:g} mm/s for {self.least_s:g} s or longer",
        )
        return Measures((row,))

    def moved_mm(self, tracks: Tracks) -> Array:
        """Way from each frame to the next."""
        return np.hypot(*np.diff(tracks.at("centroid"), axis=0).T)

    def lasts(self, spans_s: Array) -> Array:
        """Whether each span is long enough."""
        return spans_s > self.least_s

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """The walk."""
        return {"tracks": walk()}


@dataclass(frozen=True)
class Same(Rest):
    """The tracks as they came; ethoframe's own."""

    gives: ClassVar[Kind] = Kind.TRACKS

    def outline(self, **specs: Spec) -> Spec:
        """The tracks' own."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Any:
        """The tracks."""
        return inputs["tracks"]
