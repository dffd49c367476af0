"""One page that shows how people agree: numbers, a matrix of raters, and every recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.agreement.raster import key, raster
from ethoframe.report.static import write_static
from ethoframe.report.wording import escaped
from ethoframe.score.agreement import Agreement, Confusion, Panel
from ethoframe.score.alarm import by_raters
from ethoframe.score.bootstrap import Estimate

PAGE = "agreement.html"

SHOWN = (
    ("kappa", "kappa, median of pairs"),
    ("frame_f1", "F1 of time"),
    ("event_f1_iou_0.2", "F1 of events, IoU 0.2"),
    ("event_f1_iou_0.5", "F1 of events, IoU 0.5"),
    ("event_f1_by_start", "F1 of events by their start"),
    ("fleiss_kappa", "Fleiss' kappa"),
    ("krippendorff_alpha", "Krippendorff's alpha"),
    ("within_rater_kappa", "kappa of one person twice"),
)


def write_agreement(
    folder: Path,
    panels: Sequence[Panel],
    of: Mapping[str, Agreement],
    confusion: Confusion,
    notes: Sequence[str] = (),
) -> Path:
    """Write ``agreement.html``; a reader never sees half of it.

    Parameters
    ----------
    folder
        Where to; made if it is not there.
    panels
        Who saw what.
    of
        Agreement on each label.
    confusion
        What is taken for what.
    notes
        What is to be known, alarms first; a line each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    alarms = [line for line in notes if line.startswith("ALARM")]
    body = (
        "<main><h1>Agreement of raters</h1>"
        + "".join(f'<p class="alarm">{escaped(line)}</p>' for line in alarms)
        + _scores(of)
        + "".join(f"<h2>{escaped(word)}</h2>{_matrix(each)}" for word, each in of.items())
        + _confusion(confusion)
        + _rasters(panels, list(of))
        + "".join(f"<p>{escaped(line)}</p>" for line in notes if line not in alarms)
        + "</main>"
    )
    path = folder / PAGE
    write_static(path, "Agreement of raters", body, "ethoframe.report.agreement", "agreement")
    return path


def _scores(of: Mapping[str, Agreement]) -> str:
    heading = "".join(f"<th>{escaped(word)}</th>" for word in of)
    every = {says: [each.scores.get(name) for each in of.values()] for name, says in SHOWN} | {
        "ICC(2,1) of seconds": [each.icc_seconds.agreement for each in of.values()],
        "ICC(2,1) of bouts": [each.icc_bouts.agreement for each in of.values()],
    }
    lines = "".join(
        f"<tr><th>{escaped(says)}</th>{''.join(map(_told, row))}</tr>"
        for says, row in every.items()
        if any(row)
    )
    return (
        f'<div class="wide"><table><thead><tr><th></th>{heading}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
        "<p>In brackets: 95 % intervals, over recordings.</p>"
    )


def _told(each: Estimate | None) -> str:
    if each is None:
        return "<td>–</td>"
    return f"<td>{_number(each.value)}{_span(each.low, each.high)}</td>"


def _matrix(told: Agreement) -> str:
    """Median kappa of every two raters, darker where they agree more."""
    rows: dict[tuple[str, str], list[float]] = {}
    for row in told.pairs:
        rows.setdefault((row.first, row.second), []).append(row.kappa.value)
    names = sorted({name for pair in rows for name in pair})
    table = by_raters(rows, names)
    return _shaded(table, names, "kappa, median over recordings")


def _shaded(table: Array, names: Sequence[str], caption: str) -> str:
    heading = "".join(f"<th>{escaped(name)}</th>" for name in names)
    lines = "".join(
        f"<tr><th>{escaped(name)}</th>{''.join(_cell(value) for value in row)}</tr>"
        for name, row in zip(names, table.tolist(), strict=True)
    )
    return (
        f'<div class="wide"><table class="matrix"><caption>{escaped(caption)}</caption>'
        f"<thead><tr><th></th>{heading}</tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _cell(value: float) -> str:
    if not np.isfinite(value):
        return "<td>–</td>"
    share = 100 * min(max(value, 0.0), 1.0)
    look = f"background:color-mix(in srgb,#0072b2 {share * 0.5:.0f}%,transparent)"
    return f'<td style="{look}">{value:.2f}</td>'


def _confusion(told: Confusion) -> str:
    total = told.seconds.sum(axis=1, keepdims=True)
    shares = np.divide(told.seconds, total, out=np.full_like(told.seconds, np.nan), where=total > 0)
    names = [name or "nothing" for name in told.names]
    return "<h2>What is taken for what</h2>" + _shaded(
        shares, names, "when one says the row, how often another says the column"
    )


def _rasters(panels: Sequence[Panel], labels: Sequence[str]) -> str:
    drawn = "".join(
        f"<h3>{escaped(panel.recording)}</h3>{raster(panel.people, labels)}" for panel in panels
    )
    return f"<h2>Recordings</h2>{key(labels)}{drawn}"


def _number(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"


def _span(low: float, high: float) -> str:
    return f" <small>({low:.2f} to {high:.2f})</small>" if np.isfinite(low) else ""
