from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.data import Tracks
from ethoframe.methods.clean.gate import Gate
from ethoframe.run import apply


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.floats(0, 1))
def test_what_is_unsure_is_not_seen_and_the_rest_as_it_was(confidence, sure) -> None:
    count = len(confidence)
    tracks = Tracks.of(np.arange(2.0 * count).reshape(count, 2), np.arange(count) / 30)
    tracks = replace(tracks, confidence=np.array(confidence)[:, None, None])
    gated = apply(Gate(sure=sure), tracks=tracks)
    kept = np.array(confidence) >= sure
    assert np.array_equal(np.isfinite(gated.at("centroid")).all(axis=1), kept)
    assert np.array_equal(gated.at("centroid")[kept], tracks.at("centroid")[kept])
    assert np.array_equal(gated.confidence[:, 0, 0], np.where(kept, confidence, 0.0))
    assert apply(Gate(sure=sure), tracks=gated) == gated


def test_a_confidence_that_nobody_knows_is_not_sure() -> None:
    tracks = Tracks.of(np.ones((2, 2)), np.arange(2.0))
    tracks = replace(tracks, confidence=np.array([[[np.nan]], [[1.0]]]))
    assert np.isnan(apply(Gate(), tracks=tracks).at("centroid")).any(axis=1).tolist() == [
        True,
        False,
    ]
