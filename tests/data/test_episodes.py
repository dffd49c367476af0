from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ethoframe.data import Episodes
from ethoframe.testing import strategies as nouns

SUPPORT = np.array([[0.0, 10.0], [20.0, 30.0]])
MOVING = Episodes.of("moving", np.array([[0.0, 2.0], [5.0, 6.0]]), SUPPORT, "rule")


@given(nouns.episodes(), hnp.arrays(np.int64, 40, elements=st.integers(-5, 105)).map(np.sort))
def test_covered_is_from_start_to_before_stop(episodes, times_s):
    spans = episodes.spans("moving")
    expected = [any(start <= t < stop for start, stop in spans) for t in times_s]
    assert episodes.covers("moving", times_s).tolist() == expected
    assert not episodes.covers("resting", times_s).any()


@given(nouns.episodes(), st.floats(0, 100))
def test_a_cut_loses_no_time(episodes, cut):
    both = episodes.total_s("moving", stop_s=cut) + episodes.total_s("moving", start_s=cut)
    assert both == pytest.approx(episodes.total_s("moving"))


def test_totals():
    assert MOVING.total_s("moving") == 3.0
    assert MOVING.total_s("moving", 1.0, 5.5) == 1.5
    assert MOVING.total_s("resting") == 0.0
    assert MOVING.looked_s() == 20.0
    assert MOVING.looked_s(5.0, 25.0) == 10.0


def test_merged_in_order_of_their_start():
    sure = np.array([0.25])
    other = Episodes(("resting",), [2.0], [5.0], SUPPORT, confidence=sure)
    both = Episodes.merged([MOVING, other])
    assert both.labels == ("moving", "resting", "moving")
    assert both.start_s.tolist() == [0.0, 2.0, 5.0]
    assert both.confidence.tolist() == [1.0, 0.25, 1.0]
    assert (both.author, both.support_s.tolist()) == ("rule", SUPPORT.tolist())
    assert Episodes.merged([MOVING]) == MOVING


def test_nothing_cannot_be_merged():
    with pytest.raises(ValueError, match="nothing to merge"):
        Episodes.merged([])


def test_none_at_all():
    none = Episodes.of("moving", [], SUPPORT)
    assert (len(none), none.spans("moving").shape) == (0, (0, 2))
    assert Episodes.merged([none, MOVING]).labels == MOVING.labels
    assert Episodes.of("moving", [], []).looked_s() == 0.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": ("a",)}, "same length"),
        ({"stop_s": [1.0]}, "same length"),
        ({"confidence": [1.0]}, "same length"),
        ({"stop_s": [2.0, 4.0]}, "stop before it starts"),
    ],
)
def test_what_are_no_episodes(change, said):
    fields = {
        "labels": ("a", "a"),
        "start_s": [0.0, 5.0],
        "stop_s": [2.0, 6.0],
        "support_s": SUPPORT,
    }
    with pytest.raises(ValueError, match=said):
        Episodes(**{**fields, **change})


def test_words_make_no_difference_and_are_kept():
    told = Episodes.of("moving", MOVING.spans("moving"), SUPPORT, "rule", "faster than 2 mm/s")
    assert told == MOVING
    assert hash(told) == hash(MOVING)
    assert Episodes.merged([told, MOVING]).definition == "faster than 2 mm/s"
