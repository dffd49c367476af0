from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Correction, Corrections, Transform

TIMES_S = np.arange(20) / 10


def ignore(start: float, stop: float) -> Correction:
    return Correction(start_s=start, stop_s=stop, what="ignore")


@pytest.mark.parametrize(
    ("span", "frames"),
    [
        ((0.5, 0.8), slice(5, 8)),
        ((0.46, 0.84), slice(5, 8)),
        ((0.52, 0.52), slice(5, 6)),
        ((1.5, np.inf), slice(15, 20)),
        ((-np.inf, 0.2), slice(0, 2)),
        ((3.0, 4.0), slice(20, 20)),
    ],
)
def test_ends_are_taken_to_the_nearest_frame(span, frames) -> None:
    assert ignore(*span).frames(TIMES_S) == frames


def test_no_frames_no_correction() -> None:
    assert ignore(0.0, 1.0).frames(np.zeros(0)) == slice(0, 0)
    assert Corrections((ignore(0.0, 1.0),)).ignored(np.zeros(0)).tolist() == []


def test_only_what_is_ignored_is_ignored() -> None:
    point = Correction(start_s=0.0, stop_s=2.0, what="point", keypoint="a", x_px=1.0, y_px=1.0)
    rows = Corrections((point, ignore(0.3, 0.5), ignore(0.4, 0.6)))
    assert np.flatnonzero(rows.ignored(TIMES_S)).tolist() == [3, 4, 5]


def test_equal_corrections_are_equal() -> None:
    assert Corrections((ignore(0.0, 1.0),)) == Corrections((ignore(0.0, 1.0),))
    assert Corrections((ignore(0.0, 1.0),)) != Corrections((ignore(0.0, 2.0),))


def test_none_is_mapped_to_none():
    assert Corrections().mapped(Transform.moving(3, 4)) == Corrections()
