"""Points of frames as a table."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Points, Refusal
from ethoframe.formats import objects


@pytest.mark.parametrize("axes", [2, 3])
@pytest.mark.parametrize("unit", ["px", "mm"])
def test_what_is_written_is_read(tmp_path, axes, unit):
    rng = np.random.default_rng(0)
    counts = [2, 3]
    made = Points(
        tuple(rng.random((n, axes)) for n in counts),
        {"radius_px": tuple(rng.random(n) for n in counts)},
        np.array([1, 4]),
        np.array([0.5, 2.0]),
        unit,
    )
    objects.write_points(tmp_path / "points.csv", made)
    assert objects.read_points(tmp_path / "points.csv") == made


def test_no_points(tmp_path):
    none = Points((np.zeros((0, 2)),), {}, np.arange(1), np.zeros(1))
    objects.write_points(tmp_path / "points.csv", none)
    assert (tmp_path / "points.csv").read_text() == "frame,time_s,x_px,y_px\n"
    assert len(objects.read_points(tmp_path / "points.csv")) == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the file is empty"),
        ("a,b\n1,2\n", "no columns x_px and y_px"),
        ("x_px,y_px\n1,here\n", "row 2 is not 2 numbers"),
        (None, "cannot be read"),
    ],
)
def test_refusals(tmp_path, text, told):
    if text is not None:
        (tmp_path / "points.csv").write_text(text)
    with pytest.raises(Refusal, match=told):
        objects.read_points(tmp_path / "points.csv")


def test_labels_stay_whole_numbers(tmp_path):
    places = (np.array([[3.0, 4.0], [1.0, 2.0]]),)
    features = {"label": (np.array([1, 12]),), "area_px2": (np.array([4.0, 9.0]),)}
    made = Points(places, features, np.arange(1), np.zeros(1))
    objects.write_points(tmp_path / "objects.csv", made)
    rows = (tmp_path / "objects.csv").read_text().splitlines()
    assert rows[1:] == ["0,0.0,3.0,4.0,1,4.0", "0,0.0,1.0,2.0,12,9.0"]
    assert objects.read_points(tmp_path / "objects.csv") == made


def test_a_table_by_hand_may_leave_points_and_cells_out(tmp_path):
    (tmp_path / "places.csv").write_text("x_px,y_px,label,size_px\n3,4,7,1\n5,6,8,\n")
    found = objects.read_points(tmp_path / "places.csv")
    assert found.places().tolist() == [[3.0, 4.0], [5.0, 6.0]]
    assert found.rows("label").dtype == np.int64
    assert np.isnan(found.rows("size_px")[1])
