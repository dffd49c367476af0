from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Measure, Measures, Patch, Values
from ethoframe.testing.difference import differences
from ethoframe.testing.specimens import walk

WALK = walk()
ROW = Measure(quantity="rest", value=1.0, unit="s", bin_start_s=0, bin_stop_s=1, definition="a")
WINDOW = Patch(np.ones((2, 2), np.uint8), (1, 1))
MAP = LabelMap((WINDOW,), np.zeros(1), np.zeros(1), (9, 9))


@pytest.mark.parametrize(
    ("expected", "got", "said"),
    [
        (WALK, replace(WALK, unit="px"), "unit: 'px' instead of 'mm'"),
        (
            WALK,
            WALK.take(slice(9)),
            "position: float64 (9, 2, 1, 1) instead of float64 (60, 2, 1, 1)",
        ),
        (WALK, None, "the answer: None instead of Tracks"),
        (WALK, MAP, "the answer: LabelMap instead of Tracks"),
        (
            MAP,
            replace(MAP, patches=(Patch(WINDOW.labels),)),
            "patches[0].origin[0]: 0 instead of 1",
        ),
        (Measures((ROW,)), Measures(), "rows: 0 instead of 1"),
        (
            Measures((ROW,)),
            Measures((replace(ROW, value=2.0),)),
            "rows[0] (rest).value: 2.0 instead of 1.0",
        ),
        ({"a": 1}, {"b": 1}, ": has ['b'] instead of ['a']"),
        ([1, "x"], [1, "y"], "[1]: 'y' instead of 'x'"),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0]), ": 1 of 2 differ, the first at (1,): 2.0"),
        (np.zeros(2, np.uint8), np.zeros(2), ": float64 (2,) instead of uint8 (2,)"),
        (1.0, 1.1, ": 1.1 instead of 1.0"),
    ],
)
def test_what_differs(expected, got, said):
    assert next(differences(expected, got)).startswith(said)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (WALK, replace(WALK, position=WALK.position * (1 + 1e-12))),
        (np.float32([1, 2]), np.float32([1, 2]) * np.float32(1 + 1e-6)),
        (MAP, replace(MAP, patches=(Patch(np.pad(WINDOW.labels, 1)),))),
        (Measures((ROW,)), Measures((replace(ROW, value=1 + 1e-13),))),
        (float("nan"), float("nan")),
        (Values.whole(a=(np.nan, "1")), Values.whole(a=(np.nan, "1"))),
    ],
)
def test_rounding_and_windows_are_no_difference(a, b):
    assert not list(differences(a, b))
