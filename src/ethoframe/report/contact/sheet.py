"""The contact sheet as one page that needs no network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from ethoframe.report.checks import WORDS
from ethoframe.report.contact.cell import Cell
from ethoframe.report.contact.pictures import Picture
from ethoframe.report.static import write_static
from ethoframe.report.wording import counted, escaped

TITLE = "A look before the work"
ORDER = ("failed", "look", "", "good")
"""What needs a person comes first."""
KEY = (
    '<p class="key-marks"><i class="arena"></i>arena <i class="animal"></i>outline of the animal '
    '<i class="centroid"></i>its centroid <i class="begins"></i>the trial begins here; zones in '
    "their own colours</p>"
)


def write_contact(path: Path, cells: Iterable[Cell]) -> None:
    """Write the contact sheet of a batch, the worst first; its folder must exist."""
    gathered = sorted(cells, key=lambda each: (ORDER.index(each.word), each.recording, each.arena))
    write_static(path, TITLE, body(gathered), __package__, "contact")


def body(cells: Sequence[Cell]) -> str:
    """The page between its head and its end."""
    rows = "\n".join(map(_row, cells))
    nothing = '<p class="absent">There is no recording to look at.</p>'
    return (
        '<header><p class="brand"><b>ethoframe</b> <span>contact sheet</span></p>'
        f"<h1>{TITLE}</h1><p>{counts(tuple(each.word for each in cells))}</p>"
        "<p>Verdicts are those of a glance at a few dozen frames; nothing was measured yet. Look "
        f"whether arena, zones, animal and beginning are right.</p>{KEY}</header>\n"
        f'<main class="cells">\n{rows or nothing}\n</main>\n'
    )


def counts(words: Sequence[str]) -> str:
    """How many animals there are, and how many of each verdict."""
    found = Counter(words)
    named = {"failed": "failed", "look": "to look at", "": "not judged", "good": "good"}
    parts = [
        f'<span class="word {word}">{found[word]} {named[word]}</span>'
        for word in ORDER
        if found[word]
    ]
    return f"{counted(len(words), 'animal')}: {' '.join(parts)}" if parts else ""


def why(reasons: Sequence[str], warnings: Sequence[str]) -> str:
    """What speaks against an animal's results as a list, and what else to know, more quietly."""
    told = [f"<li>{escaped(reason)}</li>" for reason in reasons]
    told += [f'<li class="warned">{escaped(line)}</li>' for line in warnings]
    return f'<ul class="why">{"".join(told)}</ul>'


def _row(cell: Cell) -> str:
    arena = f' <span class="arena">{escaped(cell.arena)}</span>' if cell.arena else ""
    facts = "".join(f"<li>{escaped(fact)}</li>" for fact in cell.facts)
    return (
        f'<article class="cell"><div class="said"><h2>{escaped(cell.recording)}{arena}</h2>'
        f'<p class="word {cell.word}">{WORDS[cell.word]}</p>'
        f'{why(cell.reasons, cell.warnings)}<ul class="facts-list">{facts}</ul></div>'
        f'<div class="frames">{"".join(map(_figure, cell.pictures))}</div></article>'
    )


def _figure(picture: Picture) -> str:
    caption = f"<figcaption>{escaped(picture.caption)}</figcaption>"
    if not picture.uri:
        return f'<figure><div class="absent">this frame cannot be decoded</div>{caption}</figure>'
    marked = ' class="begins"' if picture.begins else ""
    image = f'<img loading="lazy" decoding="async" alt="" src="{picture.uri}">'
    return f"<figure{marked}>{image}{caption}</figure>"
