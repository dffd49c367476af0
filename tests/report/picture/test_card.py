from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Measure, Measures, Points, Transform
from ethoframe.report.picture import FILE
from ethoframe.report.picture.card import SIDE_PX, Card, small
from ethoframe.report.picture.views import views


def measured(value: float) -> Measures:
    return Measures((Measure(quantity="count", value=value, unit="objects", bin_start_s=np.nan,
                             bin_stop_s=np.nan, definition="d"),))  # fmt: skip


def test_what_is_written_is_read_back(cells, written, tmp_path) -> None:
    written(replace(cells, measures=measured(3.0)))
    card = Card.read(tmp_path)
    assert card.numbers == (("count", 3.0, "objects"),)
    assert card.facts == ("80 × 60 px", "2 µm")
    assert card.picture.startswith("data:image/jpeg;base64,")
    assert card.failed == ""


def test_a_number_that_is_not_defined(cells, written, tmp_path) -> None:
    written(replace(cells, measures=measured(np.nan)))
    json.loads((tmp_path / FILE).read_text(encoding="utf-8"), parse_constant=int)
    assert Card.read(tmp_path).numbers == (("count", None, "objects"),)


def test_why_it_failed(cells, written, tmp_path) -> None:
    failed = Transform(np.eye(3), "px", "px", failed="no overlap")
    written(replace(cells, answers={"transform": failed}))
    assert Card.read(tmp_path).failed == "no overlap"


def test_no_card_or_a_broken_one(tmp_path) -> None:
    assert Card.read(tmp_path) is None
    for text in ("", "[]", '{"failed": ""}', '{"failed": "", "facts": [], "numbers": [1]}'):
        (tmp_path / FILE).write_text(text, encoding="utf-8")
        assert Card.read(tmp_path) is None


def test_a_picture_that_would_be_fetched_is_left_out(tmp_path) -> None:
    given = {"failed": "", "facts": [], "numbers": [], "picture": "https://example.org/x.png"}
    (tmp_path / FILE).write_text(json.dumps(given), encoding="utf-8")
    assert Card.read(tmp_path).picture == ""


def test_the_small_picture_is_small(cells, found) -> None:
    (view,) = views(found(cells))
    drawn = small(view)
    assert max(drawn.shape[:2]) <= SIDE_PX
    assert drawn.shape[2] == 3
    grey = (drawn == drawn[..., :1]).all(axis=2)
    assert not grey.all()  # outlines have colours


def test_without_measures_objects_are_counted(cells, written, tmp_path) -> None:
    written(cells)
    assert Card.read(tmp_path).numbers == (
        ("objects", 3.0, ""), ("median area", 36 * 0.002**2, "mm2")
    )  # fmt: skip


def test_points_are_drawn_in_it(make, draw, found) -> None:
    _, still, _ = draw
    places, radii = np.array([[20.0, 10.0], [np.nan, 3.0]]), np.array([6.0, 1.0])
    points = Points((places,), {"radius_px": (radii,)}, np.arange(1), np.zeros(1))
    (view,) = views(found(make(still(np.zeros((40, 60), np.uint8)), points=points)))
    rows, columns = np.nonzero(small(view)[..., 0])
    across = small(view).shape[1] / 60
    assert columns.mean() == pytest.approx(20.5 * across, abs=1)
    assert np.ptp(rows) == pytest.approx(12 * across, abs=3)
