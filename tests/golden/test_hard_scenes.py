"""What a lab's afternoon brings, and how wrong the numbers may be: the truth of each film is known.

Rendered, encoded as H.264 and decoded again, with default parameters. The numbers are those of
``python -m benchmarks accuracy``.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import accuracy
from ethoframe.testing.scenes import HARD, RACKS

QUICK: tuple[str, ...] = ()
BRIEF_PAIR = replace(
    RACKS["two_arenas"],
    scenes=tuple(replace(scene, duration_s=10.0) for scene in RACKS["two_arenas"].scenes),
)


def as_promised(found: accuracy.Row) -> None:
    """What every film must keep."""
    assert found["lost"] == found["ghosts"] == 0
    assert abs(found["start"]) <= 0.5
    assert abs(found["way"]) <= 2.0
    assert abs(found["corrected"]) <= 2.0
    assert abs(found["centre"]) <= 1.0
    assert abs(found["zones"]) <= 1.0
    assert abs(found["false"]) <= 1.0


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in HARD]
)
def test_a_scene(name, tmp_path) -> None:
    as_promised(accuracy.on_a_scene(HARD[name], tmp_path))


@pytest.mark.slow
def test_a_brief_pair(tmp_path) -> None:
    left, right = accuracy.on_a_rack(BRIEF_PAIR, tmp_path)
    for found in (left, right):
        as_promised(found)
        assert found["body"] <= 1.0
        assert found["p95"] <= 1.0
        assert found["head right"] >= 0.96


@pytest.mark.slow
@pytest.mark.parametrize("name", RACKS)
def test_a_rack(name, tmp_path) -> None:
    found = list(accuracy.on_a_rack(RACKS[name], tmp_path))
    assert [row["film"] for row in found] == [f"{name}, {arena}" for arena in RACKS[name].names]
    for row in found:
        as_promised(row)


def test_a_mistake_shows() -> None:
    """The promises can be broken."""
    names = ("lost", "ghosts", "start", "way", "corrected", "centre", "zones", "false")
    kept = dict.fromkeys(names, 0.0)
    as_promised(kept)
    for name, wrong in kept.items():
        with pytest.raises(AssertionError):
            as_promised({**kept, name: wrong + 2.1})
