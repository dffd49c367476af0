"""The columns of a figure: groups, and sessions where animals come again."""

from __future__ import annotations

from dataclasses import dataclass

from ethoframe.report.study.study import Animal, Key, Study

NO_SESSION = "no session"


@dataclass(frozen=True)
class Category:
    """One column of a figure.

    Parameters
    ----------
    group, session
        As in the sheet, the group being the level of what is compared; empty where they are
        hidden, or nothing is told apart by them.
    number
        Of the group, from 0, for its colour.
    animals
        In it, those that failed as well.
    """

    group: str
    session: str
    number: int
    animals: tuple[Animal, ...]

    @property
    def label(self) -> str:
        """Its name on one line."""
        return ", ".join(part for part in (self.group, self.session) if part) or "all animals"

    @property
    def count(self) -> int:
        """How many animals, without those that failed."""
        return len({whose(animal) for animal in self.animals if animal.word != "failed"})

    def values(self, key: Key) -> list[float]:
        """One value for each animal: the mean of several where it is there more than once.

        Values that are not defined, and animals that failed, are left out.
        """
        by_subject: dict[object, list[float]] = {}
        for animal in self.animals:
            value = animal.values.get(key, float("nan"))
            if animal.word != "failed" and value == value:
                by_subject.setdefault(whose(animal), []).append(value)
        return [sum(values) / len(values) for values in by_subject.values()]


def categories(study: Study) -> tuple[Category, ...]:
    """Groups in the order of the sheet, each with its sessions if an animal is in several."""
    factor = study.blinding.factor
    by_group = not study.blinding.on and study.column(factor)
    by_session = factor != "session" and study.column("session") and _again(study.animals)
    found: dict[tuple[str, str], list[Animal]] = {}
    for animal in study.animals:
        group = (animal.row.cell(factor) or f"no {factor}") if by_group else ""
        session = (animal.row.session or NO_SESSION) if by_session else ""
        found.setdefault((group, session), []).append(animal)
    groups = list(dict.fromkeys(group for group, _ in found))
    sessions = list(dict.fromkeys(session for _, session in found))
    ordered = sorted(found, key=lambda at: (groups.index(at[0]), sessions.index(at[1])))
    return tuple(
        Category(group, session, groups.index(group), tuple(found[group, session]))
        for group, session in ordered
    )


def _again(animals: tuple[Animal, ...]) -> bool:
    sessions: dict[str, set[str]] = {}
    for animal in animals:
        if animal.row.subject:
            sessions.setdefault(animal.row.subject, set()).add(animal.row.session)
    return any(len(each) > 1 for each in sessions.values())


def whose(animal: Animal) -> object:
    """Who an animal is; one without a name is another one each time."""
    return animal.row.subject or (animal.part.recording, animal.part.arena)
