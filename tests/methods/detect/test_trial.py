from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Episodes, Tracks, Values
from ethoframe.methods.detect.trial import Trial
from ethoframe.methods.regress.change import Change
from ethoframe.methods.segment.silhouette import Silhouette
from ethoframe.methods.summarise.appearance import Appearance
from ethoframe.methods.summarise.background import Background
from ethoframe.methods.track.silhouette import Silhouette as Track
from ethoframe.run import apply
from ethoframe.testing.scenes import Scene

RATE = 30.0
ANIMAL = 900.0  # px²
Spans = tuple[tuple[float, float], ...]


def session(lasts_s: float, away: Spans = (), hand: Spans = ()) -> tuple[Tracks, Values]:
    """Tracks and change of an animal that is away, and of a hand that is in, for some time."""
    t = np.arange(round(lasts_s * RATE)) / RATE
    points = np.stack([50 + t, 50 + 0 * t], axis=1)
    there, arm = np.ones(len(t)), np.zeros(len(t))
    for start, stop in away:
        there[(t >= start) & (t < stop)] = 0
    for start, stop in hand:
        arm[(t >= start) & (t < stop)] = 1
    points[there == 0] = np.nan
    hands, animals = 4 * ANIMAL * arm, ANIMAL * there
    pieces = np.stack([hands, animals])
    table = np.stack([pieces.sum(axis=0), pieces.max(axis=0), pieces.min(axis=0), hands], axis=1)
    names = ("changed", "largest", "second", "reaching")
    return Tracks.of(points, t), Values(table, names, ("px2",) * 4, np.arange(len(t)), t)


def found(tracks: Tracks, change: Values | None = None, **parameters) -> Episodes:
    inputs = {"tracks": tracks} | ({} if change is None else {"change": change})
    trial = apply(Trial(**parameters), **inputs)
    assert trial.labels == ("trial",)
    assert trial.author == "detect/trial"
    whole = [[tracks.times_s[0], tracks.times_s[-1] + tracks.step_s]]
    assert trial.support_s == pytest.approx(np.array(whole))
    return trial


def span(*given, **parameters) -> tuple[float, float]:
    trial = found(*given, **parameters)
    assert trial.confidence[0] == 1
    return float(trial.start_s[0]), float(trial.stop_s[0])


def test_a_clean_recording_is_all_trial() -> None:
    assert span(*session(20)) == pytest.approx((0, 20))


@pytest.mark.parametrize("start_s", [0.5, 3.0, 7.0])
def test_it_begins_when_the_hand_is_gone(start_s) -> None:
    assert span(*session(20, hand=((0, start_s),))) == pytest.approx((start_s, 20))


def test_it_begins_when_the_animal_is_there() -> None:
    assert span(*session(20, away=((0, 4),))) == pytest.approx((4, 20))


def test_it_begins_after_the_last_of_several_hands_in_a_row() -> None:
    hands = ((0, 3), (4, 5), (6.5, 7))
    assert span(*session(40, hand=hands)) == pytest.approx((7, 40))


def test_an_animal_that_is_gone_again_at_once_was_only_held_up() -> None:
    assert span(*session(40, away=((0, 2), (3, 6)))) == pytest.approx((6, 40))


def test_some_lost_frames_put_nothing_off() -> None:
    assert span(*session(20, away=((0.5, 0.6), (1.2, 1.25)))) == pytest.approx((0, 20))


def test_a_flash_is_no_hand() -> None:
    assert span(*session(20, hand=((0.5, 0.6),))) == pytest.approx((0, 20))


def test_it_ends_when_the_animal_is_taken_out() -> None:
    assert span(*session(40, away=((33, 40),), hand=((32, 35),))) == pytest.approx((0, 32))


def test_it_does_not_end_for_a_hand_that_leaves_the_animal_alone_again() -> None:
    assert span(*session(40, hand=((20, 23),))) == pytest.approx((0, 40))


def test_it_does_not_end_because_the_animal_is_lost_from_sight() -> None:
    assert span(*session(40, away=((25, 40),))) == pytest.approx((0, 40))


def test_what_is_always_there_is_no_hand() -> None:
    tracks, change = session(20)
    mirrored = change.table + np.array([0.6 * ANIMAL, 0, 0.6 * ANIMAL, 0.6 * ANIMAL])
    assert span(tracks, replace(change, table=mirrored)) == pytest.approx((0, 20))


def test_what_the_user_says_holds() -> None:
    hand = session(40, hand=((0, 3), (30, 31)))
    assert span(*hand, from_s=1.0) == pytest.approx((1, 40))
    assert span(*hand, lasts_s=32.0) == pytest.approx((3, 35))
    assert span(*hand, from_s=12.0, lasts_s=10.0) == pytest.approx((12, 22))
    assert span(*hand, from_s=12.0, lasts_s=600.0) == pytest.approx((12, 40))
    assert span(*hand, from_s=99.0) == pytest.approx((40, 40))


AGAIN_AND_AGAIN = tuple((2.1 * k, 2.1 * k + 0.18) for k in range(10))


@pytest.mark.parametrize("never", [{"away": ((0, 20),)}, {"hand": AGAIN_AND_AGAIN}])
def test_without_a_beginning_it_is_the_whole_recording_and_says_so(never) -> None:
    trial = found(*session(20, **never))
    assert trial.spans("trial") == pytest.approx(np.array([[0, 20]]))
    assert trial.confidence[0] == 0


def test_a_recording_that_is_too_short_to_tell_is_not_sure() -> None:
    assert found(*session(1.0)).confidence[0] == 0
    assert found(*session(1.0), clear_s=0.5).confidence[0] == 1


def test_without_change_only_the_animal_tells() -> None:
    tracks, _ = session(20, away=((0, 4),), hand=((0, 6),))
    assert span(tracks) == pytest.approx((4, 20))


def test_frames_are_told_by_their_number() -> None:
    tracks, change = session(20, hand=((0, 5),))
    assert span(tracks.take(slice(30, None)), change) == pytest.approx((5, 20))


SMALL = Scene(size=(240, 320), duration_s=24.0, rate=15.0, seed=3)


@pytest.mark.parametrize(
    ("scene", "start_s"),
    [
        (SMALL, 0.0),
        (replace(SMALL, hidden=((0.0, 4.0),)), 4.0),
        (replace(SMALL, hidden=((0.0, 1.5),), hand=((0.0, 3.0),)), 3.0),
        (replace(SMALL, hidden=((0.0, 1.5),), hand=((0.0, 3.0),), polarity="light"), 3.0),
    ],
    ids=["clean", "empty", "hand", "hand, light animal"],
)
def test_on_rendered_scenes_the_start_is_found(scene, start_s) -> None:
    film = scene.recording()
    background = apply(Background(), recording=film)
    looks = {"background": background}
    looks["appearance"] = apply(Appearance(), recording=film, background=background)
    labels = apply(Silhouette(), recording=film, **looks)
    tracks = apply(Track(), silhouette=labels, appearance=looks["appearance"])
    start, stop = span(tracks, apply(Change(), recording=film, **looks))
    assert start == pytest.approx(start_s, abs=0.5)
    assert stop == pytest.approx(24.0)


BOX = np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 400.0], [0.0, 400.0]])
FLOOR = Arena("rectangle", BOX, (200.0, 200.0))  # px, and half as many mm


def carried(beside: Spans, lasts_s: float = 60.0, far_px: float = 300.0) -> Tracks:
    """Tracks of an animal that goes about on the floor, and is beside it for some time."""
    t = np.arange(round(lasts_s * RATE)) / RATE
    points = 200 + 100 * np.stack([np.sin(t), np.cos(t)], axis=1)
    for start, stop in beside:
        points[(t >= start) & (t < stop)] = [400 + far_px, 200]
    return Tracks.of(points, t)


def cut_to(tracks: Tracks, arena: Arena = FLOOR, **parameters) -> tuple[float, float, int]:
    """Start, stop, and how many lines are told."""
    trial = apply(Trial(**parameters), tracks=tracks, arena=arena)
    (span,) = trial.spans("trial").tolist()
    return (*(pytest.approx(end, abs=0.04) for end in span), len(trial.cautions))


def test_before_it_is_on_the_arena_there_is_no_trial() -> None:
    assert cut_to(carried(((0, 12),))) == (12.0, 60.0, 1)
    # Carried over the floor for a moment it is not on it.
    assert cut_to(carried(((0, 5), (5.8, 12)))) == (12.0, 60.0, 1)
    trial = apply(Trial(), tracks=carried(((0, 12),)), arena=FLOOR)
    assert trial.cautions[0].startswith(
        "the first 12.0 s are left out: for 12.0 s of them the animal is beside the arena"
    )
    assert "on the arena, or within 40 mm of it" in trial.definition


def test_nor_after_it_was_taken_off_for_good() -> None:
    assert cut_to(carried(((50, 60),))) == (0.0, 50.0, 1)
    assert cut_to(carried(((0, 3), (50, 60)))) == (3.0, 50.0, 2)
    # It may fall off and come back.
    assert cut_to(carried(((20, 40),))) == (0.0, 60.0, 0)
    # A wrong place or two at the end are no end.
    assert cut_to(carried(((59.0, 59.2),))) == (0.0, 60.0, 0)


def test_leaning_out_is_being_there() -> None:
    assert cut_to(carried(((0, 12),), far_px=70.0)) == (0.0, 60.0, 0)
    assert cut_to(carried(((0, 12),), far_px=70.0), beside_mm=30.0) == (12.0, 60.0, 1)
    # Without a scale or a body length it must be inside.
    bare = replace(FLOOR, sides_mm=None)
    assert cut_to(carried(((0, 12),), far_px=10.0), bare) == (12.0, 60.0, 1)
    long = carried(((0, 12),), far_px=10.0)
    long = replace(long, features={"major_px": np.full((len(long), 1), 40.0)})
    assert cut_to(long, bare) == (0.0, 60.0, 0)


def test_what_the_user_says_of_the_trial_is_not_doubted_beside_the_arena() -> None:
    assert cut_to(carried(((0, 12),)), from_s=4.0) == (4.0, 60.0, 1)
    assert cut_to(carried(((0, 12), (50, 60))), lasts_s=46.0) == (12.0, 58.0, 2)


def test_never_on_the_arena_the_trial_is_everything_and_not_sure() -> None:
    trial = apply(Trial(), tracks=carried(((0, 60),)), arena=FLOOR)
    assert trial.spans("trial").tolist() == [[0.0, pytest.approx(60.0)]]
    assert trial.confidence == 0
    assert trial.cautions == ()


def test_any_keypoints_will_do_where_none_is_the_middle_of_the_body() -> None:
    tracks = carried(((0, 12),))
    position = np.concatenate([tracks.position, tracks.position + 5], axis=2)
    position[30:40, :, 1] = np.nan
    named = replace(
        tracks, position=position, confidence=np.ones((len(tracks), 2, 1)), keypoints=("a", "b")
    )
    assert cut_to(named) == (12.0, 60.0, 1)
