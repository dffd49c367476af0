"""What was given stays as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Method, Reduction, SequentialMethod, WholeMethod
from ethoframe.data import Recording
from ethoframe.data.noun import Array
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case


@law
def untouched(method_class: type[Method]) -> Iterator[str]:
    """The inputs hold afterwards what they held before, and no answer lets them be changed."""
    case = Case.of(method_class)
    given = dict(case.inputs)
    if isinstance(case.main, Recording):
        given[next(iter(case.method.takes))] = case.frames()
    # Copied, not fingerprinted: a noun remembers its fingerprint.
    before = deepcopy(given)
    answer = _answered(case, given)
    for name, noun in given.items():
        if noun != before[name]:
            yield f"it changed its input {name}"
    lent = [array for noun in given.values() for array in arrays_in(noun)]
    for array in arrays_in(answer):
        if array.flags.writeable and any(np.may_share_memory(array, other) for other in lent):
            yield "its answer is a writable view of its input"


def _answered(case: Case, given: Mapping[str, Any]) -> Any:
    """All that the method makes when it is handed the very nouns of `given`."""
    main, *_ = case.method.takes
    frames, side = given[main], {k: noun for k, noun in given.items() if k != main}
    match case.method:
        case FrameMethod():
            return case.method.apply(frames, **side)
        case SequentialMethod():
            return case.stepped(iter([frames]))
        case Reduction():
            partial = case.method.chunk(frames, **side)
            return partial, case.method.finalise(partial, **side)
        case WholeMethod():
            return case.method.apply(**given)


def arrays_in(value: Any) -> Iterator[Array]:
    """Every array inside a noun, memory or answer."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from arrays_in(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from arrays_in(item)
    elif is_dataclass(value) and not isinstance(value, Recording):
        for f in fields(value):
            yield from arrays_in(getattr(value, f.name))
