"""``xyzpts.csv``: where the points are in space."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._space import SPACE, flat, heading, numbers
from ethoframe.formats.dltdv.seen import as_tracks

COLUMN = re.compile(r"(.+)_([xyz])", re.IGNORECASE)

ENDING = "xyzpts.csv"
"""Of the name: many a table has such columns."""

REMEDY = "name a table xyzpts.csv as DLTdv or Argus wrote it"


def placed_in(path: Path) -> bool:
    """Whether a table is called so, and has such columns and no others."""
    return path.name.lower().endswith(ENDING) and bool(_columns(heading(path)))


def placed(
    path: Path, plane: str, *, scaled: bool, rate: float | None, times_s: Array | None
) -> Tracks:
    """The points along two of the axes, in the unit of the calibration, which is called px.

    Raises
    ------
    Refusal
        When the plane, the unit or the clock is not known, or a cell is no number.
    """
    names, values = numbers(path, REMEDY)
    columns = _columns(names)
    position = values[:, [list(axes) for axes in columns.values()]].transpose(0, 2, 1)
    seen = flat(path, position, plane)
    if not scaled:
        reason = "nothing tells the unit of its calibration"
        raise Refusal(path, reason, "say it, as --scale 1000mm/px of metres, 1mm/px of mm")
    return as_tracks(path, seen, list(columns), rate, times_s)


def _columns(names: Sequence[str]) -> Mapping[str, tuple[int, ...]]:
    """Where X, Y and Z of each point are; empty where there are other columns or one is missing."""
    found: dict[str, dict[str, int]] = {}
    for at, name in enumerate(names):
        known = COLUMN.fullmatch(name.strip())
        if known is None:
            return {}
        found.setdefault(known[1], {})[known[2].lower()] = at
    whole = all(len(axes) == len(SPACE) for axes in found.values())
    if not whole or sum(map(len, found.values())) < len(names):
        return {}
    return {point: tuple(axes[axis] for axis in SPACE) for point, axes in found.items()}
