from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from ethoframe.methods.register._information import _Search, information
from ethoframe.methods.register._picture import Picture

SEEN = np.ones((60, 70), bool)


def scene(seed=0):
    random = np.random.default_rng(seed)
    return gaussian_filter(random.normal(size=(60, 70)), 3).astype(np.float32)


def test_information_does_not_ask_how_levels_go_together():
    fixed = scene()
    same = information(fixed, fixed, SEEN)
    assert information(fixed, -fixed, SEEN) == pytest.approx(same, rel=0.02)
    assert information(fixed, scene(5), SEEN) < 0.3 * same
    assert information(fixed, np.zeros_like(fixed), SEEN) == pytest.approx(0, abs=1e-6)
    assert information(fixed, fixed, ~SEEN) == 0


def test_the_gradient_is_the_slope_of_the_cost():
    fixed = Picture.of(scene())
    start = np.eye(3)
    start[:2, 2] = 1.3, -0.8
    search = _Search.of(fixed, Picture.of(np.abs(scene())), start, "affine")
    told = search.cost(np.zeros(6))[1]
    step = 0.1
    steps = [
        (search.cost(step * way)[0] - search.cost(-step * way)[0]) / (2 * step) for way in np.eye(6)
    ]
    # The gradient leaves out that pixels come in at the rim.
    assert np.corrcoef(told, steps)[0, 1] > 0.95
