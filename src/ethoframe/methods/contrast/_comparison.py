"""What is compared with what, and what of measures and sheet that leaves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ethoframe.contract import WholeMethod, parameter
from ethoframe.data import Measures, Sheet
from ethoframe.data.tracking import OF_TRACKING
from ethoframe.methods.contrast._sample import Asked, pseudoreplicated
from ethoframe.methods.contrast._table import Pair, Quantity, Seen, Table, pairs

FEW = 2
"""Units of a level of which a spread is known."""


@dataclass(frozen=True)
class Read:
    """The numbers of every measure, and the levels.

    Parameters
    ----------
    pairs
        Levels, each with what it is compared with, in the order of the sheet.
    seen
        Numbers of animals by measure.
    warnings
        What must be known of them.
    """

    pairs: tuple[Pair, ...]
    seen: Mapping[Quantity, Sequence[Seen]]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Comparison(WholeMethod):
    """What whoever compares levels of a factor says of them."""

    factor: str = parameter("group", says="column of the animal sheet whose levels are compared")
    control: str = parameter("", says="level that the others are compared with; without it every "
        "pair of levels is")  # fmt: skip
    unit: str = parameter(
        "animal", says="what was treated, and counts as one", choices=("animal", "litter", "cage")
    )
    blocks: str = parameter("", says="columns within which levels are compared, as sex,litter")
    quantities: str = parameter(
        "", says="measures to compare, with ; between them; if empty, all that are not of tracking"
    )
    failed: str = parameter(
        "excluded", says="what becomes of recordings that were judged failed, where their results "
        "lie beside the measures", choices=("excluded", "kept"),
    )  # fmt: skip

    def asked(self, *, inside: bool = True) -> Asked:
        """The same as samples take it."""
        return Asked(self.name(), self.factor, self.unit, _listed(self.blocks, ","), inside)

    def read(self, measures: Measures, sheet: Sheet) -> Read | None:
        """The numbers of every measure that is compared; None without a row in the sheet.

        Raises
        ------
        Refusal
            When the levels cannot be compared, or animals that are alike would count as units.
        """
        if not len(sheet):
            return None
        compared = pairs(sheet, self.factor, self.control, self.name())
        levels = tuple(dict.fromkeys(level for pair in compared for level in reversed(pair)))
        table = Table.of(measures, sheet)
        wanted, asked = _listed(self.quantities, ";"), self.asked()
        named = {k for k in table.seen if not wanted or k.quantity in wanted}
        aside = {k for k in named if not wanted and k.quantity in OF_TRACKING}
        seen = {k: each for k, each in table.seen.items() if k in named - aside}
        warnings = [*sheet.notes, *self._every_pair(compared), *_strangers(table)]
        warnings += _aside([k for k in table.seen if k in aside])
        for key, each in seen.items():
            warnings += pseudoreplicated(each, levels, asked)
            warnings += _gone(table, key)
        return Read(compared, seen, tuple(dict.fromkeys(warnings)))

    def _every_pair(self, compared: Sequence[Pair]) -> Iterator[str]:
        """That no control was named, where it matters."""
        if not self.control and len(compared) > 1:
            yield (
                f"no control is named: every pair of the levels of {self.factor} is compared, "
                f"{len(compared)} in all; --control LEVEL compares each with one"
            )


def _aside(keys: Sequence[Quantity]) -> Iterator[str]:
    """That figures of tracking are no outcomes, and are not tested."""
    if keys:
        names = list(dict.fromkeys(key.quantity for key in keys))
        yield f"of tracking, and not compared unless --quantities names them: {', '.join(names)}"


def _strangers(table: Table) -> Iterator[str]:
    if table.strangers:
        few = ", ".join(table.strangers[:3]) + (" …" if len(table.strangers) > 3 else "")
        one = len(table.strangers) == 1
        many = "1 recording is" if one else f"{len(table.strangers)} recordings are"
        yield f"{many} left out, which no single row of the animal sheet is about: {few}"


def _gone(table: Table, key: Quantity) -> Iterator[str]:
    if key in table.missing and table.seen[key]:
        many = table.missing[key]
        have, are = ("recording has", "is") if many == 1 else ("recordings have", "are")
        yield (
            f"{key.quantity}: {many} {have} no value and {are} left out; if it is lacking because "
            "of the treatment, the difference is wrong"
        )


def _listed(text: str, between: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split(between))))
