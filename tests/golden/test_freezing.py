"""Freezing against a person's scores, on the half of a video that no threshold was chosen on."""

from __future__ import annotations

import csv
from pathlib import Path

import h5py
import numpy as np
import pytest

from ethoframe.data import Tracks
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.methods.clean.smooth import Smooth
from ethoframe.run import apply

FOLDER = "data/freezing/demo1"
RATE, PX_PER_MM = 50.0, 3.2
PLACES = {"centroid": "Mid-Back", "head_end": "Nose", "tail_end": "Tailbase"}


def followed(folder: Path) -> Tracks:
    """Three of the eight points of the table, on the floor."""
    with (folder / "demo1_tracking.csv").open(newline="", encoding="utf-8") as file:
        _, names, _, *lines = csv.reader(file)
    table = np.array(lines, float)
    columns = [names.index(name) for name in PLACES.values()]
    position = np.stack([table[:, [at, at + 1]] for at in columns], axis=2)[..., None] / PX_PER_MM
    count = len(table)
    seen, numbers = np.ones((count, 3, 1)), np.arange(count)
    return Tracks(position, seen, numbers, numbers / RATE, tuple(PLACES), unit="mm")


def scored(folder: Path, count: int) -> np.ndarray:
    """What the person says, frame by frame; bouts count from 1 and end with their last frame."""
    with h5py.File(folder / "hB_demo1_manual_annotations.mat.mat") as file:
        bouts = file["hBehavior/Freezing/Bouts"][()].T.astype(int)
    frozen = np.zeros(count, bool)
    for first, last in bouts:
        frozen[first - 1 : last] = True
    return frozen


def kappa(a: np.ndarray, b: np.ndarray) -> float:
    """Cohen's."""
    by_chance = a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    return float(((a == b).mean() - by_chance) / (1 - by_chance))


@pytest.mark.parametrize("step", [1, 2])
def test_it_agrees_with_a_person(shared, step) -> None:
    tracks = apply(Smooth(), tracks=followed(shared / FOLDER))
    person, second = scored(shared / FOLDER, len(tracks)), slice(len(tracks) // 2, None)
    some = tracks.take(slice(None, None, step))
    found = apply(Freezing(), tracks=some).covers("freezing", tracks.times_s)
    assert kappa(found[second], person[second]) > 0.72
    assert found[second].mean() == pytest.approx(person[second].mean(), abs=0.03)
