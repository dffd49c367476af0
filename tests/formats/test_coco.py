from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from ethoframe import formats
from ethoframe.data import (
    Classes,
    Labelled,
    LabelMap,
    Labels,
    Points,
    Recording,
    Refusal,
    Skeleton,
    Tracks,
)
from ethoframe.formats import coco
from ethoframe.formats.coco import outlines, rle

HEIGHT, WIDTH = 40, 60
MOUSE = {"id": 3, "name": "mouse", "keypoints": ["snout", "leftear", "rightear"]}
MOUSE["skeleton"] = [[1, 2], [1, 3]]
PICTURE = {"id": 7, "file_name": "a.png", "width": WIDTH, "height": HEIGHT}


@pytest.fixture
def written(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.full((HEIGHT, WIDTH, 3), 90, np.uint8))

    def write(*annotations, categories=(MOUSE,), images=(PICTURE,), **more):
        numbered = [
            {"id": k, "image_id": 7, "category_id": 3, **a} for k, a in enumerate(annotations)
        ]
        held = {"images": [*images], "annotations": numbered, "categories": [*categories], **more}
        path = tmp_path / "labels.json"
        path.write_text(json.dumps(held), encoding="utf-8")
        return path

    return write


def test_keypoints_their_states_and_skeleton(written):
    labels = coco.read(written({"keypoints": [10, 20, 2, 11.5, 21, 1, 0, 0, 0]}))
    (part,) = labels.parts
    assert labels.gives is Tracks
    assert labels.skeleton == Skeleton.of(
        ["snout", "leftear", "rightear"], [("snout", "leftear"), ("snout", "rightear")]
    )
    assert labels.skeleton.mirrored == (("leftear", "rightear"),)
    assert part.said.confidence[0, :, 0].tolist() == [1.0, 0.5, 0.0]
    assert part.said.position[0, :, 1, 0].tolist() == [11.5, 21]
    assert np.isnan(part.said.position[0, :, 2, 0]).all()
    assert (part.film, part.files, part.recording.size) == ("a", ("a.png",), (HEIGHT, WIDTH))
    assert part.recording == formats.read(part.recording.source.paths[0])


def test_several_animals_and_pictures_without_any(written):
    two = [{"keypoints": [k, k, 2] * 3} for k in (4, 9)]
    more = {**PICTURE, "id": 8, "film": "m1", "origin": 12, "subject": "s", "author": "AB"}
    labels = coco.read(written(*two, images=(PICTURE, more)))
    first, second = labels.parts
    assert first.said.individuals == second.said.individuals == ("animal1", "animal2")
    assert first.said.position[0, 0, 0].tolist() == [4, 9]
    assert not second.said.confidence.any()
    assert (second.film, second.origin[0], second.subject, second.author) == ("m1", 12, "s", "AB")


def test_names_of_animals_and_of_videos(written):
    images = [{**PICTURE, "video_id": 1, "frame_id": 5}]
    told = [{"keypoints": [k, k, 2] * 3, "individual": name} for k, name in ((1, "b"), (2, "a"))]
    (part,) = coco.read(written(*told, images=images, videos=[{"id": 1, "name": "day1"}])).parts
    assert part.said.individuals == ("b", "a")
    assert (part.film, part.origin.tolist()) == ("day1", [5])
    with pytest.raises(Refusal, match=r"annotation 1 is the second of b in a\.png"):
        coco.read(written(*[{**each, "individual": "b"} for each in told]))


def test_keypoints_off_the_picture_are_absent_and_told(written):
    labels = coco.read(written({"keypoints": [WIDTH + 0.1, 5, 2, 59.9, 39.9, 2, -0.9, -0.9, 2]}))
    assert labels.parts[0].said.confidence[0, :, 0].tolist() == [0, 1, 1]
    assert labels.warnings == (
        "1 keypoints lie outside of their pictures: they count as absent",
        "nobody placed the keypoint snout anywhere",
    )


def test_masks_of_every_kind(written):
    cell = {"id": 3, "name": "cell"}
    whole = np.zeros((HEIGHT, WIDTH), bool)
    whole[30:, 50:] = True
    drawn = [
        {"segmentation": [[1, 2, 4, 2, 4, 5, 1, 5], [10, 2, 12, 2, 12, 4, 10, 4]]},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": rle.runs(whole)}},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": rle.packed(rle.runs(~whole))}},
        {"segmentation": [[1, 2, 4, 2, 4, 5, 1, 5]]},
        {"segmentation": [[0, 0, 9, 0, 9, 9]], "iscrowd": 1},
        {"bbox": [1, 1, 2, 2]},
    ]
    labels = coco.read(written(*drawn, categories=[cell]))
    said = labels.parts[0].said
    found = said.dense()[0]
    assert said.names == {1: "cell", 2: "cell", 3: "cell"}
    assert (found == 1).sum() == 9 + 4
    assert found[2:5, 1:4].min() == found[2, 10] == 1
    assert (found[whole] == 2).all()
    assert (found == 3).sum() == found.size - whole.sum() - 13  # the first keeps its pixels
    assert [line.split(":")[0] for line in labels.warnings] == [
        "1 regions are marked as crowds",
        "1 masks hold no pixel that is free",
        "1 annotations say nothing of this kind",
    ]


def test_boxes_and_what_is_meant(written):
    path = written(
        {"bbox": [0, 10, 6, 4], "keypoints": [1, 1, 2] * 3},
        {"bbox": [50, 30, 20, 5], "category_id": 5},
        categories=[MOUSE, {"id": 5, "name": "dust"}],
    )
    labels = coco.read(path, what="boxes")
    (part,) = labels.parts
    assert part.said.coordinates[0].tolist() == [[2.5, 11.5], [59.5, 32.0]]
    assert part.said.rows("width_px").tolist() == [6, 20]
    assert part.said.rows("label").tolist() == [1, 2]
    assert part.recording.facts["label names"] == {1: "mouse", 2: "dust"}
    assert labels.warnings == ("1 boxes reach beyond their pictures",)
    assert coco.read(path, what="boxes", only=["dust"]).parts[0].said.counts.tolist() == [1]
    assert coco.read(path).gives is Tracks


def test_where_pictures_are(written, tmp_path):
    path = written({"bbox": [1, 1, 2, 2]})
    for folder in ("images", "elsewhere"):
        (tmp_path / folder).mkdir()
    (tmp_path / "a.png").rename(tmp_path / "images" / "a.png")
    assert len(coco.read(path)) == 1
    (tmp_path / "images" / "a.png").rename(tmp_path / "elsewhere" / "a.png")
    assert len(coco.read(path, images=tmp_path / "elsewhere")) == 1
    with pytest.raises(Refusal, match=r"not there \(a\.png\); name their folder: images=FOLDER"):
        coco.read(path)
    with pytest.raises(Refusal, match="not there"):
        coco.read(path, missing="skip")  # nothing would be left
    with pytest.raises(Refusal, match="say refuse or skip"):
        coco.read(path, missing="ask")


def test_a_missing_picture_may_be_skipped(written):
    path = written({"bbox": [1, 1, 2, 2]}, images=[PICTURE, {"id": 1, "file_name": "b.png"}])
    labels = coco.read(path, missing="skip")
    assert len(labels) == 1
    assert "a file it names is not there (b.png)" in labels.warnings[0]


def test_a_folder_with_one_file(written, tmp_path):
    path = written({"bbox": [1, 1, 2, 2]})
    (tmp_path / "other.json").write_text("{}")
    path.rename(tmp_path / "_annotations.coco.json")
    assert len(formats.read_annotations(tmp_path)) == 1
    (tmp_path / "b.json").write_bytes((tmp_path / "_annotations.coco.json").read_bytes())
    with pytest.raises(Refusal, match="holds 2 COCO files; name the file"):
        coco.read(tmp_path)


WRONG_SIZE = {"segmentation": {"size": [4, 4], "counts": [16]}}
SIZE = {"size": [HEIGHT, WIDTH]}


@pytest.mark.parametrize(
    ("annotation", "said"),
    [
        ({"keypoints": [1, 2, 2]}, "has not 3 numbers for each of 3"),
        ({"keypoints": [1, 2, 5] * 3}, "neither 0, 1 nor 2"),
        ({"keypoints": [1, float("nan"), 2] * 3}, "has not 3 numbers"),
        ({"keypoints": ["a", 2, 5] * 3}, "has not 3 numbers"),
        ({"keypoints": [1, 2, 2] * 3, "image_id": 9}, "is of picture 9, which is not there"),
        ({"keypoints": [1, 2, 2] * 3, "category_id": [9]}, r"is of category \[9\]"),
        (WRONG_SIZE, r"of \[4, 4\] pixels, its picture of \[40, 60\]"),
        ({"segmentation": {**SIZE, "counts": [1, 2]}}, "do not fill a picture"),
        ({"segmentation": {**SIZE, "counts": [-1, 2401]}}, "do not fill a picture"),
        ({"segmentation": {**SIZE, "counts": "ééé"}}, "no run is written with"),
        ({"segmentation": {**SIZE, "counts": "PVe"}}, "ends within a run"),
        ({"segmentation": {**SIZE}}, "no mask that can be read"),
        ({"segmentation": [[1, 2, 3, 4]]}, "an outline without three corners"),
        ({"segmentation": [[1, 2, 3, 4, 5, 6, 7]]}, "an outline without three corners"),
        ({"bbox": [1, 2, 3]}, "no box of x, y, width and height"),
        ({"bbox": [1, 2, -3, 4]}, "no box of x, y, width and height"),
    ],
)
def test_annotations_that_contradict_are_refused(written, annotation, said):
    with pytest.raises(Refusal, match=rf"labels\.json: annotation 0 .*{said}"):
        coco.read(written(annotation))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"images": [{"id": 1}]}, "picture 1 lacks its id or file_name"),
        ({"images": [PICTURE, PICTURE]}, "two pictures have the id 7"),
        ({"images": [{**PICTURE, "width": 10}]}, "of 40 × 60 pixels, and 40 × 10 are written"),
        ({"categories": [{"id": 3}]}, "category 3 lacks its id or name"),
        ({"categories": [{**MOUSE, "skeleton": [[0, 1]]}]}, "joins keypoints it does not have"),
        (
            {"categories": [{**MOUSE, "keypoints": ["a", "a", "b"]}]},
            "category mouse has a keypoint twice",
        ),
        ({"categories": [{"id": 3, "name": "rat"}]}, "no category has names of keypoints"),
        ({"categories": "rat"}, '"categories" are no list'),
    ],
)
def test_files_that_contradict_are_refused(written, more, said):
    with pytest.raises(Refusal, match=said):
        coco.read(written({"keypoints": [1, 2, 2] * 3}, **more))


def test_categories_of_different_keypoints_are_refused_until_one_is_named(written):
    fly = {"id": 5, "name": "fly", "keypoints": ["head"]}
    drawn = [{"keypoints": [1, 2, 2] * 3}, {"keypoints": [4, 5, 2], "category_id": 5}]
    path = written(*drawn, categories=[MOUSE, fly])
    with pytest.raises(Refusal, match=r"mouse, fly have different keypoints; .*only=NAME"):
        coco.read(path)
    assert coco.read(path, only=["fly"]).skeleton.keypoints == ("head",)
    with pytest.raises(Refusal, match="has no category 'rat'; use one of fly, mouse"):
        coco.read(path, only=["rat"])
    with pytest.raises(Refusal, match="no 'ears' in COCO; name one of keypoints, masks, boxes"):
        coco.read(path, what="ears")


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", '{"a": 1}', "[" * 100_000])
def test_what_is_no_coco_file_is_refused(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(Refusal, match="export it again as COCO"):
        coco.read(path)
    with pytest.raises(Refusal, match="nothing that people said is found in it; name labels in"):
        formats.read_annotations(path)
    with pytest.raises(Refusal, match="cannot be read"):
        coco.read(tmp_path / "none.json")


# As the authors' own library packs these masks.
PACKED = {
    "031N0001020O0N31M11O": ["1000111", "1111010", "1011000", "0111011", "1110011"],
    "3131NO1020M10O00010O30": [f"{row:04b}" for row in (3, 5, 2, 11, 4, 2, 0, 10, 9)],
}


@pytest.mark.parametrize("text", PACKED)
def test_packing_is_that_of_the_authors(text):
    mask = np.array([[letter == "1" for letter in row] for row in PACKED[text]])
    assert rle.packed(rle.runs(mask)) == text
    assert (rle.mask(rle.unpacked(text), mask.shape) == mask).all()


MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=9))


@given(MASKS)
def test_runs_and_rings_give_the_mask_back(mask):
    assert (rle.mask(rle.unpacked(rle.packed(rle.runs(mask))), mask.shape) == mask).all()
    rings, holes = outlines.traced(mask)
    if not holes:
        patch = outlines.filled([np.array(ring, float) for ring in rings], mask.shape)
        found = np.zeros(mask.shape, np.uint8)
        found[patch.slices] = patch.labels
        assert (found == mask).all()


@given(st.lists(st.integers(0, 2**40), max_size=9))
def test_runs_of_any_length_are_packed(counts):
    assert rle.unpacked(rle.packed(counts)) == counts


CORNERS = st.tuples(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))


@given(st.lists(CORNERS, min_size=3, max_size=6))
def test_no_outline_reaches_beyond_the_picture(corners):
    assert outlines.filled([np.array(corners)], (5, 8)).lies_in((5, 8))


def test_a_circle_is_filled_to_its_area():
    turns = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    ring = np.stack([50.3 + 30 * np.cos(turns), 40.1 + 30 * np.sin(turns)], axis=1)
    inside = outlines.filled([ring], (80, 100))
    rows, columns = np.nonzero(inside.labels)
    assert inside.labels.sum() == pytest.approx(np.pi * 30**2, rel=0.005)
    # An outline's pixel is half a pixel further than its centre.
    assert columns.mean() + inside.origin[1] == pytest.approx(50.3 - 0.5, abs=0.05)
    assert rows.mean() + inside.origin[0] == pytest.approx(40.1 - 0.5, abs=0.05)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stills")
    for number in range(4):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((HEIGHT, WIDTH), number, np.uint8))
    return formats.read(folder)


COORDINATES = st.floats(-0.5, HEIGHT - 0.5)
STATES = st.sampled_from([0.0, 0.5, 1.0])


@st.composite
def tracks(draw):
    numbers = np.array(sorted(draw(st.sets(st.integers(0, 3), min_size=1))))
    shape = (len(numbers), 2, 2)
    confidence = draw(arrays(np.float64, shape, elements=STATES))
    position = draw(arrays(np.float64, (len(numbers), 2, 2, 2), elements=COORDINATES))
    position[np.broadcast_to(confidence[:, None] == 0, position.shape)] = np.nan
    return Tracks(position, confidence, numbers, numbers * 1.0, ("nose", "tail"), ("a", "b"))


def again(labels, path, **options):
    coco.write(labels, path, **options)
    return coco.read(path)


@given(said=tracks())
def test_keypoints_come_back(film, tmp_path_factory, said):
    labels = Labels(
        (Labelled(film, said, film="m1", subject="s", author="AB"),),
        Skeleton.of(["nose", "tail"], [("nose", "tail")]),
    )
    found = again(labels, tmp_path_factory.mktemp("coco") / "a.json")
    assert found.skeleton == labels.skeleton
    assert not any("outside" in line for line in found.warnings)
    assert found.columns(["film", "subject", "author"]) == labels.columns(
        ["film", "subject", "author"]
    )
    assert found.origin.tolist() == said.numbers.tolist()
    for part, number in zip(found.parts, range(len(said)), strict=True):
        expected = said.take([number])
        assert part.said.individuals == ("a", "b")
        assert np.array_equal(part.said.position, expected.position, equal_nan=True)
        assert (part.said.confidence == expected.confidence).all()
        assert part.recording.frames([0]).pixels.max() == said.numbers[number]


@given(
    mask=arrays(np.uint8, (4, 6), elements=st.integers(0, 3)),
    how=st.sampled_from(["rle", "polygons"]),
)
def test_masks_come_back(film, tmp_path_factory, mask, how):
    whole = np.zeros((1, HEIGHT, WIDTH), np.int64)
    whole[0, 5:9, 7:13] = np.unique(mask, return_inverse=True)[1].reshape(mask.shape)
    names = {label: f"kind {label % 2}" for label in range(1, whole.max() + 1)}
    said = LabelMap.of(whole, names=names)
    found = again(
        Labels((Labelled(film, said),)), tmp_path_factory.mktemp("coco") / "a.json", masks=how
    )
    assert (found.parts[0].said.dense() == whole).all()
    assert found.parts[0].said.names == names


def test_boxes_come_back(film, tmp_path):
    sizes = {"width_px": (np.array([6.5, 2.0]),), "height_px": (np.array([3.0, 4.0]),)}
    said = Points(
        (np.array([[20.25, 11], [40, 30.0]]),),
        {**sizes, "label": (np.array([2, 1]),)},
        np.array([3]),
        np.array([3.0]),
    )
    facts = {**film.facts, "label names": {1: "RBC", 2: "WBC"}}
    labels = Labels((Labelled(replace(film, facts=facts), said),))
    (part,) = again(labels, tmp_path / "a.json").parts
    assert part.said.coordinates[0].tolist() == said.coordinates[0].tolist()
    assert {key: part.said.rows(key).tolist() for key in said.features} == {
        key: said.rows(key).tolist() for key in said.features
    }
    assert part.recording.facts["label names"] == {1: "RBC", 2: "WBC"}


def test_frames_without_a_file_are_written(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (3, HEIGHT, WIDTH, 3), np.uint8)
    video = Recording.of(pixels, name="day 1/m.mp4")
    said = replace(LabelMap.of(np.ones((1, HEIGHT, WIDTH), int)), numbers=np.array([2]))
    notes = coco.write(Labels((Labelled(video, said),)), tmp_path / "a.json")
    (part,) = coco.read(tmp_path / "a.json").parts
    assert notes == ()
    assert (part.recording.frames([0]).pixels[0] == pixels[2]).all()
    assert part.files[0].startswith("images/day_1_m_")


def test_what_is_not_kept_is_told(film, tmp_path):
    sure = Tracks(np.full((1, 2, 1, 1), 5.0), np.full((1, 1, 1), 0.7), [0], [0.0], ("nose",))
    labels = Labels((Labelled(film, sure),), Skeleton.of(["nose"]))
    assert coco.write(labels, tmp_path / "a.json") == (
        "how sure keypoints are is not kept: they are visible",
    )
    odd = LabelMap.of(np.full((1, HEIGHT, WIDTH), 7))
    assert "counted from 1" in coco.write(Labels((Labelled(film, odd),)), tmp_path / "a.json")[0]


def test_what_cannot_be_written_is_refused(film, tmp_path):
    path = tmp_path / "a.json"
    for said, reason in [
        (Classes.said(["a"], ["a"]), "not Classes; write .csv instead"),
        (Points((np.zeros((1, 2)),), {}, [0], [0.0]), "no width_px and height_px"),
        (LabelMap.of(np.ones((1, 2, 3, 4), int)), "holds no volumes"),
        (Tracks(np.ones((1, 2, 1, 1)), np.ones((1, 1, 1)), [0], [0.0], ("a",), unit="mm"), "in mm"),
    ]:
        with pytest.raises(Refusal, match=reason):
            coco.write(Labels((Labelled(film, said),)), path)
    with pytest.raises(Refusal, match="say rle or polygons"):
        coco.write(Labels(()), path, masks="png")
    assert not path.exists()


def test_labels_of_nothing_come_back(tmp_path):
    labels = Labels((), Skeleton.of(["nose"]))
    assert again(labels, tmp_path / "a.json") == labels
    assert len(again(Labels(()), tmp_path / "a.json")) == 0


def test_nuclei_come_back(shared, tmp_path):
    folders = sorted((shared / "data/nuclei/stage1_train").iterdir())[:40:10]
    for folder in folders:
        labels = formats.read_annotations(folder)
        for how in ("rle", "polygons"):
            found = again(labels, tmp_path / f"{how}.json", masks=how)
            assert (found.parts[0].said.dense() == labels.parts[0].said.dense()).all()
            assert found.parts[0].recording == labels.parts[0].recording
