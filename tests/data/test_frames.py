from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Frames

PIXELS = np.arange(2 * 3 * 4 * 2, dtype=np.uint8).reshape(2, 3, 4, 2)
NAMES = ("level", "noise")


def test_planes_by_name():
    frames = Frames(PIXELS, np.arange(2), np.arange(2) / 30, NAMES)
    assert (len(frames), frames.size) == (2, (3, 4))
    assert np.array_equal(frames.plane(1), PIXELS[1, :, :, 0])
    assert np.array_equal(frames.plane(1, "noise"), PIXELS[1, :, :, 1])


def test_they_cannot_be_written_to():
    frames = Frames(PIXELS, np.arange(2), np.arange(2) / 30, NAMES)
    with pytest.raises(ValueError, match="read-only"):
        frames.plane(0)[0, 0] = 1


@pytest.mark.parametrize(
    ("pixels", "numbers", "times_s", "channels"),
    [
        (PIXELS[..., 0], np.arange(2), np.arange(2), ("luma",)),
        (PIXELS, np.arange(3), np.arange(2), NAMES),
        (PIXELS, np.arange(2), np.arange(3), NAMES),
        (PIXELS, np.arange(2), np.arange(2), ("luma",)),
    ],
)
def test_axes_must_match(pixels, numbers, times_s, channels):
    with pytest.raises(ValueError, match="axes"):
        Frames(pixels, numbers, times_s, channels)
