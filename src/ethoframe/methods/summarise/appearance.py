"""What the animal looks like: darker or lighter, how much, how large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Memory, Reduction, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Values
from ethoframe.data.noun import Array
from ethoframe.methods.summarise.background import Background

SCALE = 4  # the animal is looked for on a grid of means over 4 × 4 pixels
FEWEST_PX = 6  # on that grid
SIGNS = (-1, 1, 0)
LEAST_LEVELS = 8.0  # a weaker difference is what compression leaves

Told = tuple[float, float, float, float, float]
"""Area, level, contrast, length and width."""


@dataclass(frozen=True)
class Appearance(Reduction):
    """How the animal differs from the empty scene, measured on the recording itself.

    In each frame that is looked at, the thickest thing that differs from the background by more
    than the noise is taken for the animal; what most frames say holds. The answer has the values

    * *sign*: -1 for an animal darker than the background, +1 for a lighter one, 0 for one that is
      both (*polarity* "both", for an animal of two colours);
    * *level*: the animal's own gray level (median over its pixels), and *contrast*: how much it
      differs from the scene there;
    * *noise*: the standard deviation of the scene's pixels over time;
    * *area*, *length*, *width*: of the animal without its tail, in px², px, px;
    * *found*: the share of the frames in which something was seen.

    With an empty scene of several planes, each frame is compared with the one whose pattern of
    light is nearest to its own; level and contrast are told as they would be in the first.

    With nothing to be seen in any frame, all but *noise* and *found* are NaN.

    References
    ----------
    ethoframe's own.
    """

    polarity: str = parameter(
        "auto",
        says="is the animal darker or lighter than the floor",
        choices=("auto", "dark", "light", "both"),
    )
    noises: float = parameter(
        6.0, unit="1", says="how many standard deviations of the noise count as different", low=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "background": In(Kind.IMAGE),
    }
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "3"

    def outline(self, **specs: Spec) -> Spec:
        """One row of values."""
        names = ("sign", "level", "contrast", "noise", "area", "length", "width", "found")
        return Spec(Kind.VALUES, ("t", "quantity"), (1, len(names)), "float64", names=names)

    def visits(self, spec: Spec) -> Array:
        """The frames that the background is made from, which are decoded already."""
        return Background().visits(spec)

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """For each frame and sign: area, level, contrast, length, width of the thickest thing."""
        background: Frames = side["background"]
        scenes = _scenes(background)
        # Each pixel of the coarse grid is a mean: its noise is less by the root of how many.
        clear = max(LEAST_LEVELS, self.noises * _noise(background) / SCALE)
        seen = [_seen(_small(plane[..., 0]), scenes, clear) for plane in batch.pixels]
        return {"seen": np.array(seen, np.float64).reshape(-1, len(SIGNS), 5)}

    def combine(self, a: Memory, b: Memory) -> Memory:
        """What both saw."""
        return {"seen": np.concatenate([a["seen"], b["seen"]])}

    def finalise(self, partial: Memory, **side: Any) -> Values:
        """The values that hold for the recording."""
        seen, noise = partial["seen"], _noise(side["background"])
        sign = self._sign(seen)
        one = seen[:, SIGNS.index(sign)]
        one = one[one[:, 0] > 0]
        found = len(one) / max(1, len(seen))
        typical = np.median(one, axis=0) if len(one) else [np.nan] * 5
        area, level, contrast, length, width = typical
        return Values.whole(
            sign=(float(sign) if len(one) else np.nan, "1"),
            level=(level, "level"),
            contrast=(contrast, "level"),
            noise=(noise, "level"),
            area=(area, "px2"),
            length=(length, "px"),
            width=(width, "px"),
            found=(found, "1"),
        )

    def _sign(self, seen: Array) -> int:
        if self.polarity != "auto":
            return {"dark": -1, "light": 1, "both": 0}[self.polarity]
        # One vote per frame: an arm that reaches in is large, but not there for long.
        dark, light = seen[:, 0, 0], seen[:, 1, 0]
        return -1 if np.sum(dark > light) >= np.sum(dark < light) else 1

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """The background's own example, and the background."""
        recording = Background.example()["recording"]
        assert isinstance(recording, Recording)
        background = Background()
        chunk = background.chunk(recording.frames(range(len(recording))))
        return {"recording": recording, "background": background.finalise(chunk)}


def _noise(background: Frames) -> float:
    """A typical pixel's noise; the quantisation of the levels is the least there can be."""
    planes = [background.plane(i, "noise")[::SCALE, ::SCALE] for i in range(len(background))]
    return float(max([0.5, *(np.median(plane) for plane in planes if plane.size)]))


def _scenes(background: Frames) -> list[tuple[Array, float]]:
    """Each plane of the empty scene made small, and how many times lighter than the first it is."""
    planes = [_small(background.plane(i, "level")) for i in range(len(background))]
    return [(plane, float(np.median((plane + 1) / (planes[0] + 1)))) for plane in planes]


def _seen(small: Array, scenes: list[tuple[Array, float]], clear: float) -> list[Told]:
    """What is told of a frame by the scene that is nearest to it, in the light of the first."""
    empty, lighter = scenes[0]
    if len(scenes) > 1:
        empty, lighter = min(scenes, key=lambda scene: _unlike(small, scene[0]))
    told = _thickest(small, empty, clear)
    return [(a, level / lighter, differs / lighter, b, c) for a, level, differs, b, c in told]


def _unlike(small: Array, empty: Array) -> float:
    """How differently light falls, in the median after one factor."""
    ratios = (small + 1) / (empty + 1)
    return float(np.median(np.abs(ratios / np.median(ratios) - 1)))


def _thickest(small: Array, empty: Array, clear: float) -> list[Told]:
    """What is told of the thickest darker, lighter and any thing, as `SIGNS`; 0 where none is.

    Thickness tells an animal from its tail, from the edges that a moved camera leaves, and from
    reflections along a wall, which may all be larger.
    """
    difference = small - float(np.median((small + 1) / (empty + 1))) * empty
    return [
        _described(_thickest_part(mask), small, np.abs(difference))
        for mask in (difference < -clear, difference > clear, np.abs(difference) > clear)
    ]


def _thickest_part(mask: Array) -> Array:
    """The thickest thing of the mask, without what is less than half as thick at it: its tail."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    _, deepest, _, at = cv2.minMaxLoc(depth)
    if deepest == 0:
        return np.zeros_like(mask)
    core = (depth > 0.5 * deepest).astype(np.uint8)
    _, labels = cv2.connectedComponents(core)
    core = (labels == labels[at[1], at[0]]).astype(np.uint8)
    away = cv2.distanceTransform(1 - core, cv2.DIST_L2, cv2.DIST_MASK_5)
    part: Array = mask & (away <= 0.5 * deepest + 0.5)
    return part


def _small(plane: Array) -> Array:
    size = max(1, plane.shape[1] // SCALE), max(1, plane.shape[0] // SCALE)
    # Made small first: to make floats of all pixels takes longer than anything else here.
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _described(thing: Array, small: Array, difference: Array) -> Told:
    if np.count_nonzero(thing) < FEWEST_PX:
        return 0.0, 0.0, 0.0, 0.0, 0.0
    # The half of the pixels that differ most is body; shadow, tail and fur edge differ less.
    core = thing & (difference >= np.median(difference[thing]))
    body = thing & (difference >= 0.5 * np.median(difference[core]))
    moments = cv2.moments(body.astype(np.uint8), binaryImage=True)
    area = moments["m00"]
    xx, yy, xy = (moments[key] / area for key in ("mu20", "mu02", "mu11"))
    spread = np.hypot(xx - yy, 2 * xy)
    length, width = (4 * np.sqrt(max(0.0, (xx + yy + s * spread) / 2) + 1 / 12) for s in (1, -1))
    level, contrast = float(np.median(small[core])), float(np.median(difference[core]))
    return area * SCALE**2, level, contrast, length * SCALE, width * SCALE
