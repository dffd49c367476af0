"""``index.html``: all animals of a batch, those that need a person first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

from ethoframe.report.batch.worst import read_moments
from ethoframe.report.checks import WORDS, reasons
from ethoframe.report.contact.sheet import ORDER, counts, why
from ethoframe.report.static import write_static
from ethoframe.report.study.keys import key_measures
from ethoframe.report.study.records import Records
from ethoframe.report.study.study import Animal, Key, Study
from ethoframe.report.wording import escaped, number
from ethoframe.run.frozen import GROUP
from ethoframe.run.order import Outcome, Part

TITLE = "All recordings"
REPORT = "report.html"


@dataclass(frozen=True)
class _Row:
    """One animal, or one recording that was not analysed."""

    recording: str
    arena: str
    word: str
    reasons: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    link: str = ""
    figures: tuple[str, ...] = ()
    subject: str = ""
    group: str = ""
    value: str = ""

    @property
    def rank(self) -> tuple[int, int, str, str]:
        return ORDER.index(self.word), -len(self.reasons), self.recording, self.arena


def write_batch(
    path: Path,
    parts: Sequence[Part],
    failed: Sequence[Outcome],
    *,
    unblind: bool = False,
    factor: str = GROUP,
) -> None:
    """Write the page over a batch; its order does not depend on groups, nor are they shown.

    Where the animal sheet tells who is in a recording, subjects are named.

    Parameters
    ----------
    path
        Where to; links to the reports are relative to its folder.
    parts
        All animals that were analysed, by this run or an earlier one.
    failed
        Recordings that could not be.
    unblind
        Whether groups are shown after all.
    factor
        The column of the sheet that holds them.
    """
    study = Study.of(parts, unblind=unblind, factor=factor)
    key = next(iter(key_measures(study, Records.of(study.animals).recipe)), None)
    shown = factor if unblind else ""
    rows = [_of_animal(animal, path.parent, key, shown) for animal in study.animals]
    rows += [_of_outcome(outcome) for outcome in failed if not outcome.finished]
    named = shown.capitalize(), key.heading if key else ""
    body = _body(sorted(rows, key=lambda row: row.rank), named)
    write_static(path, TITLE, body, __package__, "batch")


def _of_animal(animal: Animal, out: Path, key: Key | None, shown: str) -> _Row:
    part = animal.part
    report = part.folder / REPORT
    value = animal.values.get(key) if key else None
    told = reasons(part.verdict)
    # What could not be analysed has the same words as its warning.
    warnings = [line for line in part.warnings if not any(line in reason for reason in told)]
    return _Row(
        part.recording,
        part.arena,
        part.verdict.word if part.verdict is not None else "",
        told,
        tuple(dict.fromkeys(warnings)),
        _link(report, out) if report.exists() else "",
        read_moments(part.folder),
        animal.row.subject,
        animal.row.cell(shown) if shown else "",
        "" if value is None else number(value),
    )


def _of_outcome(outcome: Outcome) -> _Row:
    told = f"not analysed: {outcome.reason}"
    told = f"{told}; {outcome.remedy}" if outcome.remedy else told
    return _Row(outcome.name, "", "failed", (told,))


def _link(report: Path, out: Path) -> str:
    try:
        return quote(Path(relpath(report, out)).as_posix())
    except ValueError:  # another drive
        return report.resolve().as_uri()


def _body(rows: Sequence[_Row], named: tuple[str, str]) -> str:
    nothing = '<p class="absent">There is no recording.</p>'
    return (
        '<header><p class="brand"><b>ethoframe</b> <span>batch</span></p>'
        f"<h1>{TITLE}</h1><p>{counts(tuple(row.word for row in rows))}</p></header>\n"
        f"<main>{_table(rows, named) if rows else nothing}</main>\n"
    )


def _table(rows: Sequence[_Row], named: tuple[str, str]) -> str:
    """The rows; `named` is what groups and the key measure are called."""
    known = {
        "Arena": [row.arena for row in rows],
        "Subject": [row.subject for row in rows],
        named[0]: [row.group for row in rows],
        named[1]: [row.value for row in rows],
    }
    known = {name: cells for name, cells in known.items() if any(cells)}
    names = ("Recording", *known, "Verdict", "Why", "Worst moments")
    head = "".join(f"<th>{escaped(name)}</th>" for name in names)
    lines = "\n".join(
        _line(row, [cells[at] for cells in known.values()]) for at, row in enumerate(rows)
    )
    return f'<table class="batch"><thead><tr>{head}</tr></thead>\n<tbody>{lines}</tbody></table>'


def _line(row: _Row, known: Sequence[str]) -> str:
    name = escaped(row.recording)
    name = f'<a href="{escaped(row.link)}">{name}</a>' if row.link else name
    told = "".join(f"<td>{escaped(cell)}</td>" for cell in known)
    moments = f'<div class="moments">{"".join(row.figures)}</div>' if row.figures else ""
    return (
        f'<tr class="{row.word}"><th>{name}</th>{told}'
        f'<td><span class="word {row.word}">{WORDS[row.word]}</span></td>'
        f"<td>{why(row.reasons, row.warnings)}</td><td>{moments}</td></tr>"
    )
