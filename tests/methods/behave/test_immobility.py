from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import Refusal, Tracks
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.methods.behave.immobility import Immobility
from ethoframe.run import apply

RATE = 30.0


def hanging(seconds=20.0, *, rate=RATE, efforts=(), swing=0.4, noise=0.0) -> Tracks:
    """Hangs by the tail and swings; in some spans it curls up and stretches again and again."""
    t = np.arange(round(seconds * rate)) / rate
    tries = np.any([(t >= a) & (t < b) for a, b in efforts], axis=0) if efforts else 0 * t
    angle = swing * np.sin(5 * t)
    down = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    long = (80 - tries * (15 + 15 * np.sin(18 * t)))[:, None]
    position = np.stack([0 * down, 0.5 * long * down, long * down], axis=2)[..., None]
    position = position + np.random.default_rng(1).normal(0, 1, position.shape) * noise
    names = ("Tailbase", "Mid-Back", "Nose")
    seen = np.ones((len(t), 3, 1))
    return Tracks(position, seen, np.arange(len(t)), t, names, unit="mm")


def immobile(tracks: Tracks, **parameters) -> list[tuple[float, float]]:
    episodes = apply(Immobility(**parameters), tracks=tracks)
    return [(float(a), float(b)) for a, b in episodes.spans("immobility")]


def near(*spans: tuple[float, float]) -> list[object]:
    return [pytest.approx(span, abs=0.25 + 2 / RATE) for span in spans]


def test_an_animal_that_swings_makes_no_effort_and_does_not_freeze() -> None:
    assert immobile(hanging()) == near((0, 20))
    assert len(apply(Freezing(), tracks=hanging())) == 0


def test_efforts_end_it_and_short_ones_do_not() -> None:
    assert immobile(hanging(efforts=[(5, 9)])) == near((0, 5), (9, 20))
    assert immobile(hanging(efforts=[(5, 5.2)])) == near((0, 20))


def test_the_window_of_the_test_is_looked_at_only() -> None:
    episodes = apply(Immobility(from_s=4.0, until_s=12.0), tracks=hanging())
    assert episodes.support_s.tolist() == [pytest.approx([4.0, 12.0])]
    assert episodes.total_s("immobility") == pytest.approx(8.0)


@pytest.mark.parametrize("rate", [15.0, 60.0])
def test_frame_rate_and_noise_hardly_matter(rate) -> None:
    tracks = hanging(rate=rate, efforts=[(5, 9)], noise=0.3)
    assert sum(b - a for a, b in immobile(tracks)) == pytest.approx(16.0, abs=0.8)


def test_body_lengths_and_pixels() -> None:
    tracks = hanging(efforts=[(5, 9)])
    in_bl = replace(tracks, position=tracks.position / 80, unit="bl", px_per_unit=80.0)
    in_px = replace(tracks, position=tracks.position * 4, unit="px")
    assert immobile(in_bl) == immobile(in_px) == near((0, 5), (9, 20))
    with pytest.raises(Refusal, match="front"):
        Immobility().outline(tracks=spec_of(Tracks.of(np.zeros((3, 2)), np.arange(3.0))))


def bending(degrees, *, rate=50.0, noise=0.5, spin_hz=0.0, names=()) -> Tracks:
    """Hangs and swings for 30 s; from 10 to 20 s it bends its front to and fro, 2.5 times a second.

    All the while it may spin about its own length.
    """
    t = np.arange(round(30 * rate)) / rate
    bend = np.where((t >= 10) & (t < 20), np.deg2rad(degrees) * np.sin(5 * np.pi * t), 0.0)
    swing = 0.4 * np.sin(5 * t)
    back, ahead = (np.stack([np.sin(a), np.cos(a)], axis=1) for a in (swing, swing + bend))
    aside = 8 * np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    aside = aside * np.cos(2 * np.pi * spin_hz * t)[:, None]
    middle, ears = 40 * back, 40 * back + 28 * ahead
    places = {
        "nose": middle + 40 * ahead,
        "left_ear": ears + aside,
        "right_ear": ears - aside,
        "body_centre": middle,
        "tail_base": 0 * middle,
    }
    names = tuple(names or places)
    position = np.stack([places[name] for name in names], axis=2)[..., None]
    position = position + np.random.default_rng(3).normal(0, noise, position.shape)
    return Tracks(
        position, np.ones((len(t), len(names), 1)), np.arange(len(t)), t, names, unit="mm"
    )


@pytest.mark.parametrize("degrees", [20, 42])
@pytest.mark.parametrize(("rate", "noise"), [(25.0, 0.25), (25.0, 1.0), (60.0, 0.25), (60.0, 1.0)])
def test_bending_is_an_effort(degrees, rate, noise) -> None:
    tracks = bending(degrees, rate=rate, noise=noise)
    assert immobile(tracks) == near((0, 10), (20, 30))
    three = bending(degrees, rate=rate, noise=noise, names=("nose", "body_centre", "tail_base"))
    assert immobile(three) == near((0, 10), (20, 30))


def test_spinning_slowly_about_its_length_is_none() -> None:
    assert immobile(bending(0, spin_hz=0.25)) == near((0, 30))


def test_of_two_parts_bending_is_not_seen_and_the_definition_says_so() -> None:
    episodes = apply(Immobility(), tracks=bending(20, names=("nose", "tail_base")))
    assert episodes.total_s("immobility") == pytest.approx(30.0)
    assert "bending is not seen" in episodes.definition
    ends = ("nose", "left_ear", "right_ear", "tail_base")
    assert "hardly seen" in apply(Immobility(), tracks=bending(20, names=ends)).definition
    words = apply(Immobility(), tracks=bending(20)).definition
    assert "beside the line" in words
    assert "bending is" not in words
