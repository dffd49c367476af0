from __future__ import annotations

import numpy as np
import pytest

from ethoframe.methods.pose._views import Views, extent, luma, middle, window


def animal(length: float) -> np.ndarray:
    return np.array([[100.0, 100.0], [100.0 + length, 100.0], [110.0, 104.0]])


@pytest.mark.parametrize(("length", "side"), [(20.0, 128), (100.0, 224), (128.0, 256)])
def test_a_window_is_wide_enough_for_the_largest_animal(length, side) -> None:
    views = Views.of([animal(length)] * 5)
    assert views.side == side
    assert views.near == 1.0


def test_an_animal_larger_than_any_window_is_seen_smaller() -> None:
    views = Views.of([animal(600.0)] * 5)
    assert views.side == 256
    assert views.near * 600 * 1.7 < 256


def test_the_window_shows_the_picture_as_it_is() -> None:
    views = Views.of([animal(60.0)])
    picture = np.random.default_rng(0).integers(0, 255, (300, 400)).astype(np.uint8)
    seen = views.looked(picture.shape, np.array([200.0, 150.0]))
    levels = window(seen, picture, 0.0)[0]
    left, top = seen.matrix[:, 2]
    cut = picture[int(top) : int(top) + views.side, int(left) : int(left) + views.side]
    assert np.corrcoef(levels.ravel(), cut.ravel())[0, 1] == pytest.approx(1.0)


def test_light_and_contrast_of_the_camera_do_not_matter() -> None:
    views = Views.of([animal(60.0)])
    picture = np.random.default_rng(0).integers(0, 100, (300, 400)).astype(np.uint8)
    seen = views.looked(picture.shape, np.array([200.0, 150.0]))
    other = window(seen, 2 * picture + 16, 16.0)
    assert other == pytest.approx(window(seen, picture, 0.0), abs=1e-5)


def test_an_even_picture_is_grey() -> None:
    views = Views.of([animal(60.0)])
    seen = views.looked((300, 400), np.array([200.0, 150.0]))
    assert (window(seen, np.full((300, 400), 7, np.uint8), 7.0) == 0.5).all()


@pytest.mark.parametrize("size", [(480, 640), (1080, 1920), (100, 90)])
def test_windows_that_seek_show_all_of_the_picture(size) -> None:
    views = Views.of([animal(60.0)])
    shown = np.zeros(size, bool)
    for each in views.sought(size):
        x, y = np.rint(each.field()).astype(int).reshape(-1, 2).T
        inside = (x >= 0) & (x < size[1]) & (y >= 0) & (y < size[0])
        left, right = x[inside].min(), x[inside].max()
        shown[y[inside].min() : y[inside].max() + 1, left : right + 1] = True
    assert shown[2:-2, 2:-2].all()


def test_length_and_middle_of_what_is_known() -> None:
    points = np.array([[0.0, 0.0], [3.0, 4.0], [np.nan, np.nan]])
    assert extent(points) == 5.0
    assert middle(points).tolist() == [1.5, 2.0]
    assert np.isnan(extent(points[2:]))
    assert np.isnan(middle(points[2:])).all()


def test_levels_are_luma() -> None:
    colour = np.zeros((1, 2, 2, 3), np.uint8)
    colour[..., 1] = 100
    assert luma(colour, ("red", "green", "blue")).tolist() == [[[59, 59], [59, 59]]]
