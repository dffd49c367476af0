"""One method on what is in hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Method, Reduction, Step, WholeMethod, spec_of
from ethoframe.data import Noun, Recording, Refusal, Timed
from ethoframe.run.stream import run_pass
from ethoframe.run.tiles import tiled


def apply(
    method: Method, *, batch: int | None = None, tile_px: int | None = None, **inputs: Noun
) -> Any:
    """The answer of one method for these inputs, with batches and reach taken care of.

    Parameters
    ----------
    method
        Any method of the catalog, with its parameters.
    batch
        Frames at a time; chosen by their size in bytes when left out. Never changes the answer.
    tile_px
        Side of the pieces that pictures are worked on in, for a frame method that says how far it
        must see; whole pictures when left out. Never changes the answer.
    inputs
        The method's inputs by name.

    Raises
    ------
    Refusal
        When an input is missing, or the method refuses it.

    Examples
    --------
    >>> from ethoframe.contract import catalog
    >>> smooth = catalog.find("clean/smooth")
    >>> apply(smooth(), **smooth.example()).keypoints
    ('centroid',)
    """
    _check(method, inputs)
    if isinstance(method, WholeMethod):
        method.outline(**{key: spec_of(noun) for key, noun in inputs.items()})
        return method.apply(**inputs)
    source = next(iter(method.takes))
    if tile_px is not None and isinstance(method, FrameMethod):
        return tiled(method, tile_px, inputs)
    step = Step("answer", method, {key: key for key in inputs})
    numbers = _numbers(method, inputs[source])
    answers = run_pass(source, inputs, [step], numbers, batch=batch)
    if "answer" not in answers:
        raise Refusal(method.name(), "there are no frames to go through", "give it some")
    return answers["answer"]


def _check(method: Method, inputs: Mapping[str, Noun]) -> None:
    """Refuses inputs that are missing, unknown, or of another kind."""
    takes = method.takes
    missing = [k for k, need in takes.items() if not need.optional and k not in inputs]
    if missing:
        raise Refusal(method.name(), f"{', '.join(missing)} must be given", "name it as an input")
    for key, noun in inputs.items():
        if key not in takes:
            listed = ", ".join(takes)
            raise Refusal(method.name(), f"takes no {key}", f"it takes: {listed}")
        takes[key].check(method.name(), key, spec_of(noun))


def _numbers(method: Method, source: Noun) -> Any:
    if isinstance(method, Reduction):
        return method.visits(spec_of(source))
    if isinstance(source, Recording):
        return np.arange(len(source))
    if isinstance(source, Timed):
        return source.numbers
    raise Refusal(method.name(), f"{type(source).__name__} has no frames", "give it a recording")
