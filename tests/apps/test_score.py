from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.data import LabelMap, Measure, Measures
from ethoframe.formats import table


def picture(shift=0, size=(40, 50)):
    """Three nuclei, moved to the right."""
    labels = np.zeros(size, np.uint16)
    for k, (y, x) in enumerate([(4, 5), (20, 8), (15, 30)], 1):
        labels[y : y + 9, x + shift : x + shift + 9] = k
    return labels


def write(path, labels):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), labels)


def draw(folder, labels):
    """One mask for each object, as people draw them."""
    for label in np.unique(labels[labels > 0]):
        write(folder / "masks" / f"{label}.png", np.where(labels == label, 255, 0).astype(np.uint8))


def boxed(path, *names):
    path.parent.mkdir(exist_ok=True)
    sides = "".join(f"<{side}>1</{side}>" for side in ("xmin", "ymin", "xmax", "ymax"))
    objects = [f"<object><name>{n}</name><bndbox>{sides}</bndbox></object>" for n in names]
    path.write_text(f"<annotation>{''.join(objects)}</annotation>", encoding="utf-8")


def measured(path, count, low=np.nan, high=np.nan):
    path.parent.mkdir(parents=True, exist_ok=True)
    row = Measure(quantity="count", value=count, low=low, high=high, unit="objects",
                  bin_start_s=0.0, bin_stop_s=0.0, definition="objects")  # fmt: skip
    table.write_measures(path, Measures((row,)))


@pytest.fixture
def nuclei(here):
    """Results of a run beside what people drew; of `c` there is no answer, of `d` no truth."""
    for name, shift in (("a", 0), ("b", 2), ("d", 0)):
        write(here / "out" / name / "labels.tif", picture(shift))
        write(here / "out" / name / "preview.png", np.zeros((9, 9), np.uint8))
        (here / "out" / name / "objects.csv").write_text("label,x,y\n1,2,3\n", encoding="utf-8")
    for name in "abc":
        draw(here / "truth" / name, picture())
        write(here / "truth" / name / "images" / f"{name}.png", np.zeros((40, 50), np.uint8))


def scores(said):
    return json.loads(said.out)["scores"]


@pytest.mark.usefixtures("nuclei")
def test_instances_by_what_is_there(ethoframe):
    said = ethoframe("score", "out", "truth", "--json")
    told = json.loads(said.out)
    assert said.status == 0
    assert told["as"] == "instances"
    assert told["scores"]["f1"]["value"] == pytest.approx(2 / 3)
    assert told["scores"]["f1"]["n"] == 3
    assert told["scores"]["f1"]["low"] < 2 / 3 < told["scores"]["f1"]["high"]
    assert [row["name"] for row in told["rows"]] == ["a", "b", "c"]
    assert [row["f1"] for row in told["rows"]] == [1, 1, 0]
    assert told["rows"][2]["missed"] == 3
    assert (told["unanswered"], told["without truth"]) == (["c"], ["d"])
    assert "1 without an answer, counted as missed: c" in said.err
    assert "1 answered without a truth, left out: d" in said.err


@pytest.mark.usefixtures("nuclei")
def test_a_table_for_people(ethoframe):
    said = ethoframe("score", "out", "truth")
    first, _, heading, line, *_ = said.out.splitlines()
    assert first.startswith("scored as instances: every label is an object")
    assert heading.split() == ["value", "95", "%", "interval", "n"]
    assert line.split()[:2] == ["f1", "0.667"]
    assert "9 true objects, 6 in the answer" in said.out


@pytest.mark.usefixtures("nuclei")
def test_masks_and_counts_of_the_same_folders(ethoframe):
    masks = ethoframe("score", "out", "truth", "--as", "masks", "--spacing", "0.5um", "--json")
    told = json.loads(masks.out)
    assert [row["dice"] for row in told["rows"]] == pytest.approx([1, 7 / 9, 0])
    assert told["units"]["hausdorff"] == "mm"
    assert told["rows"][1]["hausdorff"] == pytest.approx(2 * 0.5e-3)
    assert told["rows"][2]["hausdorff"] == pytest.approx(np.hypot(40, 50) * 0.5e-3)
    assert "1 of 3 masks were missed altogether" in told["notes"]
    counts = ethoframe("score", "out", "truth", "--as", "counts", "--json")
    assert scores(counts)["mean_absolute_error"]["value"] == 1
    assert scores(counts)["relative_error"]["value"] == pytest.approx(1 / 3)


def test_two_files_whatever_they_are_called(ethoframe, here):
    write(here / "mine.png", picture(1))
    write(here / "theirs.tif", picture())
    said = ethoframe("score", "mine.png", "theirs.tif", "--json")
    assert scores(said)["f1"] == {"value": 1, "low": None, "high": None, "n": 1, "level": 0.95}
    assert json.loads(said.out)["as"] == "instances"


def test_classes_are_told_from_objects(ethoframe, here):
    for name in "ab":
        labels = picture()
        write(here / "truth" / f"{name}.png", labels)
        write(here / "mine" / f"{name}.png", np.where(labels == 2, 0, labels))
    told = json.loads(ethoframe("score", "mine", "truth", "--json").out)
    assert told["as"] == "masks"
    assert [told["by label"][label]["dice"]["value"] for label in "123"] == [1, 0, 1]
    assert told["scores"]["dice"]["value"] == pytest.approx(2 / 3)
    union = ethoframe("score", "mine", "truth", "--union", "--json")
    assert scores(union)["dice"]["value"] == pytest.approx(4 / 5)


def test_inside_is_inside_whatever_it_is_called(ethoframe, here):
    write(here / "mine.png", picture())
    write(here / "truth.png", np.where(picture() > 0, 255, 0).astype(np.uint8))
    told = json.loads(ethoframe("score", "mine.png", "truth.png", "--json").out)
    assert (told["as"], told["scores"]["dice"]["value"]) == ("masks", 1)


def test_counts_against_boxes(ethoframe, here):
    measured(here / "out" / "s1" / "measures.csv", 2, 1, 3)
    measured(here / "out" / "s2" / "measures.csv", 4, 3.5, 4.5)
    boxed(here / "voc" / "s1.xml", "RBC", "RBC", "WBC")
    boxed(here / "voc" / "s2.xml", "RBC", "RBC")
    write(here / "voc" / "s1.png", picture())  # the picture, beside its boxes
    write(here / "out" / "s1" / "labels.tif", picture())
    told = json.loads(ethoframe("score", "out", "voc", "--only", "RBC", "--json").out)
    assert told["as"] == "counts"
    assert [(row["answer"], row["truth"]) for row in told["rows"]] == [(2, 2), (4, 2)]
    assert told["scores"]["within_interval"]["value"] == 0.5
    assert ethoframe("score", "out", "voc", "--only", "cell").status == 3


def test_counts_against_somebodys_table(ethoframe, here):
    measured(here / "out" / "s1" / "measures.csv", 2)
    (here / "true.csv").write_text("image,count\ns1.png,3\ns2.png,5\n", encoding="utf-8")
    told = json.loads(ethoframe("score", "out", "true.csv", "--json").out)
    assert told["unanswered"] == ["s2"]
    assert told["scores"]["bias"]["value"] == -3


def test_people_and_what_they_can_agree_on(ethoframe, here):
    for k, person in enumerate(("anna", "ben", "cleo")):
        for name in ("x", "y"):
            write(here / "truth" / person / f"{name}.png", picture(k))
    for name in ("x", "y"):
        write(here / "mine" / name / "labels.tif", picture(1))
    told = json.loads(ethoframe("score", "mine", "truth", "--json").out)
    assert told["as"] == "raters"
    assert told["scores"]["with_people"]["value"] > told["scores"]["between_people"]["value"]
    assert told["scores"]["answer_staple"]["value"] == pytest.approx(1)
    assert told["rows"][0]["pairs"]["anna – cleo"] == pytest.approx(7 / 9)
    two = ethoframe("score", "truth/anna", "truth/ben", "--as", "raters", "--json")
    assert scores(two)["between_people"]["value"] == pytest.approx(8 / 9)


def test_pictures_of_a_folder_are_drawn_together(ethoframe, here):
    for mouse, shift in (("m1", 0), ("m2", 3)):
        for name in "abc":
            write(here / "truth" / mouse / f"{name}.png", picture())
            write(here / "mine" / mouse / f"{name}.png", picture(shift))
    words = ("score", "mine", "truth", "--as", "masks", "--union", "--json")
    alone, together = (scores(ethoframe(*words, *more)) for more in ((), ("--by", "folder")))
    assert (alone["dice"]["n"], together["dice"]["n"]) == (6, 2)
    assert together["dice"]["low"] <= alone["dice"]["low"]


def test_a_picture_of_another_size_is_told_and_missed(ethoframe, here):
    for name in "ab":
        draw(here / "truth" / name, picture())
    write(here / "out" / "a" / "labels.tif", picture())
    write(here / "out" / "b" / "labels.tif", picture(size=(40, 60)))
    said = ethoframe("score", "out", "truth", "--json")
    assert said.status == 3
    assert "b: the answer is of 40 × 60 pixels and the truth of 40 × 50" in said.err
    assert scores(said)["f1"]["value"] == 0.5


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("none", "truth"), 3, "there is no such file or folder"),
        (("out", "empty"), 3, "nothing in it that can be scored"),
        (("out", "other"), 3, "none of a, b ... belongs to any of z1, z2"),
        (("out", "truth", "--spacing", "0.5"), 2, "is no pixel size"),
        (("out", "truth", "--spacing", "1x1x1um"), 3, "have 2 axes, and 3 lengths"),
        (("out", "truth", "--as", "landmarks"), 3, "no landmarks"),
        (("voc", "truth", "--as", "masks"), 3, "no labels"),
        (("out", "truth", "--as", "counts", "--quantity", "x", "--by", "day"), 2, "day"),
    ],
)
@pytest.mark.usefixtures("nuclei")
def test_bad_input_is_one_clear_line(ethoframe, here, words, status, said):
    (here / "empty").mkdir()
    for name in ("z1", "z2"):
        draw(here / "other" / name, picture())
    boxed(here / "voc" / "s.xml", "RBC")
    ended = ethoframe("score", *words)
    assert ended.status == status
    assert said in ended.err
    assert "Traceback" not in ended.err


def marked(path, places, heading="x,y"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([heading, *(f"{x},{y}" for x, y in places)]), encoding="utf-8")


def test_landmarks_of_one_picture(ethoframe, here):
    places = [(10 * k, 5) for k in range(10)]
    marked(here / "fixed.csv", places)
    moved = [(x + 3, y + 4) for x, y in places]
    marked(here / "out" / "landmarks.csv", [*moved[:8], places[8], ("", "")], "x_px,y_px")
    told = json.loads(ethoframe("score", "out/landmarks.csv", "fixed.csv", "--json").out)
    assert (told["as"], told["resampled by"]) == ("landmarks", "landmark")
    assert told["scores"]["median"]["value"] == 5
    assert told["scores"]["median"]["n"] == 10
    assert told["scores"]["largest"]["value"] is None
    assert told["rows"][0]["missed"] == 1
    assert "infinitely far, for they are not in the answer: 1 of them" in told["notes"]


def test_landmarks_of_several_pictures_are_drawn_by_picture(ethoframe, here):
    places = [(10 * k, 5) for k in range(10)]
    for k, name in enumerate(("a", "b", "c")):
        marked(here / "truth" / f"{name}.csv", places)
        marked(here / "out" / name / "landmarks.csv", [(x + k, y) for x, y in places], "x_px,y_px")
    told = json.loads(ethoframe("score", "out", "truth", "--json").out)
    assert told["scores"]["mean"]["value"] == pytest.approx(1)
    assert told["scores"]["mean"]["n"] == 3
    assert told["units"]["mean"] == "px"
    marked(here / "truth" / "a.csv", places[:4])
    said = ethoframe("score", "out", "truth")
    assert said.status == 3
    assert "holds 10 landmarks of 2 axes, and the truth 4 of 2" in said.err


def discs(planes=5):
    """Two bodies in a volume."""
    labels = np.zeros((planes, 30, 40), np.uint8)
    labels[1:4, 4:14, 4:14], labels[2:, 15:25, 20:30] = 1, 2
    return labels


def test_pages_that_nothing_explains_are_planes_where_the_answer_has_as_many(ethoframe, here):
    formats.write_labels(LabelMap.of(discs()[None]), here / "mine.tif")
    tifffile.imwrite(here / "theirs.tif", discs(), photometric="minisblack")
    for kind in ("instances", "masks", "raters"):
        for words in (("mine.tif", "theirs.tif"), ("theirs.tif", "mine.tif")):
            told = json.loads(ethoframe("score", *words, "--as", kind, "--json").out)
            assert len(told["rows"]) == (2 if kind == "masks" else 1)
            (note,) = (line for line in told["notes"] if "theirs.tif" in line)
            assert "5 pages of theirs.tif" in note
            assert "--pages t" in note
            score = {"instances": "f1", "masks": "dice"}.get(kind)
            assert score is None or told["scores"][score]["value"] == 1
    said = ethoframe("score", "mine.tif", "theirs.tif", "--spacing", "0.5x0.5x2um")
    assert said.status == 0
    other = discs(4)
    tifffile.imwrite(here / "other.tif", other, photometric="minisblack")
    said = ethoframe("score", "mine.tif", "other.tif")
    assert said.status == 3
    assert "the answer is of 5 × 30 × 40 pixels" in said.err


def test_what_pages_are_can_be_said(ethoframe, here):
    for name in ("mine.tif", "theirs.tif"):
        tifffile.imwrite(here / name, discs(), photometric="minisblack")
    frames = json.loads(ethoframe("score", "mine.tif", "theirs.tif", "--json").out)
    planes = json.loads(ethoframe("score", "mine.tif", "theirs.tif", "--pages", "z", "--json").out)
    assert (len(frames["rows"]), len(planes["rows"])) == (5, 1)
    counts = ethoframe("score", "mine.tif", "theirs.tif", "--as", "counts", "--pages", "z")
    assert counts.status == 0
    said = ethoframe("score", "mine.tif", "theirs.tif", "--image", "0")
    assert said.status == 3
    assert "asks for --image; leave --image out" in said.err


def test_one_picture_has_no_interval(ethoframe, here):
    write(here / "mine.png", picture(1))
    write(here / "theirs.png", picture())
    said = ethoframe("score", "mine.png", "theirs.png")
    lines = said.out.splitlines()
    assert lines[2].split() == ["value"]
    assert all(len(line.split()) < 7 for line in lines[3:] if "0." in line)
    assert lines.count("one picture: no interval") == 1
    assert "–" not in said.out.replace(" – ", "")
    names = [" ".join(line.split()[:-1]) for line in lines[3:]]
    assert {"ap", "ap 50", "ap 75"} <= set(names)
    assert "ap 95" not in names
    told = json.loads(ethoframe("score", "mine.png", "theirs.png", "--json").out)
    assert "ap_95" in told["scores"]
