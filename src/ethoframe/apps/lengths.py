"""Lengths as people write them: ``40cm``, ``400 mm``, ``60x40cm``."""

from __future__ import annotations

import re
from pathlib import Path
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


_UM = {"nm": 1e-6, "um": 1e-3, "µm": 1e-3, "μm": 1e-3, **MM}
_ONE = r"(?:\d+(?:\.\d*)?|\.\d+)"
_EACH = rf"({_ONE}(?:\s*[x×]\s*{_ONE}){{0,2}})"
_PIXEL = re.compile(rf"\s*{_EACH}\s*([a-zµμ]+)\s*(?:/|per)\s*(?:px|pixel)\s*", re.IGNORECASE)
_PIXELS = re.compile(rf"\s*{_EACH}\s*(?:px|pixels?)\s*(?:/|per)\s*([a-zµμ]+)\s*", re.IGNORECASE)
TIMES = (".csv", ".tsv", ".txt", ".dat")
"""How the names of files with times end."""

_RATE = re.compile(rf"\s*{_NUMBER}\s*(?:fps|hz|/s|)\s*", re.IGNORECASE)


class PixelSize(click.ParamType):
    """The size of a pixel, told either way round, as millimetres along x, y and z.

    Examples
    --------
    >>> PixelSize().convert("0.5um/px", None, None), PixelSize().convert("2.5px/mm", None, None)
    ((0.0005,), (0.4,))
    >>> PixelSize().convert("0.5x0.5x2um/px", None, None)
    (0.0005, 0.0005, 0.002)
    """

    name = "SCALE"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Millimetres from the middle of a pixel to that of the next: of all sides, or of each."""
        if isinstance(value, tuple):
            return value
        text = str(value)
        one, many = _PIXEL.fullmatch(text), _PIXELS.fullmatch(text)
        found = one or many
        numbers = [float(part) for part in re.split("[x×]", found[1].lower())] if found else [0.0]
        if found is None or found[2].lower() not in _UM or min(numbers) <= 0:
            told = "write it as 0.65um/px, 0.5x0.5x2um/px (x, y, z) or 2.3px/mm"
            self.fail(f"{value!r} is no size of a pixel; {told}", param, ctx)
        unit = _UM[found[2].lower()]
        return tuple(number * unit if one else unit / number for number in numbers)


class Rate(click.ParamType):
    """Frames per second.

    Examples
    --------
    >>> Rate().convert("29.97 fps", None, None)
    29.97
    """

    name = "RATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Frames per second."""
        if isinstance(value, float):
            return value
        found = _RATE.fullmatch(str(value))
        if found is None or float(found[1]) <= 0:
            self.fail(f"{value!r} is no rate; write it as 30fps", param, ctx)
        return float(found[1])


class Clock(Rate):
    """Frames per second, or a file with the time of each frame.

    Examples
    --------
    >>> Clock().convert("30fps", None, None), Clock().convert("cam.csv", None, None)
    (30.0, ...Path('cam.csv'))
    """

    name = "CLOCK"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | Path:
        """Frames per second, or where the file is; it may be a name beside each of the files."""
        if isinstance(value, Path):
            return value
        if isinstance(value, str) and value.lower().endswith(TIMES):
            return Path(value)
        return super().convert(value, param, ctx)
