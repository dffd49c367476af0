"""Differences between groups, for people at the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ethoframe.data import Effect

FILE = "effects.csv"
MOST = 20
"""Effects that are shown of a family; the others are in the table on disk."""
WIDE = 44
"""Letters of a measure's name that are shown."""


def told(path: Path) -> str:
    """The effects of a table on disk, as lines.

    Parameters
    ----------
    path
        The ``effects.csv``.
    """
    from ethoframe.formats.effects import read_effects

    rows = _together(read_effects(path).rows)
    marked = any(row.primary for row in rows)
    lines: list[str] = []
    for (level, control, primary), each in groupby(
        rows, key=lambda row: (row.level, row.control, row.primary)
    ):
        family = (", outcomes" if primary else ", all others") if marked else ""
        lines += [f"  {level} against {control}{family}", *_table(list(each))]
    return "\n".join(lines)


def _together(rows: Sequence[Effect]) -> list[Effect]:
    """Those of one family and pair of levels beside each other, each in the order they have."""
    pairs = list(dict.fromkeys((row.level, row.control) for row in rows))
    return sorted(rows, key=lambda row: (not row.primary, pairs.index((row.level, row.control))))


def _table(rows: Sequence[Effect]) -> Iterator[str]:
    shown = [(row.quantity, *_numbers(row), row.verdict or row.definition) for row in rows]
    if len(shown) > MOST:
        shown = [*shown[:MOST], (f"and {len(rows) - MOST} more", "", "", "", "", "")]
    head = ("measure", "n", "effect", "p", "q", "")
    cells = [head, *((_short(name), *rest) for name, *rest in shown)]
    wide = [max(len(line[k]) for line in cells) for k in range(5)]
    for line in cells:
        yield "    " + "  ".join([*(line[k].ljust(wide[k]) for k in range(5)), line[5]]).rstrip()


def _numbers(row: Effect) -> tuple[str, str, str, str]:
    effect = "" if row.effect != row.effect else f"{row.effect:.4g}"
    unit = "" if row.effect_unit == "1" or not effect else f" {row.effect_unit}"
    return f"{row.n}+{row.n_control}", f"{effect}{unit}", _chance(row.p), _chance(row.q)


def _chance(p: float) -> str:
    return "" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"


def _short(name: str) -> str:
    return name if len(name) <= WIDE else f"{name[: WIDE - 1]}…"
