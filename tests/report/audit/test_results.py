import json
import shutil

import numpy as np
import pytest

from ethoframe.data import Refusal, Tracks
from ethoframe.formats import table
from ethoframe.formats.table import read_tracks
from ethoframe.report.audit.results import results_in


def test_all_results_below_a_folder_are_found(result, out):
    result("b.mp4")
    result("day1/a.mp4", where="left")
    shutil.copytree(out / "b", out / "failed")
    (out / "failed" / "tracks.parquet").unlink()
    shutil.copytree(out / "b", out / ".part" / "b")
    found = results_in(out)
    assert [(each.recording, each.arena) for each in found] == [
        ("b.mp4", ""),
        ("day1/a.mp4", "left"),
    ]
    assert len(found[1].open()) == len(found[1].times_s()) == 120


def test_tracks_are_read_as_they_were_written(tmp_path):
    random = np.random.default_rng(0)
    position = random.normal(50, 9, (7, 2, 3, 2))
    position[2, :, 1, 0] = np.nan
    names = ("centroid", "head_end", "tail_end")
    times, numbers = np.arange(7) / 25 + 3, np.arange(40, 47)
    confidence = random.random((7, 3, 2))
    written = Tracks(position, confidence, numbers, times, names, ("one", "two"))
    table.write_tracks(tmp_path / "tracks.parquet", written)
    assert read_tracks(tmp_path / "tracks.parquet") == written


def test_a_video_that_moved_is_found_by_the_folder_it_is_in(result, out, tmp_path):
    result("day1/cam.mp4", level=50)
    result("day2/cam.mp4", level=200)
    (tmp_path / "videos").rename(tmp_path / "elsewhere")
    first, second = results_in(out)
    with pytest.raises(Refusal, match="--videos"):
        first.open()
    for one, level in ((first, 50), (second, 200)):
        pixels = one.open(tmp_path / "elsewhere").frames([0]).pixels
        assert abs(int(pixels.mean()) - level) < 3


def test_two_videos_of_one_name_are_not_guessed_between(result, out, tmp_path):
    result("cam.mp4")
    folder = tmp_path / "videos"
    for day in ("day1", "day2"):
        (folder / day).mkdir()
        shutil.copy(folder / "cam.mp4", folder / day)
    (folder / "cam.mp4").unlink()
    with pytest.raises(Refusal, match="2 files"):
        results_in(out)[0].open(folder)


def test_another_video_under_the_same_name_is_refused(result, out, tmp_path):
    folder = result("a.mp4")
    told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    told["file"]["identity"] = "other"
    (folder / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Refusal, match="not the file that was analysed"):
        results_in(out)[0].open()


def test_what_is_no_folder_of_results_is_refused(tmp_path):
    with pytest.raises(Refusal, match="no results"):
        results_in(tmp_path)
    (tmp_path / "provenance.json").write_text("[1]", encoding="utf-8")
    (tmp_path / "tracks.parquet").write_bytes(b"no table")
    with pytest.raises(Refusal, match="as a run leaves it"):
        results_in(tmp_path)
    with pytest.raises(Refusal, match="no table of tracks"):
        read_tracks(tmp_path / "tracks.parquet")


def test_the_arena_alone_is_shown(result, out):
    result("a.mp4", where="left", floor=[[10, 10], [40, 10], [40, 40], [10, 40]])
    result("b.mp4")
    left, whole = results_in(out)
    assert left.window((60, 100)).slices == (slice(7, 43), slice(7, 43))
    assert whole.window((60, 100)).slices == (slice(0, 60), slice(0, 100))
