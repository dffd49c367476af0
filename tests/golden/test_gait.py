"""Steps on a beam against those that a person noted; the table is that of the benchmark."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import gait, swings


@pytest.mark.parametrize("step", [1, 2])
def test_every_noted_step_is_found_once_and_in_time(shared, step) -> None:
    found = {mouse: gait.matched(mouse, step=step) for mouse in gait.RUNS}
    assert sum(len(one.noted) for one in found.values()) == 10
    assert all((one.hits == 1).all() for one in found.values())
    off = np.abs(np.concatenate([one.off_s for one in found.values()]))
    assert (np.median(off, axis=0) < 0.02).all()
    assert (np.percentile(off, 90, axis=0) < 0.04).all()


def test_every_reading_of_the_table_stands_in_the_docs(shared) -> None:
    found = [gait.matched(mouse) for mouse in gait.RUNS]
    told = {
        name: np.abs(np.concatenate([one.read(later).off for one in found]))
        for name, later in {"as it stands": (0, 0), **gait.READINGS}.items()
    }
    median = [np.median(off, axis=0).tolist() for off in told.values()]
    most = [np.percentile(off, 90, axis=0).round(1).tolist() for off in told.values()]
    assert median == [[1.0, 1.0], [1.0, 2.0], [0.0, 1.0]]
    assert most == [[2.0, 3.6], [2.0, 4.6], [1.0, 3.6]]


@pytest.mark.parametrize(
    ("profile", "percent"),
    [("even", (20, 8)), ("trapezium", (8, -4)), ("sine", (0, -11)), ("minimum jerk", (-8, -20))],
)
def test_lengths_of_swings_are_biased_as_the_docs_say(profile, percent) -> None:
    walks = zip(swings.ALONE, percent, strict=True)
    for walk, told in walks:
        assert swings.found(swings.PROFILES[profile], *walk)[2] == pytest.approx(told, abs=1.5)
