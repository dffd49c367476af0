"""What goes in and what comes out, before anything is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

import numpy as np

from ethoframe.data import (
    Arena,
    Arenas,
    Corrections,
    Episodes,
    Frames,
    LabelMap,
    Measures,
    Noun,
    Recording,
    Tracks,
    Transform,
    Values,
    Verdict,
)


class Kind(StrEnum):
    """The kinds of data a method takes and gives."""

    RECORDING = "recording"
    IMAGE = "image"
    LABELMAP = "label map"
    VALUES = "values"
    TRACKS = "tracks"
    EPISODES = "episodes"
    MEASURES = "measures"
    ARENA = "arena"
    ARENAS = "arenas"
    TRANSFORM = "transform"
    CORRECTIONS = "corrections"
    VERDICT = "verdict"


@dataclass(frozen=True)
class In:
    """One input of a method.

    Parameters
    ----------
    kind
        What it must be.
    per
        Whether there is one per frame or one per recording.
    optional
        Whether the method can do without.
    """

    kind: Kind
    per: Literal["frame", "recording"] = "recording"
    optional: bool = False


@dataclass(frozen=True)
class Reach:
    """What an answer depends on around its own frame and pixel.

    Parameters
    ----------
    before, after
        Frames that must be seen before and after the one that is answered.
    around_px
        Pixels that must be seen around the one that is answered.
    """

    before: int = 0
    after: int = 0
    around_px: int = 0


@dataclass(frozen=True)
class Spec:
    """Axes, type and unit of a noun, known without its pixels.

    Parameters
    ----------
    kind
        Which noun.
    axes, shape
        Names and lengths of the axes; a length that is not known yet is None.
    dtype
        Of the array, as numpy spells it; empty for nouns that are no single array.
    unit
        Of positions or pixels, and of an arena's floor; empty where there is none, and in an
        outline where only the data can tell.
    names
        Channels, keypoints, quantities or labels, whichever the noun names.
    spacing_mm
        Distance between pixel centres ``(y, x)``.
    step_s
        Median time between frames in seconds; NaN when there is no clock.
    keyframes
        Frames of a recording that decode alone.
    """

    kind: Kind
    axes: tuple[str, ...] = ()
    shape: tuple[int | None, ...] = ()
    dtype: str = ""
    unit: str = ""
    names: tuple[str, ...] = ()
    spacing_mm: tuple[float, float] | None = None
    step_s: float = float("nan")
    keyframes: tuple[int, ...] = field(default=(), repr=False)

    @property
    def count(self) -> int:
        """Number of frames; 0 when it is not known."""
        return (self.shape[0] or 0) if self.shape else 0

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame; 0 when a length is not known, or where there are no frames."""
        each = np.dtype(self.dtype).itemsize if self.dtype else 0
        return math.prod(length or 0 for length in self.shape[1:]) * each

    def admits(self, other: Spec) -> bool:
        """Whether an answer with the spec `other` is what this outline promised."""
        lengths = all(a is None or a == b for a, b in zip(self.shape, other.shape, strict=False))
        return (
            (self.kind, self.axes, self.dtype, self.names)
            == (other.kind, other.axes, other.dtype, other.names)
            and self.unit in ("", other.unit)
            and len(self.shape) == len(other.shape)
            and lengths
        )


def spec_of(noun: Noun) -> Spec:
    """The spec of something in hand."""
    for noun_type, describe in _DESCRIBED.items():
        if isinstance(noun, noun_type):
            return describe(noun)
    raise TypeError(f"{type(noun).__name__} is no kind of data a method takes or gives")


def _of_recording(noun: Recording) -> Spec:
    step_s = float(np.median(np.diff(noun.times_s))) if len(noun) > 1 else float("nan")
    return Spec(
        Kind.RECORDING,
        _PIXEL_AXES,
        (len(noun), *noun.size, len(noun.channels)),
        noun.dtype.name,
        "level",
        noun.channels,
        noun.spacing_mm,
        step_s,
        tuple(int(k) for k in noun.keyframes),
    )


def _of_frames(noun: Frames) -> Spec:
    shape, dtype = noun.pixels.shape, noun.pixels.dtype.name
    return Spec(Kind.IMAGE, _PIXEL_AXES, shape, dtype, "level", noun.channels, noun.spacing_mm)


def _of_labelmap(noun: LabelMap) -> Spec:
    dtype = np.result_type(np.uint8, *{p.labels.dtype for p in noun.patches}).name
    shape, names = (len(noun), *noun.size), tuple(noun.names.values())
    return Spec(Kind.LABELMAP, ("t", "y", "x"), shape, dtype, "", names, noun.spacing_mm)


def _of_values(noun: Values) -> Spec:
    shape, dtype = noun.table.shape, noun.table.dtype.name
    return Spec(Kind.VALUES, ("t", "quantity"), shape, dtype, names=noun.names)


def _of_tracks(noun: Tracks) -> Spec:
    axes = ("time", "space", "keypoint", "individual")
    shape, dtype = noun.position.shape, noun.position.dtype.name
    return Spec(Kind.TRACKS, axes, shape, dtype, noun.unit, noun.keypoints, step_s=noun.step_s)


_PIXEL_AXES = ("t", "y", "x", "c")

_DESCRIBED: dict[type[Noun], Callable[[Any], Spec]] = {
    Recording: _of_recording,
    Frames: _of_frames,
    LabelMap: _of_labelmap,
    Values: _of_values,
    Tracks: _of_tracks,
    Episodes: lambda noun: Spec(Kind.EPISODES),
    Measures: lambda noun: Spec(Kind.MEASURES),
    Arena: lambda noun: Spec(Kind.ARENA, unit="px" if noun.sides_mm is None else "mm"),
    Arenas: lambda noun: Spec(Kind.ARENAS, unit="px"),
    Corrections: lambda noun: Spec(Kind.CORRECTIONS),
    Verdict: lambda noun: Spec(Kind.VERDICT),
    Transform: lambda noun: Spec(Kind.TRANSFORM, unit=noun.target_unit),
}
