"""What is not seen is not still, and cuts nothing that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import WholeMethod
from ethoframe.data import Tracks
from ethoframe.methods.behave._spans import hysteresis_in, pieces, through_blinks
from ethoframe.methods.behave._stillness import Stillness
from ethoframe.methods.behave.exploring import Exploring
from ethoframe.methods.behave.floating import Floating
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.methods.behave.immobility import Immobility
from ethoframe.methods.behave.rearing import UNSUPPORTED, Rearing
from ethoframe.methods.behave.rule import ByRule
from ethoframe.run import apply

SLOW = ByRule(when="speed(nose) < 50 mm/s", label="slow")
STILL = [
    (Freezing(), "freezing"),
    (Immobility(), "immobility"),
    (Floating(), "floating"),
    (Rearing(), UNSUPPORTED),
    (SLOW, "slow"),
]


def moving(mm_per_s: float, rate: float = 50.0, seconds: float = 20.0) -> Tracks:
    """A mouse on a circle; at 0 mm/s it sits."""
    t = np.arange(round(seconds * rate)) / rate
    angle = mm_per_s / 250 * t
    out, ahead = (np.stack([np.cos(a), np.sin(a)], axis=1) for a in (angle, angle + np.pi / 2))
    middle = 300 + 250 * out
    places = {
        "nose": middle + 40 * ahead,
        "left_ear": middle + 28 * ahead - 8 * out,
        "body_centre": middle,
        "tail_base": middle - 40 * ahead,
    }
    position = np.stack([*places.values()], axis=2)[..., None]
    position = position + np.random.default_rng(0).normal(0, 0.5, position.shape)
    seen = np.ones((len(t), len(places), 1))
    return Tracks(position, seen, np.arange(len(t)), t, tuple(places), unit="mm")


def every_8th(tracks: Tracks) -> np.ndarray:
    return np.arange(len(tracks)) % 8 == 3


def a_tenth(tracks: Tracks) -> np.ndarray:
    return np.random.default_rng(1).random(len(tracks)) < 0.1


def unsure(tracks: Tracks, lost: np.ndarray) -> Tracks:
    return replace(tracks, confidence=np.where(lost[:, None, None], 0.05, tracks.confidence))


def nowhere(tracks: Tracks, lost: np.ndarray) -> Tracks:
    return replace(tracks, position=np.where(lost[:, None, None, None], np.nan, tracks.position))


def missing(tracks: Tracks, lost: np.ndarray) -> Tracks:
    return tracks.take(np.flatnonzero(~lost))


Lose = Callable[[Tracks, np.ndarray], Tracks]


@pytest.mark.parametrize("lose", [unsure, nowhere, missing])
@pytest.mark.parametrize("which", [every_8th, a_tenth])
@pytest.mark.parametrize("rate", [25.0, 50.0])
@pytest.mark.parametrize(("method", "label"), STILL)
def test_an_animal_that_runs_is_never_still(
    method: WholeMethod, label: str, rate: float, which, lose: Lose
) -> None:
    tracks = moving(200.0, rate)
    episodes = apply(method, tracks=lose(tracks, which(tracks)))
    assert episodes.total_s(label) == 0
    assert episodes.looked_s() == pytest.approx(20.0, abs=1.0)


@pytest.mark.parametrize("lose", [unsure, nowhere, missing])
@pytest.mark.parametrize(("method", "label"), [*STILL[:3], STILL[4]])
def test_one_that_sits_is_still_in_one_piece(method: WholeMethod, label: str, lose: Lose) -> None:
    tracks = moving(0.0)
    (span,) = apply(method, tracks=lose(tracks, every_8th(tracks))).spans(label)
    assert span == pytest.approx([0.0, 20.0], abs=0.1)


@pytest.mark.parametrize("lose", [unsure, nowhere, missing])
def test_a_rear_or_a_rule_goes_on_while_it_is_not_seen(lose: Lose) -> None:
    example = Rearing.example()
    tracks = example["tracks"]
    lost = np.arange(len(tracks)) % 30 < 4  # 0.13 s of every second
    wanted = apply(Rearing(), **example)
    found = apply(Rearing(), **{**example, "tracks": lose(tracks, lost)})
    assert found.labels == wanted.labels
    assert found.start_s == pytest.approx(wanted.start_s, abs=0.2)
    assert found.stop_s == pytest.approx(wanted.stop_s, abs=0.2)
    for rule in ("speed(nose) > 50 mm/s", "speed(nose) > 50 mm/s until speed(nose) < 20 mm/s"):
        running = moving(200.0)
        gaps = np.arange(len(running)) % 25 < 6
        episodes = apply(ByRule(when=rule), tracks=lose(running, gaps))
        assert len(episodes) == len(episodes.support_s) == 1


@pytest.mark.parametrize("lose", [nowhere, missing])
def test_one_that_explores_goes_on_while_it_is_not_seen(lose: Lose) -> None:
    example = Exploring.example()
    tracks = example["tracks"]
    wanted = apply(Exploring(), **example)
    found = apply(Exploring(), **{**example, "tracks": lose(tracks, every_8th(tracks))})
    assert found.start_s == pytest.approx(wanted.start_s, abs=0.1)
    assert found.stop_s == pytest.approx(wanted.stop_s, abs=0.1)
    assert len(found.support_s) == len(wanted.support_s)


def test_what_is_long_unseen_is_not_told_of() -> None:
    tracks = moving(200.0)
    lost = (tracks.times_s >= 8) & (tracks.times_s < 10)
    for method, _ in STILL:
        for lose in (nowhere, missing):
            support = apply(method, tracks=lose(tracks, lost)).support_s
            assert support == pytest.approx(np.array([[0, 8], [10, 20]]), abs=0.3)


def test_it_is_known_where_half_of_what_is_around_is() -> None:
    t = np.arange(100) / 50
    values = np.stack([0 * t, 0 * t], axis=1)
    values[40:44] = np.nan
    values[60:80] = np.nan
    _, known = Stillness(0.3, 0.3, 2.0).of(values, t, 6.0)
    assert known[:60].all()
    assert not known[60:80].any()


def test_blinks_are_as_both_sides_of_them_are() -> None:
    tracks = Tracks.of(np.zeros((12, 2)), np.arange(12) / 10)
    known = np.array([1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1], bool)
    chosen = np.array([1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0], bool)
    through = through_blinks(chosen, known, tracks, 0.25)
    assert through.astype(int).tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0]


def test_after_a_break_nothing_goes_on() -> None:
    begins, ends = np.zeros(8, bool), np.zeros(8, bool)
    begins[1] = True
    assert hysteresis_in([slice(0, 3), slice(5, 8)], begins, ends)[:3].tolist() == [1, 1, 1]
    assert not hysteresis_in([slice(0, 3), slice(5, 8)], begins, ends)[3:].any()


def test_missing_frames_break_a_recording_where_they_last() -> None:
    times_s = np.delete(np.arange(30) / 10, [5, 6, 7, 15, 16, 17, 18, 19, 20])
    tracks = Tracks.of(np.zeros((len(times_s), 2)), times_s)
    known = np.ones(len(tracks), bool)
    assert len(pieces(known, tracks)) == 3
    assert len(pieces(known, tracks, bridged_s=0.5)) == 2
