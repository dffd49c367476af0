from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Episodes, Tracks
from ethoframe.methods.behave.floating import Floating
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.run import apply

RATE = 30.0


def swimmer(seconds=20.0, *, rate=RATE, drift=30.0, swims=(), paddles=()) -> Tracks:
    """Drifts, but for spans in which it swims off, or paddles with its body on the spot."""
    t = np.arange(round(seconds * rate)) / rate

    def during(spans) -> np.ndarray:
        return np.any([(t >= a) & (t < b) for a, b in spans], axis=0) if spans else 0 * t

    x = np.cumsum(np.where(during(swims), 180.0, drift)) / rate
    angle = during([*swims, *paddles]) * 0.6 * np.sin(15 * t)
    centre = np.stack([x, 0 * x], axis=1)
    ahead = 40 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    position = np.stack([centre, centre + ahead, centre - ahead], axis=2)[..., None]
    names = ("centroid", "head_end", "tail_end")
    seen = np.ones((len(t), 3, 1))
    return Tracks(position, seen, np.arange(len(t)), t, names, unit="mm")


def floating(tracks: Tracks, **parameters) -> list[tuple[float, float]]:
    episodes: Episodes = apply(Floating(**parameters), tracks=tracks)
    return [(float(a), float(b)) for a, b in episodes.spans("floating")]


def near(*spans: tuple[float, float]) -> list[object]:
    """Spans to half the longer window: drift is told over a second."""
    return [pytest.approx(span, abs=0.5 + 2 / RATE) for span in spans]


def test_an_animal_that_drifts_floats_and_does_not_freeze() -> None:
    tracks = swimmer()
    assert floating(tracks) == near((0, 20))
    assert len(apply(Freezing(), tracks=tracks)) == 0


def test_swimming_and_paddling_on_the_spot_are_no_floating() -> None:
    assert floating(swimmer(swims=[(5, 9)])) == near((0, 5), (9, 20))
    assert floating(swimmer(drift=0.0, paddles=[(5, 9)])) == near((0, 5), (9, 20))


def test_a_stroke_does_not_end_it() -> None:
    assert floating(swimmer(paddles=[(5.0, 5.25)])) == near((0, 20))
    assert len(floating(swimmer(paddles=[(5.0, 5.25)]), stroke_s=0.0)) > 1


def test_it_lasts_for_a_while() -> None:
    tracks = swimmer(paddles=[(0, 10), (10.8, 20)])
    assert floating(tracks) == []
    assert floating(tracks, least_s=0.3) == near((10, 10.8))


@pytest.mark.parametrize("rate", [15.0, 30.0, 60.0])
def test_the_frame_rate_hardly_matters(rate) -> None:
    episodes = apply(Floating(), tracks=swimmer(rate=rate, swims=[(5, 9)]))
    assert episodes.total_s("floating") == pytest.approx(16.0, abs=0.8)


def test_thresholds_in_body_lengths() -> None:
    tracks = swimmer(swims=[(5, 9)])
    in_bl = replace(tracks, position=tracks.position / 80, unit="bl", px_per_unit=80.0)
    assert floating(in_bl) == near((0, 5), (9, 20))
    assert "bl/s" in apply(Floating(), tracks=in_bl).definition


def test_where_the_window_was_not_filmed_that_is_told() -> None:
    tracks = Floating.example()["tracks"]
    seconds = tracks.times_s[-1]
    late = apply(Floating(from_s=seconds + 60, until_s=seconds + 300), tracks=tracks)
    assert len(late) == 0
    assert "nothing was followed" in late.cautions[0]
    assert apply(Floating(), tracks=tracks).cautions == ()
