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
