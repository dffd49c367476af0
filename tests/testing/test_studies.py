"""Studies drawn by chance hold what they say."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.testing.studies import Plan, frames


@pytest.mark.parametrize("shape", ["normal", "skewed", "latency"])
def test_the_truth_is_the_mean_difference(shape):
    plan = Plan(50, 50, shape, effect=0.7)
    values = plan.draw(2000, 1)
    found = values[:, plan.group].mean() - values[:, ~plan.group].mean()
    assert found == pytest.approx(plan.truth, rel=0.05)


def test_litters_are_alike_as_said():
    plan = Plan(2, 2, pups=(2,), alike=0.6)
    values = plan.draw(4000, 2)
    assert np.corrcoef(values[:, 0], values[:, 1])[0, 1] == pytest.approx(0.6, abs=0.04)
    assert np.corrcoef(values[:, 0], values[:, 2])[0, 1] == pytest.approx(0, abs=0.05)
    assert values.std() == pytest.approx(1, abs=0.03)


def test_split_litters_have_both_groups():
    plan = Plan(3, 3, pups=(2, 3), split=True)
    for litter in range(6):
        assert len(set(plan.group[plan.litter == litter])) == 2


def test_frames_of_an_animal_are_alike():
    values = frames(4, 50, 5.0, 200, 3)
    assert values.shape == (200, 4, 50)
    assert np.corrcoef(values[..., 0].ravel(), values[..., 1].ravel())[0, 1] > 0.7


def test_a_study_has_a_row_for_each_animal():
    measures, sheet = Plan(3, 4).study(1)
    assert len(measures) == len(sheet) == 7
    assert [row.group for row in sheet.rows].count("drug") == 3
