"""The two images of a registration, out of what a method is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.contract import Kind, Memory, Reduction, Spec, evenly, parameter
from ethoframe.contract.channels import shares
from ethoframe.data import Frames, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture

MOST_FRAMES = 16  # of a recording, whose mean is its image
CHANNEL = "channel to go by; empty for the only one, or the luma of red, green and blue"
METRICS = ("auto", "correlation", "mutual-information")


@dataclass(frozen=True)
class Pair:
    """A moving and a fixed image.

    Parameters
    ----------
    moving, fixed
        Each with its places in `unit`.
    base
        The pull to begin with: from the patient's space where both volumes know it.
    unit
        ``"mm"`` where both know their spacing, else ``"px"``.
    """

    moving: Picture
    fixed: Picture
    base: Array
    unit: str

    @property
    def pixel(self) -> float:
        """The finest distance between pixels of the fixed image, in `unit`."""
        return float(self.fixed.step.min())


@dataclass(frozen=True)
class Registration(Reduction):
    """A map from the image of a recording (the mean of some frames) to a fixed image."""

    channel: str = parameter("", says=CHANNEL)

    def outline(self, **specs: Spec) -> Spec:
        """A map, in mm where both images have a pixel size; refuses what cannot be registered."""
        return Spec(Kind.TRANSFORM, unit=outlined(specs, self.name(), self.channel))

    def visits(self, spec: Spec) -> Array:
        """Up to 16 frames."""
        return evenly(np.arange(spec.count), MOST_FRAMES)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """The sum of frames."""
        return chunk(batch, self.channel, self.name())

    def combine(self, a: Memory, b: Memory) -> Memory:
        """The sum of all."""
        return {**a, "sum": a["sum"] + b["sum"], "count": a["count"] + b["count"]}


def pair(partial: Memory, fixed: Frames, channel: str, method: str) -> Pair:
    """The pair of what a `Registration` gathered, and a fixed image (mean of its frames)."""
    if not len(fixed):
        raise Refusal(method, "the fixed image has no frames", "give it one")
    there = chunk(fixed, channel if channel in fixed.channels else "", method)
    if partial["sum"].ndim != there["sum"].ndim:
        raise Refusal(method, "a picture and a volume cannot be registered", "give two of a kind")
    unit = "mm" if partial["spacing"] and there["spacing"] else "px"
    moving, other = (_picture(each, unit) for each in (partial, there))
    return Pair(moving, other, _base(partial, there, unit), unit)


def outlined(specs: Mapping[str, Spec], method: str, channel: str) -> str:
    """The unit of places; refuses what cannot be registered."""
    moving, fixed = specs["recording"], specs["fixed"]
    if len(moving.size) != len(fixed.size):
        raise Refusal(method, "a picture and a volume cannot be registered", "give two of a kind")
    shares(moving.names, channel, method)
    shares(fixed.names, channel if channel in fixed.names else "", method)
    return "mm" if moving.spacing_mm and fixed.spacing_mm else "px"


def chunk(batch: Frames, channel: str, method: str) -> Memory:
    """The sum of frames, and what else is known of them; plain."""
    seen = gray(batch, channel, method).astype(np.float64)
    known = np.isfinite(seen)
    return {
        "sum": np.where(known, seen, 0).sum(axis=0),
        "count": known.sum(axis=0),
        "spacing": None if batch.spacing_mm is None else list(batch.spacing_mm),
        "affine": None if batch.affine is None else np.array(batch.affine),
    }


def gray(batch: Frames, channel: str, method: str) -> Array:
    """Levels ``(t, [z,] y, x)`` of float32."""
    chosen = shares(batch.channels, channel, method)
    total = np.zeros(batch.pixels.shape[:-1], np.float32)
    for index, weight in chosen.items():
        part = batch.pixels[..., index]
        total += np.float32(weight) * (np.abs(part) if part.dtype.kind == "c" else part)
    return total


def _picture(partial: Memory, unit: str) -> Picture:
    count = partial["count"]
    mean = np.where(count > 0, partial["sum"] / np.maximum(count, 1), np.nan)
    return Picture.of(mean, tuple(partial["spacing"]) if unit == "mm" else None)


def _base(moving: Memory, fixed: Memory, unit: str) -> Array:
    """Where the patient's space lays one volume on the other; else pixel on pixel."""
    axes = moving["sum"].ndim
    affines: list[Any] = [moving["affine"], fixed["affine"]]
    if unit == "px" or axes != 3 or any(each is None for each in affines):
        return np.eye(axes + 1)
    there, here = (
        each @ np.diag([*(1 / np.array(memory["spacing"][::-1])), 1.0])
        for each, memory in zip(affines, (moving, fixed), strict=True)
    )
    order = [2, 1, 0, 3]
    pull: Array = (np.linalg.inv(there) @ here)[np.ix_(order, order)]
    return pull


def example_pair(count: int = 8) -> tuple[Array, Array]:
    """Blobs ``(t, y, x, 1)`` of 8 bit and the same turned, shrunk and moved: for examples."""
    random = np.random.default_rng(11)
    y, x = np.mgrid[:96, :112].astype(np.float64)
    centres = random.uniform(0, 1, (70, 2)) * (96, 112)
    sizes, heights = random.uniform(2, 5, 70), random.uniform(40, 200, 70)

    def drawn(down: Array, across: Array) -> Array:
        total = np.zeros(down.shape)
        for (cy, cx), size, height in zip(centres, sizes, heights, strict=True):
            total += height * np.exp(-((down - cy) ** 2 + (across - cx) ** 2) / (2 * size**2))
        return np.clip(total, 0, 255)

    turn = np.deg2rad(6)
    down = 48 + np.cos(turn) * (y - 48) + np.sin(turn) * (x - 56) + 2.5
    across = 56 - np.sin(turn) * (y - 48) + np.cos(turn) * (x - 56) - 3.25
    noise = random.normal(0, 3, (count, 96, 112))
    moving = np.clip(drawn(y, x) + noise, 0, 255).astype(np.uint8)
    return moving[..., None], drawn(down, across).astype(np.uint8)[None, ..., None]
