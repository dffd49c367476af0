"""Small findings to write pages of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, LabelMap, Measures, Noun, Points, Recording
from ethoframe.report.picture import write_page
from ethoframe.report.picture.found import Found
from ethoframe.run.order import Finding


@dataclass(frozen=True)
class Cut(FrameMethod):
    """Objects that are brighter than a level.

    What touches is ``one`` object.

    References
    ----------
    Nobody & Other 1999.
    """

    level: float = parameter(-np.inf, unit="level", says="objects are <brighter>")
    sigma_px: float = parameter(1.0, unit="px", says="smoothing before")

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "7"

    def outline(self, **specs: Spec) -> Spec:
        return Spec(Kind.LABELMAP)

    def apply(self, batch: Any, **side: Any) -> Any:
        raise NotImplementedError

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        return {}


def squares() -> tuple[np.ndarray, np.ndarray]:
    """A picture of 16 bit with three squares of 4, 6 and 8 px, and their labels."""
    labels = np.zeros((60, 80), np.int64)
    for label, (top, left, side) in enumerate([(5, 5, 4), (20, 30, 6), (40, 60, 8)], 1):
        labels[top : top + side, left : left + side] = label
    return (100 + 1000 * (labels > 0) + np.arange(80)).astype(np.uint16), labels


def still(pixels: np.ndarray, name: str = "cells.tif", **changes: Any) -> Recording:
    """A recording of one picture ``(y, x[, c])``."""
    shaped = pixels[None] if pixels.ndim == 3 else pixels[None, ..., None]
    return replace(Recording.of(shaped, name=name), **changes)


def table(labels: np.ndarray, unit: str = "px2", factor: float = 1.0) -> Points:
    """The objects of a label picture."""
    names = np.unique(labels[labels > 0])
    places = [np.argwhere(labels == name).mean(axis=0)[::-1] for name in names]
    areas = np.array([(labels == name).sum() * factor for name in names], np.float64)
    features = {"label": (names,), f"area_{unit}": (areas,)}
    where = np.array(places).reshape(-1, 2)
    return Points((where,), features, np.arange(1), np.zeros(1))


@pytest.fixture
def cut() -> type[Cut]:
    return Cut


@pytest.fixture
def make():
    """A finding of a recording and some answers."""

    def made(recording: Recording, measures: Measures | None = None, **answers: Any) -> Finding:
        signed = {"key": "ab12cd", "command": "ethoframe apply segment/cut cells.tif", "x": 1}
        return Finding(recording, answers, measures or Measures(), signed, ())

    return made


@pytest.fixture
def written(tmp_path):
    """The text of the page of a finding."""

    def text(finding: Finding, method: Any = None) -> str:
        write_page(tmp_path / "report.html", finding, method or Cut())
        return (tmp_path / "report.html").read_text(encoding="utf-8")

    return text


@pytest.fixture
def found():
    """A finding as the page takes it apart."""
    return lambda finding, method=None: Found(finding, method or Cut())


@pytest.fixture
def cells(make) -> Finding:
    """Three squares with labels and table, 2 µm per pixel."""
    pixels, labels = squares()
    spacing = (0.002, 0.002)
    objects = table(labels, "mm2", 0.002**2)
    mapped = LabelMap.of(labels[None], spacing_mm=spacing)
    return make(still(pixels, spacing_mm=spacing), labels=mapped, objects=objects)


@pytest.fixture
def draw():
    """How pictures, recordings and tables are made, for those that need others."""
    return squares, still, table


@pytest.fixture
def frame():
    """Pixels ``([z,] y, x[, c])`` as frames of one."""

    def made(pixels: np.ndarray, colour: bool = False, **changes: Any) -> Frames:
        shaped = pixels[None] if colour else pixels[None, ..., None]
        names = tuple(f"c{i}" for i in range(shaped.shape[-1]))
        return replace(Frames(shaped, np.arange(1), np.zeros(1), names), **changes)

    return made
