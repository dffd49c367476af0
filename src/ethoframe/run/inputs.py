"""Nouns from files, by what a method takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal


@dataclass(frozen=True)
class Reading:
    """What a user knows of files that they do not say themselves, and how they are to be taken.

    Parameters
    ----------
    spacing_mm
        Distance between pixel centres, the same along rows and columns; None as the file says.
    rate
        Frames per second; None as the file says.
    planes
        Whether each plane of a volume is a frame of its own.
    options
        What a format asks for besides, such as ``{"pages": "z"}`` of a TIFF file.
    """

    spacing_mm: float | None = None
    rate: float | None = None
    planes: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    def of(self, recording: Recording) -> Recording:
        """The recording, taken so; what the user says goes before what the file says."""
        if self.planes and len(recording.size) == 3:
            recording = recording.planes()
        if self.spacing_mm is not None:
            recording = _spaced(recording, self.spacing_mm)
        if self.rate is not None:
            times_s = np.arange(len(recording)) / self.rate
            recording = replace(recording, times_s=times_s)
        return recording

    def asked(self) -> dict[str, Any]:
        """What of it decides answers, ready for JSON."""
        return {name: value for name, value in vars(self).items() if value}


def noun_in(path: Path, kind: Kind, reading: Reading, name: str | None = None) -> Noun:
    """The noun of this kind that a file, or a folder, holds.

    Parameters
    ----------
    path
        Where it is.
    kind
        What it must be.
    reading
        What is known of it besides.
    name
        How a recording is called; the name of the file when left out.

    Raises
    ------
    Refusal
        When there is no such file, or it cannot be read as that.
    """
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")
    if kind is Kind.RECORDING:
        return reading.of(formats.read(path, name=name, **reading.options))
    if kind not in _READERS:
        raise Refusal(path, f"{kind} cannot be read from a file", "leave it out")
    noun = _READERS[kind](path, reading)
    if failed := getattr(noun, "failed", ""):
        remedy = "register again with other settings, and look at its report.html"
        raise Refusal(path, f"this registration failed: {failed}", remedy)
    return noun


def _image(path: Path, reading: Reading) -> Frames:
    recording = reading.of(formats.read(path))
    return recording.frames(range(len(recording)))


def _labels(path: Path, reading: Reading) -> Noun:
    labels: LabelMap = formats.read_labels(path, **reading.options)
    if reading.spacing_mm is None:
        return labels
    return replace(labels, spacing_mm=(reading.spacing_mm,) * len(labels.size))


def _by(module: str, function: str = "read") -> Callable[[Path, Reading], Noun]:
    """A reader that is imported when it is needed."""

    def read(path: Path, reading: Reading) -> Noun:
        del reading
        noun: Noun = getattr(import_module(f"ethoframe.formats.{module}"), function)(path)
        return noun

    return read


_READERS: Mapping[Kind, Callable[[Path, Reading], Noun]] = {
    Kind.IMAGE: _image,
    Kind.LABELMAP: _labels,
    Kind.POINTS: _by("landmarks"),
    Kind.TRACKS: _by("table", "read_tracks"),
    Kind.MEASURES: _by("table", "read_measures"),
    Kind.VALUES: _by("table", "read_values"),
    Kind.TRANSFORM: _by("transform"),
    Kind.TRANSFORMS: _by("transform"),
    Kind.DISPLACEMENT: _by("transform"),
    Kind.ARENA: _by("arena"),
    Kind.ARENAS: _by("arena", "read_all"),
}


def _spaced(recording: Recording, spacing_mm: float) -> Recording:
    """The recording with square pixels of this size; planes of a volume stay as far apart."""
    before = recording.spacing_mm
    front = () if len(recording.size) == 2 else (before[0] if before else spacing_mm,)
    told: tuple[str, ...] = ()
    if before and not np.allclose(before[-2:], spacing_mm, rtol=1e-3):
        told = (
            f"its file says pixels of {before[-1]:.4g} mm; {spacing_mm:.4g} mm, as told, count",
        )
    warnings = (*recording.warnings, *told)
    return replace(recording, spacing_mm=(*front, spacing_mm, spacing_mm), warnings=warnings)
