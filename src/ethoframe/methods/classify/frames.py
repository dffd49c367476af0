"""What each frame shows, out of classes that were taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, Training, parameter
from ethoframe.data import Classes, Frames, Labelled, Labels, Noun, Recording
from ethoframe.methods.classify._probabilities import Judging, Probabilities, balanced
from ethoframe.methods.classify._taught import named, table_of, targets, told_classes
from ethoframe.nets.framewise import Framewise
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import CLASSES, UNTAUGHT, Head

WAYS = {"likeness": (UNTAUGHT,), "lines": ("classes",), "auto": CLASSES[::-1]}
"""Heads that may tell classes."""


@dataclass(frozen=True)
class FrameClasses(Framewise):
    """Tells how probable each class is in each frame, as it was taught by labelled frames.

    The network is shown the frame made small, patches of it at full resolution, or both: made
    small, a frame shows what is where, but not how sharp or noisy it is. With ``auto`` one network
    learns from both, and how much each counts is decided by labelled frames that were kept apart,
    the whole alone where patches gain nothing, as they cost time.

    Frames are told by lines between the classes, which a network learns to draw step by step, or by
    likeness to the frames of each class: a bell over what all layers of an encoder see that is left
    as it came. Of frames unlike all that taught them a line says anything, and a bell the class
    whose frames differ most from each other: so frames that are spoilt in a way that was never
    taught are told from good ones, which are all alike. By itself it takes the way that proves
    better on the frames kept apart; these tell nothing of what was never taught, so where that is
    to be expected, ask for ``likeness``, which takes seconds to fit.

    Classes count alike however rare they are; probabilities are brought back to how frequent
    classes were among the labels, and divided by a temperature so that, of the frames kept apart,
    they hold as often as they say. A frame that is NaN throughout has NaN; single NaN pixels are
    taken to be as the mean of the rest.

    References
    ----------
    Guo et al., ICML 2017, 1321-1330 (temperature). Menon et al., ICLR 2021 (classes that count
    alike, and back). Kang et al., CVPR 2014, 1733-1740 (quality from patches at full resolution).
    Lee et al., NeurIPS 2018, 7167-7177 (likeness to what was taught).
    """

    told_by: str = parameter(
        "auto",
        says="likeness to frames of each class, lines that are learned, or what proves better",
        choices=("auto", "likeness", "lines"),
        fixed="fit",
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.CLASSES
    version: ClassVar[str] = "1"
    learns = Classes

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Labelled frames, whole and in patches, and their classes."""
        said, names = told_classes(self.name(), labels)
        parts = parted(said, training, named(said))
        weights = balanced(table_of(parts[0]))
        judging = Judging(weights, self.view, WAYS[self.told_by])
        return self.taught_by(
            parts,
            training,
            tuple(Head(kind, len(names)) for kind in judging.kinds),
            partial(targets, weights=weights),
            judging,
            judging.settle,
            {"classes": list(names)},
        )

    def outline(self, **specs: Spec) -> Spec:
        """Probabilities ``(t, class)``."""
        seen = specs["recording"]
        names = tuple(self.model_for(seen).card["classes"])
        shape = seen.shape[0], len(names)
        return Spec(Kind.CLASSES, ("t", "class"), shape, "float64", names=names)

    def apply(self, batch: Frames, **side: Any) -> Classes:
        """Probabilities of every frame."""
        model = model_of(self)
        told = Probabilities.from_json(model.settled)
        table = told.of(self.answers(batch, told.kind, told.share))
        return Classes(table, tuple(model.card["classes"]), batch.numbers, batch.times_s)

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
