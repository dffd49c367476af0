"""The command line, called in this process or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ethoframe.apps.cli import main
from ethoframe.formats import video
from ethoframe.testing.scenes import SCENES


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """Two seconds of a mouse in an open field, 240 × 180."""
    return rendered(tmp_path_factory.mktemp("clip") / "mouse.mp4", 2.0)


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory) -> Path:
    """Half a minute of it."""
    return rendered(tmp_path_factory.mktemp("clip") / "mouse.mp4", 30.0)


def rendered(path: Path, duration_s: float) -> Path:
    scene = replace(SCENES["open_field"], duration_s=duration_s, size=(180, 240))
    return video.write(path, scene.images(), rate=scene.rate)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    """An empty folder that we are in."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def ethoframe(here, capsys) -> Callable[..., Said]:
    """Runs ``ethoframe`` with these words, in this process."""

    def run(*words: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        return Said(int(ended.value.code or 0), *capsys.readouterr())

    return run


@pytest.fixture
def python(here) -> Callable[..., Said]:
    """Runs a script with these words in a process of its own, in which warnings are errors."""

    def run(script: str, *words: object) -> Said:
        command = [sys.executable, "-W", "error", "-c", script, *map(str, words)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        return Said(done.returncode, done.stdout, done.stderr)

    return run
