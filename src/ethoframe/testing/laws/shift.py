"""What is seen moves with the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Method, spec_of
from ethoframe.data import Arena, Frames, LabelMap, Points, Recording, Tracks, Transform
from ethoframe.data.noun import Array
from ethoframe.data.recording import ArraySource
from ethoframe.testing.difference import differences
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case

DOWN, ACROSS = 3, 5  # whole pixels, so that nothing need be interpolated


@law
def shift(method_class: type[Method]) -> Iterator[str]:
    """A picture moved by whole pixels gives the answer moved by as much, away from the border.

    Only for methods that claim it with ``shifts: ClassVar[bool] = True``.
    """
    if not getattr(method_class, "shifts", False):
        return
    case = Case.of(method_class)
    moved = Case(case.method, {name: _moved(noun) for name, noun in case.inputs.items()})
    margin = max(DOWN, ACROSS)
    if isinstance(case.method, FrameMethod):
        margin += case.method.reach(spec_of(case.main)).around_px or 0
    expected, got = _inside(_moved(case.answer()), margin), _inside(moved.answer(), margin)
    for what in differences(expected, got):
        yield f"with the picture moved by {DOWN} rows and {ACROSS} columns, {what}"


def _moved(noun: Any) -> Any:
    """The noun of the moved picture; what leaves it on one side comes in on the other."""
    match noun:
        case Recording():
            pixels = _rolled(noun.frames(range(len(noun))).pixels)
            return replace(noun, source=ArraySource(pixels), identity=f"{noun.identity} moved")
        case Frames():
            return replace(noun, pixels=_rolled(noun.pixels))
        case LabelMap():
            labels = _rolled(noun.dense()[..., None])[..., 0]
            parts = noun.numbers, noun.times_s, noun.names, noun.spacing_mm
            return LabelMap.of(labels, *parts)
        case Points() if noun.unit == "px":
            step = np.array([ACROSS, DOWN, 0])[: noun.axes]
            return replace(noun, coordinates=tuple(each + step for each in noun.coordinates))
        case Tracks() if noun.unit == "px":
            step = np.array([ACROSS, DOWN])[:, None, None]
            return replace(noun, position=noun.position + step)
        case Arena() if noun.unit == "px":
            step = np.array([[1, 0, ACROSS], [0, 1, DOWN], [0, 0, 1]])
            return noun.mapped(Transform(step, "px", "px"))
        case _:
            return noun


def _rolled(pixels: Array) -> Array:
    return np.roll(pixels, (DOWN, ACROSS), axis=(-3, -2))


def _inside(noun: Any, margin: int) -> Any:
    """What of an answer lies away from the border of the picture."""
    dense = noun.dense() if isinstance(noun, LabelMap) else noun
    pixels = dense.pixels if isinstance(dense, Frames) else dense
    if isinstance(pixels, np.ndarray):
        last = pixels.ndim if isinstance(noun, LabelMap) else pixels.ndim - 1
        cut = [slice(None)] * (last - 2) + [slice(margin, -margin)] * 2
        return pixels[tuple(cut)]
    return noun
