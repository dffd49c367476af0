"""A method that is taught in a second, its lesson, and its model to be tampered with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ethoframe.contract import Training
from ethoframe.nets.lesson import Lesson
from ethoframe.testing.laws.taught import QUICK, taught
from ethoframe.testing.pupil import Pictures, Pupil


@pytest.fixture(scope="session")
def quick() -> Callable[..., Training]:
    """A short training on one thread that begins with weights of chance."""
    return lambda **changed: replace(QUICK, **{"steps": 12, "batch": 4, **changed})


@pytest.fixture(scope="session")
def lesson() -> Callable[..., Lesson]:
    """The pupil's lesson on its first frames, of which some are kept apart, with changes."""

    def made(count: int = 10, kept: int = 2, **changed: Any) -> Lesson:
        sample = Pupil.sample()
        whole = Pupil().lesson(sample, replace(QUICK, encoder="test_efficientnet"))
        train = Pictures(sample.take(np.arange(kept, kept + count)))
        apart = Pictures(sample.take(np.arange(kept)))
        return replace(whole, **{"train": train, "validation": apart, **changed})

    return made


@pytest.fixture(scope="session")
def pupil() -> Pupil:
    """It, taught."""
    return taught(Pupil)


@pytest.fixture
def folder(pupil: Pupil, tmp_path: Path) -> Path:
    """A copy of its model."""
    copied = tmp_path / "model"
    shutil.copytree(pupil.weights, copied)
    return copied


@pytest.fixture(scope="session")
def pictures() -> np.ndarray:
    """Forty pictures that its network takes, all unlike."""
    return np.random.default_rng(3).random((40, 1, 32, 32)).astype(np.float32)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, Any] | None], None]:
    """Lets encoders find these pretrained weights, or none, wherever they look for them."""
    from ethoframe.nets import encoders

    def plant(weights: Mapping[str, Any] | None) -> None:
        state = None if weights is None else ("planted (no licence)", weights)
        monkeypatch.setattr(encoders, "_packaged", lambda name: None)
        monkeypatch.setattr(encoders, "_from_hub", lambda name: state)

    return plant
