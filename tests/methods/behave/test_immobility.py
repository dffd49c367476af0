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
