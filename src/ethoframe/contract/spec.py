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
    Classes,
    Corrections,
    Displacement,
    Effects,
    Episodes,
    Frames,
    LabelMap,
    Measures,
    Noun,
    Points,
    Recording,
    Refusal,
    Sheet,
    Tracks,
    Transform,
    Transforms,
    Values,
    Verdict,
    Warp,
)


class Kind(StrEnum):
    """The kinds of data a method takes and gives."""

    RECORDING = "recording"
    IMAGE = "image"
    LABELMAP = "label map"
    POINTS = "points"
    VALUES = "values"
    CLASSES = "classes"
    TRACKS = "tracks"
    EPISODES = "episodes"
    MEASURES = "measures"
    ARENA = "arena"
    ARENAS = "arenas"
    TRANSFORM = "transform"
    TRANSFORMS = "transforms"
    DISPLACEMENT = "displacement"
    CORRECTIONS = "corrections"
    VERDICT = "verdict"
    SHEET = "animal sheet"
    EFFECTS = "effects"


@dataclass(frozen=True)
class In:
    """One input of a method.

    Parameters
    ----------
    kind
        What it must be.
    per
        Whether there is one per frame, one per recording, or one of a whole study.
    optional
        Whether the method can do without.
    volumes
        Whether its frames may be volumes; an input that does not say so takes pictures only.
    """

    kind: Kind
    per: Literal["frame", "recording", "study"] = "recording"
    optional: bool = False
    volumes: bool = False

    def check(self, where: str, name: str, spec: Spec) -> None:
        """Refuses what this input cannot be: another kind, or volumes where it takes pictures.

        Raises
        ------
        Refusal
            Told of `where`, with the input's `name`.
        """
        # Frames in memory are as good as a recording: they flow all the same.
        alike = {spec.kind, Kind.RECORDING} if spec.kind is Kind.IMAGE else {spec.kind}
        if self.kind not in alike:
            reason = f"{name} must be {self.kind}, and is {spec.kind}"
            raise Refusal(where, reason, f"give it {self.kind}")
        if "z" in spec.axes and not self.volumes:
            reason = f"{name} is a volume of {spec.size[0]} planes, and it works on pictures"
            raise Refusal(where, reason, "take a plane of it, or its planes as frames: --planes")


@dataclass(frozen=True)
class Reach:
    """What an answer depends on around its own frame and pixel.

    Parameters
    ----------
    before, after
        Frames that must be seen before and after the one that is answered.
    around_px
        Pixels that must be seen around the one that is answered, along every axis; None where it
        may depend on the whole picture. A number is a claim, held by law: pictures larger than
        memory are worked on piece by piece by it.
    """

    before: int = 0
    after: int = 0
    around_px: int | None = None


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
        Distance between pixel centres ``([z,] y, x)``.
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
    spacing_mm: tuple[float, ...] | None = None
    step_s: float = float("nan")
    keyframes: tuple[int, ...] = field(default=(), repr=False)

    @property
    def size(self) -> tuple[int, ...]:
        """Lengths of the axes of space ``([z,] y, x)``, where frames have any; 0 if not known."""
        pairs = zip(self.axes, self.shape, strict=True)
        return tuple(length or 0 for axis, length in pairs if axis in ("z", "y", "x"))

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
        _axes(noun.size, "c"),
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
    axes = _axes(noun.size, "c")
    return Spec(Kind.IMAGE, axes, shape, dtype, "level", noun.channels, noun.spacing_mm)


def _of_labelmap(noun: LabelMap) -> Spec:
    dtype = np.result_type(np.uint8, *{p.labels.dtype for p in noun.patches}).name
    shape, names = (len(noun), *noun.size), tuple(noun.names.values())
    axes = _axes(noun.size)
    return Spec(Kind.LABELMAP, axes, shape, dtype, "", names, noun.spacing_mm)


def _of_points(noun: Points) -> Spec:
    axes, shape = ("t", "point", "space"), (len(noun), None, noun.axes)
    return Spec(Kind.POINTS, axes, shape, "float64", noun.unit, tuple(noun.features))


def _of_transforms(noun: Transforms) -> Spec:
    shape, dtype = noun.matrices.shape, noun.matrices.dtype.name
    return Spec(Kind.TRANSFORMS, ("t", "row", "column"), shape, dtype, noun.unit)


def _of_displacement(noun: Displacement) -> Spec:
    shape, dtype = noun.vectors.shape, noun.vectors.dtype.name
    axes = (*_axes(noun.size)[1:], "space")
    return Spec(Kind.DISPLACEMENT, axes, shape, dtype, noun.unit)


def _of_values(noun: Values) -> Spec:
    shape, dtype = noun.table.shape, noun.table.dtype.name
    return Spec(Kind.VALUES, ("t", "quantity"), shape, dtype, names=noun.names)


def _of_classes(noun: Classes) -> Spec:
    shape, dtype = noun.table.shape, noun.table.dtype.name
    return Spec(Kind.CLASSES, ("t", "class"), shape, dtype, names=noun.names)


def _of_tracks(noun: Tracks) -> Spec:
    axes = ("time", "space", "keypoint", "individual")
    shape, dtype = noun.position.shape, noun.position.dtype.name
    return Spec(Kind.TRACKS, axes, shape, dtype, noun.unit, noun.keypoints, step_s=noun.step_s)


def _axes(size: tuple[int, ...], *last: str) -> tuple[str, ...]:
    """Names of the axes of frames of this size."""
    return ("t", *("z", "y", "x")[-len(size) :], *last)


_DESCRIBED: dict[type[Noun], Callable[[Any], Spec]] = {
    Recording: _of_recording,
    Frames: _of_frames,
    LabelMap: _of_labelmap,
    Points: _of_points,
    Transforms: _of_transforms,
    Displacement: _of_displacement,
    Values: _of_values,
    Classes: _of_classes,
    Tracks: _of_tracks,
    Episodes: lambda noun: Spec(Kind.EPISODES),
    Measures: lambda noun: Spec(Kind.MEASURES),
    Arena: lambda noun: Spec(Kind.ARENA, unit="px" if noun.sides_mm is None else "mm"),
    Arenas: lambda noun: Spec(Kind.ARENAS, unit="px"),
    Corrections: lambda noun: Spec(Kind.CORRECTIONS),
    Verdict: lambda noun: Spec(Kind.VERDICT),
    Sheet: lambda noun: Spec(Kind.SHEET),
    Effects: lambda noun: Spec(Kind.EFFECTS),
    Transform: lambda noun: Spec(Kind.TRANSFORM, unit=noun.target_unit),
    Warp: lambda noun: Spec(Kind.TRANSFORM, unit=noun.target_unit),
}
