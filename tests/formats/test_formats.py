"""Formats are found in their folder, and a file finds its format."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint

import cv2
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Recording, Refusal
from ethoframe.formats import _listing
from ethoframe.formats._finding import refuse_unknown_table


def test_the_folder_is_the_list():
    found = {each.name: each for each in formats.formats()}
    assert ".mp4" in found["video"].suffixes
    assert found["video"].gives == found["images"].gives == "Recording"
    assert all(suffix == suffix.lower() for each in found.values() for suffix in each.suffixes)


def test_listing_imports_nothing_heavy():
    code = (
        "import sys; from ethoframe import formats; formats.formats();"
        "heavy = {'av', 'cv2', 'nibabel', 'pyarrow', 'pydicom', 'scipy', 'tifffile', 'zarr'};"
        "print(sorted(heavy & set(sys.modules)))"
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
    monkeypatch.setattr(_listing, "entry_points", lambda group: [entry])
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


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("a.csv", ", table), or of episodes (boris, bouts, episodes), such as any with columns "),
        ("a.tsv", "name one of episodes (boris, bouts), such as any with columns start, stop "),
        ("a.TXT", "tracks (anymaze, ethovision), or of episodes (boris, bouts), such as any "),
        ("a.xlsx", "tracks (ethovision), or of episodes (boris, bouts), such as any with "),
    ],
)
def test_of_a_table_that_is_not_known_is_told_which_are(tmp_path, name, known):
    (tmp_path / name).write_text("mouse,weight\n1,20\n")
    with pytest.raises(Refusal, match="neither tracks nor episodes are found in this ta") as told:
        refuse_unknown_table(tmp_path / name)
    assert known in str(told.value)


def test_only_tables_are_refused_as_such(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "a.mp4").touch()
    for name in ("folder.csv", "a.mp4", "nowhere.csv"):
        refuse_unknown_table(tmp_path / name)


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


def test_the_longest_end_of_a_name_tells_the_format(tmp_path):
    made = Recording.of(np.zeros((1, 4, 6, 1), np.uint8))
    for name in ("a.OME.TIF", "b.1.nii.gz", "c.nii", "d.ome.zarr"):
        formats.write(made, tmp_path / name)
        assert formats.read(tmp_path / name).size == (4, 6)
    found = {each.name: each for each in formats.formats()}
    assert found["nifti"].ending("brain.nii.gz") == len(".nii.gz")
    assert found["tiff"].ending("brain.nii.gz") == 0


@pytest.mark.parametrize("end", [".tif", ".dcm", ".png"])
def test_a_file_without_a_suffix_is_known_by_its_content(tmp_path, end):
    formats.write(Recording.of(np.full((1, 4, 6, 1), 7, np.uint8)), tmp_path / f"a{end}")
    (tmp_path / f"a{end}").rename(tmp_path / "a")
    assert formats.read(tmp_path / "a").frames([0]).pixels.max() == 7


def test_a_folder_is_read_as_what_is_in_it(tmp_path):
    volume = replace(Recording.of(np.zeros((1, 3, 4, 6, 1), np.uint8)), spacing_mm=(1.0, 1.0, 1.0))
    formats.write(volume, tmp_path / "series.dcm")
    (tmp_path / "series.dcm").rename(tmp_path / "series")
    formats.write(volume, tmp_path / "cells.zarr")
    (tmp_path / "cells.zarr").rename(tmp_path / "cells")
    for name, container in (("series", "DICOM"), ("cells", "Zarr 3")):
        assert formats.read(tmp_path / name).facts["container"] == container


def test_pictures_of_several_sizes_in_a_folder_are_refused(tmp_path):
    for number, size in enumerate([(4, 6), (4, 6), (5, 6)]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.zeros(size, np.uint8))
    with pytest.raises(Refusal, match=r"2\.png: it differs from 0\.png in size"):
        formats.read(tmp_path)


def test_an_option_that_a_format_does_not_know_is_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((4, 6), np.uint8))
    with pytest.raises(Refusal, match=r"reading images knows no option 'pages'; there are: .*rate"):
        formats.read(tmp_path / "a.png", pages="z")


@pytest.mark.parametrize(
    ("name", "library"),
    [("a.tif", "tifffile"), ("a.nii", "nibabel"), ("a.zarr", "zarr"), ("a.dcm", "pydicom")],
)
def test_a_library_that_is_missing_is_named(tmp_path, monkeypatch, name, library):
    formats.write(Recording.of(np.zeros((1, 4, 6, 1), np.uint8)), tmp_path / name)
    for known in [each for each in sys.modules if each.split(".")[0] == library]:
        monkeypatch.delitem(sys.modules, known)
    monkeypatch.setattr(sys, "meta_path", [Without(library), *sys.meta_path])
    with pytest.raises(Refusal, match=rf"{library}: it is not installed; pip install 'ethoframe"):
        formats.read(tmp_path / name)


TALE = """from ethoframe.data import Labels
SUFFIXES = (".tale", ".csv")
SIGNATURES = ((0, b"TALE"),)
FOLDER_MARKS = ("tales/", "*.tale")
def knows(path) -> bool:
    return "no" not in path.name
def heard(path, *, loud=False) -> Labels:
    return path.name, loud
"""


@pytest.fixture
def tales(tmp_path, monkeypatch):
    """A format of labels that another package adds, and a folder for its files."""
    package = tmp_path / "tellers"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "tale.py").write_text(TALE)
    monkeypatch.syspath_prepend(tmp_path)
    entry = EntryPoint("tellers", "tellers", "ethoframe.formats")
    monkeypatch.setattr(_listing, "entry_points", lambda group: [entry])
    formats.formats.cache_clear()
    (tmp_path / "told").mkdir()
    yield tmp_path / "told"
    formats.formats.cache_clear()


def test_labels_are_found_as_recordings_are(tales):
    found = {each.name: each for each in formats.formats()}
    assert (found["tale"].gives, found["tale"].says) == ("", "heard")
    assert (found["coco"].gives, found["coco"].says) == ("Labels", "read")
    assert (found["voc"].gives, found["voc"].says) == ("Boxes", "read_annotations")
    for name in ("a.tale", "bare", "b.csv"):
        (tales / name).write_bytes(b"TALE")
        assert formats.read_annotations(tales / name, loud=True) == (name, True)
    (tales / "folder" / "Tales").mkdir(parents=True)
    assert formats.read_annotations(tales / "folder") == ("folder", False)
    with pytest.raises(Refusal, match="reading tale knows no option 'soft'; there are: loud"):
        formats.read_annotations(tales / "a.tale", soft=True)
    # What holds labels is no recording for that.
    assert not formats.is_recording(tales / "folder")


@pytest.mark.parametrize("name", ["no.tale", "no.csv", "picture.png", "nameless"])
def test_what_holds_no_labels_is_refused(tales, name):
    (tales / name).write_bytes(b"TALES"[1:])
    reason = r"nothing that people said is found in it; name labels in .*coco \(\.json\)"
    with pytest.raises(Refusal, match=reason):
        formats.read_annotations(tales / name)


def test_labels_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(Refusal, match="there is no such file"):
        formats.read_annotations(tmp_path / "none.json")
    with pytest.raises(Refusal, match="nothing that people said"):
        formats.read_annotations(tmp_path)


class Without:
    """An install that lacks a library."""

    def __init__(self, library):
        self.library = library

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == self.library:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
