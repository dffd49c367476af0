"""Sizes, shapes and levels against closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Patch, Recording, Refusal
from ethoframe.methods.measure.objects import Objects
from ethoframe.run import apply


def table(labels, spacing_mm=None, pixels=None):
    noun = LabelMap.of(labels[None], spacing_mm=spacing_mm)
    side = {} if pixels is None else {"recording": Recording.of(pixels[None])}
    return apply(Objects(), labels=noun, **side)


def ellipse(a, b, turn, size=121, step=1.0):
    y, x = np.mgrid[:size, :size] - size // 2
    y, x = y * step, x * 1.0
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    return ((along / a) ** 2 + (across / b) ** 2 < 1).astype(np.int32)


@pytest.mark.parametrize("turn", [-1.2, 0.0, 0.5, 1.5])
def test_an_ellipse_has_its_axes_angle_area_and_outline(turn) -> None:
    found = table(ellipse(40, 20, turn))
    row = {name: found.rows(name)[0] for name in found.features}
    assert row["area_px2"] == pytest.approx(np.pi * 800, rel=0.01)
    assert row["major_px"] == pytest.approx(80, rel=0.01)
    assert row["minor_px"] == pytest.approx(40, rel=0.01)
    assert row["orientation_rad"] == pytest.approx(turn, abs=0.01)
    assert row["eccentricity"] == pytest.approx(np.sqrt(0.75), abs=0.01)
    assert row["perimeter_px"] == pytest.approx(193.77, rel=0.02)
    assert row["solidity"] == pytest.approx(1, abs=0.03)
    assert found.places()[0] == pytest.approx((60, 60))


def test_pixels_that_are_no_squares_are_allowed_for() -> None:
    found = table(ellipse(40, 20, 0.5, step=2.0), spacing_mm=(1.0, 0.5))
    assert found.rows("area_mm2")[0] == pytest.approx(np.pi * 200, rel=0.01)
    assert found.rows("orientation_rad")[0] == pytest.approx(0.5, abs=0.02)
    assert found.rows("perimeter_mm")[0] == pytest.approx(96.9, rel=0.03)


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (2.0, 1.0, 1.0)])
def test_a_ball_has_its_volume_and_surface(spacing) -> None:
    index = np.meshgrid(*(np.arange(n) for n in (40, 45, 45)), indexing="ij")
    middle = (18, 22, 22)
    away = [(i - m) * s for i, m, s in zip(index, middle, spacing, strict=True)]
    found = table((sum(np.square(a) for a in away) < 15**2).astype(np.int32), spacing)
    assert found.rows("volume_mm3")[0] == pytest.approx(4 / 3 * np.pi * 15**3, rel=0.01)
    assert found.rows("surface_mm2")[0] == pytest.approx(4 * np.pi * 15**2, rel=0.03)
    assert found.rows("major_mm")[0] == pytest.approx(30, rel=0.02)
    assert found.rows("minor_mm")[0] == pytest.approx(30, rel=0.02)
    assert found.places()[0] == pytest.approx((22, 22, 18))


def test_a_square_with_a_bite_is_less_solid() -> None:
    labels = np.zeros((20, 20), np.int32)
    labels[2:12, 2:12] = 4
    labels[2:7, 7:12] = 0
    found = table(labels)
    assert found.rows("solidity")[0] == pytest.approx(75 / 87.5)
    assert found.rows("label").tolist() == [4]


def test_levels_of_each_channel_without_nan() -> None:
    labels = np.array([[1, 1, 2], [1, 0, 2]])
    pixels = np.array([[[1.0], [3], [np.nan]], [[8], [50], [np.nan]]])
    found = table(labels, pixels=pixels)
    assert found.rows("luma_mean_level")[0] == pytest.approx(4)
    assert [found.rows(f"luma_{w}_level")[0] for w in ("min", "max", "sum")] == [1, 8, 12]
    assert np.isnan(found.rows("luma_mean_level")[1])


def test_a_window_of_labels_lies_where_it_lies() -> None:
    patch = Patch(np.full((2, 2), 9), (4, 6))
    labels = LabelMap((patch,), np.array([0]), np.array([0.0]), (10, 12))
    pixels = np.arange(120.0).reshape(1, 10, 12, 1)
    found = apply(Objects(), labels=labels, recording=Recording.of(pixels))
    assert found.places().tolist() == [[6.5, 4.5]]
    assert found.rows("luma_min_level")[0] == 54


def test_no_object_is_no_point_and_another_size_is_refused() -> None:
    assert table(np.zeros((5, 5), int)).counts.tolist() == [0]
    with pytest.raises(Refusal, match="of size"):
        table(np.zeros((5, 5), int), pixels=np.zeros((4, 5, 1)))
    labels = replace(LabelMap.of(np.zeros((1, 4, 4), int)), numbers=np.array([3]))
    with pytest.raises(Refusal, match="no frame 3"):
        apply(Objects(), labels=labels, recording=Recording.of(np.zeros((1, 4, 4, 1))))


def test_labels_are_whole_numbers_and_alpha_is_no_level() -> None:
    labels = LabelMap.of(np.array([[[1, 1, 4], [0, 0, 4]], [[0, 0, 0], [0, 0, 0]]]))
    recording = replace(Recording.of(np.ones((2, 2, 3, 2), np.uint8)), channels=("luma", "alpha"))
    found = apply(Objects(), labels=labels, recording=recording)
    assert [each.dtype for each in found.features["label"]] == [np.int64, np.int64]
    assert found.rows("label").tolist() == [1, 4]
    assert [name for name in found.features if name.endswith("_level")] == [
        f"luma_{what}_level" for what in ("mean", "min", "max", "sum")
    ]
