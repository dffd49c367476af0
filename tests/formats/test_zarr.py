"""Zarr: both versions of OME-NGFF, whoever wrote it, and chunks that are not there."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
import zarr

from ethoframe import formats
from ethoframe.data import LabelMap, Recording, Refusal, Window
from ethoframe.formats.zarr import levels

SPACE = [{"name": name, "type": "space", "unit": "micrometer"} for name in "zyx"]
TIME, CHANNEL = (
    {"name": "t", "type": "time", "unit": "millisecond"},
    {"name": "c", "type": "channel"},
)


def values(shape, dtype=np.uint16):
    return np.random.default_rng(0).integers(0, 250, shape).astype(dtype)


def image(path, stored, axes, scale, *, version="0.5", more=(), **ome):
    """As another program writes it."""
    five = version == "0.5"
    group = zarr.open_group(str(path), mode="w", zarr_format=3 if five else 2)
    array = group.create_array("s0", shape=stored.shape, dtype=stored.dtype, chunks=stored.shape)
    array[...] = stored
    changes = [{"type": "scale", "scale": scale}, *more]
    sets = [{"path": "s0", "coordinateTransformations": changes}]
    said = {"multiscales": [{"axes": axes, "datasets": sets, "version": version}], **ome}
    group.attrs.update({"ome": {"version": version, **said}} if five else said)
    return path


def whole(recording):
    return recording.frames(range(len(recording))).pixels


@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_an_image_of_another_program(tmp_path, version):
    stored = values((3, 2, 4, 8, 9))
    omero = {
        "channels": [{"label": "DAPI", "color": "0000FF"}, {"label": "GFP", "color": "00FF00"}]
    }
    scale, axes = [40, 1, 2.0, 0.5, 0.25], [TIME, CHANNEL, *SPACE]
    path = image(tmp_path / "a.zarr", stored, axes, scale, version=version, omero=omero)
    recording = formats.read(path)
    assert np.array_equal(whole(recording), np.moveaxis(stored, 1, -1))
    assert recording.spacing_mm == pytest.approx((0.002, 0.0005, 0.00025))
    assert recording.times_s == pytest.approx([0, 0.04, 0.08])
    assert recording.channels == ("DAPI", "GFP")
    assert (recording.affine, recording.warnings) == (None, ())
    assert recording.facts["described by"] == f"OME-NGFF {version}"


def test_a_translation_says_where_a_volume_lies(tmp_path):
    more = [{"type": "translation", "translation": [10.0, 20.0, 30.0]}]
    path = image(tmp_path / "a.zarr", values((4, 8, 9)), SPACE, [2.0, 0.5, 0.25], more=more)
    affine = np.diag([0.00025, 0.0005, 0.002, 1.0])
    affine[:3, 3] = 0.03, 0.02, 0.01
    assert formats.read(path).affine == pytest.approx(affine)


def test_five_axes_of_which_one_plane_is_a_picture(tmp_path):
    stored = values((1, 1, 1, 8, 9))
    path = image(tmp_path / "a.zarr", stored, [TIME, CHANNEL, *SPACE], [1, 1, 1, 0.5, 0.5])
    recording = formats.read(path)
    assert recording.size == (8, 9)
    assert np.array_equal(whole(recording)[0, ..., 0], stored[0, 0, 0])


def test_lengths_without_a_unit_are_not_taken_for_mm(tmp_path):
    axes = [{"name": name, "type": "space"} for name in "yx"]
    recording = formats.read(image(tmp_path / "a.zarr", values((8, 9)), axes, [0.5, 0.5]))
    assert recording.spacing_mm is None
    assert "no unit of length" in recording.warnings[0]


@pytest.mark.parametrize("version", [2, 3])
def test_chunks_that_are_not_there_are_the_fill_value(tmp_path, version):
    group = zarr.open_group(str(tmp_path / "a.zarr"), mode="w", zarr_format=version)
    array = group.create_array("0", shape=(8, 8), dtype="u1", chunks=(4, 4), fill_value=7)
    array[:4] = 1
    change = {"type": "scale", "scale": [1, 1]}
    sets = [{"path": "0", "coordinateTransformations": [change]}]
    said = {"multiscales": [{"axes": SPACE[1:], "version": "0.4", "datasets": sets}]}
    group.attrs.update(said)
    recording = formats.read(tmp_path / "a.zarr")
    assert whole(recording)[0, :, 3, 0].tolist() == [1, 1, 1, 1, 7, 7, 7, 7]
    assert "2 of its 4 chunks are not stored" in recording.warnings[0]
    assert "fill value, 7" in recording.warnings[0]


def test_a_chunk_that_was_removed_is_told(tmp_path):
    path = tmp_path / "a.zarr"
    formats.write(Recording.of(values((1, 600, 700, 1))), path, version="0.4")
    chunk = next(each for each in sorted((path / "0").rglob("*")) if each.name == "1")
    chunk.unlink()
    assert "1 of its 9 chunks are not stored" in formats.read(path).warnings[0]


@pytest.mark.parametrize("most", [250, 65535])  # what cannot be made smaller is only copied
@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_a_cut_chunk_is_refused(tmp_path, version, most):
    path = tmp_path / "a.zarr"
    stored = np.random.default_rng(0).integers(0, most, (1, 300, 400, 1)).astype(np.uint16)
    formats.write(Recording.of(stored), path, version=version)
    chunk = max(
        (each for each in (path / "0").rglob("*") if each.is_file()), key=lambda f: f.stat().st_size
    )
    chunk.write_bytes(chunk.read_bytes()[: chunk.stat().st_size // 2])
    assert "damaged" in refusal(path)


def test_levels_halve_the_picture_where_it_lies(tmp_path):
    steps = np.arange(600.0)
    ramp = (steps[:, None] + steps[None, :700])[None, ..., None].astype(np.float32)
    made = replace(Recording.of(ramp), spacing_mm=(0.5, 0.25))
    formats.write(made, tmp_path / "a.zarr")
    group = zarr.open_group(str(tmp_path / "a.zarr"), mode="r")
    sets = group.attrs["ome"]["multiscales"][0]["datasets"]
    assert [group[each["path"]].shape for each in sets] == [(600, 600), (300, 300), (150, 150)]
    for each in sets[1:]:
        scale, moved = (list(c.values())[1] for c in each["coordinateTransformations"])
        level = np.asarray(group[each["path"]])
        rows = (moved[0] + scale[0] * np.arange(level.shape[0])) / 0.5
        assert level[:, 0] == pytest.approx(rows + moved[1] / 0.25)


def test_levels_of_labels_hold_labels_that_are_there(tmp_path):
    labels = np.zeros((1, 600, 700), np.int64)
    labels[0, 100:300, 100:300], labels[0, 300:500, 300:500] = 3, 1000
    formats.write_labels(LabelMap.of(labels, names={3: "cell", 1000: "pair"}), tmp_path / "a.zarr")
    group = zarr.open_group(str(tmp_path / "a.zarr"), mode="r")
    assert set(np.unique(group["2"])) == {0, 3, 1000}
    assert group["2"].dtype == np.uint16
    assert "image-label" in group.attrs["ome"]
    read = formats.read_labels(tmp_path / "a.zarr")
    assert np.array_equal(read.dense(), labels)
    assert read.names == {3: "cell", 1000: "pair"}


def test_planes_are_halved_once_they_are_as_near_as_pixels():
    thick = replace(
        Recording.of(np.zeros((1, 8, 2000, 1000, 1), np.uint8)), spacing_mm=(4.0, 1.0, 1.0)
    )
    shapes = [grid.shape[2:] for grid in levels.grids_of(thick, labels=False)]
    assert shapes == [(8, 2000, 1000), (8, 1000, 500), (8, 500, 250), (4, 250, 125)]


def test_files_hold_many_chunks(tmp_path):
    formats.write(Recording.of(values((10, 300, 530, 1), np.uint8)), tmp_path / "a.zarr")
    files = [each for each in (tmp_path / "a.zarr" / "0").rglob("*") if each.is_file()]
    array = zarr.open_group(str(tmp_path / "a.zarr"), mode="r")["0"]
    assert array.nchunks == 10 * 2 * 3
    assert len(files) - 1 <= 1
    assert formats.read(tmp_path / "a.zarr").warnings == ()


def test_a_window_reads_only_its_chunks(tmp_path, monkeypatch):
    made = Recording.of(values((2, 700, 700, 1)))
    formats.write(made, tmp_path / "a.zarr", version="0.4")
    recording = pickle.loads(pickle.dumps(formats.read(tmp_path / "a.zarr")))
    read = []
    get = zarr.storage.LocalStore.get

    async def counted(self, key, *args, **options):
        read.append(key)
        return await get(self, key, *args, **options)

    monkeypatch.setattr(zarr.storage.LocalStore, "get", counted)
    part = recording.cropped(Window(300, 10, 20, 30)).frames([1]).pixels
    assert np.array_equal(part, made.frames([1]).pixels[:, 300:320, 10:40])
    words = (".zarray", ".zattrs", "zarr.json", ".zgroup")
    assert [key for key in read if not key.endswith(words)] == ["0/1/1/0"]


def test_labels_beside_an_image(tmp_path):
    path = image(tmp_path / "a.zarr", values((8, 9)), SPACE[1:], [1, 1])
    stored = values((8, 9), np.int32)
    image(path / "labels" / "nuclei", stored, SPACE[1:], [1, 1])
    assert np.array_equal(formats.read_labels(path).dense()[0], stored)
    image(path / "labels" / "cells", stored, SPACE[1:], [1, 1])
    with pytest.raises(Refusal, match=r"it holds 2 sets of labels \(cells, nuclei\)"):
        formats.read_labels(path)
    assert len(formats.read_labels(path, image="labels/cells")) == 1


def test_a_plain_array_needs_names_of_axes(tmp_path):
    stored = values((3, 8, 9))
    for name, names in (("a.zarr", ("time", "y", "x")), ("b.zarr", None)):
        array = zarr.create_array(
            str(tmp_path / name), shape=stored.shape, dtype="u2", dimension_names=names
        )
        array[...] = stored
    assert np.array_equal(whole(formats.read(tmp_path / "a.zarr"))[..., 0], stored)
    assert "nothing tells what the axes" in refusal(tmp_path / "b.zarr")


def refusal(path, **options) -> str:
    with pytest.raises(Refusal) as told:
        whole(formats.read(path, **options))
    assert "\n" not in str(told.value)
    assert str(path) in str(told.value)
    return str(told.value)


def test_folders_of_several_images(tmp_path):
    zarr.open_group(str(tmp_path / "plate.zarr"), mode="w")
    assert "it holds no image" in refusal(tmp_path / "plate.zarr")
    image(tmp_path / "plate.zarr" / "0", values((8, 9)), SPACE[1:], [1, 1])
    assert "its image lies in it as '0'" in refusal(tmp_path / "plate.zarr")
    assert formats.read(tmp_path / "plate.zarr", image="0").size == (8, 9)
    image(tmp_path / "plate.zarr" / "1", values((8, 9)), SPACE[1:], [1, 1])
    assert "it holds several images (0, 1)" in refusal(tmp_path / "plate.zarr")


def test_what_is_no_image_is_refused(tmp_path):
    (tmp_path / "a.zarr").mkdir()
    assert "no Zarr folder" in refusal(tmp_path / "a.zarr")
    (tmp_path / "b.zarr").mkdir()
    (tmp_path / "b.zarr" / "zarr.json").write_text('{"zarr_format": 3, "node_type"')
    assert "no Zarr folder that can be read" in refusal(tmp_path / "b.zarr")
    path = image(tmp_path / "c.zarr", values((8, 9)), SPACE[1:], [1, 1])
    words = json.loads((path / "zarr.json").read_text())
    words["attributes"]["ome"]["multiscales"][0]["axes"][0] = {"name": "angle"}
    (path / "zarr.json").write_text(json.dumps(words))
    assert "only t, c, z, y and x are known" in refusal(path)
    path = image(tmp_path / "d.zarr", values((8, 9)), SPACE[1:], [1, 1])
    (path / "s0" / "zarr.json").unlink()
    assert "damaged" in refusal(path)
