from __future__ import annotations

from collections import Counter

import pytest

from ethoframe.data import Refusal
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
