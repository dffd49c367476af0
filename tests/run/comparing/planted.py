"""Pictures whose truth is their first pixel, a rule that is off by as much as it is told, and a
method that is the less off the more labels taught it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Learned, Spec, parameter
from ethoframe.data import Labelled, Labels, Recording, Values


@dataclass(frozen=True)
class Rule(FrameMethod):
    """Says what the first pixel says, and is off; for these tests."""

    off: float = parameter(1.0, says="by how much it is off, more or less", low=0.0)
    wobble: float = parameter(0.5, says="how much that differs between pictures", low=0.0)

    takes: ClassVar = {"recording": In(Kind.RECORDING)}
    gives: ClassVar = Kind.VALUES
    version: ClassVar = "1"

    def outline(self, **specs):
        shape = specs["recording"].shape[0], 1
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=("size",))

    def error(self, truth):
        return self.off * (1 + self.wobble * np.sin(17.0 * truth))

    def apply(self, batch, **side):
        truth = batch.pixels[:, 0, 0, 0].astype(float)
        table = (truth + self.error(truth))[:, None]
        return Values(table, ("size",), ("mm",), batch.numbers, batch.times_s)

    @classmethod
    def example(cls):
        return {"recording": Recording.of(np.zeros((2, 4, 4, 1), np.uint8))}


@dataclass(frozen=True)
class Pupil(Learned, Rule):
    """The same, off by 8 over the number of labels that taught it; for these tests."""

    deep: int = parameter(1, says="how well it learns", fixed="fit")

    learns: ClassVar = Values

    def lesson(self, labels, training):
        raise NotImplementedError

    @classmethod
    def sample(cls):
        return labels_of(range(4))

    def error(self, truth):
        told = json.loads((Path(self.weights) / "card.json").read_text(encoding="utf-8"))
        off = 0.4 + 8 / (told["labels"]["count"] * self.deep)
        return off * (1 + self.wobble * np.sin(17.0 * truth))


def picture(value):
    return Recording.of(np.full((1, 4, 4, 1), value, np.uint8), name=f"picture {value}")


def labels_of(values, author="", film=None):
    parts = []
    for value in values:
        said = Values(np.array([[float(value)]]), ("size",), ("mm",), np.arange(1), np.zeros(1))
        name = film or f"picture {value}"
        parts.append(Labelled(picture(value), said, film=name, author=author))
    return Labels(tuple(parts))
