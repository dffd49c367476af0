"""Parameters can be written down, read back, and say what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import Field, fields, replace
from typing import Any

from ethoframe.contract import Method
from ethoframe.contract.units import exponents, suffix, unit_in
from ethoframe.testing.laws.broken import law


@law
def parameters(method_class: type[Method]) -> Iterator[str]:
    """They survive JSON, change what the method equals, and carry unit and meaning."""
    for name, thing in vars(method_class).items():
        if isinstance(thing, Field):
            yield f"{name} is no parameter: the class is not a dataclass(frozen=True)"
    method = method_class()
    yield from _lost_on_paper(method)
    for f in fields(method):
        yield from _unsaid(f)
        other = _another(f)
        if other is not None:
            changed = replace(method, **{f.name: other})
            if changed == method:
                yield f"{f.name}: the method equals itself with another value"
            yield from _lost_on_paper(changed)


def _lost_on_paper(method: Method) -> Iterator[str]:
    try:
        text = json.dumps(method.parameters(), allow_nan=False)
    except (TypeError, ValueError) as error:
        yield f"parameters cannot be written as JSON: {error}"
        return
    read = type(method)().with_parameters(json.loads(text))
    if read != method or hash(read) != hash(method):
        yield f"read back from JSON it is {read}, and was {method}"


def _unsaid(declared: Field[Any]) -> Iterator[str]:
    name, unit = declared.name, declared.metadata["unit"]
    if not declared.metadata["says"].strip():
        yield f"{name} does not say what it means"
    exponents(unit)
    if suffix(unit) and suffix(unit) not in (name, suffix(unit_in(name))):
        yield f"{name} is in {unit}, and must end with _{suffix(unit)}"
    if unit_in(name) and unit_in(name) != unit:
        yield f"{name} is called as if it were in {unit_in(name)}, and is declared in {unit!r}"


def _another(declared: Field[Any]) -> Any:
    """A second value that the parameter may have; None where none is known."""
    value, rules = declared.default, declared.metadata
    if isinstance(value, bool):
        return not value
    if rules["choices"]:
        return next((choice for choice in rules["choices"] if choice != value), None)
    if isinstance(value, int | float):
        near = (value + 1, value - 1, value * 0.5) if isinstance(value, int) else (value * 0.75,)
        whole = [v for v in near if isinstance(v, type(value))]
        return next((v for v in whole if rules["low"] <= v <= rules["high"] and v != value), None)
    return None
