"""How many objects there are, from a map of how many are where that was taught."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
from ethoframe.data import (
    Frames,
    Labelled,
    LabelMap,
    Labels,
    Noun,
    Points,
    Recording,
    Values,
)
from ethoframe.data.noun import Array
from ethoframe.methods.regress import _density
from ethoframe.methods.regress._counted import CountedFrames, Judging, places_of, told_points
from ethoframe.methods.regress._density import STRIDE, Plan, density, peaks
from ethoframe.methods.regress._intervals import HELD, half_width
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.labelled import LabelledFrames, sight_of
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import ENCODER, Head, Network
from ethoframe.nets.pictures import Sight, known

NAMES = ("count", "count_low", "count_high")


@dataclass(frozen=True)
class CountDensity(Learned, FrameMethod):
    """Number of objects in each frame, as it was taught by their places.

    The network gives a map of how many objects there are at each place; the count is its sum, so
    objects that overlap count as well, and what the border cuts counts in part where people marked
    only some of such objects. Labels are one point for each object, or masks or boxes, of which the
    middle is taken. Frames are shown so large that neighbouring objects are some 32 px apart, by
    tiles where they are large; each place is answered by one tile.

    *count_low* and *count_high* are as far from *count*, as shares of it, as frames that were kept
    apart were off in a share `held` of the cases (split conformal); NaN where too few were kept
    apart. A frame that is NaN throughout has NaN. The page shows the highest places of the map, as
    many as are counted.

    References
    ----------
    Lempitsky & Zisserman, NeurIPS 2010, 1324-1332. Lei et al., J. Am. Stat. Assoc. 113 (2018),
    1094-1111.
    """

    held: float = parameter(
        HELD,
        unit="1",
        says="share of frames whose count is between low and high",
        low=0.5,
        high=1.0,
    )
    channel: str = parameter(
        "",
        says="which channel; empty for the only one, colours where frames have them, else luma",
        fixed="fit",
    )
    width: int = parameter(32, says="channels of the map before", low=8, high=256, fixed="fit")
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"
    learns = (Points, LabelMap)

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Labelled frames, or parts of them, and the maps of their objects."""
        said = told_points(self.name(), labels)
        taught, kept, split = parted(said, training)
        sight = sight_of(taught, "whole", _density.LARGEST, self.channel, 1)
        rows = [(part.recording.picture, places_of(part, row)) for part, row in taught.rows()]
        plan = Plan.of([size for size, _ in rows], [places for _, places in rows])
        network = Network(
            plan.size,
            sight.channels,
            (Head("density", 1),),
            training.encoder or ENCODER,
            "unet",
            STRIDE,
            self.width,
        )
        told = {
            "split": split.to_json(),
            "split_says": split.says,
            "sight": sight.to_json(),
            "plan": plan.to_json(),
        }
        augment = replace(Augment.tissue(), elastic_px=0.0, blur_px=0.0, shift=0.0).strengthened(
            training.augment
        )
        judge = Judging()
        return Lesson(
            network,
            CountedFrames(LabelledFrames(taught, sight), plan, augment),
            CountedFrames(LabelledFrames(kept, sight), plan, Augment.none(), apart=True),
            judge,
            batch=8,
            told=told,
            settle=judge.settle,
        )

    def outline(self, **specs: Spec) -> Spec:
        """Three numbers per frame."""
        model, seen = model_of(self), specs["recording"]
        Sight.from_json(model.card["sight"]).check(seen.names, self.name())
        return Spec(Kind.VALUES, ("t", "quantity"), (seen.shape[0], 3), "float64", names=NAMES)

    def reach(self, spec: Spec) -> Reach:
        """The whole frame: it is counted as one."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The counts of every frame."""
        off = half_width(model_of(self).settled["residuals"], self.held)
        counts = np.array([np.nan if each is None else each.sum() for each in self._maps(batch)])
        counts = counts.reshape(len(batch), 1)
        low = np.maximum(0.0, counts * (1 - off))
        table = np.concatenate([counts, low, counts * (1 + off)], axis=1)
        return Values(table, NAMES, ("1",) * 3, batch.numbers, batch.times_s)

    def shown(self, batch: Frames, **side: Any) -> LabelMap | Points | None:
        """The highest places of each map, as many as are counted."""
        plan = Plan.from_json(model_of(self).card["plan"])
        found = [
            np.zeros((0, 2)) if each is None else plan.back(peaks(each), batch.picture)
            for each in self._maps(batch)
        ]
        return Points(tuple(found), {}, batch.numbers, batch.times_s)

    def _maps(self, batch: Frames) -> list[Array | None]:
        """How many objects are where in each frame; None of one of which nothing is known."""
        model = model_of(self)
        sight, plan = (
            Sight.from_json(model.card["sight"]),
            Plan.from_json(model.card["plan"]),
        )
        run: Callable[[Array], Mapping[str, Array]] = session(model, self.backend).run
        maps: list[Array | None] = []
        for frame, there in zip(batch.pixels, known(batch.pixels), strict=True):
            if not there or not frame.size:
                maps.append(None)
                continue
            seen = plan.resized(sight.levels(frame, batch.channels))
            maps.append(density(run, sight.picture(seen), plan.size))
        return maps

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """More and more discs on a noisy ground."""
        return {"recording": _film()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """The middles of the discs in each frame of the example."""
        film, said = _film()
        return Labels((Labelled(film, said),))


def _film() -> tuple[Recording, Points]:
    """Discs at places by chance, one more in each frame."""
    random, places = np.random.default_rng(6), []
    down, across = np.mgrid[:64, :96]
    pixels = random.normal(50, 4, (12, 64, 96))
    for t, frame in enumerate(pixels):
        places.append(random.uniform((6, 6), (90, 58), (t + 1, 2)))
        for x, y in places[-1]:
            frame += 100 * (np.hypot(down - y, across - x) < 4)
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
    return film, Points(tuple(places), {}, np.arange(12), film.times_s)
