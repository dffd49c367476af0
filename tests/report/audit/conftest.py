"""Results of a run, as it leaves them, of small videos whose every pixel is known."""

import json
from pathlib import Path

import numpy as np
import pytest

from ethoframe.data import Arena, Recording, Tracks
from ethoframe.formats import arena, read, table, video

SIZE = (60, 100)
RATE = 20.0


def film(path: Path, level: int, seconds: float) -> Recording:
    """An even picture, so that its level tells which video it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    images = (np.full(SIZE, level, np.uint8) for _ in range(round(seconds * RATE)))
    return read(video.write(path, images, rate=RATE))


def tracks_of(recording: Recording, unseen: slice = slice(0, 0)) -> Tracks:
    count = len(recording)
    points = np.stack([np.linspace(20, 80, count), np.full(count, 30.0)], axis=1)
    points[unseen] = np.nan
    return Tracks.of(points, recording.times_s)


@pytest.fixture
def result(tmp_path):
    """Leaves a result in ``out`` of a video in ``videos``."""

    def leave(name, level=120, seconds=6.0, unseen=slice(0, 0), where="", floor=None, key=""):
        path = tmp_path / "videos" / name
        recording = film(path, level, seconds)
        folder = tmp_path / "out" / Path(name).with_suffix("") / where
        folder.mkdir(parents=True)
        table.write_tracks(folder / "tracks.parquet", tracks_of(recording, unseen))
        if floor is not None:
            arena.write(folder / "arena.toml", Arena("rectangle", np.array(floor, float)))
        told = {
            "key": key or name + where,
            "source": [f"../videos/{name}"],
            "arena": where,
            "file": {"name": name, "identity": recording.identity},
        }
        (folder / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
        return folder

    return leave


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"
