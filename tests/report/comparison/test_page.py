from __future__ import annotations

import re

import numpy as np
import pytest

from ethoframe.data import LabelMap
from ethoframe.report.comparison import examples
from ethoframe.report.comparison.examples import disagreements, hardest
from ethoframe.report.comparison.page import write_page
from ethoframe.run.comparing.compare import compared
from ethoframe.run.comparing.yardstick import Instances, Keypoints
from tests.run.comparing.planted import Pupil, Rule


@pytest.fixture
def found(planned, fits):
    contestants = {"rule <1>": Rule(off=0.8), "pupil": Pupil(), "far": Rule(off=2.0)}
    return compared(planned(contestants, curve=True, capacity=("deep", (1, 2))))


def test_the_page_tells_all_of_it_and_fetches_nothing(found, tmp_path):
    path = tmp_path / "report.html"
    write_page(path, found)
    text = path.read_text(encoding="utf-8")
    assert "rule &lt;1&gt;" in text
    assert "rule <1>" not in text
    assert "pupil overtakes" in text
    assert "kept back by recording" in text
    assert "5 steps on cpu" in text
    assert "Where they disagree most" in text
    assert "label more frames like these" in text
    assert "error ≈" in text
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?!data:|#)', text)


def test_pictures_are_those_that_tell_most(found):
    most = disagreements(found)[0]
    losses = np.stack([found.losses(each.name) for each in found.standings])
    spread = losses.max(axis=0) - losses.min(axis=0)
    assert spread[most.place] == spread.max()
    worst = hardest(found, "far")[0]
    assert found.losses("far")[worst.place] == found.losses("far").max()
    assert len(hardest(found, "far", 3)) == 3


def test_nothing_is_drawn_where_all_are_right(planned):
    found = compared(planned({"a": Rule(off=0.0), "b": Rule(off=0.0)}))
    assert disagreements(found) == []


def test_keypoints_are_drawn_around_the_animal():
    by, tones = Keypoints(("nose", "tail")), np.zeros((200, 300), np.uint8)
    truth = np.array([[100.0, 60.0], [140.0, 60.0]])
    found = np.array([[103.0, 64.0], [np.nan, np.nan]])
    svg = examples._keypoints(by, tones, "a", truth, found)
    assert svg.count("<circle") == 1
    assert svg.count("<path") == 2
    assert "nan" not in svg
    width = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    assert 40 < width < 90
    nothing = np.full((2, 2), np.nan)
    assert 'viewBox="0 0 300 200"' in examples._keypoints(by, tones, "a", nothing, nothing)
    assert "nose" in examples.keypoints_key(by)


def test_labels_of_a_volume_are_drawn_in_their_middle_plane():
    labels = np.zeros((1, 3, 20, 24), np.int32)
    labels[0, 1, 5:9, 5:9] = 1
    said = LabelMap.of(labels)
    drawn = examples._view(Instances(), np.zeros((20, 24), np.uint8), "a", said, said)
    assert "data:image/png" in drawn
