from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal, Tracks
from ethoframe.methods.clean.jumps import Jumps, possible
from ethoframe.run import apply

PLACES = st.lists(st.integers(0, 12), min_size=1, max_size=9)


def walk(count=300, rate=30.0) -> Tracks:
    t = np.arange(count) / rate
    points = np.stack([200 * np.cos(t), 200 * np.sin(t)], axis=1)
    return replace(Tracks.of(points, t), unit="mm")


@given(PLACES)
def test_it_is_the_most_that_can_be_kept(places) -> None:
    x = np.array(places, np.float64)
    points, times_s = np.stack([x, 0 * x], axis=1), np.arange(len(x), dtype=np.float64)
    kept = possible(points, np.ones(len(x)), times_s, 2.0, 0.0)

    def runs(chosen) -> bool:
        return all(abs(x[b] - x[a]) <= 2.0 * (b - a) for a, b in pairwise(chosen))

    assert runs(np.flatnonzero(kept).tolist())
    # Runs of possible steps stand or fall as one, so this is the most that can be asked.
    most = max(
        size
        for size in range(1, len(x) + 1)
        if any(runs(chosen) for chosen in combinations(range(len(x)), size))
    )
    assert 1 <= kept.sum() <= most


@pytest.mark.parametrize("lasts", [1, 5, 40])
def test_an_animal_that_is_elsewhere_for_a_while_falls(lasts) -> None:
    tracks = walk()
    position = np.array(tracks.position)
    position[100 : 100 + lasts] += 500.0
    cleaned = apply(Jumps(), tracks=replace(tracks, position=position))
    wrong = np.zeros(len(tracks), bool)
    wrong[100 : 100 + lasts] = True
    assert np.array_equal(np.isnan(cleaned.at("centroid")).any(axis=1), wrong)
    assert np.array_equal(cleaned.confidence[:, 0, 0], np.where(wrong, 0.0, 1.0))


def test_a_fast_animal_and_a_gap_are_left_alone() -> None:
    tracks = walk()
    fast = replace(tracks, position=tracks.position * 4)  # 0.8 m/s
    assert apply(Jumps(), tracks=fast) == fast
    position = np.array(tracks.position)
    position[50:200] = np.nan
    gone = replace(tracks, position=position, confidence=np.isfinite(position[:, 0]) * 1.0)
    assert apply(Jumps(), tracks=gone) == gone


def test_who_is_surer_is_believed() -> None:
    x = np.array([[0.0, 0.0]] * 4 + [[900.0, 0.0]] * 4)
    assert possible(x, np.repeat([0.2, 0.9], 4), np.arange(8) / 30, 3500, 8).tolist() == (
        [False] * 4 + [True] * 4
    )


def test_pixels_of_which_nothing_tells_lengths_are_refused_or_left() -> None:
    alone = replace(walk(), unit="px", keypoints=("paw",))
    with pytest.raises(Refusal, match="needs mm or body lengths"):
        apply(Jumps(), tracks=alone)
    assert apply(Jumps(unscaled="leave"), tracks=alone) == alone


@pytest.mark.parametrize("unscaled", ["refuse", "leave"])
def test_in_pixels_the_body_is_the_measure(unscaled) -> None:
    tail = walk()
    position = np.concatenate([tail.position + 30.0, tail.position], axis=2)  # 42 px long
    position[100, :, 0] += 300.0
    names, sure = ("nose", "tail_base"), np.ones((len(tail), 2, 1))
    tracks = Tracks(position, sure, tail.numbers, tail.times_s, names)
    cleaned = apply(Jumps(unscaled=unscaled), tracks=tracks)
    assert np.flatnonzero(np.isnan(cleaned.at("nose")[:, 0])).tolist() == [100]
    assert np.isfinite(cleaned.at("tail_base")).all()
