from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Patch, Tracks, Values
from ethoframe.methods.segment.silhouette import Silhouette as Outline
from ethoframe.methods.summarise.appearance import Appearance
from ethoframe.methods.summarise.background import Background
from ethoframe.methods.track.silhouette import Silhouette
from ethoframe.run import apply
from ethoframe.testing.scenes import Scene

SIZE = (120, 160)
RATE = 30.0
LONG, WIDE = 36.0, 18.0  # axes of the animal, px
BODY, THIN = 1, 2

Thing = tuple[float, float] | tuple[float, float, float]
"""Where an animal is, x and y, and which way it lies, degrees; 0 when left out."""


def ellipse(labels: np.ndarray, thing: Thing, long=LONG, wide=WIDE) -> None:
    x, y, *angle = thing
    down, across = np.indices(labels.shape, float)
    turn = np.deg2rad(angle[0] if angle else 0.0)
    along = (across - x) * np.cos(turn) + (down - y) * np.sin(turn)
    aside = (down - y) * np.cos(turn) - (across - x) * np.sin(turn)
    labels[(2 * along / long) ** 2 + (2 * aside / wide) ** 2 <= 1] = BODY


def film(frames: Sequence[Callable[[np.ndarray], None] | Sequence[Thing]]) -> LabelMap:
    """One label picture per frame, of things that are ellipses or draw themselves."""
    patches = []
    for frame in frames:
        labels = np.zeros(SIZE, np.uint8)
        for thing in [frame] if callable(frame) else frame:
            thing(labels) if callable(thing) else ellipse(labels, thing)
        patches.append(Patch(labels))
    numbers = np.arange(len(patches))
    names = {BODY: "body", THIN: "thin"}
    return LabelMap(tuple(patches), numbers, numbers / RATE, SIZE, names)


def tracked(frames, **parameters) -> Tracks:
    return apply(Silhouette(**parameters), silhouette=film(frames))


def x_of(tracks: Tracks) -> list[float | None]:
    """Whole pixels across of each frame's centroid, None where there is none."""
    x = tracks.at("centroid")[:, 0]
    return [None if np.isnan(value) else round(value) for value in x]


def test_a_place_is_that_of_the_area() -> None:
    path = [(50 + 1.3 * t, 60 + 0.7 * t, 5 * t) for t in range(30)]
    tracks = tracked([[thing] for thing in path])
    assert tracks.at("centroid") == pytest.approx(np.array(path)[:, :2], abs=0.2)
    assert (tracks.confidence == 1).all()


def test_shape_is_that_of_the_ellipse() -> None:
    tracks = tracked([[(80.0, 60.0, 6.0 * t)] for t in range(30)])
    assert tracks.feature("area_px2") == pytest.approx(np.pi / 4 * LONG * WIDE, rel=0.03)
    assert tracks.feature("major_px") == pytest.approx(LONG, abs=1.0)
    assert tracks.feature("minor_px") == pytest.approx(WIDE, abs=1.0)


def test_ends_keep_their_names_all_the_way_round() -> None:
    angle = np.arange(0, 720, 8)
    tracks = tracked([[(80.0, 60.0, a)] for a in angle])
    ahead = tracks.at("end_1") - tracks.at("end_2")
    assert np.hypot(*ahead.T) == pytest.approx(LONG, abs=2.5)
    turned = np.rad2deg(np.unwrap(np.arctan2(ahead[:, 1], ahead[:, 0])))
    assert turned - turned[0] == pytest.approx(angle, abs=4)


@pytest.mark.parametrize("side", [-1, 1])
def test_a_tail_is_behind_the_end_it_hangs_on(side) -> None:
    def with_tail(labels: np.ndarray) -> None:
        labels[59:62, 80 : 80 + 45 * side : side] = THIN
        ellipse(labels, (80.0, 60.0))

    tracks = tracked([[with_tail]] * 3)
    beyond = {
        np.sign(tracks.at(end)[0, 0] - 80): tracks.feature(f"thin_{end}_px2")[0]
        for end in ("end_1", "end_2")
    }
    # 45 px long from the middle of the body and 3 wide; only sampled, so not to the pixel.
    assert beyond[side] == pytest.approx(3 * (45 - LONG / 2), rel=0.4)
    assert beyond[-side] == 0


def test_frames_without_the_animal_are_marked_and_nothing_is_made_up() -> None:
    path = [[(40.0 + t, 60.0)] if not 10 <= t < 17 else [] for t in range(30)]
    tracks = tracked(path)
    gone = np.array([not frame for frame in path])
    assert np.isnan(tracks.position[gone]).all()
    assert (tracks.confidence[gone] == 0).all()
    assert all(np.isnan(column[gone]).all() for column in tracks.features.values())
    assert np.isfinite(tracks.position[~gone]).all()
    assert (tracks.confidence[~gone] == 1).all()


def test_of_two_bodies_the_one_is_taken_that_the_animal_can_have_become() -> None:
    frames = [[(40.0 + t, 60.0)] for t in range(5)]
    frames += [[(40.0 + t, 60.0), (130.0, 40.0)] for t in range(5, 15)]
    assert x_of(tracked(frames)) == [40 + t for t in range(15)]


def test_something_else_is_not_the_animal_only_because_it_is_gone() -> None:
    frames = [[(30.0, 60.0)]] * 5 + [[(140.0, 60.0)]] * 5 + [[(32.0, 60.0)]] * 5
    # At most 2 body lengths a second, and half a length: 36 × (0.5 + 2 × 5 / 30) = 30 px.
    assert x_of(tracked(frames, speed_bl_per_s=2.0)) == [30] * 5 + [None] * 5 + [32] * 5


def test_after_long_enough_it_may_be_anywhere() -> None:
    frames = [[(30.0, 60.0)]] * 5 + [[(140.0, 60.0)]] * 20
    found = x_of(tracked(frames, speed_bl_per_s=0.1, lost_s=0.5))
    assert found == [30] * 5 + [None] * 15 + [140] * 5


def test_a_crumb_is_no_animal() -> None:
    def crumb(labels: np.ndarray) -> None:
        ellipse(labels, (62.0, 60.0), 7, 7)

    frames = [[(60.0, 60.0)]] * 5 + [[crumb]] * 5 + [[(60.0, 60.0), crumb]] * 5
    assert x_of(tracked(frames)) == [60] * 5 + [None] * 5 + [60] * 5


def test_a_first_sight_that_was_wrong_is_got_over() -> None:
    def arm(labels: np.ndarray) -> None:
        labels[20:100, 20:120] = BODY

    found = x_of(tracked([[arm]] * 2 + [[(60.0, 60.0)]] * 20, lost_s=0.5))
    assert found[:2] == [70, 70]
    assert found[-4:] == [60] * 4


def test_with_its_size_known_the_animal_is_not_mixed_up_at_first() -> None:
    def arm(labels: np.ndarray) -> None:
        labels[:40, 100:] = BODY

    labels = film([[arm, (50.0, 80.0)]] * 5)
    looks = Values.whole(area=(np.pi / 4 * LONG * WIDE, "px2"))
    assert x_of(apply(Silhouette(), silhouette=labels)) == [130] * 5
    assert x_of(apply(Silhouette(), silhouette=labels, appearance=looks)) == [50] * 5
    nobody = Values.whole(area=(np.nan, "px2"))
    assert x_of(apply(Silhouette(), silhouette=labels, appearance=nobody)) == [130] * 5


@pytest.mark.parametrize("rate", [15.0, 30.0, 120.0])
def test_what_is_usual_is_learned_at_the_same_pace_at_any_frame_rate(rate) -> None:
    """Half a second of a crouching animal, then a body that only the crouched one can be."""
    count = round(0.5 * rate)
    frames = [[(60.0, 60.0)]] * 3 + [[lambda labels: ellipse(labels, (60.0, 60.0), 24, 12)]] * count
    labels = film(frames)
    timed = LabelMap(labels.patches, labels.numbers, labels.numbers / rate, SIZE, labels.names)
    method, memory = Silhouette(), Silhouette().start()
    _, memory = method.step(timed, memory)
    gone = 1 - memory["area"] / (np.pi / 4 * LONG * WIDE)
    crouched = 1 - 24 * 12 / (LONG * WIDE)
    assert gone == pytest.approx(crouched * (1 - np.exp(-0.5 / 0.65)), rel=0.12)


def test_no_body_no_tracks() -> None:
    assert not tracked([[]] * 4).seen.any()
    assert len(tracked([[]] * 4)) == 4


def test_labels_may_lie_in_any_window() -> None:
    whole = film([[(60.0 + t, 50.0, 20.0)] for t in range(10)])
    trimmed = LabelMap(
        tuple(p.trimmed() for p in whole.patches), whole.numbers, whole.times_s, SIZE, whole.names
    )
    one, other = (apply(Silhouette(), silhouette=labels) for labels in (whole, trimmed))
    assert one == other


# On scenes, with everything measured by the methods before.

SMALL = Scene(size=(240, 320), duration_s=24.0, rate=15.0, seed=3)


@pytest.mark.parametrize(
    "hard",
    [
        {"cable": True},
        {"droppings": 25},
        {"light_switch_s": 13.0},
        {"light_switch_s": 13.0, "polarity": "light"},
        {"still": ((2.0, 21.5),), "texture": 0.06, "surface": "bedding"},
    ],
    ids=["cable", "droppings", "light switch", "light switch, light animal", "asleep"],
)
def test_what_a_lab_brings_disturbs_it_little(hard) -> None:
    scene = replace(SMALL, **hard)
    recording = replace(scene.recording(), keyframes=np.arange(0, 360, 15))
    looks = {"background": apply(Background(), recording=recording)}
    looks["appearance"] = apply(Appearance(), recording=recording, **looks)
    labels = apply(Outline(), recording=recording, **looks)
    tracks = apply(Silhouette(), silhouette=labels, appearance=looks["appearance"])
    off = np.hypot(*(tracks.at("centroid") - scene.truth().at("centroid")).T)
    assert tracks.seen.all()
    assert np.percentile(off, 95) < 1.5
    assert off.max() < 4
