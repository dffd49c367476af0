"""Frames that are volumes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import In, Kind, spec_of
from ethoframe.data import Frames, LabelMap, Patch, Recording, Refusal, Window

VOXELS = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5, 1).astype(np.int16)


def test_a_volume_is_a_frame():
    volumes = Recording.of(VOXELS)
    assert (len(volumes), volumes.size) == (2, (3, 4, 5))
    assert np.array_equal(volumes.frames([1]).pixels, VOXELS[1:])
    assert spec_of(volumes).axes == ("t", "z", "y", "x", "c")
    assert spec_of(volumes).size == (3, 4, 5)
    assert volumes.frames([0]).plane(0).shape == (3, 4, 5)


def test_cut_to_a_block_it_lies_where_it_lay():
    volumes = replace(Recording.of(VOXELS), affine=np.diag([2.0, 3.0, 4.0, 1.0]))
    block = volumes.cropped(Window(1, 2, 2, 3, 1, 2))
    assert np.array_equal(block.frames([0]).pixels[0], VOXELS[0, 1:3, 1:3, 2:5])
    assert block.affine[:3, 3].tolist() == [4.0, 3.0, 4.0]
    assert volumes.cropped(Window(0, 0, 2, 2)).size == (3, 2, 2)
    with pytest.raises(Refusal, match="are wanted of a picture of 3 × 4 × 5"):
        volumes.cropped(Window(0, 0, 2, 2, 2, 2))


def test_label_maps_of_volumes():
    labels = np.zeros((1, 3, 4, 5), np.int32)
    labels[0, 1, 2, 3:] = 7
    whole = LabelMap.of(labels, spacing_mm=(3.0, 1.0, 1.0))
    window = replace(whole, patches=(Patch(labels[0, 1:2, 2:3, 3:], (1, 2, 3)),))
    assert whole == window
    assert np.array_equal(window.dense(), labels)
    assert spec_of(whole).axes == ("t", "z", "y", "x")
    with pytest.raises(ValueError, match="reaches beyond"):
        replace(whole, patches=(Patch(labels[0, 0]),))


def test_a_spacing_for_every_axis():
    with pytest.raises(ValueError, match="spacing"):
        Frames(VOXELS, np.arange(2), np.arange(2), spacing_mm=(1.0, 1.0))
    with pytest.raises(ValueError, match="spacing"):
        replace(Recording.of(VOXELS), spacing_mm=(1.0, 1.0))


def test_what_takes_pictures_refuses_volumes():
    spec = spec_of(Recording.of(VOXELS))
    with pytest.raises(Refusal, match="a volume of 3 planes"):
        In(Kind.RECORDING).check("a/method", "recording", spec)
    In(Kind.RECORDING, volumes=True).check("a/method", "recording", spec)
    with pytest.raises(Refusal, match="must be label map, and is recording"):
        In(Kind.LABELMAP).check("a/method", "labels", spec)
