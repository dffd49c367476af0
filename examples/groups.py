"""From tracks of two groups to the difference between them: eight animals against eight.

    python examples/groups.py

The treated go into open arms more often. Each animal is one unit, however many entries it makes.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ethoframe import recipes
from ethoframe.data import Effects, Measures, Row, Sheet
from ethoframe.methods.contrast.permutation import Permutation
from ethoframe.run import apply
from ethoframe.run.outputs import measures_in
from ethoframe.run.traced import carried_out
from ethoframe.testing.mazes import plus_maze

ANIMALS = 8
OUTCOME = "entries to open of open and closed"
OPEN_SHARE = {"saline": 0.3, "diazepam": 0.5}
"""Of the entries of an animal, by what it was given; each animal has its own habits besides."""


def study() -> tuple[Measures, Sheet]:
    """One plus maze for each animal, and the sheet that says who was given what."""
    recipe = recipes.load("plus-maze", from_tracks=True).configured({"zones.open": "left-right"})
    recipe = replace(recipe, gives={name: recipe.gives[name] for name in ("arms", "trial")})
    chance, sheet, measures = np.random.default_rng(5), [], []
    for number in range(2 * ANIMALS):
        name, group = f"m{number + 1:02d}", list(OPEN_SHARE)[number % 2]
        share = np.clip(OPEN_SHARE[group] + chance.normal(0, 0.08), 0.05, 0.95)
        odds = [(1 - share) / 2, share / 2] * 2
        order = chance.choice(["up", "right", "down", "left"], 30, p=odds)
        maze = plus_maze([str(arm) for arm in order], stay_s=1.0, noise_mm=1.0, seed=number)
        found = carried_out(recipe, {"tracks": maze.tracks, "arena": maze.arena})
        measures.append(measures_in(found.answers).of(recording=name, subject=name))
        sheet.append(Row(line=number + 2, video=(name,), subject=name, group=group))
    return Measures.joined(measures), Sheet("animals.csv", tuple(sheet), ("video", "group"))


def difference(measures: Measures, sheet: Sheet) -> Effects:
    """Of every measure, by a permutation test on the animals."""
    test = Permutation(factor="group", control="saline", dealt=999)
    found: Effects = apply(test, measures=measures, sheet=sheet)
    return found


if __name__ == "__main__":
    (found,) = [row for row in difference(*study()).rows if row.quantity == OUTCOME]
    print(f"{found.quantity}: {found.mean:.0f} % of diazepam, {found.mean_control:.0f} % of saline")
    print(f"difference {found.effect:.0f} points, 95 % {found.low:.0f} to {found.high:.0f}")
    print(f"p = {found.p:.3f}, g = {found.g:.1f}, {found.n} against {found.n_control} animals")
    print(found.definition)
