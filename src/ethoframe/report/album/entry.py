"""What the page over many pictures knows of one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ethoframe.report.picture.card import Card
from ethoframe.run.order import Outcome

Word = Literal["failed", "look", ""]


@dataclass(frozen=True)
class Entry:
    """One picture, or one that could not be worked on.

    Parameters
    ----------
    name, folder
        As in the tables, and where its results are.
    kept
        Whether there are results, be they to trust or not.
    word
        ``"failed"`` where there is no result or none to trust, ``"look"`` where there are warnings.
    lines
        Why, and what else to know.
    facts, numbers, picture
        As of `Card`.
    subject
        Who or what it is of, as far as an animal sheet says.
    """

    name: str
    folder: Path
    kept: bool
    word: Word = ""
    lines: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float | None, str], ...] = ()
    picture: str = ""
    subject: str = ""

    @classmethod
    def of(cls, outcome: Outcome) -> Entry:
        """The entry of an outcome, with what was written beside its report."""
        kept = outcome.finished or bool(outcome.parts)
        # What an earlier run left in the folder says nothing of a file that fails now.
        card = (Card.read(outcome.folder) if kept else None) or Card()
        reasons = []
        if card.failed:
            reasons.append(f"registration failed: {card.failed}")
        elif not outcome.finished:
            reason = outcome.reason or "it could not be worked on"
            reasons.append(f"{reason}; {outcome.remedy}" if outcome.remedy else reason)
        # What failed is often among the warnings, in the same words.
        others = [line for line in outcome.warnings if not card.failed or card.failed not in line]
        lines = tuple(dict.fromkeys((*reasons, *others)))
        word: Word = "failed" if reasons else "look" if lines else ""
        facts, numbers, picture = card.facts, card.numbers, card.picture
        whose = dict.fromkeys(p.row.subject for p in outcome.parts if p.row and p.row.subject)
        told = facts, numbers, picture, ", ".join(whose)
        return cls(outcome.name, outcome.folder, kept, word, lines, *told)

    def value(self, quantity: str, unit: str) -> float | None:
        """The number of a quantity in this unit; None where there is none."""
        found = (value for name, value, own in self.numbers if (name, own) == (quantity, unit))
        return next(found, None)
