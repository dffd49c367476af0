"""Freezing by keypoints against a person's scores, with the defaults, as the network left them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Episodes, Tracks, Transform
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.run import apply
from ethoframe.score.episodes import Pair, compared

FOLDER = "data/freezing/demo1"
RATE, PX_PER_MM = 50.0, 3.2


@pytest.fixture(scope="module")
def both(shared) -> tuple[Tracks, Episodes]:
    """The tracks on the floor, and what the person says."""
    pytest.importorskip("h5py")
    folder: Path = shared / FOLDER
    tracks = formats.read_tracks(folder / "demo1_tracking.csv", rate=RATE)
    (one,) = formats.read_observations(folder / "hB_demo1_manual_annotations.mat.mat", rate=RATE)
    (label,) = set(one.episodes.labels)
    whole = np.array([[0.0, len(tracks) / RATE]])
    person = Episodes.of("freezing", one.episodes.spans(label), whole)
    return tracks.mapped(Transform.scaling(1 / PX_PER_MM, "px", "mm")), person


def agreed(tracks: Tracks, person: Episodes) -> tuple[float, float]:
    """F1 of time and of bouts."""
    found = apply(Freezing(), tracks=tracks)
    told = compared(Pair("demo1", found, person), "freezing", RATE)
    return told.f1, told.event_f1(0.5)


def test_it_agrees_with_a_person(both) -> None:
    tracks, person = both
    time, bouts = agreed(tracks, person)
    assert time > 0.9
    assert bouts > 0.8


def test_half_the_frames_tell_the_same(both) -> None:
    tracks, person = both
    time, bouts = agreed(tracks.take(slice(None, None, 2)), person)
    assert time > 0.9
    assert bouts > 0.75


def test_without_a_scale_body_lengths_tell_it_as_well(both) -> None:
    tracks, person = both
    in_px = tracks.mapped(Transform.scaling(5.0, "mm", "px"))
    assert agreed(in_px, person)[0] > 0.88


def test_frames_that_are_unsure_or_missing_change_little(both) -> None:
    tracks, person = both
    time, _ = agreed(tracks, person)
    lost = np.random.default_rng(4).random(len(tracks)) < 0.1
    unsure = np.where(lost[:, None, None], 0.05, tracks.confidence)
    assert agreed(replace(tracks, confidence=unsure), person)[0] == pytest.approx(time, abs=0.02)
    assert agreed(tracks.take(np.flatnonzero(~lost)), person)[0] == pytest.approx(time, abs=0.02)
