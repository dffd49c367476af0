from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ethoframe import formats
from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.formats import masks

SIZE = (8, 12)


@pytest.fixture
def put(tmp_path):
    def write(*names, value=1, size=SIZE):
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.zeros(size, np.uint8)
            pixels[1:3, 2:5] = value
            if path.suffix == ".tif":
                formats.write(Recording.of(pixels[None, ..., None]), path)
            else:
                assert cv2.imwrite(str(path), pixels)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("picture", "mask", "film"),
    [
        ("images/a.png", "masks/a.png", "a"),
        ("images/a.jpg", "labels/a.png", "a"),
        ("images/a.png", "masks/a_mask.png", "a"),
        ("a.png", "a_mask.png", "a"),
        ("a.jpg", "a_labels.tif", "a"),
        ("a.png", "a_cp_masks.png", "a"),
        ("day1/images/a.png", "day1/masks/a.png", "day1/a"),
    ],
)
def test_a_picture_finds_its_label_image(put, picture, mask, film):
    folder = put(picture)
    put(mask, value=3)
    labels = formats.read_annotations(folder)
    (part,) = labels.parts
    assert labels.gives is LabelMap
    assert (part.film, part.files, part.recording.name) == (film, (picture,), picture)
    assert np.unique(part.said.dense()).tolist() == [0, 3]
    assert part.recording.frames([0]).pixels.shape[1:3] == SIZE
    assert labels.warnings == ()


def test_one_file_for_each_object(put):
    folder = put("cell/images/cell.png", "cell/masks/1.png", "other/images/b.png")
    put("other/masks/x.png", value=0)
    labels = formats.read_annotations(folder)
    assert [part.film for part in labels.parts] == ["cell", "other"]
    assert [part.said.dense().max() for part in labels.parts] == [1, 0]
    assert formats.read_annotations(folder / "cell").parts[0].film == "cell"
    assert formats.read_annotations(folder / "cell").parts[0].said == labels.parts[0].said


def test_pictures_without_a_mask_are_told_of(put):
    labels = masks.read(put("a.png", "b.png", "c.png", "c_mask.png"))
    assert [part.film for part in labels.parts] == ["c"]
    assert labels.warnings[0].endswith(
        "2 pictures have no mask (a.png, b.png): nothing is said of them"
    )


def test_masks_without_a_picture_are_refused_or_skipped(put):
    folder = put("images/a.png", "masks/a.png", "masks/b.png")
    with pytest.raises(Refusal, match=r"the picture of b\.png\); put their pictures there, or"):
        masks.read(folder)
    labels = masks.read(folder, missing="skip")
    assert len(labels) == 1
    assert "(the picture of b.png)" in labels.warnings[0]


def test_what_does_not_belong_together_is_refused(put, tmp_path):
    with pytest.raises(Refusal, match="no picture with a mask; put them into images/ and masks/"):
        masks.read(put("a.png", "b.png"))
    with pytest.raises(Refusal, match="nothing that people said"):
        formats.read_annotations(tmp_path)
    put("a_mask.png")
    put("a_labels.png")
    with pytest.raises(Refusal, match=r"a_mask\.png: a\.png has another mask, a_labels\.png"):
        masks.read(tmp_path)


def test_masks_of_another_size_or_of_colours_are_refused(put, tmp_path):
    put("a.png")
    put("a_mask.png", size=(8, 13))
    with pytest.raises(Refusal, match="it is of 1 × 8 × 13 pixels, and its picture of 1 × 8 × 12"):
        masks.read(tmp_path)
    cv2.imwrite(
        str(tmp_path / "a_mask.png"), np.arange(8 * 12 * 3, dtype=np.uint8).reshape(8, 12, 3)
    )
    with pytest.raises(Refusal, match="3 channels, not labels"):
        masks.read(tmp_path)
    (tmp_path / "a_mask.png").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(Refusal, match="cannot be decoded"):
        masks.read(tmp_path)


def test_films_and_volumes(tmp_path):
    found = {}
    for name, shape in (("film", (3, 4, 6, 1)), ("volume", (1, 3, 4, 6, 1))):
        folder = tmp_path / name
        folder.mkdir()
        pixels = np.arange(np.prod(shape)).reshape(shape).astype(np.uint16)
        formats.write(Recording.of(pixels), folder / "a.tif")
        formats.write(Recording.of(pixels % 5), folder / "a_labels.tif")
        found[name] = masks.read(folder).parts[0]
        assert (found[name].said.dense() == pixels[..., 0] % 5).all()
        assert found[name].said.size == found[name].recording.size
    assert (len(found["film"]), found["film"].files) == (3, ())


def test_nothing_is_decoded_of_pictures_but_their_masks(put, tmp_path):
    put("images/a.png", "masks/a.png")
    path = tmp_path / "images" / "a.png"
    path.write_bytes(path.read_bytes()[:41])  # its first bytes are whole
    (part,) = masks.read(tmp_path).parts
    assert part.recording.size == SIZE
    assert len(part.recording.frames([0])) == 0


@given(
    mask=arrays(np.uint16, SIZE, elements=st.integers(0, 400)), end=st.sampled_from(["tif", "png"])
)
def test_labels_that_are_written_come_back(tmp_path_factory, mask, end):
    folder = tmp_path_factory.mktemp("pairs")
    (folder / "images").mkdir()
    (folder / "masks").mkdir()
    cv2.imwrite(str(folder / "images" / "a.png"), np.zeros(SIZE, np.uint8))
    formats.write_labels(LabelMap.of(mask[None]), folder / "masks" / f"a.{end}")
    assert (masks.read(folder).parts[0].said.dense() == mask).all()


def test_the_nuclei(shared, tmp_path):
    real = shared / "data/nuclei/stage1_train"
    for each in sorted(real.iterdir())[::30]:
        (tmp_path / each.name).symlink_to(each)
    labels = formats.read_annotations(tmp_path)
    assert len(labels) == 4
    assert labels.warnings == ()
    for part in labels.parts:
        drawn = list((real / part.film / "masks").glob("*.png"))
        assert len(np.unique(part.said.dense())) - 1 == len(drawn)
        assert part.recording == formats.read(real / part.film / "images" / f"{part.film}.png")
    assert masks.knows(real)
