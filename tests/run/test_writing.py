from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from ethoframe.run.writing import Unwritten, check_writable, moved_into


def inside(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_appear_once_all_are_written(tmp_path):
    folder = tmp_path / "deep" / "folder"
    with moved_into(folder) as part:
        (part / "a").write_text("a")
        (part / "b").write_text("b")
        assert [name for name in inside(folder) if not name.startswith(".")] == []
    assert inside(folder) == ["a", "b"]


def test_others_stay_but_for_those_it_takes_the_place_of(tmp_path):
    for name in ("mine", "old", "measures"):
        (tmp_path / name).write_text("old")
    with moved_into(tmp_path, {"old", "measures", "gone"}) as part:
        (part / "measures").write_text("new")
    assert inside(tmp_path) == ["measures", "mine"]
    assert (tmp_path / "measures").read_text() == "new"


def written(folder: Path, error: BaseException) -> None:
    """Half a file, and then an error."""
    with moved_into(folder, {"old"}) as part:
        (part / "half").write_text("half")
        raise error


@pytest.mark.parametrize("error", [ZeroDivisionError(), KeyboardInterrupt(), OSError("read")])
def test_nothing_is_left_of_what_failed(tmp_path, error):
    (tmp_path / "old").write_text("old")
    for folder in (tmp_path, tmp_path / "a" / "b"):
        with pytest.raises(type(error)):
            written(folder, error)
    assert inside(tmp_path) == ["old"]


def test_what_a_killed_run_left_is_cleared(tmp_path):
    (tmp_path / ".part").mkdir()
    (tmp_path / ".part" / "half").write_text("half")
    with moved_into(tmp_path) as part:
        (part / "whole").write_text("whole")
    assert inside(tmp_path) == ["whole"]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_told(tmp_path, code):
    with pytest.raises(Unwritten, match="out: the disk is full; free some space, then run"):
        written(tmp_path / "out", OSError(code, os.strerror(code)))
    assert inside(tmp_path) == []


def test_what_cannot_be_written_is_told_apart_from_what_cannot_be_read(tmp_path):
    out = tmp_path / "out"
    denied = PermissionError(errno.EACCES, "Permission denied", str(out / ".part" / "a"))
    with pytest.raises(Unwritten, match=r"out: it cannot be written \(.*\); name a folder you"):
        written(out, denied)
    with pytest.raises(PermissionError):
        written(out, PermissionError(errno.EACCES, "Permission denied", "mouse.mp4"))


def test_a_file_in_place_of_the_folder_is_told(tmp_path):
    (tmp_path / "out").write_text("")
    for folder in (tmp_path / "out", tmp_path / "out" / "deeper"):
        with pytest.raises(Unwritten, match="it cannot be written"), moved_into(folder):
            pass
        with pytest.raises(Unwritten, match="it cannot be written"):
            check_writable(folder)
    assert (tmp_path / "out").read_text() == ""


def test_a_folder_to_write_in_is_made(tmp_path):
    check_writable(tmp_path / "a" / "b")
    check_writable(tmp_path / "a" / "b")
    assert inside(tmp_path) == ["a", "a/b"]
