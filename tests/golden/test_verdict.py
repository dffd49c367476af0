"""Whether it knows when it failed.

The numbers are those of ``python -m benchmarks verdict``.
"""

from __future__ import annotations

import pytest

from benchmarks import verdict
from ethoframe import formats
from ethoframe.testing.scenes.ruined import RUINS

SEED = 2000
QUICK = ("two animals",)


@pytest.mark.parametrize(
    "how", [how if how in QUICK else pytest.param(how, marks=pytest.mark.slow) for how in RUINS]
)
def test_a_ruined_video_is_not_called_good(how, tmp_path) -> None:
    assert verdict.on_a_ruined_one(how, SEED, tmp_path).word != "good"


def test_a_sound_video_is_called_good(tmp_path) -> None:
    judged = verdict.on_a_sound_one(SEED, tmp_path)
    assert (judged.word, judged.reasons) == ("good", ())


@pytest.mark.slow
def test_the_real_videos(shared) -> None:
    """One mouse, which a wall mirrors; and two flies."""
    mouse, flies = (verdict.judged(formats.read(shared / name)) for name in verdict.REAL)
    assert mouse.word == "good"
    assert flies.word == "failed"
    assert "second mover" in [check.name for check in flies.reasons]


@pytest.mark.slow
def test_of_sixty_and_sixty(shared) -> None:
    rows = {row["videos"]: row for row in verdict.rows()}
    ruined = [rows[how] for how in RUINS]
    assert sum(row["count"] for row in ruined) == 60
    assert sum(row["good"] for row in ruined) <= 3
    assert rows["sound"]["good"] >= 58
