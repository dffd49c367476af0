"""Which animal is in which recording: the animal sheet of an experiment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ethoframe.data.noun import Noun

TEXTS = ("arena", "subject", "group", "sex", "litter", "cage", "session")
"""Columns of words that every sheet may have; others are carried through as they are."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One animal in one arena of one recording.

    Parameters
    ----------
    line
        Of the sheet, as a spreadsheet numbers it (the heading is line 1).
    video
        Files as they are written there, in the order of time; more than one where a camera splits
        its recordings.
    arena
        Which arena of the recording; empty where there is one only.
    subject, group, sex, litter, cage, session
        As written; empty where nothing is.
    start_s, stop_s
        The trial on the recording's clock in seconds; None where it is to be found.
    others
        Every further column, as written.
    """

    line: int
    video: tuple[str, ...]
    arena: str = ""
    subject: str = ""
    group: str = ""
    sex: str = ""
    litter: str = ""
    cage: str = ""
    session: str = ""
    start_s: float | None = None
    stop_s: float | None = None
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Sheet(Noun):
    """The rows of an animal sheet, in their order.

    Parameters
    ----------
    name
        Of the file it was read from.
    rows
        One for each animal in each recording.
    columns
        Headings that the sheet has, in its order.

    Examples
    --------
    >>> Sheet("animals.csv", (Row(line=2, video=("a.mp4",), subject="m1"),)).of("a.mp4")[0].subject
    'm1'
    """

    name: str
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()

    def canonical(self) -> dict[str, object]:
        """Every row as plain values."""
        return {"name": self.name, "rows": tuple(tuple(vars(row).items()) for row in self.rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, *video: str) -> tuple[Row, ...]:
        """The rows whose recording is made of these files, as written."""
        return tuple(row for row in self.rows if row.video == video)
