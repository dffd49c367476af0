"""A row of numbers for each object of a label map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec
from ethoframe.contract.channels import ALPHA
from ethoframe.data import Frames, LabelMap, Noun, Points, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.measure._shape import hull_size, outline_lengths

LEVELS = ("mean", "min", "max", "sum")


@dataclass(frozen=True)
class Objects(FrameMethod):
    """Place, size, shape and levels of every object in every frame.

    The points are the objects' centroids, in px of each axis, in the order of their labels. Lengths
    end with ``_mm`` where the pixel size is known, else with ``_px`` (of pixels as they are):

    * *label*, a whole number; *area* (in volumes: *volume*); *diameter* of a disc or ball as large.
    * *perimeter* (*surface*), by Crofton's formula; what the border cuts off ends there.
    * *major*, *minor* (and *middle* between them): axes of the ellipse (ellipsoid) with the same
      second moments; *eccentricity*, √(1 − (minor / major)²); in pictures *orientation_rad*, from
      x towards y, of the major axis, from −π/2 to π/2.
    * *solidity*: size as a share of that of the convex hull.
    * For each channel of the ``recording`` but alpha, where it is given: *mean*, *min*, *max* and
      *sum* of the levels, such as ``luma_mean_level``. NaN does not count; of NaN only, they are
      NaN.

    A frame without objects has no points.

    References
    ----------
    Moments: Haralick & Shapiro, Computer and Robot Vision I, 1992, appendix A. Perimeter and
    surface: Legland, Kiêu & Devaux, Image Analysis & Stereology 26 (2007) 83-92.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "labels": In(Kind.LABELMAP, per="frame", volumes=True),
        "recording": In(Kind.RECORDING, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.POINTS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Points with these features; refuses a recording of another size."""
        labels, seen = specs["labels"], specs.get("recording")
        if seen is not None and seen.size != labels.size:
            reason = f"labels are of size {labels.size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give the recording that was segmented")
        if seen is not None and np.dtype(seen.dtype).kind not in "uifb":
            reason = f"levels of type {seen.dtype} have no order"
            raise Refusal(self.name(), reason, "take their magnitude first")
        axes, known = len(labels.size), labels.spacing_mm is not None
        names = (*_shapes(axes, known), *_lights(() if seen is None else seen.names))
        shape = labels.shape[0], None, axes
        return Spec(Kind.POINTS, ("t", "point", "space"), shape, "float64", "px", names)

    def reach(self, spec: Spec) -> Reach:
        """Everything: an object may lie anywhere."""
        return Reach(around_px=None)

    def apply(self, batch: LabelMap, **side: Any) -> Points:
        """The objects of every frame."""
        frames = _frames(side.get("recording"), batch)
        axes, known = len(batch.size), batch.spacing_mm is not None
        channels = () if frames is None else frames.channels
        names = (*_shapes(axes, known), *_lights(channels))
        steps = batch.spacing_mm or (1.0,) * axes
        pixels = [None] * len(batch) if frames is None else _levels(frames)
        rows = [
            _table(patch.labels, patch.origin, steps, seen)
            for patch, seen in zip(batch.patches, pixels, strict=True)
        ]
        places = tuple(place for place, _ in rows)
        columns = {name: tuple(table[:, k] for _, table in rows) for k, name in enumerate(names)}
        columns["label"] = tuple(each.astype(np.int64) for each in columns["label"])
        return Points(places, columns, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """An ellipse and a square that drift, with levels that rise to the right."""
        y, x = np.mgrid[:40, :56]
        labels = np.zeros((9, 40, 56), np.int32)
        for t, frame in enumerate(labels):
            frame[(y - 14) ** 2 / 36 + (x - 16 - t) ** 2 / 100 < 1] = 3
            frame[26:36, 30 + t : 40 + t] = 7
        pixels = np.broadcast_to(x + y, labels.shape)[..., None].astype(np.uint8)
        return {
            "labels": LabelMap.of(labels, np.arange(9), np.arange(9) / 30, spacing_mm=(0.5, 0.25)),
            "recording": Recording.of(pixels),
        }


def _shapes(axes: int, known: bool) -> tuple[str, ...]:
    unit = "mm" if known else "px"
    if axes == 2:
        sizes = (f"area_{unit}2", f"diameter_{unit}", f"perimeter_{unit}")
        lengths = (f"major_{unit}", f"minor_{unit}", "eccentricity", "orientation_rad")
    else:
        sizes = (f"volume_{unit}3", f"diameter_{unit}", f"surface_{unit}2")
        lengths = (f"major_{unit}", f"middle_{unit}", f"minor_{unit}", "eccentricity")
    return ("label", *sizes, *lengths, "solidity")


def _lights(channels: tuple[str, ...]) -> tuple[str, ...]:
    shown = [channel for channel in channels if channel != ALPHA]
    return tuple(f"{channel}_{what}_level" for channel in shown for what in LEVELS)


def _levels(frames: Frames) -> Array:
    """Pixels ``(t, [z,] y, x, c)`` without alpha."""
    shown = [k for k, channel in enumerate(frames.channels) if channel != ALPHA]
    return frames.pixels if len(shown) == len(frames.channels) else frames.pixels[..., shown]


def _frames(seen: Recording | Frames | None, batch: LabelMap) -> Frames | None:
    """The frames that the labels are of, by their numbers."""
    if seen is None:
        return None
    there = np.arange(len(seen)) if isinstance(seen, Recording) else seen.numbers
    missing = np.setdiff1d(batch.numbers, there)
    if len(missing):
        reason = f"the recording has no frame {missing[0]}, of which there are labels"
        raise Refusal("measure/objects", reason, "give the recording that was segmented")
    if isinstance(seen, Recording):
        return seen.frames(batch.numbers.tolist())
    return seen.take(np.searchsorted(seen.numbers, batch.numbers))


def _table(
    window: Array, origin: tuple[int, ...], steps: tuple[float, ...], pixels: Array | None
) -> tuple[Array, Array]:
    """Centroids ``(n, x y [z])`` and one row of numbers for each object ``(n, features)``."""
    names, which = np.unique(window, return_inverse=True)
    labels = which.reshape(window.shape) + (0 if len(names) and names[0] == 0 else 1)
    names = names[names != 0]
    count = len(names)
    if not count:
        lights = 0 if pixels is None else len(LEVELS) * pixels.shape[-1]
        return np.zeros((0, window.ndim)), np.zeros((0, 9 + lights))
    size, mean, spread = _moments(labels, steps, count)
    columns = [names.astype(np.float64), size, _diameters(size, window.ndim)]
    columns.append(outline_lengths(labels, steps, count)[1:])
    columns += _ellipses(spread)
    columns.append(_solidity(labels, size, float(np.prod(steps))))
    if pixels is not None:
        inside = tuple(slice(o, o + n) for o, n in zip(origin, window.shape, strict=True))
        columns += _light(labels, pixels[inside], count)
    places = mean / np.array(steps) + np.array(origin)
    return places[:, ::-1].copy(), np.stack(columns, axis=1)


def _moments(labels: Array, steps: tuple[float, ...], count: int) -> tuple[Array, Array, Array]:
    """Size, centroid and covariance of each object, a pixel being as wide as the step."""
    inside = np.flatnonzero(labels)
    own = labels.ravel()[inside]
    index = np.unravel_index(inside, labels.shape)
    places = np.stack([i * s for i, s in zip(index, steps, strict=True)])
    pixels = np.bincount(own, minlength=count + 1)[1:].astype(np.float64)

    def means(values: Array) -> Array:
        found: Array = np.bincount(own, values, count + 1)[1:] / pixels
        return found

    mean = np.stack([means(axis) for axis in places], axis=1)
    apart = places - mean[own - 1].T
    axes = range(len(steps))
    spread = np.stack([np.stack([means(apart[a] * apart[b]) for b in axes], -1) for a in axes], -1)
    spread = spread + np.diag(np.square(steps) / 12)
    return pixels * float(np.prod(steps)), mean, spread


def _diameters(size: Array, axes: int) -> Array:
    found: Array = 2 * np.sqrt(size / np.pi) if axes == 2 else np.cbrt(6 * size / np.pi)
    return found


def _ellipses(spread: Array) -> list[Array]:
    """Axes from the longest, eccentricity, and in pictures the angle of the longest."""
    axes = spread.shape[-1]
    values, ways = np.linalg.eigh(spread)
    lengths = 2 * np.sqrt(values[:, ::-1] * (axes + 2))
    round_ = np.clip(lengths[:, -1] / lengths[:, 0], 0, 1)
    columns = [*lengths.T, np.sqrt(1 - round_**2)]
    if axes == 2:
        down, right = ways[:, 0, -1], ways[:, 1, -1]
        angle = np.arctan2(down, right)
        columns.append((angle + np.pi / 2) % np.pi - np.pi / 2)
    return columns


def _solidity(labels: Array, size: Array, pixel: float) -> Array:
    from scipy import ndimage

    found = np.ones(len(size))
    for k, window in enumerate(ndimage.find_objects(labels)):
        if window is not None:
            found[k] = size[k] / pixel / hull_size(labels[window] == k + 1)
    return found


def _light(labels: Array, pixels: Array, count: int) -> list[Array]:
    """Mean, least, greatest and sum of the levels of each channel."""
    columns = []
    own = labels.ravel()
    for channel in range(pixels.shape[-1]):
        values = pixels[..., channel].ravel().astype(np.float64)
        known = (own > 0) & np.isfinite(values)
        inside, levels = own[known], values[known]
        number = np.bincount(inside, minlength=count + 1)[1:]
        total = np.bincount(inside, levels, count + 1)[1:]
        low, high = np.full(count + 1, np.inf), np.full(count + 1, -np.inf)
        np.minimum.at(low, inside, levels)
        np.maximum.at(high, inside, levels)
        none = number == 0
        mean = np.where(none, np.nan, total / np.maximum(number, 1))
        columns += [mean, *(np.where(none, np.nan, c) for c in (low[1:], high[1:], total))]
    return columns
