from __future__ import annotations

import cv2
import numpy as np
import pytest

from ethoframe.data import Refusal
from ethoframe.formats import instances


@pytest.fixture
def drawn(tmp_path):
    def write(*masks):
        folder = tmp_path / "picture" / "masks"
        folder.mkdir(parents=True)
        for k, mask in enumerate(masks):
            assert cv2.imwrite(str(folder / f"{k}.png"), np.asarray(mask, np.uint8))
        return folder.parent

    return write


def test_every_mask_is_an_object(drawn):
    folder = drawn([[255, 255, 0, 0]], [[0, 0, 0, 7]])
    found = instances.read(folder)
    assert found.dense().tolist() == [[[1, 1, 0, 2]]]
    assert found == instances.read(folder / "masks")
    assert instances.holds(folder)
    assert not instances.holds(folder / "masks")


def test_pixels_claimed_twice_are_those_of_the_first_and_empty_masks_no_object(drawn):
    found = instances.read(drawn([[0, 0, 0]], [[1, 1, 0]], [[0, 1, 0]], [[0, 1, 1]]))
    assert found.dense().tolist() == [[[1, 1, 2]]]


def test_colours_and_16_bits(drawn):
    folder = drawn([[[0, 0, 9], [0, 0, 0]]])
    cv2.imwrite(str(folder / "masks" / "9.png"), np.array([[0, 65535]], np.uint16))
    (folder / "masks" / "notes.txt").write_text("drawn on Monday", encoding="utf-8")
    assert instances.read(folder).dense().tolist() == [[[1, 2]]]


def test_what_cannot_be_is_refused(drawn, tmp_path):
    with pytest.raises(Refusal, match="holds no mask"):
        instances.read(tmp_path)
    folder = drawn([[1, 1]], [[1, 1, 1]])
    with pytest.raises(Refusal, match="1 × 3 pixels, and the masks before it of 1 × 2"):
        instances.read(folder)
    (folder / "masks" / "0.png").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(Refusal, match="cannot be decoded"):
        instances.read(folder)


def test_a_picture_of_nuclei(shared):
    folder = next((shared / "data/nuclei/stage1_train").glob("15039b3a*"))
    found = instances.read(folder)
    assert len(np.unique(found.dense())) - 1 == len(list((folder / "masks").glob("*.png")))
