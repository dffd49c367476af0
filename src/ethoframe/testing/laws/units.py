"""No number with a unit hides inside a method."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ethoframe.contract import Method
from ethoframe.data import Arena, Frames, LabelMap, Measures, Recording
from ethoframe.testing.difference import differences
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case
from ethoframe.testing.scaling import Scale

# Far either way: next to such a factor, no hidden threshold stays where it was.
FACTORS = (64.0, 1 / 64)


@law
def units(method_class: type[Method]) -> Iterator[str]:
    """Pixel size, clock and every parameter scaled by its unit, the answer scales by its own.

    Where no input holds pixels, lengths in pixels are scaled as well.
    """
    case = Case.of(method_class)
    answer = case.answer()
    pixels = any(isinstance(n, Recording | Frames | LabelMap) for n in case.inputs.values())
    for unit in ("mm", "s") if pixels else ("mm", "s", "px"):
        for factor in FACTORS:
            scale = Scale(**{unit: factor})
            method = scale.method(case.method)
            if _has_parts(case.method, method):
                continue
            inputs = {name: scale.noun(noun) for name, noun in case.inputs.items()}
            expected, got = scale.noun(answer), Case(method, inputs).answer()
            for what in differences(_without_words(expected), _without_words(got)):
                yield f"a number in {unit} hides in it; with every {unit} × {factor:g}, {what}"


def _has_parts(before: Method, after: Method) -> bool:
    """Whether a whole number would have to be split; the other factor tells as much."""
    pairs = zip(before.parameters().values(), after.parameters().values(), strict=True)
    return any(isinstance(a, int) and isinstance(b, float) for a, b in pairs)


def _without_words(noun: Any) -> Any:
    """Definitions spell thresholds out, which is as it should be."""
    if isinstance(noun, Measures):
        return Measures(tuple(replace(row, definition="") for row in noun.rows))
    if isinstance(noun, Arena):
        return replace(noun, zones=tuple(replace(zone, definition="") for zone in noun.zones))
    return noun
