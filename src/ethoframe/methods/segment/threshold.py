"""Pixels by their level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.contract.channels import levels_of
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.segment._brightness import (
    OBJECTS,
    check_channels,
    hidden,
    objects_are_dark,
)
from ethoframe.methods.segment._levels import RULES, Histogram, multi_otsu
from ethoframe.methods.segment._local import mean_and_deviation
from ethoframe.methods.segment._picture import Grid

LOCAL = ("mean", "sauvola")
NO_LEVEL = 1e300  # beyond any level; an infinite number cannot be written as JSON


@dataclass(frozen=True)
class Threshold(FrameMethod):
    """Labels of the pixels whose level lies in a band, or beyond a level that the picture gives.

    By *rule*:

    * ``auto``: ``band`` where a low or a high level is given, else ``otsu``.
    * ``band``: *low_level* ≤ level ≤ *high_level*.
    * ``otsu``, ``root-otsu``, ``li``, ``triangle``: one level for the frame; or for the recording,
      where its ``histogram`` is given (``summarise/histogram``). Bright objects lie above it, dark
      ones do not.
    * ``multi-otsu``: *classes* of levels, background among them; labels are 1 for the class next to
      background, and so on.
    * ``mean``, ``sauvola``: a level of each pixel's own, from the box of *radius_px* around it: its
      mean and *above_level*, or its mean *m* and deviation *s* as m ± m × *sauvola* × (1 − s / R),
      + for bright objects and − for dark ones, where R is *deviation_level*.

    Of *objects* ``auto``, the side of Otsu's level on which levels differ less is background.
    Labels are uint8 and say what kind a pixel is of, not which object it belongs to: for objects,
    see ``segment/components``. What is NaN or transparent has no label, and counts for no level;
    nor has anything a label in a frame of one level, but by ``band``.

    References
    ----------
    Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62-66. Li & Tam, Pattern Recognition Letters 19
    (1998) 771-776. Zack, Rogers & Latt, J. Histochem. Cytochem. 25 (1977) 741-753. Liao, Chen &
    Chung, J. Inf. Sci. Eng. 17 (2001) 713-727. Sauvola & Pietikäinen, Pattern Recognition 33 (2000)
    225-236, mirrored for bright objects.
    """

    rule: str = parameter(
        "auto",
        says="where the level comes from",
        choices=("auto", "band", *RULES, "multi-otsu", *LOCAL),
    )
    objects: str = parameter("auto", says="what they are like beside background", choices=OBJECTS)
    channel: str = parameter(
        "", says="which channel; empty for the only one, or luma of red, green and blue"
    )
    low_level: float = parameter(-NO_LEVEL, unit="level", says="of a band, itself in it")
    high_level: float = parameter(NO_LEVEL, unit="level", says="of a band, itself in it")
    classes: int = parameter(3, says="of multi-otsu, with background", low=2, high=8)
    radius_px: float = parameter(
        25.0, unit="px", says="half the width of the box of local rules", low=1.0
    )
    above_level: float = parameter(
        0.0, unit="level", says="how far beyond the mean, on the side of the objects"
    )
    sauvola: float = parameter(0.2, unit="1", says="Sauvola's k", low=0.0)
    deviation_level: float = parameter(
        0.0, unit="level", says="Sauvola's R; 0 for the largest deviation in the frame", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "histogram": In(Kind.IMAGE, optional=True),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses a histogram that the rule makes no use of."""
        seen = specs["recording"]
        check_channels(seen, self.channel, self.name())
        if self.low_level > self.high_level:
            reason = f"low_level {self.low_level:g} is above high_level {self.high_level:g}"
            raise Refusal(self.name(), reason, "give the lower one as low_level")
        if self._banded and self.by != "band":
            reason = f"the rule {self.rule} makes no use of low_level and high_level"
            raise Refusal(self.name(), reason, "leave them out, or take the rule band")
        if "histogram" in specs and self.by in ("band", *LOCAL):
            reason = f"the rule {self.by} makes no use of a histogram"
            raise Refusal(self.name(), reason, "leave it out, or take another rule")
        if "histogram" in specs and specs["histogram"].names != ("level", "count"):
            reason = "histogram is a picture without the channels level and count"
            raise Refusal(self.name(), reason, "give it the answer of summarise/histogram")
        axes, names = seen.axes[:-1], tuple(self._names().values())
        return Spec(Kind.LABELMAP, axes, seen.shape[:-1], "uint8", "", names, seen.spacing_mm)

    @property
    def by(self) -> str:
        """The rule, once it is known whether levels are given."""
        if self.rule != "auto":
            return self.rule
        return "band" if self._banded else "otsu"

    @property
    def _banded(self) -> bool:
        return self.low_level > -NO_LEVEL or self.high_level < NO_LEVEL

    def reach(self, spec: Spec) -> Reach:
        """The pixel itself, its box, or the whole frame, whatever the rule looks at."""
        if self.by == "band":
            return Reach(around_px=0)
        fixed = self.objects != "auto" and (self.by == "mean" or self.deviation_level > 0)
        if self.by in LOCAL and fixed:
            return Reach(around_px=int(self.radius_px))
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The labels of every frame."""
        seen = side.get("histogram")
        whole = None if seen is None else _given(seen)
        grid = Grid.of(batch.spacing_mm, len(batch.size))
        labels = np.zeros((len(batch), *batch.size), np.uint8)
        for frame, answer in zip(batch.pixels, labels, strict=True):
            picture = levels_of(frame, batch.channels, self.channel)
            covered = hidden(frame, batch.channels, self.channel)
            if picture.size:
                answer[:] = self._labels(picture, covered, whole, grid)
        names, spacing_mm = self._names(), batch.spacing_mm
        return LabelMap.of(labels, batch.numbers, batch.times_s, names, spacing_mm)

    def chosen(self, batch: Frames, **side: Any) -> Values | None:
        """The level, or levels, of every frame; of a band or local levels there are none."""
        if self.by in ("band", *LOCAL):
            return None
        count = self.classes - 1 if self.by == "multi-otsu" else 1
        names = tuple(f"level {k + 1}" for k in range(count)) if count > 1 else ("level",)
        seen = side.get("histogram")
        whole = None if seen is None else _given(seen)
        table = np.full((len(batch), count), np.nan)
        for frame, row in zip(batch.pixels, table, strict=True):
            picture = levels_of(frame, batch.channels, self.channel)
            seen = _opaque(picture, hidden(frame, batch.channels, self.channel))
            levels = self._levels(whole or Histogram.of(seen)) if seen.size else ()
            row[: len(levels)] = levels
        return Values(table, names, ("level",) * count, batch.numbers, batch.times_s)

    def _labels(
        self, picture: Array, covered: Array | None, whole: Histogram | None, grid: Grid
    ) -> Array:
        if self.by == "band":
            labels = self._inside(picture)
        else:
            seen = whole or Histogram.of(_opaque(picture, covered))
            dark = self.objects == "dark" or (self.objects == "auto" and objects_are_dark(seen))
            if self.by in LOCAL:
                # NaN is what boxes leave out.
                shown = picture if covered is None else np.where(covered, np.nan, picture)
                level = self._local(shown, dark, grid)
                labels = np.asarray(shown < level if dark else shown > level)
            else:
                labels = _classes(picture, self._levels(seen), dark)
        return labels if covered is None else np.where(covered, 0, labels)

    def _inside(self, picture: Array) -> Array:
        inside = np.isfinite(picture)
        # Levels of single precision cannot even be compared with a number beyond them.
        if self.low_level > -NO_LEVEL:
            inside &= picture >= self.low_level
        if self.high_level < NO_LEVEL:
            inside &= picture <= self.high_level
        return inside

    def _levels(self, seen: Histogram) -> tuple[float, ...]:
        """The level, or of several classes all levels, that the rule chooses."""
        if self.by == "multi-otsu":
            return multi_otsu(seen, self.classes)
        return (RULES[self.by](seen),)

    def _local(self, picture: Array, dark: bool, grid: Grid) -> Array:
        mean, deviation = mean_and_deviation(picture, self.radius_px, grid)
        sign = -1 if dark else 1
        if self.by == "mean":
            return mean + sign * self.above_level
        most = self.deviation_level or float(np.nanmax(deviation, initial=0)) or 1.0
        return mean + sign * mean * self.sauvola * (1 - deviation / most)

    def _names(self) -> dict[int, str]:
        if self.by != "multi-otsu":
            return {1: "object"}
        return {k: f"class {k}" for k in range(1, self.classes)}

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A bright disc that drifts over a noisy ground."""
        random = np.random.default_rng(8)
        y, x = np.mgrid[:40, :56]
        pixels = random.normal(60, 5, (9, 40, 56))
        for t, frame in enumerate(pixels):
            frame += 90 * (np.hypot(y - 20, x - 12 - 4 * t) < 9)
        return {"recording": Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])}


def _classes(picture: Array, levels: tuple[float, ...], dark: bool) -> Array:
    """0 for background, 1 for the class next to it, and so on; 0 for NaN."""
    below = sum((picture <= level).astype(np.uint8) for level in levels)
    above = sum((picture > level).astype(np.uint8) for level in levels)
    return np.asarray(below if dark else above, np.uint8)


def _opaque(picture: Array, covered: Array | None) -> Array:
    """Levels of what is not transparent."""
    return picture if covered is None else picture[~covered]


def _given(seen: Frames) -> Histogram:
    """The histogram of a recording."""
    row = seen.pixels[0, 0] if len(seen) else np.zeros((0, 2))
    known = np.isfinite(row).all(axis=1)
    return Histogram(row[known, 0].astype(np.float64), row[known, 1].astype(np.float64))
