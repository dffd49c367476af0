"""Label maps come back from every format as they were."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from ethoframe import formats
from ethoframe.data import LabelMap, Patch, Recording, Refusal, Window
from ethoframe.formats import labels

PICTURES = ("a.tif", "a.zarr", "a.nii.gz", "a.png")
VOLUMES = ("a.tif", "a.zarr", "a.nii.gz", "a.dcm")


def seen(shape=(1, 8, 9), top=300) -> LabelMap:
    drawn = np.random.default_rng(0).integers(0, top, shape)
    return LabelMap.of(np.where(drawn > top // 2, drawn, 0))


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(("top", "dtype"), [(200, np.uint8), (60_000, np.uint16)])
def test_labels_of_a_picture(tmp_path, name, top, dtype):
    made = seen(top=top)
    assert formats.write_labels(made, tmp_path / name) == ()
    assert formats.read(tmp_path / name).dtype == dtype
    assert np.array_equal(formats.read_labels(tmp_path / name).dense(), made.dense())


@pytest.mark.parametrize("name", ["a.tif", "a.zarr", "a.nii.gz"])
def test_many_labels_and_negative_ones(tmp_path, name):
    for labels_, dtype in (([0, 70_000], np.uint32), ([-1, 5], np.int8)):
        made = LabelMap.of(np.array([[labels_]]))
        formats.write_labels(made, tmp_path / name)
        assert formats.read(tmp_path / name).dtype == dtype
        assert formats.read_labels(tmp_path / name).dense().tolist() == [[labels_]]


@pytest.mark.parametrize("name", VOLUMES)
def test_labels_of_a_volume(tmp_path, name):
    drawn = seen((1, 4, 8, 9))
    made = LabelMap(drawn.patches, drawn.numbers, drawn.times_s, drawn.size, {}, (2.0, 0.5, 0.25))
    affine = np.diag([0.25, 0.5, 2.0, 1.0])
    affine[:3, 3] = 1, 2, 3
    formats.write_labels(made, tmp_path / name, affine=affine)
    read = formats.read_labels(tmp_path / name)
    assert np.array_equal(read.dense(), made.dense())
    assert read.spacing_mm == pytest.approx(made.spacing_mm)
    assert formats.read(tmp_path / name).affine == pytest.approx(affine)


@pytest.mark.parametrize("name", ["a.tif", "a.zarr", "a.nii.gz"])
def test_labels_of_frames(tmp_path, name):
    made = seen((5, 8, 9))
    formats.write_labels(made, tmp_path / name)
    read = formats.read_labels(tmp_path / name)
    assert np.array_equal(read.dense(), made.dense())
    assert read.times_s.tolist() == made.times_s.tolist()


def test_a_recording_of_labels_is_written_in_small_numbers(tmp_path):
    made = Recording.of(np.full((1, 4, 6, 1), 300, np.int64))
    formats.write(made, tmp_path / "a.tif", labels=True)
    assert formats.read(tmp_path / "a.tif").dtype == np.uint16


def test_a_window_is_laid_out_alone():
    patch = Patch(np.arange(1, 13).reshape(3, 4), (2, 5))
    made = LabelMap((patch,), np.arange(1), np.zeros(1), (8, 10))
    recording = labels.as_recording(made)
    for window in (Window(0, 0, 8, 10), Window(3, 4, 2, 3), Window(0, 0, 2, 2), Window(4, 8, 4, 2)):
        part = recording.cropped(window).frames([0]).pixels[0, ..., 0]
        assert np.array_equal(part, made.dense()[0][window.slices])


def test_what_files_do_not_keep_is_told(tmp_path):
    made = LabelMap.of(np.array([[[0, 1]]]), np.array([7]), names={1: "cell"})
    told = formats.write_labels(made, tmp_path / "a.tif")
    assert "what labels mean is kept in .zarr only: 1 cell" in told
    assert "the frames' numbers are not kept" in told[-1]


def test_labels_of_other_programs(tmp_path):
    stored = seen().dense()[0]
    tifffile.imwrite(tmp_path / "float.tif", stored.astype(np.float32))
    assert np.array_equal(formats.read_labels(tmp_path / "float.tif").dense()[0], stored)
    few = (stored % 5).astype(np.uint8)
    cv2.imwrite(str(tmp_path / "gray.png"), np.repeat(few[..., None], 3, axis=2))
    assert np.array_equal(formats.read_labels(tmp_path / "gray.png").dense()[0], few)
    palette = Image.fromarray(few).convert("P")
    palette.putpalette(list(range(255, 240, -1)))
    palette.save(tmp_path / "palette.png")
    assert np.array_equal(formats.read_labels(tmp_path / "palette.png").dense()[0], few)


def test_what_holds_no_labels_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.array([[0.5, 1.0]], np.float32))
    with pytest.raises(Refusal, match="its values are not whole numbers"):
        formats.read_labels(tmp_path / "a.tif")
    colours = np.zeros((4, 5, 3), np.uint8)
    colours[..., 1] = 7
    cv2.imwrite(str(tmp_path / "a.png"), colours)
    with pytest.raises(Refusal, match="it holds 3 channels, not labels"):
        formats.read_labels(tmp_path / "a.png")
    with pytest.raises(Refusal, match="labels must not be"):
        formats.write_labels(seen(top=200), tmp_path / "a.jpg")


def test_a_folder_with_a_mask_for_each_object(tmp_path):
    (tmp_path / "masks").mkdir()
    for number in range(2):
        mask = np.zeros((4, 6), np.uint8)
        mask[number, 1:3] = 255
        cv2.imwrite(str(tmp_path / "masks" / f"{number}.png"), mask)
    assert formats.read_labels(tmp_path).dense()[0, :2, 1].tolist() == [1, 2]


def test_a_real_label_volume(shared, tmp_path):
    path = shared / "data/stacks/mask3d.tif"
    made = formats.read_labels(path, pages="z")
    assert np.array_equal(made.dense()[0], tifffile.imread(path))
    formats.write_labels(made, tmp_path / "a.zarr")
    assert np.array_equal(formats.read_labels(tmp_path / "a.zarr").dense(), made.dense())
