from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import spec_of
from ethoframe.data import Episodes, Refusal, Tracks
from ethoframe.methods.behave.activity import Activity
from ethoframe.run import apply

RATE = 20.0
FAST, BETWEEN, SLOW = 50.0, 17.0, 2.0  # mm/s; movement starts above 20 and ends below 15


def walk(*bouts: tuple[float, float], unit="mm") -> Tracks:
    """A straight walk of bouts (seconds, speed)."""
    speed = np.concatenate([np.full(round(s * RATE), v) for s, v in bouts])
    x = np.concatenate([[0], np.cumsum(speed)]) / RATE
    tracks = Tracks.of(np.stack([0.6 * x, 0.8 * x], axis=1), np.arange(len(x)) / RATE)
    return replace(tracks, unit=unit)


def active(tracks: Tracks, **parameters) -> Episodes:
    return apply(Activity(**parameters), tracks=tracks)


def spans(episodes: Episodes, label: str) -> list[tuple[float, float]]:
    return [(float(start), float(stop)) for start, stop in episodes.spans(label)]


def near(*expected: tuple[float, float]):
    """Spans as told, to a frame: the speed of a frame is that of the steps on both sides."""
    return [pytest.approx(span, abs=1.01 / RATE) for span in expected]


def test_it_moves_while_it_is_fast() -> None:
    episodes = active(walk((2, SLOW), (3, FAST), (2, SLOW)))
    assert spans(episodes, "moving") == near((2, 5))
    assert spans(episodes, "immobile") == near((0, 2), (5, 7))


def test_between_the_thresholds_it_goes_on_with_what_it_did() -> None:
    up = active(walk((2, SLOW), (2, BETWEEN), (2, FAST), (2, BETWEEN), (2, SLOW)))
    assert spans(up, "moving") == near((4, 8))
    # Never clearly slow or fast in the beginning: what comes first holds from the start.
    assert spans(active(walk((2, BETWEEN), (2, FAST))), "moving") == near((0, 4))
    assert spans(active(walk((2, BETWEEN), (2, SLOW))), "moving") == []
    assert spans(active(walk((2, BETWEEN))), "immobile") == near((0, 2))


def test_short_pauses_and_movements_do_not_count() -> None:
    paused = active(walk((2, FAST), (0.15, 0.0), (2, FAST)))
    assert spans(paused, "moving") == near((0, 4.15))
    stirred = active(walk((2, 0.0), (0.15, FAST), (2, 0.0)))
    assert spans(stirred, "immobile") == near((0, 4.15))
    both = active(walk((2, FAST), (0.5, 0.0), (0.5, FAST), (0.5, 0.0)))
    assert spans(both, "moving") == near((0, 2), (2.5, 3))


def test_two_movements_with_a_short_pause_between_them_are_one() -> None:
    """Each by itself is too short to count."""
    stirred = active(walk((2, 0.0), (0.15, FAST), (0.1, 0.0), (0.15, FAST), (2, 0.0)))
    assert spans(stirred, "moving") == near((2, 2.4))


def test_shortest_is_a_parameter() -> None:
    tracks = walk((2, FAST), (1, 0.0), (2, FAST))
    assert spans(active(tracks, shortest_s=1.5), "moving") == near((0, 5))
    assert len(spans(active(tracks, shortest_s=0.0), "moving")) == 2


def test_what_was_not_seen_is_neither_moving_nor_immobile() -> None:
    tracks = walk((6, FAST))
    position = tracks.position.copy()
    position[40:60] = np.nan
    episodes = active(replace(tracks, position=position))
    assert episodes.support_s.tolist() == near((0, 2), (3, 6.05))
    assert spans(episodes, "moving") == near((0, 2), (3, 6.05))
    assert episodes.looked_s() == pytest.approx(5.05)


def test_time_in_which_no_frame_was_taken_was_not_looked_at() -> None:
    tracks = walk((6, FAST))
    later = np.where(np.arange(len(tracks)) >= 60, 10.0, 0.0)
    episodes = active(replace(tracks, times_s=tracks.times_s + later))
    assert episodes.support_s.tolist() == near((0, 3), (13, 16.05))


def test_without_a_scale_body_lengths_count() -> None:
    in_bl = walk((2, 0.02), (3, 0.5), (2, 0.02), unit="bl")
    assert spans(active(in_bl), "moving") == near((2, 5))
    assert spans(active(in_bl, start_bl_per_s=0.6, stop_bl_per_s=0.6), "moving") == []


def test_pixels_are_refused() -> None:
    with pytest.raises(Refusal, match="mm or body lengths"):
        Activity().outline(tracks=spec_of(walk((1, 1.0), unit="px")))


def test_nobody_seen_nothing_done() -> None:
    tracks = replace(walk((1, FAST)), position=np.full((21, 2, 1, 1), np.nan))
    episodes = active(tracks)
    assert len(episodes) == episodes.looked_s() == 0


@given(
    st.lists(st.tuples(st.floats(0.05, 2), st.floats(0, 60)), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 200), st.integers(1, 20)), max_size=3),
)
def test_every_moment_that_was_looked_at_is_one_or_the_other(bouts, gaps) -> None:
    tracks = walk(*bouts)
    position = tracks.position.copy()
    for first, count in gaps:
        position[first : first + count] = np.nan
    episodes = active(replace(tracks, position=position))
    both = episodes.total_s("moving") + episodes.total_s("immobile")
    assert both == pytest.approx(episodes.looked_s())
    assert (np.diff(episodes.start_s) > 0).all()
    assert (episodes.stop_s[:-1] <= episodes.start_s[1:] + 1e-9).all()


def test_every_individual_is_answered_for() -> None:
    one, other = walk((2, SLOW), (3, FAST)), walk((4, FAST), (1, SLOW))
    both = replace(
        one,
        position=np.concatenate([one.position, other.position], axis=3),
        confidence=np.concatenate([one.confidence, other.confidence], axis=2),
        individuals=("a", "b"),
    )
    episodes = active(both)
    assert spans(episodes.about("a"), "moving") == near((2, 5.05))
    assert spans(episodes.about("b"), "moving") == near((0, 4))


def test_noise_as_fast_as_a_movement_is_told() -> None:
    tracks = walk((5, SLOW), (5, FAST))
    assert active(tracks).cautions == ()
    noise = np.random.default_rng(0).normal(0, 1.5, tracks.position.shape)
    (line,) = active(replace(tracks, position=tracks.position + noise)).cautions
    assert "smooth the tracks first" in line


def test_without_a_scale_nose_and_tail_base_tell_a_length() -> None:
    scaled = walk((3, 60.0), (3, 0.0), unit="mm")
    place = scaled.position[:, :, 0, 0]
    position = np.stack([place, place - [80.0, 0.0]], axis=2)[..., None]
    seen, clock = np.ones((len(scaled), 2, 1)), (scaled.numbers, scaled.times_s)
    tracks = Tracks(position, seen, *clock, ("nose", "tail_base"))
    found = apply(Activity(), tracks=tracks)
    assert found.total_s("moving") == pytest.approx(3, abs=0.3)
    assert "0.25 bl/s" in found.definition


def test_a_blink_ends_nothing() -> None:
    tracks = walk((4, 60.0), unit="mm")
    position = np.array(tracks.position)
    position[50:53] = np.nan
    found = apply(Activity(), tracks=replace(tracks, position=position))
    assert len(found) == len(found.support_s) == 1
