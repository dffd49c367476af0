from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import Kind, Spec, spec_of
from ethoframe.data import (
    Arena,
    Episodes,
    Frames,
    LabelMap,
    Measure,
    Measures,
    Noun,
    Patch,
    Recording,
    Tracks,
    Transform,
    Values,
)

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
CLOCK = np.arange(3) / 10


def test_of_a_recording():
    spec = spec_of(Recording.of(np.zeros((3, 4, 5, 1), np.uint8), 10.0, keyframes=[0, 2]))
    assert (spec.kind, spec.shape, spec.dtype) == (Kind.RECORDING, (3, 4, 5, 1), "uint8")
    assert (spec.count, spec.keyframes) == (3, (0, 2))
    assert spec.step_s == pytest.approx(0.1)


def test_of_one_frame_there_is_no_step():
    assert np.isnan(spec_of(Recording.of(np.zeros((1, 4, 5, 1), np.uint8))).step_s)


@pytest.mark.parametrize(
    ("noun", "expected"),
    [
        (
            Frames(np.zeros((1, 4, 5, 2)), np.zeros(1), np.zeros(1), ("level", "noise")),
            Spec(
                Kind.IMAGE,
                ("t", "y", "x", "c"),
                (1, 4, 5, 2),
                "float64",
                "level",
                ("level", "noise"),
            ),
        ),
        (
            LabelMap(
                (Patch(np.ones((2, 2), np.uint16)),) * 3, np.arange(3), CLOCK, (4, 5), {1: "body"}
            ),
            Spec(Kind.LABELMAP, ("t", "y", "x"), (3, 4, 5), "uint16", "", ("body",)),
        ),
        (
            Values.whole(noise=(1.0, "level")),
            Spec(Kind.VALUES, ("t", "quantity"), (1, 1), "float64", names=("noise",)),
        ),
        (Measures(), Spec(Kind.MEASURES)),
        (Episodes.of("moving", np.zeros((0, 2)), np.zeros((0, 2))), Spec(Kind.EPISODES)),
        (Arena("rectangle", SQUARE), Spec(Kind.ARENA, unit="px")),
        (Arena("rectangle", SQUARE, (4.0, 4.0)), Spec(Kind.ARENA, unit="mm")),
        (Transform.scaling(2.0, "px", "mm"), Spec(Kind.TRANSFORM, unit="mm")),
    ],
)
def test_of_a_noun(noun, expected):
    found = spec_of(noun)
    assert expected.admits(found)
    assert found.admits(replace(expected, unit=found.unit))


def test_of_tracks():
    spec = spec_of(Tracks.of(np.zeros((3, 2)), CLOCK, "nose"))
    assert (spec.kind, spec.shape, spec.unit, spec.names) == (
        Kind.TRACKS,
        (3, 2, 1, 1),
        "px",
        ("nose",),
    )
    assert spec.step_s == pytest.approx(0.1)


def test_of_anything_else():
    class Odd(Noun):
        pass

    with pytest.raises(TypeError, match="Odd is no kind of data"):
        spec_of(Odd())


PROMISED = Spec(Kind.TRACKS, ("time", "space"), (None, 2), "float64", "mm", ("nose",))


def test_a_length_that_was_not_known_may_be_any():
    assert PROMISED.admits(replace(PROMISED, shape=(7, 2)))


def test_a_unit_that_only_the_data_can_tell_may_be_any():
    assert replace(PROMISED, unit="").admits(replace(PROMISED, shape=(7, 2), unit="bl"))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": Kind.VALUES},
        {"axes": ("space", "time")},
        {"shape": (7, 3)},
        {"shape": (7, 2, 1)},
        {"dtype": "float32"},
        {"unit": "px"},
        {"names": ("tail",)},
    ],
)
def test_anything_else_was_not_promised(change):
    assert not PROMISED.admits(replace(PROMISED, **{"shape": (7, 2), **change}))


def test_measures_are_admitted_whatever_they_say():
    row = Measure(quantity="a", value=1.0, unit="s", bin_start_s=0, bin_stop_s=1, definition="a")
    assert Spec(Kind.MEASURES).admits(spec_of(Measures((row,))))


def test_bytes_of_a_frame():
    recording = Recording.of(np.zeros((3, 4, 5, 3), np.uint16))
    assert spec_of(recording).frame_bytes == recording.frame_bytes == 4 * 5 * 3 * 2
    assert replace(spec_of(recording), shape=(3, None, 5, 3)).frame_bytes == 0
    assert Spec(Kind.MEASURES).frame_bytes == 0
