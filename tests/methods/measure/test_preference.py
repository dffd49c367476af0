from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Episodes
from ethoframe.methods.measure.preference import Preference
from ethoframe.run import apply


def explored(novel_s: float, familiar_s: float) -> Episodes:
    support = np.array([[0.0, 100.0]])
    parts = [("novel a", 0.0, novel_s), ("familiar", 50.0, 50.0 + familiar_s)]
    return Episodes.merged(
        [Episodes.of(f"exploring {name}", np.array([[a, b]]), support) for name, a, b in parts]
    )


def test_index_and_share():
    m = apply(Preference(), episodes=explored(18.0, 6.0))
    assert m.value("preference for exploring novel") == pytest.approx(0.5)
    assert m.value("share exploring novel") == pytest.approx(75.0)
    assert m.value("difference exploring novel") == pytest.approx(12.0)
    assert m.value("time exploring novel or familiar") == pytest.approx(24.0)


def test_below_the_minimum_it_is_undefined_and_the_times_stand():
    m = apply(Preference(), episodes=explored(12.0, 6.0))
    assert np.isnan(m.value("preference for exploring novel"))
    assert m.value("difference exploring novel") == pytest.approx(6.0)
    assert "under 20 s" in m.row("preference for exploring novel").definition
    assert np.isnan(
        apply(Preference(least_s=0.0), episodes=explored(0.0, 0.0)).value("share exploring novel")
    )


def test_what_comes_after_enough_does_not_count():
    support = np.array([[0.0, 100.0]])
    spans = {"novel": [[0, 6], [20, 30]], "familiar": [[10, 14], [40, 60]]}
    episodes = Episodes.merged(
        [
            Episodes.of(f"exploring {name}", np.array(each, float), support)
            for name, each in spans.items()
        ]
    )
    m = apply(Preference(enough_s=15.0, least_s=10.0), episodes=episodes)
    # 6 s of the novel, 4 of the familiar, and 5 more of the novel
    assert m.value("time exploring novel or familiar") == pytest.approx(15.0)
    assert m.value("preference for exploring novel") == pytest.approx((11 - 4) / 15)
    assert "until a + b is 15 s" in m.row("preference for exploring novel").definition
    never = apply(Preference(enough_s=90.0), episodes=episodes)
    every = apply(Preference(), episodes=episodes)
    assert never.value("share exploring novel") == every.value("share exploring novel")
