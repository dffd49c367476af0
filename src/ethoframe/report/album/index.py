"""``index.html`` over many pictures, those that need a person first."""

from __future__ import annotations

from collections.abc import Sequence
from os.path import relpath
from pathlib import Path
from urllib.parse import quote

from ethoframe.report.album.entry import Entry
from ethoframe.report.album.numbers import Quantity, quantities, summary_figures
from ethoframe.report.picture.shell import shell
from ethoframe.report.wording import counted, escaped, number
from ethoframe.run.order import Outcome
from ethoframe.run.writing import moved_into

TITLE = "All pictures"
REPORT = "report.html"
WORDS = {"failed": "failed", "look": "look at it", "": "done"}
ORDER = tuple(WORDS)
MOST_PICTURES = 2000
"""Small pictures that lie in the page; with more it would be slow to open."""


def write_album(path: Path, outcomes: Sequence[Outcome]) -> None:
    """Write the page over many pictures; a reader never sees half of one.

    Parameters
    ----------
    path
        Where to; links to the reports are relative to its folder.
    outcomes
        How it went with each. What is shown of one was written beside its report, as ``card.json``;
        without it the page shows the name, the link and the warnings.
    """
    entries = sorted(map(Entry.of, outcomes), key=lambda e: (ORDER.index(e.word), e.name))
    text = shell(TITLE, body(entries, path.parent), "ethoframe.report.album", "album.css")
    with moved_into(path.parent) as part:
        (part / path.name).write_text(text, encoding="utf-8", newline="\n")


def body(entries: Sequence[Entry], out: Path) -> str:
    """The page between its head and its end; `out` is the folder it lies in."""
    columns = quantities(entries)
    counts = {word: sum(entry.word == word for entry in entries) for word in ORDER}
    told = " ".join(
        f'<span class="word {word}">{counts[word]} {WORDS[word]}</span>'
        for word in ORDER
        if counts[word]
    )
    nothing = '<p class="absent">There is no picture.</p>'
    return (
        '<header><p class="brand"><b>ethoframe</b> <span>pictures</span></p>'
        f"<h1>{TITLE}</h1><p>{counted(len(entries), 'picture')}: {told}</p></header>\n"
        f"<main>{summary_figures(columns)}"
        f"{_table(entries, columns, out) if entries else nothing}</main>\n"
    )


def _table(entries: Sequence[Entry], columns: Sequence[Quantity], out: Path) -> str:
    heads = "".join(f'<th scope="col" class="n">{escaped(c.heading)}</th>' for c in columns)
    rows = "\n".join(_row(entry, columns, out, at) for at, entry in enumerate(entries))
    note = ""
    if len(entries) > MOST_PICTURES:
        note = f"<p>Only the first {MOST_PICTURES} are shown with a small picture.</p>"
    return (
        '<p class="filter"><label>Show pictures with <input type="search" data-filter="pictures" '
        f'placeholder="part of the name"></label></p>{note}'
        '<div class="scroll"><table id="pictures" class="album"><thead><tr>'
        f'<th scope="col">Picture</th><th scope="col"></th>{heads}'
        f'<th scope="col">What to know</th></tr></thead>\n<tbody>{rows}</tbody></table></div>'
    )


def _row(entry: Entry, columns: Sequence[Quantity], out: Path, at: int) -> str:
    report = entry.folder / REPORT
    link = _link(report, out) if entry.kept and report.exists() else ""
    name = escaped(entry.name)
    image = ""
    if entry.picture and at < MOST_PICTURES:
        image = f'<img loading="lazy" decoding="async" alt="" src="{escaped(entry.picture)}">'
    if link:
        name, image = f'<a href="{escaped(link)}">{name}</a>', _linked(image, link)
    word = f'<span class="word {entry.word}">{WORDS[entry.word]}</span>' if entry.word else ""
    facts = [*([entry.subject] if entry.subject else []), *entry.facts]
    told_facts = "".join(f"<small>{escaped(fact)}</small>" for fact in facts)
    cells = "".join(
        f'<td class="n" data-name="{escaped(column.heading)}">{_value(column, entry)}</td>'
        for column in columns
    )
    lines = "".join(f"<li>{escaped(line)}</li>" for line in entry.lines)
    told = f'<ul class="why">{lines}</ul>' if lines else ""
    return (
        f'<tr class="{entry.word}"><td class="small">{image}</td>'
        f'<th scope="row">{name}{word}{told_facts}</th>{cells}<td>{told}</td></tr>'
    )


def _linked(image: str, link: str) -> str:
    # The name beside it is the same link: read aloud once is enough.
    return (
        f'<a href="{escaped(link)}" tabindex="-1" aria-hidden="true">{image}</a>' if image else ""
    )


def _value(column: Quantity, entry: Entry) -> str:
    value = entry.value(column.name, column.stored)
    return "" if value is None else number(value * column.factor)


def _link(report: Path, out: Path) -> str:
    try:
        return quote(Path(relpath(report, out)).as_posix())
    except ValueError:  # another drive
        return report.resolve().as_uri()
