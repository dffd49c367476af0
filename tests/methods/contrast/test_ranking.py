"""Rankings against what can be counted by hand, and against chance."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from ethoframe.data import Measures, Sheet
from ethoframe.methods.contrast._deals import orders, turns
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast._held_out import Apart, evened
from ethoframe.methods.contrast._parting import Parting
from ethoframe.methods.contrast.ranking import Ranking
from tests.methods.contrast.conftest import study

GROUPS = ["saline"] * 4 + ["drug"] * 4


def _several(values, **columns):
    """The same animals with a measure for each row of values."""
    parts = [study(row, **columns) for row in values]
    rows = [
        vars(measure) | {"quantity": f"measure {k}"}
        for k, part in enumerate(parts)
        for measure in part["measures"].rows
    ]
    kind = type(parts[0]["measures"].rows[0])
    return {"measures": Measures(tuple(kind(**row) for row in rows)), "sheet": parts[0]["sheet"]}


def _apart(values, treated, block=None, ways=100, dealt=99, seed=1, kin=None):
    treated = np.asarray(treated, bool)
    design = Design(treated, np.zeros(len(treated), int) if block is None else np.asarray(block))
    kin = np.arange(len(treated)) if kin is None else np.asarray(kin)
    parting = Parting.of(design, kin, ways, seed)
    every = parting.whole or not parting.moving
    dealing = orders(design, dealt, seed, every=every)
    return Apart.of(design, np.asarray(values), parting, dealing, turns(design, dealt, seed))


def test_the_best_of_seventy_deals_and_its_mirror():
    values = [[1, 2, 3, 4, 11, 12, 13, 14], [5, 1, 7, 2, 6, 3, 8, 4]]
    found = Ranking().apply(**_several(values, group=GROUPS))
    first, second, chosen = found.rows
    assert (first.quantity, first.effect, first.p) == ("measure 0", 1.0, pytest.approx(2 / 70))
    assert (first.n, first.animals, first.mean, first.mean_control) == (4, 4, 12.5, 2.5)
    assert second.p > 0.1
    assert "36 ways to part the animals, 70 deals" in first.definition
    assert chosen.quantity == "whichever measure is best on other animals"
    assert (chosen.effect, chosen.p) == (1.0, pytest.approx(2 / 70))
    assert found.family == "2 tests: 2 measures × 1 comparison"


def test_separation_is_that_of_every_split_counted_one_by_one():
    chance = np.random.default_rng(3)
    values = chance.normal(size=8) + 0.4 * (np.arange(8) < 4)
    (even,) = evened(values[None], np.zeros(8))
    shares = []
    for a in combinations(range(4), 2):
        for b in combinations(range(4, 8), 2):
            one, two = set(a), set(b)
            other, rest = set(range(4)) - one, set(range(4, 8)) - two
            higher = even[list(one)].mean() > even[list(two)].mean()
            pairs = [values[i] > values[j] for i in other for j in rest]
            shares.append(np.mean([pair == higher for pair in pairs]))
    found = _apart(values[None], np.arange(8) < 4)
    assert found.separation[0] == pytest.approx(np.mean(shares))


def test_nothing_is_found_where_there_is_nothing():
    chance = np.random.default_rng(8)
    found = [
        _apart(chance.normal(size=(12, 12)), np.arange(12) < 6, ways=10, dealt=39, seed=k)
        for k in range(60)
    ]
    best = np.mean([each.among.min() <= 0.05 for each in found])
    own = np.mean([each.own.min() <= 0.05 for each in found])
    assert best <= 0.12
    assert own > 0.25
    assert np.mean([each.chosen[0] for each in found]) == pytest.approx(0.5, abs=0.05)
    assert np.mean([each.separation for each in found]) == pytest.approx(0.5, abs=0.02)


def test_what_differs_is_found_and_holds_on_others():
    chance = np.random.default_rng(2)
    values = chance.normal(size=(20, 16))
    values[7, :8] += 4.0
    found = _apart(values, np.arange(16) < 8, dealt=199)
    assert found.order[0] == 7
    assert found.among[7] < 0.02
    assert found.chosen[0] > 0.9
    assert found.best[7] > 0.8
    assert (np.diff(found.among[found.order]) >= 0).all()
    assert (found.among >= found.own).all()


def test_p_among_all_is_that_of_one_where_there_is_one():
    found = _apart(np.random.default_rng(1).normal(size=(1, 10)), np.arange(10) < 5)
    assert found.among.tolist() == found.own.tolist()


def test_a_measure_that_few_have_has_no_p_and_does_not_disturb():
    values = np.random.default_rng(5).normal(size=(3, 8))
    values[1, 1:4] = math.nan
    told = Ranking().apply(**_several(values, group=GROUPS))
    alone = Ranking().apply(**_several(values[[0, 2]], group=GROUPS))
    few = told.row("measure 1")
    assert math.isnan(few.p)
    assert "two units or more" in few.definition
    assert few.n_control == 1
    assert [row.p for row in told.rows if row.quantity != "measure 1"] == [
        row.p for row in alone.rows
    ]
    assert any("3 recordings have no value" in line for line in told.warnings)


def test_some_missing_values_are_left_out_of_their_measure():
    values = np.random.default_rng(6).normal(size=(3, 12))
    values[0, :6] += 9.0
    values[0, 4] = math.nan
    found = _apart(values, np.arange(12) < 6)
    assert found.order[0] == 0
    assert found.separation[0] == 1.0
    assert np.isfinite(found.statistic).all()


def test_litters_stay_whole_and_blocks_that_are_small():
    treated = np.tile([True, False], 8)
    litter = np.arange(16) // 4
    parting = Parting.of(Design(treated, np.zeros(16, int)), litter, 100, 1)
    assert (len(parting.masks), parting.moving) == (6, False)
    assert {len(set(row)) for mask in parting.masks for row in mask.reshape(4, 4)} == {1}
    pairs = Parting.of(Design(treated, np.arange(16) // 2), np.arange(16), 100, 1)
    assert all((mask[::2] == mask[1::2]).all() for mask in pairs.masks)


def test_levels_are_compared_within_blocks_only():
    treated, block = np.tile([True, False], 8), np.repeat([0, 1], 8)
    values = np.random.default_rng(4).normal(size=16) + 3.0 * treated + 1000.0 * block
    found = _apart(values[None], treated, block)
    sides = [
        values[(block == each) & treated][:, None] > values[(block == each) & ~treated]
        for each in (0, 1)
    ]
    assert found.separation[0] == pytest.approx(np.mean(sides), abs=0.01)
    assert found.own[0] < 0.05


def test_animals_that_have_both_levels_are_compared_with_themselves():
    names, sessions = [f"s{k // 2}" for k in range(16)], ["before", "after"] * 8
    base = np.repeat(np.arange(8) * 100.0, 2)
    values = base + np.tile([0.0, 5.0], 8) + np.random.default_rng(1).normal(size=16)
    case = _several([values], subject=names, session=sessions)
    row = Ranking(factor="session").apply(**case).row("measure 0")
    assert (row.effect, row.n, row.n_control) == (1.0, 8, 8)
    assert row.p == pytest.approx(2 / 256)


def test_levels_that_are_several_are_all_counted():
    values = np.random.default_rng(9).normal(size=(4, 12))
    values[2, 4:8] += 30.0
    case = _several(values, group=["a"] * 4 + ["b"] * 4 + ["c"] * 4)
    found = Ranking(control="a").apply(**case)
    assert [row.level for row in found.rows] == ["b"] * 5 + ["c"] * 5
    assert found.rows[0].quantity == "measure 2"
    assert found.rows[0].p == pytest.approx(4 / 70)
    assert any(line.startswith("b against a: of 4 measures") for line in found.warnings)


def test_nothing_is_told_of_nothing():
    case = study([1.0] * 8, group=GROUPS)
    (row,) = Ranking().apply(**case).rows
    assert "the same in all units" in row.definition
    assert not Ranking().apply(measures=Measures(), sheet=case["sheet"]).rows
    assert not Ranking().apply(measures=case["measures"], sheet=Sheet("none.csv")).rows


def test_turns_are_all_different_and_begin_with_the_values_as_they_are():
    design = Design(np.arange(8) < 4, np.zeros(8, int))
    found = turns(design, 199, 1)
    assert found[0].tolist() == [1.0] * 8
    # Turning all is turning none: half of the 256 ways are the other half.
    assert len({tuple(turn * turn[0]) for turn in found}) == len(found) == 128
    some = turns(design, 50, 1)
    assert some.shape == (51, 8)
    assert set(np.unique(some)) == {-1.0, 1.0}
    assert not len(turns(Design(np.tile([True, False], 4), np.repeat(np.arange(4), 2)), 99, 1))


def test_a_small_level_that_varies_more_is_seldom_called_different():
    chance, treated = np.random.default_rng(4), np.arange(12) < 4
    told = []
    for seed in range(60):
        values = (chance.normal(size=12) + chance.normal(size=(20, 12))) * np.where(treated, 3.0, 1)
        found = _apart(values, treated, ways=10, dealt=39, seed=seed)
        told.append([found.among.min() <= 0.05, _by_deals(found) <= 0.05])
    both, deals = np.mean(told, axis=0)
    assert both < 0.75 * deals


def _by_deals(found) -> float:
    """P of the best measure by deals alone."""
    return float(replace(found, turned=found.turned[:0]).among.min())


def test_turned_values_that_some_lack_are_told_as_if_they_were_alone():
    values = np.random.default_rng(6).normal(size=(3, 10))
    values[1, [2, 7]] = math.nan
    found = _apart(values, np.arange(10) < 5, dealt=63)
    assert np.isfinite(found.turned).all()
    assert found.turned[0] == pytest.approx(found.statistic[0])


def test_orders_begin_with_the_one_that_is_and_are_all_different():
    design = Design(np.tile([True, False], 4), np.repeat([0, 1], 4))
    found = orders(design, 99, 1, every=True)
    assert found[0].tolist() == list(range(8))
    assert len({tuple(design.treated[order]) for order in found}) == len(found) == 36
    some = orders(design, 20, 1, every=True)
    assert some.shape == (21, 8)
    assert (np.sort(some, axis=1) == np.arange(8)).all()
    assert (design.block[some] == design.block).all()


def test_the_same_seed_gives_the_same_ranking():
    case = _several(np.random.default_rng(7).normal(size=(3, 14)), group=["a", "b"] * 7)
    one, two = (Ranking(dealt=199, parts=10).apply(**case) for _ in "ab")
    assert one == two
    other = Ranking(dealt=199, parts=10, seed=2).apply(**case)
    assert other.rows[0].p == pytest.approx(one.rows[0].p, abs=0.15)
