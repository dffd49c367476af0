"""Steps on a beam against those that a person noted; the table is that of the benchmark."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import gait


@pytest.mark.parametrize("step", [1, 2])
def test_every_noted_step_is_found_once_and_in_time(shared, step) -> None:
    found = {mouse: gait.matched(mouse, step=step) for mouse in gait.RUNS}
    assert sum(len(one.noted) for one in found.values()) == 10
    assert all((one.hits == 1).all() for one in found.values())
    off = np.abs(np.concatenate([one.off_s for one in found.values()]))
    assert (np.median(off, axis=0) < 0.02).all()
    assert (np.percentile(off, 90, axis=0) < 0.04).all()
