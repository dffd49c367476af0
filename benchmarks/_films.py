"""What is measured with: the recipe, and a real film with DeepLabCut's output beside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import h5py
import numpy as np

from ethoframe import recipes
from ethoframe.contract import Recipe
from ethoframe.data import Tracks

MOUSE = "data/openfield/videos/m3v1mp4.mp4"
NETWORK = "data/openfield/videos/m3v1mp4DeepCut_resnet50_openfieldOct30shuffle1_15001.h5"
TRUSTED = 0.9  # likelihood of every point in frames in which the network's answer is believed


def shared() -> Path:
    """The folder of real data, beside the checkout or named by ETHOFRAME_SHARED."""
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("ETHOFRAME_SHARED") or beside)
    if not folder.is_dir():
        sys.exit(f"no real data at {folder}: name its folder in ETHOFRAME_SHARED")
    return folder


def open_field() -> Recipe:
    """The recipe on a floor of 40 cm, with its tracks before the head is known as well."""
    recipe = recipes.load("open-field").configured({"arena.side_mm": 400.0})
    return Recipe(**{**vars(recipe), "gives": {**recipe.gives, "track": "track"}})


def network(path: Path, times_s: np.ndarray) -> tuple[Tracks, np.ndarray]:
    """Where a network puts the mouse, and which of the frames ``(t,)`` are to be trusted.

    The centroid is half-way from between the ears to the root of the tail.
    """
    with h5py.File(path) as file:
        cells = file["df_with_missing/table"]["values_block_0"]
    snout, left, right, tail = np.moveaxis(cells.reshape(-1, 4, 3), 1, 0)
    middle = ((left + right) / 2 + tail) / 2
    position = np.stack([part[:, :2] for part in (middle, snout, tail)], axis=2)[..., None]
    sure = np.stack([part[:, 2] for part in (snout, left, right, tail)], axis=1)
    keypoints = ("centroid", "head_end", "tail_end")
    seen, numbers = np.ones((len(position), 3, 1)), np.arange(len(position))
    tracks = Tracks(position, seen, numbers, times_s, keypoints)
    return tracks, (sure > TRUSTED).all(axis=1)
