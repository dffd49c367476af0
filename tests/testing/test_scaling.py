from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import Kind, spec_of
from ethoframe.data import (
    Arena,
    Arenas,
    Check,
    Classes,
    Correction,
    Corrections,
    Displacement,
    Effect,
    Effects,
    Frames,
    Measure,
    Measures,
    Points,
    Row,
    Sheet,
    Transform,
    Transforms,
    Values,
    Verdict,
    Warp,
    Zone,
)
from ethoframe.testing import strategies as nouns
from ethoframe.testing.difference import differences
from ethoframe.testing.scaling import Scale
from ethoframe.testing.specimens import Rest, Usual, film

SQUARE = np.array([[0.0, 0.0], [40.0, 0.0], [40.0, 40.0], [0.0, 40.0]])
FIXED = [
    film(),
    Frames(np.ones((1, 2, 2, 1)), np.zeros(1), np.ones(1), ("depth_mm",), (0.5, 0.5)),
    Values.whole(area=(3.0, "px2"), speed=(2.0, "mm/s")),
    Arena("rectangle", SQUARE, (4.0, 4.0), (Zone("a", SQUARE, parts=(SQUARE,)),), unit="mm"),
    Transform.scaling(0.1, "px", "mm"),
    Arenas((Arena("rectangle", SQUARE),)),
    Corrections((Correction(start_s=1.0, stop_s=2.0, what="point", x_px=3.0, y_px=4.0),)),
    Points((np.ones((2, 2)),), {"area_mm2": (np.ones(2),)}, np.arange(1), np.zeros(1), "mm"),
    Transforms(np.diag([2.0, 2.0, 1.0])[None], np.arange(1), np.zeros(1), "mm"),
    Displacement(np.ones((2, 3, 2)), (1.0, 2.0), unit="mm"),
    Warp(
        (
            Transform.scaling(0.1, "px", "mm"),
            Displacement(np.ones((2, 3, 2)), (1.0, 2.0), unit="mm"),
        )
    ),
    Classes.said(["a", ""], ["a", "b"]),
    Verdict((Check(name="lost", value=2.0, unit="s", look=1.0, moments_s=(3.0,)),)),
    Sheet("animals.csv", (Row(line=2, video=("a.mp4",), start_s=2.0),)),
    Effects(
        (
            Effect(
                quantity="distance",
                unit="mm",
                factor="group",
                level="drug",
                control="saline",
                n=6,
                n_control=5,
                animals=6,
                animals_control=5,
                effect=-3.0,
                effect_unit="mm",
                mean=2.0,
                test="contrast/welch",
                unit_of_analysis="animal",
                definition="means",
            ),
        )
    ),
]
NOUNS = nouns.tracks() | nouns.episodes() | nouns.label_maps() | st.sampled_from(FIXED)


@given(NOUNS, st.sampled_from([{"mm": 2.0}, {"s": 0.5}]))
def test_there_and_back(noun, by):
    there = Scale(**by).noun(noun)
    (unit, factor), *_ = by.items()
    back = Scale(**{unit: 1 / factor}).noun(there)
    assert not list(differences(noun, back))
    assert spec_of(there).kind is spec_of(noun).kind


def test_every_kind_can_be_scaled():
    kinds = {spec_of(noun).kind for noun in FIXED}
    drawn = {Kind.TRACKS, Kind.EPISODES, Kind.LABELMAP, Kind.MEASURES}
    assert kinds | drawn == set(Kind)


def test_numbers_go_by_their_units():
    scale = Scale(mm=8, px=4, s=2)
    assert scale.noun(FIXED[2]).table.tolist() == [[48.0, 8.0]]
    row = Measure(quantity="a", value=3.0, unit="mm/s", low=1.0, high=5.0, bin_start_s=1.0,
                  bin_stop_s=2.0, definition="a")  # fmt: skip
    (scaled,) = scale.noun(Measures((row,))).rows
    assert (scaled.value, scaled.low, scaled.high) == (12.0, 4.0, 20.0)
    assert (scaled.bin_start_s, scaled.bin_stop_s) == (2.0, 4.0)


def test_an_arena_in_the_picture_keeps_its_place_and_grows_on_the_floor():
    arena = replace(FIXED[3], unit="px", residual_mm=0.5)
    longer = Scale(mm=2).noun(arena)
    assert np.array_equal(longer.outline, arena.outline)
    assert (longer.sides_mm, longer.residual_mm) == ((8.0, 8.0), 1.0)
    assert Scale(px=2).noun(arena).zones[0].parts[0].max() == 80.0


def test_parameters_go_by_their_units():
    assert Scale(s=2).method(Usual(span_s=3.0)) == Usual(span_s=6.0)
    assert Scale(mm=8, s=2).method(Rest(10.0, 1.0)) == Rest(40.0, 2.0)


def test_pixels_are_not_made_up():
    with pytest.raises(ValueError, match="made up"):
        Scale(px=2).noun(film())


def test_whole_numbers_without_a_unit_stay_whole() -> None:
    labels, areas = np.array([3, 7]), np.array([1.0, 2.0])
    features = {"label": (labels,), "area_mm2": (areas,)}
    points = Points((np.ones((2, 2)),), features, np.arange(1), np.zeros(1), "mm")
    larger = Scale(mm=64).noun(points)
    assert larger.rows("label").dtype == labels.dtype
    assert larger.rows("area_mm2").tolist() == [4096.0, 8192.0]
