"""The command line, called in this process or in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from ethoframe.apps.cli import main
from ethoframe.contract import catalog
from ethoframe.formats import video
from ethoframe.nets.model import CARD, FORM, NETWORK, WEIGHTS, hashed
from ethoframe.nets.network import Head, Network
from ethoframe.testing.scenes import SCENES
from tests.apps._taught import DOTS


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


@pytest.fixture
def dots(tmp_path, monkeypatch) -> Iterator[str]:
    """An outside package with one learned method, by its name."""
    room = tmp_path / "planted" / "pose"
    room.mkdir(parents=True)
    (room / "dots.py").write_text(DOTS, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    point = SimpleNamespace(value="planted")
    known = catalog.entry_points
    monkeypatch.setattr(
        catalog,
        "entry_points",
        lambda group: [*known(group=group), *([point] if "methods" in group else [])],
    )
    for name in [name for name in sys.modules if name.startswith("planted")]:
        monkeypatch.delitem(sys.modules, name)
    catalog.cards.cache_clear()
    yield "pose/dots"
    catalog.cards.cache_clear()


@pytest.fixture
def model(here) -> Path:
    """A model of it, as a fit would leave it; nobody looks into its network."""
    folder = here / "model"
    folder.mkdir()
    files = {}
    for name in (WEIGHTS, NETWORK):
        (folder / name).write_bytes(name.encode())
        files[name] = hashed(folder / name)
    network = Network((32, 32), 1, (Head("values", 2),), decoder="none", stride=32)
    card = {
        "form": FORM,
        "method": "pose/dots",
        "version": "1",
        "parameters": {"sure": 0.6, "gain": 1.0, "away_px": 2.0, "weights": ""},
        "network": network.to_json(),
        "skeleton": {"keypoints": ["left", "right"], "edges": [["left", "right"]]},
        "labels": {"count": 12, "films": ["day1"], "authors": ["AB"], "warnings": []},
        "split_says": "kept back in blocks",
        "figures": {"mean_px": 2.5},
        "taught": {"seconds": 90.0, "steps": 40, "device": "cpu", "threads": 2},
        "weights_from": "ImageNet",
        "files": files,
    }
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder
