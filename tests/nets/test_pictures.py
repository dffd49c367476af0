"""Frames as networks see them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.nets.pictures import SHARES, Answers, Sight, answered, known

RGB = ("red", "green", "blue")


def sight_of(*frames, names=("luma",), **asked) -> Sight:
    asked = {"view": "auto", "side": 64} | asked
    return Sight.of(frames, [names] * len(frames), **asked)


def test_its_picture_is_as_long_as_most_frames_are() -> None:
    wide = sight_of(np.zeros((480, 640, 1), np.uint8), side=224)
    assert wide.size == (192, 256)
    assert sight_of(np.zeros((100, 900, 1), np.uint8), side=224).size == (160, 320)
    assert Sight.from_json(wide.to_json()) == wide


def test_a_frame_is_made_small_without_losing_its_shape_or_its_light() -> None:
    sight = sight_of(np.zeros((64, 64, 1), np.uint8), view="whole")
    levels = np.zeros((128, 256), np.uint8)
    levels[:, 128:] = 200
    small = sight.seen(levels, None)
    assert small.shape == (64, 64)
    assert (small[17:47, :30] == 0).all()
    assert (small[17:47, 34:] == 200).all()
    assert np.abs(small[:16].astype(float) - 100).max() <= 1  # margins are of its mean


def test_fine_stripes_are_averaged_and_do_not_alias() -> None:
    sight = sight_of(np.zeros((64, 64, 1), np.uint8), view="whole")
    stripes = np.tile(np.array([0, 200], np.uint8), (256, 128))
    assert np.abs(sight.seen(stripes, None).astype(float) - 100).max() <= 1


def test_patches_are_pixels_as_they_are_and_reach_every_corner() -> None:
    sight = sight_of(np.zeros((64, 64, 1), np.uint8), view="patches", along=3)
    levels = np.arange(150 * 200).reshape(150, 200).astype(np.float32)
    corners = sight.windows(levels.shape)
    assert len(corners) == 9
    assert corners[0] == (0, 0)
    assert corners[-1] == (150 - 64, 200 - 64)
    top, left = corners[4]
    assert np.array_equal(sight.seen(levels, corners[4]), levels[top : top + 64, left : left + 64])
    assert sight.windows((60, 64)) == [None]  # one picture holds all of it


@pytest.mark.parametrize("view", ["auto", "whole", "patches"])
def test_windows_drawn_by_chance_lie_in_the_frame(view) -> None:
    sight = sight_of(np.zeros((64, 64, 1), np.uint8), view=view)
    chance = np.random.default_rng(1)
    drawn = [sight.drawn((70, 300), chance) for _ in range(200)]
    patches = [each for each in drawn if each is not None]
    assert all(0 <= y <= 6 and 0 <= x <= 236 for y, x in patches)
    assert len(patches) == {"whole": 0, "patches": 200}.get(view, len(patches))
    if view == "auto":
        assert 60 < len(patches) < 140


def test_gray_frames_in_three_channels_have_no_colours() -> None:
    gray = np.repeat(np.random.default_rng(0).integers(0, 255, (40, 40, 1)), 3, -1).astype(np.uint8)
    coloured = gray.copy()
    coloured[..., 0] //= 2
    assert not sight_of(gray, names=RGB).colours
    seen = sight_of(gray, coloured, names=RGB)
    assert seen.colours
    assert seen.levels(coloured, RGB).shape == (40, 40, 3)
    with pytest.raises(Refusal, match="taught by colours"):
        seen.check(("luma",), "classify/frames")
    named = sight_of(coloured, names=RGB, channel="green")
    assert np.array_equal(named.levels(coloured, RGB), coloured[..., 1])


def test_white_is_what_the_labelled_frames_hold_where_numbers_have_no_end() -> None:
    frame = np.linspace(0, 4000, 64 * 64).reshape(64, 64, 1).astype(np.uint16)
    sight = sight_of(frame)
    assert sight.white == pytest.approx(3996, abs=2)
    assert sight.picture(sight.levels(frame, ("luma",))).max() == pytest.approx(1, abs=0.01)


def test_pixels_that_are_nan_are_as_the_rest() -> None:
    frame = np.full((40, 40, 1), 5.0)
    frame[:10] = np.nan
    sight = sight_of(np.nan_to_num(frame))
    assert (sight.levels(frame, ("luma",)) == 5).all()
    assert (sight.levels(frame * np.nan, ("luma",)) == 0).all()
    stack = np.stack([frame, frame * np.nan])
    assert known(stack).tolist() == [True, False]


def test_answers_are_those_of_each_frame_however_many_there_are() -> None:
    sight = sight_of(np.zeros((64, 64, 1), np.uint8), view="auto")
    frames = [np.full((100, 130), level, np.uint8) for level in range(0, 250, 10)]

    def run(pictures):
        return {"values": pictures.mean(axis=(1, 2, 3))[:, None] * 255}

    for share in SHARES:
        told = answered(run, "values", sight, frames, share)
        assert np.allclose(told[:, 0], range(0, 250, 10), atol=1e-3)


def test_what_counts_for_nothing_is_not_shown() -> None:
    sight, asked = sight_of(np.zeros((64, 64, 1), np.uint8)), []

    def run(pictures):
        asked.append(len(pictures))
        return {"values": np.zeros((len(pictures), 1))}

    for share, count in ((1.0, 1), (0.0, 4), (0.5, 5)):
        asked.clear()
        answered(run, "values", sight, [np.zeros((128, 128), np.uint8)], share)
        assert sum(asked) == count


def test_the_whole_stands_for_patches_that_are_not_there() -> None:
    told = Answers(np.array([[2.0]]), np.array([4]), np.array([True]))
    assert told.of_frames(0.0).tolist() == [[2.0]]


def test_a_view_may_be_changed_afterwards() -> None:
    sight = replace(sight_of(np.zeros((64, 64, 1), np.uint8)), view="patches")
    assert None not in sight.windows((128, 128))
