from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ethoframe.data import Episodes, Refusal, Tracks
from ethoframe.methods.behave.steps import Steps
from ethoframe.run import apply
from ethoframe.testing.walkers import Walker

SIDE = {"fore_paw": 0.55, "hind_paw": 0.0}


def stepped(tracks: Tracks, **parameters) -> Episodes:
    return apply(Steps(**parameters), tracks=tracks)


def inner(episodes: Episodes, label: str, last_s: float) -> np.ndarray:
    """Spans that neither end of the film cuts."""
    spans = episodes.spans(label)
    return spans[(spans[:, 0] > 0.1) & (spans[:, 1] < last_s - 0.1)]


def off(walker: Walker, found: Episodes, paw: str) -> np.ndarray:
    """Found less true, start and stop of each swing; every one must be found once."""
    label = f"{paw.replace('_', ' ')} swing"
    true = inner(walker.episodes(), label, walker.lasts_s)
    spans = found.spans(label)
    over = (spans[:, 0] < true[:, [1]]) & (spans[:, 1] > true[:, [0]])
    assert (over.sum(axis=1) == 1).all()
    assert (over.sum(axis=0) <= 1).all()
    return spans[over.argmax(axis=1)] - true


# Walks whose steps are known.


@pytest.mark.parametrize(
    "walker",
    [
        Walker(),
        Walker(heading_deg=90.0),
        Walker(heading_deg=-160.0),
        Walker(speed_mm_per_s=120.0, stride_mm=45.0, duty=0.7),
        Walker(speed_mm_per_s=600.0, stride_mm=90.0, duty=0.45),
        Walker(phases=SIDE),
        Walker(jitter_mm=0.6),
    ],
)
def test_every_step_is_found_once_and_when_it_is(walker) -> None:
    found = stepped(walker.tracks())
    for paw in walker.phases:
        each = off(walker, found, paw)
        assert np.abs(each).max() < 0.015
        assert np.abs(np.median(each, axis=0)).max() < 0.010


def test_stance_and_swing_share_the_time_in_which_a_paw_is_seen() -> None:
    found = stepped(Walker(phases=SIDE).tracks())
    both = found.total_s("hind paw swing") + found.total_s("hind paw stance")
    assert both == pytest.approx(4.0)
    swings, stances = (found.spans(f"hind paw {what}") for what in ("swing", "stance"))
    assert np.isin(stances[1:, 0], swings[:, 1]).all()


def test_an_animal_that_stands_still_does_not_step() -> None:
    chance = np.random.default_rng(3)
    tracks = Walker(phases=SIDE).tracks()
    still = tracks.position[:1] + chance.normal(0, 0.5, tracks.position.shape)
    found = stepped(replace(tracks, position=still))
    assert found.spans("hind paw swing").size == 0
    assert found.total_s("hind paw stance") == pytest.approx(4.0)


def test_on_a_belt_a_standing_paw_moves_backwards() -> None:
    walker = Walker(phases=SIDE)
    tracks = walker.tracks()
    way = walker.speed_mm_per_s * walker.times_s[:, None, None]
    position = tracks.position.copy()
    position[:, 0] -= way
    found = stepped(replace(tracks, position=position))
    assert np.abs(off(walker, found, "hind_paw")).max() < 0.015


# Tracks as networks give them.


def test_what_is_not_sure_is_not_seen() -> None:
    walker = Walker(phases=SIDE)
    tracks, chance = walker.tracks(), np.random.default_rng(1)
    position, confidence = tracks.position.copy(), tracks.confidence.copy()
    position[:80] = chance.uniform(0, 400, position[:80].shape)
    position[300:] = chance.uniform(0, 400, position[300:].shape)
    confidence[:80] = confidence[300:] = 0.02
    found = stepped(replace(tracks, position=position, confidence=confidence))
    assert found.support_s.min() == pytest.approx(0.8)
    assert found.support_s.max() == pytest.approx(3.0)
    true, spans = (e.spans("hind paw swing") for e in (walker.episodes(), found))
    true, spans = (each[np.abs(each.mean(axis=1) - 1.9) < 0.9] for each in (true, spans))
    assert np.abs(spans - true).max() < 0.015


def test_a_frame_in_which_the_paw_jumps_away_is_no_step() -> None:
    walker = Walker(phases=SIDE)
    tracks = walker.tracks()
    position = tracks.position.copy()
    for at in range(20, 380, 23):
        position[at, 0, 3] += 70.0 * (-1) ** at
    found = stepped(replace(tracks, position=position))
    assert np.abs(off(walker, found, "hind_paw")).max() < 0.02


@pytest.mark.parametrize("gone", [3, 40])
def test_short_gaps_are_bridged_and_long_ones_end_the_support(gone) -> None:
    walker = Walker(phases=SIDE)
    tracks = walker.tracks()
    position = tracks.position.copy()
    position[200 : 200 + gone, :, 3] = np.nan
    found = stepped(replace(tracks, position=position), paws=("hind_paw",))
    if gone == 3:
        assert len(found.support_s) == 1
        assert np.abs(off(walker, found, "hind_paw")).max() < 0.02
    else:
        assert found.support_s.ravel() == pytest.approx([0.0, 2.0, 2.4, 4.0])
        assert not found.covers("hind paw swing", np.array([2.2])).any()
        assert not found.covers("hind paw stance", np.array([2.2])).any()


def test_the_confidence_of_an_episode_is_that_of_its_frames() -> None:
    tracks = Walker(phases=SIDE).tracks()
    confidence = np.where(tracks.times_s < 2.0, 0.8, 1.0)[:, None, None] * tracks.confidence
    found = stepped(replace(tracks, confidence=confidence))
    assert found.confidence is not None
    assert found.confidence[found.stop_s < 2.0] == pytest.approx(0.8)
    assert found.confidence[found.start_s > 2.0] == pytest.approx(1.0)


def test_everybody_steps_for_itself() -> None:
    one, other = Walker(phases=SIDE), Walker(phases=SIDE, stride_mm=80.0, heading_deg=180.0)
    tracks, second = one.tracks(), other.tracks()
    position = np.concatenate([tracks.position, second.position], axis=3)
    seen = np.ones((len(tracks), 4, 2))
    both = replace(tracks, position=position, confidence=seen, individuals=("a", "b"))
    found = stepped(both)
    for walker, who in ((one, "a"), (other, "b")):
        off(walker, found.about(who), "hind_paw")
        alone = stepped(walker.tracks())
        assert found.about(who).spans("hind paw swing").tolist() == (
            alone.spans("hind paw swing").tolist()
        )


# The same walk, filmed otherwise.


@pytest.mark.parametrize("walker", [Walker(), Walker(speed_mm_per_s=120.0, stride_mm=45, duty=0.7)])
def test_half_the_frames_tell_the_same(walker) -> None:
    tracks = walker.tracks()
    every, half = stepped(tracks), stepped(tracks.take(slice(None, None, 2)))
    for what in ("swing", "stance"):
        label = f"left hind paw {what}"
        one, other = (np.diff(inner(e, label, 4.0)).mean() for e in (every, half))
        assert other == pytest.approx(one, rel=0.03)


@settings(max_examples=8)
@given(st.floats(0.1, 30.0), st.floats(-180.0, 180.0), st.booleans())
def test_neither_scale_nor_place_nor_side_matters(factor, angle, mirrored) -> None:
    tracks = Walker(lasts_s=0.7, phases=SIDE, jitter_mm=0.2).tracks()
    a = np.deg2rad(angle)
    turn = factor * np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    turn = turn @ np.diag([1.0, -1.0 if mirrored else 1.0])
    position = np.einsum("ab,tbki->taki", turn, tracks.position) + 77.0
    one, other = stepped(tracks), stepped(replace(tracks, position=position, unit="px"))
    assert one.labels == other.labels
    assert other.start_s == pytest.approx(one.start_s)
    assert other.stop_s == pytest.approx(one.stop_s)


# What will not do.


def test_tracks_without_paws_or_ends_are_refused() -> None:
    tracks = Walker(phases=SIDE).tracks()
    for names in (("nose", "tail_base", "a", "b"), ("a", "tail_base", "fore_paw", "hind_paw")):
        with pytest.raises(Refusal):
            stepped(replace(tracks, keypoints=names))
    with pytest.raises(Refusal):
        stepped(tracks, paws=("left_hind_paw",))
    with pytest.raises(Refusal):
        stepped(tracks, stop_share=1.5)
