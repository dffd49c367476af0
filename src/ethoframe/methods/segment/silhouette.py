"""The animal's outline, by its difference from the empty scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Values
from ethoframe.data.noun import Array
from ethoframe.methods.segment._look import Look, few


@dataclass(frozen=True)
class Silhouette(FrameMethod):
    """Which pixels are the animal's body, and which are thin things at it, such as the tail.

    A pixel is the animal's when its level lies nearer to the animal's than to the empty scene's at
    that place (*edge* moves the border between them), and differs from the scene by more than the
    noise. Slow changes of light are followed by one factor per frame, the median ratio of the frame
    to the empty scene. Whatever is thinner than a share of the animal's own width is taken off the
    body and labelled *thin*; the body's round ends are grown back, as far as the animal reaches.

    What lies over the animal, such as a cable, would cut it up. A gap between thick parts is the
    animal's where it is no wider than *covered* tells, and differs from the scene to the other side
    than the animal does: a dark cable over a light animal.

    The search runs on a coarse grid; only the window round what it finds is looked at in full.
    Where the noise would drown the animal, the frame is blurred, no more than needed. With an empty
    scene of several planes, each frame is compared with the one whose pattern of light is nearest
    to its own, after one factor, on a few hundred pixels.

    References
    ----------
    Opening by a disc: Serra, Image Analysis and Mathematical Morphology, 1982. Through the distance
    transform it takes the same time for any radius.
    """

    edge: float = parameter(
        0.5,
        unit="1",
        says="border between scene (0) and animal (1) on the way between their levels",
        low=0.05,
        high=0.95,
    )
    noises: float = parameter(
        6.0,
        unit="1",
        says="least difference from the scene, in standard deviations of the noise",
        low=1.0,
    )
    opening: float = parameter(
        0.4,
        unit="1",
        says="things thinner than this share of the animal's width are no body",
        low=0.0,
        high=0.9,
    )
    regrowth: float = parameter(
        0.5,
        unit="1",
        says="how far the body's ends are grown back, as a share of what the opening took",
        low=0.0,
        high=2.0,
    )
    smallest: float = parameter(
        0.15, unit="1", says="least area as a share of the animal's", low=0.0, high=1.0
    )
    covered: float = parameter(
        0.3,
        unit="1",
        says="a cable no wider than this share of the animal's width hides none of its body",
        low=0.0,
        high=0.9,
    )
    largest: float = parameter(
        4.0, unit="1", says="greatest area as a share of the animal's", low=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "background": In(Kind.IMAGE),
        "appearance": In(Kind.VALUES),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "4"
    shifts: ClassVar[bool] = False

    def outline(self, **specs: Spec) -> Spec:
        """Labels 1 (body) and 2 (thin), as large as the recording's frames."""
        t, y, x, _ = specs["recording"].shape
        names, spacing = ("body", "thin"), specs["recording"].spacing_mm
        return Spec(Kind.LABELMAP, ("t", "y", "x"), (t, y, x), "uint8", "", names, spacing)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The labels of each frame in the window round the animal; none where nothing was found."""
        looks = _looks(self, side["background"], side["appearance"])
        patches = tuple(
            _nearest(looks, plane[..., 0]).patch(plane[..., 0]) for plane in batch.pixels
        )
        names = {1: "body", 2: "thin"}
        return LabelMap(patches, batch.numbers, batch.times_s, batch.size, names, batch.spacing_mm)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A dark square with a thin tail that crosses a shaded floor while the light drifts."""
        floor = 150 + 60 * np.linspace(0, 1, 64)[None, :] * np.ones((48, 1))
        pixels = np.empty((12, 48, 64, 1))
        for t, frame in enumerate(pixels[..., 0]):
            frame[:] = floor * (1 + 0.01 * t)
            frame[14:26, 6 + 3 * t : 22 + 3 * t] = 40
            frame[19:21, 2 + 3 * t : 6 + 3 * t] = 40
        scene = np.stack([floor, np.ones_like(floor)], axis=-1)[None].astype(np.float32)
        background = Frames(scene, np.array([0]), np.array([0.0]), ("level", "noise"))
        appearance = Values.whole(
            sign=(-1.0, "1"),
            level=(40.0, "level"),
            contrast=(140.0, "level"),
            noise=(1.0, "level"),
            area=(192.0, "px2"),
            length=(16.0, "px"),
            width=(12.0, "px"),
            found=(1.0, "1"),
        )
        recording = Recording.of(pixels.astype(np.uint8))
        return {"recording": recording, "background": background, "appearance": appearance}


@lru_cache(maxsize=4)
def _looks(method: Silhouette, background: Frames, appearance: Values) -> tuple[Look, ...]:
    # Remembered from batch to batch: it depends on nothing that a batch holds.
    planes = [background.plane(index, "level") for index in range(len(background))]
    return tuple(Look.of(method, plane, _lighter(plane, planes[0]), appearance) for plane in planes)


def _lighter(scene: Array, first: Array) -> float:
    """How many times lighter a plane of the empty scene is than the first one."""
    if scene is first or not scene.size:
        return 1.0
    lighter = float(np.median((few(scene) + 1.0) / (few(first) + 1.0)))
    return lighter if np.isfinite(lighter) else 1.0


def _nearest(looks: Sequence[Look], plane: Array) -> Look:
    """The one whose pattern of light is nearest to that of the frame."""
    return looks[0] if len(looks) == 1 else min(looks, key=lambda look: look.unlike(plane))
