"""Numbers of each frame, such as scores or sizes, that were taught."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, Training, parameter
from ethoframe.data import Frames, Labelled, Labels, Noun, Recording, Values
from ethoframe.methods.regress._intervals import HELD, half_width
from ethoframe.methods.regress._values import Judging, Quantities, table_of, told_values
from ethoframe.nets.framewise import Framewise
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import Head


@dataclass(frozen=True)
class FrameValues(Framewise):
    """Tells numbers of each frame, as taught by labelled frames, and how far off they may be.

    The network is shown the frame made small, patches of it at full resolution, or both (see
    ``classify/frames``). *NAME_low* and *NAME_high* are as far from *NAME* as labelled frames that
    were kept apart lay from it in a share `held` of the cases (split conformal): frames that are
    like them lie between in at least that share, if whole recordings were kept apart also ones of
    other recordings like those. They are NaN where too few frames were kept apart for it (9 for
    0.9). A frame that is NaN throughout has NaN.

    References
    ----------
    Lei et al., J. Am. Stat. Assoc. 113 (2018), 1094-1111 (split conformal intervals).
    """

    held: float = parameter(
        HELD,
        unit="1",
        says="share of frames whose truth is between low and high",
        low=0.5,
        high=1.0,
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"
    learns = Values

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Labelled frames, whole and in patches, and their numbers."""
        parts = parted(told_values(self.name(), labels), training)
        quantities = Quantities.of(parts[0])
        judging = Judging(quantities, self.view)
        return self.taught_by(
            parts,
            training,
            (Head("values", len(quantities.names)),),
            partial(_targets, quantities=quantities),
            judging,
            judging.settle,
            {"quantities": quantities.to_json()},
        )

    def outline(self, **specs: Spec) -> Spec:
        """Three numbers of each quantity ``(t, quantity)``."""
        seen = specs["recording"]
        names = Quantities.from_json(self.model_for(seen).card["quantities"]).columns
        shape = seen.shape[0], len(names)
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=names)

    def apply(self, batch: Frames, **side: Any) -> Values:
        """The numbers of every frame."""
        model = model_of(self)
        quantities = Quantities.from_json(model.card["quantities"])
        told = self.answers(batch, "values", float(model.settled["share"]))
        middle = told * quantities.spread + quantities.mean
        off = np.array([half_width(each, self.held) for each in model.settled["residuals"]])
        table = np.stack([middle, middle - off, middle + off], axis=2).reshape(len(batch), -1)
        units = tuple(unit for unit in quantities.units for _ in range(3))
        return Values(table, quantities.columns, units, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A disc that grows."""
        return {"recording": _film()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """The area of the disc in each frame of the example."""
        film, said = _film()
        return Labels((Labelled(film, said),))


def _targets(labels: Labels, quantities: Quantities) -> dict[str, Any]:
    if not labels.parts:
        return {}
    table = (table_of(labels) - quantities.mean) / quantities.spread
    return {"values": table.astype(np.float32)}


def _film() -> tuple[Recording, Values]:
    """A disc on a noisy ground, larger from frame to frame."""
    random, radii_px = np.random.default_rng(4), np.linspace(4, 16, 12)
    down, across = np.mgrid[:48, :64]
    pixels = random.normal(50, 4, (12, 48, 64))
    for frame, radius_px in zip(pixels, radii_px, strict=True):
        frame += 120 * (np.hypot(down - 24, across - 32) < radius_px)
    film = Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])
    area = np.pi * radii_px[:, None] ** 2
    return film, Values(area, ("area",), ("px2",), np.arange(12), film.times_s)
