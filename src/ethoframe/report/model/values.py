"""How right numbers of frames are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from ethoframe.data import Values
from ethoframe.data.noun import Array
from ethoframe.report.model.answers import Answers
from ethoframe.report.model.judged import Figure, Judged, Plate, brief
from ethoframe.report.palette import BLUE, SKY
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.wording import interval, number, quantity, unit
from ethoframe.score.suspects import far_off, twice
from ethoframe.score.together import Together, together

CONSTANT = 0.9
"""Of the error that one answer to all frames would have: who is no better has learned nothing."""

HEADS = (
    "Quantity", "unit", "compared", "mean error", "95 % interval", "bias", "error / spread",
    "within its interval",
)  # fmt: skip


def judged(seen: Answers) -> Judged:
    """Errors of each quantity with intervals, how often its interval holds, labels that look wrong.

    An answer's columns ``NAME_low`` and ``NAME_high`` are the interval of ``NAME``.
    """
    first = _of(seen.rows[0].said)
    names = [name for name in first.names if name in _of(seen.rows[0].answer).names]
    units = dict(zip(first.names, first.units, strict=True))
    said = np.array([[_column(row.said, name) for name in names] for row in seen.rows])
    told = np.array([[_column(row.answer, name) for name in names] for row in seen.rows])
    of = seen.judged
    films = [film for film, chosen in zip(seen.films, of, strict=True) if chosen]
    whose = together(films, seen.origin[of])
    off = told - said
    spread = np.nanstd(said[of], axis=0)
    scored = [
        _Scored.of(
            name, units[name], off[of, k], _held(seen, name, said[:, k])[of], spread[k], whose
        )
        for k, name in enumerate(names)
    ]
    relative = np.abs(off) / np.where(spread > 0, spread, 1.0)
    worst = [float(np.nanmax(row)) if np.isfinite(row).any() else np.nan for row in relative]
    suspects = [
        *far_off(np.abs(off), names, seen.apart, "", 0.0),
        *twice([row.content for row in seen.rows]),
    ]
    return Judged(
        tuple(figure for each in scored for figure in each.figures),
        HEADS,
        tuple(each.row for each in scored),
        whose.says,
        np.array(worst),
        "of the spread",
        tuple(_caption(names, said[k], told[k]) for k in range(len(said))),
        partial(_drawn, seen),
        suspects=tuple(suspects),
        more=_scatters(names, units, said[of], told[of]),
        poor=CONSTANT * _constant(said, spread),
    )


def _constant(said: Array, spread: Array) -> float:
    """The median of the worst errors, in spreads, that one answer to all frames would have."""
    away = np.abs(said - np.nanmedian(said, axis=0)) / np.where(spread > 0, spread, 1.0)
    return float(np.nanmedian(np.nan_to_num(away).max(axis=1, initial=0.0)))


@dataclass(frozen=True)
class _Scored:
    """One quantity: its figures and its row."""

    figures: tuple[Figure, ...]
    row: tuple[str, ...]

    @classmethod
    def of(
        cls, name: str, symbol: str, off: Array, held: Array, spread: float, whose: Together
    ) -> _Scored:
        error, bias = whose.of_rows(np.abs(off)), whose.of_rows(off)
        share = whose.of_rows(held)
        figures = [Figure(f"mean error of {quantity(name)}", error, symbol, "its size")]
        if np.isfinite(held).any():
            says = "of frames have their truth in it"
            figures.append(Figure(f"interval of {quantity(name)}", share, "share", says))
        row = (
            quantity(name),
            unit(symbol),
            str(int(np.isfinite(off).sum())),
            number(error.value, error.low, error.high),
            interval(error.low, error.high),
            brief(bias.value),
            brief(error.value / spread) if spread > 0 else "–",
            f"{100 * share.value:.1f} %" if np.isfinite(held).any() else "–",
        )
        return cls(tuple(figures), row)


def _held(seen: Answers, name: str, said: Array) -> Array:
    """Whether what was said lies in the answer's interval ``(n,)``; NaN where there is none."""
    low, high = (
        np.array([_column(row.answer, f"{name}_{end}") for row in seen.rows])
        for end in ("low", "high")
    )
    known = np.isfinite(low) & np.isfinite(high) & np.isfinite(said)
    return np.where(known, (said >= low) & (said <= high), np.nan)


def _of(noun: object) -> Values:
    assert isinstance(noun, Values)
    return noun


def _column(noun: object, name: str) -> float:
    values = _of(noun)
    return float(values.table[0, values.names.index(name)]) if name in values.names else np.nan


def _scatters(names: list[str], units: dict[str, str], said: Array, told: Array) -> str:
    figures = []
    for k, name in enumerate(names):
        both = np.concatenate([said[:, k], told[:, k]])
        words = f"{quantity(name)} ({unit(units[name])})" if units[name] else quantity(name)
        chart = Chart(Scale.over(both, f"{words}, said"), Scale.over(both, "answered"))
        ends = np.array([chart.across.low, chart.across.high])
        chart.line(ends, ends, SKY)
        for x, y in zip(said[:, k], told[:, k], strict=True):
            chart.line(np.array([x]), np.array([y]), BLUE)
        figures.append(f'<figure class="chart-box">{chart.svg(words)}</figure>')
    return f'<h3>Said and answered</h3><div class="charts">{"".join(figures)}</div>'


def _caption(names: list[str], said: Array, told: Array) -> str:
    return "; ".join(
        f"{quantity(name)}: said {brief(float(a))}, answered {brief(float(b))}"
        for name, a, b in zip(names, said, told, strict=True)
    )


def _drawn(seen: Answers, row: int) -> str:
    return Plate(seen.rows[row].picture()).svg("", seen.rows[row].name)
