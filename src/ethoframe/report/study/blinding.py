"""Who measures must not know who got what: groups are hidden until somebody asks for them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ethoframe.data import Row
from ethoframe.run.frozen import GROUP
from ethoframe.run.order import Part

COLUMNS = ("sex", "litter", "cage", "session")
"""Columns besides the group that may give it away."""


@dataclass(frozen=True)
class Blinding:
    """What is hidden, and in which order animals are shown.

    Parameters
    ----------
    unblind
        Whether groups are shown.
    grouped
        Whether the sheet has any.
    hidden
        Columns that are not shown: the group, what is compared, and each column that tells these.
    factor
        The column of the sheet whose levels are compared.

    Examples
    --------
    >>> rows = [Row(line=i, video=(f"{i}.mp4",), subject=str(i), group="ab"[i % 2],
    ...             others={"dose": str(i % 2), "weight": str(20 + i)}) for i in range(6)]
    >>> sorted(Blinding.of(rows, unblind=False).hidden)
    ['dose', 'group']
    """

    unblind: bool
    grouped: bool
    hidden: frozenset[str] = frozenset()
    factor: str = GROUP

    @classmethod
    def of(cls, rows: Sequence[Row], *, unblind: bool, factor: str = GROUP) -> Blinding:
        """For these rows of a sheet."""
        compared = dict.fromkeys((GROUP, factor))
        grouped = any(row.cell(name) for row in rows for name in compared)
        if unblind or not grouped:
            return cls(unblind, grouped, factor=factor)
        others = dict.fromkeys(name for row in rows for name in row.others)
        columns = {name: [row.cell(name) for row in rows] for name in (*COLUMNS, *others)}
        telling = {
            name
            for one in compared
            for name, cells in columns.items()
            if _tells(cells, [row.cell(one) for row in rows])
        }
        return cls(unblind, grouped, frozenset({*compared, *telling}), factor)

    @property
    def on(self) -> bool:
        """Whether there is something to hide, and it is hidden."""
        return self.grouped and not self.unblind

    def place(self, part: Part) -> tuple[int | str, ...]:
        """Where an animal stands among the others: in a sheet's order, or shuffled when blind.

        The shuffle is the same in every run, and says nothing of how the sheet is ordered.
        """
        if self.on:
            whose = f"{part.recording}\0{part.arena}\0{part.row.subject if part.row else ''}"
            return (hashlib.sha256(whose.encode(errors="replace")).hexdigest(),)
        return part.row.line if part.row else 0, part.recording, part.arena


def _tells(cells: Sequence[str], groups: Sequence[str]) -> bool:
    """Whether a cell decides the group; what is different for every animal only names it."""
    filled = [(cell, group) for cell, group in zip(cells, groups, strict=True) if cell]
    values = {cell for cell, _ in filled}
    if len(set(groups)) < 2 or len({group for _, group in filled}) < 2:
        return False
    return len(values) < len(filled) and len(set(filled)) == len(values)
