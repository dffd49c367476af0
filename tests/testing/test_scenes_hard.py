"""What a lab's afternoon brings must be in the pictures, and must leave the truth alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from ethoframe.formats import read
from ethoframe.testing.scenes import HARD, Scene, film

ALWAYS = ((0.0, float("inf")),)
QUIET = Scene(duration_s=12.0, noise_level=0.0, shading=0.0, seed=57)
BROUGHT = replace(QUIET, hand=((1.0, 5.0),), hidden=((0.0, 3.0),), still=((2.5, 4.0),))


def change(scene: Scene, other: Scene, time_s: float) -> np.ndarray:
    """Gray levels by which two scenes differ at a time."""
    a, b = (one.image(int(np.searchsorted(one.times_s, time_s))) for one in (scene, other))
    return cv2.absdiff(a, b)


def handless(scene: Scene) -> Scene:
    return replace(scene, hand=())


@pytest.mark.parametrize("seed", [57, 58, 59])
def test_hand_is_seen_in_its_span_and_only_then(seed) -> None:
    scene = replace(BROUGHT, hand=((6.0, 9.0),), seed=seed)
    for time_s in (0.0, 5.9, 9.0, 11.0):
        assert not change(scene, handless(scene), time_s).any()
    for time_s in (6.4, 7.5, 8.6):
        assert (change(scene, handless(scene), time_s) > 20).any()


def test_hand_is_much_larger_than_the_animal_and_reaches_it() -> None:
    hand = change(BROUGHT, handless(BROUGHT), 3.0) > 20
    animal = change(handless(BROUGHT), replace(QUIET, hidden=ALWAYS), 3.0) > 60
    assert hand.sum() > 3 * animal.sum()
    assert (hand & animal).sum() > 0.2 * animal.sum()
    assert hand[-1].any()


def test_hand_brings_the_animal_and_takes_it_away() -> None:
    """Its black is seen before the truth has it in; nothing jumps where it changes hands."""
    scene = replace(BROUGHT, hand=((1.0, 5.0), (7.0, 10.0)), hidden=((0.0, 3.0), (8.5, 99.0)))
    still = replace(scene, still=((2.5, 4.0), (7.5, 9.0)))
    truth = still.truth()
    for number in (88, 256):
        assert not truth.seen[number]
        assert (still.image(number) < 50).sum() > 500
    for before, after in ((88, 89), (89, 90), (254, 255), (255, 256)):
        jump = cv2.absdiff(still.image(before), still.image(after)) > 40
        assert jump.sum() < 300
    assert not (still.image(25) < 50).any()
    assert not (still.image(301) < 50).any()


def test_trial_starts_when_the_animal_is_in_and_the_hand_is_out() -> None:
    assert BROUGHT.trial_start_s == pytest.approx(5.0)
    assert HARD["hand_at_start"].trial_start_s == pytest.approx(6.0)
    assert HARD["empty_start"].trial_start_s == pytest.approx(9.0)
    assert HARD["asleep"].trial_start_s == 0
    # A hand that is back within two seconds had not left yet.
    again = replace(BROUGHT, hand=((1.0, 5.0), (6.5, 8.0)))
    assert again.trial_start_s == pytest.approx(8.0)
    assert np.isnan(replace(QUIET, hidden=ALWAYS).trial_start_s)


def test_measures_count_from_the_start_of_the_trial() -> None:
    step = np.hypot(*np.diff(BROUGHT.truth_mm().at("centroid")[150:], axis=0).T)
    assert BROUGHT.distance_mm() == pytest.approx(step.sum())
    assert handless(BROUGHT).distance_mm() > BROUGHT.distance_mm() > 0
    centred = replace(HARD["hand_at_start"], rate=10.0)
    assert handless(centred).seconds_in_centre() > centred.seconds_in_centre() + 1.5


def test_cable_is_thin_and_leads_from_the_animal_out_of_the_picture() -> None:
    scene = replace(QUIET, cable=True)
    scale = 0.9 * 480 / 400  # px per mm
    for time_s in (1.0, 7.0):
        cable = change(scene, QUIET, time_s) > 35
        count, things = cv2.connectedComponents(cable.astype(np.uint8))
        longest = things == 1 + np.argmax([(things == n).sum() for n in range(1, count)])
        assert longest[0].any()
        rows = longest[:40].sum(axis=1)
        assert 4 * scale <= np.median(rows) <= 9 * scale
    assert scene.truth() == QUIET.truth()
    moved = cv2.absdiff(scene.image(30), scene.image(210)) > 80
    assert moved[:40].any()  # it sways


def test_droppings_come_one_by_one_and_stay() -> None:
    scene = replace(QUIET, droppings=10)
    spotted = []
    for number in range(0, 360, 20):
        spots = cv2.absdiff(scene.image(number), QUIET.image(number)) > 98
        spotted.append(cv2.connectedComponentsWithStats(spots.astype(np.uint8))[2][1:, 4])
    counts = np.array([len(areas) for areas in spotted])
    assert counts[0] <= 1
    assert counts[-1] >= 8  # some lie under the animal
    # An oval of 6 mm by 3 mm, at 1.08 px per mm.
    assert np.median(spotted[-1]) == pytest.approx(np.pi * 3 * 1.5 * 1.08**2, rel=0.35)
    assert scene.truth() == QUIET.truth()


def test_light_switches_at_once_in_level_and_pattern() -> None:
    scene = replace(QUIET, hidden=ALWAYS, light_switch_s=6.0, light_switch_to=0.6)
    before, after = (np.maximum(scene.image(n).astype(float), 1) for n in (179, 180))
    share = after / before
    assert share.mean() < 0.6
    assert share[:80, :80].mean() > 1.3 * share[-80:, -80:].mean()
    assert np.array_equal(scene.image(180), scene.image(300))
    assert np.array_equal(scene.image(0), scene.image(179))


def test_dropped_frames_leave_gaps_in_the_times_and_nothing_else() -> None:
    scene = replace(QUIET, dropped=0.1)
    assert len(scene) == len(scene.recording())
    assert 0.88 * len(QUIET) < len(scene) < 0.91 * len(QUIET)
    left = np.round(scene.times_s * scene.rate).astype(int)
    assert left[0] == 0
    assert left[-1] == len(QUIET) - 1
    assert np.diff(left).max() >= 4
    for number in (5, 100, len(scene) - 1):
        assert np.array_equal(scene.image(number), QUIET.image(left[number]))
    assert np.array_equal(scene.truth().position, QUIET.truth().position[left])
    assert scene.distance_mm() == QUIET.distance_mm()
    assert scene.seconds_in_centre() == QUIET.seconds_in_centre()


def test_light_level_blur_and_light_off() -> None:
    empty = replace(QUIET, hidden=ALWAYS)
    dim = replace(empty, light_level=0.5)
    assert dim.image(0).mean() == pytest.approx(empty.image(0).mean() / 2, rel=0.01)
    off = replace(empty, light_off_s=6.0, noise_level=3.0)
    assert off.image(180).mean() < 0.04 * off.image(179).mean()
    assert off.image(180).std() > 1
    sharp, soft = (
        cv2.Laplacian(one.image(60), cv2.CV_64F).std() for one in (QUIET, replace(QUIET, blur_px=6))
    )
    assert soft < 0.1 * sharp


def test_second_animal_stays_and_is_no_part_of_the_truth() -> None:
    scene = replace(QUIET, second=True, hidden=((0.0, 6.0),))
    assert scene.truth() == replace(QUIET, hidden=((0.0, 6.0),)).truth()
    alone = change(scene, replace(QUIET, hidden=ALWAYS), 3.0) > 60
    assert 0.7 < alone.sum() / (change(QUIET, replace(QUIET, hidden=ALWAYS), 3.0) > 60).sum() < 1.4


@pytest.mark.parametrize("surface", ["plain", "wood", "bedding"])
def test_floor_is_as_rough_as_told_within_its_walls(surface) -> None:
    smooth = replace(QUIET, hidden=ALWAYS)
    rough = replace(smooth, surface=surface, texture=0.05)
    share = rough.image(0) / np.maximum(smooth.image(0), 1.0)
    assert share[60:420, 140:500].std() == pytest.approx(0.05, rel=0.35)
    assert np.array_equal(rough.image(0)[:, :60], smooth.image(0)[:, :60])
    other = replace(rough, seed=58).image(0)[60:420, 140:500]
    assert abs(np.corrcoef(rough.image(0)[60:420, 140:500].ravel(), other.ravel())[0, 1]) < 0.5


@pytest.mark.parametrize("name", HARD)
def test_hard_scenes_are_a_minute_with_an_animal_that_can_be_measured(name) -> None:
    scene = HARD[name]
    assert scene.name == name
    assert scene.duration_s == 60
    assert scene.trial_start_s < 10
    assert scene.image(len(scene) - 1).shape == scene.size


def test_sleeper_sleeps_four_fifths_of_the_time() -> None:
    sleeper = replace(HARD["asleep"], rate=10.0)
    step = np.hypot(*np.diff(sleeper.truth_mm().at("centroid"), axis=0).T)
    assert step.sum() > 500
    assert np.mean(step == 0) == pytest.approx(0.8, abs=0.01)


def test_film_keeps_the_times(tmp_path: Path) -> None:
    scene = replace(BROUGHT, dropped=0.1, duration_s=4.0, size=(96, 128))
    path = film(scene, tmp_path / "mouse" / "cam1.mp4", keyframe_every=20)
    recording = read(path)
    assert recording.times_s == pytest.approx(scene.times_s, abs=2e-5)
    assert np.diff(recording.keyframes).max() <= 20
    seen = recording.frames([50]).plane(0).astype(int)
    assert np.abs(seen - scene.image(50)).mean() < 2
