from __future__ import annotations

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.formats import anipose

AXES = [f"M_{row}{column}" for row in range(3) for column in range(3)]
EXTRA = [*AXES, "center_0", "center_1", "center_2"]


def written(path, keypoints=("l-base", "nose_tip"), rows=6, seed=0):
    """A table as Anipose writes it, and its places ``(t, keypoint, 3)`` and scores."""
    rng = np.random.default_rng(seed)
    places, scores = (
        rng.normal(0, 20, (rows, len(keypoints), 3)),
        rng.random((rows, len(keypoints))),
    )
    places[2, 0] = np.nan
    parts = ("x", "y", "z", "error", "ncams", "score")
    names = [f"{name}_{part}" for name in keypoints for part in parts]
    lines = [",".join([*names, *EXTRA, "fnum"])]
    for t in range(rows):
        cells = []
        for k in range(len(keypoints)):
            cells += [*places[t, k], 0.5, 2, scores[t, k]]
        told = ["" if np.isnan(cell) else repr(float(cell)) for cell in cells]
        lines.append(",".join([*told, *["0.0"] * len(EXTRA), str(t)]))
    path.write_text("\n".join(lines) + "\n")
    return places, scores


def test_one_of_three_axes_is_left_out(tmp_path):
    places, scores = written(tmp_path / "session1.csv")
    found = formats.read_tracks(tmp_path / "session1.csv", rate=50)
    assert (found.keypoints, found.individuals) == (("l-base", "nose_tip"), ("animal",))
    assert found.unit == "mm"
    assert np.array_equal(found.at("nose_tip"), places[:, 1, :2])
    assert np.isnan(found.at("l-base")[2]).all()
    assert found.confidence[2, 0, 0] == 0
    assert np.array_equal(found.confidence[:, 1, 0], scores[:, 1])
    assert found.times_s == pytest.approx(np.arange(6) / 50)
    assert formats.in_space(tmp_path / "session1.csv")
    side = anipose.read_tracks(tmp_path / "session1.csv", rate=50, plane="zy")
    assert np.array_equal(side.at("nose_tip"), places[:, 1, ::-1][:, :2])


def test_the_clock_and_the_plane_must_be_known(tmp_path):
    written(tmp_path / "a.csv")
    with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
        formats.read_tracks(tmp_path / "a.csv")
    with pytest.raises(Refusal, match="its space has no plane 'xx'; it has x, y, z"):
        formats.read_tracks(tmp_path / "a.csv", rate=1, plane="xx")


def test_as_movement_reads_it(tmp_path):
    load = pytest.importorskip("movement.io.load_poses")
    written(tmp_path / "a.csv", ("tail", "nose"))
    theirs = load.from_anipose_file(tmp_path / "a.csv", fps=50)
    ours = formats.read_tracks(tmp_path / "a.csv", rate=50)
    for name in ours.keypoints:
        place = theirs.position.sel(keypoints=name, space=["x", "y"]).values[..., 0]
        assert np.array_equal(ours.at(name), place, equal_nan=True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("1,2,3,0\n1,2,3,0\n", "two rows are of one frame"),
        ("1,2,three,0\n", "line 2: 'three' is no number"),
        ("1,2,3\n", "line 2 has 3 cells, and the heading 4"),
        ("1,2,3,0.5\n", "fnum is no number of a frame"),
    ],
)
def test_what_will_not_do(tmp_path, body, reason):
    (tmp_path / "a.csv").write_text("paw_x,paw_y,paw_z,fnum\n" + body)
    with pytest.raises(Refusal, match=reason):
        formats.read_tracks(tmp_path / "a.csv", rate=1)
