"""``--check``: one page to look at before the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from ethoframe.apps.progress import Progress
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.report.contact import Cell
    from ethoframe.run.entries import Entry
    from ethoframe.run.order import Order

PAGE = "check.html"


def check(recordings: Sequence[Entry], order: Order) -> int:
    """Writes the contact sheet of the recordings; the exit status."""
    from ethoframe.report.contact import write_contact
    from ethoframe.run.writing import check_writable

    check_writable(order.out)
    progress, path = Progress(len(recordings)), order.out / PAGE
    found: list[Cell] = []
    try:
        for entry in recordings:
            found += _cells(entry, order, progress)
            progress.finished(entry.name)
    finally:
        progress.wipe()
    write_contact(path, found)
    words = [cell.word or "not judged" for cell in found]
    told = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(sorted(words)))
    click.echo(f"{len(found)} animals at a glance: {told} → {path}")
    return 3 if "failed" in words else 0


def _cells(entry: Entry, order: Order, progress: Progress) -> Iterator[Cell]:
    from ethoframe.apps.shows import session
    from ethoframe.report.contact import cell, refused
    from ethoframe.run.check import checked

    try:
        for finding in checked(entry, order, partial(progress, entry.name)):
            yield cell(session(finding), str(finding.provenance["arena"]))
    except Refusal as refusal:
        click.echo(f"ethoframe: {refusal}", err=True)
        yield refused(entry.name, f"{refusal.reason}; {refusal.remedy}")
