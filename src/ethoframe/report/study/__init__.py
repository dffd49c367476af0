"""The page, figures and tables of an experiment with many animals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ethoframe.data import Sheet
from ethoframe.formats.effects import write_effects
from ethoframe.report.study import plot, raster
from ethoframe.report.study.contrast import Compared
from ethoframe.report.study.keys import key_measures
from ethoframe.report.study.otherwise import Multiverse
from ethoframe.report.study.page import FIGURES, WIDTH, drawings, page
from ethoframe.report.study.paragraph import paragraph
from ethoframe.report.study.records import Records
from ethoframe.report.study.study import Study
from ethoframe.run.frozen import GROUP, note_shown
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
    factor: str = GROUP,
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
    factor
        The column of the sheet that is compared.

    Raises
    ------
    Unwritten
        When the disk is full or the folder may not be written; nothing is half there then.
    """
    study = Study.of(parts, failed, unblind=unblind, sheet=sheet, factor=factor)
    records = Records.of(study.animals)
    compared = Compared.of(study, out)
    keys = key_measures(study, records.recipe, compared)
    other = Multiverse.of(study, out, compared, keys)
    words = paragraph(study, records, [each.name for each in other.others])
    with moved_into(out, _told_before(out)) as part:
        drawn = drawings(study, part / FIGURES, compared, records.recipe)
        other = replace(other, drawn=plot.draw(other, keys, part / FIGURES))
        bouts = raster.drawn(study, part / FIGURES, WIDTH / raster.WIDE)
        text = page(study, words, records.recipe, drawn, out, compared, bouts, other)
        (part / "study.html").write_text(text, encoding="utf-8", newline="\n")
        (part / "methods.txt").write_text(words + "\n", encoding="utf-8", newline="\n")
        if compared is not None and len(compared.effects):
            write_effects(part / "effects.csv", compared.effects)
    if unblind and study.blinding.grouped:
        note_shown(out)


def _told_before(out: Path) -> list[str]:
    """Figures of an earlier page, which may tell groups that this one hides."""
    names = (f"{plot.NAME}.*", f"{raster.NAME}*")
    return [f"{FIGURES}/{path.name}" for name in names for path in (out / FIGURES).glob(name)]
