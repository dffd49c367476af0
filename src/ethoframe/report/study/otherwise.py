"""Same data, other definitions: how much what a study says rests on how things were defined."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Effect
from ethoframe.data.noun import Array
from ethoframe.formats import table
from ethoframe.report.study.categories import Category, categories
from ethoframe.report.study.contrast import Compared
from ethoframe.report.study.study import Animal, Key, Study, longest
from ethoframe.run.names import PROVENANCE
from ethoframe.run.outputs import OTHERWISE

USED = "as analysed"
"""What the definition is called that was used."""
SAME = 0.05
"""A share by which a measure may be off and still hardly moves."""
ALIKE = 0.95
"""Rank correlation from which on animals stand in the same order."""

Values = Mapping[Key, float]


@dataclass(frozen=True)
class Definition:
    """A study by one definition.

    Parameters
    ----------
    name
        What the recipe calls it; empty for how all was analysed.
    study
        The same animals with the values that they have by it.
    compared
        Its groups; None where they are hidden.
    """

    name: str
    study: Study
    compared: Compared | None = None

    @property
    def columns(self) -> tuple[Category, ...]:
        """Its groups, as in figures."""
        return categories(self.study)

    def effects(self, key: Key) -> tuple[Effect, ...]:
        """Differences between groups that could be told."""
        found = self.compared.of_measure(key) if self.compared else ()
        return tuple(effect for effect in found if effect.p == effect.p)


@dataclass(frozen=True)
class Multiverse:
    """A study by every definition that its recipe can defend.

    Parameters
    ----------
    usual
        By the definition that was used.
    others
        By the others.
    lacking
        What cannot be told by some of them, a sentence each.
    drawn
        Whether there is a figure of it for print.

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel, Perspect. Psychol. Sci. 11 (2016), 702-712.
    """

    usual: Definition
    others: tuple[Definition, ...] = ()
    lacking: tuple[str, ...] = ()
    drawn: bool = False

    @classmethod
    def of(
        cls, study: Study, out: Path, compared: Compared | None, keys: Sequence[Key]
    ) -> Multiverse:
        """The study by the definitions that are in its results.

        Parameters
        ----------
        study
            By the definition that was used.
        out
            The folder of the results.
        compared
            Its groups; None where they are hidden.
        keys
            Measures whose groups are compared by each definition.
        """
        told = [_read(animal) for animal in study.animals]
        names = dict.fromkeys(name for values, _ in told for name in values)
        others = []
        for name in names:
            every = [values.get(name, {}) for values, _ in told]
            changed = _by(study, every)
            few = _by(study, [{k: v for k, v in each.items() if k in keys} for each in every])
            again = Compared.of(few, out) if compared is not None else None
            others.append(Definition(name, changed, again))
        return cls(Definition("", study, compared), tuple(others), tuple(_lacking(told)))

    @property
    def keys(self) -> tuple[Key, ...]:
        """Measures that any animal has otherwise by any definition, in the order of the study."""
        return tuple(key for key in self.usual.study.keys if self.moving(key))

    def moving(self, key: Key) -> tuple[Definition, ...]:
        """The definitions by which any animal has another value."""
        return tuple(each for each in self.others if self.moves(each, key))

    def moves(self, definition: Definition, key: Key) -> bool:
        """Whether any animal has another value by it."""
        before, after = self._pairs(definition, key)
        return bool(np.any(~np.isclose(before, after, rtol=1e-9, atol=0.0, equal_nan=True)))

    def ratios(self, definition: Definition, key: Key) -> Array:
        """Each animal's value as a multiple of what it is; without those that are 0 or not told."""
        before, after = self._pairs(definition, key)
        known = np.isfinite(before) & np.isfinite(after) & (before != 0)
        return np.asarray(after[known] / before[known])

    def alike(self, definition: Definition, key: Key) -> float:
        """Spearman's rank correlation with what it is, over animals; NaN where there is none."""
        before, after = self._pairs(definition, key)
        known = np.isfinite(before) & np.isfinite(after)
        a, b = _ranks(before[known]), _ranks(after[known])
        if len(a) < 3 or not (np.ptp(a) and np.ptp(b)):
            return math.nan
        return float(np.corrcoef(a, b)[0, 1])

    def hardly_moves(self, key: Key) -> bool:
        """Whether, by each definition, animals keep their order and their values nearly."""
        for each in self.moving(key):
            ratios, alike = self.ratios(each, key), self.alike(each, key)
            if not len(ratios) or abs(float(np.median(ratios)) - 1) > SAME or not alike >= ALIKE:
                return False
        return True

    def _pairs(self, definition: Definition, key: Key) -> tuple[Array, Array]:
        """Values of the animals that did not fail and have any by the definition."""
        both = [
            (usual.values.get(key, math.nan), other.values[key])
            for usual, other in zip(self.usual.study.animals, definition.study.animals, strict=True)
            if usual.word != "failed" and key in other.values
        ]
        before, after = np.array(both, np.float64).reshape(-1, 2).T
        return before, after


def null(compared: Compared | None) -> float:
    """The effect that is none: 0 for differences, 1 for ratios."""
    frozen = compared.frozen if compared else None
    asked = frozen.test["parameters"].get("effect") if frozen else ""
    return 1.0 if asked == "ratio" else 0.0


def turned(usual: Effect, other: Effect, none: float) -> str:
    """What an effect says otherwise by another definition, in words; empty where nothing.

    Examples
    --------
    >>> told = dict(quantity="a", unit="s", level="drug", control="saline", n=4, n_control=4,
    ...             animals=4, animals_control=4, factor="group", test="", definition="",
    ...             unit_of_analysis="animal")
    >>> usual = Effect(effect=2.0, low=0.5, high=3.5, **told)
    >>> turned(usual, Effect(effect=2.0, low=-0.5, high=4.5, **told), 0.0)
    'the interval holds 0'
    >>> turned(usual, Effect(effect=-2.0, low=-5.0, high=1.0, **told), 0.0)
    'the other way round, and the interval holds 0'
    """
    said = []
    before, after = (holds(each, none) for each in (usual, other))
    if (usual.effect - none) * (other.effect - none) < 0:
        both = f"; both intervals hold {none:g}" if before and after else ""
        said.append(f"the other way round{both}")
    if before != after:
        said.append(f"the interval holds {none:g}" + ("" if after else " no more"))
    return ", and ".join(said)


def holds(effect: Effect, none: float) -> bool:
    """Whether no difference is within the interval."""
    return not (effect.low > none or effect.high < none)


def _by(study: Study, values: Sequence[Values]) -> Study:
    animals = tuple(
        replace(animal, values=each) for animal, each in zip(study.animals, values, strict=True)
    )
    return replace(study, animals=animals)


def _read(animal: Animal) -> tuple[dict[str, dict[Key, float]], dict[str, str]]:
    """An animal's values by each definition, and why there are none by others."""
    path = animal.part.folder / OTHERWISE
    found = table.read_otherwise(path) if path.exists() else {}
    values = {
        name: {key: row.value for key, row in longest(rows.rows)} for name, rows in found.items()
    }
    return values, dict(_told(animal).get("lacking otherwise", {}))


def _told(animal: Animal) -> dict[str, Any]:
    try:
        text = (animal.part.folder / PROVENANCE).read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
    except (OSError, ValueError):
        return {}
    return found


def _lacking(told: Sequence[tuple[Mapping[str, Any], Mapping[str, str]]]) -> Iterator[str]:
    reasons: dict[tuple[str, str], int] = {}
    for _, lacking in told:
        for name, reason in lacking.items():
            reasons[name, reason] = reasons.get((name, reason), 0) + 1
    for (name, reason), count in reasons.items():
        of = "" if count == len(told) else f", in {count} of {len(told)} results"
        yield f"{name}: {reason.partition(';')[0]}{of}"


def _ranks(values: Array) -> Array:
    """Ranks; of equal values the mean of theirs."""
    ordered = np.sort(values)
    first, last = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray((first + last) / 2)
