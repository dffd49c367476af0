"""Lengths as people write them: ``40cm``, ``400 mm``, ``60x40cm``."""

from __future__ import annotations

import re
from typing import Any

import click

MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
_NUMBER = r"(\d+(?:\.\d*)?|\.\d+)"
_SIDES = re.compile(rf"\s*{_NUMBER}\s*(?:[x×]\s*{_NUMBER}\s*)?(mm|cm|m|in)\s*", re.IGNORECASE)


class Sides(click.ParamType):
    """One or two lengths with a unit, as millimetres.

    Examples
    --------
    >>> Sides().convert("60x40cm", None, None)
    (600.0, 400.0)
    """

    name = "LENGTH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Millimetres of the first and the second length; 0 for a second that is not there."""
        if isinstance(value, tuple):
            return value
        found = _SIDES.fullmatch(str(value))
        if found is None:
            self.fail(
                f"{value!r} is no length; write it with its unit, as 40cm or 60x40cm", param, ctx
            )
        *numbers, unit = found.groups()
        sides = [float(number) * MM[unit.lower()] for number in numbers if number]
        if min(sides) <= 0:
            self.fail(f"{value!r} is no length: it must be more than nothing", param, ctx)
        return sides[0], sides[1] if len(sides) > 1 else 0.0
