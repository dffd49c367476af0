"""How often each level occurs in a recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Memory, Reduction, Spec, evenly, parameter
from ethoframe.contract.channels import levels_of, shares
from ethoframe.data import Frames, Noun, Recording, Refusal
from ethoframe.data.noun import Array

BINS = 4096  # at most, where levels are not counted one by one


@dataclass(frozen=True)
class Histogram(Reduction):
    """Levels and how often each occurs, over evenly spread frames of a recording.

    The answer is an image of one row with the channels *level* and *count*, from the lowest level
    that occurs to the highest. Whole numbers of up to 16 bits are counted one by one: at most 65536
    levels, whatever the recording's length. All others fall into bins whose width is a power of
    two, the smallest with which at most 4096 are needed, and the level is the middle of a bin:
    neither the order of the frames nor their batches can change that. What is NaN or infinite does
    not count; where nothing does, the row has no pixels.

    References
    ----------
    ethoframe's own.
    """

    frames: int = parameter(256, says="how many frames to look at, at most", low=1)
    channel: str = parameter(
        "", says="which channel; empty for the only one, or luma of red, green and blue"
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.IMAGE
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One row of levels and counts; how many depends on the data."""
        seen = specs["recording"]
        if np.dtype(seen.dtype).kind not in "uifb":
            reason = f"levels of type {seen.dtype} have no order"
            raise Refusal(self.name(), reason, "take their magnitude first")
        shares(seen.names, self.channel, self.name())
        axes, names = ("t", "y", "x", "c"), ("level", "count")
        return Spec(Kind.IMAGE, axes, (1, 1, None, 2), "float64", "level", names)

    def visits(self, spec: Spec) -> Array:
        """Evenly spread frames."""
        return evenly(np.arange(spec.count), self.frames)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """Counts of bins, the number of the first one, and their width as a power of two."""
        return _counted(levels_of(batch.pixels, batch.channels, self.channel))

    def combine(self, a: Memory, b: Memory) -> Memory:
        """Counts of both, in bins as wide as both need."""
        return _together(a, b)

    def finalise(self, partial: Memory, **side: Any) -> Frames:
        """The image of one row."""
        counts, width = partial["counts"], 2.0 ** partial["exponent"]
        levels = (np.arange(len(counts)) + partial["first"]) * width
        levels = levels if partial["exact"] else levels + width / 2
        row = np.stack([levels, counts.astype(np.float64)], axis=-1)
        return Frames(row[None, None], np.array([0]), np.array([0.0]), ("level", "count"))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Levels of 12 bits that rise from frame to frame."""
        random = np.random.default_rng(6)
        pixels = random.normal(900, 60, (12, 20, 24, 1)) + 50 * np.arange(12)[:, None, None, None]
        return {"recording": Recording.of(pixels.astype(np.uint16))}


def _counted(levels: Array) -> Memory:
    levels = levels.astype(np.uint8) if levels.dtype == bool else levels
    exact = levels.dtype.kind in "ui" and levels.dtype.itemsize <= 2
    values = levels.ravel() if exact else levels[np.isfinite(levels)].astype(np.float64)
    if not values.size:
        nothing = np.zeros(0, np.int64)
        return {"counts": nothing, "first": 0, "exponent": 0, "exact": exact}
    low, high = float(values.min()), float(values.max())
    exponent = 0 if exact else _exponent(low, high)
    places = np.floor(values / 2.0**exponent).astype(np.int64)
    first = int(places.min())
    counts = np.bincount(places - first).astype(np.int64)
    return {"counts": counts, "first": first, "exponent": exponent, "exact": exact}


def _exponent(low: float, high: float) -> int:
    """Of the narrowest bins of which 4096 hold everything from low to high."""
    span = max(high - low, max(abs(low), abs(high), 1e-300) * 2.0**-40)
    exponent = int(np.ceil(np.log2(span / BINS))) - 1
    while np.floor(high / 2.0**exponent) - np.floor(low / 2.0**exponent) >= BINS:
        exponent += 1
    return exponent


def _together(a: Memory, b: Memory) -> Memory:
    if not len(a["counts"]) or not len(b["counts"]):
        return a if len(a["counts"]) else b
    exponent = max(a["exponent"], b["exponent"])
    while True:
        wide = [_widened(each, exponent) for each in (a, b)]
        first = min(start for _, start in wide)
        stop = max(start + len(counts) for counts, start in wide)
        if a["exact"] or stop - first <= BINS:
            break
        exponent += 1
    counts = np.zeros(stop - first, np.int64)
    for each, start in wide:
        counts[start - first : start - first + len(each)] += each
    return {"counts": counts, "first": first, "exponent": exponent, "exact": a["exact"]}


def _widened(part: Memory, exponent: int) -> tuple[Array, int]:
    """Counts in bins of this width, and the number of the first of them."""
    factor = 2 ** (exponent - part["exponent"])
    places = (np.arange(len(part["counts"])) + part["first"]) // factor
    first = int(places[0])
    return np.bincount(places - first, part["counts"]).astype(np.int64), first
