from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from benchmarks._pairs import image, still, texture, turned
from ethoframe.methods.register.phase import Phase
from ethoframe.run import apply


@pytest.mark.parametrize("sigma", [1.0, 3.0, 8.0, 16.0])
def test_a_shift_is_found_on_sharp_and_on_smooth_images(sigma):
    moving = texture(sigma=sigma / 2, seed=int(sigma))
    fixed, push = turned(moving, shift=(7.37, -11.62))
    found = apply(Phase(), recording=still(moving), fixed=image(fixed))
    assert found.failed == ""
    assert np.abs(found.matrix - push).max() < 0.05
    assert found.facts["similarity_after"] > found.facts["similarity_before"]


def test_a_shift_by_half_the_picture_is_found():
    wide = texture((200, 320))
    moving, fixed = wide[:, :200], wide[:, 110:310]
    found = apply(Phase(), recording=still(moving), fixed=image(fixed))
    assert found.failed == ""
    assert np.allclose(found.matrix[:2, 2], (-110, 0), atol=0.05)


def test_a_shift_of_a_volume_is_found():
    random = np.random.default_rng(0)
    volume = gaussian_filter(random.normal(size=(48, 70, 80)), 1.5).astype(np.float32)
    moving, fixed = volume[3:43, 4:64, 2:72], volume[:40, :60, 7:77]
    found = apply(Phase(), recording=still(moving), fixed=image(fixed))
    assert found.failed == ""
    assert np.allclose(found.matrix[:3, 3], (-5, 4, 3), atol=0.05)


def test_places_are_in_mm_where_both_know_their_pixel_size():
    moving = texture()
    fixed, push = turned(moving, shift=(3, 5))
    spacing = {"spacing_mm": (0.5, 0.25)}
    recording, other = replace(still(moving), **spacing), replace(image(fixed), **spacing)
    found = apply(Phase(), recording=recording, fixed=other)
    assert found.source_unit == found.target_unit == "mm"
    assert np.allclose(found.matrix[:2, 2], push[:2, 2] * (0.25, 0.5), atol=0.02)


def test_what_nobody_saw_is_left_out():
    moving = texture()
    fixed, push = turned(moving, shift=(4.5, 2.25))
    fixed[60:120, 80:150] = np.nan
    found = apply(Phase(), recording=still(moving), fixed=image(fixed))
    assert np.abs(found.matrix - push).max() < 0.05


@pytest.mark.parametrize("other", ["blank", "noise", "another", "mirrored"])
def test_a_failure_is_called_one(other):
    fixed = texture()
    moving = {
        "blank": np.full_like(fixed, 7),
        "noise": np.random.default_rng(3).normal(size=fixed.shape).astype(np.float32),
        "another": texture(seed=9),
        "mirrored": fixed[:, ::-1].copy(),
    }[other]
    found = apply(Phase(), recording=still(moving), fixed=image(fixed))
    assert found.failed
