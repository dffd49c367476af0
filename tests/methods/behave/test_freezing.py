from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import Episodes, Refusal, Tracks
from ethoframe.methods.behave.activity import Activity
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.run import apply

RATE = 30.0


def animal(seconds=20.0, *, rate=RATE, walks=(), sniffs=(), stretches=(), noise=0.0) -> Tracks:
    """Sits, but for spans in which it walks, moves its head, changes its shape."""
    t = np.arange(round(seconds * rate)) / rate

    def during(spans) -> np.ndarray:
        return np.any([(t >= a) & (t < b) for a, b in spans], axis=0) if spans else 0 * t

    x = np.cumsum(60.0 * during(walks)) / rate
    angle = during(sniffs) * 0.5 * np.sin(12 * t)
    centre = np.stack([x, 0 * x], axis=1)
    head = centre + 40 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    position = np.stack([centre, head, centre - [40.0, 0.0]], axis=2)[..., None]
    position = position + np.random.default_rng(1).normal(0, 1, position.shape) * noise
    area = 1000 * (1 + 0.3 * during(stretches) * np.sin(8 * t))[:, None]
    features = {"area_px2": area, "major_px": np.full((len(t), 1), 80.0)}
    names = ("centroid", "head_end", "tail_end")
    seen = np.ones((len(t), 3, 1))
    return Tracks(position, seen, np.arange(len(t)), t, names, unit="mm", features=features)


def freezing(tracks: Tracks, **parameters) -> list[tuple[float, float]]:
    episodes: Episodes = apply(Freezing(**parameters), tracks=tracks)
    return [(float(a), float(b)) for a, b in episodes.spans("freezing")]


def near(*spans: tuple[float, float]) -> list[object]:
    """Spans to half a window and two frames."""
    return [pytest.approx(span, abs=0.15 + 2 / RATE) for span in spans]


def test_it_freezes_while_nothing_moves() -> None:
    assert freezing(animal(walks=[(5, 8)])) == near((0, 5), (8, 20))


def test_an_animal_that_moves_its_head_on_the_spot_is_immobile_and_does_not_freeze() -> None:
    tracks = animal(sniffs=[(5, 12)])
    assert freezing(tracks) == near((0, 5), (12, 20))
    activity = apply(Activity(), tracks=tracks)
    assert activity.total_s("immobile") == pytest.approx(20.0)


def test_an_animal_that_changes_its_shape_does_not_freeze() -> None:
    tracks = animal(stretches=[(5, 12)])
    assert freezing(tracks) == near((0, 5), (12, 20))
    # Tracks that know of no silhouette do not tell.
    assert freezing(replace(tracks, features={})) == near((0, 20))


def test_short_stillness_is_no_freezing() -> None:
    assert freezing(animal(walks=[(0, 5), (5.6, 20)])) == []
    assert freezing(animal(walks=[(0, 5), (5.6, 20)]), least_s=0.2) == near((5, 5.6))


def test_a_twitch_does_not_end_it() -> None:
    tracks = animal(walks=[(8.0, 8.02)])
    assert freezing(tracks) == near((0, 20))
    assert len(freezing(animal(walks=[(8.0, 8.6)]))) == 2
    assert len(freezing(animal(walks=[(8.0, 8.6)]), twitch_s=1.5)) == 1


def test_the_thresholds_are_those_of_the_unit() -> None:
    tracks = animal(walks=[(5, 8)])
    in_bl = replace(tracks, position=tracks.position / 80, unit="bl", px_per_unit=80.0)
    assert freezing(in_bl) == near((0, 5), (8, 20))
    assert freezing(in_bl, still_bl_per_s=2.0) == near((0, 20))
    words = apply(Freezing(), tracks=in_bl).definition
    assert "0.07" in words
    assert "bl/s" in words


@pytest.mark.parametrize("rate", [15.0, 30.0, 60.0])
def test_the_frame_rate_hardly_matters(rate) -> None:
    tracks = animal(rate=rate, walks=[(5, 8)], sniffs=[(12, 14)], noise=0.1)
    episodes = apply(Freezing(), tracks=tracks)
    assert episodes.total_s("freezing") == pytest.approx(15.0, abs=0.6)
    assert len(episodes) == 3


def test_where_an_end_was_not_seen_nobody_looked() -> None:
    tracks = animal()
    position = tracks.position.copy()
    position[300:360, :, 1] = np.nan
    episodes = apply(Freezing(), tracks=replace(tracks, position=position))
    assert episodes.support_s == pytest.approx(np.array([[0.0, 10.0], [12.0, 20.0]]))
    assert freezing(replace(tracks, position=position)) == near((0, 10), (12, 20))


def test_tracks_that_will_not_do_are_refused() -> None:
    with pytest.raises(Refusal, match="at the front"):
        Freezing().outline(tracks=spec_of(Tracks.of(np.zeros((3, 2)), np.arange(3.0))))
    with pytest.raises(Refusal, match="mm or body lengths"):
        Freezing().outline(tracks=spec_of(replace(animal(), unit="px")))


def test_nobody_seen_nothing_done() -> None:
    tracks = animal(seconds=2.0)
    episodes = apply(Freezing(), tracks=replace(tracks, position=tracks.position * np.nan))
    assert len(episodes) == episodes.looked_s() == 0


def mouse(
    seconds=30.0,
    *,
    rate=RATE,
    walks=(),
    noise=0.3,
    names=("Nose", "leftear", "Mid-Back", "Tailbase"),
) -> Tracks:
    """Followed at keypoints by a network: it sits and breathes, but for spans in which it walks."""
    t = np.arange(round(seconds * rate)) / rate
    on = np.any([(t >= a) & (t < b) for a, b in walks], axis=0) if walks else 0 * t
    x = np.cumsum(60.0 * on) / rate
    breath = 0.25 * np.sin(2 * np.pi * 4 * t)
    places = {"Nose": 40.0, "leftear": 25.0, "Mid-Back": 0.0, "Tailbase": -40.0}
    points = np.stack([np.stack([x + places[n], breath], axis=1) for n in names], axis=2)[..., None]
    points = points + np.random.default_rng(2).normal(0, noise, points.shape)
    sure = np.ones((len(t), len(names), 1))
    return Tracks(points, sure, np.arange(len(t)), t, names, unit="mm")


WALKS = [(5, 9), (15, 16), (22, 24)]
SITS = (0, 5), (9, 15), (16, 22), (24, 30)


@pytest.mark.parametrize("rate", [15.0, 30.0, 100.0])
@pytest.mark.parametrize("noise", [0.1, 0.3, 0.6])
def test_keypoints_at_any_rate_and_noise(rate, noise) -> None:
    assert freezing(mouse(rate=rate, noise=noise, walks=WALKS)) == near(*SITS)


def test_places_that_leap_or_are_not_sure_are_left_out() -> None:
    tracks, chance = mouse(walks=WALKS), np.random.default_rng(5)
    lost = chance.random(tracks.confidence.shape) < 0.08
    position = tracks.position + np.where(
        lost[:, None], chance.normal(0, 30, lost.shape)[:, None], 0
    )
    assert freezing(replace(tracks, position=position)) == near(*SITS)
    unsure = np.where(lost, 0.1, 0.3)  # a network that is never sure of itself
    assert freezing(replace(tracks, position=position, confidence=unsure)) == near(*SITS)


def test_a_part_that_is_lost_has_no_say() -> None:
    tracks = mouse(walks=WALKS)
    confidence = tracks.confidence.copy()
    confidence[300:600, 0] = 0.01
    assert freezing(replace(tracks, confidence=confidence)) == near(*SITS)
    assert freezing(mouse(walks=WALKS, names=("Nose", "Tailbase"))) == near(*SITS)


def test_pixels_are_body_lengths_where_keypoints_tell_them() -> None:
    tracks = mouse(walks=WALKS)
    assert freezing(replace(tracks, position=tracks.position * 3, unit="px")) == near(*SITS)


def test_every_individual_is_answered_for() -> None:
    one, other = mouse(walks=WALKS), mouse(walks=[(0, 20)])
    both = replace(
        one,
        position=np.concatenate([one.position, other.position], axis=3),
        confidence=np.concatenate([one.confidence, other.confidence], axis=2),
        individuals=("a", "b"),
    )
    episodes = apply(Freezing(), tracks=both)
    assert [tuple(s) for s in episodes.about("a").spans("freezing").tolist()] == near(*SITS)
    assert [tuple(s) for s in episodes.about("b").spans("freezing").tolist()] == near((20, 30))
    assert episodes.about("b").looked_s() == pytest.approx(30.0)


def test_noise_that_hides_the_threshold_is_told() -> None:
    assert apply(Freezing(), tracks=mouse()).cautions == ()
    (line,) = apply(Freezing(), tracks=mouse(noise=6.0)).cautions
    assert "tracking noise of" in line
    assert "the threshold is 6 mm/s" in line
