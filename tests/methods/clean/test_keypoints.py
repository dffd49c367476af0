from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Refusal, Tracks
from ethoframe.methods.clean.keypoints import BODY, Keypoints
from ethoframe.run import apply

FRAMES, LENGTH = 30, 40.0
TIMES = np.arange(FRAMES) / 30


def followed() -> Tracks:
    walk = Tracks.of(np.stack([100 + 30 * TIMES, 80 + 0 * TIMES], axis=1), TIMES)
    return replace(walk, features={"major_px": np.full((FRAMES, 1), LENGTH)})


def posed(confidence: float = 0.9, **moved: tuple[int, float]) -> Tracks:
    """A nose ahead and a tail base behind; of a name, the frame and px by which it is moved."""
    ends = {"nose": 18.0, "tail_base": -16.0}
    position = np.zeros((FRAMES, 2, 2, 1))
    for k, (name, away) in enumerate(ends.items()):
        position[:, :, k, 0] = followed().at("centroid") + np.array([away, 0.0])
        if name in moved:
            frame, by = moved[name]
            position[frame, 0, k, 0] += by
    sure = np.full((FRAMES, 2, 1), confidence)
    return Tracks(position, sure, np.arange(FRAMES), TIMES, tuple(ends))


def test_keypoints_join_those_of_the_silhouette() -> None:
    joined = apply(Keypoints(), tracks=followed(), pose=posed())
    assert joined.keypoints == ("centroid", "nose", "tail_base", BODY)
    assert joined.at("nose")[:, 0] - joined.at("centroid")[:, 0] == pytest.approx(18.0)
    assert joined.at(BODY)[:, 0] - joined.at("centroid")[:, 0] == pytest.approx(1.0)
    assert "major_px" in joined.features


def test_a_keypoint_further_than_an_animal_reaches_is_not_seen() -> None:
    joined = apply(Keypoints(), tracks=followed(), pose=posed(nose=(7, 200.0)))
    assert np.isnan(joined.at("nose")[7]).all()
    assert np.isfinite(joined.at("nose")[[6, 8]]).all()
    assert joined.confidence[7, 1, 0] == 0
    # Half of the keypoints are enough to say where the body is.
    assert np.isfinite(joined.at(BODY)[7]).all()


def test_what_is_not_sure_is_not_seen() -> None:
    joined = apply(Keypoints(), tracks=followed(), pose=posed(confidence=0.3))
    assert np.isnan(joined.at("nose")).all()
    assert np.isnan(joined.at(BODY)).all()
    assert np.isfinite(joined.at("centroid")).all()


def test_the_body_may_be_one_keypoint() -> None:
    joined = apply(Keypoints(centre="tail_base"), tracks=followed(), pose=posed())
    assert np.array_equal(joined.at(BODY), joined.at("tail_base"))


def test_frames_are_matched_by_their_numbers() -> None:
    joined = apply(Keypoints(), tracks=followed(), pose=posed().take(slice(10, 20)))
    seen = np.isfinite(joined.at("nose")).all(axis=1)
    assert np.flatnonzero(seen).tolist() == list(range(10, 20))


@pytest.mark.parametrize(
    ("method", "pose", "says"),
    [
        (Keypoints(centre="paw"), posed(), "no keypoint 'paw'"),
        (Keypoints(), replace(posed(), keypoints=("centroid", "x")), "both have a keypoint"),
    ],
)
def test_names_must_fit(method, pose, says) -> None:
    with pytest.raises(Refusal, match=says):
        apply(method, tracks=followed(), pose=pose)


def test_a_pose_without_frames_adds_nothing() -> None:
    joined = apply(Keypoints(), tracks=followed(), pose=posed().take(slice(0)))
    assert np.isnan(joined.at("nose")).all()
