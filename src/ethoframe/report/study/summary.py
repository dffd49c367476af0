"""``summary.xlsx``: one row per animal, one column per measure, and what they mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from ethoframe.data import Sheet
from ethoframe.formats import workbook
from ethoframe.formats.workbook import Column, Table, Value
from ethoframe.report.study.study import Animal, Key, Study
from ethoframe.report.wording import unit
from ethoframe.run.frozen import GROUP, note_shown
from ethoframe.run.order import Outcome, Part
from ethoframe.run.writing import moved_into

SUMMARY = "summary.xlsx"
COLUMNS = ("subject", "group", "sex", "litter", "cage", "session")


def write_summary(
    out: Path,
    parts: Sequence[Part],
    failed: Sequence[Outcome] = (),
    *,
    unblind: bool = False,
    sheet: Sheet | None = None,
    factor: str = GROUP,
) -> None:
    """Write ``summary.xlsx`` into a folder; a reader never sees half of it.

    When groups were shown first is noted.

    Parameters
    ----------
    out
        Where to.
    parts
        Results of all animals.
    failed
        Recordings without results.
    unblind
        Whether groups are written.
    sheet
        The animal sheet, of whose rows those without a result are told.
    factor
        The column of the sheet that is compared.

    Raises
    ------
    Unwritten
        When the disk is full or the folder may not be written.
    """
    study = Study.of(parts, failed, unblind=unblind, sheet=sheet, factor=factor)
    tables = [animals_table(study), definitions_table(study), exclusions_table(study)]
    with moved_into(out) as part:
        workbook.write(part / SUMMARY, tables)
    if unblind and study.blinding.grouped:
        note_shown(out)


def animals_table(study: Study) -> Table:
    """One row per animal: who it is, whether to trust it, and every measure."""
    known = [name for name in COLUMNS if study.column(name)]
    arena = any(animal.part.arena for animal in study.animals)
    judged = any(animal.word for animal in study.animals)
    names = ["recording", *(["arena"] if arena else []), *known, *study.others]
    names += ["verdict", "reasons"] if judged else []

    def row(animal: Animal) -> Iterator[Value]:
        yield animal.part.recording
        if arena:
            yield animal.part.arena
        yield from (getattr(animal.row, name) for name in known)
        yield from (animal.row.others.get(name, "") for name in study.others)
        if judged:
            yield from (animal.word, animal.reasons)
        yield from (animal.values.get(key) for key in study.keys)

    identity = [Column(name, _width(name)) for name in names]
    measures = [Column(key.heading, 13, _style(study, key)) for key in study.keys]
    rows = (list(row(animal)) for animal in study.animals)
    fixed = 1 + arena + ("subject" in known)
    return Table("animals", [*identity, *measures], rows, fixed)


def definitions_table(study: Study) -> Table:
    """What each column of the first sheet means."""
    columns = [
        Column("quantity", 30), Column("unit", 10),
        Column("definition", 90, wrapped=True), Column("interval (measures.csv)", 60, wrapped=True),
    ]  # fmt: skip

    def rows() -> Iterator[Sequence[Value]]:
        for key in study.keys:
            words = study.wordings[key]
            yield key.name, unit(key.unit), words.definition, words.interval

    return Table("definitions", columns, rows(), 1)


def exclusions_table(study: Study) -> Table:
    """What is missing from the first sheet, or is in it and should not be used."""
    columns = [
        Column("recording", 30), Column("arena", 12), Column("subject", 12), Column("what", 34),
        Column("reason", 70, wrapped=True), Column("what to do", 50, wrapped=True),
    ]  # fmt: skip
    rows = (
        (each.recording, each.arena, each.subject, each.what, each.reason, each.remedy)
        for each in study.exclusions
    )
    return Table("exclusions", columns, rows, 1)


def _width(name: str) -> float:
    return {"recording": 26.0, "reasons": 36.0}.get(name, max(10.0, len(name) + 2.0))


def _style(study: Study, key: Key) -> str:
    """Four digits of a usual value; the cells keep all of them."""
    values = [abs(animal.values.get(key, math.nan)) for animal in study.animals]
    values = [value for value in values if math.isfinite(value) and value]
    if all(value.is_integer() for value in values):
        return "0"
    decimals = 3 - math.floor(math.log10(median(values)))
    return "0." + "0" * min(decimals, 8) if decimals > 0 else "0"
