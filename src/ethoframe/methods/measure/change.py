"""How objects grow, move and change their light over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Frames, LabelMap, Measure, Measures, Noun, Patch, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.measure._slope import Slope, slope

PER_MIN = 60.0
"""Seconds in the minute that rates are told per."""


@dataclass(frozen=True)
class Change(WholeMethod):
    """Growth, displacement and change of intensity of each object that keeps its label.

    Frames must have been registered before, or the objects cut out of registered frames: what the
    stage or the animal moved counts as displacement here. A label is one object in all frames; the
    frames without it are left out, and how many have it is told. Each object has, over the time
    from its first to its last frame:

    * ``area`` or ``volume``: the mean; in mm2 or mm3 with a pixel size, else in px2 or px3.
    * ``growth`` of it per minute, by the straight line of least squares; ``relative growth``, that
      of its logarithm, which is the rate of exponential growth (it doubles in log 2 over that).
    * ``displacement`` of its centroid from its first frame to its last, and the ``way`` it went
      from frame to frame, which noise makes longer.
    * with a recording, for each channel, the mean ``intensity`` and its ``intensity change`` per
      minute. Pixels that are NaN are left out.

    Intervals of rates are 95 %, of the slope, for as many frames as are independent (see
    `_slope`); those of means are NaN. Rates of an object in one frame are NaN. A label map without
    labels gives no rows.

    References
    ----------
    ethoframe's own.
    """

    least_frames: int = parameter(
        1, unit="frames", says="objects that are in fewer frames are left out", low=1
    )

    takes: ClassVar[Mapping[str, In]] = {
        "labels": In(Kind.LABELMAP, volumes=True),
        "recording": In(Kind.RECORDING, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses a recording of another size."""
        recording = specs.get("recording")
        if recording is not None and recording.size != specs["labels"].size:
            sides = (" × ".join(map(str, each.size)) for each in (specs["labels"], recording))
            reason = "labels are of {} pixels, and the recording of {}".format(*sides)
            raise Refusal(self.name(), reason, "give the recording they were made from")
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """The rows of each object, in rising order of its label."""
        labels: LabelMap = inputs["labels"]
        recording: Recording | None = inputs.get("recording")
        scale = _Scale.of(labels.spacing_mm, len(labels.size))
        channels = recording.channels if recording is not None else ()
        found = _followed(labels, recording, self.name())
        rows: list[Measure] = []
        for label in sorted(found):
            seen = np.array(found[label], np.float64)
            if len(seen) >= self.least_frames:
                name = labels.names.get(label) or f"object {label}"
                rows += [replace(row, individual=name) for row in _rows(seen, scale, channels)]
        return Measures(tuple(rows))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A square that grows and drifts, one that fades, and one that is seen once."""
        random = np.random.default_rng(5)
        labels = np.zeros((10, 40, 60), np.uint8)
        pixels = random.normal(50, 2, (10, 40, 60, 1))
        for t in range(10):
            labels[t, 5 : 13 + t, 4 + t : 12 + t] = 1
            if t != 6:
                labels[t, 28:36, 40:50] = 2
            pixels[t][labels[t] == 2] += 100 - 8 * t
        labels[3, 0:3, 50:54] = 7
        recording = Recording.of(pixels.astype(np.float32), rate=0.1)
        spacing = (0.25, 0.5)
        recording = replace(recording, spacing_mm=spacing)
        drawn = LabelMap.of(labels, times_s=recording.times_s, spacing_mm=spacing)
        return {"labels": drawn, "recording": recording}


@dataclass(frozen=True)
class _Scale:
    """Units of length and size, and the steps between pixels."""

    steps: Array
    unit: str
    size_unit: str
    size_name: str

    @classmethod
    def of(cls, spacing_mm: tuple[float, ...] | None, axes: int) -> _Scale:
        unit = "px" if spacing_mm is None else "mm"
        steps = np.ones(axes) if spacing_mm is None else np.array(spacing_mm, np.float64)
        return cls(steps, unit, f"{unit}{axes}", "area" if axes == 2 else "volume")


def _followed(
    labels: LabelMap, recording: Recording | None, who: str
) -> dict[int, list[list[float]]]:
    """Rows of each label: time, pixels, centroid in pixels, mean level of each channel."""
    found: dict[int, list[list[float]]] = {}
    if recording is not None and len(labels) and int(labels.numbers.max()) >= len(recording):
        reason = f"labels reach to frame {labels.numbers.max()} of {len(recording)}"
        raise Refusal(who, reason, "give the recording they were made from")
    for patch, number, time_s in zip(labels.patches, labels.numbers, labels.times_s, strict=True):
        pixels = None
        if recording is not None:
            frame: Frames = recording.frames([int(number)])
            # A frame that cannot be decoded has no levels.
            blank = np.full((*labels.size, len(recording.channels)), np.nan)
            pixels = (frame.pixels[0] if len(frame) else blank)[patch.slices]
        for label, *numbers in _objects(patch, pixels):
            found.setdefault(int(label), []).append([float(time_s), *numbers])
    return found


def _objects(patch: Patch, pixels: Array | None) -> Iterator[list[float]]:
    """Label, pixels, centroid in pixels and mean level of each channel, of each object."""
    where = np.nonzero(patch.labels)
    names, index = np.unique(patch.labels[where], return_inverse=True)
    count = np.bincount(index, minlength=len(names))
    columns = [names, count]
    for along, first in zip(where, patch.origin, strict=True):
        columns.append(np.bincount(index, along, len(names)) / np.maximum(count, 1) + first)
    for channel in range(pixels.shape[-1] if pixels is not None else 0):
        assert pixels is not None
        level = pixels[(*where, channel)].astype(np.float64)
        known = np.isfinite(level)
        total = np.bincount(index, np.where(known, level, 0), len(names))
        held = np.bincount(index, known, len(names))
        columns.append(np.where(held > 0, total / np.maximum(held, 1), np.nan))
    yield from np.stack(columns, axis=1).astype(np.float64).tolist()


def _rows(seen: Array, scale: _Scale, channels: tuple[str, ...]) -> list[Measure]:
    """The measures of one object from its rows over time."""
    axes = len(scale.steps)
    times_s, size = seen[:, 0], seen[:, 1] * float(scale.steps.prod())
    steps = np.diff(seen[:, 2 : 2 + axes] * scale.steps, axis=0)
    first_s, last_s = float(times_s[0]), float(times_s[-1])

    def told(quantity: str, value: float | Slope, unit: str, definition: str) -> Measure:
        rate = value if isinstance(value, Slope) else Slope(value)
        return Measure(
            quantity=quantity, value=rate.value, unit=unit, low=rate.low, high=rate.high,
            bin_start_s=first_s, bin_stop_s=last_s,
            definition=f"{definition}, over {len(seen)} frames",
        )  # fmt: skip

    name, unit = scale.size_name, scale.size_unit
    growth = slope(times_s, size).times(PER_MIN)
    faster = slope(times_s, np.log(size)).times(PER_MIN)
    gone, way = np.linalg.norm(steps.sum(axis=0)), np.linalg.norm(steps, axis=1).sum()
    rows = [
        told("frames seen", float(len(seen)), "frames", "frames that hold the object"),
        told(name, float(size.mean()), unit, f"mean {name} of its pixels"),
        told("growth", growth, f"{unit}/min", f"slope of {name} with time by least squares"),
        told("relative growth", faster, "1/min", f"slope of the logarithm of {name} with time"),
        told("displacement", float(gone), scale.unit, "centroid from the first frame to the last"),
        told("way", float(way), scale.unit, "sum of the centroid's steps from frame to frame"),
    ]
    for k, channel in enumerate(channels):
        level, of = seen[:, 2 + axes + k], "" if len(channels) == 1 else f" of {channel}"
        known = level[np.isfinite(level)]
        mean = float(known.mean()) if len(known) else float("nan")
        fading = slope(times_s, level).times(PER_MIN)
        rows += [
            told(f"intensity{of}", mean, "level", "mean level of its pixels"),
            told(f"intensity change{of}", fading, "level/min", "slope of the mean level with time"),
        ]
    return rows
