"""What each frame shows, out of classes that were taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

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
from ethoframe.data import Classes, Frames, Labelled, Labels, Noun, Recording
from ethoframe.methods.classify._probabilities import Judging, Probabilities, balanced
from ethoframe.methods.classify._taught import named, table_of, targets, told_classes
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.labelled import RATE, FrameExamples, LabelledFrames, gently, pooled, sight_of
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import Head
from ethoframe.nets.pictures import VIEWS, Sight, answered, known


@dataclass(frozen=True)
class FrameClasses(Learned, FrameMethod):
    """Tells how probable each class is in each frame, as it was taught by labelled frames.

    The network is shown the frame made small, patches of it at full resolution, or both: made
    small, a frame shows what is where, but not how sharp or noisy it is. With ``auto`` one network
    learns from both, and how much each counts is decided by labelled frames that were kept apart,
    the whole alone where patches gain nothing, as they cost time. Classes count alike however rare
    they are; probabilities are brought back to how frequent classes were among the labels, and
    divided by a temperature so that, of the frames kept apart, they hold as often as they say. A
    frame that is NaN throughout has NaN; single NaN pixels are taken to be as the mean of the rest.

    References
    ----------
    Guo et al., ICML 2017, 1321-1330 (temperature). Menon et al., ICLR 2021 (classes that count
    alike, and back). Kang et al., CVPR 2014, 1733-1740 (quality from patches at full resolution).
    """

    view: str = parameter(
        "auto",
        says="what the network is shown: the whole made small, patches, or what proves better",
        choices=VIEWS,
        fixed="fit",
    )
    side_px: int = parameter(
        224, unit="px", says="side of a square as large as its picture", low=32, fixed="fit"
    )
    patches: int = parameter(
        2, says="patches along each side of a frame, at most", low=1, high=8, fixed="fit"
    )
    channel: str = parameter(
        "",
        says="which channel; empty for the only one, colours where frames have them, else luma",
        fixed="fit",
    )
    turned: bool = parameter(
        True, says="whether a frame is of the same class when mirrored or turned", fixed="fit"
    )
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.CLASSES
    version: ClassVar[str] = "1"
    learns = Classes

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Labelled frames, whole and in patches, and their classes."""
        said, names = told_classes(self.name(), labels)
        taught, kept, split = parted(said, training, named(said))
        sight = sight_of(taught, self.view, self.side_px, self.channel, self.patches)
        weights = balanced(table_of(taught))
        augment = gently(training, self.turned)
        told = {
            "split": split.to_json(),
            "split_says": split.says,
            "sight": sight.to_json(),
            "classes": list(names),
        }
        judge = Judging(weights, self.view)
        return Lesson(
            pooled(sight, Head("classes", len(names)), training),
            FrameExamples(LabelledFrames(taught, sight), targets(taught, weights), augment),
            FrameExamples(
                LabelledFrames(kept, sight), targets(kept, weights), Augment.none(), apart=True
            ),
            judge,
            rate=RATE,
            batch=16,
            told=told,
            settle=judge.settle,
        )

    def outline(self, **specs: Spec) -> Spec:
        """Probabilities ``(t, class)``."""
        model, seen = model_of(self), specs["recording"]
        Sight.from_json(model.card["sight"]).check(seen.names, self.name())
        names = tuple(model.card["classes"])
        shape = seen.shape[0], len(names)
        return Spec(Kind.CLASSES, ("t", "class"), shape, "float64", names=names)

    def reach(self, spec: Spec) -> Reach:
        """The whole frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Classes:
        """Probabilities of every frame."""
        model = model_of(self)
        sight = Sight.from_json(model.card["sight"])
        told = Probabilities.from_json(model.settled)
        names = tuple(model.card["classes"])
        table = np.full((len(batch), len(names)), np.nan)
        there = known(batch.pixels)
        if there.any():
            levels = [sight.levels(frame, batch.channels) for frame in batch.pixels[there]]
            run = session(model, self.backend).run
            table[there] = told.of(answered(run, "classes", sight, levels, told.share))
        return Classes(table, names, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Discs and crosses on a noisy ground."""
        return {"recording": _film()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """Which of both each frame of the example shows."""
        film, said = _film()
        return Labels((Labelled(film, said),))


def _film() -> tuple[Recording, Classes]:
    """Discs in one half of the frames, crosses in the other, by turns."""
    random, words = np.random.default_rng(5), ("disc", "cross") * 6
    down, across = np.mgrid[:48, :64]
    pixels = random.normal(60, 4, (12, 48, 64))
    for t, (frame, word) in enumerate(zip(pixels, words, strict=True)):
        y, x = np.abs(down - 24), np.abs(across - (20 + 2 * t))
        shape = np.hypot(y, x) < 9 if word == "disc" else (np.minimum(y, x) < 3) & (y + x < 14)
        frame += 120 * shape
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
    return film, replace(Classes.said(words, ("cross", "disc")), times_s=film.times_s)
