"""What a method promises before it has seen a frame, it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

from ethoframe.contract import Kind, Method, Spec, spec_of
from ethoframe.data import Noun
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case

_PROMISED = ("kind", "axes", "shape", "dtype", "unit", "names")


@law
def outline(method_class: type[Method]) -> Iterator[str]:
    """`outline` admits the answer, with and without the inputs that the method can do without."""
    case = Case.of(method_class)
    yield from _kept(case)
    for name, need in case.method.takes.items():
        if need.optional and name in case.inputs:
            fewer = {key: noun for key, noun in case.inputs.items() if key != name}
            yield from _kept(Case(case.method, fewer))


def _kept(case: Case) -> Iterator[str]:
    promised, answer = case.method.outline(**case.specs), case.answer()
    if promised.kind is not case.method.gives:
        yield f"outline says {promised.kind}, and the class gives {case.method.gives}"
    yield from broken_promises(promised, answer)


def broken_promises(promised: Spec, answer: Noun) -> Iterator[str]:
    """What of an answer is not as its outline said."""
    found = spec_of(answer)
    if promised.kind is Kind.RECORDING and found.kind is Kind.IMAGE:
        # Frames are what a recording's pixels are in memory.
        found = replace(found, kind=Kind.RECORDING)
    if not promised.admits(found):
        told, is_found = asdict(promised), asdict(found)
        apart = {key: is_found[key] for key in _PROMISED if is_found[key] != told[key]}
        said = ", ".join(f"{key} {told[key]!r}" for key in apart)
        is_so = ", ".join(f"{key} {value!r}" for key, value in apart.items())
        yield f"outline said {said}; the answer has {is_so}"
