from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ethoframe.report.study.categories import categories
from ethoframe.report.study.panel import Panel, save_pdf, save_svg, style
from ethoframe.report.study.spread import Spread
from ethoframe.report.study.study import Key, Study
from ethoframe.report.study.swarm import swarm

DISTANCE = Key("distance", "mm")
TEXT = "{http://www.w3.org/2000/svg}text"


def drawn(study: Study, key: Key = DISTANCE) -> tuple[list[str], str, object]:
    with style():
        sheet = Panel(key, categories(study)).sheet()
        svg = sheet.svg("key", "title")
    return [element.text for element in ET.fromstring(svg).iter(TEXT)], svg, sheet


@given(st.lists(st.floats(0, 100), max_size=30))
def test_no_point_hides_another(heights):
    heights = np.array(heights)
    moved = swarm(heights, 2.0, np.inf)
    apart = np.hypot(*(np.subtract.outer(x, x) for x in (heights, moved)))
    assert np.all(apart[~np.eye(len(heights), dtype=bool)] > 2.0 - 1e-6)


def test_points_stay_in_their_room():
    assert np.abs(swarm(np.zeros(50), 2.0, 10.0)).max() == pytest.approx(10.0)
    assert swarm(np.zeros(0), 2.0, 10.0).shape == (0,)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=20))
def test_the_interval_is_that_of_scipy(values):
    found = Spread.of(values)
    error = stats.sem(values)
    if error > 1e-6:
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), error)
        assert (found.low, found.high) == pytest.approx((low, high))


def test_a_few_animals_have_no_interval():
    assert math.isnan(Spread.of([]).mean)
    assert Spread.of([3.0]).mean == 3.0
    two = Spread.of([1.0, 3.0])
    assert (two.mean, two.deviation) == (2.0, pytest.approx(math.sqrt(2)))
    assert math.isnan(two.low)


def test_every_animal_is_a_point(dozen):
    study = Study.of(dozen.parts, unblind=True)
    _, _, sheet = drawn(study)
    points = sum(len(each.get_offsets()) for each in sheet.figure.axes[0].collections)
    assert points == 12


def test_words_of_a_figure(dozen):
    words, svg, _ = drawn(Study.of(dozen.parts, unblind=True))
    assert {"saline", "drug", "n = 6", "n = 5", "distance (mm)", "female", "male"} <= set(words)
    assert {"look", "failed"} <= set(words)
    assert "currentColor" in svg


def test_a_blind_figure_tells_no_group(dozen):
    words, _, sheet = drawn(Study.of(dozen.parts))
    assert not {"saline", "drug"} & set(words)
    assert "n = 11" in words
    assert len(sheet.figure.axes[0].get_xticks()) == 1


def test_long_values_are_drawn_in_larger_units(experiment):
    for i in range(3):
        experiment.add(values={"distance": 1000.0 * (i + 5)})
    words, _, sheet = drawn(Study.of(experiment.parts))
    assert "distance (m)" in words
    assert 7 < sheet.figure.axes[0].get_ylim()[1] < 10


@pytest.mark.parametrize(
    "group", ["a rather long name of a group", "x" * 40, "中文", "$5 {a}", "<b>"]
)
def test_names_of_any_kind_are_words(experiment, group):
    for i in range(4):
        experiment.add(group=(group, "b")[i % 2])
    words, _, sheet = drawn(Study.of(experiment.parts, unblind=True))
    assert group in " ".join(word for word in words)
    left = min(label.get_window_extent().x0 for label in sheet.figure.axes[0].get_xticklabels())
    assert left > -2


def test_groups_of_one_and_of_none(experiment):
    experiment.add(group="a", values={"distance": 5.0})
    experiment.add(group="b", values={"distance": math.nan})
    experiment.add("failed", group="c", values={"distance": 7.0})
    words, _, _ = drawn(Study.of(experiment.parts, unblind=True))
    assert {"n = 1", "n = 0 of 1", "n = 0"} <= set(words)


def test_values_that_are_all_the_same_have_no_figure(experiment):
    for _ in range(3):
        experiment.add(values={"distance": 5.0, "frames": math.nan})
    study = Study.of(experiment.parts)
    assert not any(Panel(key, categories(study)).drawn for key in study.keys)


def test_files_for_print(dozen, tmp_path):
    with style():
        sheet = Panel(DISTANCE, categories(Study.of(dozen.parts, unblind=True))).sheet()
        save_svg(sheet, sheet.svg("key", "title"), tmp_path / "distance.svg")
        save_pdf([sheet, sheet], tmp_path / "distance.pdf")
    svg = (tmp_path / "distance.svg").read_text(encoding="utf-8")
    assert re.search(r'<svg width="[\d.]+mm" height="[\d.]+mm" color="#000"', svg)
    assert any(element.text == "saline" for element in ET.fromstring(svg).iter(TEXT))
    pdf = (tmp_path / "distance.pdf").read_bytes()
    assert b"/FontFile2" in pdf  # the letters' font is in the file
    assert b"/Type3" not in pdf
    assert b"/Count 2" in pdf
    assert b"CreationDate" not in pdf
