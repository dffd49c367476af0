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
    assert "--with and --height are for DLTdv" in said.err
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
