"""Lengths as people write them: ``40cm``, ``400 mm``, ``60x40cm``."""

from __future__ import annotations

import re
from typing import Any

import click

MM = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
_SIDES = re.compile(r"\s*([\d.]+)\s*(?:[x×]\s*([\d.]+)\s*)?(mm|cm|m|in)\s*", re.IGNORECASE)


class Sides(click.ParamType):
    """One or two lengths with a unit, as millimetres."""

    name = "LENGTH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Millimetres of the first and the second length; 0 for a second that is not there."""
        if isinstance(value, tuple):
            return value
        found = _SIDES.fullmatch(str(value))
        try:
            if found is None:
                raise ValueError
            first, second, unit = found.groups()
            sides = tuple(float(part or 0) * MM[unit.lower()] for part in (first, second))
        except ValueError:
            self.fail(
                f"{value!r} is no length; write it with its unit, as 40cm or 60x40cm", param, ctx
            )
        if sides[0] <= 0:
            self.fail(f"{value!r} is no length: it must be more than nothing", param, ctx)
        return sides[0], sides[1]
