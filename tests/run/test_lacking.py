"""A film of an animal without a nose: the plus maze is told by the middle of the body."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe import recipes
from ethoframe.data import Arena
from ethoframe.run.analysis import Analysis
from ethoframe.testing.scenes import Scene

CROSS = [
    (65, 5), (95, 5), (95, 45), (155, 45), (155, 75), (95, 75),
    (95, 115), (65, 115), (65, 75), (5, 75), (5, 45), (65, 45),
]  # fmt: skip


def test_arms_by_the_body_and_a_line_of_what_is_left_out():
    scene = Scene(size=(120, 160), duration_s=4.0)
    recipe = recipes.load("plus-maze").configured({"zones.open": "up-down"})
    arena = Arena("polygon", np.array(CROSS, float), (400.0, 300.0))
    analysis = Analysis(scene.recording(), recipe, {"arena": arena})
    answers = analysis.answers()
    (one, other) = analysis.lacking[""]
    assert one.startswith("without arms by nose and body: no keypoint is the nose")
    assert other.startswith("without arms by four paws")
    m = answers["arms"]
    zones = ("time in open", "time in closed", "time in no zone", "time unseen")
    whole = sum(map(m.value, zones)) + answers["zones"].value("time in centre")
    assert whole == pytest.approx(m.row("time in open").bin_stop_s, abs=0.1)
