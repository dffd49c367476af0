from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.measure._slope import slope
from ethoframe.methods.measure.change import Change
from ethoframe.run import apply

EVERY_S = 30.0


def followed(labels, spacing_mm=None, **more):
    times_s = np.arange(len(labels)) * EVERY_S
    return LabelMap.of(labels, times_s=times_s, spacing_mm=spacing_mm, **more)


@pytest.fixture
def growing():
    """A bar that grows by one column, 4 pixels, a frame; its centroid moves by half of one."""
    labels = np.zeros((8, 10, 30), np.uint8)
    for t in range(8):
        labels[t, 3:7, 2 : 6 + t] = 1
    return labels


def test_growth_and_displacement_in_pixels(growing):
    found = apply(Change(), labels=followed(growing))
    assert found.row("growth").unit == "px2/min"
    assert found.value("growth") == pytest.approx(8)
    assert found.row("growth").low == pytest.approx(8)
    assert found.value("area") == growing.mean(axis=0).sum()
    assert found.value("displacement") == pytest.approx(3.5)
    assert found.value("way") == pytest.approx(3.5)
    assert found.value("frames seen") == 8
    assert found.rows[0].individual == "object 1"
    assert (found.rows[0].bin_start_s, found.rows[0].bin_stop_s) == (0, 7 * EVERY_S)


def test_growth_and_displacement_in_millimetres(growing):
    found = apply(Change(), labels=followed(growing, (0.5, 0.25), names={1: "root"}))
    assert (found.row("growth").unit, found.row("displacement").unit) == ("mm2/min", "mm")
    assert found.value("growth") == pytest.approx(8 * 0.125)
    assert found.value("displacement") == pytest.approx(3.5 * 0.25)
    assert found.rows[0].individual == "root"


def test_exponential_growth_of_a_volume():
    sides = [4, 5, 6, 8, 10, 13, 16, 20]
    labels = np.zeros((8, 3, 22, 22), np.uint8)
    for t, side in enumerate(sides):
        labels[t, 1, :side, :side] = 4
    found = apply(Change(), labels=followed(labels, (2.0, 1.0, 1.0)))
    row = found.row("relative growth")
    expected = np.polyfit(np.arange(8) * EVERY_S / 60, np.log(np.square(sides)), 1)[0]
    assert (row.value, row.unit) == (pytest.approx(expected), "1/min")
    assert row.low < row.value < row.high
    assert found.row("volume").unit == "mm3"


def test_light_of_every_channel(growing):
    pixels = np.zeros((8, 10, 30, 2))
    pixels[..., 0] = 100 - 5 * np.arange(8)[:, None, None]
    pixels[..., 1] = 7
    pixels[2, 4, 3] = np.nan
    recording = Recording.of(pixels, rate=1 / EVERY_S)
    recording = replace(recording, channels=("dna", "actin"))
    found = apply(Change(), labels=followed(growing), recording=recording)
    assert found.value("intensity change of dna") == pytest.approx(-10)
    assert found.row("intensity change of dna").unit == "level/min"
    assert found.value("intensity of actin") == 7


def test_frames_without_the_object_are_left_out(growing):
    growing[3] = 0
    found = apply(Change(), labels=followed(growing))
    assert found.value("frames seen") == 7
    assert found.value("growth") == pytest.approx(8)


def test_objects_of_few_frames_can_be_left_out_and_have_no_rates(growing):
    growing[5, 0, 0] = 9
    found = apply(Change(), labels=followed(growing))
    assert [row.individual for row in found.rows if row.quantity == "area"] == [
        "object 1",
        "object 9",
    ]
    assert np.isnan([row.value for row in found.rows if row.quantity == "growth"][1])
    found = apply(Change(least_frames=2), labels=followed(growing))
    assert {row.individual for row in found.rows} == {"object 1"}


def test_the_interval_holds_the_slope_where_neighbours_are_alike():
    """Plain regression says 95 %, and is right in 60 % of such series."""
    random = np.random.default_rng(2)
    times_s, right = np.arange(100.0), 0
    for _ in range(300):
        step = random.normal(0, 1, 100)
        for t in range(1, 100):
            step[t] += 0.7 * step[t - 1]
        found = slope(times_s, step)
        right += found.low <= 0 <= found.high
    assert 0.88 < right / 300 < 0.99


def test_the_interval_of_a_slope_is_that_of_regression():
    from scipy.stats import linregress, t

    random = np.random.default_rng(3)
    times_s, y = np.arange(30.0), random.normal(0, 1, 30)
    y[::2] *= -1  # so that neighbours are not alike
    found, known = slope(times_s, y), linregress(times_s, y)
    assert found.value == pytest.approx(known.slope)
    left = y - known.slope * times_s - known.intercept
    if (left[1:] * left[:-1]).sum() <= 0:
        assert found.high - found.value == pytest.approx(known.stderr * t.ppf(0.975, 28))


def test_a_recording_of_something_else_is_refused(growing):
    labels = followed(growing)
    with pytest.raises(Refusal, match="10 × 30 pixels, and the recording of 9 × 30"):
        apply(Change(), labels=labels, recording=Recording.of(np.zeros((8, 9, 30, 1))))
    with pytest.raises(Refusal, match="frame 7 of 5"):
        apply(Change(), labels=labels, recording=Recording.of(np.zeros((5, 10, 30, 1))))
