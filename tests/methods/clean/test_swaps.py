from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Tracks
from ethoframe.methods.clean.swaps import Swaps
from ethoframe.run import apply


def mouse(count=200, names=("left_ear", "right_ear", "nose", "tail_base")) -> Tracks:
    t = np.arange(count) / 30
    heading = 0.8 * t + 0.6 * np.sin(2 * t)
    ahead = np.stack([np.cos(heading), np.sin(heading)], axis=1)
    beside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1)
    centre = np.cumsum(ahead, axis=0)
    places = {
        "left_ear": centre + 8 * ahead - 6 * beside,
        "right_ear": centre + 8 * ahead + 6 * beside,
        "nose": centre + 15 * ahead,
        "tail_base": centre - 30 * ahead,
    }
    position = np.stack([places[name] for name in names], axis=2)[..., None]
    return Tracks(position, np.ones((count, len(names), 1)), np.arange(count), t, names)


def exchanged(tracks: Tracks, wrong: np.ndarray) -> Tracks:
    position = np.array(tracks.position)
    position[wrong, :, :2] = position[wrong][:, :, [1, 0]]
    return Tracks(position, tracks.confidence, tracks.numbers, tracks.times_s, tracks.keypoints)


@given(st.lists(st.integers(1, 199), max_size=6, unique=True))
def test_exchanged_for_less_than_half_of_the_time_they_are_put_back(edges) -> None:
    inside = np.zeros(200, int)
    inside[edges] = 1
    wrong = np.cumsum(inside) % 2 == 1
    if wrong.mean() > 0.45:
        wrong = ~wrong
    if abs(wrong.mean() - 0.5) < 0.05:
        return
    right = mouse()
    assert apply(Swaps(), tracks=exchanged(right, wrong)) == right


def test_without_an_axis_what_lasts_longer_is_right() -> None:
    right = mouse(names=("left_ear", "right_ear"))
    wrong = np.zeros(200, bool)
    wrong[30:70] = True
    assert apply(Swaps(), tracks=exchanged(right, wrong)) == right


def test_across_a_gap_the_axis_tells() -> None:
    wrong = np.zeros(200, bool)
    wrong[120:160] = True
    tracks = exchanged(mouse(), wrong)
    position, confidence = np.array(tracks.position), np.array(tracks.confidence)
    position[100:120], confidence[100:120] = np.nan, 0.0
    gone = Tracks(position, confidence, tracks.numbers, tracks.times_s, tracks.keypoints)
    found = apply(Swaps(), tracks=gone)
    there = np.r_[0:100, 120:200]
    assert np.array_equal(found.position[there], mouse().position[there])


@pytest.mark.parametrize("names", [("nose", "tail_base"), ("left_ear", "nose")])
def test_without_a_pair_nothing_changes(names) -> None:
    tracks = mouse(names=names)
    assert apply(Swaps(), tracks=tracks) == tracks
