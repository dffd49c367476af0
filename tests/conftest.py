"""What tests of every room share."""

from __future__ import annotations

import functools
import gc
import os
import sys
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


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is imported stays: nobody looks through it for what may go, and seldom afterwards."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.set_threshold(100_000, 50, 100)


def pytest_runtest_teardown() -> None:
    """The exporter's table of operators is read once in a process, not for every model."""
    known = "onnxscript._framework_apis.torch_"
    first = sys.modules.get(f"{known}2_5")
    if first is not None and not hasattr(first.get_torchlib_ops, "cache_info"):
        for name in [name for name in sys.modules if name.startswith(known)]:
            module = sys.modules[name]
            module.get_torchlib_ops = functools.cache(module.get_torchlib_ops)


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
