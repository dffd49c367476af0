"""How far people agree on real videos, as the tables of their bouts tell."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.score.agreement import agreement, panels
from ethoframe.score.alarm import alarms
from ethoframe.score.episodes import Pair, compared

OPEN_FIELD = "data/raters/data/OFT/Labels/AllLabDataOFT_final.csv"
MAZE = "data/raters/data/EPM/Labels/AllEPMLables.csv"
SWIM = "data/raters/data/FST/Lables/AllFSTLables.csv"


def seen(path, *labels):
    return [replace(panel, words=labels) for panel in panels([formats.read_observations(path)])]


@pytest.mark.slow
@pytest.mark.parametrize("rate", [None, 25.0])
def test_open_field(shared, rate):
    found = seen(shared / OPEN_FIELD, "Supported", "Unsupported", "Grooming")
    for label, kappa, width in (
        ("Supported", 0.87, 0.02), ("Unsupported", 0.71, 0.02), ("Grooming", 0.74, 0.04),
    ):  # fmt: skip
        told = agreement(found, label, rate, draws=0).scores["kappa"]
        assert told.value == pytest.approx(kappa, abs=width)


@pytest.mark.slow
def test_who_disagrees_is_told(shared):
    flagged = [(each.recording, each.rater) for each in alarms(seen(shared / SWIM, "Floating"))]
    assert flagged == [("FST_22", "Jin")]
    maze = "Head Dip", "Grooming", "Protected Stretch", "Rearing", "Unprotected Stretch"
    assert not alarms(seen(shared / MAZE, *maze))
    assert not alarms(seen(shared / OPEN_FIELD, "Supported", "Unsupported", "Grooming"))


def test_four_people_on_one_video(shared):
    files = sorted((shared / "data/freezing/demo7").glob("hB_*.mat"))
    found = panels([formats.read_observations(file, rate=50.0) for file in files])
    assert list(found[0].people) == ["expert1", "expert2", "expert3", "novice"]
    told = agreement(found, "Freezing", 50.0, draws=0)
    assert told.scores["kappa"].value == pytest.approx(0.763, abs=0.001)
    assert all(np.isfinite(row.kappa.value) for row in told.pairs)


def test_a_classifier_scores_as_its_authors_say(shared):
    """BehaviorDEPOT on demo1: frame F1 0.903 and event F1 0.757."""
    demo = shared / "data/freezing/demo1"
    machine, person = (
        formats.read_observations(demo / name, rate=50.0).parts[0].episodes
        for name in (
            "demo1_video.avi_analyzed/Behavior.mat", "hB_demo1_manual_annotations.mat.mat",
        )
    )  # fmt: skip
    told = compared(Pair("demo1", machine, person), "Freezing", 50.0)
    assert told.f1 == pytest.approx(0.903, abs=0.0005)
    assert told.event_f1(0.5) == pytest.approx(0.757, abs=0.0005)
