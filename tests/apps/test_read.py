from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.data import Episodes, Recording, Tracks
from ethoframe.formats import episodes, table
from tests.apps._taught import project


@pytest.mark.parametrize("words", [["read"], []])
def test_a_file_says_what_it_is_and_what_to_type_next(ethoframe, here, clip, words):
    (here / "my mouse.mp4").write_bytes(clip.read_bytes())
    said = ethoframe(*words, "my mouse.mp4")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "my mouse.mp4"
    assert lines[1].split() == ["frames", "60,", "numbered", "0", "to", "59"]
    assert lines[-1].split(maxsplit=1)[1] == "ethoframe open-field 'my mouse.mp4' --side 40cm"


def test_what_to_type_next_works(ethoframe, here, clip):
    (here / "videos").mkdir()
    (here / "videos" / "my mouse.mp4").write_bytes(clip.read_bytes())
    following = ethoframe("videos/my mouse.mp4").out.splitlines()[-1].split(maxsplit=1)[1]
    assert ethoframe(*shlex.split(following)[1:], "--no-report").status == 0


def test_for_scripts(ethoframe, clip):
    said = ethoframe("read", clip, "--json")
    found = json.loads(said.out)
    assert (found["frames"], found["shape"]) == (60, [60, 180, 240, 1])
    assert (said.status, said.err) == (0, "")


def test_every_recording_in_a_folder(ethoframe, here, clip):
    for name in ("a", "b"):
        (here / f"{name}.mp4").write_bytes(clip.read_bytes())
    (here / "c.mp4").touch()
    said = ethoframe(".")
    assert said.status == 3
    assert (
        said.err
        == "ethoframe: c.mp4: the file is empty; copy it again from where it was recorded\n"
    )
    assert [part.splitlines()[0] for part in said.out.split("\n\n")] == ["a.mp4", "b.mp4"]
    found = json.loads(ethoframe("read", ".", "--json").out)
    assert [each["recording"] for each in found] == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no such file"), ("", "the file is empty"), ("text", "this is not a video")],
)
def test_what_cannot_be_read(ethoframe, here, content, said):
    if content is not None:
        (here / "a.mp4").write_text(content)
    told = ethoframe("a.mp4")
    assert (told.status, told.out) == (3, "")
    assert told.err.startswith("ethoframe: ")
    assert said in told.err


def test_of_a_table_that_is_not_known_is_told_which_are(ethoframe, here):
    (here / "a.csv").write_text("mouse,weight\n1,20\n")
    for told in (ethoframe("a.csv"), ethoframe("read", "a.csv")):
        assert (told.status, told.out, told.err.count("\n")) == (3, "", 1)
        assert "neither tracks nor episodes are found in this table; name one of" in told.err
        assert "nifti" not in told.err


def still(path, size=(12, 16)):
    path.parent.mkdir(exist_ok=True)
    formats.write(Recording.of(np.zeros((1, *size, 1), np.uint8)), path)


def test_pictures_in_a_folder_are_listed_as_apply_takes_them(ethoframe, here):
    still(here / "plate" / "a.png")
    still(here / "plate" / "b.png", (30, 40))
    said = ethoframe("plate")
    assert (said.status, said.err) == (0, "")
    assert [each.splitlines()[0] for each in said.out.split("\n\n")[:2]] == [
        "plate/a.png", "plate/b.png",
    ]  # fmt: skip
    assert said.out.endswith("\n--join takes them as one recording, in the order of their names\n")
    told = json.loads(ethoframe("read", "plate", "--json").out)
    assert [each["shape"] for each in told] == [[1, 12, 16, 1], [1, 30, 40, 1]]


def test_pictures_of_a_folder_as_one_recording(ethoframe, here):
    for name in ("1.png", "2.png"):
        still(here / "film" / name)
    said = ethoframe("film", "--join", "--clock", "10fps")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[1].split() == ["frames", "2,", "numbered", "0", "to", "1"]
    assert "assumed" not in said.out
    following = lines[-1].split(maxsplit=1)[1]
    assert following == "ethoframe apply segment/watershed film --clock 10fps --join"
    assert ethoframe(*shlex.split(following)[1:], "--no-report").status == 0


def test_a_folder_that_is_a_recording_is_one(ethoframe, here):
    made = Recording.of(np.zeros((1, 3, 12, 16, 1), np.uint8))
    formats.write(made, here / "cells.zarr")
    formats.write(replace(made, spacing_mm=(2.0, 1.0, 1.0)), here / "scan.dcm")
    assert ethoframe("cells.zarr").out.startswith("cells.zarr\n")
    (here / "scan.dcm").rename(here / "scan")
    assert "volume      16 × 12 × 3 px" in ethoframe("scan").out


def test_what_runs_wrote_is_left_out(ethoframe, here):
    still(here / "all" / "a.png")
    assert ethoframe("apply", "enhance/denoise", "all", "--out", "all/out").status == 0
    found = json.loads(ethoframe("read", "all", "--json").out)
    assert [each["recording"] for each in found] == ["all/a.png"]
    assert "all/out/a/image" in ethoframe("all/out/a").out


def test_what_the_file_does_not_say(ethoframe, here):
    pages = np.zeros((5, 12, 16), np.uint8)
    tifffile.imwrite(here / "a.tif", pages, photometric="minisblack")
    assert "--pages z" in ethoframe("a.tif").out
    assert "--clock 30fps" in ethoframe("a.tif").out
    said = ethoframe("a.tif", "--pages", "z", "--scale", "0.5x0.5x2um/px")
    assert said.status == 0
    assert "volume      16 × 12 × 5 px" in said.out
    assert "0.0005 × 0.0005 × 0.002 mm (x × y × z)" in said.out
    assert "warning" not in said.out
    following = said.out.splitlines()[-1].split(maxsplit=1)[1]
    assert following == (
        "ethoframe apply segment/watershed a.tif --pages z --scale 0.0005x0.0005x0.002mm/px"
    )


def test_labels_say_what_they_are_and_what_they_teach(ethoframe, here, dots):
    project(here / "day", m1=[(n, 5.0, 7.0) for n in range(3)], m2=[(4, 1.0, 2.0)])
    for path, count in (("day", 4), ("day/config.yaml", 4), ("day/labeled-data/m1", 3)):
        said = ethoframe(path)
        assert (said.status, said.err) == (0, "")
        lines = {line[:14].strip(): line[14:].strip() for line in said.out.splitlines()}
        assert lines["labels"] == "keypoints"
        assert lines["said"] == f"left {count}, right {count}"
        assert lines["said by"] == "AB"
        assert dots in lines["taught"]
        assert lines["next"].startswith("ethoframe fit pose/")
        assert lines["next"].endswith(f" --labels {path} --out MODEL")
    told = json.loads(ethoframe("read", "day", "--json").out)
    assert (told["kind"], told["recordings"], told["sizes"]) == (
        "keypoints", ["m1", "m2"], [[40, 48]],
    )  # fmt: skip


def test_what_a_network_said_is_no_labels(ethoframe, here):
    lines = "scorer,N,N,N\nbodyparts,nose,nose,nose\ncoords,x,y,likelihood\n0,1,2,0.9\n1,1,2,0.9\n"
    (here / "filmDLC_net.csv").write_text(lines, encoding="utf-8")
    said = ethoframe("filmDLC_net.csv")
    assert said.status == 0, said.err
    assert "2 frames, in px (dlc)" in said.out
    assert "nose (100 % seen)" in said.out
    assert "roles        nose: nose" in said.out
    assert said.out.splitlines()[-1].split()[1:3] == ["ethoframe", "apply"]


def test_tracks_and_episodes_say_what_they_are(ethoframe, here):
    table.write_tracks(Path("tracks.parquet"), Tracks.of(np.ones((4, 2)), np.arange(4) / 10, "bp1"))
    said = ethoframe("tracks.parquet", "--scale", "2px/mm")
    assert "4 frames, in mm (table)" in said.out
    assert "clock        0.4 s at 10 frames per second" in said.out
    assert "--clock" not in said.out
    assert said.out.endswith("apply behave/activity tracks.parquet --scale 0.5mm/px\n")
    told = json.loads(ethoframe("tracks.parquet", "--json").out)
    assert (told["keypoints"], told["roles"], told["unit"]) == ({"bp1": 1.0}, {}, "px")
    seen = Episodes.of("rear", np.array([[1.0, 2.5]]), np.array([[0.0, 9.0]]), "A. B.")
    episodes.write(Path("episodes.csv"), "m1", seen)
    said = ethoframe("episodes.csv")
    assert "rear (1, 1.5 s)" in said.out
    assert "A. B." in said.out
    Path("tracks.parquet").write_bytes(b"no table")
    assert ethoframe("tracks.parquet").status == 3


def test_a_model_says_what_it_is(ethoframe, here, model):
    for path in ("model", "model/card.json"):
        said = ethoframe(path)
        assert (said.status, said.err) == (0, "")
        assert said.out.startswith("pose/dots, taught\n")
        assert "figures     mean 2.5 px" in said.out
        assert said.out.splitlines()[-1].endswith("FILES --weights model --out results")
    told = json.loads(ethoframe("read", "model", "--json").out)
    assert (told["method"], told["labels"]["count"]) == ("pose/dots", 12)
    (model / "card.json").write_text("{}", encoding="utf-8")
    said = ethoframe("model")
    assert (said.status, said.err.count("\n")) == (3, 1)
