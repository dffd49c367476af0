"""The way that loses least, unless a cheaper one is as good as frames can tell."""

from __future__ import annotations

import numpy as np

from ethoframe.score.choice import best


def test_patches_count_only_where_they_are_clearly_better() -> None:
    chance = np.random.default_rng(2)
    whole = chance.uniform(0.4, 0.6, 40)
    assert best({1.0: whole, 0.5: whole - 0.3}) == 0.5
    assert best({1.0: whole, 0.5: chance.permutation(whole) - 0.001}) == 1.0
    assert best({1.0: whole[:1], 0.0: whole[:1] - 1}) == 1.0  # one frame tells nothing
