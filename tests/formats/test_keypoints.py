from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Refusal, Tracks
from ethoframe.formats import keypoints

HEADING = "file,keypoint,x_px,y_px,confidence,visible"


def placed(places, individuals=("animal",)) -> Tracks:
    position = np.array(places, np.float64)[None]  # x y, keypoint, individual
    confidence = np.where(np.isfinite(position[:, 0]), 0.75, 0.0)
    names = tuple("abc"[: position.shape[2]])
    return Tracks(position, confidence, np.arange(1), np.zeros(1), names, individuals)


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "points.csv"
    first = placed([[[1.5], [np.nan]], [[2.25], [np.nan]]])
    keypoints.write(path, {"m/a.png": first, "m/b.png": first}, 0.8)
    text = path.read_text("utf-8").splitlines()
    assert text[:3] == [HEADING, "m/a.png,a,1.5,2.25,0.75,0", "m/a.png,b,,,0.0,0"]
    assert keypoints.knows(path)
    found = keypoints.read(path)
    assert list(found) == ["m/a.png", "m/b.png"]
    assert np.array_equal(found["m/b.png"].position, first.position, equal_nan=True)
    assert np.array_equal(found["m/b.png"].confidence, first.confidence)


def test_several_individuals(tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    keypoints.write(one, {"a.png": placed([[[1.0]], [[2.0]]])}, 0.5)
    both = placed([[[1.0, 3.0]], [[2.0, 4.0]]], ("x", "y"))
    keypoints.write(two, {"b.png": both}, 0.5)
    assert two.read_text("utf-8").startswith("file,individual,keypoint,")
    assert np.array_equal(keypoints.read(two)["b.png"].position, both.position)
    keypoints.join(tmp_path / "all.csv", [one, two])
    found = keypoints.read(tmp_path / "all.csv")
    assert list(found) == ["a.png", "b.png"]
    assert found["b.png"].at("a", "y").tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it has no column file, keypoint, x_px, y_px"),
        ("file,keypoint,x_px\n", "it has no column y_px"),
        (f"{HEADING}\na.png,a,1,2,1,1\na.png,a,1,2,1,1\n", "line 3 is of a in a.png again"),
        (f"{HEADING}\na.png,a,one,2,1,1\n", "line 2: x_px 'one' is no number"),
    ],
)
def test_what_is_no_such_table(tmp_path, text, said):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=said):
        keypoints.read(path)
    assert keypoints.knows(path) == text.startswith(HEADING)


def test_what_cannot_be_opened(tmp_path):
    with pytest.raises(Refusal, match="cannot be read"):
        keypoints.read(tmp_path / "gone.csv")
    binary = tmp_path / "points.csv"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="is no table"):
        keypoints.read(binary)
    assert not keypoints.knows(binary)
    assert not keypoints.knows(Path("gone.csv"))


def test_windows_writes_paths_its_own_way(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("file,keypoint,x_px,y_px\nm\\a.png,nose,1,2\n", encoding="utf-8")
    found = keypoints.read(path)
    assert list(found) == ["m/a.png"]
    assert found["m/a.png"].confidence.item() == 1.0
