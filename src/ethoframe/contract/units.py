"""How numbers change when the picture is sampled finer or the clock runs faster."""

from __future__ import annotations

from collections.abc import Mapping

# Exponents of length, picture length and time of each unit; "1" and "%" have none.
_BASE: Mapping[str, tuple[int, int, int]] = {
    "mm": (1, 0, 0),
    "cm": (1, 0, 0),
    "px": (0, 1, 0),
    "bl": (0, 0, 0),
    "s": (0, 0, 1),
    "min": (0, 0, 1),
    "mm2": (2, 0, 0),
    "cm2": (2, 0, 0),
    "mm3": (3, 0, 0),
    "px2": (0, 2, 0),
    "px3": (0, 3, 0),
    "bl2": (0, 0, 0),
    "level": (0, 0, 0),
    "deg": (0, 0, 0),
    "turns": (0, 0, 0),
    "entries": (0, 0, 0),
    "bouts": (0, 0, 0),
    "frames": (0, 0, 0),
    "objects": (0, 0, 0),
    "%": (0, 0, 0),
    "1": (0, 0, 0),
    "": (0, 0, 0),
}
_UNNAMED = ("", "1", "%")


def exponents(unit: str) -> tuple[int, int, int]:
    """Exponents (mm, px, s) of a unit such as ``"mm/s"`` or ``"turns/min"``.

    Raises
    ------
    ValueError
        When a part of the unit is not known: a unit nobody can scale is a mistake.

    Examples
    --------
    >>> exponents("mm/s")
    (1, 0, -1)
    """
    total = [0, 0, 0]
    for place, part in enumerate(unit.split("/")):
        if part not in _BASE:
            raise ValueError(f"unit {unit!r} is not known; add {part!r} to contract/units.py")
        sign = 1 if place == 0 else -1
        total = [t + sign * e for t, e in zip(total, _BASE[part], strict=True)]
    return total[0], total[1], total[2]


def scaled(value: float, unit: str, *, mm: float = 1.0, px: float = 1.0, s: float = 1.0) -> float:
    """The value when lengths grow by `mm`, pixels by `px` and times by `s`.

    Examples
    --------
    >>> scaled(10.0, "mm/s", mm=3.0, s=2.0)
    15.0
    """
    a, b, c = exponents(unit)
    return float(value * mm**a * px**b * s**c)


def suffix(unit: str) -> str:
    """How a name ends that holds a number of this unit; empty for numbers without one.

    Examples
    --------
    >>> suffix("mm/s"), suffix("1/s"), suffix("1")
    ('mm_per_s', 'per_s', '')
    """
    if unit in _UNNAMED:
        return ""
    return unit.replace("/", "_per_").removeprefix("1_")


def unit_in(name: str) -> str:
    """The unit that a name ends with, or nothing.

    Examples
    --------
    >>> unit_in("speed_mm_per_s"), unit_in("area_px2"), unit_in("keypoint")
    ('mm/s', 'px2', '')
    """
    words = name.split("_")
    known = [word in _BASE and word not in _UNNAMED for word in words]
    if len(words) > 2 and words[-2] == "per" and known[-1]:
        return f"{words[-3] if known[-3] else 1}/{words[-1]}"
    return words[-1] if len(words) > 1 and known[-1] else ""
