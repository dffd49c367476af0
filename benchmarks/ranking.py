"""Whether a ranking of many measures keeps what it promises, in studies drawn by chance.

Forty measures, of which none or one differs between the groups. ``python -m benchmarks.ranking``
writes the table into docs/statistics.md. Of 2000 studies each share is known to about ± 1 point.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr

from benchmarks.groups import put
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._deals import orders, turns
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast._held_out import Apart
from ethoframe.methods.contrast._parting import Parting

STUDIES = 2000
"""Of a kind; a quarter where a measure differs."""
MEASURES = 40
DEALS, PARTS = 39, 12
"""Fewer than the method takes: the size of a test is exact with 39 deals, its power is lower."""
MORE, WHOLE = 99, 36
"""Deals where a measure differs, and ways to part four against four: all of them."""
JOBS = 2

Row = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """Studies of one kind.

    Parameters
    ----------
    treated, control
        Animals of each group.
    alike
        Share of the variance that all measures have in common.
    effect
        By which the first measure differs, in standard deviations.
    spread
        How much more the treated vary.
    skewed
        Whether values are exponentials of normal ones.
    """

    treated: int
    control: int
    alike: float = 0.0
    effect: float = 0.0
    spread: float = 1.0
    skewed: bool = False

    @property
    def name(self) -> str:
        """In words."""
        told = "none differs" if not self.effect else f"one differs by {self.effect:g} SD"
        told += ", skewed" if self.skewed else ""
        return told + (", treated vary twice as much" if self.spread != 1 else "")

    def draw(self, seed: int) -> Array:
        """Values of a study ``(measure, animal)``; the treated come first."""
        chance, animals = np.random.default_rng(seed), self.treated + self.control
        common = np.sqrt(self.alike) * chance.normal(size=animals)
        values = common + np.sqrt(1 - self.alike) * chance.normal(size=(MEASURES, animals))
        values[:, : self.treated] *= self.spread
        values[0, : self.treated] += self.effect
        return np.exp(values) if self.skewed else np.asarray(values)


def plans() -> Iterator[Plan]:
    """Every kind."""
    for animals in (4, 6, 8, 12):
        for alike in (0.0, 0.5):
            yield Plan(animals, animals, alike)
    yield Plan(4, 8, 0.5)
    yield Plan(4, 8, 0.5, spread=2.0)
    yield Plan(6, 6, 0.5, spread=2.0)
    yield Plan(8, 8, 0.5, skewed=True)
    for animals, effect in ((4, 3.0), (6, 2.5), (8, 2.0), (12, 1.5)):
        yield Plan(animals, animals, 0.5, effect)
    yield Plan(4, 8, 0.5, 2.75)
    yield Plan(8, 8, 0.5, 2.0, skewed=True)


def judged(plan: Plan) -> Row:
    """What the ranking says of its studies."""
    return _judged(plan, STUDIES // 4 if plan.effect else STUDIES)


def _judged(plan: Plan, studies: int) -> Row:
    design = Design(np.arange(plan.treated + plan.control) < plan.treated, _zeros(plan))
    alone = np.arange(len(design.treated))
    small = len(alone) <= 8
    ways, dealt = (WHOLE, MORE) if small else (PARTS, MORE if plan.effect else DEALS)
    told = []
    for seed in range(studies):
        parting = Parting.of(design, alone, ways, seed)
        dealing = orders(design, dealt, seed, every=parting.whole)
        turning = turns(design, dealt, seed)
        apart = Apart.of(design, plan.draw(seed), parting, dealing, turning)
        first = apart.order[0]
        told.append([
            apart.own[first] <= 0.05, apart.among[first] <= 0.05, apart.choice <= 0.05,
            first == 0, first == 0 and apart.among[0] <= 0.05, apart.separation[first],
            apart.chosen[0], apart.separation[0], apart.best[0],
        ])  # fmt: skip
    means = np.mean(np.array(told, float), axis=0)
    names = "own best choice first found top chosen one share"
    return {"plan": plan, **dict(zip(names.split(), means.tolist(), strict=True))}


def _zeros(plan: Plan) -> Array:
    return np.zeros(plan.treated + plan.control, np.int64)


def line(row: Row) -> str:
    """A line of the table."""
    plan: Plan = row["plan"]
    shares = [f"{100 * row[name]:.1f}" for name in ("own", "best", "choice")]
    first = f"{100 * row['first']:.0f}, {100 * row['found']:.0f}" if plan.effect else ""
    truth = float(ndtr(plan.effect / np.sqrt(1 + plan.spread**2)))
    real = f"{row['one']:.3f} ({truth:.3f})"
    becomes = 0.5 + row["share"] * (truth - 0.5) if plan.effect else 0.5
    size = f"{plan.treated} v {plan.control}"
    cells = [
        plan.name, size, f"{plan.alike:g}", *shares, first,
        f"{row['top']:.2f}", real, f"{row['chosen']:.3f} ({becomes:.3f})",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| 40 measures | size | alike | best, own p | best, p | choosing, p | first, found | best "
    "| first measure | chosen |"
)


def write() -> None:
    """Put the table into the docs."""
    lines = [HEAD, "|---|---|---|---|---|---|---|---|---|---|"]
    with ProcessPoolExecutor(JOBS) as pool:
        for row in pool.map(judged, plans()):
            print(line(row), flush=True, file=sys.stderr)
            lines.append(line(row))
    put({"ranking": lines})


if __name__ == "__main__":
    write()
