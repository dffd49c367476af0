from __future__ import annotations

import numpy as np

from ethoframe.data import Episodes, Observations, Observed


def seen(label: str, author: str) -> Episodes:
    return Episodes.of(label, np.array([[1.0, 2.0]]), np.array([[0.0, 9.0]]), author)


def test_each_is_named_once():
    made = Observations(
        (
            Observed("m1", seen("rear", "A")),
            Observed("m2", seen("groom", "A")),
            Observed("m1", seen("rear", "B")),
        )
    )
    assert made.recordings == ("m1", "m2")
    assert made.authors == ("A", "B")
    assert made.labels == ("rear", "groom")
    assert [each.author for each in made.of("m1")] == ["A", "B"]
    assert made.of("m3") == ()
    assert [part.author for part in made] == ["A", "A", "B"]
    assert (len(made), len(Observations())) == (3, 0)


def test_observations_are_equal_by_what_they_hold():
    one = Observations((Observed("m1", seen("rear", "A")),))
    assert one == Observations((Observed("m1", seen("rear", "A")),))
    assert one != Observations((Observed("m1", seen("rear", "B")),))
    # What a reader filled in is no part of what was seen.
    guessed = Observed("m1", seen("rear", "A"), ("support",))
    assert Observed("m1", seen("rear", "A")) == guessed
    assert Observed("m1", seen("rear", "A")).fingerprint() == guessed.fingerprint()
