"""``ethoframe write``: one format into another."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.data import Recording

AFFINE = np.array([[0.0, 0.5, 0.0, 3.0], [0.25, 0.0, 0.0, 4.0], [0.0, 0.0, 2.0, 5.0], [0, 0, 0, 1]])


@pytest.fixture
def brain(here):
    made = Recording.of(np.arange(4 * 8 * 9, dtype=np.int16).reshape(1, 4, 8, 9, 1))
    made = replace(made, affine=AFFINE, spacing_mm=(2.0, 0.5, 0.25))
    formats.write(made, here / "brain.nii.gz")
    return here / "brain.nii.gz"


@pytest.mark.parametrize("out", ["a.ome.tif", "a.zarr", "a.nii"])
def test_a_volume_into_another_format(ethoframe, here, brain, out):
    said = ethoframe("write", brain, out)
    assert (said.status, said.err) == (0, "")
    assert said.out == f"{out} holds 9 × 8 × 4 px, int16\n"
    one, other = formats.read(brain), formats.read(here / out)
    assert np.array_equal(one.frames([0]).pixels, other.frames([0]).pixels)
    assert other.affine == pytest.approx(one.affine)
    assert other.spacing_mm == pytest.approx(one.spacing_mm)


def test_for_scripts(ethoframe, brain):
    told = json.loads(ethoframe("write", brain, "a.zarr", "--version", "0.4", "--json").out)
    assert (told["written"], told["shape"], told["axes"]) == ("a.zarr", [1, 4, 8, 9, 1], [*"tzyxc"])
    assert told["affine_lps_mm"] == AFFINE.tolist()
    assert told["not_kept"] == []


def test_what_is_not_kept_is_told_on_standard_error(ethoframe, here):
    tifffile.imwrite(here / "a.tif", np.zeros((3, 4, 6), np.uint8), photometric="minisblack")
    said = ethoframe("write", "a.tif", "a.nii")
    assert said.status == 0
    assert "ethoframe: a.tif: nothing tells what its 3 pages are" in said.err
    picture = replace(Recording.of(np.zeros((1, 4, 6, 1), np.uint8)), spacing_mm=(0.5, 0.5))
    formats.write(picture, here / "b.tif")
    said = ethoframe("write", "b.tif", "b.png")
    assert said.err == "ethoframe: b.png: the distance between pixels is not kept\n"


def test_pages_as_planes_and_labels(ethoframe, here):
    tifffile.imwrite(here / "a.tif", np.ones((3, 4, 6), np.int32), photometric="minisblack")
    assert ethoframe("write", "a.tif", "a.zarr", "--pages", "z", "--labels").status == 0
    assert formats.read(here / "a.zarr").size == (3, 4, 6)
    assert formats.read(here / "a.zarr").dtype == np.uint8
    assert formats.read(here / "a.zarr").facts["labels"]


def test_refusals(ethoframe, here, brain):
    for words, told in [
        (("none.tif", "a.nii"), "none.tif: there is no such file"),
        (("brain.nii.gz", "a.png"), "a.png: such a file holds one picture"),
        (("brain.nii.gz", "a.docx"), "a.docx: its name tells no format that can be written"),
        (("brain.nii.gz", "./brain.nii.gz"), "it is what is read"),
        (
            ("brain.nii.gz", "a.tif", "--pages", "z"),
            "its format does not ask for --pages; leave --pages out",
        ),
        (("brain.nii.gz", "a.tif", "--version", "0.4"), "writing tiff knows no option 'version'"),
    ]:
        said = ethoframe("write", *words)
        assert said.status == 3
        assert told in said.err
        assert said.err.count("\n") == 1
    assert [each.name for each in here.iterdir()] == ["brain.nii.gz"]
    assert ethoframe("write", "brain.nii.gz").status == 2


def test_a_video(ethoframe, clip, here):
    assert ethoframe("write", clip, "clip.zarr").status == 0
    one, other = formats.read(clip), formats.read(here / "clip.zarr")
    assert other.times_s == pytest.approx(one.times_s)
    last = [len(one) - 1]
    assert np.array_equal(one.frames(last).pixels, other.frames(last).pixels)


def test_what_a_file_does_not_say_is_written(ethoframe, here):
    tifffile.imwrite(here / "a.tif", np.zeros((3, 4, 6), np.uint8), photometric="minisblack")
    words = ("--pages", "z", "--scale", "0.5x0.25x2um/px")
    said = ethoframe("write", "a.tif", "a.nii", *words)
    assert (said.status, said.err) == (0, "")
    assert formats.read(here / "a.nii").spacing_mm == pytest.approx((0.002, 0.00025, 0.0005))
    assert ethoframe("write", "a.tif", "b.zarr", "--labels", *words).status == 0
    assert formats.read(here / "b.zarr").spacing_mm == pytest.approx((0.002, 0.00025, 0.0005))
    said = ethoframe("write", "a.tif", "c.zarr", "--pages", "t", "--clock", "10fps")
    assert (said.status, said.err) == (0, "")
    assert formats.read(here / "c.zarr").times_s == pytest.approx([0, 0.1, 0.2])
    assert ethoframe("write", "a.tif", "d.zarr", "--rate", "10").status == 2


def test_a_place_keeps_its_directions_at_another_size(ethoframe, here, brain):
    assert ethoframe("write", brain, "a.nii.gz", "--scale", "0.5x0.5x2mm/px").status == 0
    found = formats.read(here / "a.nii.gz")
    assert found.affine == pytest.approx(AFFINE @ np.diag([2, 1, 1, 1]))
