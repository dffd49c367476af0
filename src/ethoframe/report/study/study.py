"""All animals of an experiment with all their measures."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ethoframe.data import Measure, Row, Sheet
from ethoframe.formats import table
from ethoframe.report.checks import reasons
from ethoframe.report.study.blinding import Blinding
from ethoframe.report.study.wordings import Wordings
from ethoframe.report.wording import quantity, unit
from ethoframe.run.frozen import GROUP
from ethoframe.run.order import Outcome, Part
from ethoframe.run.outputs import MEASURES

_NUMBERED = re.compile(r"(.+) \d+")
_NOBODY = Row(line=0, video=())


@dataclass(frozen=True)
class Key:
    """Which measure.

    Parameters
    ----------
    quantity, unit
        As in the tables.
    during
        The events it is about, all of one name together; empty for the whole trial.
    """

    quantity: str
    unit: str
    during: str = ""

    @property
    def name(self) -> str:
        """The measure in words, without its unit."""
        words = quantity(self.quantity)
        return f"{words} during {self.during}" if self.during else words

    @property
    def heading(self) -> str:
        """The measure in words, with its unit.

        Examples
        --------
        >>> Key("explored_area", "mm2").heading, Key("distance", "mm", "tone").heading
        ('explored area (mm²)', 'distance during tone (mm)')
        """
        return f"{self.name} ({unit(self.unit)})" if unit(self.unit) else self.name


@dataclass(frozen=True)
class Animal:
    """One animal in one session.

    Parameters
    ----------
    part
        Where its results are.
    values
        Its measures over the whole trial; those that are not defined for it are NaN or missing.
    """

    part: Part
    values: Mapping[Key, float] = field(default_factory=dict)

    @property
    def row(self) -> Row:
        """What the sheet says of it; a row of nothing without a sheet."""
        return self.part.row or _NOBODY

    @property
    def word(self) -> str:
        """``"good"``, ``"look"``, ``"failed"``, or ``""`` where nobody judged."""
        return self.part.verdict.word if self.part.verdict else ""

    @property
    def reasons(self) -> str:
        """Why it is not good, in words."""
        return "; ".join(reasons(self.part.verdict))


@dataclass(frozen=True)
class Exclusion:
    """An animal or recording without a result that can be used.

    Parameters
    ----------
    recording, arena, subject
        As in the tables and in the sheet.
    what
        What happened to it.
    reason, remedy
        Why, and what to do.
    """

    recording: str
    arena: str
    subject: str
    what: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True)
class Study:
    """What the page, the figures and the workbook show.

    Parameters
    ----------
    animals
        In the order in which they are shown.
    keys
        Every measure of any of them, in the order of the tables.
    wordings
        How each was measured.
    exclusions
        What is not in the figures, and why.
    blinding
        What must not be shown.
    """

    animals: tuple[Animal, ...]
    keys: tuple[Key, ...]
    wordings: Mapping[Key, Wordings]
    exclusions: tuple[Exclusion, ...]
    blinding: Blinding

    @classmethod
    def of(
        cls,
        parts: Sequence[Part],
        failed: Sequence[Outcome] = (),
        *,
        unblind: bool = False,
        sheet: Sheet | None = None,
        factor: str = GROUP,
    ) -> Study:
        """The study of these results; measures are read one animal after the other.

        Parameters
        ----------
        parts, failed
            Results of all animals, and recordings without.
        unblind
            Whether groups are shown.
        sheet
            The animal sheet.
        factor
            The column of it that is compared.
        """
        rows = [part.row for part in parts if part.row]
        blinding = Blinding.of(sheet.rows if sheet else rows, unblind=unblind, factor=factor)
        wordings: dict[Key, Wordings] = {}
        animals = []
        for part in parts:
            values = {}
            path = part.folder / MEASURES
            for key, measure in longest(table.read_measures(path).rows if path.exists() else ()):
                values[key] = measure.value
                wordings.setdefault(key, Wordings()).add(measure.definition)
            animals.append(Animal(part, values))
        ordered = tuple(sorted(animals, key=lambda animal: blinding.place(animal.part)))
        excluded = (*_excluded(ordered, failed), *_without(sheet, ordered, failed))
        return cls(ordered, tuple(wordings), wordings, excluded, blinding)

    @property
    def used(self) -> tuple[Animal, ...]:
        """Those that nobody judged to have failed."""
        return tuple(animal for animal in self.animals if animal.word != "failed")

    def column(self, name: str) -> bool:
        """Whether any animal has something in a column of the sheet that may be shown."""
        return name not in self.blinding.hidden and any(
            animal.row.cell(name) for animal in self.animals
        )

    @property
    def others(self) -> tuple[str, ...]:
        """Further columns of the sheet that may be shown."""
        names = dict.fromkeys(name for animal in self.animals for name in animal.row.others)
        return tuple(name for name in names if name not in self.blinding.hidden)


def longest(rows: Sequence[Measure]) -> Iterator[tuple[Key, Measure]]:
    """For each measure the row over the longest time: the trial, or all events of a name."""
    found: dict[Key, Measure] = {}
    during = {row.during for row in rows}
    for row in rows:
        numbered = _NUMBERED.fullmatch(row.during)
        if numbered and numbered[1] in during:
            continue
        key = Key(row.quantity, row.unit, row.during)
        if key not in found or _lasting(row) > _lasting(found[key]):
            found[key] = row
    yield from found.items()


def _lasting(row: Measure) -> float:
    lasting = row.bin_stop_s - row.bin_start_s
    return lasting if math.isfinite(lasting) else 0.0


def _excluded(animals: Sequence[Animal], failed: Sequence[Outcome]) -> Iterator[Exclusion]:
    for outcome in failed:
        yield Exclusion(outcome.name, "", "", "not analysed", outcome.reason, outcome.remedy)
    for animal in animals:
        part, subject = animal.part, animal.row.subject
        if animal.word == "failed":
            what = "judged failed, left out of the figures" if animal.values else "not analysed"
            yield Exclusion(part.recording, part.arena, subject, what, animal.reasons)
        elif not animal.values:
            yield Exclusion(part.recording, part.arena, subject, "no measures", "none was written")


def _without(
    sheet: Sheet | None, animals: Sequence[Animal], failed: Sequence[Outcome]
) -> Iterator[Exclusion]:
    """Rows of the sheet that no result belongs to."""
    found = {animal.row.line for animal in animals}
    for row in sheet.rows if sheet else ():
        if row.line in found:
            continue
        video = " + ".join(row.video)
        reason = next((o.reason for o in failed if _same_file(o.name, row.video[0])), "")
        reason = f"its recording failed: {reason}" if reason else "there is no result for it"
        what = f"line {row.line} of {sheet.name if sheet else ''} without a result"
        yield Exclusion(video, row.arena, row.subject, what, reason)


def _same_file(name: str, cell: str) -> bool:
    """Whether one path ends in the other, suffixes left out."""
    both = [
        PurePosixPath(path.replace("\\", "/").casefold()).with_suffix("").parts
        for path in (name, cell)
    ]
    short = min(map(len, both))
    return both[0][-short:] == both[1][-short:]
