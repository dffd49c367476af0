"""What is done at each moment, out of behaviours that were taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, isfinite
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
from ethoframe.data import Classes, Episodes, Frames, Labelled, Labels, Noun, Recording
from ethoframe.methods.classify._clips import SEEN, ClipFrames, framed, moments, stacked
from ethoframe.methods.classify._probabilities import Judging, Probabilities, balanced
from ethoframe.methods.classify._taught import named, table_of, targets, told_classes
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.labelled import RATE, FrameExamples, gently, pooled, sight_of
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import Head
from ethoframe.nets.pictures import Sight, answered, known


@dataclass(frozen=True)
class ClipClasses(Learned, FrameMethod):
    """Tells how probable each behaviour is at each moment, as it was taught by episodes.

    The network is shown each frame made small together with the frames `span_s` before and after
    it, in shades of gray: what moves differs between them. Only time that people looked at (the
    support of episodes) is learned from: within it, what lies in no episode is the class *other*;
    frames in several episodes at once are left out. Of each class 1000 frames at most are learned
    from, spread over all. Classes count alike however rare they are; probabilities are brought back
    to how frequent classes were among what was learned from, and calibrated as in
    ``classify/frames``. Where frames come at uneven times, those nearest in time are taken. A frame
    that is NaN throughout has NaN.

    References
    ----------
    Frames as channels: Simonyan & Zisserman, NeurIPS 2014, 568-576. Guo et al., ICML 2017,
    1321-1330 (temperature).
    """

    span_s: float = parameter(
        0.2, unit="s", says="how long before and after a frame is looked", low=0.0, fixed="fit"
    )
    other: str = parameter(
        "other", says="what time is called in which nothing was said", fixed="fit"
    )
    side_px: int = parameter(
        192, unit="px", says="side of a square as large as its picture", low=32, fixed="fit"
    )
    channel: str = parameter("", says="which channel; empty for the only one, or luma", fixed="fit")
    turned: bool = parameter(
        True, says="whether behaviours stay the same when mirrored or turned", fixed="fit"
    )
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.CLASSES
    version: ClassVar[str] = "1"
    learns = Episodes

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Frames that were looked at, with those around them, and their behaviours."""
        said, names = told_classes(self.name(), framed(self.name(), labels, self.other))
        taught, kept, split = parted(said, training, named(said))
        seen = sight_of(taught, "whole", self.side_px, self.channel, 1)
        sight = replace(seen, colours=False)
        weights = balanced(table_of(taught))
        told = {
            "split": split.to_json(),
            "split_says": split.says,
            "sight": sight.to_json(),
            "classes": list(names),
        }
        lit = replace(gently(training, self.turned), contrast=1.2, brightness=0.3)
        judge = Judging(weights, "whole", ("classes",))
        network = pooled(sight, (Head("classes", len(names)),), training)
        return Lesson(
            replace(network, channels=SEEN),
            FrameExamples(ClipFrames(taught, sight, self.span_s), targets(taught, weights), lit),
            FrameExamples(
                ClipFrames(kept, sight, self.span_s), targets(kept, weights), Augment.none(), True
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
        """Whole frames, twice as many before and after as lie within the span at an even rate."""
        steps = 2 * self.span_s / spec.step_s if spec.step_s else float("nan")
        count = ceil(steps) + 1 if isfinite(steps) else 0
        return Reach(count, count, None)

    def apply(self, batch: Frames, **side: Any) -> Classes:
        """Probabilities of every frame."""
        model = model_of(self)
        sight = Sight.from_json(model.card["sight"])
        told = Probabilities.from_json(model.settled)
        names = tuple(model.card["classes"])
        table = np.full((len(batch), len(names)), np.nan)
        there = known(batch.pixels)
        if there.any():
            small = [sight.seen(sight.levels(f, batch.channels), None) for f in batch.pixels]
            clips = [
                stacked([small[i] for i in moment], self.name())
                for moment in moments(batch.times_s, self.span_s)[there]
            ]
            run = session(model, self.backend).run
            table[there] = told.of(answered(run, told.kind, sight, clips, 1.0))
        return Classes(table, names, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A disc that moves, rests and moves again."""
        return {"recording": _film()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """When the disc of the example rests."""
        film, said = _film()
        return Labels((Labelled(film, said),))


def _film() -> tuple[Recording, Episodes]:
    """A disc that moves by turns, and when it rests."""
    random, rate_per_s = np.random.default_rng(8), 10.0
    down, across = np.mgrid[:48, :64]
    moves = np.repeat([1, 0, 1, 0, 1], [8, 6, 5, 6, 5])
    pixels = random.normal(50, 3, (len(moves), 48, 64))
    for frame, x in zip(pixels, 8 + 3 * np.cumsum(moves), strict=True):
        frame += 120 * (np.hypot(down - 24, across - x) < 7)
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None], rate_per_s)
    rests = np.array([[0.8, 1.4], [1.9, 2.5]])
    return film, Episodes.of("rest", rests, np.array([[0.0, 3.0]]), "person")
