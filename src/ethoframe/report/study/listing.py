"""Tables of the study page: means, animals, what is left out, definitions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from ethoframe.report.study.categories import Category
from ethoframe.report.study.spread import Spread
from ethoframe.report.study.study import Animal, Key, Study
from ethoframe.report.study.summary import COLUMNS
from ethoframe.report.wording import ABSENT, counted, escaped, interval, number, unit

PAGE = "report.html"


def means_table(keys: Sequence[Key], columns: Sequence[Category]) -> str:
    """Measures as rows, groups as columns: mean, its interval, number of animals."""
    note = '<p class="rule">Mean, 95 % confidence interval of the mean, number of animals.</p>'
    return note + _means(keys, columns)


def folded_means(keys: Sequence[Key], columns: Sequence[Category]) -> str:
    """The same of further measures, folded away."""
    if not keys:
        return ""
    more = f"<details><summary>{counted(len(keys), 'further measure')}</summary>"
    return f"{more}{_means(keys, columns)}</details>"


def animals_table(study: Study, keys: Sequence[Key], out: Path) -> str:
    """One row for each animal, with its key measures and the way to its own page."""
    known = [name for name in COLUMNS if study.column(name)]
    arena = any(animal.part.arena for animal in study.animals)
    judged = any(animal.word for animal in study.animals)
    names = ["recording", *(["arena"] if arena else []), *known, *study.others]
    names += ["verdict"] if judged else []
    rows = []
    for animal in study.animals:
        cells = [_linked(animal, out), *([escaped(animal.part.arena)] if arena else [])]
        cells += [escaped(getattr(animal.row, name)) for name in known]
        cells += [escaped(animal.row.others.get(name, "")) for name in study.others]
        cells += [_word(animal)] if judged else []
        values = [animal.values.get(key, math.nan) for key in keys]
        marked = ' class="failed"' if animal.word == "failed" else ""
        rows.append(_row(cells, values, marked))
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in names)
    head += "".join(f'<th scope="col" class="n">{_measure(key)}</th>' for key in keys)
    note = "All measures of all animals are in summary.xlsx, with their intervals in measures.csv."
    return f'<p class="rule">{note}</p>' + _framed(head, rows)


def exclusions_table(study: Study) -> str:
    """What is not in the means, and why."""
    if not study.exclusions:
        return '<p class="absent">Nothing: every recording and every animal is in the means.</p>'
    head = ["Recording", "Arena", "Subject", "What", "Reason", "What to do"]
    rows = [_row([escaped(cell) for cell in vars(each).values()]) for each in study.exclusions]
    return _table(head, rows)


def definitions_table(study: Study) -> str:
    """How each measure was measured."""
    rows = [
        f'<tr><th scope="row">{escaped(key.name)}</th><td>{escaped(unit(key.unit))}</td>'
        f'<td class="definition">{escaped(study.wordings[key].text)}</td></tr>'
        for key in study.keys
    ]
    table = _table(["Measure", "Unit", "Definition"], rows)
    return f"<details><summary>{len(study.keys)} measures</summary>{table}</details>"


def facts(pairs: Mapping[str, str]) -> str:
    """A list of terms."""
    terms = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(text)}</dd></div>"
        for name, text in pairs.items()
    )
    return f'<dl class="facts">{terms}</dl>'


def _means(keys: Sequence[Key], columns: Sequence[Category]) -> str:
    head = ["Measure", *(column.label for column in columns)]
    rows = []
    for key in keys:
        cells = [_mean(Spread.of(column.values(key))) for column in columns]
        rows.append(_row([_measure(key), *cells]))
    return _table(head, rows)


def _mean(spread: Spread) -> str:
    if not spread.count:
        return ABSENT
    between = interval(spread.low, spread.high)
    small = f"{between}, n = {spread.count}" if between else f"n = {spread.count}"
    return f"{number(spread.mean, spread.low, spread.high)}<small>{small}</small>"


def _measure(key: Key) -> str:
    symbol = unit(key.unit)
    return escaped(key.name) + (f" <span>({escaped(symbol)})</span>" if symbol else "")


def _linked(animal: Animal, out: Path) -> str:
    name, page = escaped(animal.part.recording), animal.part.folder / PAGE
    if not page.exists() or not page.is_relative_to(out):
        return name
    return f'<a href="{quote(page.relative_to(out).as_posix())}">{name}</a>'


def _word(animal: Animal) -> str:
    if not animal.word:
        return ABSENT
    reasons = escaped(animal.reasons)
    return f'<span class="word {animal.word}" title="{reasons}">{animal.word}</span>'


def _row(cells: Sequence[str], values: Iterable[float] = (), marked: str = "") -> str:
    first, *rest = cells
    told = "".join(f"<td>{cell}</td>" for cell in rest)
    told += "".join(f'<td class="n">{number(value)}</td>' for value in values)
    return f'<tr{marked}><th scope="row">{first}</th>{told}</tr>'


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    return _framed("".join(f'<th scope="col">{escaped(name)}</th>' for name in head), rows)


def _framed(head: str, rows: Sequence[str]) -> str:
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )
