"""How many objects there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Points, Recording, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.detect.blobs import Blobs, blobs_in
from ethoframe.methods.segment._brightness import OBJECTS, bright, check_channels
from ethoframe.methods.segment._levels import Histogram, background, otsu
from ethoframe.methods.segment._objects import Rules, counts_in, objects_in
from ethoframe.methods.segment._picture import Grid, depth, numbered, parts
from ethoframe.methods.segment._zones import shade

NAMES = ("count", "count_low", "count_high")
LEVELS = (0.5, 0.35, 0.65)  # between background and objects
ANSWERS = (1.0, 1.5, 1 / 1.5)  # of the share of the strongest blob


@dataclass(frozen=True)
class CountObjects(FrameMethod):
    """Number of objects in each frame, and between which numbers it lies.

    *count* is by ``watershed`` (objects parted where they touch, as ``segment/watershed`` does with
    its defaults), ``components`` (connected parts halfway between background and objects), or
    ``blobs`` (round things, as ``detect/blobs``). Objects that the border cuts count.

    *count_low* and *count_high* say how far the answer hangs on what is unclear in the picture, not
    how it would vary from picture to picture: they are the counts if everything that decides had to
    be clearer, or less clear.

    * ``watershed``: dips twice as deep, and half as deep; necks four times as narrow (one minus
      their share), and a quarter; twice and half the smallest size, √2 times the least diameter and
      contrast, and as many times less.
    * ``components``: levels at 35 % and 65 % of the way from background to objects.
    * ``blobs``: 1.5 times the least contrast, and as many times less.

    On rendered scenes of nuclei that touch (centres no nearer than 0.85 of the sum of their radii),
    nine in ten of the intervals by ``watershed`` hold the number that was drawn; of ones that
    overlap more (0.7), six in ten, and those that do not are too low. Of real nuclei counted by
    people it is six in ten as well: people count fragments, and part what overlaps. ``components``
    never part what touches. With ``labels``, it is their number, and low and high are the same. A
    frame of one level has none.

    References
    ----------
    The rule of the interval is ethoframe's own.
    """

    by: str = parameter(
        "watershed", says="what an object is", choices=("watershed", "components", "blobs")
    )
    objects: str = parameter("auto", says="what they are like beside background", choices=OBJECTS)
    channel: str = parameter(
        "", says="which channel; empty for the only one, or all of red, green and blue"
    )
    diameter_px: float = parameter(
        4.0, unit="px", says="what is smaller is no object; px of the finest axis", low=2.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "labels": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Three numbers per frame."""
        seen = specs["recording"]
        if "labels" not in specs:
            check_channels(seen, self.channel, self.name())
        elif specs["labels"].size != seen.size:
            reason = f"labels are of size {specs['labels'].size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give labels of this recording")
        return Spec(Kind.VALUES, ("t", "quantity"), (seen.shape[0], 3), "float64", names=NAMES)

    def reach(self, spec: Spec) -> Reach:
        """Everything: how large and bright objects usually are depends on the whole frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The counts of every frame."""
        labels = side.get("labels")
        table = np.zeros((len(batch), 3))
        for t, frame in enumerate(batch.pixels):
            if labels is not None:
                table[t] = np.count_nonzero(np.unique(labels.patches[t].labels))
            elif frame.size:
                picture = bright(frame, batch.channels, self.channel, self.objects)
                table[t] = self._counts(picture, batch.spacing_mm)
        return Values(table, NAMES, ("1",) * 3, batch.numbers, batch.times_s)

    def _counts(self, picture: Array, spacing_mm: tuple[float, ...] | None) -> tuple[int, ...]:
        grid = Grid.of(spacing_mm, picture.ndim)
        if self.by == "watershed":
            return counts_in(picture, grid, Rules(diameter_px=self.diameter_px))
        if self.by == "components":
            counts = [int(labels.max()) for labels in _parts(picture, grid, self._least(grid))]
            counts = counts or [0]
        else:
            least = self._blobs()
            ways = [replace(least, share=min(least.share * factor, 1.0)) for factor in ANSWERS]
            counts = [len(blobs_in(picture, spacing_mm, way)) for way in ways]
        return counts[0], min(counts), max(counts)

    def shown(self, batch: Frames, **side: Any) -> LabelMap | Points | None:
        """The objects that *count* is the number of: their labels, or blobs with their radii."""
        given = side.get("labels")
        if isinstance(given, LabelMap):
            return given
        spacing_mm, known = batch.spacing_mm, (batch.numbers, batch.times_s)
        pictures = [
            bright(frame, batch.channels, self.channel, self.objects) for frame in batch.pixels
        ]
        if self.by == "blobs":
            found = [blobs_in(picture, spacing_mm, self._blobs()) for picture in pictures]
            radii = {"radius_px": tuple(each.radii_px for each in found)}
            return Points(tuple(each.places for each in found), radii, *known)
        labels = np.zeros((len(batch), *batch.size), np.int32)
        for answer, picture in zip(labels, pictures, strict=True):
            if picture.size:
                answer[:] = self._labels(picture, Grid.of(spacing_mm, picture.ndim))
        return LabelMap.of(labels, *known, spacing_mm=spacing_mm)

    def _labels(self, picture: Array, grid: Grid) -> Array:
        if self.by == "watershed":
            return objects_in(picture, grid, Rules(diameter_px=self.diameter_px))
        nothing = np.zeros(picture.shape, np.int32)
        return next(_parts(picture, grid, self._least(grid)), nothing)

    def _blobs(self) -> Blobs:
        return Blobs(radius_least_px=self.diameter_px / 2)

    def _least(self, grid: Grid) -> float:
        return grid.ball(self.diameter_px / 2)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Four discs, two of which touch, that drift on a noisy ground."""
        random = np.random.default_rng(3)
        y, x = np.mgrid[:64, :80]
        pixels = random.normal(20, 1.5, (9, 64, 80))
        for t, frame in enumerate(pixels):
            for down, across, radius in (
                (14, 16, 7),
                (40, 22 + t, 8),
                (40, 36 + t, 8),
                (20, 62, 6),
            ):
                frame += 80 * np.clip(radius + 0.5 - np.hypot(y - down, x - across), 0, 1)
        return {"recording": Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])}


def _parts(picture: Array, grid: Grid, least: float) -> Iterator[Array]:
    """Connected parts at several levels between background and objects; nothing of one level."""
    seen = Histogram.of(picture)
    level = otsu(seen)
    if np.isnan(level):
        return
    picture = picture - shade(picture, picture > level, grid)
    seen = Histogram.of(picture)
    level = otsu(seen)
    if np.isnan(level):
        return
    low, _ = background(seen, level)
    high = float(np.average(seen.levels, weights=seen.counts * (seen.levels > level)))
    for share in LEVELS:
        labels, _ = parts(depth(picture <= low + share * (high - low), grid) == 0)
        kept = np.bincount(labels.ravel()) * grid.pixel >= least
        kept[0] = False
        yield numbered(np.where(kept[labels], labels, 0))
