from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Refusal, Tracks
from ethoframe.methods.regress.pupil import Pupil, ellipse
from ethoframe.run import apply


def around(long=40.0, short=30.0, angle=0.4, centre=(320.0, 240.0), count=8) -> np.ndarray:
    a = np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.1
    x, y = long / 2 * np.cos(a), short / 2 * np.sin(a)
    turned = np.stack(
        [x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]
    )
    return turned.T + centre


@given(
    st.floats(5, 200),
    st.floats(0.3, 0.95),
    st.floats(0, 3.1),
    st.floats(0, 2000),
    st.floats(0, 900),
)
def test_an_ellipse_is_found_wherever_it_is(long, flat, angle, x, y) -> None:
    found = ellipse(around(long, long * flat, angle, (x, y)))
    assert found[:2] == pytest.approx((x, y), abs=0.02 * long)
    assert found[2:4] == pytest.approx((long, long * flat), rel=0.01)


def tracked(frames: list[np.ndarray], sure=0.9) -> Tracks:
    position = np.moveaxis(np.array(frames), 2, 1)[..., None]
    confidence = np.full((len(frames), position.shape[2], 1), sure)
    names = tuple(f"Pupil_{i}" for i in range(position.shape[2]))
    return Tracks(position, confidence, np.arange(len(frames)), np.arange(len(frames)) / 30, names)


def test_the_diameter_stays_as_the_eye_turns_and_the_noise_is_told() -> None:
    straight, slanted = around(40, 40), around(40, 28)
    noisy = around(40, 36) + np.random.default_rng(1).normal(0, 0.5, (8, 2))
    told = apply(Pupil(), tracks=tracked([straight, slanted, noisy]))
    assert told.column("diameter") == pytest.approx([40, 40, 40], abs=1.5)
    assert told.column("area")[:2] == pytest.approx([np.pi * 400, np.pi * 280], rel=0.01)
    assert told.column("residual")[0] < 0.05 < told.column("residual")[2] < 0.6
    assert told.units[told.names.index("area")] == "px2"


def test_a_blink_is_not_known() -> None:
    tracks = tracked([around()] * 3)
    sure = np.array(tracks.confidence)
    sure[1, :4] = 0.1
    position = np.array(tracks.position)
    position[2] = position[2, :, :1]
    blinks = Tracks(position, sure, tracks.numbers, tracks.times_s, tracks.keypoints)
    diameter = apply(Pupil(), tracks=blinks).column("diameter")
    assert np.isnan(diameter).tolist() == [False, True, True]


def test_too_few_keypoints_are_refused() -> None:
    tracks = tracked([around(count=6)])
    with pytest.raises(Refusal, match="0 keypoints are called iris, and it takes 5"):
        apply(Pupil(keypoints="iris"), tracks=tracks)
    named = ",".join(tracks.keypoints[:4])
    with pytest.raises(Refusal, match="4 keypoints are called"):
        apply(Pupil(keypoints=named), tracks=tracks)
