from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.report.figures.confidence import averaged, confidence
from ethoframe.report.figures.spreads import (
    LEAST,
    confidence_spread,
    edges_with,
    heights,
    log_edges,
    step_spread,
)
from ethoframe.report.sureness import Sureness


def sureness(count, keypoints=2, seed=0):
    random = np.random.default_rng(seed)
    sure = random.beta(2, 1, (count, keypoints))
    sure[random.random((count, keypoints)) < 0.1] = np.nan
    steps = np.where(np.isnan(sure), np.nan, random.exponential(3, sure.shape))
    names = tuple(f"point {i}" for i in range(keypoints))
    return Sureness(names, np.arange(count) / 30, sure, steps, "px", 0.6, True)


@given(st.integers(1, 3000), st.integers(1, 900), st.integers(0, 99))
def test_columns_hold_every_frame_once(count, most, seed):
    found = sureness(count, seed=seed)
    means = averaged(found, (0.0, count / 30), most)
    assert len(means) <= max(1, min(most, count))
    known = np.isfinite(found.sure)
    assert (np.isfinite(means).any(axis=0) == known.any(axis=0)).all()
    if known.any():
        assert np.nanmin(means) >= np.nanmin(found.sure) - 1e-9
        assert np.nanmax(means) <= np.nanmax(found.sure) + 1e-9


def test_a_stretch_without_places_is_blank():
    found = sureness(600)
    found.sure[200:400, 0] = np.nan
    means = averaged(found, (0.0, 20.0), 60)
    assert np.isnan(means[20:40, 0]).all()
    assert np.isfinite(means[:, 1]).all()


def test_an_uneven_clock_leaves_no_gaps():
    found = sureness(500)
    found.sure[:] = 0.9
    uneven = found.times_s + np.random.default_rng(1).uniform(0, 0.015, 500)
    found = Sureness(found.names, uneven, found.sure, found.steps, "px", 0.6, True)
    assert np.isfinite(averaged(found, (0.0, 500 / 30), 876)).all()


def test_an_hour_is_no_larger_than_a_minute():
    small, large = (sureness(count, 8) for count in (1800, 108_000))
    for made in (
        lambda f: confidence(f, (0.0, len(f.times_s) / 30)),
        confidence_spread,
        step_spread,
    ):
        sizes = [len(plate.svg) + len(plate.narrow) for plate in map(made, (small, large))]
        assert sizes[1] < 1.6 * sizes[0]
        assert sizes[1] < 100_000


@given(st.floats(0, 1))
def test_the_gate_is_an_edge(gate):
    edges = edges_with(gate)
    assert np.isin(gate, edges)
    assert (edges[0], edges[-1]) == (0.0, 1.0)
    assert (np.diff(edges) > 0).all()


@given(st.lists(st.floats(1e-9, 1e6), min_size=1))
def test_bars_hold_the_longest_step(steps):
    edges = log_edges(np.array(steps))
    assert edges[-1] >= max(steps)
    assert (np.diff(edges) > 0).all()
    assert len(edges) < 200


def test_few_places_show_and_none_do_not():
    high = heights(np.array([0.0, 1e-9, LEAST, 0.5, 1.0]))
    assert high[0] == 0
    assert 0 < high[1] == high[2] < high[3] < high[4] == 1


def test_axes_have_units_and_words_tell_the_share():
    found = sureness(300)
    for plate in (confidence(found, (0.0, 10.0)), confidence_spread(found), step_spread(found)):
        assert "<title>" in plate.svg
        assert "point 1: " in plate.svg.split("</title>")[0]
    assert "under 0.6" in confidence_spread(found).svg
    assert "step (px per frame)" in step_spread(found).svg
    assert "time (min:s)" in confidence(found, (0.0, 10.0)).svg


def test_keypoints_that_rest_have_no_steps():
    found = sureness(50)
    rest = Sureness(found.names, found.times_s, found.sure, found.steps * 0, "px", 0.6, True)
    assert not step_spread(rest).svg
