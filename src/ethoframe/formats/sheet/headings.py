"""What the columns of an animal sheet are called, and what else people call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ethoframe.formats.sheet.times import UNITS_S

TIMES = ("start", "stop")
SYNONYMS = {
    "video": ("videos", "video file", "file", "files", "filename", "file name", "recording"),
    "arena": ("box", "chamber"),
    "subject": ("subject id", "animal", "animal id", "mouse", "mouse id", "rat", "rat id"),
    "group": ("treatment", "condition", "genotype"),
    "sex": ("gender",),
    "litter": ("litter id",),
    "cage": ("cage id", "home cage"),
    "session": ("day", "session id"),
    "start": ("from", "begin", "trial start", "start time"),
    "stop": ("to", "end", "trial stop", "stop time", "end time"),
}  # fmt: skip
"""Other names of each column: taken only where one of them, and not the name itself, is there."""
_UNIT = re.compile(r"(.*?)(?:\s+([a-z]{1,7})|\s*[(\[](.*?)[)\]])", re.DOTALL)


@dataclass(frozen=True)
class Headings:
    """Where the columns are.

    Parameters
    ----------
    known
        Column numbers from 0 by the name that `Row` has for them.
    others
        Further columns by their heading.
    unit_s
        Seconds in the unit of numbers in ``start`` and ``stop``.

    Examples
    --------
    >>> found = Headings.of(("File", "Mouse ID", "start (min)", "weight"))
    >>> found.known, found.others, found.unit_s["start"]
    ({'video': 0, 'subject': 1, 'start': 2}, {'weight': 3}, 60.0)
    """

    known: dict[str, int]
    others: dict[str, int]
    unit_s: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, cells: Sequence[str]) -> Headings:
        """The columns of a first row.

        Raises
        ------
        ValueError
            In words, when two columns could be the same, none tells the video, or a time's unit
            is not known.
        """
        words = [_words(cell) for cell in cells]
        units = {i: unit for i, cell in enumerate(words) if (unit := _time_unit(cell))}
        words = [units[i][0] if i in units else cell for i, cell in enumerate(words)]
        known = {name: at for name in SYNONYMS if (at := _found(name, words)) is not None}
        if "video" not in known:
            listed = ", ".join(cell for cell in cells if cell)
            raise ValueError(f"it has no column called video; its first row says: {listed}")
        unit_s = {name: units[at][1] for name, at in known.items() if at in units}
        return cls(known, _others(cells, set(known.values())), unit_s)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns from left to right, the known ones by their own names."""
        every = {**self.others, **self.known}
        return tuple(sorted(every, key=lambda name: every[name]))


def _words(heading: str) -> str:
    """Small letters and single spaces, whatever stands between the words."""
    return " ".join(heading.casefold().replace("_", " ").replace("-", " ").split())


def _time_unit(words: str) -> tuple[str, float] | None:
    """Name and unit of a heading such as "start (min)" or "start s"."""
    split = _UNIT.fullmatch(words)
    if not split or not any(split[1] in (name, *SYNONYMS[name]) for name in TIMES):
        return None
    if split[3] is None and split[2] not in UNITS_S:
        return None  # "start time" is a name
    unit = split[2] or split[3].strip()
    if unit in UNITS_S or ":" in unit:
        return split[1], UNITS_S.get(unit, 1.0)
    raise ValueError(f"the unit of the column {words} is not known; write it as {split[1]} (s)")


def _found(name: str, words: Sequence[str]) -> int | None:
    for called in ((name,), SYNONYMS[name]):
        at = [i for i, word in enumerate(words) if word in called]
        if len(at) > 1:
            listed = " and ".join(words[i] for i in at)
            raise ValueError(f"the columns {listed} could each be the {name}; rename one to {name}")
        if at:
            return at[0]
    return None


def _others(cells: Sequence[str], taken: set[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        if at in taken or not cell:
            continue
        name = " ".join(cell.split())
        if name in found:
            raise ValueError(f"two columns are called {name}; rename one")
        found[name] = at
    return found
