"""The quantities of many pictures: which there are, and how they are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.album.entry import Entry
from ethoframe.report.palette import BLUE, VERMILLION
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.lengths import suited
from ethoframe.report.wording import counted, escaped, number, quantity, unit

MOST_COLUMNS, MOST_FIGURES = 5, 2
LEAST_DRAWN = 5
"""Pictures from which on a histogram says more than the table."""


@dataclass(frozen=True)
class Quantity:
    """One column of the table.

    Parameters
    ----------
    name, stored
        As in the measures: quantity and unit.
    shown, factor
        The unit it is shown in, and what to multiply with.
    values
        In the shown unit, of the pictures that have it ``(n,)``.
    """

    name: str
    stored: str
    shown: str
    factor: float
    values: Array

    @property
    def heading(self) -> str:
        """Name and unit."""
        symbol = unit(self.shown)
        return quantity(self.name) + (f" ({symbol})" if symbol else "")


def quantities(entries: Sequence[Entry]) -> list[Quantity]:
    """Those that most pictures have, in the order in which they are told."""
    found: Counter[tuple[str, str]] = Counter()
    for entry in entries:
        found.update({(name, own): 1 for name, _, own in entry.numbers})
    columns = []
    for (name, stored), _ in found.most_common(MOST_COLUMNS):
        told = [entry.value(name, stored) for entry in entries]
        values = np.array([value for value in told if value is not None], np.float64)
        shown, factor = suited(stored, values)
        columns.append(Quantity(name, stored, shown, factor, values * factor))
    return columns


def summary_figures(columns: Sequence[Quantity]) -> str:
    """Histograms of the first quantities over all pictures; nothing of a few pictures."""
    figures = [_figure(column) for column in columns if len(column.values) >= LEAST_DRAWN]
    return f'<div class="charts">{"".join(figures[:MOST_FIGURES])}</div>' if any(figures) else ""


def _figure(column: Quantity) -> str:
    low, high = float(column.values.min()), float(column.values.max())
    if not high > low:
        return ""
    bins = int(np.clip(len(column.values) ** 0.5 * 2, 6, 40))
    counts, edges = np.histogram(column.values, bins)
    chart = Chart(
        Scale(low, high, column.heading),
        Scale(0.0, 1.1 * float(counts.max()), "pictures", whole=True),
    )
    chart.steps(edges, counts, BLUE)
    middle = float(np.median(column.values))
    chart.upright(middle, f"median {number(middle)}", VERMILLION)
    caption = (
        f"{quantity(column.name)} of {counted(len(column.values), 'picture')}: "
        f"{number(low)} to {number(high)}, median {number(middle)}."
    )
    return (
        f'<figure class="chart-box">{chart.svg(column.heading)}'
        f"<figcaption>{escaped(caption)}</figcaption></figure>"
    )
