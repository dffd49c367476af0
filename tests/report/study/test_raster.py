from __future__ import annotations

import re

import numpy as np
import pytest

from ethoframe.report.study.bouts import Ethogram, Line
from ethoframe.report.study.panel import style
from ethoframe.report.study.raster import MOST, Raster, shares, shown

NONE = np.zeros((0, 2))


def line(name="s1", lasts=60.0, missed=NONE, cues=(), **spans) -> Line:
    told = {label: np.array(each, float).reshape(-1, 2) for label, each in spans.items()}
    return Line(name, told, np.array(missed, float).reshape(-1, 2), lasts, cues)


def ethogram(*lines: Line, heading="") -> Ethogram:
    labels = tuple(dict.fromkeys(label for each in lines for label in each.spans_s))
    return Ethogram("behave/visits", labels, ((heading, lines),))


def drawn(raster: Raster) -> str:
    with style():
        return raster.svg(raster.sheet(), "e")


def test_labels_that_overlap_lie_beneath_each_other():
    raster = Raster(
        ethogram(line(centre=[[0, 5]], periphery=[[5, 60]], corner=[[10, 20]], wall=[[30, 40]]))
    )
    assert raster.lanes == {"centre": 0, "periphery": 0, "corner": 1, "wall": 1}


def test_every_bout_is_a_bar():
    svg = drawn(Raster(ethogram(line(a=[[0, 5], [10, 20]]), line("s2", b=[[30, 40]])), 2.0))
    assert "s1" in svg
    assert "s2" in svg
    assert svg.count("fill: #0072b2") >= 1
    assert svg.count("fill: #e69f00") >= 1
    # Their bars are written by their sides; so are the two lines below the rows.
    (path,) = re.findall(r'd="([^"]*)" clip-path="[^"]*" style="fill: #0072b2', svg)
    assert path.count("z") == 2
    assert "L" not in path


def test_what_is_too_short_is_drawn_all_the_same_and_told():
    raster = Raster(ethogram(line(lasts=3600.0, a=[[100, 100.5], [2000, 2400]])))
    assert not raster.dense
    assert "is drawn as long as that" in raster.words
    assert "px" not in raster.words
    exact = Raster(ethogram(line(lasts=60.0, a=[[10, 15], [20, 24]])))
    assert "drawn as long" not in exact.words


def test_bouts_that_cannot_be_told_apart_are_shades():
    starts = np.arange(0, 3600, 2.0)
    lines = [line(f"s{i}", 3600.0, a=np.stack([starts, starts + 0.5], 1)) for i in range(100)]
    raster = Raster(ethogram(*lines))
    assert raster.dense
    assert "as deep in colour as the share" in raster.words
    svg = drawn(raster)
    # A quarter of the time is the palest of four shades, and nothing else is drawn.
    assert "opacity: 0.25" in svg
    assert "opacity: 0.75" not in svg
    assert len(svg) < 1_500_000


def test_a_large_study_is_cut_with_a_word():
    lines = [line(f"s{i}", a=[[1, 5]]) for i in range(MOST + 40)]
    raster = Raster(ethogram(*lines))
    assert f"the first {MOST} are drawn" in raster.words
    svg = drawn(raster)
    assert f"s{MOST}<" not in svg
    assert float(re.search(r'viewBox="0 0 \S+ (\S+)"', svg)[1]) < 1500


def test_groups_events_and_what_was_not_looked_at():
    cues = (("tone", 10.0, 20.0),)
    told = line(missed=[[30, 40]], cues=cues, a=[[1, 5]])
    raster = Raster(ethogram(told, line("s2", cues=cues, a=[[2, 3]]), heading="saline & more"))
    svg = drawn(raster)
    assert "saline &amp; more, n = 2" in svg
    assert ">tone<" in svg
    assert "not looked at" in svg
    assert "grey: not looked at, or not seen; shaded: events" in raster.words


def test_events_at_other_times_have_no_common_name():
    first, other = (("tone", 10.0, 20.0),), (("tone", 30.0, 40.0),)
    svg = drawn(Raster(ethogram(line(cues=first, a=[[1, 5]]), line("s2", cues=other, a=[[1, 5]]))))
    assert ">tone<" not in svg


def test_shares_of_cells():
    spans, edges = np.array([[5.0, 6.0], [0.0, 1.0], [0.5, 2.0]]), np.array([0.0, 4.0, 8.0])
    assert shares(spans, edges).tolist() == [0.5, 0.25]
    assert shares(NONE, edges).tolist() == [0.0, 0.0]
    rng = np.random.default_rng(1)
    spans = np.sort(rng.uniform(0, 100, 40)).reshape(-1, 2)
    found = shares(spans, np.linspace(0, 100, 7))
    assert found.sum() * 100 / 6 == pytest.approx(np.diff(spans).sum())
    assert (found >= 0).all()
    assert (found <= 1 + 1e-12).all()


def test_nothing_to_show():
    assert "No episodes of behaviour" in shown((), "figures")
    assert drawn(Raster(ethogram(line(lasts=0.0, a=[]))))
