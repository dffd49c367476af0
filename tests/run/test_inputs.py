"""What a user says of a file, beside what the file says itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.run.inputs import Reading, noun_in

PICTURE = Recording.of(np.zeros((1, 4, 6, 1), np.uint8))
VOLUME = Recording.of(np.zeros((1, 3, 4, 6, 1), np.uint8))


@pytest.mark.parametrize(
    ("told", "recording", "spacing"),
    [
        ((0.5,), PICTURE, (0.5, 0.5)),
        ((0.5, 1.0), PICTURE, (1.0, 0.5)),
        ((0.5, 0.6, 2.0), VOLUME, (2.0, 0.6, 0.5)),
        ((0.5,), replace(VOLUME, spacing_mm=(2.0, 1.0, 1.0)), (2.0, 0.5, 0.5)),
        ((0.5, 0.6), replace(VOLUME, spacing_mm=(2.0, 1.0, 1.0)), (2.0, 0.6, 0.5)),
    ],
)
def test_sizes_are_told_as_x_y_z(told, recording, spacing):
    assert Reading(told).of(recording).spacing_mm == spacing


def test_planes_of_which_nothing_tells_the_distance():
    found = Reading((0.5,)).of(VOLUME)
    assert found.spacing_mm == (0.5, 0.5, 0.5)
    assert "nothing tells how far its planes are apart: 0.5 mm is taken" in found.warnings[0]
    assert "--scale 0.5x0.5x2um/px" in found.warnings[0]
    with pytest.raises(Refusal, match="nothing tells how far its planes are apart"):
        Reading((0.5, 0.6)).of(VOLUME)
    with pytest.raises(Refusal, match="it is a picture, and --scale tells three lengths"):
        Reading((0.5, 0.6, 1.0)).of(PICTURE)


def test_planes_as_frames_have_two_sides():
    found = Reading((0.5, 0.6, 2.0), planes=True).of(VOLUME)
    assert (found.spacing_mm, found.warnings) == ((0.6, 0.5), ())


def test_what_the_file_says_otherwise_is_told():
    known = replace(PICTURE, spacing_mm=(0.25, 0.25))
    (line,) = Reading((0.5, 1.0)).of(known).warnings
    assert line == "its file says pixels of 0.25 mm; 0.5 × 1 mm, as told, count"
    assert Reading((0.25,)).of(known).warnings == ()


def test_a_place_in_the_patient_is_stretched_with_the_voxels():
    affine = np.array([[0, 0.5, 0, 3.0], [0.25, 0, 0, 4], [0, 0, 2, 5], [0, 0, 0, 1]])
    known = replace(VOLUME, spacing_mm=(2.0, 0.5, 0.25), affine=affine)
    found = Reading((0.5, 0.5, 4.0)).of(known)
    assert found.affine == pytest.approx(affine @ np.diag([2, 1, 2, 1]))


def test_a_rate_that_is_told_is_not_asked_for(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 8, 9), np.uint8), metadata={"axes": "TYX"})
    assert "--clock 30fps" in noun_in(tmp_path / "a.tif", Kind.RECORDING, Reading()).warnings[0]
    found = noun_in(tmp_path / "a.tif", Kind.RECORDING, Reading(rate=10.0))
    assert found.warnings == ()
    assert found.facts["rate"] == "given"
    assert found.times_s == pytest.approx(np.arange(5) / 10)


def test_what_a_format_does_not_ask_for(tmp_path):
    formats.write(PICTURE, tmp_path / "a.png")
    known = Reading(options={"pages": "z"})
    with pytest.raises(Refusal, match="does not ask for --pages; leave --pages out"):
        noun_in(tmp_path / "a.png", Kind.RECORDING, known)
    # Beside the file that it is said of, another need not ask for it.
    assert noun_in(tmp_path / "a.png", Kind.IMAGE, known).size == (4, 6)
    assert noun_in(tmp_path / "a.png", Kind.LABELMAP, known).size == (4, 6)


def test_pages_of_an_image_beside(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((5, 8, 9), np.uint8), photometric="minisblack")
    known = Reading(options={"pages": "z"})
    assert noun_in(tmp_path / "a.tif", Kind.IMAGE, known).size == (5, 8, 9)


def test_labels_take_the_size_too(tmp_path):
    labels = LabelMap.of(np.ones((1, 3, 4, 6), np.uint8), spacing_mm=(2.0, 1.0, 1.0))
    formats.write_labels(labels, tmp_path / "a.tif")
    found = noun_in(tmp_path / "a.tif", Kind.LABELMAP, Reading((0.5,)))
    assert found.spacing_mm == pytest.approx((2.0, 0.5, 0.5))
