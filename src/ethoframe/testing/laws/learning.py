"""What is taught by labels is taught by them alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ethoframe.contract import Learned, Method, spec_of
from ethoframe.data import Labels, Refusal
from ethoframe.nets.lesson import Examples, Lesson
from ethoframe.testing.difference import differences
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.taught import QUICK, taught


@law
def learning(method_class: type[Method]) -> Iterator[str]:
    """Only with weights is it applied; the same labels and seed give the same weights.

    Only for learned methods: labels of nothing are refused, an example depends on its index and on
    chance alone, and a taught method survives JSON.
    """
    if not issubclass(method_class, Learned):
        return
    bare = method_class()
    specs = {name: spec_of(noun) for name, noun in method_class.example().items()}
    yield from _not_refused("without weights, outline", lambda: bare.outline(**specs))
    yield from _not_refused("labels of nothing", lambda: bare.lesson(Labels(()), QUICK))
    lesson = bare.lesson(method_class.sample(), QUICK)
    yield from _wayward(lesson.train)
    first, second = (_weights(bare.lesson(method_class.sample(), QUICK)) for _ in range(2))
    for name in first:
        if not np.array_equal(first[name], second[name]):
            yield f"the same labels and seed gave other weights in {name}"
    ready = taught(method_class)
    read = method_class().with_parameters(json.loads(json.dumps(ready.parameters())))
    if read != ready:
        yield f"with weights, read back from JSON it is {read}, and was {ready}"


def _not_refused(what: str, asked: Callable[[], Any]) -> Iterator[str]:
    try:
        asked()
    except Refusal:
        return
    yield f"{what}: it should have been refused"


def _wayward(examples: Examples) -> Iterator[str]:
    """Examples that are not the same when they are asked for again."""
    for chance in (None, 0):
        first, second = _drawn(examples, chance), _drawn(examples, chance)
        for what in differences(first, second, "example"):
            how = "as it is" if chance is None else "by the same chance"
            yield f"an example {how} was another the second time: {what}"


def _drawn(examples: Examples, seed: int | None) -> dict[str, Any]:
    chance = None if seed is None else np.random.default_rng(seed)
    return dict(examples.example(0, chance))


def _weights(lesson: Lesson) -> dict[str, Any]:
    from ethoframe.nets.training import teach

    with TemporaryDirectory() as folder:
        net = teach(lesson, QUICK, Path(folder), "law").net
    return {name: held.numpy() for name, held in net.state_dict().items()}
