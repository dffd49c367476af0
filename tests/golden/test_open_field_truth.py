"""The main job against truth: a real mouse beside DeepLabCut, and rendered scenes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.accuracy import Row, on_a_scene, on_the_real_film
from ethoframe.testing.scenes import SCENES

QUICK = ("open_field", "shaded_drift", "sits_still", "vanishes")
ANIMALS = sorted(name for name in SCENES if name != "blank")


@pytest.fixture(scope="module")
def trusted(shared: Path) -> Row:
    row, _ = on_the_real_film(shared)
    return row


def test_the_real_mouse_is_where_a_pose_network_puts_it(trusted: Row) -> None:
    assert trusted["frames"] > 2000
    assert trusted["lost"] == 0
    assert trusted["body"] <= 4.0
    assert trusted["p99"] <= 13.0


def test_the_real_mouse_has_its_head_at_the_right_end(trusted: Row) -> None:
    assert trusted["head right"] >= 0.96
    assert trusted["head"] <= 6.0
    assert trusted["tail"] <= 10.0


@pytest.mark.parametrize("name", QUICK)
def test_an_encoded_scene_is_measured_right(name: str, tmp_path: Path) -> None:
    holds(on_a_scene(SCENES[name], tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(ANIMALS) - set(QUICK)))
def test_every_encoded_scene_is_measured_right(name: str, tmp_path: Path) -> None:
    holds(on_a_scene(SCENES[name], tmp_path))


def holds(row: Row) -> None:
    assert row["lost"] == row["ghosts"] == 0
    assert row["body"] <= 1.0
    assert row["p95"] <= 1.5
    assert row["head right"] >= 0.96
    assert abs(row["way"]) <= 2.0
    assert abs(row["centre"]) <= 1.0
