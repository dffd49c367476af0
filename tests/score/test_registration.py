from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Displacement, Transform, Warp
from ethoframe.score.registration import errors, folding, tre

RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.uniform(0, 100, (40, 2))


def test_distances_are_told_in_their_unit_and_by_the_diagonal():
    told = tre(np.add(TRUTH, (0.6, 0.8)), TRUTH, extent=(30, 40))
    assert told.median.value == pytest.approx(1.0)
    assert told.p90.value == pytest.approx(1.0)
    assert told.relative.value == pytest.approx(1 / 50)
    assert told.missing == 0


def test_the_interval_holds_the_value():
    told = tre(TRUTH + RANDOM.normal(0, 2, TRUTH.shape), TRUTH, extent=(100, 100))
    assert told.median.low < told.median.value < told.median.high
    assert told.median.n == 40


def test_pairs_are_drawn_and_not_their_landmarks():
    moved = TRUTH + RANDOM.normal(0, 2, TRUTH.shape)
    told = tre(moved, TRUTH, extent=(100, 100), whose=["a", "b"] * 20)
    assert told.median.n == 2


def test_a_lost_landmark_never_improves_the_score():
    moved = TRUTH + RANDOM.normal(0, 2, TRUTH.shape)
    whole = tre(moved, TRUTH, extent=(100, 100))
    moved[int(errors(moved, TRUTH).argmax())] = np.nan
    lost = tre(moved, TRUTH, extent=(100, 100))
    assert lost.missing == 1
    assert lost.largest == np.inf
    assert lost.p90.value >= whole.p90.value


def test_nothing_is_told_of_no_landmarks():
    told = tre(np.zeros((0, 2)), np.zeros((0, 2)), extent=(10, 10))
    assert np.isnan(told.median.value)
    assert np.isnan(told.largest)


def test_landmarks_must_be_pairs():
    with pytest.raises(ValueError, match="no pairs"):
        errors(TRUTH, TRUTH[1:])


def test_folding_is_found_where_it_is():
    vectors = np.zeros((10, 10, 2))
    vectors[:, 5:, 0] = -3.0  # beyond column 5 everything jumps back over what is before it
    told = folding(Displacement(vectors, (1.0, 1.0)))
    assert told.share == pytest.approx(0.2)
    assert told.least == pytest.approx(-0.5)


def test_a_warp_folds_where_one_of_its_displacements_does():
    still = Displacement(np.zeros((4, 4, 2)), (1.0, 1.0))
    told = folding(Warp((Transform.moving(1, 2), still)))
    assert (told.share, told.least, told.greatest) == (0.0, 1.0, 1.0)
