from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Frames, Measures, Refusal
from ethoframe.run import apply
from ethoframe.testing.specimens import Change, Rest, Typical, Usual, film, walk

FILM = film()
PIXELS = FILM.frames(range(12)).pixels


@pytest.mark.parametrize("batch", [None, 1, 5, 12, 100])
def test_every_family(batch):
    change = apply(Change(), recording=FILM, batch=batch)
    assert np.array_equal(change.pixels[1:], np.abs(np.diff(PIXELS.astype(np.float32), axis=0)))
    typical = apply(Typical(), recording=FILM, batch=batch)
    assert np.allclose(typical.pixels[0], PIXELS.mean(axis=0))
    assert len(apply(Usual(), recording=FILM, batch=batch)) == 12
    assert apply(Rest(), tracks=walk(), batch=batch).value("rest") > 0


def test_parameters_matter():
    slow, fast = (apply(Usual(span_s=s), recording=FILM).column("usual") for s in (5.0, 0.001))
    assert np.allclose(fast, PIXELS.mean(axis=(1, 2, 3)))
    assert np.ptp(slow) < 0.5 * np.ptp(fast)


def test_frames_in_memory_flow_as_well():
    frames = FILM.frames(range(2, 9))
    answer = apply(Usual(), recording=frames, batch=2)
    assert answer.numbers.tolist() == list(range(2, 9))


def test_a_missing_input_is_refused():
    with pytest.raises(Refusal, match="testing/specimens: recording must be given; name it"):
        apply(Usual())


def test_what_has_no_frames_is_refused():
    with pytest.raises(Refusal, match="recording must be recording, and is measures"):
        apply(Usual(), recording=Measures())


@pytest.mark.parametrize(
    ("method", "inputs"), [(Rest(), {"tracks": FILM}), (Change(), {"recording": walk()})]
)
def test_an_input_of_another_kind_is_refused(method, inputs):
    with pytest.raises(Refusal, match="must be"):
        apply(method, **inputs)


def test_an_input_that_the_method_does_not_take_is_refused():
    with pytest.raises(Refusal, match="backgruond"):
        apply(Change(), recording=FILM, backgruond=FILM.frames([0]))


def test_a_recording_of_no_frames_is_refused():
    with pytest.raises(Refusal, match="no frames"):
        apply(Typical(), recording=film(0))


def test_frames_that_cannot_be_decoded_are_left_out():
    class Damaged:
        def images(self, numbers):
            return ((n, PIXELS[n]) for n in numbers if n % 3)

    answer = apply(Usual(), recording=replace(FILM, source=Damaged()), batch=2)
    assert answer.numbers.tolist() == [1, 2, 4, 5, 7, 8, 10, 11]


def test_an_image_is_one_frame():
    image = Frames(PIXELS[:1], np.arange(1), np.zeros(1))
    assert apply(Change(), recording=image).pixels.max() == 0
