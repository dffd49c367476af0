"""Whether q keeps what it promises where every pair of three groups is compared.

``python -m benchmarks.families`` writes the table into docs/statistics.md. Of 2000 studies each
share is known to about ± 1 point.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.groups import STUDIES, permutation_of, put, welch_of
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast._standard import false_discovery

GROUPS = 3
SIZES = (6, 10)
TESTS: Mapping[str, Callable[[Design, Array, float], tuple[Array, Array]]] = {
    "permutation": permutation_of,
    "Welch": welch_of,
}
ALPHA = 0.05

Row = dict[str, Any]


@dataclass(frozen=True)
class Family:
    """Studies of three groups, of which the last may differ.

    Parameters
    ----------
    animals
        Of each group.
    effect
        By which the last differs, in standard deviations.
    spread
        How much more it varies.
    skewed
        Whether values are exponentials of normal ones.
    measures
        That are compared; those after the first four differ in no group.
    """

    animals: int
    effect: float = 0.0
    spread: float = 1.0
    skewed: bool = False
    measures: int = 1

    @property
    def name(self) -> str:
        """In words."""
        told = f"one differs by {self.effect:g} SD" if self.effect else "none differs"
        told += ", one varies twice as much" if self.spread != 1 else ""
        told += ", skewed" if self.skewed else ""
        return told if self.measures == 1 else f"{told}, in 4 of {self.measures} measures"

    @property
    def group(self) -> Array:
        """Number of the group of each animal ``(animal,)``."""
        return np.repeat(np.arange(GROUPS), self.animals)

    def draw(self, studies: int, seed: int) -> Array:
        """Values ``(study, measure, animal)``; half of what varies, measures have in common."""
        chance, last = np.random.default_rng(seed), self.group == GROUPS - 1
        values = chance.normal(size=(studies, self.measures, len(last)))
        if self.measures > 1:
            common = chance.normal(size=(studies, 1, len(last)))
            values = np.sqrt(0.5) * (values + common)
        values *= np.where(last, self.spread, 1.0)
        values[:, : 4 if self.measures > 1 else 1] += self.effect * last
        return np.exp(0.5 * values) if self.skewed else np.asarray(values)


def families() -> Iterator[Family]:
    """Every kind."""
    for animals in SIZES:
        yield Family(animals)
        yield Family(animals, spread=2.0)
        yield Family(animals, skewed=True)
        yield Family(animals, effect=1.5)
        yield Family(animals, effect=1.5, measures=20)


def judged(family: Family, test: str, control: bool) -> Row:
    """What is found at q < 0.05, and what of it is not there."""
    values = family.draw(STUDIES, 7)
    pairs = [pair for pair in combinations(range(GROUPS), 2) if not control or pair[0] == 0]
    p = np.stack([_p(family, values, pair, test) for pair in pairs], axis=-1)
    there = np.zeros(p.shape[1:], bool)
    if family.effect:
        differing = slice(0, 4 if family.measures > 1 else 1)
        there[differing] = [pair[1] == GROUPS - 1 for pair in pairs]
    flat, real = p.reshape(STUDIES, -1), there.reshape(-1)
    found = np.array([false_discovery(each) for each in flat]) < ALPHA
    false = found & ~real
    told = {
        "alone": (flat <= ALPHA)[:, ~real].any(axis=1), "false": false.any(axis=1),
        "share": false.sum(axis=1) / np.maximum(found.sum(axis=1), 1),
    }  # fmt: skip
    row: Row = {name: 100 * float(each.mean()) for name, each in told.items()}
    finds = 100 * float(found[:, real].mean()) if real.any() else None
    return row | {"family": family, "test": test, "control": control, "finds": finds}


def _p(family: Family, values: Array, pair: tuple[int, int], test: str) -> Array:
    inside = np.isin(family.group, pair)
    design = Design(family.group[inside] == pair[1], np.zeros(int(inside.sum()), np.int64))
    some = values[..., inside].reshape(-1, int(inside.sum()))
    return np.asarray(TESTS[test](design, some, 0.0)[0].reshape(values.shape[:2]))


def line(row: Row) -> str:
    """A line of the table."""
    family: Family = row["family"]
    finds = "" if row["finds"] is None else f"{row['finds']:.1f}"
    cells = [
        family.name, f"3 × {family.animals}", "two with one" if row["control"] else "every pair",
        row["test"], *(f"{row[name]:.1f}" for name in ("alone", "false", "share")), finds,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| three groups | size | compared | test | any false, own p, % | any false, q, % "
    "| false among findings, % | finds each, q, % |"
)


def write() -> None:
    """Put the table into the docs."""
    lines = [HEAD, "|---|---|---|---|---|---|---|---|"]
    for family in families():
        for test in TESTS:
            if family.measures > 1 and test == "permutation":
                continue
            for control in (False, True):
                lines.append(line(judged(family, test, control)))
                print(lines[-1], flush=True, file=sys.stderr)
    put({"families": lines})


if __name__ == "__main__":
    write()
