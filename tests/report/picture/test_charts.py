from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Frames, Points, Transforms, Values
from ethoframe.report.picture.chart import MOST_POINTS, Chart, Scale, thinned
from ethoframe.report.picture.histogram import bin_edges, chosen_levels, counted_in, levels_figure
from ethoframe.report.picture.objects import objects_section
from ethoframe.report.picture.parameters import definition
from ethoframe.report.picture.series import motion_section, moved_by


def chosen(*columns: tuple[str, float]) -> Values:
    names = tuple(name for name, _ in columns)
    table = np.array([[value for _, value in columns]])
    return Values(table, names, ("level",) * len(names), np.arange(1), np.zeros(1))


def test_levels_that_were_chosen_are_drawn(cells, found) -> None:
    finding = replace(cells, answers={"chosen": chosen(("level", 640.5))})
    assert chosen_levels(found(finding)) == [("level", 640.5, 640.5)]
    figure = levels_figure(found(finding))
    assert ">level 640.5</text>" in figure
    assert "Levels of every pixel, in bins of" in figure


def test_a_band_is_shaded(cells, found) -> None:
    finding = replace(
        cells, answers={"chosen": chosen(("low level", 200.0), ("high level", 900.0))}
    )
    figure = levels_figure(found(finding))
    assert '<rect x="' in figure
    assert ">low level 200</text>" in figure


def test_levels_given_as_parameters_are_drawn_where_none_were_chosen(cells, cut, found) -> None:
    assert chosen_levels(found(cells, cut(level=500.0))) == [("level", 500.0, 500.0)]
    assert chosen_levels(found(cells)) == []
    finding = replace(cells, answers={"chosen": chosen(("level", 640.0))})
    assert chosen_levels(found(finding, cut(level=500.0))) == [("level", 640.0, 640.0)]


def test_a_level_outside_the_picture_is_told(cells, cut, found) -> None:
    figure = levels_figure(found(cells, cut(level=9000.0)))
    assert "Outside the picture" in figure
    assert "level 9000" in figure


def test_levels_that_differ_from_frame_to_frame_are_a_stripe(cells, found) -> None:
    table = np.array([[300.0], [500.0]])
    levels = Values(table, ("level",), ("level",), np.array([7, 8]), np.arange(2.0))
    figure = levels_figure(found(replace(cells, answers={"chosen": levels})))
    assert "level 300 to 500" in figure


@pytest.mark.parametrize(
    "levels",
    [
        np.array([5]),
        np.array([0, 255], np.uint8),
        np.array([0, 65535], np.uint16),
        np.array([0.0, 1e-9]),
        np.array([-3.5, -3.5]),
        np.array([2**40, 2**40 + 7]),
    ],
)
def test_every_level_has_a_bin(levels) -> None:
    edges = bin_edges(levels)
    assert edges[0] <= levels.min()
    assert levels.max() <= edges[-1]
    assert counted_in(levels, edges).sum() == len(levels)
    assert len(edges) <= 257


def test_charts_are_well_formed_and_bounded() -> None:
    chart = Chart(Scale(0, 10, "a <b>"), Scale(1, 1e6, "c & d", log=True))
    chart.line(np.linspace(0, 10, 5000), np.linspace(1, 1e6, 5000))
    chart.line(np.array([1.0, 2.0, np.nan, 5.0]), np.array([2.0, np.nan, 3.0, 4.0]))
    chart.steps(np.arange(4.0), np.array([1, 0, 5]), "#000")
    chart.upright(3.0, "<here>", "#f00")
    chart.band(2.0, 99.0, "#0f0")
    root = ET.fromstring(chart.svg("title"))
    drawn = [line.get("points").split() for line in root.iter("polyline")]
    assert len(drawn[0]) <= MOST_POINTS
    assert len(list(root.iter("circle"))) == 2  # lone values are dots
    for place in (pair.split(",") for line in drawn for pair in line):
        assert 0 <= float(place[0]) <= 460
        assert 0 <= float(place[1]) <= 220


@pytest.mark.parametrize(("low", "high"), [(0, 0), (1e-7, 2e-7), (-5, 3), (1e8, 1e9), (3, 3.0001)])
def test_ticks_are_few_and_inside(low, high) -> None:
    ticks = Scale.over(np.array([low, high], float), "x").ticks()
    assert 2 <= len(ticks) <= 12
    assert len({text for _, text in ticks}) == len(ticks)


def test_spikes_survive_thinning() -> None:
    y = np.zeros(9999)
    y[4321], y[77] = 5.0, np.nan
    assert np.nanmax(thinned(np.arange(9999.0), y)[1]) == 5.0


def test_motion_over_time(make, written) -> None:
    from ethoframe.data import Recording

    recording = Recording.of(np.random.default_rng(0).random((4, 20, 30, 1)), 2.0)
    matrices = np.tile(np.eye(3), (4, 1, 1))
    matrices[1, :2, 2], matrices[2] = (3.0, -4.0), np.nan
    alike = np.array([0.5, 0.5, np.nan, 0.5]), np.array([0.9, 0.4, np.nan, 0.8])
    motion = Transforms(matrices, np.arange(4), np.arange(4) / 2, "px", *alike)
    mean = Frames(np.ones((1, 20, 30, 1)), np.array([-1]), np.array([np.nan]))
    page = written(make(recording, transforms=motion, mean_before=mean, mean_after=mean))
    assert "The largest shift is 5 px, the largest turn 0°." in page
    assert "Median similarity 0.5 before and 0.8 after; 1 of 3 frames less alike after." in page
    assert "No motion could be found for 1 frame." in page
    assert "mean of all frames, before" in page


def test_shifts_are_those_of_the_middle() -> None:
    turn = np.radians(90.0)
    c, s = np.cos(turn), np.sin(turn)
    centre = np.array([[1, 0, 14.5], [0, 1, 9.5], [0, 0, 1]])
    about = centre @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.linalg.inv(centre)
    shifts, turns = moved_by(Transforms(about[None], np.arange(1), np.zeros(1)), (20, 30), (1, 1))
    assert shifts == pytest.approx(np.zeros((1, 2)), abs=1e-9)
    assert turns == pytest.approx([90.0])


def test_nothing_moved_nothing_said(cells, found) -> None:
    assert motion_section(found(cells)) == ""


def test_sizes_over_a_hundredfold_range_are_drawn_by_factors(make, draw, found) -> None:
    _, still, _ = draw
    areas = np.geomspace(1, 1e4, 50)
    points = Points((np.zeros((50, 2)),), {"area_px2": (areas,)}, np.arange(1), np.zeros(1))
    told = objects_section(found(make(still(np.zeros((9, 9))), objects=points)))
    assert "Bins grow by the same factor each." in told
    assert "median 100" in told


def test_only_the_largest_are_listed(make, draw, found) -> None:
    _, still, _ = draw
    areas = np.arange(1.0, 251.0)
    points = Points((np.zeros((250, 2)),), {"area_px2": (areas,), "label": (np.arange(250),)},
                    np.arange(1), np.zeros(1))  # fmt: skip
    told = objects_section(found(make(still(np.zeros((9, 9))), objects=points)))
    assert "<b>250 objects</b>; the first 100, the largest by area first" in told
    labels = re.findall(r'<tr><th scope="row">(\d+)</th>', told)
    assert labels == [str(249 - at) for at in range(100)]


def test_a_docstring_as_html(cut) -> None:
    told = definition(cut())
    assert told.startswith("<p>Objects that are brighter than a level.</p>")
    assert "<details>" in told
    assert told.endswith('<p class="rule">Nobody &amp; Other 1999.</p>')
