"""Which animal is in which recording: the animal sheet of an experiment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ethoframe.data.noun import Noun
from ethoframe.data.refusal import Refusal

TEXTS = ("arena", "subject", "group", "sex", "litter", "cage", "session")
"""Columns of words that every sheet may have; others are carried through as they are."""

ELSEWHERE = "individual"
"""A further column whose words are those of tracks, which tell capitals apart."""

TOLD = 4
"""Problems of a sheet that are told in full; the rest are counted."""


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

    def cell(self, column: str) -> str:
        """What it says in a column of words; nothing where it has none of that name.

        Examples
        --------
        >>> row = Row(line=2, video=("a.mp4",), sex="f", others={"dose": "10"})
        >>> row.cell("sex"), row.cell("dose"), row.cell("diet")
        ('f', '10', '')
        """
        return str(getattr(self, column)) if column in TEXTS else self.others.get(column, "")


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
        Columns that the sheet has, in its order: the known ones by the names `Row` has for them,
        others as written.
    notes
        What a reader must know of how it was read, one line each; no part of what it says.

    Examples
    --------
    >>> Sheet("animals.csv", (Row(line=2, video=("a.mp4",), subject="m1"),)).of("a.mp4")[0].subject
    'm1'
    """

    name: str
    rows: tuple[Row, ...] = ()
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def canonical(self) -> dict[str, object]:
        """Every row as plain values."""
        return {"name": self.name, "rows": tuple(tuple(vars(row).items()) for row in self.rows)}

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, *video: str) -> tuple[Row, ...]:
        """The rows whose recording is made of these files, as written."""
        return tuple(row for row in self.rows if row.video == video)

    def spelled(self) -> Sheet:
        """The same with one spelling of each word, and what was changed among its notes.

        Words of a column that differ by capitals and blanks only are one: of group, sex, litter,
        cage, session and every further column but *individual*, whose words are those of tracks.
        The spelling is the most frequent one, or else the first. Names of animals, arenas and files
        stay as they are.

        Examples
        --------
        >>> words = "Saline", "saline", "saline", "drug"
        >>> rows = [Row(line=k, video=(f"{k}.mp4",), group=word) for k, word in enumerate(words)]
        >>> one = Sheet("animals.csv", tuple(rows)).spelled()
        >>> one.rows[0].group, one.notes
        ('saline', ("group: 'Saline' counts as 'saline': capitals and blanks tell no words apart",))
        """
        columns = dict.fromkeys(("group", "sex", "litter", "cage", "session"))
        columns |= dict.fromkeys(name for row in self.rows for name in row.others)
        columns.pop(ELSEWHERE, None)
        found = {name: _spellings([row.cell(name) for row in self.rows]) for name in columns}
        notes = tuple(
            f"{name}: {word!r} counts as {usual!r}: capitals and blanks tell no words apart"
            for name, words in found.items()
            for word, usual in words.items()
        )
        if not notes:
            return self
        return replace(self, rows=tuple(_spelled(row, found) for row in self.rows), notes=notes)


def _spellings(words: Sequence[str]) -> dict[str, str]:
    """Words that are written otherwise elsewhere, each with the usual spelling."""
    alike: dict[str, Counter[str]] = {}
    for word in filter(None, words):
        alike.setdefault(" ".join(word.split()).casefold(), Counter())[word] += 1
    usual = {key: counts.most_common(1)[0][0] for key, counts in alike.items()}
    return {word: usual[key] for key, each in alike.items() for word in each if word != usual[key]}


def _spelled(row: Row, found: Mapping[str, Mapping[str, str]]) -> Row:
    """A row by the usual spellings."""
    changed = {name: words.get(row.cell(name), row.cell(name)) for name, words in found.items()}
    others = {name: changed.get(name, word) for name, word in row.others.items()}
    known = {name: word for name, word in changed.items() if name in TEXTS}
    return replace(row, others=others, **known)  # type: ignore[arg-type]


class Problem(NamedTuple):
    """Something that is wrong with an animal sheet.

    Parameters
    ----------
    line
        Of the sheet; 0 where it is about none.
    reason, remedy
        As those of a `Refusal`.
    """

    line: int
    reason: str
    remedy: str


def refusal(sheet: object, problems: Sequence[Problem]) -> Refusal:
    """All that is wrong with a sheet in one line.

    Examples
    --------
    >>> wrong = [Problem(3, "it names no video", "name one"), Problem(0, "b.mp4 has no row", "-")]
    >>> print(refusal("animals.csv", wrong[:1]))
    animals.csv line 3: it names no video; name one
    >>> print(refusal("animals.csv", wrong))
    animals.csv: 2 problems: line 3: it names no video (name one), b.mp4 has no row (-); correct ...
    """
    if len(problems) == 1:
        line, reason, remedy = problems[0]
        return Refusal(f"{sheet} line {line}" if line else sheet, reason, remedy)
    told = []
    for index, (line, reason, remedy) in enumerate(problems[:TOLD]):
        same = index > 0 and remedy == problems[index - 1].remedy
        told.append((f"line {line}: " if line else "") + reason + ("" if same else f" ({remedy})"))
    rest = len(problems) - len(told)
    more = f", and {rest} more" if rest else ""
    reason = f"{len(problems)} problems: {', '.join(told)}{more}"
    return Refusal(sheet, reason, "correct them, then run the same command again")


def contradictions(rows: Iterable[Row]) -> list[Problem]:
    """What rows say against each other: the same animal or arena twice, or an arena left out.

    Rows are of one recording when their `video` is the same as written.

    Examples
    --------
    >>> rows = Row(line=2, video=("a.mp4",), arena="left"), Row(line=3, video=("a.mp4",))
    >>> contradictions(rows)[0].reason
    'a.mp4 has 2 rows, and this one names no arena'
    """
    by_video: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        by_video.setdefault(row.video, []).append(row)
    found = [problem for each in by_video.values() for problem in _in_one_recording(each)]
    every = [row for each in by_video.values() for row in each]
    return sorted([*found, *_in_one_session(every)])


def _in_one_recording(rows: Sequence[Row]) -> Iterable[Problem]:
    video = " + ".join(rows[0].video)
    arenas: dict[str, Row] = {}
    subjects: dict[str, Row] = {}
    for row in rows:
        if (twin := _twin(row, rows)) is not None:
            reason = f"it is the row of line {twin.line} once more, {row.subject} in {video}"
            yield Problem(row.line, reason, "remove one of the two")
            continue
        if len(rows) - _twins(rows) > 1 and not row.arena:
            reason = f"{video} has {len(rows)} rows, and this one names no arena"
            yield Problem(row.line, reason, "say in the column arena which is where")
            continue
        if (other := arenas.setdefault(row.arena.casefold(), row)) is not row:
            where = f"arena {row.arena} of {video}"
            yield Problem(row.line, f"{where} is in line {other.line} too", "remove one of the two")
        if row.subject and (other := subjects.setdefault(row.subject, row)) is not row:
            reason = f"subject {row.subject} is in two arenas of {video}, line {other.line} too"
            yield Problem(row.line, reason, "correct one of the two")


def _twin(row: Row, rows: Sequence[Row]) -> Row | None:
    """An earlier row that says the same of an animal in every cell."""
    same = (one for one in rows if one.line < row.line and replace(one, line=row.line) == row)
    return next(same, None) if row.subject else None


def _twins(rows: Sequence[Row]) -> int:
    return sum(_twin(row, rows) is not None for row in rows)


def _in_one_session(rows: Iterable[Row]) -> Iterable[Problem]:
    """An animal twice in a session, with nothing that tells the two times apart."""
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = row.subject, row.session, tuple(row.others.items()), row.start_s
        if not row.subject or not row.session:
            continue
        other = seen.setdefault(key, row)
        if other is not row and other.video != row.video:
            reason = f"subject {row.subject} is twice in session {row.session}, line {other.line}"
            yield Problem(row.line, f"{reason} too", "give the two times different sessions")
