"""Times of a session as people write them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*([a-z]*)")
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2}(?:[.,]\d+)?)")

UNITS_S = {
    "s": 1.0, "sec": 1.0, "secs": 1.0, "second": 1.0, "seconds": 1.0,
    "m": 60.0, "min": 60.0, "mins": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hour": 3600.0, "hours": 3600.0,
}  # fmt: skip
"""Seconds in each unit that may stand behind a number."""


def seconds(text: str, unit_s: float = 1.0) -> float:
    """Seconds of a time written as a number, m:ss or h:mm:ss.

    Parameters
    ----------
    text
        As written; decimals with a point or a comma.
    unit_s
        Seconds in the unit of a number without one.

    Raises
    ------
    ValueError
        When it is no such time.

    Examples
    --------
    >>> seconds("12"), seconds("0:12"), seconds("1:02:03,5"), seconds("10 min"), seconds("2", 60)
    (12.0, 12.0, 3723.5, 600.0, 120.0)
    """
    written = text.strip().lower()
    if number := _NUMBER.fullmatch(written):
        value, unit = _decimal(number[1]), number[2]
        if not unit:
            return value * unit_s
        if unit in UNITS_S:
            return value * UNITS_S[unit]
    elif clock := _CLOCK.fullmatch(written):
        hours, minutes, rest = int(clock[1] or 0), int(clock[2]), _decimal(clock[3])
        if rest < 60 and (minutes < 60 or not clock[1]):
            return 3600 * hours + 60 * minutes + rest
    raise ValueError(f"{text!r} is not a time")


def _decimal(text: str) -> float:
    return float(text.replace(",", "."))
