"""A recording's measures by other definitions, beside what they are as analysed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from ethoframe.data import Measure, Measures
from ethoframe.report.wording import counted, escaped, number, quantity, unit
from ethoframe.run.order import Otherwise

MOST = 16
"""Measures that are shown at once; more are folded away."""
WRAPPED = 'style="white-space:normal;min-width:12ch"'
"""Names of definitions are long."""
BETWEEN = "interval"
"""What the time between events is called."""
_NUMBERED = re.compile(r"(.+) \d+")
Key = tuple[str, str, str, str]


def otherwise_table(measures: Measures, otherwise: Otherwise) -> str:
    """Measures as rows, definitions as columns; nothing where there are no other definitions.

    Parameters
    ----------
    measures
        As analysed.
    otherwise
        By other definitions; what none of them changes is left out.
    """
    if not otherwise.measures and not otherwise.lacking:
        return ""
    usual = {key: row for key, row in _by_key(measures).items() if row.during != BETWEEN}
    others = {name: _by_key(rows) for name, rows in otherwise.measures.items()}
    moving = [
        key for key, row in usual.items() if any(_moves(row, each, key) for each in others.values())
    ]
    several = len({key[0] for key in usual}) > 1
    rows = [_row(key, usual[key], others, several) for key in moving]
    note = (
        "The same recording, measured by other definitions that can be defended; what none of them "
        "changes is left out, and so are bins, single events and the time between them."
    )
    body = f"<p>{note}</p>{_table(others, rows)}" if rows else f"<p>{_unmoved(others)}</p>"
    body += "".join(
        f"<p>{escaped(name)}: {escaped(why.partition(';')[0])}.</p>"
        for name, why in otherwise.lacking.items()
    )
    opened = " open" if 0 < len(rows) <= MOST else ""
    told = counted(len(otherwise.measures), "other definition")
    return f"<details{opened}><summary>Same data, {told}</summary>{body}</details>"


def _unmoved(others: Mapping[str, object]) -> str:
    return "By none of them any measure is another." if others else "Nothing is measured by them."


def _table(others: Mapping[str, object], rows: list[str]) -> str:
    names = ["Quantity", "As analysed", *others]
    head = "".join(f'<th scope="col" {WRAPPED}>{escaped(name)}</th>' for name in names)
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table class="bins"><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _row(
    key: Key, usual: Measure, others: Mapping[str, Mapping[Key, Measure]], several: bool
) -> str:
    individual, name, symbol, during = key
    words = quantity(name) + (f" during {during}" if during else "")
    words += f", {individual}" if several else ""
    shown = f" <span>({escaped(unit(symbol))})</span>" if unit(symbol) else ""
    cells = [f'<td class="n">{number(usual.value)}</td>']
    for found in others.values():
        told = number(found[key].value) if key in found else ""
        same = "" if _moves(usual, found, key) else ' style="opacity:.5"'
        cells.append(f'<td class="n"{same}>{told}</td>')
    return f'<tr><th scope="row">{escaped(words)}{shown}</th>{"".join(cells)}</tr>'


def _moves(usual: Measure, found: Mapping[Key, Measure], key: Key) -> bool:
    if key not in found:
        return False
    before, after = usual.value, found[key].value
    if math.isnan(before) or math.isnan(after):
        return math.isnan(before) != math.isnan(after)
    return not math.isclose(before, after, rel_tol=1e-9)


def _by_key(measures: Measures) -> dict[Key, Measure]:
    """Of each quantity the row over the longest time; of events those of all of a name."""
    events = {row.during for row in measures.rows}
    found: dict[Key, Measure] = {}
    for row in measures.rows:
        numbered = _NUMBERED.fullmatch(row.during)
        if numbered and numbered[1] in events:
            continue
        key = row.individual, row.quantity, row.unit, row.during
        if key not in found or _lasting(row) > _lasting(found[key]):
            found[key] = row
    return found


def _lasting(row: Measure) -> float:
    return row.bin_stop_s - row.bin_start_s
