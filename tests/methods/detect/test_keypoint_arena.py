from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Refusal, Tracks
from ethoframe.methods.detect.keypoint_arena import KeypointArena
from ethoframe.run import apply

CORNERS = ("a", "b", "c", "d")
SQUARE = np.array([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]])


def tracks(sure: np.ndarray) -> Tracks:
    """A square whose first corner is somewhere else in the frames that are not sure."""
    places = np.repeat(SQUARE.T[None], len(sure), axis=0)
    places[sure < 0.9, :, 0] = 50.0
    confidence = np.ones((len(sure), 4, 1))
    confidence[:, 0, 0] = sure
    t = np.arange(len(sure)) / 10
    return Tracks(places[..., None], confidence, np.arange(len(sure)), t, CORNERS)


def test_a_corner_is_where_it_was_sure():
    found = apply(KeypointArena(corners=CORNERS), tracks=tracks(np.array([0.2] * 7 + [0.95] * 3)))
    assert found.outline == pytest.approx(SQUARE)
    assert (found.unit, found.source, found.sides_mm) == ("px", "keypoints", None)


def test_a_corner_that_is_never_sure_is_refused():
    with pytest.raises(Refusal, match=r"corner a is in no frame surer than 0\.9"):
        apply(KeypointArena(corners=CORNERS), tracks=tracks(np.full(5, 0.5)))


def test_corners_must_be_there():
    with pytest.raises(Refusal, match="no keypoint is the corner tl; draw the arena"):
        apply(KeypointArena(), tracks=tracks(np.ones(5)))
