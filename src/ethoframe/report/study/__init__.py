"""The page, figures and tables of an experiment with many animals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ethoframe.data import Sheet
from ethoframe.formats.effects import write_effects
from ethoframe.report.study.contrast import Compared
from ethoframe.report.study.page import FIGURES, drawings, page
from ethoframe.report.study.paragraph import paragraph
from ethoframe.report.study.records import Records
from ethoframe.report.study.study import Study
from ethoframe.run.frozen import note_shown
from ethoframe.run.order import Outcome, Part
from ethoframe.run.writing import moved_into

__all__ = ["write_study"]


def write_study(
    out: Path,
    parts: Sequence[Part],
    failed: Sequence[Outcome] = (),
    *,
    unblind: bool = False,
    sheet: Sheet | None = None,
) -> None:
    """Write ``study.html``, ``methods.txt``, and ``figures/``, as SVG and PDF.

    Where groups are shown, they are compared as was frozen, or else by a permutation test, and
    ``effects.csv`` is written too; when they were shown is noted.

    Parameters
    ----------
    out
        Where to; the folder of the results, which the page links to.
    parts
        Results of all animals.
    failed
        Recordings without results.
    unblind
        Whether groups are shown.
    sheet
        The animal sheet, of whose rows those without a result are told.

    Raises
    ------
    Unwritten
        When the disk is full or the folder may not be written; nothing is half there then.
    """
    study = Study.of(parts, failed, unblind=unblind, sheet=sheet)
    records = Records.of(study.animals)
    words = paragraph(study, records)
    compared = Compared.of(study, out)
    with moved_into(out) as part:
        drawn = drawings(study, part / FIGURES, compared)
        text = page(study, words, records.recipe, drawn, out, compared)
        (part / "study.html").write_text(text, encoding="utf-8", newline="\n")
        (part / "methods.txt").write_text(words + "\n", encoding="utf-8", newline="\n")
        if compared is not None and len(compared.effects):
            write_effects(part / "effects.csv", compared.effects)
    if unblind and study.blinding.grouped:
        note_shown(out)
