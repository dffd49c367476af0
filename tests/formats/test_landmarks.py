"""Landmarks as people and programs write them."""

from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Points, Refusal
from ethoframe.formats import landmarks

SAME = [[59.0, 72.5], [122.0, 108.0]]


@pytest.mark.parametrize(
    "text",
    [
        ",X,Y\n1,59,72.5\n2,122,108\n",
        "x,y\n59,72.5\n122,108",
        "x_px,y_px\n59,72.5\n122,108\n",
        "﻿ ,Area,Mean,X,Y\n1,0,3,59,72.5\n2,0,3,122,108\n",
        "y;x\n72,5;59\n108;122\n",
        "name\tX (px)\tY (px)\na\t59\t72.5\nb\t122\t108\n\n",
        "59,72.5\n122,108\n",
        "index,axis-0,axis-1,axis-2\n0,0,72.5,59\n1,0,108,122\n",
    ],
)
def test_columns_are_found_by_name(tmp_path, text):
    path = tmp_path / "marks.csv"
    path.write_text(text, encoding="utf-8")
    read = landmarks.read(path)
    assert read.places()[:, :2].tolist() == SAME
    assert read.unit == "px"


def test_volumes_and_mm(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("x_mm,y_mm,z_mm\n1,2,3\n")
    assert (landmarks.read(path).places().tolist(), landmarks.read(path).unit) == (
        [[1, 2, 3]],
        "mm",
    )


def test_points_of_birl(tmp_path):
    path = tmp_path / "marks.pts"
    path.write_text("point\n2\n59 72.5\n122 108\n")
    assert landmarks.read(path).places().tolist() == SAME
    path.write_text("point\n3\n59 72.5\n122 108\n")
    assert "it says it holds 3 points, and holds 2" in refused(path)


def test_a_landmark_that_was_not_found_is_nan(tmp_path):
    path = tmp_path / "marks.csv"
    path.write_text("x,y\n1,2\nNA,\n3,4\n")
    assert np.isnan(landmarks.read(path).places()[1]).all()


def test_what_is_written_is_read(tmp_path):
    made = Points((np.array([[0.1, 2.0, 3.0]]),), {}, np.arange(1), np.zeros(1), "mm")
    landmarks.write(tmp_path / "a.csv", made)
    assert landmarks.read(tmp_path / "a.csv") == made


def refused(path) -> str:
    with pytest.raises(Refusal) as told:
        landmarks.read(path)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_refusals(tmp_path):
    path = tmp_path / "marks.csv"
    assert "cannot be read" in refused(path)
    path.write_text("")
    assert "the file is empty" in refused(path)
    path.write_text("a,b\n1,2\n")
    assert "it has no columns x and y, but a, b" in refused(path)
    path.write_text("x,y\n1,2\n3,there\n")
    assert "line 3 holds 'there', which is no number" in refused(path)
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in refused(path)


def test_real_landmarks(shared):
    folder = shared / "data/histology"
    for name in ("HE", "proSPC"):
        table, points = (
            landmarks.read(folder / f"Izd2-29-041-w35_{name}.{e}") for e in ("csv", "pts")
        )
        assert table == points
        assert table.counts.tolist() == [78]
