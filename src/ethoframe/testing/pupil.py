"""One small sound method that is taught by labels.

For tests that need one which is fitted in a second, or one to plant a fault in; it is in no
catalog.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Learned, Spec, Training, parameter
from ethoframe.data import Frames, Labelled, Labels, Noun, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.lesson import Example, Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import Head, Network
from ethoframe.testing.specimens import film

SIDE, STRIDE = 32, 4

BRIGHT = 0.5


@dataclass(frozen=True)
class Pupil(Learned, FrameMethod):
    """The level of each frame, and how much of it is bright; ethoframe's own."""

    backend: str = parameter("onnxruntime", says="what runs the network", choices=BACKENDS)
    width: int = parameter(8, says="channels of the finest map", low=1, high=64, fixed="fit")

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"
    learns = Values

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Pictures, their levels and where they are bright."""
        if not len(labels) or labels.gives is not Values:
            raise Refusal(self.name(), "these labels are no numbers", "label frames by numbers")
        taught, kept, split = parted(labels, training)
        heads, encoder = (Head("values", 1), Head("inside", 1)), training.encoder or "test_resnet"
        network = Network((SIDE, SIDE), 1, heads, encoder, "unet", STRIDE, self.width)
        told = {"split": split.to_json(), "split_says": split.says}
        return Lesson(network, Pictures(taught), Pictures(kept), judged, batch=4, told=told)

    def outline(self, **specs: Spec) -> Spec:
        """Two numbers per frame."""
        model_of(self)
        shape = specs["recording"].shape[0], 2
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=("level", "bright"))

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The numbers of the batch."""
        network = session(model_of(self), self.backend)
        pictures = [shown(picture) for picture in batch.pixels]
        answers = network.run(np.array(pictures, np.float32).reshape(-1, 1, SIDE, SIDE))
        bright = 1 / (1 + np.exp(-answers["inside"].astype(np.float64)))
        table = np.stack([answers["values"][:, 0], bright.mean(axis=(1, 2, 3))], axis=1)
        names, units = ("level", "bright"), ("level", "1")
        return Values(table.astype(np.float64), names, units, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """The film."""
        return {"recording": film()}

    @classmethod
    def sample(cls) -> Labels:
        """The levels of the film's frames."""
        recording = film()
        frames = recording.frames(range(len(recording)))
        table = frames.pixels.mean(axis=(1, 2, 3))[:, None] / 255
        said = Values(table, ("level",), ("level",), frames.numbers, frames.times_s)
        return Labels((Labelled(recording, said),))


@dataclass(frozen=True)
class Pictures:
    """Labelled frames, varied by noise."""

    labels: Labels

    def __len__(self) -> int:
        """How many there are."""
        return len(self.labels)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """One of them."""
        part, row = list(self.labels.rows())[index]
        assert isinstance(part.said, Values)
        picture = shown(part.recording.frames([int(part.said.numbers[row])]).pixels[0])
        places = picture.reshape(1, SIDE // STRIDE, STRIDE, SIDE // STRIDE, STRIDE)
        inside = (places.max(axis=(2, 4)) > BRIGHT).astype(np.float32)
        if chance is not None:
            picture = picture + chance.normal(0, 0.02, picture.shape).astype(np.float32)
        return {
            "picture": picture,
            "values": part.said.table[row].astype(np.float32),
            "inside": inside,
        }


def shown(picture: Array) -> Array:
    """Levels ``(1, y, x)`` from 0 to 1, in the network's size; what is not known is black."""
    levels = np.nan_to_num(picture[:SIDE, :SIDE, 0].astype(np.float32)) / 255
    rims = [(0, SIDE - length) for length in levels.shape]
    return np.pad(levels, rims)[None]


def judged(examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]) -> dict[str, float]:
    """How far the levels are off."""
    pairs = zip(examples, answers, strict=True)
    return {"off": float(np.mean([abs(a["values"] - e["values"]).mean() for e, a in pairs]))}


def apart(labels: Labels, count: int) -> Labels:
    """As many of the labels, each as if it were of a film of its own."""
    (part,) = labels.parts
    return replace(
        labels,
        parts=tuple(replace(part.take([i]), film=f"film {i}") for i in range(count)),
    )
