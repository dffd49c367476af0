"""``ethoframe write`` of tracks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Tracks, Transform
from ethoframe.formats import dlc, read_tracks, table


def walk() -> Tracks:
    places = np.random.default_rng(0).random((5, 2)) * 100
    return Tracks.of(places, np.arange(5) / 25, "nose")


@pytest.mark.parametrize("out", ["b.h5", "b.nc", "b.parquet", "b.csv", "--as dlc b.csv"])
def test_tracks_in_another_format_are_the_same(ethoframe, here, out):
    dlc.write_tracks(walk(), Path("a.csv"))
    words = out.split()
    said = ethoframe("write", "a.csv", words[-1], *words[:-1], "--clock", "25fps")
    assert said.status == 0, said.err
    assert read_tracks(words[-1], rate=25) == walk()
    assert dlc.tracks_in(Path(words[-1])) == ("dlc" in out or out.endswith(".h5"))


def test_a_program_that_takes_px_gets_those_of_a_run(ethoframe, here):
    on_floor = walk().mapped(Transform.scaling(0.5, "px", "mm"))
    table.write_tracks(Path("tracks.parquet"), walk(), on_floor)
    told = json.loads(ethoframe("write", "tracks.parquet", "a.h5", "--json").out)
    assert (told["format"], told["unit"]) == ("dlc", "px")
    assert "clock" in told["not_kept"][0]
    assert read_tracks("a.h5", rate=25) == walk()
    assert ethoframe("write", "tracks.parquet", "a.nc").status == 0
    assert replace(read_tracks("a.nc"), px_per_unit=2.0) == on_floor
    table.write_tracks(Path("mm.parquet"), on_floor)
    said = ethoframe("write", "mm.parquet", "a.h5")
    assert said.status == 3
    assert "it tells no positions in px; it tells them in mm" in said.err


def test_other_names_are_refused(ethoframe, here):
    dlc.write_tracks(walk(), Path("a.csv"))
    said = ethoframe("write", "a.csv", "b.tif", "--clock", "25fps")
    assert "its name tells no format in which tracks are written; let it end in one of" in said.err
    said = ethoframe("write", "a.csv", "b.csv", "--as", "movement", "--clock", "25fps")
    assert said.err.strip().endswith("let it end in one of these: .nc")


def test_points_of_two_cameras_for_dltdv(ethoframe, here):
    dlc.write_tracks(walk(), Path("cam1DLC.csv"))
    dlc.write_tracks(walk(), Path("cam2DLC.csv"))
    words = ["write", "cam1DLC.csv", "xypts.csv", "--with", "cam2DLC.csv"]
    said = ethoframe(*words, "--as", "dltdv")
    assert said.status == 3
    assert "say it in px, as --height 1024" in said.err
    said = ethoframe(*words, "--height", "200")
    assert "--with is of tables of DLTdv that are written; leave --with out" in said.err
    assert not Path("xypts.csv").exists()
    said = ethoframe(*words, "--as", "dltdv", "--height", "200")
    assert said.status == 0, said.err
    assert said.out.splitlines()[1:] == ["pt1 is nose"]
    table = np.genfromtxt("xypts.csv", delimiter=",", names=True)
    assert table.dtype.names == ("pt1_cam1_X", "pt1_cam1_Y", "pt1_cam2_X", "pt1_cam2_Y")
    np.testing.assert_allclose(table["pt1_cam2_Y"], 200 - walk().at("nose")[:, 1])
    said = ethoframe(*words, "--with", "cam2DLC.csv", "--as", "dltdv", "--height", "200")
    assert "cam2DLC.csv: it is named twice" in said.err
    told = ethoframe(*words, "--as", "dltdv", "--height", "200", "--height", "100", "--json").out
    assert json.loads(told)["points"] == ["pt1 is nose"]
    assert ethoframe(*words, "--as", "dltdv", "--origin", "upper").status == 0
    table = np.genfromtxt("xypts.csv", delimiter=",", names=True)
    np.testing.assert_allclose(table["pt1_cam2_Y"], walk().at("nose")[:, 1] + 1)


def test_one_camera_of_dltdv_is_taken_out(ethoframe, here):
    dlc.write_tracks(walk(), Path("cam1DLC.csv"))
    dlc.write_tracks(walk().mapped(Transform.moving(3, 0)), Path("cam2DLC.csv"))
    words = ["write", "cam1DLC.csv", "xypts.csv", "--with", "cam2DLC.csv", "--as", "dltdv"]
    assert ethoframe(*words, "--height", "200").status == 0
    for words in (["xypts.csv"], ["apply", "measure/motion", "xypts.csv", "--clock", "25fps"]):
        said = ethoframe(*words)
        assert said.status == 3
        assert "it tells what 2 cameras saw; take one out, as ethoframe write xypts" in said.err
    words = ["write", "xypts.csv", "cam2.parquet", "--camera", "2", "--clock", "25fps"]
    assert "nothing tells how high the picture is" in ethoframe(*words).err
    said = ethoframe(*words, "--height", "200")
    assert (said.status, said.err) == (0, "")
    found = read_tracks("cam2.parquet").at("pt1")
    np.testing.assert_allclose(found - walk().at("nose"), [[3, 0]] * 5, atol=1e-9)
    said = ethoframe("write", "cam1DLC.csv", "a.parquet", "--camera", "2", "--clock", "25fps")
    assert "cam1DLC.csv: --camera is of tables of DLTdv that are read" in said.err


def test_tracks_in_space_are_seen_along_two_axes(ethoframe, here):
    # 3 m/s along x, 4 m/s along z, and far to and fro along y.
    rows = [f"{0.03 * at},{(-1) ** at},{0.04 * at}" for at in range(200)]
    Path("xyzpts.csv").write_text("\n".join(["pt1_X,pt1_Y,pt1_Z", *rows]) + "\n")
    words = ["apply", "measure/motion", "xyzpts.csv", "--keypoint", "pt1", "--clock", "100fps"]
    words += ["--no-report", "--out", "out"]
    said = ethoframe(*words)
    assert (said.status, "--plane xy" in said.err) == (3, True)
    said = ethoframe(*words, "--plane", "xz")
    assert (said.status, "--scale 1000mm/px" in said.err) == (3, True)
    said = ethoframe(*words, "--plane", "xz", "--scale", "1000mm/px")
    assert said.status == 0, said.err
    measures = table.read_measures(Path("out/xyzpts/measures.csv"))
    assert measures.value("distance") == pytest.approx(0.05 * 199 * 1000, rel=0.01)
    assert json.loads(Path("out/xyzpts/provenance.json").read_text())["asked"]["plane"] == "xz"
    told = json.loads(ethoframe("xyzpts.csv", "--plane=xz", "--scale=1m/px", "--json").out)
    assert (told["unit"], told["format"]) == ("mm", "dltdv")
    assert told["next"].endswith("xyzpts.csv --clock 30fps --plane xz --scale 1000mm/px")
    head = "pt1_x,pt1_y,pt1_z,fnum"
    lines = [f"{row},{at}" for at, row in enumerate(rows)]
    Path("session1.csv").write_text("\n".join([head, *lines]) + "\n")
    kept = "session1.csv: of three dimensions x and y are kept, so distances are those of the proj"
    assert kept in ethoframe("session1.csv").err
    assert kept in ethoframe("write", "session1.csv", "a.parquet", "--clock", "100fps").err
    words[2] = "session1.csv"
    assert kept.replace(".csv", "") in ethoframe(*words).err
    said = ethoframe(*words, "--plane", "xz")
    assert (said.status, said.err) == (0, "")
    dlc.write_tracks(walk(), Path("a.csv"))
    said = ethoframe("a.csv", "--plane", "xz")
    assert "a.csv: its format has two dimensions only; leave --plane out" in said.err
