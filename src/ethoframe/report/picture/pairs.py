"""Names and values as lists and small tables."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ethoframe.contract.units import suffix
from ethoframe.report.picture.lengths import named_unit
from ethoframe.report.plain import plain_table
from ethoframe.report.wording import escaped, number, plain, quantity, unit


def words(value: Any) -> str:
    """A value as people read it; nothing else than text.

    Examples
    --------
    >>> words(0.123456), words(True), words((1, 2.5)), words("a_b")
    ('0.1235', 'yes', '1, 2.5', 'a_b')
    """
    value = value.item() if hasattr(value, "item") and getattr(value, "size", 1) == 1 else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        infinite = isinstance(value, float) and math.isinf(value)
        return ("∞" if value > 0 else "−∞") if infinite else number(float(value))
    if isinstance(value, list | tuple):
        return plain(", ".join(words(each) for each in value), 300)
    if isinstance(value, Mapping):
        return plain(json.dumps(value, ensure_ascii=False, default=str), 300)
    return plain(value, 300)


def named(name: str) -> str:
    """A name that ends with its unit, as words with the unit in brackets.

    Examples
    --------
    >>> named("error_px"), named("similarity")
    ('error (px)', 'similarity')
    """
    symbol = named_unit(name)
    if not symbol:
        return quantity(name)
    stem = name.removesuffix("_" + suffix(symbol))
    return f"{quantity(stem)} ({unit(symbol)})"


def pairs(values: Mapping[str, Any]) -> str:
    """A list of terms; nothing of nothing."""
    terms = "".join(
        f"<div><dt>{escaped(named(name))}</dt><dd>{escaped(words(value))}</dd></div>"
        for name, value in values.items()
    )
    return f'<dl class="pairs">{terms}</dl>' if terms else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table whose first column names its rows."""
    told = [(named(str(first)), *(words(each) for each in rest)) for first, *rest in rows]
    return plain_table(heads, told)
