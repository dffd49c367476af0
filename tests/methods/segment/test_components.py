"""Parts, holes, limits of size, the border."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.methods.segment.components import Components
from ethoframe.run import apply


def of_mask(mask, method: Components = Components(), spacing_mm=None):  # noqa: B008
    recording = replace(
        Recording.of(np.zeros((1, *mask.shape, 1), np.uint8)), spacing_mm=spacing_mm
    )
    return apply(method, recording=recording, mask=LabelMap.of(mask[None])).dense()[0]


DIAGONAL = np.kron(np.eye(2, dtype=np.uint8), np.ones((6, 6), np.uint8))


def test_corners_join_only_when_asked() -> None:
    assert of_mask(DIAGONAL).max() == 2
    assert of_mask(DIAGONAL, Components(corners=True)).max() == 1


def test_labels_that_touch_stay_apart_unless_asked() -> None:
    mask = np.zeros((8, 16), np.uint8)
    mask[:, :8], mask[:, 8:] = 5, 9
    assert of_mask(mask).max() == 2
    assert of_mask(mask, Components(apart=False)).max() == 1


def test_holes_are_filled_up_to_a_size() -> None:
    mask = np.ones((30, 30), np.uint8)
    mask[5:7, 5:7] = mask[12:24, 12:24] = 0
    assert of_mask(mask)[15, 15] == 1
    found = of_mask(mask, Components(hole_px=4))
    assert found[5, 5] == 1
    assert found[15, 15] == 0
    assert of_mask(mask, Components(hole_px=0))[5, 5] == 0


def test_limits_of_size_know_the_spacing() -> None:
    mask = np.zeros((24, 40), np.uint8)
    mask[4:8, 4:8] = mask[10:20, 20:30] = 1
    assert of_mask(mask, Components(least_px=6)).max() == 1
    assert of_mask(mask, Components(most_px=6)).max() == 1
    # Rows four times as far apart: the small one is as large as a disc of 9 px.
    assert of_mask(mask, Components(least_px=6), spacing_mm=(4.0, 1.0)).max() == 2


def test_what_the_border_cuts_goes_when_asked() -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[:6, :6] = mask[9:16, 9:16] = 1
    found = of_mask(mask, Components(border=False))
    assert found.max() == 1
    assert found[0, 0] == 0


def test_a_volume_has_parts_across_planes() -> None:
    volume = np.zeros((6, 12, 12), np.uint8)
    volume[1:5, 2:5, 2:5] = volume[1:5, 7:11, 7:11] = 1
    assert of_mask(volume).max() == 2


def test_without_a_mask_the_picture_gives_the_level() -> None:
    found = apply(Components(), **Components.example())
    assert [len(np.unique(patch.labels)) - 1 for patch in found.patches] == [2] * 9
    assert found.dense()[0][20, 14] > 0  # within the ring


def test_a_mask_of_another_size_is_refused() -> None:
    recording = Recording.of(np.zeros((1, 9, 9, 1), np.uint8))
    with pytest.raises(Refusal, match="of size"):
        apply(Components(), recording=recording, mask=LabelMap.of(DIAGONAL[None]))
