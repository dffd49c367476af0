"""One definition for all animals, where theirs differ in a number only."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)")


@dataclass
class Wordings:
    """The definitions of one measure, animal after animal.

    Numbers in them that belong to the animal (its own noise, its own scale) are told as a range.

    Examples
    --------
    >>> words = Wordings()
    >>> for noise in ("0.2", "0.31", "0.25"):
    ...     words.add(f"path of chords of 0.25 s; interval: less the noise ({noise} mm)")
    >>> words.text
    'path of chords of 0.25 s; interval: less the noise (0.2 to 0.31 mm, by animal)'
    """

    _seen: dict[str, list[dict[str, float]]] = field(default_factory=dict)
    _count: Counter[str] = field(default_factory=Counter)

    def add(self, definition: str) -> None:
        """One animal's definition."""
        frame = _NUMBER.sub("\0", definition)
        places = self._seen.setdefault(frame, [{} for _ in range(frame.count("\0"))])
        for place, number in zip(places, _NUMBER.findall(definition), strict=True):
            place[number] = float(number)
        self._count[frame] += 1

    @property
    def text(self) -> str:
        """The definition of most animals, and how many have another."""
        if not self._count:
            return ""
        frame, count = self._count.most_common(1)[0]
        parts = frame.split("\0")
        told = parts[0] + "".join(
            _range(place, rest) for place, rest in zip(self._seen[frame], parts[1:], strict=True)
        )
        others = sum(self._count.values()) - count
        return told + (f" (worded otherwise for {others} of the animals)" if others else "")

    @property
    def definition(self) -> str:
        """What comes before the words on the interval."""
        return self.text.partition("; interval")[0]

    @property
    def interval(self) -> str:
        """What the interval of the value is; empty where nothing is said of it."""
        _, found, words = self.text.partition("; interval")
        return words.lstrip(": ") if found else ""


def _range(place: dict[str, float], rest: str) -> str:
    low, high = min(place, key=lambda n: place[n]), max(place, key=lambda n: place[n])
    if low == high:
        return low + rest
    unit = re.match(r"\s?[^\s,;()]*", rest)
    end = unit.end() if unit else 0
    return f"{low} to {high}{rest[:end]}, by animal{rest[end:]}"
