"""What tests of every room share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# As many processes as processors: each has one to itself, and none waits for another's threads.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same cases every time, so that a red test is red for everybody; `make test-all` tries more.
settings.register_profile("ethoframe", deadline=None, derandomize=True, max_examples=15)
settings.register_profile("thorough", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("ethoframe")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data: named by ETHOFRAME_SHARED, or `shared` beside the repository.

    Tests that need it are skipped where it is not, unless ETHOFRAME_REQUIRE_SHARED=1.
    """
    beside = Path(__file__).parents[2] / "shared"
    folder = Path(os.environ.get("ETHOFRAME_SHARED") or beside)
    if folder.is_dir():
        return folder
    absent = f"no real data at {folder}: name its folder in ETHOFRAME_SHARED"
    if os.environ.get("ETHOFRAME_REQUIRE_SHARED") == "1":
        pytest.fail(absent)
    pytest.skip(absent)
