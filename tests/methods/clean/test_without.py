from __future__ import annotations

import pytest

from ethoframe.data import Refusal
from ethoframe.methods.clean.without import Without
from ethoframe.run import apply

WALK = Without.example()["tracks"]


def test_what_is_named_is_left_out():
    kept = apply(Without(keypoints=("corner", "nowhere")), tracks=WALK)
    assert kept.keypoints == ("body",)
    assert kept.at("body").tolist() == WALK.at("body").tolist()
    assert apply(Without(), tracks=WALK) == WALK


def test_something_must_be_left():
    with pytest.raises(Refusal, match="no keypoint would be left; there are: body, corner"):
        apply(Without(keypoints=("corner", "body")), tracks=WALK)
