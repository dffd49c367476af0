from __future__ import annotations

from dataclasses import replace

import numpy as np

from ethoframe.data import Recording, Window
from ethoframe.run.kept import Kept

PIXELS = np.arange(6 * 4 * 6, dtype=np.uint8).reshape(6, 4, 6, 1)


class Counted:
    """A source that says which visits it had, and decodes into one array again and again."""

    def __init__(self):
        self.visits = []

    def images(self, numbers):
        self.visits.append(list(numbers))
        image = np.empty((4, 6, 1), np.uint8)
        for number in numbers:
            image[:] = PIXELS[number]
            yield number, image


def kept(most=6):
    source = Counted()
    recording = replace(Recording.of(PIXELS), source=source)
    return source, replace(recording, source=Kept(source, most))


def test_the_same_visit_is_decoded_once():
    source, recording = kept()
    first, again = recording.frames([0, 2, 5]), recording.frames([0, 2, 5])
    assert source.visits == [[0, 2, 5]]
    assert np.array_equal(first.pixels, PIXELS[[0, 2, 5]])
    assert first == again


def test_windows_of_one_visit_are_decoded_once():
    source, recording = kept()
    left, right = (recording.cropped(Window(0, at, 4, 3)) for at in (0, 3))
    assert np.array_equal(left.frames(range(3)).pixels, PIXELS[:3, :, :3])
    assert np.array_equal(right.frames([0, 1, 2]).pixels, PIXELS[:3, :, 3:])
    assert source.visits == [[0, 1, 2]]


def test_another_visit_or_one_of_too_many_is_decoded():
    source, recording = kept(most=3)
    recording.frames([0, 1])
    recording.frames([0, 2])
    recording.frames(range(6))
    recording.frames(range(6))
    assert source.visits == [[0, 1], [0, 2], list(range(6)), list(range(6))]


def test_a_visit_that_was_given_up_is_not_kept():
    source, recording = kept()
    next(recording.source.images([0, 1, 2]))
    assert len(recording.frames([0, 1, 2])) == 3
    assert len(source.visits) == 2


def test_as_many_are_kept_as_memory_allows():
    assert Kept.of(Recording.of(PIXELS)).source.most == 64_000_000 // (4 * 6)
