"""The mixed model against the tests it contains, and against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Sheet
from ethoframe.methods.contrast._intercepts import Parts, fitted
from ethoframe.methods.contrast.mixed import Mixed
from ethoframe.methods.contrast.welch import Welch
from ethoframe.testing.studies import Plan
from tests.methods.contrast.conftest import study


def _parts(plan: Plan, seed: int) -> Parts:
    fixed = np.stack([np.ones(len(plan.group)), plan.group], axis=1).astype(float)
    return Parts(plan.draw(1, seed)[0], fixed, plan.litter)


@pytest.mark.parametrize("alike", [0.0, 0.6])
def test_equal_litters_are_the_t_test_of_their_means(alike):
    plan = Plan(4, 4, pups=(3,), alike=alike)
    for seed in range(3):
        fit = fitted(_parts(plan, seed))
        values = plan.draw(1, seed)[0]
        means = values.reshape(8, 3).mean(axis=1)
        pooled = (means[:4].var(ddof=1) + means[4:].var(ddof=1)) / 2
        assert fit.estimate == pytest.approx(means[:4].mean() - means[4:].mean(), rel=1e-5)
        assert fit.error == pytest.approx(np.sqrt(pooled / 2), rel=1e-3)
        assert fit.freedom == pytest.approx(6, rel=1e-3)


def test_animals_alone_are_the_t_test_of_equal_variances():
    fit = fitted(_parts(Plan(4, 6), 1))
    assert fit.freedom == 8
    assert fit.error == fit.wald


def test_it_finds_what_statsmodels_finds():
    mixedlm = pytest.importorskip("statsmodels.regression.mixed_linear_model")
    plan = Plan(5, 5, pups=(2, 3, 5), alike=0.6)
    parts = _parts(plan, 4)
    fit = fitted(parts, bounded=True)
    theirs = mixedlm.MixedLM(parts.values, parts.fixed, groups=parts.unit).fit(reml=True)
    assert fit.estimate == pytest.approx(theirs.params[1], rel=1e-3)
    assert fit.wald == pytest.approx(theirs.bse[1], rel=1e-2)
    assert fit.within == pytest.approx(theirs.scale, rel=1e-2)
    assert fit.error >= fit.wald
    assert 4 < fit.freedom < 12


def test_recordings_of_animals_are_their_means():
    plan = Plan(5, 5, pups=(2,), alike=0.5)
    values = plan.draw(1, 2)[0]
    words = {
        "group": ["drug" if each else "saline" for each in plan.group],
        "subject": [f"m{k}" for k in plan.litter],
    }
    case = study(values, **words)
    row = Mixed(control="saline").apply(**case).row("distance")
    other = Welch(control="saline").apply(**case).row("distance")
    assert row.effect == pytest.approx(other.effect, rel=1e-5)
    assert row.freedom == pytest.approx(8, rel=1e-3)
    assert (row.n, row.n_control) == (5, 5)


def test_litters_that_are_split_are_compared_within():
    measures, sheet = Plan(4, 4, pups=(2,), alike=0.8, split=True).study(3)
    found = Mixed(unit="litter", control="saline").apply(measures=measures, sheet=sheet)
    row = found.row("distance")
    assert row.freedom == pytest.approx(7, rel=1e-2)
    assert "random intercept for each litter" in row.definition
    blocked = Welch(unit="litter", control="saline").apply(measures=measures, sheet=sheet)
    assert row.p == pytest.approx(blocked.row("distance").p, rel=1e-2)


def test_nobody_gives_nothing():
    measures, _ = Plan(4, 4).study(1)
    assert len(Mixed().apply(measures=measures, sheet=Sheet("animals.csv"))) == 0
