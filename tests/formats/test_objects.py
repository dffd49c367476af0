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
