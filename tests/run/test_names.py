from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ethoframe.data import Refusal
from ethoframe.run.names import named


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def touch(*paths: str) -> None:
    for path in map(Path, paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_file_is_called_by_its_name():
    touch("videos/a.mp4")
    assert named([Path("videos/a.mp4")]) == {"a.mp4": Path("videos/a.mp4")}


def test_a_file_that_is_not_there_is_named_all_the_same():
    assert named([Path("gone.mp4")]) == {"gone.mp4": Path("gone.mp4")}


def test_files_in_a_folder_are_called_by_the_path_below_it():
    touch("videos/b.mp4", "videos/day 1/a.avi", "videos/notes.txt", "videos/.hidden.mp4")
    assert named([Path("videos")]) == {
        "b.mp4": Path("videos/b.mp4"),
        "day 1/a.avi": Path("videos/day 1/a.avi"),
    }


def test_a_file_named_twice_is_one():
    touch("a.mp4")
    assert list(named([Path("a.mp4"), Path("./a.mp4"), Path.cwd() / "a.mp4"])) == ["a.mp4"]


@pytest.mark.parametrize(
    "files", [("x/a.mp4", "y/a.mp4"), ("a.mp4", "a.avi"), ("x/a.mp4", "y/A.mp4")]
)
def test_results_that_would_lie_in_the_same_folder_are_refused(files):
    touch(*files)
    with pytest.raises(Refusal, match=r"results would lie where those of .* go; rename one"):
        named([Path(file) for file in files])


def test_so_are_two_in_one_folder():
    touch("videos/a.mp4", "videos/a.avi")
    with pytest.raises(Refusal, match=r"a.mp4: its results would lie where those of .*a.avi go"):
        named([Path("videos")])


def test_clips_of_earlier_runs_are_no_recordings():
    touch("videos/a.mp4", "videos/out/a/overlay.mp4", "videos/out/a/provenance.json")
    assert list(named([Path("videos")])) == ["a.mp4"]


def test_a_folder_without_recordings_is_refused():
    touch("videos/notes.txt")
    with pytest.raises(Refusal, match="videos: there is no recording in this folder; name a fol"):
        named([Path("videos")])


def test_a_folder_that_may_not_be_read_is_refused(monkeypatch):
    touch("videos/a.mp4", "videos/secret/b.mp4")
    scandir = os.scandir

    def guarded(path):
        if Path(path).name == "secret":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    with pytest.raises(Refusal, match=r"secret: it cannot be read \(Permission denied\); ask"):
        named([Path("videos")])
