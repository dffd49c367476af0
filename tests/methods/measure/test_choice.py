from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Episodes
from ethoframe.methods.measure.choice import Choice
from ethoframe.run import apply


def visits(arms: str) -> Episodes:
    """One visit of each arm after the other, with the centre in between."""
    support = np.array([[0.0, 3.0 * len(arms)]])
    parts = [
        Episodes.of(label, np.array([[3.0 * i + d, 3.0 * i + d + 1]]), support)
        for i, arm in enumerate(arms)
        for d, label in ((0, f"arm {arm}"), (1.5, "centre"))
    ]
    return Episodes.merged(parts)


@pytest.mark.parametrize(
    ("arms", "share", "same", "back"),
    [
        ("ABCABCABC", 100.0, 0, 0),
        ("ABABABABAB", 0.0, 0, 8),
        ("AAAAAAAAAA", 0.0, 9, 0),
        ("ABCBACBACC", 75.0, 1, 1),
    ],
)
def test_alternation_by_hand(arms, share, same, back):
    m = apply(Choice(), visits=visits(arms))
    assert m.value("arm entries") == len(arms)
    assert m.value("spontaneous alternation") == pytest.approx(share)
    assert m.value("returns to the same arm") == same
    assert m.value("returns to the alternate arm") == back


def test_of_few_entries_nothing_is_told():
    assert np.isnan(apply(Choice(), visits=visits("ABCABCA")).value("spontaneous alternation"))
    assert apply(Choice(least=3), visits=visits("ABC")).value("spontaneous alternation") == 100.0


def test_back_from_beside_the_maze_is_no_entry():
    there = visits("ABCABCABC")
    # Tracked outside for a moment while it is in its first arm, B and C.
    again = [
        Episodes.of(f"arm {arm}", np.array([[at, at + 0.1]]), there.support_s)
        for arm, at in (("A", 1.2), ("B", 4.1), ("C", 7.3))
    ]
    m = apply(Choice(), visits=Episodes.merged([there, *again]))
    assert m.value("arm entries") == 9
    assert m.value("spontaneous alternation") == 100.0
    assert m.value("returns to the same arm") == 0


def test_without_a_zone_between_arms_every_visit_counts():
    support = np.array([[0.0, 20.0]])
    parts = [
        Episodes.of(f"arm {arm}", np.array([[2.0 * i, 2.0 * i + 1]]), support)
        for i, arm in enumerate("AABCABCC")
    ]
    m = apply(Choice(), visits=Episodes.merged(parts))
    assert m.value("arm entries") == 8
    assert m.value("returns to the same arm") == 2


def test_a_side_that_is_preferred():
    m = apply(Choice(), visits=visits("ABACABACAB"))
    assert m.value("largest share of one arm") == pytest.approx(50.0)
