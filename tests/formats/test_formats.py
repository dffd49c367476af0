"""Formats are found in their folder, and a file finds its format."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import cv2
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal


def test_the_folder_is_the_list():
    found = {each.name: each for each in formats.formats()}
    assert ".mp4" in found["video"].suffixes
    assert found["video"].gives == found["images"].gives == "Recording"
    assert all(suffix == suffix.lower() for each in found.values() for suffix in each.suffixes)


def test_listing_imports_nothing_heavy():
    code = (
        "import sys; from ethoframe import formats; formats.formats();"
        "print(sorted({'av', 'cv2', 'pyarrow', 'scipy'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout == "[]\n"


def test_a_format_of_another_package_is_one_file_with_literals(tmp_path, monkeypatch):
    package = tmp_path / "others"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "reel.py").write_text(
        "from ethoframe.data import Recording\n"
        'SUFFIXES = (".reel",)\n'
        'SIGNATURES = ((2, b"REEL"),)\n'
        "def read(path, *, name=None) -> Recording:\n"
        "    return path.name, name\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("others", "others", "ethoframe.formats")
    monkeypatch.setattr(formats, "entry_points", lambda group: [entry])
    formats.formats.cache_clear()
    try:
        for name in ("a.REEL", "nameless"):
            (tmp_path / name).write_bytes(b"..REEL")
            assert formats.read(tmp_path / name, name="x") == (name, "x")
    finally:
        formats.formats.cache_clear()


def test_a_file_is_read_by_its_suffix_or_else_by_its_content(films, tmp_path):
    for name in ("unsteady.mp4", "unsteady.mkv", "mjpeg.avi"):
        assert len(formats.read(films[name])) == 60
        nameless = tmp_path / name.replace(".", "_")
        nameless.write_bytes(films[name].read_bytes())
        assert len(formats.read(nameless, name="film")) == 60
    loud = tmp_path / "LOUD.MP4"
    loud.write_bytes(films["unsteady.mp4"].read_bytes())
    assert formats.read(str(loud)).name == "LOUD.MP4"


def test_a_folder_is_read_as_pictures(tmp_path):
    for number in range(3):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.zeros((4, 6), np.uint8))
    assert len(formats.read(tmp_path, rate=2)) == 3


@pytest.mark.parametrize("name", ["notes.docx", "tracks.parquet", "arena.toml"])
def test_what_is_no_recording_is_refused(tmp_path, name):
    (tmp_path / name).write_text("some text")
    with pytest.raises(Refusal, match="not a recording that can be read; name one of these: "):
        formats.read(tmp_path / name)


def test_a_missing_file_is_refused():
    with pytest.raises(Refusal, match="no such file"):
        formats.read("nowhere.mp4")


def test_recordings_in_a_folder(tmp_path):
    names = ["b/2.MP4", "b/1.avi", "a.mkv", ".hidden.mp4", "b/.trash/3.mp4", "notes.txt", "x.png"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.mp4").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in formats.recordings_in(tmp_path)]
    assert found == ["a.mkv", "b/1.avi", "b/2.MP4"]
