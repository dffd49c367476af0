from __future__ import annotations

import csv
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.formats import dlc

CONFIG = """\
Task: demo
scorer: Ann
multianimalproject:
bodyparts:
- snout
- leftear
- rightear
skeleton:
- - snout
  - leftear
- - snout
  - nothing
video_sets:
  WILL BE AUTOMATICALLY UPDATED BY DEMO CODE:
    crop: 0, 60, 0, 40
"""

SEVERAL = """\
scorer: Ann
multianimalproject: true
individuals: [one, two]
multianimalbodyparts: [snout, tail]
uniquebodyparts: [corner]
bodyparts: MULTI!
skeleton: []
"""

CELLS = [("", name, coord) for name in ("snout", "leftear", "rightear") for coord in "xy"]


class Project:
    """A project that is written cell by cell."""

    def __init__(self, root: Path, config: str | None = CONFIG) -> None:
        self.root = root
        (root / "labeled-data").mkdir(parents=True)
        if config is not None:
            (root / "config.yaml").write_text(config, encoding="utf-8")

    def pictures(self, film: str, *names: str, size=(40, 60)) -> Path:
        folder = self.root / "labeled-data" / film
        folder.mkdir(exist_ok=True)
        for value, name in enumerate(names, 1):
            assert cv2.imwrite(str(folder / name), np.full(size, value, np.uint8))
        return folder

    def table(self, film: str, rows, scorer="Ann", *, cells=CELLS, split=False) -> Path:
        """Rows of the name of a picture and its numbers; a film is in three columns if split."""
        path = self.root / "labeled-data" / film / f"CollectedData_{scorer}.csv"
        blank = ["", ""] if split else []
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.writer(file)
            table.writerow(["scorer", *blank, *[scorer] * len(cells)])
            if any(who for who, _, _ in cells):
                table.writerow(["individuals", *blank, *(who for who, _, _ in cells)])
            table.writerow(["bodyparts", *blank, *(name for _, name, _ in cells)])
            table.writerow(["coords", *blank, *(coord for _, _, coord in cells)])
            for name, *numbers in rows:
                place = ["labeled-data", film, name]
                table.writerow([*(place if split else ["/".join(place)]), *numbers])
        return path


@pytest.fixture
def project(tmp_path):
    """Two pictures of one film, all three keypoints placed in both."""
    made = Project(tmp_path / "demo")
    made.pictures("day1", "img010.png", "img009.png")
    made.table("day1", [("img010.png", 1, 2, 3, 4, 5, 6), ("img009.png", 7, 8, 9, 10, 11, 12)])
    return made


def as_h5(table: Path, *, rows=1, pickled=False) -> Path:
    """The CSV as pandas keeps it, in DeepLabCut's way."""
    import pandas as pd

    lines = sum(
        line.split(",")[0] in ("scorer", "individuals", "bodyparts", "coords")
        for line in table.read_text(encoding="utf-8").splitlines()
    )
    frame = pd.read_csv(table, header=list(range(lines)), index_col=0)
    if rows == 3:
        frame.index = pd.MultiIndex.from_tuples([tuple(each.split("/")) for each in frame.index])
    path = table.with_suffix(".h5")
    frame.to_hdf(path, key="df_with_missing", mode="w", format="table" if pickled else "fixed")
    return path


def test_a_project_is_read_as_it_is(project):
    labels = dlc.read(project.root)
    (part,) = labels.parts
    assert labels.skeleton.keypoints == ("snout", "leftear", "rightear")
    assert labels.skeleton.edges == (("snout", "leftear"),)
    assert labels.skeleton.mirrored == (("leftear", "rightear"),)
    assert (part.film, part.author, part.recording.name) == ("day1", "Ann", "day1")
    assert part.files == ("labeled-data/day1/img009.png", "labeled-data/day1/img010.png")
    assert part.origin.tolist() == [9, 10]
    assert part.said.numbers.tolist() == [0, 1]
    assert part.said.at("snout").tolist() == [[7, 8], [1, 2]]
    assert part.said.confidence.tolist() == [[[1], [1], [1]]] * 2
    assert part.said.individuals == ("animal",)
    assert part.recording.frames(part.said.numbers).pixels[:, 0, 0, 0].tolist() == [2, 1]
    assert labels.warnings == ()


def test_whatever_of_a_project_is_named(project):
    whole = dlc.read(project.root)
    folder = project.root / "labeled-data" / "day1"
    for path in (
        project.root / "config.yaml",
        project.root / "labeled-data",
        folder,
        folder / "CollectedData_Ann.csv",
    ):
        assert dlc.read(path) == whole
        if path.name != "labeled-data":  # the name of a folder tells nothing
            assert formats.read_annotations(path) == whole
    assert formats.read_annotations(project.root) == whole
    (project.root / "config.yaml").unlink()
    assert dlc.read(folder).parts == whole.parts


@pytest.mark.parametrize("rows", [1, 3])
def test_hdf5_and_both_ways_of_naming_pictures(project, rows):
    whole = dlc.read(project.root)
    table = project.root / "labeled-data" / "day1" / "CollectedData_Ann.csv"
    as_h5(table, rows=rows)
    assert dlc.read(project.root) == whole
    table.unlink()
    assert dlc.read(project.root).parts == whole.parts
    assert formats.read_annotations(table.with_suffix(".h5")).parts == whole.parts


def test_three_columns_of_path_and_backslashes(project):
    whole = dlc.read(project.root)
    rows = [("img010.png", 1, 2, 3, 4, 5, 6), ("img009.png", 7, 8, 9, 10, 11, 12)]
    table = project.table("day1", rows, split=True)
    assert dlc.read(project.root) == whole
    text = project.table("day1", rows).read_text(encoding="utf-8")
    table.write_text(
        text.replace("labeled-data/day1/", "labeled-data\\day1\\"), encoding="utf-8-sig"
    )
    (part,) = dlc.read(project.root).parts
    assert part.said == whole.parts[0].said
    assert part.files[0] == "labeled-data\\day1\\img009.png"
    assert part.film == "day1"


def test_a_table_that_differs_from_the_hdf5_beside_it_is_told(project):
    table = project.root / "labeled-data" / "day1" / "CollectedData_Ann.csv"
    as_h5(table)
    project.table("day1", [("img010.png", 1, 2, 3, 4, 5, 7), ("img009.png", 7, 8, 9, 10, 11, 12)])
    labels = dlc.read(project.root)
    assert labels.parts[0].said.at("rightear")[1].tolist() == [5, 6]
    assert "do not say the same; the first was read" in labels.warnings[0]


def test_several_animals_and_what_each_picture_has_once(tmp_path):
    made = Project(tmp_path / "pair", SEVERAL)
    made.pictures("day1", "img1.png")
    cells = [(who, name, c) for who in ("one", "two") for name in ("snout", "tail") for c in "xy"]
    cells += [("single", "corner", c) for c in "xy"]
    made.table("day1", [("img1.png", 1, 2, 3, 4, 5, 6, "", "", 7, 8)], cells=cells)
    as_h5(made.root / "labeled-data/day1/CollectedData_Ann.csv")
    labels = dlc.read(made.root)
    said = labels.parts[0].said
    assert said.individuals == ("one", "two", "single")
    assert said.keypoints == ("snout", "tail", "corner")
    assert said.at("tail", "one").tolist() == [[3, 4]]
    assert said.at("corner", "single").tolist() == [[7, 8]]
    assert said.confidence[0].T.tolist() == [[1, 1, 0], [1, 0, 0], [0, 0, 1]]
    assert np.isnan(said.at("corner", "one")).all()


def test_pictures_of_several_sizes_are_parts_of_one_film(project):
    project.pictures("day1", "img011.png", size=(20, 30))
    rows = [(f"img{n:03d}.png", *range(6)) for n in (10, 9, 11)]
    project.table("day1", rows)
    parts = dlc.read(project.root).parts
    assert [(part.recording.size, len(part)) for part in parts] == [((40, 60), 2), ((20, 30), 1)]
    assert {part.film for part in parts} == {"day1"}
    assert len({part.recording.name for part in parts}) == 2


def test_films_have_keypoints_in_an_order_of_their_own(project):
    project.pictures("day2", "img1.png")
    cells = [("", name, c) for name in ("rightear", "whisker", "snout") for c in "xy"]
    project.table("day2", [("img1.png", 1, 2, 3, 4, 5, 6)], cells=cells)
    labels = dlc.read(project.root)
    first, other = labels.parts
    assert first.said.keypoints == other.said.keypoints == ("snout", "leftear", "rightear")
    assert other.said.at("snout").tolist() == [[5, 6]]
    assert np.isnan(other.said.at("leftear")).all()
    assert labels.warnings == (
        "config.yaml does not name these keypoints, which are left out: whisker",
    )


def test_missing_pictures(project):
    folder = project.root / "labeled-data" / "day1"
    (folder / "img009.png").unlink()
    with pytest.raises(
        Refusal, match=r"1 of 2 labelled pictures are missing, the first img009\.png"
    ):
        dlc.read(project.root)
    labels = dlc.read(project.root, missing="skip")
    assert labels.parts[0].origin.tolist() == [10]
    assert labels.warnings == (
        "1 of 2 labelled pictures are missing, and their labels are left out: day1/img009.png",
    )
    (folder / "img010.png").unlink()
    with pytest.raises(Refusal, match="2 of 2"):
        dlc.read(project.root, missing="skip")
    with pytest.raises(Refusal, match="says nothing"):
        dlc.read(project.root, missing="ignore")


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        ((-1, -1), True),
        ((60, 40), True),
        ((-1.01, 5), False),
        ((5, 40.01), False),
        ((60.01, 5), False),
        (("", 5), False),
        (("inf", 5), False),
    ],
)
def test_labels_off_the_picture(project, place, kept):
    project.table("day1", [("img010.png", 1, 2, *place, 5, 6), ("img009.png", *range(6))])
    labels = dlc.read(project.root)
    said = labels.parts[0].said
    assert np.isfinite(said.at("leftear")[1]).all() == kept
    assert said.confidence[1, 1, 0] == float(kept)
    assert said.confidence.sum() == 5 + kept
    assert [("leftear in img010.png" in line) for line in labels.warnings] == [True] * (not kept)


def test_what_nobody_placed_is_told(project):
    project.table("day1", [("img010.png", 1, 2, "", "", "NaN", ""), ("img009.png", *[""] * 6)])
    labels = dlc.read(project.root)
    assert labels.warnings == (
        "nobody placed the keypoint leftear anywhere",
        "nobody placed the keypoint rightear anywhere",
        "1 picture has no label, taken to show nothing: img009.png",
    )
    said = labels.parts[0].said
    assert len(said) == 2
    assert said.confidence[0].sum() == 0
    assert np.isnan(said.position[0]).all()


def test_two_rows_of_one_picture(project):
    row = ("img010.png", 1, 2, 3, 4, "", "")
    project.table("day1", [row, ("img009.png", *range(6)), row])
    labels = dlc.read(project.root)
    assert len(labels) == 2
    assert "two rows say the same of img010.png" in labels.warnings[0]
    project.table("day1", [row, ("img010.png", *range(6))])
    with pytest.raises(Refusal, match=r"two rows say different things of labeled-data/day1/img010"):
        dlc.read(project.root)


def test_a_corrupt_picture_is_refused_when_its_pixels_are_wanted(project):
    path = project.root / "labeled-data" / "day1" / "img010.png"
    path.write_bytes(path.read_bytes()[:-20])
    recording = dlc.read(project.root).parts[0].recording
    assert len(recording.frames([0])) == 1
    with pytest.raises(Refusal, match=r"img010\.png: this picture cannot be decoded"):
        recording.frames([1])


def test_whose_labels(project):
    project.table("day1", [("img010.png", *range(6))], scorer="Bob")
    assert dlc.read(project.root).parts[0].author == "Ann"
    assert dlc.read(project.root, scorer="Bob").parts[0].author == "Bob"
    project.pictures("day2", "img1.png")
    project.table("day2", [("img1.png", *range(6))], scorer="Bob")
    assert dlc.read(project.root).warnings == (
        "day2: it holds no labels of Ann, only of others, and is left out",
    )
    with pytest.raises(Refusal, match="no folder in labeled-data holds a table CollectedData_Eve"):
        dlc.read(project.root, scorer="Eve")
    (project.root / "config.yaml").unlink()
    with pytest.raises(Refusal, match="it holds labels of Ann, Bob; say whose"):
        dlc.read(project.root)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("labeled-data/day1/img010.png,1,2,3,4,5,six", "line 5: 'six' is no number"),
        ("labeled-data/day1/img010.png,1,2,3,4,5", "line 5 has 6 cells, and the heading 7"),
        ("img,1,2,3,4,5,6", "row 2 is of 'img', which is no picture"),
    ],
)
def test_lines_that_cannot_be_read(project, line, told):
    table = project.table("day1", [("img009.png", *range(6))])
    table.write_text(table.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(Refusal, match=told):
        dlc.read(project.root)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "its heading is not that of a DeepLabCut table"),
        ("file,frame,label\na,1,b\n", "its heading is not that of a DeepLabCut table"),
        ("scorer,A,A\nbodyparts,n,n\ncoords,x,z\n", "a column is 'z'"),
        ("scorer,A,A\nbodyparts,n,n\ncoords,x,x\n", "two columns are x of n of animal"),
        ("scorer,A,B\nbodyparts,n,n\ncoords,x,y\n", "columns of 2 scorers: A, B"),
        ("scorer,A,A\nbodyparts,n,n\ncoords,x,y\n", "nothing is labelled in it"),
        ("scorer,A,A,A\nbodyparts,n,n,n\ncoords,x,y,likelihood\n0,1,2,3\n", "tells likelihoods"),
    ],
)
def test_tables_that_are_none(project, text, told):
    table = project.root / "labeled-data" / "day1" / "CollectedData_Ann.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match=told):
        dlc.read(table)


def test_projects_that_are_none(project, tmp_path):
    (tmp_path / "empty" / "labeled-data").mkdir(parents=True)
    with pytest.raises(Refusal, match="no folder in labeled-data holds a table"):
        dlc.read(tmp_path / "empty")
    with pytest.raises(Refusal, match="there is no such file"):
        dlc.read(tmp_path / "nowhere")
    config = project.root / "config.yaml"
    config.write_text("scorer: Ann\n", encoding="utf-8")
    with pytest.raises(Refusal, match="it names no bodyparts"):
        dlc.read(project.root)
    config.write_text("bodyparts: [snout\n", encoding="utf-8")
    with pytest.raises(Refusal, match="is not YAML"):
        dlc.read(project.root)


def test_a_file_that_is_no_hdf5_or_holds_code(project):
    h5py = pytest.importorskip("h5py")
    table = project.root / "labeled-data" / "day1" / "CollectedData_Ann.csv"
    path = as_h5(table, pickled=True)
    assert dlc.read(path).parts[0].said == dlc.read(table).parts[0].said
    trap = project.root / "trap"
    code = f"cpathlib\nPath\n(V{trap}\ntR.".encode()
    with h5py.File(path, "a") as file:
        file["df_with_missing"].attrs["non_index_axes"] = np.bytes_(code)
    with pytest.raises(Refusal, match="these bytes spell no plain value: GLOBAL"):
        dlc.read(path)
    path.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    with pytest.raises(Refusal, match="is no table of pandas"):
        dlc.read(path)
    with h5py.File(path, "w") as file:
        file["other"] = np.zeros(3)
    with pytest.raises(Refusal, match="it holds no tables of pandas"):
        dlc.read(path)


def test_other_files_are_not_taken_for_labels_of_deeplabcut(project, tmp_path):
    assert dlc.knows(project.root)
    assert dlc.knows(project.root / "config.yaml")
    other = tmp_path / "labels.csv"
    other.write_text("file,label\na.png,sharp\n", encoding="utf-8")
    assert not dlc.knows(other)
    assert not dlc.knows(tmp_path)
    assert not formats.is_recording(project.root)
    assert formats.read(project.root / "labeled-data" / "day1").name == "day1"


def test_a_table_alone_needs_the_base_install_only(project, monkeypatch):
    for name in ("h5py", "pandas", "yaml", "sleap_io", "tables"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Refusal, match=r"yaml: it is not installed; pip install 'ethoframe\[learn"):
        dlc.read(project.root)
    (project.root / "config.yaml").unlink()
    folder = project.root / "labeled-data" / "day1"
    assert len(dlc.read(folder)) == 2
    (folder / "CollectedData_Ann.h5").touch()
    with pytest.raises(Refusal, match="h5py: it is not installed"):
        dlc.read(folder)


def test_pictures_may_be_jpeg(project):
    project.pictures("day2", "img1.jpg")
    project.table("day2", [("img1.jpg", *range(6))])
    _, part = dlc.read(project.root).parts
    assert part.recording.frames([0]).size == (40, 60)


def test_the_open_field_labels(shared):
    labels = dlc.read(shared / "data/openfield")
    (part,) = labels.parts
    assert (len(labels), part.film, part.author, part.recording.size) == (
        87,
        "m4s1",
        "Pranav",
        (480, 640),
    )
    assert labels.skeleton.keypoints == ("snout", "leftear", "rightear", "tailbase")
    assert labels.warnings == ()
    assert part.said.confidence.all()
    assert part.origin.tolist() == [number for number in range(116) if number % 4 != 3]
    assert part.said.at("snout")[0] == pytest.approx([21.521, 265.428])
    assert formats.read_annotations(shared / "data/openfield") == labels
