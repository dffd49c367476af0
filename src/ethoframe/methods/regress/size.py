"""How large objects are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.segment._brightness import OBJECTS, bright, check_channels
from ethoframe.methods.segment._objects import Rules, objects_in
from ethoframe.methods.segment._picture import Grid, border_labels


@dataclass(frozen=True)
class Size(FrameMethod):
    """Diameters of the objects in each frame: their median with an interval, and their quartiles.

    An object's diameter is that of a disc (in volumes: a ball) of the same area (volume): in mm
    where the pixel size is known, else in px of the finest axis. Objects are those of ``labels``,
    or of ``segment/watershed`` with its defaults. The ones that the border cuts are left out, for
    nobody knows their size, unless *border* is set.

    The columns are *diameter* (the median), *diameter_low* and *diameter_high* (a 95 % interval of
    the median of objects like these, from the ranks between which it lies by the binomial
    distribution; the smallest and largest object where there are too few for that),
    *diameter_quarter* and *diameter_three_quarters*, each with the unit at its end, and *count*.
    Without objects, all but the count are NaN.

    References
    ----------
    The interval: David & Nagaraja, Order Statistics, 2003, section 7.1.
    """

    objects: str = parameter("auto", says="what they are like beside background", choices=OBJECTS)
    channel: str = parameter(
        "", says="which channel; empty for the only one, or all of red, green and blue"
    )
    border: bool = parameter(False, says="whether objects that the border cuts are measured")

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "labels": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Six numbers per frame."""
        seen = specs["recording"]
        if "labels" not in specs:
            check_channels(seen, self.channel, self.name())
        elif specs["labels"].size != seen.size:
            reason = f"labels are of size {specs['labels'].size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give labels of this recording")
        names, shape = _names(seen.spacing_mm), (seen.shape[0], 6)
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=names)

    def reach(self, spec: Spec) -> Reach:
        """Everything: how large and bright objects usually are depends on the whole frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The sizes in every frame."""
        given = side.get("labels")
        labels = None if given is None else given.dense()
        table = np.full((len(batch), 6), np.nan)
        table[:, 5] = 0
        for t, frame in enumerate(batch.pixels):
            if frame.size:
                found = self._found(frame, batch) if labels is None else labels[t]
                table[t] = self._row(found, batch.spacing_mm)
        unit = "px" if batch.spacing_mm is None else "mm"
        names, units = _names(batch.spacing_mm), (*(unit,) * 5, "1")
        return Values(table, names, units, batch.numbers, batch.times_s)

    def shown(self, batch: Frames, **side: Any) -> LabelMap | None:
        """The labels of the objects that were measured."""
        given = side.get("labels")
        found = np.zeros((len(batch), *batch.size), np.int32) if given is None else given.dense()
        labels = found.copy()
        for answer, frame in zip(labels, batch.pixels, strict=True):
            if not frame.size:
                continue
            if given is None:
                answer[:] = self._found(frame, batch)
            if not self.border:
                answer[np.isin(answer, border_labels(answer))] = 0
        return LabelMap.of(labels, batch.numbers, batch.times_s, spacing_mm=batch.spacing_mm)

    def _found(self, frame: Array, batch: Frames) -> Array:
        picture = bright(frame, batch.channels, self.channel, self.objects)
        return objects_in(picture, Grid.of(batch.spacing_mm, picture.ndim), Rules())

    def _row(self, labels: Array, spacing_mm: tuple[float, ...] | None) -> Array:
        names, which, pixels = np.unique(labels, return_inverse=True, return_counts=True)
        kept = names != 0
        if not self.border:
            kept[border_labels(which.reshape(labels.shape))] = False
        each = float(np.prod(spacing_mm)) if spacing_mm else 1.0
        diameters = np.sort(diameters_of(pixels[kept] * each, labels.ndim))
        if not len(diameters):
            return np.array([*(np.nan,) * 5, 0.0])
        low, high = _ranks(len(diameters))
        quarter, middle, three = np.percentile(diameters, (25, 50, 75))
        return np.array([middle, diameters[low], diameters[high], quarter, three, len(diameters)])

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Discs of three sizes on a noisy ground, in pixels of half a millimetre."""
        random = np.random.default_rng(7)
        y, x = np.mgrid[:64, :80]
        pixels = random.normal(20, 1.5, (9, 64, 80))
        for t, frame in enumerate(pixels):
            for down, across, radius in ((16, 18 + t, 7), (44, 22, 9), (40, 54, 11)):
                frame += 80 * np.clip(radius + 0.5 - np.hypot(y - down, x - across), 0, 1)
        film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
        return {"recording": replace(film, spacing_mm=(0.5, 0.5))}


def diameters_of(sizes: Array, axes: int) -> Array:
    """Diameters of discs of these areas, or of balls of these volumes.

    Examples
    --------
    >>> float(diameters_of(np.array([np.pi]), 2)[0])
    2.0
    """
    found: Array = 2 * np.sqrt(sizes / np.pi) if axes == 2 else np.cbrt(6 * sizes / np.pi)
    return found


def _ranks(count: int) -> tuple[int, int]:
    """Of the values, in order, between which the median lies with 95 %, counted from 0."""
    from scipy.stats import binom

    low = max(int(binom.ppf(0.025, count, 0.5)) - 1, 0)
    return low, count - 1 - low


def _names(spacing_mm: tuple[float, ...] | None) -> tuple[str, ...]:
    unit = "px" if spacing_mm is None else "mm"
    parts = ("", "_low", "_high", "_quarter", "_three_quarters")
    return (*(f"diameter{part}_{unit}" for part in parts), "count")
