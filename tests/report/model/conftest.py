"""Models that were taught next to nothing, copied to where a page may be written."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ethoframe.contract import Learned
from ethoframe.testing.laws.taught import taught


@pytest.fixture
def model(tmp_path: Path) -> Callable[[type[Learned]], Path]:
    """The folder of a method's model."""

    def copied(method_class: type[Learned]) -> Path:
        folder = tmp_path / "model"
        shutil.copytree(taught(method_class).weights, folder)
        return folder

    return copied
