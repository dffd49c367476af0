"""How numbers, times, units and names are written for people."""

from __future__ import annotations

import html
import math
import os
import re
import shlex
import subprocess
import unicodedata

ABSENT = "–"
_DIRECTIONAL = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_POWERS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(text: object, limit: int = 0) -> str:
    r"""Text without control characters, on one line; with a `limit`, shortened by an ellipsis.

    Examples
    --------
    >>> plain("a\x00very long name", 8)
    'a�very …'
    """
    kept = printable(" ".join(str(text).split()))
    return kept if not limit or len(kept) <= limit else kept[: limit - 1] + "…"


def quoted(*words: str) -> str:
    """Words of a command as they are typed in this system's shell.

    Examples
    --------
    >>> quoted("read", "a.mp4")
    'read a.mp4'
    """
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def printable(text: object) -> str:
    """Text with a mark in place of what would break a page or turn its direction round."""
    return "".join("�" if _unprintable(c) else c for c in str(text))


def _unprintable(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _DIRECTIONAL or unicodedata.category(character) in ("Cc", "Cs")


def escaped(text: object) -> str:
    """Text on one line that means nothing but itself inside HTML, attributes included."""
    return html.escape(plain(text), quote=True)


def verbatim(text: object) -> str:
    """The same with every space and line kept."""
    return html.escape(printable(text), quote=True)


def number(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """A number with the digits it deserves: four, or two of its interval's half width.

    Examples
    --------
    >>> number(8123.456), number(0.0123456), number(12.3456, 11.8, 12.9), number(float("nan"))
    ('8123', '0.01235', '12.35', '–')
    """
    if not math.isfinite(value):
        return ABSENT
    sure = _interval_decimals(low, high)
    decimals = 3 - _exponent(value) if sure is None else sure
    if decimals > 8 or abs(value) >= 1e9:
        return f"{value:.4g}"
    written = f"{value:.{max(decimals, 0)}f}"
    trimmed = written.rstrip("0").rstrip(".") if sure is None and "." in written else written
    return grouped(trimmed if float(trimmed) else trimmed.lstrip("-"))


def interval(low: float, high: float) -> str:
    """An interval, both ends with as many digits as the number inside it.

    Examples
    --------
    >>> interval(11.8, 12.9), interval(float("nan"), 2.0)
    ('11.80 to 12.90', '')
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"{number(low, low, high)} to {number(high, low, high)}"


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0


def _interval_decimals(low: float, high: float) -> int | None:
    half = (high - low) / 2
    return max(1 - _exponent(half), 0) if math.isfinite(half) and half > 0 else None


def grouped(written: str) -> str:
    """A written number with its thousands set apart from five digits on.

    Examples
    --------
    >>> grouped("1234"), grouped("1234567.89")
    ('1234', '1\u202f234\u202f567.89')
    """
    whole, dot, rest = written.partition(".")
    if len(whole.lstrip("-")) > 4:
        whole = f"{int(whole):,}".replace(",", "\u202f")
    return whole + dot + rest


def unit(symbol: str) -> str:
    """A unit with raised powers.

    Examples
    --------
    >>> unit("px2"), unit("mm/s"), unit("s^-1"), unit("1")
    ('px²', 'mm/s', 's⁻¹', '')
    """
    if symbol in ("", "1"):
        return ""
    return re.sub(r"(?<=[A-Za-z])\^?(-?\d+)", lambda m: m.group(1).translate(_POWERS), symbol)


def quantity(name: str) -> str:
    """The name of a quantity as words.

    Examples
    --------
    >>> quantity("mean_speed")
    'mean speed'
    """
    return plain(name.replace("_", " "))


def clock(seconds: float, decimals: int = 0) -> str:
    """Time as min:s, or h:min:s from an hour on.

    Examples
    --------
    >>> clock(77.63, 1), clock(59.96, 1), clock(3725)
    ('1:17.6', '1:00.0', '1:02:05')
    """
    if not math.isfinite(seconds):
        return ABSENT
    ticks = round(abs(seconds) * 10**decimals)
    whole, part = divmod(ticks, 10**decimals)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    text = f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"
    sign = "−" if seconds < 0 and ticks else ""
    return sign + text + (f".{part:0{decimals}d}" if decimals else "")


def duration(seconds: float) -> str:
    """A length of time in words.

    Examples
    --------
    >>> duration(77.66), duration(7385.2), duration(1 / 30)
    ('1 min 17.7 s', '2 h 3 min 5 s', '0.033 s')
    """
    if not math.isfinite(seconds):
        return ABSENT
    if seconds < 59.95:
        return f"{seconds:.{2 if seconds < 1 else 3}g} s"
    if seconds < 3600:
        minutes, rest = divmod(round(seconds, 1), 60)
        return f"{minutes:.0f} min {rest:.1f} s"
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours} h {minute} min {second} s"


def counted(n: int, noun: str) -> str:
    """So many of a thing.

    Examples
    --------
    >>> counted(1, "frame"), counted(12000, "frame")
    ('1 frame', '12\u202f000 frames')
    """
    return f"{grouped(str(n))} {noun}{'' if n == 1 else 's'}"


def share(part: float, whole: float) -> str:
    """A percentage that is 0 or 100 only when it is exactly that.

    Examples
    --------
    >>> share(2329, 2330), share(0, 10), share(1, 3)
    ('99.96 %', '0 %', '33.3 %')
    """
    if not whole:
        return ABSENT
    percent = 100 * part / whole
    for decimals in (1, 2, 3):
        written = f"{percent:.{decimals}f}"
        if float(written) not in (0.0, 100.0) or part in (0, whole):
            break
    return f"{written.rstrip('0').rstrip('.') if part in (0, whole) else written} %"
