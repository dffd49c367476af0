"""Diameters of drawn discs and balls, in the unit of the pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Recording
from ethoframe.methods.regress.size import Size, diameters_of
from ethoframe.run import apply


def discs(radii, size=40):
    y, x = np.mgrid[:size, : size * len(radii)]
    labels = np.zeros(y.shape, np.int32)
    for k, radius in enumerate(radii):
        labels[np.hypot(y - size / 2, x - size * (k + 0.5)) < radius] = k + 1
    return labels


def sized(labels, method: Size = Size(), spacing_mm=None):  # noqa: B008
    recording = Recording.of(np.zeros((1, *labels.shape, 1), np.uint8))
    recording = replace(recording, spacing_mm=spacing_mm)
    found = apply(method, recording=recording, labels=LabelMap.of(labels[None]))
    return dict(zip(found.names, found.table[0], strict=True))


def test_the_median_and_its_unit() -> None:
    row = sized(discs([6, 9, 14]))
    assert row["diameter_px"] == pytest.approx(18, abs=0.3)
    assert (row["diameter_low_px"], row["diameter_high_px"]) == pytest.approx((12, 28), abs=0.4)
    assert row["count"] == 3
    assert sized(discs([9]), spacing_mm=(0.5, 0.5))["diameter_mm"] == pytest.approx(9, abs=0.2)


def test_discs_are_measured_in_the_picture_itself() -> None:
    y, x = np.mgrid[:80, :160]
    picture = np.random.default_rng(1).normal(20, 1, y.shape)
    for across, radius in ((35, 12), (80, 15), (125, 18)):
        picture += 90 * np.clip(radius + 0.5 - np.hypot(y - 40, x - across), 0, 1)
    found = apply(Size(), recording=Recording.of(picture[None, ..., None].astype(np.uint8)))
    assert found.table[0, 0] == pytest.approx(30, abs=1.5)


def test_what_the_border_cuts_is_left_out_unless_asked() -> None:
    labels = discs([9, 9])
    labels[:, :10] = 5
    assert sized(labels)["count"] == 2
    assert sized(labels, Size(border=True))["count"] == 3


def test_the_interval_holds_the_median_as_often_as_it_says() -> None:
    from ethoframe.methods.regress.size import _ranks

    random, inside = np.random.default_rng(3), []
    for _ in range(2000):
        values = np.sort(random.lognormal(size=25))
        low, high = _ranks(25)
        inside.append(values[low] <= 1 <= values[high])
    assert 0.94 < np.mean(inside) < 0.985


def test_of_nothing_sizes_are_nan_and_balls_are_balls() -> None:
    row = sized(np.zeros((9, 9), np.int32))
    assert row["count"] == 0
    assert np.isnan(row["diameter_px"])
    assert diameters_of(np.array([4 * np.pi / 3]), 3) == pytest.approx(2)


@pytest.mark.parametrize("border", [False, True])
def test_what_is_shown_is_what_is_measured(border) -> None:
    recording, method = Size.example()["recording"], Size(border=border)
    frames = recording.frames(range(len(recording)))
    labels = np.stack([discs([9, 9])[:64, :80]] * len(frames))
    labels[:, :10, :20] = 5
    for side in ({}, {"labels": LabelMap.of(labels)}):
        if side:
            frames = Recording.of(np.zeros((*labels.shape, 1), np.uint8)).frames(range(9))
        shown = method.shown(frames, **side)
        counts = [np.count_nonzero(np.unique(patch.labels)) for patch in shown.patches]
        assert counts == method.apply(frames, **side).table[:, 5].tolist()
