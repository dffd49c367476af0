"""A small session whose every number is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pytest

from ethoframe.data import Arena, Episodes, Frames, Measure, Measures, Recording, Tracks, Zone
from ethoframe.report.session import Session

SIZE = (96, 128)
FLOOR = np.array([[14.0, 8.0], [114.0, 8.0], [114.0, 88.0], [14.0, 88.0]])
SIDES_MM = (500.0, 400.0)
AHEAD = np.array([4.0, 0.0])


@dataclass(frozen=True, eq=False)
class Drawn:
    """Frames drawn when asked for: a dark disc on a light floor."""

    points: np.ndarray
    broken: frozenset[int] = frozenset()

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, np.ndarray]]:
        y, x = np.mgrid[: SIZE[0], : SIZE[1]]
        for number in numbers:
            if number not in self.broken:
                away = np.hypot(x - self.points[number, 0], y - self.points[number, 1])
                yield number, np.where(away < 5, 30, 200).astype(np.uint8)[..., None]


def walk(count: int) -> np.ndarray:
    """A path round the floor, in px."""
    turn = np.arange(count) * 2 * np.pi / 900
    return np.stack([64 + 42 * np.cos(turn), 48 + 30 * np.sin(1.3 * turn)], axis=1)


def spans_of(flags: np.ndarray, times_s: np.ndarray, step: float) -> np.ndarray:
    edges = np.diff(np.concatenate([[0], flags.astype(int), [0]]))
    ends = np.append(times_s, times_s[-1] + step)
    return np.stack([ends[edges == 1], ends[edges == -1]], axis=1)


def measures_of(name: str, total_s: float, bin_s: float) -> Measures:
    def rows(start: float, stop: float) -> list[Measure]:
        common = {"recording": name, "bin_start_s": start, "bin_stop_s": stop}
        return [
            Measure(quantity="distance", value=1234.56, unit="mm", low=1200.0, high=1240.0,
                    definition="length of the path", **common),
            Measure(quantity="mean speed", value=61.728, unit="mm/s", definition="speed", **common),
            Measure(quantity="latency to centre", value=float("nan"), unit="s",
                    definition="time to the first visit", **common),
        ]  # fmt: skip

    edges = np.append(np.arange(0, total_s, bin_s), total_s)
    parts = [row for a, b in pairwise(edges) for row in rows(a, b)]
    return Measures((*rows(0.0, total_s), *parts))


def build(count: int = 300, rate: float = 30.0, unit: str = "mm", lost: tuple = ((100, 130),)):
    """A session of an animal on a rectangular floor, lost in some spans of frames."""
    points, times_s = walk(count), np.arange(count) / rate
    source = Drawn(points)
    recording = Recording("mouse.mp4", source, times_s, SIZE, np.dtype(np.uint8), "ab12")
    seen = np.ones(count, bool)
    for first, stop in lost:
        seen[first:stop] = False
    arena = Arena("rectangle", FLOOR, SIDES_MM if unit == "mm" else None, source="detected")
    centre = Zone("centre", arena.shrunk(0.5), "the middle half of each side")
    arena = replace(arena, zones=(centre, Zone("all", arena.outline, "the whole floor")))
    tracks = tracks_of(points, seen, times_s)
    floor = tracks.mapped(arena.to_floor) if unit == "mm" else tracks
    support = spans_of(seen, times_s, 1 / rate)
    inside = seen & (centre.depth(points) > 0)
    visits = [
        Episodes.of("centre", spans_of(inside, times_s, 1 / rate), support),
        Episodes.of("all", support, support),
    ]
    moving = Episodes.of("moving", support, support, "behave/activity")
    still = Episodes.of("immobile", np.array([[1.0, 2.0]]), support, "behave/activity")
    scene = np.stack([np.full(SIZE, 200.0), np.ones(SIZE)], axis=-1)[None].astype(np.float32)
    background = Frames(scene, np.array([-1]), np.array([np.nan]), ("level", "noise"))
    answers = {
        "background": background,
        "arena": arena,
        "tracks": tracks,
        "floor_tracks": floor,
        "activity": Episodes.merged([moving, still]),
        "visits": Episodes.merged(visits),
    }
    steps = {"track": {"method": "track/silhouette", "version": "1", "parameters": {"lost_s": 1.0}}}
    told = {"recipe": "open-field", "steps": steps, "software": {"numpy": "2"}, "key": "ff00"}
    measures = measures_of(recording.name, count / rate, max(2.0, count / rate / 5))
    command = "ethoframe open-field mouse.mp4 --side 50cm"
    return Session(recording, answers, measures, told, command)


def tracks_of(points: np.ndarray, seen: np.ndarray, times_s: np.ndarray) -> Tracks:
    keypoints = np.stack([points, points + AHEAD, points - AHEAD], axis=2)
    position = np.where(seen[:, None, None], keypoints, np.nan)[..., None]
    confidence = np.repeat(seen[:, None, None].astype(float), 3, axis=1)
    features = {
        name: np.where(seen, value, np.nan)[:, None]
        for name, value in (("area_px2", 78.5), ("major_px", 10.0), ("minor_px", 10.0))
    }
    names = ("centroid", "head_end", "tail_end")
    return Tracks(position, confidence, np.arange(len(points)), times_s, names, features=features)


@pytest.fixture(scope="session")
def session() -> Session:
    """Ten seconds, of which one is lost."""
    return build()


@pytest.fixture(scope="session")
def make_session():
    """How a session is built, for those that need another one."""
    return build
