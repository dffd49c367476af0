"""Differences between groups, for people at the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ethoframe.data import Effect

FILE = "effects.csv"
MOST = 20
"""Effects that are shown of a family; the others are in the table on disk."""
RANKED = "contrast/ranking"
"""Whose order is the answer."""
POINTS = "percentage points"
WIDE = 44
"""Letters of a measure's name that are shown."""


def told(path: Path) -> str:
    """The effects of a table on disk, as lines; what the recipe is about comes first.

    Parameters
    ----------
    path
        The ``effects.csv``; the record beside it names the recipe, where there is one.
    """
    from ethoframe.formats.effects import read_effects
    from ethoframe.run.names import PROVENANCE

    rows = _together(read_effects(path).rows)
    recipe = _recipe(path.with_name(PROVENANCE))
    marked = any(row.primary for row in rows)
    lines: list[str] = []
    for (level, control, primary), each in groupby(
        rows, key=lambda row: (row.level, row.control, row.primary)
    ):
        family = (", outcomes" if primary else ", all others") if marked else ""
        lines += [f"  {level} against {control}{family}", *_table(_first(list(each), recipe))]
    return "\n".join(lines)


def _recipe(path: Path) -> str:
    """By which recipe what is compared was measured; empty where nobody says."""
    record = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return str(record.get("asked", {}).get("recipe", ""))


def _first(rows: list[Effect], recipe: str) -> list[Effect]:
    """Key measures before the others; a ranking in its own order."""
    from ethoframe.report.leading import leading

    if any(row.test == RANKED for row in rows):
        return rows
    key = leading(rows, recipe)
    return [*key, *(row for row in rows if row not in key)]


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
    unit = f" {POINTS}" if unit == " %" else unit  # a difference, and no share of either mean
    return f"{row.n}+{row.n_control}", f"{effect}{unit}", _chance(row.p), _chance(row.q)


def _chance(p: float) -> str:
    return "" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"


def _short(name: str) -> str:
    return name if len(name) <= WIDE else f"{name[: WIDE - 1]}…"
