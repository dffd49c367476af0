"""Lengths and times as files tell them, in mm and seconds; where volumes lie."""

from __future__ import annotations

import math

import numpy as np

from ethoframe.data.noun import Array

MM = {
    "m": 1e3, "meter": 1e3, "metre": 1e3, "meters": 1e3, "metres": 1e3,
    "dm": 1e2, "decimeter": 1e2,
    "cm": 1e1, "centimeter": 1e1, "centimetre": 1e1,
    "mm": 1.0, "millimeter": 1.0, "millimetre": 1.0, "millimeters": 1.0,
    "um": 1e-3, "µm": 1e-3, "μm": 1e-3, "micron": 1e-3, "microns": 1e-3, "\\u00b5m": 1e-3,
    "micrometer": 1e-3, "micrometre": 1e-3, "micrometers": 1e-3,
    "nm": 1e-6, "nanometer": 1e-6, "nanometre": 1e-6,
    "pm": 1e-9, "picometer": 1e-9, "å": 1e-7, "angstrom": 1e-7,
    "in": 25.4, "inch": 25.4, "inches": 25.4,
}  # fmt: skip
"""Millimetres in each unit of length, by its names in small letters."""

SECONDS = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0,
    "ms": 1e-3, "msec": 1e-3, "millisecond": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "usec": 1e-6, "microsecond": 1e-6,
    "ns": 1e-9, "nanosecond": 1e-9,
    "min": 60.0, "minute": 60.0, "minutes": 60.0,
    "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "hours": 3600.0,
    "d": 86400.0, "day": 86400.0,
}  # fmt: skip
"""Seconds in each unit of time, by its names in small letters."""

NO_CLOCK = "it tells no times: its frames are taken to be 1 s apart; say it, as --clock 30fps"
"""What is said of frames whose times are assumed."""


def in_mm(length: float | None, unit: str) -> float | None:
    """A length in mm; None where its unit is not one, or it is not more than nothing.

    Examples
    --------
    >>> in_mm(0.5, "µm"), in_mm(1.0, "pixel"), in_mm(0.0, "mm")
    (0.0005, None, None)
    """
    factor = MM.get(unit.strip().lower())
    if factor is None or length is None or not 0 < length < math.inf:
        return None
    return scaled(length, factor)


def in_seconds(time: float, unit: str) -> float | None:
    """A time in seconds; None where its unit is not one.

    Examples
    --------
    >>> in_seconds(40, "ms"), in_seconds(1, "frame")
    (0.04, None)
    """
    factor = SECONDS.get(unit.strip().lower())
    return None if factor is None else scaled(time, factor)


def scaled(number: float, factor: float) -> float:
    """The product; a factor below one divides by a whole number, which rounds once only.

    Examples
    --------
    >>> 0.65 * 1e-3, scaled(0.65, 1e-3)
    (0.0006500000000000001, 0.00065)
    """
    return number / round(1 / factor) if factor < 1 else number * factor


def spacing_of(affine: Array) -> tuple[float, float, float]:
    """Distance ``(z, y, x)`` between voxels of a volume that lies so.

    Examples
    --------
    >>> spacing_of(np.diag([0.5, 0.6, 2.0, 1.0]))
    (2.0, 0.6, 0.5)
    """
    x, y, z = np.sqrt((np.asarray(affine, np.float64)[:3, :3] ** 2).sum(axis=0)).tolist()
    return z, y, x


def clocked(
    count: int, stored: Array | None, rate: float | None
) -> tuple[Array, str, tuple[str, ...]]:
    """Seconds of each frame, where they are from in a word, and a warning if they are assumed.

    Parameters
    ----------
    count
        Of frames.
    stored
        Their seconds as the file tells them; None where it does not.
    rate
        Frames per second as the user says, which goes before; None where nobody does.

    Examples
    --------
    >>> clocked(2, None, 4.0)
    (array([0.  , 0.25]), 'given', ())
    """
    if rate:
        return np.arange(count) / rate, "given", ()
    if stored is not None and len(stored) == count:
        return np.asarray(stored, np.float64), "as stored", ()
    return np.arange(count) * 1.0, "assumed", (NO_CLOCK,) if count > 1 else ()


def steady(times_s: Array) -> float | None:
    """Seconds between frames where they are evenly spaced; None where they are not, or too few.

    Even means that no frame is further than a thousandth of a step from where it should be.

    Examples
    --------
    >>> steady(np.array([0.0, 0.1, 0.2])), steady(np.array([0.0, 0.1, 0.3]))
    (0.1, None)
    """
    if len(times_s) < 2:
        return None
    step = float(times_s[-1] - times_s[0]) / (len(times_s) - 1)
    even = times_s[0] + step * np.arange(len(times_s))
    return step if float(np.abs(even - times_s).max()) <= 1e-3 * step else None
