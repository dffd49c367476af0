"""Whether tests of groups keep what they promise, in studies drawn by chance.

type I: % of studies without any effect that are called significant at 5 %. covers: % of 95 %
intervals that hold the true difference, in studies with an effect. Of 2000 studies each is known
to about ± 1 point. ``python -m benchmarks.groups`` writes the tables into docs/statistics.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr, stdtr

from ethoframe.data.noun import Array
from ethoframe.methods.contrast._deals import count, deals
from ethoframe.methods.contrast._difference import TIE, Design, studentised
from ethoframe.methods.contrast._intercepts import kenward_roger, solved
from ethoframe.methods.contrast._standard import false_discovery
from ethoframe.testing.studies import Plan, frames

PAGE = Path(__file__).parents[1] / "docs" / "statistics.md"
STUDIES = 2000
DEALS = 499
"""Random deals in a simulation, where there are over 1000: enough for the size to be exact."""
PIECE = 250
SIZES = ((4, 4), (6, 6), (8, 8), (12, 12), (4, 8), (8, 4))

Row = dict[str, Any]
Test = Callable[[Plan, Array, float], tuple[Array, Array]]
"""Of values ``(study, animal)`` and the true difference: p of none, and p of the true one."""


def rows() -> Iterator[Row]:
    """Every table, one after the other."""
    yield from independent()
    yield from litters()
    yield from others()


def independent() -> Iterator[Row]:
    """Animals that have nothing to do with each other."""
    kinds: Mapping[str, tuple[Plan, Plan]] = {
        "normal": (Plan(1, 1), Plan(1, 1, effect=1.0)),
        "normal, treated vary twice as much": (
            Plan(1, 1, spread=2.0), Plan(1, 1, effect=1.0, spread=2.0)
        ),
        "skewed": (Plan(1, 1, "skewed"), Plan(1, 1, "skewed", effect=np.log(2))),
        "latency, 30 % zeros": (Plan(1, 1, "latency"), Plan(1, 1, "latency", effect=np.log(2))),
    }  # fmt: skip
    for kind, pair in kinds.items():
        for treated, control in SIZES:
            null, real = (replace(p, treated=treated, control=control) for p in pair)
            name = f"{treated} v {control}"
            for test, how in {"permutation": permutation, "Welch": welch}.items():
                yield _row(kind, name, test, null, real, how)
            if kind == "skewed":
                for test, how in {"permutation": permutation, "Welch": welch}.items():
                    yield _row(kind, name, f"{test}, ratio", null, real, _log(how))


def litters() -> Iterator[Row]:
    """Animals of one litter are alike."""
    tests: Mapping[str, Test] = {
        "animals as units (Welch)": welch,
        "Wald z of a mixed model": _wald,
        "litter means, Welch": _of_litters(welch),
        "litter means, permutation": _of_litters(permutation),
        "mixed, Kenward–Roger": mixed,
    }
    for treated, pups in ((4, (3,)), (6, (3,)), (4, (1, 2, 4, 5)), (6, (1, 2, 4, 5)), (8, (2, 6))):
        for alike in (0.0, 0.25, 0.5):
            null = Plan(treated, treated, pups=pups, alike=alike)
            kind = f"whole litters treated, {alike:g} of the variance between litters"
            name = f"{treated} v {treated} litters of {' or '.join(map(str, pups))}"
            for test, how in tests.items():
                yield _row(kind, name, test, null, replace(null, effect=1.0), how)
    split: Mapping[str, Test] = {
        "animals as units (Welch)": welch,
        "blocks of litters, permutation": _blocked(permutation),
        "blocks of litters, t": _blocked(welch),
        "litter pairs, permutation": _of_pairs(permutation),
        "mixed, Kenward–Roger": mixed,
    }
    for pups in ((2,), (2, 3, 4)):
        for alike in (0.0, 0.5):
            null = Plan(4, 4, pups=pups, alike=alike, split=True)
            kind = f"litters split, {alike:g} of the variance between litters"
            name = f"8 litters of {' or '.join(map(str, pups))}"
            for test, how in split.items():
                yield _row(kind, name, test, null, replace(null, effect=1.0), how)


def others() -> Iterator[Row]:
    """Frames as units, false discovery, and the best of many measures."""
    whose = np.arange(12) < 6
    for many, per_s in ((60, 1), (600, 1), (3000, 5)):
        every, means = [], []
        for part in range(STUDIES // PIECE):
            values = frames(12, many, 5.0 * per_s, PIECE, 11 + part)
            every.append(_frame_wise(values, whose))
            means.append(welch_of(_alone(whose), values.mean(axis=-1), 0.0)[0])
        name = f"6 v 6 animals, {many} frames each, {per_s} a second"
        yield _told("frames", name, "each frame as a unit", np.concatenate(every))
        yield _told("frames", name, "means of animals", np.concatenate(means))
    yield from _discovery()
    yield from _ranked()


def _frame_wise(values: Array, whose: Array) -> Array:
    """P of a t test that takes each frame for a unit."""
    groups = [values[:, side].reshape(len(values), -1) for side in (whose, ~whose)]
    error = np.sqrt(sum(each.var(axis=1, ddof=1) / each.shape[1] for each in groups))
    difference = groups[0].mean(axis=1) - groups[1].mean(axis=1)
    return np.asarray(2 * ndtr(-np.abs(difference) / error))


def _discovery() -> Iterator[Row]:
    """Twenty measures that go together, four of which differ by 2 standard deviations."""
    plan, chance = Plan(8, 8), np.random.default_rng(5)
    common = chance.normal(size=(STUDIES, 1, 16))
    values = np.sqrt(0.5) * (common + chance.normal(size=(STUDIES, 20, 16)))
    values[:, :4] += 2.0 * plan.group
    p, _ = welch_of(_alone(plan.group), values.reshape(-1, 16), 0.0)
    p = p.reshape(STUDIES, 20)
    for name, found in (
        ("p < 0.05", p < 0.05),
        ("q < 0.05", np.array([false_discovery(each) for each in p]) < 0.05),
    ):
        called = found.sum(axis=1)
        false = found[:, 4:].sum(axis=1) / np.maximum(called, 1)
        yield {
            "kind": "20 measures, 4 of which differ", "size": "8 v 8", "test": name,
            "false findings, %": 100 * float(false.mean()),
            "found of 4": float(found[:, :4].sum(axis=1).mean()),
        }  # fmt: skip


def _ranked() -> Iterator[Row]:
    """Forty measures without any effect, the best of which is looked at."""
    plan, chance = Plan(8, 8), np.random.default_rng(6)
    values = chance.normal(size=(STUDIES, 40, 16))
    design = _alone(plan.group)
    best = np.abs(design.told(values).statistic)
    p, _ = welch_of(design, values, 0.0)
    yield _told("best of 40 measures", "8 v 8", "its own p", p.min(axis=1))
    # Chosen on half of the animals, judged on the others.
    first = np.tile([True, False], 8)
    half = _alone(plan.group[first])
    chosen = np.abs(half.told(values[..., first]).statistic).argmax(axis=1)
    held, _ = welch_of(_alone(plan.group[~first]), values[..., ~first], 0.0)
    each = np.arange(len(values))
    yield _told("best of 40 measures", "8 v 8", "p on animals held out", held[each, chosen])
    dealing, _ = deals(design, 199, 3)
    chance_best = np.zeros((len(values), len(dealing)))
    for k, one in enumerate(values):
        chance_best[k] = np.abs(studentised(*design.under(one, dealing))).max(axis=0)
    against = ((chance_best >= best.max(axis=1)[:, None]).sum(axis=1) + 1) / (len(dealing) + 1)
    yield _told("best of 40 measures", "8 v 8", "against the best under permuted labels", against)


def welch(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
    """Welch's test of animals."""
    return welch_of(_alone(plan.group), values, truth)


def welch_of(design: Design, values: Array, truth: float) -> tuple[Array, Array]:
    """The same of any design."""
    told, freedom = design.told(values), design.freedom(values)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.abs(told.difference - truth) / told.error
    far = np.nan_to_num(np.stack([np.abs(told.statistic), off]), nan=0.0, posinf=1e9)
    p = 2 * stdtr(freedom, -far)
    return p[0], p[1]


def permutation(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
    """The permutation test of animals."""
    return permutation_of(_alone(plan.group), values, truth)


def permutation_of(design: Design, values: Array, truth: float) -> tuple[Array, Array]:
    """The same of any design."""
    dealing, whole = deals(design, DEALS, 1) if count(design) > 1000 else deals(design, 1, 1)
    found = []
    for off in (0.0, truth):
        parts = [
            _dealt(design, values[k : k + PIECE] - off * design.treated, dealing, whole=whole)
            for k in range(0, len(values), PIECE)
        ]
        found.append(np.concatenate(parts))
    return found[0], found[1]


def _dealt(design: Design, values: Array, dealing: Array, *, whole: bool) -> Array:
    chance = np.abs(studentised(*design.under(values, dealing)))
    seen = np.abs(design.told(values).statistic)[:, None]
    below = (chance >= seen * (1 - TIE)).sum(axis=1)
    return np.asarray(below / len(dealing) if whole else (below + 1) / (len(dealing) + 1))


def mixed(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
    """The mixed model, its likelihood looked at for 400 shares of variance at once."""
    estimate, error, freedom, _, _ = _profiles(plan, values, bounded=False)
    return tuple(2 * stdtr(freedom, -np.abs(estimate - off) / error) for off in (0.0, truth))


def _wald(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
    """What most programs print."""
    estimate, _, _, wald, _ = _profiles(plan, values, bounded=True)
    return tuple(2 * ndtr(-np.abs(estimate - off) / wald) for off in (0.0, truth))


def _profiles(plan: Plan, values: Array, *, bounded: bool) -> tuple[Array, ...]:
    sizes = np.bincount(plan.litter)
    fixed = np.stack([np.ones(len(plan.group)), plan.group], axis=1).astype(float)
    same = (plan.litter[:, None] == plan.litter).astype(float)
    left, unit = len(plan.litter) - 2, np.eye(len(plan.litter))
    least = 0.0 if bounded else -1 / (sizes.max() - 1)
    told = []
    for share in np.linspace(least + (not bounded) * 1e-4, 0.995, 401):
        ratio = share / (1 - share)
        inverse, projection = solved(fixed, unit + ratio * same)
        square = ((values @ projection) * values).sum(axis=1)
        cover = np.linalg.inv(fixed.T @ inverse @ fixed)
        shape = np.linalg.slogdet(cover)[1]
        cost = left * np.log(square) + np.log(1 + ratio * sizes).sum() - shape
        error, freedom = kenward_roger(fixed, inverse, same, 1)
        scale = np.sqrt(square / left)
        estimate = values @ (cover @ fixed.T @ inverse)[1]
        wald = np.sqrt(cover[1, 1])
        told.append([cost, estimate, error * scale, np.full(len(values), freedom), wald * scale])
    every = np.array(told)
    best = every[:, 0].argmin(axis=0)
    picked = every[best, :, np.arange(len(values))].T
    return (*picked[1:], best)


def _alone(group: Array) -> Design:
    return Design(np.asarray(group), np.zeros(len(group), int))


def _log(test: Test) -> Test:
    def of(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
        del truth
        return test(plan, np.log(values), plan.effect)

    return of


def _of_litters(test: Callable[[Plan, Array, float], tuple[Array, Array]]) -> Test:
    """Of means of whole litters."""

    def of(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
        means = np.stack([values[:, plan.litter == k].mean(axis=1) for k in np.unique(plan.litter)])
        return test(Plan(plan.treated, plan.control), means.T, truth)

    return of


def _blocked(test: Test) -> Test:
    """Of animals, within litters."""
    inner = {permutation: permutation_of, welch: welch_of}[test]
    return lambda plan, values, truth: inner(Design(plan.group, plan.litter), values, truth)


def _of_pairs(test: Test) -> Test:
    """Of means of the treated and the others of each litter."""
    inner = {permutation: permutation_of, welch: welch_of}[test]

    def of(plan: Plan, values: Array, truth: float) -> tuple[Array, Array]:
        keys = [(k, treated) for k in np.unique(plan.litter) for treated in (True, False)]
        means = [
            values[:, (plan.litter == k) & (plan.group == treated)].mean(axis=1)
            for k, treated in keys
        ]
        design = Design(np.array([t for _, t in keys]), np.array([k for k, _ in keys]))
        return inner(design, np.stack(means, axis=1), truth)

    return of


def _row(kind: str, size: str, name: str, null: Plan, real: Plan, test: Test) -> Row:
    p, _ = test(null, null.draw(STUDIES, 1), 0.0)
    power, off = test(real, real.draw(STUDIES, 2), real.truth)
    return {
        "kind": kind, "size": size, "test": name, "type I, %": 100 * float((p <= 0.05).mean()),
        "covers, %": 100 * float((off > 0.05).mean()),
        "finds it, %": 100 * float((power <= 0.05).mean()),
    }  # fmt: skip


def _told(kind: str, size: str, name: str, p: Array) -> Row:
    return {"kind": kind, "size": size, "test": name, "type I, %": 100 * float((p <= 0.05).mean())}


def tables(found: list[Row]) -> dict[str, list[str]]:
    """The tables of the page, line by line."""
    alone, within, rest = [], [], []
    for row in found:
        cells = f"| {row['kind']} | {row['size']} | {row['test']} |"
        if "false findings, %" in row:
            rest.append(f"{cells} {row['false findings, %']:.1f} % of the findings are false |")
        elif "covers, %" not in row:
            rest.append(f"{cells} {row['type I, %']:.1f} % significant |")
        else:
            numbers = (row[k] for k in ("type I, %", "covers, %", "finds it, %"))
            line = f"{cells} {' | '.join(f'{number:.1f}' for number in numbers)} |"
            (within if "litters" in row["kind"] else alone).append(line)
    head = [
        "| values | size | test | type I, % | covers, % | finds it, % |",
        "|---|---|---|---|---|---|",
    ]
    other = ["| what | size | test | |", "|---|---|---|---|"]
    return {"animals": [*head, *alone], "litters": [*head, *within], "others": [*other, *rest]}


def write() -> None:
    """Put the tables into the docs."""
    found = []
    for row in rows():
        print({k: round(v, 1) if isinstance(v, float) else v for k, v in row.items()}, flush=True)
        found.append(row)
    put(tables(found))


def put(tables: Mapping[str, list[str]]) -> None:
    """Put tables into the page, by their names in it."""
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in tables.items():
        between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = between.sub(lambda m, lines=lines: m[1] + "\n".join(lines) + "\n" + m[2], text)
    PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
