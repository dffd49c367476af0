from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import spec_of
from ethoframe.data import Arena, Arenas, Recording, Refusal
from ethoframe.methods.enhance.crop import Crop
from ethoframe.run import apply
from ethoframe.testing.strategies import recordings

FILM = Crop.example()["recording"]
WHOLE = FILM.frames(range(len(FILM)))


@given(recordings(least=1), st.data())
def test_the_pixels_are_those_of_the_window(recording, data) -> None:
    high, wide = recording.size
    top, left = data.draw(st.integers(0, high - 1)), data.draw(st.integers(0, wide - 1))
    height, width = data.draw(st.integers(0, high - top)), data.draw(st.integers(0, wide - left))
    cropped = apply(Crop(top, left, height, width), recording=recording)
    rows = slice(top, top + height if height else None)
    columns = slice(left, left + width if width else None)
    frames = recording.frames(range(len(recording)))
    assert np.array_equal(cropped.pixels, frames.pixels[:, rows, columns])
    assert np.array_equal(cropped.numbers, frames.numbers)
    assert np.array_equal(cropped.times_s, frames.times_s)
    assert (cropped.channels, cropped.spacing_mm) == (frames.channels, frames.spacing_mm)


def test_the_window_of_an_arena_is_cropped() -> None:
    square = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
    beside = square + np.array([9.0, 1.0])
    arenas = Arenas((Arena("rectangle", square + 1, name="a"), Arena("rectangle", beside)))
    window = arenas.windows(FILM.size)["arena"]
    crop = Crop(window.top, window.left, window.height, window.width)
    assert np.array_equal(crop.apply(WHOLE).pixels[..., 0], WHOLE.pixels[:, *window.slices, 0])


def test_nothing_is_copied_and_nothing_can_be_changed() -> None:
    cropped = Crop(2, 3, 4, 5).apply(WHOLE)
    assert np.may_share_memory(cropped.pixels, WHOLE.pixels)
    assert not cropped.pixels.flags.writeable


def test_the_outline_keeps_all_but_the_size() -> None:
    recording = Recording.of(WHOLE.pixels, 25.0, keyframes=(0, 5))
    spec = Crop(2, 3, 4, 5).outline(recording=spec_of(recording))
    assert spec.shape == (10, 4, 5, 1)
    assert (spec.keyframes, spec.step_s, spec.dtype) == ((0, 5), pytest.approx(0.04), "uint8")


@pytest.mark.parametrize("window", [(12, 0), (0, 16), (4, 0, 9, 0), (0, 10, 0, 7), (40, 40, 1, 1)])
def test_a_window_outside_the_picture_is_refused(window) -> None:
    with pytest.raises(Refusal, match="outside the picture of 16 × 12 px"):
        Crop(*window).outline(recording=spec_of(FILM))
    with pytest.raises(Refusal, match="outside the picture"):
        Crop(*window).apply(WHOLE)
