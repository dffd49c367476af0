from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import spec_of
from ethoframe.data import Refusal, Tracks
from ethoframe.methods.clean.orient import Orient, _posterior, _viterbi
from ethoframe.run import apply

LONG, WIDE = 40.0, 16.0
RATE = 30.0


def animal(
    path: np.ndarray, heading: np.ndarray, swapped: np.ndarray | bool, rate=RATE, tail_px2=0.0
) -> Tracks:
    """Tracks of a body on a path ``(t, 2)`` whose end 1 is its head, but where it is swapped.

    `heading` is where the head points, in rad; `tail_px2` hangs on the other end.
    """
    ahead = LONG / 2 * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    swapped = np.broadcast_to(swapped, len(path))
    ahead = np.where(swapped[:, None], -ahead, ahead)
    position = np.stack([path, path + ahead, path - ahead], axis=2)[..., None]
    ones = np.ones((len(path), 1))
    features = {
        "area_px2": 500 * ones,
        "major_px": LONG * ones,
        "minor_px": WIDE * ones,
        "thin_end_1_px2": tail_px2 * swapped[:, None],
        "thin_end_2_px2": tail_px2 * ~swapped[:, None],
    }
    clock, keypoints = np.arange(len(path)) / rate, ("centroid", "end_1", "end_2")
    seen = np.ones((len(path), 3, 1))
    return Tracks(position, seen, np.arange(len(path)), clock, keypoints, features=features)


def moved(speed_bl_per_s, heading, rate=RATE) -> np.ndarray:
    """The path of an animal that goes where its head points, or backward at negative speeds."""
    step = LONG / rate * np.broadcast_to(speed_bl_per_s, len(heading))
    steps = step[:, None] * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    return np.cumsum(steps, axis=0) + 300


def without(tracks: Tracks, gone: slice) -> Tracks:
    position, confidence = tracks.position.copy(), tracks.confidence.copy()
    position[gone], confidence[gone] = np.nan, 0
    features = {name: column.copy() for name, column in tracks.features.items()}
    for column in features.values():
        column[gone] = np.nan
    return replace(tracks, position=position, confidence=confidence, features=features)


def facing(tracks: Tracks) -> np.ndarray:
    """Where the head points by the answer, in rad; NaN where that is not known."""
    answer = apply(Orient(), tracks=tracks)
    x, y = (answer.at("head_end") - answer.at("tail_end")).T
    return np.arctan2(y, x)


def is_right(tracks: Tracks, heading: np.ndarray) -> np.ndarray:
    """Whether the head was found in each frame; where nothing was seen, nothing can be wrong."""
    off = np.cos(facing(tracks) - heading)
    return np.where(np.isnan(off), True, off > 0)


STRAIGHT = np.full(300, 0.3)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_head_goes_first(swapped) -> None:
    tracks = animal(moved(2.0, STRAIGHT), STRAIGHT, swapped)
    assert is_right(tracks, STRAIGHT).all()


@pytest.mark.parametrize("swapped", [False, True])
def test_one_that_never_moves_is_told_by_its_tail(swapped) -> None:
    tracks = animal(moved(0.0, STRAIGHT), STRAIGHT, swapped, tail_px2=60.0)
    assert is_right(tracks, STRAIGHT).all()


@pytest.mark.parametrize("swapped", [False, True])
def test_a_few_steps_backward_do_not_turn_it_round(swapped) -> None:
    pace = np.full(300, 1.5)
    pace[120:150] = -1.5
    tracks = animal(moved(pace, STRAIGHT), STRAIGHT, swapped)
    assert is_right(tracks, STRAIGHT).all()


@pytest.mark.parametrize("turn_deg", [200.0, 540.0])
@pytest.mark.parametrize("swapped", [False, True])
def test_it_turns_on_the_spot_by_more_than_half_a_circle(turn_deg, swapped) -> None:
    share = np.clip((np.arange(300) - 140) / (15 * turn_deg / 180), 0, 1)
    heading = np.deg2rad(turn_deg) * share
    pace = np.where((share > 0) & (share < 1), 0.1, 2.0)
    tracks = animal(moved(pace, heading), heading, swapped)
    assert is_right(tracks, heading).all()


def test_a_swap_that_nothing_explains_is_undone_in_that_very_frame() -> None:
    heading = np.linspace(0, 5, 300)
    swapped = np.arange(300) >= 137
    tracks = animal(moved(1.5, heading), heading, swapped)
    assert is_right(tracks, heading).all()


def test_a_round_body_may_lose_its_ends_and_finds_them_again() -> None:
    """Rolled up and at rest for a second, it walks off the other way."""
    heading = np.where(np.arange(300) < 150, 0.0, np.pi)
    pace = np.where((np.arange(300) > 130) & (np.arange(300) < 170), 0.0, 1.5)
    tracks = animal(moved(pace, heading), heading, np.arange(300) >= 150)
    position = tracks.position.copy()
    rolled = slice(135, 165)
    position[rolled, :, 1:] = tracks.position[rolled, :, :1] + 0.2 * (
        tracks.position[rolled, :, 1:] - tracks.position[rolled, :, :1]
    )
    found = is_right(replace(tracks, position=position), heading)
    assert found[:130].all()
    assert found[170:].all()


def test_after_a_gap_it_may_lie_the_other_way_round() -> None:
    heading = np.where(np.arange(300) < 150, 0.4, 0.4 + np.pi)
    swapped = np.arange(300) >= 150
    tracks = without(animal(moved(1.5, heading), heading, swapped), slice(140, 170))
    assert is_right(tracks, heading).all()
    assert np.isnan(facing(tracks)[140:170]).all()
    assert np.isfinite(facing(tracks)[:140]).all()


@pytest.mark.parametrize("swapped", [False, True])
def test_twice_the_frames_say_the_same(swapped) -> None:
    """In one frame of two the answer is that of the same walk filmed half as fast."""
    random = np.random.default_rng(4)
    steps = random.normal(0, 0.12, 1200).cumsum()
    heading = np.convolve(steps, np.ones(31) / 31, "same")
    pace = 0.8 + 1.0 * np.sin(np.arange(1200) / 45)
    path = moved(pace, heading, rate=60)
    mixed = (np.arange(1200) >= 500) ^ swapped
    fast = animal(path, heading, mixed, rate=60, tail_px2=20.0)
    slow = animal(path[::2], heading[::2], mixed[::2], rate=30, tail_px2=20.0)
    assert np.array_equal(facing(fast)[::2] > 0, facing(slow) > 0)
    one, half = (apply(Orient(), tracks=t).confidence[:, 1, 0] for t in (fast, slow))
    assert one[::2] == pytest.approx(half, abs=0.15)


def test_how_sure_it_is_follows_what_there_is_to_see() -> None:
    heading = np.zeros(300)
    still, walking = (animal(moved(pace, heading), heading, False) for pace in (0.0, 2.0))
    unsure, sure = (apply(Orient(), tracks=t).confidence for t in (still, walking))
    assert unsure[:, 1:] == pytest.approx(np.full((300, 2, 1), 0.5))
    assert (sure > 0.99).all()
    assert (unsure[:, 0] == 1).all()


def test_nothing_but_the_names_of_the_ends_is_touched() -> None:
    tracks = without(animal(moved(1.0, STRAIGHT), STRAIGHT, np.arange(300) > 90), slice(200, 220))
    answer = apply(Orient(), tracks=tracks)
    assert answer.keypoints == ("centroid", "head_end", "tail_end")
    assert np.array_equal(answer.at("centroid"), tracks.at("centroid"), equal_nan=True)
    assert answer.position.sum(axis=2) == pytest.approx(tracks.position.sum(axis=2), nan_ok=True)
    assert replace(answer, position=tracks.position, confidence=tracks.confidence) == replace(
        tracks, keypoints=answer.keypoints
    )


NATS = st.floats(-6, 6)


@given(st.lists(st.tuples(NATS, NATS), min_size=1, max_size=7))
def test_of_all_paths_the_most_probable_is_taken_and_its_probability_told(steps) -> None:
    evidence, change = np.array(steps).T
    paths = np.array(list(product([False, True], repeat=len(steps))))
    nats = np.where(paths, -evidence / 2, evidence / 2).sum(axis=1)
    nats -= ((paths[:, 1:] != paths[:, :-1]) * change[1:]).sum(axis=1)
    taken = _viterbi(evidence, change)
    which = int(np.flatnonzero((paths == taken).all(axis=1))[0])
    assert nats[which] == pytest.approx(nats.max())
    weight = np.exp(nats - nats.max()) / np.exp(nats - nats.max()).sum()
    truth = [weight[paths[:, i] == taken[i]].sum() for i in range(len(steps))]
    assert _posterior(evidence, change, taken) == pytest.approx(truth, abs=1e-6)


def test_keypoints_of_a_network_are_refused_in_one_line():
    seen = Tracks.of(np.zeros((9, 2)), np.arange(9.0), "nose")
    with pytest.raises(Refusal, match="it is for silhouettes, and these tracks have no centroid"):
        Orient().outline(tracks=spec_of(seen))


def test_each_animal_has_its_own_ends() -> None:
    along = np.stack([60.0 * np.arange(90) / RATE, np.zeros(90)], axis=1)
    one, other = (animal(along, np.zeros(90), swapped) for swapped in (False, True))
    both = replace(
        one,
        position=np.concatenate([one.position, other.position], axis=3),
        confidence=np.concatenate([one.confidence, other.confidence], axis=2),
        individuals=("white", "black"),
        features={
            name: np.concatenate([own, other.features[name]], axis=1)
            for name, own in one.features.items()
        },
    )
    found = apply(Orient(), tracks=both)
    for who in both.individuals:
        alone = apply(Orient(), tracks=both.alone(who))
        assert found.alone(who).fingerprint() == alone.fingerprint()
        assert (found.at("head_end", who) - found.at("centroid", who))[:, 0].min() > 0
