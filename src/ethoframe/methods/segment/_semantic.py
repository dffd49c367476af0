"""One class for each pixel or voxel, by a network: what such methods share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, Kind, Learned, Reach, Spec, Training, parameter
from ethoframe.data import Frames, Labelled, LabelMap, Labels, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._brightness import check_channels
from ethoframe.methods.segment._evened import evened
from ethoframe.methods.segment._patches import Patches
from ethoframe.methods.segment._pictures import Pictures, channels_of, check_labels
from ethoframe.methods.segment._tiles import Pieces
from ethoframe.methods.segment._windows import Targets, Windows
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.lesson import Example, Examples, Lesson, parted
from ethoframe.nets.model import Model, model_of
from ethoframe.nets.network import ENCODER, PLAIN, PLAIN_BORDER, Head, Network

MOST = 64
"""Classes, at most: labels with more are objects, and no classes."""

WINDOW_PX, PUBLISHED_PX, PATCH_PX = 256, 572, 64
"""Side of what is seen at once: by an encoder of timm, by the U-Net of 2015, and of volumes."""

WIDTH, PUBLISHED = 32, 64
"""Channels of the finest map: of a decoder, and of the U-Net of 2015."""

VOLUME = 16
"""The same of volumes."""


@dataclass(frozen=True)
class Semantic(Learned, FrameMethod):
    """A class for each pixel, as people marked them in other pictures."""

    channel: str = parameter(
        "", says="which channel; empty for the only one, or red, green and blue", fixed="fit"
    )
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)
    window_px: int = parameter(
        0,
        unit="px",
        says="side of what the network sees at once; 0 takes what suits it",
        low=0,
        high=2048,
        fixed="fit",
    )
    planes: int = parameter(
        16, says="planes of a volume that it sees at once", low=1, high=512, fixed="fit"
    )
    stride: int = parameter(
        4, says="pixels for one place of a map of a timm encoder", low=1, high=8, fixed="fit"
    )
    width: int = parameter(
        0, says="channels of the finest map; 0 takes what suits it", low=0, high=256, fixed="fit"
    )

    decoder: ClassVar[str]

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Windows of labelled pictures, or patches of volumes, and the class of each pixel."""
        axes = check_labels(self.name(), labels)
        values, names = classes_of(self.name(), labels)
        network = self._network(axes, training, channels_of(labels, self.channel), len(values))
        taught, kept, split = parted(labels, training)
        targets = Classed(tuple(values), network.stride)
        told = {
            "split": split.to_json(),
            "split_says": split.says,
            "classes": {str(value): names[value] for value in values if value},
        }
        return Lesson(
            network,
            self._examples(taught, network, targets, training.augment),
            self._examples(kept, network, targets, None),
            Judging([names[value] for value in values if value]),
            told=told,
        )

    def _network(self, axes: int, training: Training, channels: int, classes: int) -> Network:
        encoder = training.encoder or (ENCODER if axes == 2 else PLAIN)
        plain = encoder == PLAIN
        if axes == 3 and not plain:
            reason = f"{encoder} looks at pictures, and the labels are volumes"
            raise Refusal(self.name(), reason, "leave --encoder out")
        if plain and self.decoder != "unet":
            reason = "plain convolutions are those of the U-Net"
            raise Refusal(self.name(), reason, "use segment/unet, or name an encoder of timm")
        size: tuple[int, ...]
        if axes == 3:
            size = self.planes, *(self.window_px or PATCH_PX,) * 2
        elif plain:
            size = (published(self.window_px or PUBLISHED_PX),) * 2
        else:
            size = (self.window_px or WINDOW_PX,) * 2
        width = VOLUME if axes == 3 else PUBLISHED if plain else WIDTH
        return Network(
            size,
            channels,
            (Head("mask", classes),),
            encoder,
            self.decoder,  # type: ignore[arg-type]
            1 if plain else self.stride,
            self.width or width,
        )

    def _examples(
        self, labels: Labels, network: Network, targets: Targets, augment: float | None
    ) -> Examples:
        pictures = Pictures(labels, self.channel, network.channels)
        judged, strength = augment is None, augment or 0.0
        if len(network.size) == 3:
            return Patches(pictures, network, targets, strength, judged)
        varied = Augment.tissue().strengthened(strength)
        return Windows(pictures, network, targets, varied, [1.0] * len(pictures), judged=judged)

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames, named as they were when it was taught."""
        model, seen = model_of(self), specs["recording"]
        check_channels(seen, self.channel, self.name())
        if len(seen.size) != len(model.network.size):
            kinds = {2: "pictures", 3: "volumes"}
            reason = f"it was taught by {kinds[len(model.network.size)]}"
            raise Refusal(self.name(), reason, f"give it {kinds[len(model.network.size)]}")
        values, names = _classes_in(model)
        return Spec(
            Kind.LABELMAP,
            seen.axes[:-1],
            seen.shape[:-1],
            _dtype(values).name,
            names=tuple(names.values()),
            spacing_mm=seen.spacing_mm,
        )

    def reach(self, spec: Spec) -> Reach:
        """Everything: the light is that of the whole frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The class of every pixel of every frame."""
        model = model_of(self)
        values, names = _classes_in(model)
        run = session(model, self.backend).run
        labels = np.zeros((len(batch), *batch.size), _dtype(values))
        for t, frame in enumerate(batch.pixels):
            if frame.size:
                picture = evened(frame, batch.channels, self.channel, model.network.channels)
                scores = Pieces(model.network, batch.size).maps(picture, run)["mask"]
                labels[t] = values[enlarged(scores, batch.size, model.network.stride).argmax(0)]
        return LabelMap.of(labels, batch.numbers, batch.times_s, names, batch.spacing_mm)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Bright discs on a noisy ground; they drift."""
        return {"recording": _drawn()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """The same, discs marked."""
        recording, labels = _drawn()
        return Labels((Labelled(recording, labels),))


@dataclass(frozen=True)
class Classed:
    """The class of each place, from labels.

    Parameters
    ----------
    values
        Labels in rising order; 0 is the first.
    stride
        Pixels of one place.
    """

    values: tuple[int, ...]
    stride: int

    def __call__(self, labels: Array, larger: float) -> dict[str, Array]:
        """``mask`` ([z,] y, x): index of the class in the middle of each place."""
        first = self.stride // 2
        cut = labels[..., first :: self.stride, first :: self.stride]
        return {"mask": np.searchsorted(self.values, cut).astype(np.int64)}


@dataclass(frozen=True)
class Judging:
    """How much answers and labels overlap; the first figure is one minus the mean over classes.

    Parameters
    ----------
    names
        Of all classes but the background.
    """

    names: Sequence[str]

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Dice of each class over all windows together; NaN of one that is nowhere."""
        count = len(self.names) + 1
        both, each = np.zeros(count), np.zeros(count)
        for example, answer in zip(examples, answers, strict=True):
            true, told = example["mask"].ravel(), answer["mask"].argmax(0).ravel()
            both += np.bincount(true[true == told], minlength=count)
            each += np.bincount(true, minlength=count) + np.bincount(told, minlength=count)
        with np.errstate(invalid="ignore"):
            dice = (2 * both / each)[1:]
        seen = dice[np.isfinite(dice)]
        mean = float(seen.mean()) if seen.size else float("nan")
        told_of = {f"dice_{name}": float(d) for name, d in zip(self.names, dice, strict=True)}
        return {"error": 1 - mean, "dice": mean, **told_of}


def classes_of(who: str, labels: Labels) -> tuple[list[int], dict[int, str]]:
    """Labels in rising order, 0 among them, and what each is called.

    Raises
    ------
    Refusal
        When there are none, negative ones, more than classes can be, or two names of one label.
    """
    values, names = {0}, {0: "background"}
    for part in labels.parts:
        assert isinstance(part.said, LabelMap)
        for patch in part.said.patches:
            values |= {int(value) for value in np.unique(patch.labels)}
        for value, name in part.said.names.items():
            if names.setdefault(int(value), name) != name and value:
                reason = f"label {value} is called {names[int(value)]}, and {name} elsewhere"
                raise Refusal(who, reason, "use one name for one class")
    if values == {0} or min(values) < 0:
        raise Refusal(who, "nothing is labelled", "mark what is to be found, by 1, 2 ...")
    if len(values) > MOST:
        reason = f"there are {len(values)} labels: these seem to be objects, not classes"
        raise Refusal(who, reason, "use segment/instances")
    return sorted(values), {value: names.get(value, str(value)) for value in values}


def published(side: int) -> int:
    """The least side that the U-Net of 2015 can see, and that is no less."""
    return max(side + (12 - side) % 16, 2 * PLAIN_BORDER + 4)


def enlarged(scores: Array, size: tuple[int, ...], stride: int) -> Array:
    """Scores ``(class, ...)`` of places as scores of pixels ``(class, [z,] y, x)``."""
    if stride == 1:
        return scores
    full = tuple(length * stride for length in scores.shape[:0:-1])
    pixels = np.stack([cv2.resize(each, full, interpolation=cv2.INTER_LINEAR) for each in scores])
    return pixels[:, : size[0], : size[1]]


def _classes_in(model: Model) -> tuple[Array, dict[int, str]]:
    names = {int(value): str(name) for value, name in model.card["classes"].items()}
    return np.array([0, *names]), names


def _dtype(values: Array) -> np.dtype[Any]:
    return np.dtype("uint8" if values.max() < 256 else "int32")


def _drawn() -> tuple[Recording, LabelMap]:
    random = np.random.default_rng(5)
    y, x = np.mgrid[:96, :128]
    pixels, labels = random.normal(30, 3, (9, 96, 128)), np.zeros((9, 96, 128), np.uint8)
    for t in range(9):
        for down, across, radius in ((28, 24 + 2 * t, 14), (66, 40, 17), (50, 100 - t, 19)):
            labels[t][np.hypot(y - down, x - across) <= radius] = 2
        pixels[t] += 100 * (labels[t] > 0)
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
    return film, LabelMap.of(labels, names={2: "disc"})
