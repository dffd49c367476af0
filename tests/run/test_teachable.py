from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from ethoframe.contract import catalog
from ethoframe.data import Classes, Labelled, LabelMap, Labels, Recording, Refusal, Skeleton, Tracks
from ethoframe.run.teachable import check_labels, learned, learners

FILM = Recording.of(np.zeros((3, 4, 6, 1), np.uint8))
POSE = SimpleNamespace(learns=Tracks, name=lambda: "pose/heatmap")


def labels(said, film=FILM) -> Labels:
    return Labels((Labelled(film, said),), Skeleton.of(["nose"]))


def test_labels_that_teach():
    tracks = Tracks.of(np.ones((3, 2)), FILM.times_s, "nose")
    check_labels(POSE, labels(tracks), "day")
    either = SimpleNamespace(learns=(LabelMap, Tracks), name=POSE.name)
    check_labels(either, labels(tracks), "day")


def test_labels_that_do_not():
    said = Classes.said(["a", "b", "a"], ["a", "b"])
    with pytest.raises(Refusal, match="holds classes of frames, and pose/heatmap learns from keyp"):
        check_labels(POSE, labels(said), "day")
    one = Tracks.of(np.ones((1, 2)), np.zeros(1), "nose")
    with pytest.raises(Refusal, match="one frame is labelled"):
        check_labels(POSE, labels(one), "day")
    with pytest.raises(Refusal, match="nothing is labelled"):
        check_labels(POSE, Labels(()), "day")


def test_who_learns_what():
    assert "pose/heatmap" in learners(Tracks)
    assert "pose/heatmap" not in learners(Classes)
    assert learned(catalog.find("segment/watershed")) == ()
