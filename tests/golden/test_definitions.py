"""The corrected distance and the mean speed hardly depend on the frame rate, whole chain and all.

The tables of docs/definitions.md are those of ``python -m benchmarks definitions``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pytest

from benchmarks import definitions
from benchmarks._films import MOUSE
from ethoframe import formats
from ethoframe.data import Measures, Recording
from ethoframe.data.noun import Array
from ethoframe.data.recording import Source
from ethoframe.testing.scenes import SCENES, film

STEADY = ("distance, corrected", "mean speed")


@dataclass(frozen=True, eq=False)
class EverySecond:
    """Half of the frames of another source."""

    inner: Source

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        for number, image in self.inner.images([2 * int(number) for number in numbers]):
            yield number // 2, image


def halved(recording: Recording) -> Recording:
    kept = recording.keyframes[recording.keyframes % 2 == 0] // 2
    source, times_s = EverySecond(recording.source), recording.times_s[::2]
    name = f"{recording.identity} halved"
    return replace(recording, source=source, times_s=times_s, keyframes=kept, identity=name)


def told(recording: Recording) -> Measures:
    """Of all frames in which the animal was seen, whatever the trial."""
    return definitions.motion(*definitions.followed(recording))


@pytest.mark.slow
def test_the_real_film(shared) -> None:
    recording = formats.read(shared / MOUSE)
    every, second = told(recording), told(halved(recording))
    for quantity in STEADY:
        assert second.value(quantity) == pytest.approx(every.value(quantity), rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["turns", "sits_still"])
def test_a_scene(name, tmp_path) -> None:
    scene = SCENES[name]
    recording = formats.read(film(scene, tmp_path / "scene.mp4"))
    every, second = told(recording), told(halved(recording))
    for quantity in STEADY:
        assert second.value(quantity) == pytest.approx(every.value(quantity), rel=0.02)
    assert every.value("distance, corrected") == pytest.approx(scene.distance_mm(), rel=0.02)
