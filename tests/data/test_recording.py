from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Frames, Recording, Refusal, Window
from ethoframe.testing import strategies as nouns

PIXELS = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3, 1)


class Damaged:
    """A source that decodes into one array again and again, and loses the odd frames."""

    def images(self, numbers):
        image = np.empty((2, 3, 1), np.uint8)
        for number in numbers:
            if number % 2 == 0:
                image[:] = PIXELS[number]
                yield number, image


class Unread:
    """A source that must not be asked."""

    def images(self, numbers):
        raise AssertionError("nobody asked for pixels")


@given(nouns.recordings(), st.integers(1, 15), st.data())
def test_batches_are_the_frames_in_order(recording, size, data):
    picked = data.draw(st.lists(st.integers(0, max(0, len(recording) - 1)), unique=True))
    numbers = sorted(picked) if len(recording) else []
    parts = list(recording.batches(numbers, size))
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
    assert all(0 < len(part) <= size for part in parts)
    whole = recording.frames(numbers)
    assert whole.numbers.tolist() == numbers
    assert np.array_equal(whole.times_s, recording.times_s[numbers])
    assert np.array_equal(whole.pixels, recording.source.pixels[numbers])
    if parts:
        assert Frames.joined(parts) == whole


def test_a_frame_that_cannot_be_decoded_is_left_out():
    recording = replace(Recording.of(PIXELS, 10.0), source=Damaged())
    frames = recording.frames(range(5))
    assert frames.numbers.tolist() == [0, 2, 4]
    assert frames.times_s.tolist() == [0.0, 0.2, 0.4]
    assert np.array_equal(frames.pixels, PIXELS[::2])
    assert len(recording.frames([1, 3])) == 0


def test_batches_do_not_share_memory():
    recording = replace(Recording.of(PIXELS), source=Damaged())
    first, second = recording.batches(range(5), 2)
    assert np.array_equal(first.pixels, PIXELS[[0, 2]])
    assert np.array_equal(second.pixels, PIXELS[[4]])
    assert not np.shares_memory(first.pixels, second.pixels)


def test_no_pixels_are_read_before_they_are_needed():
    recording = replace(Recording.of(PIXELS), source=Unread())
    assert len(recording) == 5
    assert recording == replace(recording, name="other")
    assert recording.fingerprint()


def test_bytes_of_a_frame():
    colour = np.zeros((1, 4, 6, 3), np.uint16)
    assert Recording.of(colour).frame_bytes == 4 * 6 * 3 * 2


@pytest.mark.parametrize("times_s", [[0, 2, 1], [0, 1, 1], [0, np.nan, 1]])
def test_the_clock_must_rise(times_s):
    with pytest.raises(ValueError, match="array: times_s must rise"):
        replace(Recording.of(PIXELS[:3]), times_s=np.array(times_s))


@pytest.mark.parametrize(
    "other",
    [
        Recording.of(PIXELS + 1),
        Recording.of(PIXELS.reshape(5, 3, 2, 1)),
        Recording.of(PIXELS.view(np.int8)),
        Recording.of(PIXELS, 25.0),
        replace(Recording.of(PIXELS), spacing_mm=(1.0, 1.0)),
        replace(Recording.of(PIXELS), channels=("red",)),
    ],
)
def test_other_pixels_or_another_clock_is_another_recording(other):
    assert Recording.of(PIXELS) != other
    assert Recording.of(PIXELS) == Recording.of(PIXELS.copy(), name="copy")


def test_channels_of_colour_are_named():
    assert Recording.of(np.zeros((1, 2, 2, 3))).channels == ("c0", "c1", "c2")


@given(nouns.recordings(least=1), st.data())
def test_a_crop_is_the_window_of_every_frame(recording, data):
    (height, width) = recording.size
    top, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    rows, columns = (data.draw(st.integers(1, n)) for n in (height - top, width - left))
    window = Window(top, left, rows, columns)
    crop, all_frames = recording.cropped(window, "left"), range(len(recording))
    assert (crop.name, crop.size) == ("left", (rows, columns))
    assert np.array_equal(crop.times_s, recording.times_s)
    assert np.array_equal(crop.keyframes, recording.keyframes)
    whole, seen = recording.frames(all_frames), crop.frames(all_frames)
    assert np.array_equal(seen.pixels, whole.pixels[:, *window.slices])
    assert (crop == recording) == (crop.size == recording.size)


def test_two_windows_are_two_recordings():
    recording = Recording.of(PIXELS)
    left, right = (recording.cropped(Window(0, at, 2, 1)) for at in (0, 1))
    assert left != right
    assert left == recording.cropped(Window(0, 0, 2, 1), "other name")


@pytest.mark.parametrize("window", [(0, 0, 3, 3), (-1, 0, 2, 2), (0, 2, 1, 2), (0, 0, 0, 1)])
def test_a_window_must_lie_in_the_picture(window):
    with pytest.raises(Refusal, match=r"array: pixels .* are wanted of a picture of 2 × 3"):
        Recording.of(PIXELS).cropped(Window(*window))
