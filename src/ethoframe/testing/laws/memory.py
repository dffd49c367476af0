"""What a method remembers can be put away and taken out again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from ethoframe.contract import MEMORY_TYPES, Memory, Method, Reduction, SequentialMethod
from ethoframe.testing.difference import differences
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case, cut


@law
def memory(method_class: type[Method]) -> Iterator[str]:
    """Memory is plain, is left alone by the next step, and is as good after being packed."""
    case = Case.of(method_class)
    if isinstance(case.method, SequentialMethod):
        yield from _of_steps(case, case.method)
    elif isinstance(case.method, Reduction):
        yield from _of_chunks(case, case.method)


def _of_steps(case: Case, method: SequentialMethod) -> Iterator[str]:
    packed = _packing()
    kept = method.start(**case.specs)
    yield from _not_plain(kept, "what it knows at the start")
    resumed = packed(kept)
    for batch in cut(case.frames(), seed=0):
        before = deepcopy(kept)
        answer, remembered = method.step(batch, kept, **case.side)
        for what in differences(before, kept, "memory"):
            yield f"step changed the memory it was handed; {what}"
        yield from _not_plain(remembered, "what it remembers")
        again, resumed = method.step(batch, packed(resumed), **case.side)
        for what in differences(answer, again):
            yield f"with the memory packed and unpacked before the step, {what}"
        kept = remembered
    before = deepcopy(kept)
    owed = method.finish(kept, **case.side)
    for what in differences(before, kept, "memory"):
        yield f"finish changed the memory it was handed; {what}"
    for what in differences(owed, method.finish(packed(resumed), **case.side)):
        yield f"with the memory packed and unpacked before the end, {what}"


def _of_chunks(case: Case, method: Reduction) -> Iterator[str]:
    packed = _packing()
    chunks = [method.chunk(batch, **case.side) for batch in cut(case.frames(), seed=0)]
    kept = resumed = chunks[0]
    for chunk in chunks:
        yield from _not_plain(chunk, "what a chunk says")
    for chunk in chunks[1:]:
        handed = deepcopy((kept, chunk))
        both = method.combine(kept, chunk)
        for what in differences(handed, (kept, chunk), "the two"):
            yield f"combine changed what it was handed; {what}"
        yield from _not_plain(both, "what two chunks say")
        kept, resumed = both, method.combine(packed(resumed), packed(chunk))
    before = deepcopy(kept)
    answer = method.finalise(kept, **case.side)
    for what in differences(before, kept, "partial"):
        yield f"finalise changed what it was handed; {what}"
    for what in differences(answer, method.finalise(packed(resumed), **case.side)):
        yield f"with the chunks packed and unpacked, {what}"


def _not_plain(value: Any, where: str) -> Iterator[str]:
    """Parts of a memory that the journal could not keep."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str | int):
                yield f"{where} has the key {key!r}, which is neither text nor a whole number"
            yield from _not_plain(item, f"{where}[{key!r}]")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _not_plain(item, f"{where}[{index}]")
    elif isinstance(value, np.ndarray) and value.dtype == object:
        yield f"{where} is an array of Python objects"
    elif not isinstance(value, MEMORY_TYPES):
        yield f"{where} is {type(value).__name__}, which is none of contract.MEMORY_TYPES"


def _packing() -> Callable[[Memory], Memory]:
    """There and back through the bytes that the journal keeps."""
    if find_spec("ethoframe.run.packing") is None:
        return lambda value: value
    packing = import_module("ethoframe.run.packing")
    return lambda value: packing.unpack(packing.pack(value))
