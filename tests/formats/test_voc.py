from __future__ import annotations

from collections import Counter

import cv2
import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Points, Refusal
from ethoframe.formats import voc

PAGE = """<annotation><filename>a.jpg</filename>
<size><width>640</width><height>480</height><depth>3</depth></size>{}</annotation>"""
CELL = """<object><name>{}</name><difficult>{}</difficult>
<bndbox><xmin>1</xmin><ymin>2.5</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>"""


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "a.xml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_boxes_as_written(written):
    found = voc.read(written(PAGE.format(CELL.format("RBC", 0) + CELL.format("WBC", 1))))
    assert (found.picture, found.size) == ("a.jpg", (480, 640))
    assert found.boxes[0] == voc.Box("RBC", 1, 2.5, 30, 40)
    assert found.boxes[1].difficult
    assert (found.count(), found.count("RBC"), found.count("WBC", "RBC")) == (2, 1, 2)
    assert found.names == {"RBC": 1, "WBC": 1}


def test_a_picture_without_objects(written):
    assert voc.read(written("<annotation/>")) == voc.Boxes("", None, ())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no XML"),
        ("<annotation>", "is no XML"),
        ("<svg/>", "but <svg>"),
        (PAGE.format("<object/>"), "object 1 has no name"),
        (PAGE.format("<object><name>a</name></object>"), r"object 1 \(a\) lacks"),
        (PAGE.format(CELL.format("a", 0).replace("2.5", "two")), r"object 1 \(a\) lacks"),
    ],
)
def test_what_is_none_is_refused(written, text, said):
    with pytest.raises(Refusal, match=said):
        voc.read(written(text))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(Refusal, match="cannot be read"):
        voc.read(tmp_path / "none.xml")


def test_the_blood_cells(shared):
    paths = sorted((shared / "data/blood_cells/BCCD/Annotations").glob("*.xml"))
    counted = Counter()
    for path in paths:
        counted.update(voc.read(path).names)
    assert len(paths) == 364
    assert counted == {"RBC": 4155, "WBC": 372, "Platelets": 361}


@pytest.fixture
def folder(tmp_path):
    """Two pictures of smears with boxes, and one without a file of boxes."""
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "JPEGImages").mkdir()
    for name, cells in (("a", [("RBC", 0), ("WBC", 1)]), ("b", [])):
        page = PAGE.format("".join(CELL.format(*cell) for cell in cells))
        path = tmp_path / "Annotations" / f"{name}.xml"
        path.write_text(page.replace("a.jpg", f"{name}.jpg"), encoding="utf-8")
    for name in "abc":
        cv2.imwrite(str(tmp_path / "JPEGImages" / f"{name}.jpg"), np.full((480, 640), 90, np.uint8))
    return tmp_path


def test_a_folder_of_boxes(folder):
    labels = formats.read_annotations(folder)
    first, second = labels.parts
    assert labels.gives is Points
    assert first.said.coordinates[0].tolist() == [[14.5, 20.25]] * 2
    assert first.said.rows("width_px").tolist() == [30, 30]
    assert first.said.rows("height_px").tolist() == [38.5, 38.5]
    assert first.said.rows("label").tolist() == [1, 2]
    assert first.recording.facts["label names"] == {1: "RBC", 2: "WBC"}
    assert (first.film, first.files, first.recording.size) == ("a", ("a.jpg",), (480, 640))
    assert second.said.counts.tolist() == [0]
    assert [*labels.warnings] == [
        "a picture has no file of boxes (c.jpg): nothing is said of them",
        "1 boxes are marked as difficult: they count as others",
    ]
    few = formats.read_annotations(folder, only=["WBC"])
    assert few.parts[0].said.rows("label").tolist() == [1]
    assert few.parts[0].recording.facts["label names"] == {1: "WBC"}


def test_one_file_and_pictures_elsewhere(folder):
    for path in (folder / "Annotations" / "a.xml", folder / "Annotations"):
        assert formats.read_annotations(path).parts[0].film == "a"
    (folder / "JPEGImages").rename(folder / "elsewhere")
    with pytest.raises(Refusal, match=r"2 files that it names are not there .*images=FOLDER"):
        voc.read_annotations(folder)
    assert len(voc.read_annotations(folder, images=folder / "elsewhere")) == 2
    (folder / "elsewhere" / "b.jpg").unlink()
    with pytest.raises(Refusal, match=r"a file it names is not there \(b\.jpg\)"):
        voc.read_annotations(folder, images=folder / "elsewhere")
    skipped = voc.read_annotations(folder, images=folder / "elsewhere", missing="skip")
    assert len(skipped) == 1
    assert "(b.jpg); what is said of such files is left out" in skipped.warnings[0]


def test_boxes_that_contradict_are_refused(folder):
    path = folder / "Annotations" / "a.xml"
    page = path.read_text(encoding="utf-8")
    path.write_text(page.replace("<xmax>30", "<xmax>-3"), encoding="utf-8")
    with pytest.raises(Refusal, match=r"a box of RBC ends before it begins \(1, 2\.5\)"):
        voc.read_annotations(folder)
    path.write_text(page.replace("<width>640", "<width>64"), encoding="utf-8")
    with pytest.raises(Refusal, match="of 480 × 640 pixels, and 480 × 64 are written"):
        voc.read_annotations(folder)
    with pytest.raises(Refusal, match="no box is called 'PLT'; use one of RBC, WBC"):
        voc.read_annotations(folder, only=["PLT"])
    for each in path.parent.iterdir():
        each.unlink()
    with pytest.raises(Refusal, match="holds no PASCAL VOC file"):
        voc.read_annotations(folder)


def test_the_folder_of_blood_cells(shared):
    labels = formats.read_annotations(shared / "data/blood_cells/BCCD")
    assert len(labels) == 364
    assert labels.warnings == ()
    assert sum(part.said.counts.sum() for part in labels.parts) == 4155 + 372 + 361
    assert labels.parts[0].recording == formats.read(labels.parts[0].recording.source.paths[0])
    names = labels.parts[0].recording.facts["label names"]
    counted = Counter(names[n] for part in labels.parts for n in part.said.rows("label").tolist())
    assert counted == {"RBC": 4155, "WBC": 372, "Platelets": 361}
