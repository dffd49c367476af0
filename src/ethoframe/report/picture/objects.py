"""Objects, classes and points as a table, the largest first, with what is usual of all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ethoframe.data import LabelMap, Points
from ethoframe.data.noun import Array
from ethoframe.report.palette import BLUE, VERMILLION
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.lengths import Column
from ethoframe.report.wording import counted, escaped, grouped, number

MOST_ROWS = 100
BINS = 30
SIZES = ("volume", "area", "size", "radius", "diameter", "length", "scale")
"""Features that say how large something is, the best first."""
LABEL = "label"


def objects_section(found: Found) -> str:
    """Count, table and histogram of sizes; nothing where no objects were looked for."""
    told = []
    for name, noun in (("objects", "object"), ("points", "point")):
        points = found.answer(name, Points)
        if points is not None:
            told.append(_told(points, noun, name))
    classes = found.answer("classes", Points)
    if classes is not None:
        told.append(_classes(classes, found.names))
    labels = found.answer("labels", LabelMap)
    if not told and labels is not None:
        told.append(_labels_only(labels))
    return "\n".join(told)


def _told(points: Points, noun: str, key: str) -> str:
    total = int(points.counts.sum())
    if not total:
        return f'<p class="absent">No {noun} was found.</p>'
    frames = f" in {counted(len(points), 'frame')}" if len(points) > 1 else ""
    size = size_feature(points)
    columns = [Column.of(name, points.rows(name)) for name in points.features if name != LABEL]
    order = np.arange(total)
    how = "in the order they were found"
    if size:
        order = np.argsort(-np.nan_to_num(points.rows(size), nan=-np.inf), kind="stable")
        how = f"the largest by {Column.of(size, points.rows(size)).name} first"
    first = f"the first {MOST_ROWS}, " if total > MOST_ROWS else ""
    note = (
        f"<p><b>{counted(total, noun)}</b>{frames}; {first}{how}. "
        f"All are in <code>{key}.csv</code>.</p>"
    )
    table = _table(points, columns, order[:MOST_ROWS], key)
    chart = _sizes(Column.of(size, points.rows(size)), noun) if size else ""
    return f'{note}<div class="objects"><div class="scroll">{table}</div>{chart}</div>'


def _classes(points: Points, names: Mapping[int, str]) -> str:
    """What is known of all pixels of a kind together; where they lie on average says nothing."""
    if not points.counts.sum():
        return '<p class="absent">No pixel was found to be of any class.</p>'
    frames = f" in {counted(len(points), 'frame')}" if len(points) > 1 else ""
    kinds = len(np.unique(points.rows(LABEL)))
    note = (
        f"<p><b>{kinds} class{'' if kinds == 1 else 'es'} of pixels</b>{frames}: each row is about "
        "all pixels of a class, whatever they belong to. All are in <code>classes.csv</code>.</p>"
    )
    columns = [Column.of(name, points.rows(name)) for name in points.features if name != LABEL]
    rows = np.arange(min(int(points.counts.sum()), MOST_ROWS))
    table = _table(points, columns, rows, "classes", names)
    return f'{note}<div class="objects"><div class="scroll">{table}</div></div>'


def size_feature(points: Points) -> str:
    """The feature that says how large points are; empty where none does.

    Examples
    --------
    >>> size_feature(Points((np.zeros((1, 2)),), {"mean_level": (np.ones(1),), "area_px2":
    ...     (np.ones(1),)}, np.arange(1), np.zeros(1)))
    'area_px2'
    """
    for size in SIZES:
        for name in points.features:
            if name.split("_")[0] == size:
                return name
    return ""


def _table(
    points: Points,
    columns: list[Column],
    rows: Array,
    key: str,
    names: Mapping[int, str] | None = None,
) -> str:
    """The table; with the names of classes instead of places, where there are any."""
    several = len(points) > 1
    axes = () if names is not None else ("x", "y", "z")[: points.axes]
    heads = ["Label" if LABEL in points.features else "No."]
    heads += ["Frame"] if several else []
    heads += [f"{axis} ({points.unit})" for axis in axes]
    heads += [column.heading for column in columns]
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in heads)
    labels = (
        points.rows(LABEL).astype(np.int64)
        if LABEL in points.features
        else np.arange(1, int(points.counts.sum()) + 1)
    )
    numbers, places = points.rows_numbers(), points.places()
    shown = [places[:, axis] for axis in range(len(axes))] + [c.values for c in columns]
    listed = []
    for row in rows.tolist():
        frame = f'<td class="n">{numbers[row]}</td>' if several else ""
        cells = "".join(f'<td class="n">{number(float(each[row]))}</td>' for each in shown)
        named = escaped((names or {}).get(int(labels[row]), ""))
        head_cell = f"{labels[row]} {named}".strip()
        listed.append(f'<tr><th scope="row">{head_cell}</th>{frame}{cells}</tr>')
    usual = _usual(columns, len(axes) + several) if names is None else ""
    return (
        f'<table class="listing" id="{key}"><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{usual}{''.join(listed)}</tbody></table>"
    )


def _usual(columns: list[Column], blank: int) -> str:
    """Median and quartiles of each column."""
    if not columns:
        return ""
    cells = []
    for column in columns:
        known = column.values[np.isfinite(column.values)]
        if not len(known):
            cells.append('<td class="n">–</td>')
            continue
        low, middle, high = np.percentile(known, [25, 50, 75])
        cells.append(
            f'<td class="n"><b>{number(float(middle))}</b> '
            f"<span>{number(float(low))}–{number(float(high))}</span></td>"
        )
    gap = f'<td colspan="{blank}"></td>'
    return f'<tr class="usual"><th scope="row">median, quartiles</th>{gap}{"".join(cells)}</tr>'


def _sizes(column: Column, noun: str) -> str:
    """How often each size is."""
    known = column.values[np.isfinite(column.values)]
    if len(known) < 2 or not known.max() > known.min():
        return ""
    low, high = float(known.min()), float(known.max())
    log = low > 0 and high / low > 100
    edges = np.geomspace(low, high, BINS + 1) if log else np.linspace(low, high, BINS + 1)
    counts, _ = np.histogram(known, edges)
    chart = Chart(
        Scale(low, high, column.heading, log),
        Scale(0.0, 1.08 * float(counts.max()), f"{noun}s", whole=True),
    )
    chart.steps(edges, counts, BLUE)
    middle = float(np.median(known))
    chart.upright(middle, f"median {number(middle)}", VERMILLION)
    caption = f"{column.name} of {counted(len(known), noun)}, in {BINS} bins."
    if log:
        caption += " Bins grow by the same factor each."
    return (
        f'<figure class="chart-box">{chart.svg(f"Histogram of {column.name}")}'
        f"<figcaption>{escaped(caption)}</figcaption></figure>"
    )


def _labels_only(labels: LabelMap) -> str:
    """How many labels there are, where nothing else is known of them."""
    counts = [len(np.unique(p.labels[p.labels != 0])) for p in labels.patches]
    total = sum(counts)
    if not total:
        what = "pixel was found to be of any class" if labels.names else "object was found"
        return f'<p class="absent">No {what}.</p>'
    named = ", ".join(f"{key} = {escaped(name)}" for key, name in sorted(labels.names.items()))
    named = f" ({named})" if named else ""
    if len(counts) == 1:
        return f"<p><b>{counted(total, 'label')}</b>{named}.</p>"
    between = f"{grouped(str(min(counts)))} to {grouped(str(max(counts)))}"
    return (
        f"<p><b>{between} labels</b> in each of {counted(len(counts), 'frame')} shown{named}.</p>"
    )
