"""How right counts are."""

from __future__ import annotations

from functools import partial

import numpy as np

from ethoframe.data import LabelMap, Points, Values
from ethoframe.data.noun import Array
from ethoframe.report.model.answers import Answers
from ethoframe.report.model.judged import SAID, Figure, Judged, Plate, brief, key_of
from ethoframe.report.model.masks import _says, _whose
from ethoframe.report.palette import BLUE, SKY
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.wording import interval, number
from ethoframe.score.counts import CountScore, summary
from ethoframe.score.suspects import far_off, twice

CONSTANT = 0.9
"""Of the error that one answer to all frames would have: who is no better has learned nothing."""

FIGURES = (
    ("mean_absolute_error", "mean error", "objects", "size of the error of a frame's count"),
    ("bias", "bias", "objects", "answers less what was said"),
    ("relative_error_pooled", "relative error", "share", "all errors over all objects"),
    ("concordance", "concordance", "1", "Lin's: 1 where every count is right"),
)


def judged(seen: Answers) -> Judged:
    """Errors of counts with intervals."""
    said = np.array([_said(row.said) for row in seen.rows], np.float64)
    told = np.array([_told(row.answer) for row in seen.rows], np.float64)
    rows = [
        CountScore(b if np.isfinite(b) else 0.0, a, row.name, bool(np.isfinite(b)))
        for a, b, row in zip(said, told, seen.rows, strict=True)
    ]
    of = np.flatnonzero(seen.judged).tolist()
    scores = summary([rows[k] for k in of], _whose(seen))
    error = np.abs(told - said)
    suspects = far_off(error[:, None], ["the count"], seen.apart, "objects", 2.0)
    return Judged(
        tuple(Figure(name, scores[k], unit, says) for k, name, unit, says in FIGURES),
        ("Figure", "value", "95 % interval"),
        tuple(
            (
                k.replace("_", " "),
                number(each.value, each.low, each.high),
                interval(each.low, each.high),
            )
            for k, each in scores.items()
        ),
        _says(seen),
        error,
        "objects",
        tuple(
            f"{brief(float(a))} said, {brief(float(b))} answered"
            for a, b in zip(said, told, strict=True)
        ),
        partial(_drawn, seen),
        key_of((("ring", SAID, "what people said"),)) if _placed(seen) else "",
        suspects=(*suspects, *twice([row.content for row in seen.rows])),
        more=_scatter(said[of], told[of]),
        poor=CONSTANT * float(np.median(np.abs(said - np.median(said)))),
    )


def _said(noun: object) -> float:
    if isinstance(noun, Points):
        return float(noun.counts[0])
    if isinstance(noun, LabelMap):
        held = np.unique(noun.patches[0].labels)
        return float((held > 0).sum())
    return _told(noun)


def _told(noun: object) -> float:
    if isinstance(noun, Points | LabelMap):
        return _said(noun)
    assert isinstance(noun, Values)
    column = noun.names.index("count") if "count" in noun.names else 0
    return float(noun.table[0, column])


def _placed(seen: Answers) -> bool:
    return bool(seen.rows) and isinstance(seen.rows[0].said, Points)


def _scatter(said: Array, told: Array) -> str:
    both = np.concatenate([said, told])
    chart = Chart(Scale.over(both, "objects, said"), Scale.over(both, "answered"))
    ends = np.array([chart.across.low, chart.across.high])
    chart.line(ends, ends, SKY)
    for x, y in zip(said, told, strict=True):
        chart.line(np.array([x]), np.array([y]), BLUE)
    return f'<div class="charts"><figure class="chart-box">{chart.svg("Counts")}</figure></div>'


def _drawn(seen: Answers, row: int) -> str:
    one, marks = seen.rows[row], ""
    plate = Plate(one.picture())
    if isinstance(one.said, Points):
        marks = "".join(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{4 * plate.pixel:.2f}" fill="none" '
            f'stroke="{SAID}" stroke-width="{1.5 * plate.pixel:.2f}"/>'
            for x, y in one.said.coordinates[0][:, :2]
        )
    return plate.svg(marks, one.name)
