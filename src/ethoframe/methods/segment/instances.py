"""Objects one by one, by a network that was taught what they look like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import (
    FrameMethod,
    In,
    Kind,
    Learned,
    Reach,
    Spec,
    Training,
    parameter,
)
from ethoframe.data import Frames, Labelled, LabelMap, Labels, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._apart import (
    Judging,
    Rules,
    diameters,
    objects_of,
    targets_of,
    usual_diameter,
)
from ethoframe.methods.segment._brightness import check_channels
from ethoframe.methods.segment._evened import evened
from ethoframe.methods.segment._pictures import Pictures, channels_of, check_labels
from ethoframe.methods.segment._tiles import Pieces
from ethoframe.methods.segment._windows import Windows
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import ENCODER, PLAIN, Head, Network

LOOKS = 4
"""How often a picture is looked at, at most, until its objects are shown as large as usual."""

NEAR = 0.2
"""How far from usual, as a power of 2, objects may be shown."""

ROAMS, ROAMING = 4.0, 0.3
"""Ratio of sizes of some windows, and their share: so that a network learns to tell sizes."""

ZOOMS = (1 / 16, 16.0)
"""How much smaller and larger a picture may be shown."""


@dataclass(frozen=True)
class Instances(Learned, FrameMethod):
    """Objects apart where they touch, as it was taught by pictures in which each is outlined.

    The network says of each place whether it lies in an object, how far it is to the object's edge
    as a share of the object's own largest such distance, and how much larger than usual objects are
    shown. In pictures of another magnification than those it was taught by, objects are first
    brought to the size that the network knows: by `diameter_px`, or by what it says itself and what
    its objects measure, looking again until both agree with what it knows. What lies in objects is
    parted where that distance goes down between two places (below `neck` of the lower one's).
    Whether outlines are tight or wide is settled by windows of pictures that were kept apart.

    Frames are evened by the percentiles 1 and 99.8 of their levels, and looked at in pieces that
    overlap. Labels are int32, from 1 in the order of the picture; each frame has its own. A frame
    of one level has none; what is NaN is taken for the middle of what is known.

    References
    ----------
    Inside and distance, and flooding between: Bai & Urtasun, CVPR 2017, 5221-5229. Sizes told by
    the network: Stringer et al., Nature Methods 18 (2021), 100-106.
    """

    channel: str = parameter(
        "", says="which channel; empty for the only one, or red, green and blue", fixed="fit"
    )
    diameter_px: float = parameter(
        0.0, unit="px", says="usual diameter of an object; 0 finds it in each frame", low=0.0
    )
    neck: float = parameter(
        0.75,
        unit="1",
        says="two parts are one if the depth between them is over this share of the lower one's",
        low=0.0,
        high=1.0,
    )
    smallest: float = parameter(
        0.03, unit="1", says="area as a share of the usual object's", low=0.0, high=1.0
    )
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)
    window_px: int = parameter(
        256, unit="px", says="side of what the network sees at once", low=32, high=2048, fixed="fit"
    )
    shown_px: float = parameter(
        24.0, unit="px", says="diameter at which objects are shown to it", low=4.0, fixed="fit"
    )
    stride: int = parameter(
        2, says="pixels of the window for one place of a map", low=1, high=8, fixed="fit"
    )
    width: int = parameter(32, says="channels of the finest map", low=4, high=256, fixed="fit")

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"
    learns = LabelMap

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Windows of the labelled pictures, objects as large as the network is to see them."""
        if check_labels(self.name(), labels) != 2:
            reason = "the labels are volumes, and it works on pictures"
            raise Refusal(self.name(), reason, "use segment/unet, or label planes as pictures")
        if training.encoder == PLAIN:
            reason = "plain convolutions do not know sizes"
            raise Refusal(self.name(), reason, "leave --encoder out, or use segment/unet")
        usual = diameters(labels)
        if not np.isfinite(usual).any():
            raise Refusal(self.name(), "no object is labelled in any frame", "label some")
        taught, kept, split = parted(labels, training)
        network = Network(
            (self.window_px, self.window_px),
            channels_of(labels, self.channel),
            tuple(Head(kind, 1) for kind in ("inside", "distance", "size")),
            training.encoder or ENCODER,
            "unet",
            self.stride,
            self.width,
        )
        typical = float(np.nanmedian(usual[split.train]))
        judging = Judging(self.shown_px, self._rules(0.0))
        windows = partial(self._windows, network=network, typical=typical)
        varied = replace(Augment.tissue(), inversion=True, scale=1.25)
        return Lesson(
            network,
            windows(taught, augment=varied.strengthened(training.augment)),
            windows(kept, augment=Augment.none(), judged=True),
            judging,
            {"distance": 10.0, "size": 0.5},
            told={
                "split": split.to_json(),
                "split_says": split.says,
                "typical_px": typical,
            },
            settle=judging.settle,
        )

    def _windows(
        self,
        labels: Labels,
        augment: Augment,
        network: Network,
        typical: float,
        judged: bool = False,
    ) -> Windows:
        usual = diameters(labels)
        zooms = self.shown_px / np.where(np.isfinite(usual), usual, typical)
        return Windows(
            Pictures(labels, self.channel, network.channels),
            network,
            partial(targets_of, stride=network.stride),
            augment,
            [float(np.clip(zoom, *ZOOMS)) for zoom in zooms],
            ROAMS,
            ROAMING,
            judged,
        )

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses channels of which none is meant."""
        model_of(self)
        seen = specs["recording"]
        check_channels(seen, self.channel, self.name())
        shape = seen.shape[:-1]
        return Spec(Kind.LABELMAP, seen.axes[:-1], shape, "int32", spacing_mm=seen.spacing_mm)

    def reach(self, spec: Spec) -> Reach:
        """Everything: light and usual size are those of the whole frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The objects of every frame."""
        labels = np.zeros((len(batch), *batch.size), np.int32)
        for t, frame in enumerate(batch.pixels):
            if frame.size:
                labels[t] = self._objects(frame, batch.channels)
        return LabelMap.of(labels, batch.numbers, batch.times_s, spacing_mm=batch.spacing_mm)

    def _objects(self, frame: Array, names: tuple[str, ...]) -> Array:
        model = model_of(self)
        picture = evened(frame, names, self.channel, model.network.channels)
        if not np.ptp(picture) > 0:
            return np.zeros(frame.shape[:-1], np.int32)
        run = session(model, self.backend).run
        rules = self._rules(float(model.settled["level"]))
        usual = self.diameter_px or float(model.card["typical_px"])
        for _ in range(1 if self.diameter_px else LOOKS):
            zoom = float(np.clip(self.shown_px / usual, *ZOOMS))
            shown = _resized(picture, zoom)
            maps = Pieces(model.network, shown.shape[1:]).maps(shown, run)
            larger = _larger(maps, self.shown_px / self.stride, rules)
            if abs(larger) < NEAR:
                break
            usual *= 2.0**larger
        inside, distance = (
            _fitted(maps[kind][0], frame.shape[:2], shown.shape[1:], self.stride)
            for kind in ("inside", "distance")
        )
        return objects_of(inside, distance, self.shown_px / zoom, rules)

    def _rules(self, level: float) -> Rules:
        return Rules(neck=self.neck, smallest=self.smallest, level=level)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Bright discs, some of which touch, on a noisy ground; they drift."""
        return {"recording": _discs()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """The same discs, each outlined."""
        recording, labels = _discs()
        return Labels((Labelled(recording, labels),))


def _larger(maps: Mapping[str, Array], usual: float, rules: Rules) -> float:
    """How much larger than usual objects are shown, as a power of 2; 0 where there are none.

    The mean of what the network says of it and of what the objects measure that it shows: either
    may be misled where sizes are far from usual, seldom both, and not in the same way.

    Parameters
    ----------
    maps
        Of the whole picture.
    usual
        Diameter in places.
    rules
        What counts as an object.
    """
    inside, distance = maps["inside"][0], maps["distance"][0]
    areas = np.bincount(objects_of(inside, distance, usual, rules).ravel())[1:]
    if not areas.size:
        return 0.0
    told = float(np.median(maps["size"][0][inside > rules.level]))
    measured = float(np.log2(usual_diameter(areas) / usual))
    return (told + measured) / 2


def _resized(picture: Array, zoom: float) -> Array:
    """A picture ``(c, y, x)`` so many times larger."""
    size = tuple(max(1, round(length * zoom)) for length in picture.shape[1:])
    if size == picture.shape[1:]:
        return picture
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
    return np.stack([cv2.resize(channel, size[::-1], interpolation=way) for channel in picture])


def _fitted(places: Array, size: tuple[int, ...], shown: tuple[int, ...], stride: int) -> Array:
    """Places of a map as the pixels of the picture that was shown to the network so large."""
    down, across = (n / stride / length for n, length in zip(shown, size, strict=True))
    back = np.array([[across, 0, across / 2 - 0.5], [0, down, down / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    there = size[1], size[0]
    return cv2.warpAffine(places, back, there, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def _discs() -> tuple[Recording, LabelMap]:
    random = np.random.default_rng(4)
    y, x = np.mgrid[:96, :128]
    pixels, labels = random.normal(30, 3, (9, 96, 128)), np.zeros((9, 96, 128), np.int32)
    for t in range(9):
        discs = ((22, 20 + t, 11, 90), (22, 42 + t, 10, 70), (66, 30, 12, 110), (58, 92 - t, 9, 60))
        for number, (down, across, radius, more) in enumerate(discs, 1):
            far = np.hypot(y - down, x - across)
            pixels[t] += more * np.clip(radius + 0.5 - far, 0, 1)
            labels[t][far <= radius] = number
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
    return film, LabelMap.of(labels)
