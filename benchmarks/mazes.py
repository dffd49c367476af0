"""Mazes whose truth is known: entries, times and alternation found, against what was simulated.

noise is the standard deviation of the tracking of each keypoint in mm. Counts are entries into open
and closed arms, or into the dark, or the share of alternations; *times off* is the sum of absolute
errors of the times in them, of as many crossings. A rate of 12.5 is every second frame of 25. Of a
water maze, counts are crossings of the platform, and times those to the first of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ethoframe import recipes
from ethoframe.data import Measures
from ethoframe.run.outputs import measures_in
from ethoframe.run.traced import carried_out
from ethoframe.testing.mazes import Session, light_dark, plus_maze, water_maze, y_maze

SESSIONS = 10
ARMS = ("up", "right", "down", "left")
LENGTH = 12


def rows() -> Iterator[dict[str, Any]]:
    """One for each maze, noise and rate."""
    for rate in (25.0, 12.5):
        for noise_mm in (0.0, 1.0, 3.0):
            yield _plus(noise_mm, rate)
            yield _pool(noise_mm, rate)
        yield _three(rate)
        yield _sides(rate)


def _plus(noise_mm: float, rate: float) -> dict[str, Any]:
    random = np.random.default_rng(7)
    right = total = 0
    off = 0.0
    for seed in range(SESSIONS):
        order = [str(arm) for arm in random.choice(ARMS, LENGTH)]
        session = plus_maze(order, noise_mm=noise_mm, rate=rate, seed=seed)
        m = _measured("plus-maze", session, {"zones.open": "left-right"})
        for word, arms in (("open", ("left", "right")), ("closed", ("up", "down"))):
            truth = sum(session.entries(arm) for arm in arms)
            right += m.value(f"entries to {word}") == truth
            total += 1
            off += abs(m.value(f"time in {word}") - sum(session.time_s(arm) for arm in arms))
    return _row("plus-maze", noise_mm, rate, right / total, off, SESSIONS * 2 * LENGTH)


def _three(rate: float) -> dict[str, Any]:
    random = np.random.default_rng(8)
    right, off = 0, 0.0
    for _ in range(SESSIONS):
        order = [f"arm {arm}" for arm in random.integers(1, 4, LENGTH)]
        session = y_maze(order, rate=rate)
        m = _measured("y-maze", session, {})
        turned = sum(len(set(order[i : i + 3])) == 3 for i in range(LENGTH - 2))
        truth = 100 * turned / (LENGTH - 2)
        right += bool(np.isclose(m.value("spontaneous alternation"), truth))
        for arm in ("arm 1", "arm 2", "arm 3"):
            off += abs(m.value(f"time in {arm}") - session.time_s(arm))
    return _row("y-maze", 0.0, rate, right / SESSIONS, off, SESSIONS * 2 * LENGTH)


def _sides(rate: float) -> dict[str, Any]:
    right, off, crossed = 0, 0.0, 0
    for count in range(1, SESSIONS + 1):
        session = light_dark(count, rate=rate)
        m = _measured("light-dark", session, {})
        right += m.value("entries to dark") == session.entries("dark")
        off += abs(m.value("time in dark") - session.time_s("dark"))
        crossed += count
    return _row("light-dark", 0.0, rate, right / SESSIONS, off, crossed)


def _pool(noise_mm: float, rate: float) -> dict[str, Any]:
    random = np.random.default_rng(9)
    right, off = 0, 0.0
    for seed in range(SESSIONS):
        way = [(float(x), float(y)) for x, y in random.uniform(-400, 400, (LENGTH, 2))]
        session = water_maze(way, rate=rate, noise_mm=noise_mm, seed=seed)
        m = _measured("water-maze", session, {"search.probe": True})
        right += m.value("crossings of platform") == len(session.visits)
        off += abs(m.value("latency to platform") - session.visits[0][1])
    return _row("water-maze", noise_mm, rate, right / SESSIONS, off, SESSIONS)


def _row(
    maze: str, noise_mm: float, rate: float, right: float, off: float, crossings: int
) -> dict[str, Any]:
    return {
        "maze": maze,
        "noise (mm)": noise_mm,
        "rate (1/s)": rate,
        "counts right (%)": round(100 * right, 1),
        "times off (s)": round(float(off), 2),
        "crossings": crossings,
        "off per crossing (frames)": round(float(off) / crossings * rate, 2),
    }


def _measured(name: str, session: Session, settings: dict[str, Any]) -> Measures:
    recipe = recipes.load(name, from_tracks=True).configured(settings)
    found = carried_out(recipe, {"tracks": session.tracks, "arena": session.arena})
    return measures_in(found.answers)
