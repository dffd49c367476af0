"""Measures as tables: the whole session, then time bins."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ethoframe.data import Measure, Measures
from ethoframe.report.wording import clock, escaped, interval, number, quantity, unit

MOST_BINS = 200
Key = tuple[str, str, str]


def whole_session(measures: Measures) -> tuple[Measure, ...]:
    """For each arena, individual and quantity the measure over the longest time, in order."""
    longest: dict[Key, Measure] = {}
    for row in measures.during().rows:
        kept = longest.get(_key(row))
        if kept is None or _lasting(row) > _lasting(kept):
            longest[_key(row)] = row
    return tuple(longest.values())


def time_bins(measures: Measures) -> tuple[Measure, ...]:
    """The measures over a part of the session."""
    whole = {_key(row): _lasting(row) for row in whole_session(measures)}
    return tuple(row for row in measures.during().rows if _lasting(row) < whole[_key(row)])


def whole_table(measures: Measures, *, searched: bool = True) -> str:
    """Quantity, value, unit, interval, definition; a row for each measure of the whole session.

    With a field to search in it, if `searched`.
    """
    rows = whole_session(measures)
    if not rows:
        return '<p class="absent">There are no measures.</p>'
    intervals = any(interval(row.low, row.high) for row in rows)
    names = ["Quantity", "Value", "Unit", *(["Interval"] if intervals else []), "Definition"]
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    several = _several(rows)
    body = "\n".join(_whole_row(row, intervals, several) for row in rows)
    search = (
        '<p class="filter"><label>Show quantities with <input type="search" data-filter="measures" '
        'placeholder="speed, centre …"></label></p>'
    )
    return (
        f'{search if searched else ""}<div class="scroll"><table id="measures"><thead>'
        f"<tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )


def _whole_row(row: Measure, intervals: bool, several: bool) -> str:
    between = f'<td class="n interval">{interval(row.low, row.high)}</td>' if intervals else ""
    return (
        f'<tr><th scope="row">{named(row, several)}</th><td class="n">{_value(row)}</td>'
        f"<td>{escaped(unit(row.unit))}</td>{between}"
        f'<td class="definition">{escaped(row.definition)}</td></tr>'
    )


def bins_table(measures: Measures) -> str:
    """Quantities as rows, time bins as columns, folded away; nothing without bins."""
    rows = time_bins(measures)
    if not rows:
        return ""
    bins = sorted({(row.bin_start_s, row.bin_stop_s) for row in rows})
    shown = bins[:MOST_BINS]
    head = "".join(f'<th scope="col">{clock(a)}–{clock(b)}</th>' for a, b in shown)
    several = _several(rows)
    by_key: dict[Key, dict[tuple[float, float], Measure]] = {}
    for row in rows:
        by_key.setdefault(_key(row), {})[row.bin_start_s, row.bin_stop_s] = row
    body = "\n".join(_row_of(found, shown, several) for found in by_key.values())
    note = (
        f"<p>The first {MOST_BINS} of {len(bins)} bins; all are in the files beside this page.</p>"
    )
    note = note if len(bins) > MOST_BINS else ""
    return (
        f"<details><summary>Time bins ({len(bins)})</summary>{note}"
        '<div class="scroll"><table class="bins">'
        f'<thead><tr><th scope="col">Quantity</th>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div></details>"
    )


def events_table(measures: Measures) -> str:
    """Quantities as rows, events as columns, folded away; nothing without events."""
    rows = [row for row in measures.rows if row.during]
    if not rows:
        return ""
    events = list(dict.fromkeys(row.during for row in rows))[:MOST_BINS]
    head = "".join(f'<th scope="col">{escaped(event)}</th>' for event in events)
    several = _several(tuple(rows))
    by_key: dict[Key, dict[str, Measure]] = {}
    for row in rows:
        by_key.setdefault(_key(row), {})[row.during] = row
    body = "\n".join(_row_of(found, events, several) for found in by_key.values())
    return (
        f"<details open><summary>During events ({len(events)})</summary>"
        '<div class="scroll"><table class="bins">'
        f'<thead><tr><th scope="col">Quantity</th>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div></details>"
    )


def _row_of(found: Mapping[Any, Measure], columns: Sequence[Any], several: bool) -> str:
    """One quantity, by its bins or by events."""
    first = next(iter(found.values()))
    symbol = unit(first.unit)
    name = named(first, several) + (f" <span>({escaped(symbol)})</span>" if symbol else "")
    cells = "".join(f'<td class="n">{_value(found[c]) if c in found else ""}</td>' for c in columns)
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _value(row: Measure) -> str:
    """The number as people read it, and in full for whoever copies the page by program."""
    if not math.isfinite(row.value):
        return '<span title="not defined for this recording">–</span>'
    return f'<data value="{row.value!r}">{number(row.value, row.low, row.high)}</data>'


def named(row: Measure, several: bool) -> str:
    """What was measured, and of whom where there are several, as HTML."""
    whose = " · ".join(part for part in (row.arena, row.individual) if part)
    return escaped(quantity(row.quantity)) + (f" <span>{escaped(whose)}</span>" if several else "")


def _several(rows: tuple[Measure, ...]) -> bool:
    return len({(row.arena, row.individual) for row in rows}) > 1


def _key(row: Measure) -> Key:
    return row.arena, row.individual, row.quantity


def _lasting(row: Measure) -> float:
    return row.bin_stop_s - row.bin_start_s
