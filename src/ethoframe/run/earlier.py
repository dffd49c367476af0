"""What earlier commands left in a folder of results."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ethoframe.run.application import Application
from ethoframe.run.entries import Entry
from ethoframe.run.names import PROVENANCE
from ethoframe.run.once import found
from ethoframe.run.order import Outcome
from ethoframe.run.parts import parts_in


def earlier(asked: Application, entries: Sequence[Entry]) -> list[Outcome]:
    """Results of the same method for other files, so that tables over all of them stay whole.

    Parameters
    ----------
    asked
        What is asked now.
    entries
        The files it is asked of: their results are left out.
    """
    now = {asked.folder(entry.name) for entry in entries}
    outcomes = []
    for path in sorted(asked.out.rglob(PROVENANCE)):
        folder = path.parent
        told = json.loads(path.read_text(encoding="utf-8"))
        if folder in now or told.get("method") != asked.method.name():
            continue
        name = told["file"].get("name") or folder.relative_to(asked.out).as_posix()
        parts = parts_in(folder, [PROVENANCE], Entry(name, ()))
        outcomes.append(found(name, folder, parts))
    return outcomes
