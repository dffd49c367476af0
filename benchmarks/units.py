"""Whether measures stay the same when the camera does not.

Real tracks of other programs and simulated ones, measured as they are, with every second frame
dropped, and with twice the resolution; simulated ones also with white jitter on each place. All go
the same way: gate, jumps, short gaps, smoothing (the defaults), mm, then the measure. Where nobody
knows the scale, the animal is taken to be 80 mm long from nose to tail base.

change: of the quantity, in % of its value as it is (with jitter: of its true value). told: whether
the interval that is told with the measure holds the value as it is; empty where a measure has no
interval. A quantity that moves by more than 3 % is not to be compared between cameras.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._films import shared
from ethoframe import formats
from ethoframe.contract.catalog import find
from ethoframe.data import Measure, Tracks, Transform
from ethoframe.run import apply

Row = dict[str, Any]

REAL = (
    ("freezing/demo1/demo1_tracking.csv", 50.0, 3.2),
    ("raters/data/EPM/Output_DLC/EPM_15DeepCut_resnet50_epmMay17shuffle1_1030000.csv", 25.0, 0.0),
    ("social/dlc_openfield/openfield_dlc_inference_example.csv", 30.0, 0.0),
)
"""Tracks, frames a second, and pixels a millimetre; 0 where nobody knows."""

BODY_MM = 80.0

JITTER_PX = (0.5, 1.0, 2.0)
SCALE_PX_PER_MM = 2.0
CLEAN = ("clean/gate", "clean/jumps", "clean/gaps", "clean/smooth")
MEASURES = ("measure/motion", "measure/rotation")


def cleaned(tracks: Tracks, px_per_mm: float) -> Tracks:
    """On the floor, and through the steps of every assay."""
    done = tracks.mapped(Transform.scaling(1 / px_per_mm, "px", "mm"))
    for name in CLEAN:
        done = apply(find(name)(), tracks=done)
    return done


def measured(tracks: Tracks) -> dict[str, Measure]:
    """Each quantity over the whole session."""
    found: dict[str, Measure] = {}
    for name in MEASURES:
        for row in apply(find(name)(), tracks=tracks).rows:
            found.setdefault(f"{row.quantity} ({row.unit})", row)
    return found


def halved(tracks: Tracks) -> Tracks:
    """Every second frame."""
    return tracks.take(slice(None, None, 2))


def walked(rate: float = 60.0, minutes: float = 5.0) -> Tracks:
    """A simulated animal in px, that runs, turns and pauses: a velocity that wanders, smoothly."""
    random = np.random.default_rng(11)
    count = int(rate * 60 * minutes)
    slow = np.exp(-1 / (0.8 * rate))
    pushed = random.normal(0, 1, (count, 2)) * np.sqrt(1 - slow**2)
    velocity = np.zeros((count, 2))
    for t in range(1, count):
        velocity[t] = slow * velocity[t - 1] + pushed[t]
    kernel = np.hanning(int(0.25 * rate))
    velocity = np.apply_along_axis(np.convolve, 0, velocity, kernel / kernel.sum(), "same")
    runs = np.clip(np.sin(2 * np.pi * np.arange(count) / (rate * 12)) * 3, 0, 1)[:, None]
    body = 100 * velocity * runs * SCALE_PX_PER_MM
    return Tracks.of(500 + np.cumsum(body, axis=0) / rate, np.arange(count) / rate, "body_centre")


def jittered(tracks: Tracks, sigma_px: float) -> Tracks:
    """With white noise on each place."""
    noise = np.random.default_rng(5).normal(0, sigma_px, tracks.position.shape)
    return replace(tracks, position=tracks.position + noise)


def rows() -> Iterator[Row]:
    """For each change of the camera, track and quantity, how far it moves."""
    cases = {Path(name).stem[:12]: _real(name, rate, scale) for name, rate, scale in REAL}
    cases["simulated"] = walked(), SCALE_PX_PER_MM
    for name, (tracks, scale) in cases.items():
        twice = replace(tracks, position=tracks.position * 2)
        changed = {
            "every second frame": (halved(tracks), scale),
            "twice as fine": (twice, 2 * scale),
        }
        if name == "simulated":
            told = {sigma: f"jitter of {sigma / scale:g} mm" for sigma in JITTER_PX}
            changed |= {told[sigma]: (jittered(tracks, sigma), scale) for sigma in JITTER_PX}
        before = measured(cleaned(tracks, scale))
        for change, other in changed.items():
            yield from _moved({"tracks": name, "camera": change}, before, measured(cleaned(*other)))


def _real(name: str, rate: float, scale: float) -> tuple[Tracks, float]:
    tracks = next(formats.read_tracks(shared() / "data" / name, rate=rate).each())
    return tracks, scale or tracks.body_length_px / BODY_MM


def _moved(
    about: Row, before: Mapping[str, Measure], after: Mapping[str, Measure]
) -> Iterator[Row]:
    for name in [name for name in before if name in after]:
        a, b = before[name], after[name]
        if np.isfinite([a.value, b.value]).all() and a.value != 0:
            share = 100 * (b.value - a.value) / a.value
            holds = None if np.isnan(b.low) else bool(b.low <= a.value <= b.high)
            yield {**about, "quantity": name, "change %": share, "told": holds}
