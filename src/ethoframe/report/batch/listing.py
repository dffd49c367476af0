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
from ethoframe.report.wording import escaped
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

    @property
    def rank(self) -> tuple[int, int, str, str]:
        return ORDER.index(self.word), -len(self.reasons), self.recording, self.arena


def write_batch(path: Path, parts: Sequence[Part], failed: Sequence[Outcome]) -> None:
    """Write the page over a batch; no group is shown, nor does the order depend on it.

    Parameters
    ----------
    path
        Where to; links to the reports are relative to its folder.
    parts
        All animals that were analysed, by this run or an earlier one.
    failed
        Recordings that could not be.
    """
    rows = [_of_part(part, path.parent) for part in parts]
    rows += [_of_outcome(outcome) for outcome in failed if not outcome.finished]
    body = _body(sorted(rows, key=lambda row: row.rank))
    write_static(path, TITLE, body, __package__, "batch")


def _of_part(part: Part, out: Path) -> _Row:
    report = part.folder / REPORT
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


def _body(rows: Sequence[_Row]) -> str:
    nothing = '<p class="absent">There is no recording.</p>'
    return (
        '<header><p class="brand"><b>ethoframe</b> <span>batch</span></p>'
        f"<h1>{TITLE}</h1><p>{counts(tuple(row.word for row in rows))}</p></header>\n"
        f"<main>{_table(rows) if rows else nothing}</main>\n"
    )


def _table(rows: Sequence[_Row]) -> str:
    arenas = any(row.arena for row in rows)
    names = ("Recording", *(["Arena"] if arenas else []), "Verdict", "Why", "Worst moments")
    head = "".join(f"<th>{name}</th>" for name in names)
    lines = "\n".join(_line(row, arenas) for row in rows)
    return f'<table class="batch"><thead><tr>{head}</tr></thead>\n<tbody>{lines}</tbody></table>'


def _line(row: _Row, arenas: bool) -> str:
    name = escaped(row.recording)
    name = f'<a href="{escaped(row.link)}">{name}</a>' if row.link else name
    arena = f"<td>{escaped(row.arena)}</td>" if arenas else ""
    moments = f'<div class="moments">{"".join(row.figures)}</div>' if row.figures else ""
    return (
        f'<tr class="{row.word}"><th>{name}</th>{arena}'
        f'<td><span class="word {row.word}">{WORDS[row.word]}</span></td>'
        f"<td>{why(row.reasons, row.warnings)}</td><td>{moments}</td></tr>"
    )
