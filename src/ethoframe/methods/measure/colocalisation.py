"""Whether two stains are in the same place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.measure._chance import chance
from ethoframe.methods.measure._costes import correlation, levels, ranks

QUANTITIES: Mapping[str, str] = {
    "pearson": "1",
    "chance_low": "1",
    "chance_high": "1",
    "chance_share": "1",
    "spearman": "1",
    "manders_1": "1",
    "manders_2": "1",
    "level_1": "level",
    "level_2": "level",
}
OBJECTS: Mapping[str, str] = {"objects_1": "1", "objects_2": "1", "area_shared": "1"}


@dataclass(frozen=True)
class Colocalisation(FrameMethod):
    """Correlation and overlap of two channels, and of the objects in them, frame by frame.

    For each frame ``([z,] y, x)``, inside the mask where one is given, and without pixels that are
    NaN in either channel:

    * ``pearson``, ``spearman``: correlation of levels, and of their ranks.
    * ``chance_low``, ``chance_high``: between these lie 95 % of Pearson's correlations when the
      second channel is moved round in every way by more than `apart_px`; ``chance_share`` is the
      share of the moves that correlate as well as the channels do in place. Moving keeps how each
      channel is textured, which shuffling pixels does not.
    * ``manders_1``: of the light of the first channel above its level, the share that lies where
      the second is above its own; ``manders_2`` the other way round. ``level_1``, ``level_2``: the
      levels, Costes's or the ones given.
    * ``objects_1``: with label maps of both, the share of the objects of the first of which
      `overlap` or more lies within objects of the second; ``objects_2`` the other way round;
      ``area_shared``: what both cover over what either covers.

    A number that cannot be had is NaN: a channel without contrast, Costes's level of channels that
    do not correlate, chance in a picture too small to move in, a frame that has no mask.

    References
    ----------
    Manders, Verbeek & Aten, J. Microscopy 169 (1993), 375-382. Costes et al., Biophysical Journal
    86 (2004), 3993-4003. van Steensel et al., J. Cell Science 109 (1996), 787-792 (moving).
    """

    first: str = parameter("", says="name or number (from 0) of a channel; the first when empty")
    second: str = parameter("", says="name or number of the other; the second when empty")
    threshold: str = parameter(
        "costes", says="which levels Manders's shares are above", choices=("costes", "given")
    )
    first_level: float = parameter(0.0, unit="level", says="level of the first, where given")
    second_level: float = parameter(0.0, unit="level", says="level of the second, where given")
    apart_px: float = parameter(
        20.0, unit="px", says="moves to less than this are no chance, on any axis", low=1.0
    )
    overlap: float = parameter(0.5, says="least share of an object that overlaps", low=0, high=1)

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "mask": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
        "first_objects": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
        "second_objects": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """One row per frame; refuses channels that are not there, and maps of another size."""
        seen = specs["recording"]
        self._channels(seen.names)
        for name, spec in specs.items():
            if spec.size != seen.size:
                sides = (" × ".join(map(str, each.size)) for each in (spec, seen))
                reason = "{} is of {} pixels, and the recording of {}".format(name, *sides)
                raise Refusal(self.name(), reason, "give it one that was made from this recording")
        names = tuple(QUANTITIES) + (tuple(OBJECTS) if _both(specs) else ())
        shape = seen.shape[0], len(names)
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=names)

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The row of each frame of the batch."""
        a, b = self._channels(batch.channels)
        units = {**QUANTITIES, **(OBJECTS if _both(side) else {})}
        maps = {name: _by_number(noun) for name, noun in side.items() if noun is not None}
        rows = []
        for pixels, number in zip(batch.pixels, batch.numbers.tolist(), strict=True):
            drawn = {name: _labels(found, number, batch.size) for name, found in maps.items()}
            row = self._row(pixels[..., a], pixels[..., b], drawn.get("mask"))
            if _both(side):
                row += self._objects(drawn["first_objects"], drawn["second_objects"])
            rows.append(row)
        table = np.array(rows, np.float64).reshape(-1, len(units))
        return Values(table, tuple(units), tuple(units.values()), batch.numbers, batch.times_s)

    def _channels(self, names: tuple[str, ...]) -> tuple[int, int]:
        """Places of the two channels."""
        if len(names) < 2:
            reason = f"the recording has one channel ({', '.join(names)}), and two are compared"
            raise Refusal(self.name(), reason, "give a recording with the other stain as well")
        places = []
        for default, wanted in enumerate((self.first, self.second)):
            known = {
                **{str(k): k for k in range(len(names))},
                **{n: k for k, n in enumerate(names)},
            }
            if wanted and wanted not in known:
                reason = f"there is no channel {wanted!r}"
                raise Refusal(self.name(), reason, f"use one of {', '.join(names)}")
            places.append(known[wanted] if wanted else default)
        return places[0], places[1]

    def _row(self, a: Array, b: Array, mask: Array | None) -> list[float]:
        inside = np.isfinite(a) & np.isfinite(b)
        if mask is not None:
            inside &= mask > 0
        first, second = (channel[inside].astype(np.float64) for channel in (a, b))
        pearson = correlation(first, second)
        by_chance = chance(a, b, inside, self.apart_px, pearson)
        spearman = correlation(ranks(first), ranks(second))
        at = self.first_level, self.second_level
        if self.threshold == "costes":
            at = levels(first, second)
        return [pearson, *by_chance, spearman, *_manders(first, second, *at), *at]

    def _objects(self, a: Array, b: Array) -> list[float]:
        """Shares of objects of each, and of area."""
        either = int(np.count_nonzero((a > 0) | (b > 0)))
        shared = int(np.count_nonzero((a > 0) & (b > 0)))
        area = shared / either if either else float("nan")
        return [_overlapping(a, b > 0, self.overlap), _overlapping(b, a > 0, self.overlap), area]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two stains that share spots in noise, of which one drifts away, and the spots."""
        random = np.random.default_rng(3)
        pixels = random.normal(100, 5, (9, 40, 56, 2))
        objects = np.zeros((2, 9, 40, 56), np.uint8)
        for label, (y, x) in enumerate([(5, 6), (20, 30), (30, 8), (10, 40)], start=1):
            for t in range(9):
                for channel, along in ((0, x), (1, x + t // 2)):
                    spot = (t, slice(y, y + 6), slice(along, along + 7))
                    pixels[(*spot, channel)] += 40 + 15 * label
                    objects[(channel, *spot)] = label
        pixels[4, :3] = np.nan
        mask = np.ones((9, 40, 56), np.uint8)
        mask[:, :, 50:] = 0
        recording = replace(Recording.of(pixels.astype(np.float32)), channels=("a", "b"))
        maps = (LabelMap.of(each, times_s=recording.times_s) for each in (mask, *objects))
        names = ("mask", "first_objects", "second_objects")
        return {"recording": recording, **dict(zip(names, maps, strict=True))}


def _both(given: Mapping[str, Any]) -> bool:
    return all(given.get(name) is not None for name in ("first_objects", "second_objects"))


def _by_number(noun: LabelMap) -> dict[int, Any]:
    return dict(zip(noun.numbers.tolist(), noun.patches, strict=True))


def _labels(found: Mapping[int, Any], number: int, size: tuple[int, ...]) -> Array:
    """Labels of one frame; none where the map does not have it."""
    whole = np.zeros(size, np.int64)
    if number in found:
        whole[found[number].slices] = found[number].labels
    return whole


def _manders(a: Array, b: Array, first: float, second: float) -> list[float]:
    """Shares of the light of each above its level, where both are."""
    above_a, above_b = a > first, b > second
    shares = []
    for light, own in ((a, above_a), (b, above_b)):
        total = float(light[own].sum())
        both = float(light[above_a & above_b].sum())
        shares.append(both / total if total > 0 and np.isfinite(first) else float("nan"))
    return shares


def _overlapping(labels: Array, inside: Array, least: float) -> float:
    """Share of objects of which so much lies inside; NaN without objects."""
    held = labels > 0
    _, index, area = np.unique(labels[held], return_inverse=True, return_counts=True)
    within = np.bincount(index, inside[held], len(area))
    return float(np.mean(within >= least * area)) if len(area) else float("nan")
