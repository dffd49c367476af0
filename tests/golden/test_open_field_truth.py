"""The whole open-field analysis, with default parameters, against what is known to be true.

The numbers are those of ``python -m benchmarks accuracy``.
"""

from __future__ import annotations

import pytest

from benchmarks import accuracy
from ethoframe import formats
from ethoframe.data import Refusal
from ethoframe.testing.scenes import SCENES, film

WITH_ANIMAL = [name for name in SCENES if name != "blank"]


def test_the_real_film(shared) -> None:
    """By a pose network, in the frames in which it is sure of snout, ears and tail."""
    trusted, rest = accuracy.on_the_real_film(shared)
    assert trusted["frames"] + rest["frames"] == 2330
    assert trusted["frames"] > 2000
    assert trusted["lost"] == rest["lost"] == 0
    assert trusted["body"] <= 4.0
    assert trusted["p99"] <= 13.0
    assert trusted["head right"] >= 0.96
    assert trusted["head"] <= 6.0
    assert trusted["tail"] <= 10.0


@pytest.mark.slow  # a brief pair of test_hard_scenes keeps the same promises
@pytest.mark.parametrize("name", WITH_ANIMAL)
def test_a_scene(name, tmp_path) -> None:
    """Rendered, encoded as H.264, and decoded again."""
    found = accuracy.on_a_scene(SCENES[name], tmp_path)
    assert found["lost"] == found["ghosts"] == 0
    assert found["body"] <= 1.0
    assert found["p95"] <= 1.0
    assert found["head right"] >= 0.96
    assert abs(found["start"]) <= 0.5
    assert abs(found["way"]) <= 2.0
    assert abs(found["corrected"]) <= 2.0
    assert abs(found["centre"]) <= 1.0
    assert abs(found["zones"]) <= 1.0
    assert abs(found["false"]) <= 1.0


def test_where_nobody_is_nobody_is_found() -> None:
    with pytest.raises(Refusal, match="no animal was found"):
        accuracy.analysed(SCENES["blank"].recording())


@pytest.mark.slow
def test_where_nobody_was_filmed_nobody_is_found(tmp_path) -> None:
    path = film(SCENES["blank"], tmp_path / "blank.mp4")
    with pytest.raises(Refusal, match="no animal was found"):
        accuracy.analysed(formats.read(path))
