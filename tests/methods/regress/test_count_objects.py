"""Counts and their intervals on rendered scenes of which the number is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.regress.count_objects import CountObjects
from ethoframe.run import apply
from tests.methods.segment._scenes import nuclei

SCENES = 40


def counts(picture, method: CountObjects = CountObjects()):  # noqa: B008
    return tuple(apply(method, recording=Recording.of(picture[None, ..., None])).table[0])


def held(method: CountObjects, near: float, scenes: int = SCENES) -> float:
    """Share of the scenes in which the interval holds the true number."""
    inside = []
    for seed in range(scenes):
        picture, truth = nuclei(seed, 160, near)
        _, low, high = counts(picture, method)
        inside.append(low <= truth.max() <= high)
    return float(np.mean(inside))


@pytest.mark.slow
def test_the_interval_holds_the_number_nine_times_in_ten() -> None:
    assert held(CountObjects(), 0.85) >= 0.9


def test_components_hold_it_where_nothing_touches() -> None:
    assert held(CountObjects(by="components"), 1.5, 20) >= 0.9


@pytest.mark.parametrize("by", ["watershed", "components", "blobs"])
def test_four_discs_are_four(by) -> None:
    y, x = np.mgrid[:80, :80]
    picture = np.random.default_rng(1).normal(20, 1, (80, 80))
    for down in (20, 60):
        for across in (20, 60):
            picture += 90 * np.clip(9.5 - np.hypot(y - down, x - across), 0, 1)
    count, low, high = counts(picture.astype(np.uint8), CountObjects(by=by))
    assert count == 4
    assert low <= 4 <= high


def test_low_and_high_are_on_either_side_of_the_count() -> None:
    for seed in range(4):
        count, low, high = counts(nuclei(seed, 120, 0.7)[0])
        assert low <= count <= high


def test_given_labels_are_counted() -> None:
    labels = LabelMap.of(np.array([[[0, 3, 3, 7]], [[0, 0, 0, 0]]]))
    recording = Recording.of(np.zeros((2, 1, 4, 1), np.uint8))
    found = apply(CountObjects(), recording=recording, labels=labels)
    assert found.table.tolist() == [[2, 2, 2], [0, 0, 0]]
    assert found.units == ("1", "1", "1")


def test_a_volume_is_counted_and_other_labels_are_refused() -> None:
    z, y, x = np.mgrid[:16, :32, :48]
    volume = 20 + 80 * (np.sqrt((z - 8) ** 2 + (y - 16) ** 2 + (x - 12) ** 2) < 6)
    volume += 80 * (np.sqrt((z - 8) ** 2 + (y - 16) ** 2 + (x - 34) ** 2) < 6)
    recording = Recording.of(volume[None, ..., None].astype(np.uint8))
    assert apply(CountObjects(), recording=recording).table[0, 0] == 2
    with pytest.raises(Refusal, match="labels are of size"):
        apply(CountObjects(), recording=recording, labels=LabelMap.of(np.zeros((1, 4, 4), int)))


@pytest.mark.parametrize("by", ["watershed", "components", "blobs"])
def test_what_is_shown_is_what_is_counted(by) -> None:
    recording = CountObjects.example()["recording"]
    method = CountObjects(by=by)
    counted = apply(method, recording=recording).table[:, 0]
    shown = method.shown(recording.frames(range(len(recording))))
    assert len(shown) == len(recording)
    if by == "blobs":
        assert shown.counts.tolist() == counted.tolist()
        assert (shown.rows("radius_px") > 0).all()
    else:
        assert [patch.labels.max() for patch in shown.patches] == counted.tolist()
    labels = LabelMap.of(np.ones((9, 64, 80), int))
    assert method.shown(recording.frames([0]), labels=labels) is labels


@pytest.mark.parametrize("names", [("luma", "alpha"), ("red", "green", "blue", "alpha")])
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("by", ["watershed", "components"])
def test_what_is_transparent_is_background(names, dark, by) -> None:
    picture, truth = nuclei(3, 120, 1.5)
    picture = 255 - picture if dark else picture
    plain = counts(picture, CountObjects(by=by))
    framed = np.full((1, 160, 160, len(names)), 0 if dark else 255, np.uint8)
    framed[..., -1] = 0
    framed[0, 20:-20, 20:-20] = picture[..., None]
    framed[0, 20:-20, 20:-20, -1] = 255
    recording = replace(Recording.of(framed), channels=names)
    found = apply(CountObjects(by=by), recording=recording).table[0]
    assert abs(found[0] - plain[0]) <= 1
    assert truth.max() > 4
