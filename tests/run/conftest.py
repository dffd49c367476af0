"""A short clip of a small animal, and what is asked of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ethoframe import recipes
from ethoframe.formats import video
from ethoframe.run.order import Order
from ethoframe.testing.scenes import SCENES


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """Two seconds of a mouse in an open field, 240 × 180."""
    scene = replace(SCENES["open_field"], duration_s=2.0, size=(180, 240))
    return video.write(
        tmp_path_factory.mktemp("clip") / "mouse.mp4", scene.images(), rate=scene.rate
    )


@pytest.fixture
def order(tmp_path) -> Order:
    """Open field into a new folder."""
    return Order(recipes.load("open-field").configured({"arena.side_mm": 400.0}), tmp_path / "out")
