from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.contract import spec_of
from ethoframe.data import Recording
from ethoframe.methods.summarise.illumination import Illumination
from ethoframe.run import apply

RANDOM = np.random.default_rng(7)


def light(size: tuple[int, ...]) -> np.ndarray:
    grid = np.meshgrid(*[np.linspace(-1, 1, n) for n in size], indexing="ij")
    bright = 1 - 0.3 * grid[-1] ** 2 + 0.2 * grid[-2]
    return bright / bright.mean()


def busy(size: tuple[int, ...], frames: int = 60) -> np.ndarray:
    """Frames in which something bright lies elsewhere each time, under uneven light."""
    seen = np.full((frames, *size), 50.0)
    for frame in seen:
        corner = [int(RANDOM.integers(0, 3 * n // 4 + 1)) for n in size]
        frame[tuple(slice(c, c + n // 4) for c, n in zip(corner, size, strict=True))] += 80
    brightness = RANDOM.uniform(0.5, 2, (frames, *(1,) * len(size)))
    return brightness * seen * light(size)


@pytest.mark.parametrize("size", [(90, 130), (40, 30), (300, 200), (6, 40, 50), (1, 9)])
def test_the_field_is_the_light_whatever_lies_in_it(size) -> None:
    recording = Recording.of(busy(size)[..., None].astype(np.float32))
    found = apply(Illumination(), recording=recording)
    field = found.plane(0)
    assert found.size == size
    assert field.dtype == np.float32
    wrong = field / field.mean() / light(size) - 1
    assert np.abs(wrong).max() < (0.06 if min(size) > 1 else 0.2)
    assert np.sqrt(np.mean(wrong**2)) < (0.02 if min(size) > 1 else 0.1)


def test_its_level_is_that_of_the_frames() -> None:
    pixels = busy((40, 50))
    field = apply(Illumination(), recording=Recording.of(pixels[..., None])).plane(0)
    assert field.mean() == pytest.approx(np.median(pixels.mean(axis=(1, 2))), rel=1e-4)


def test_holes_and_dark_frames_are_left_out() -> None:
    pixels = busy((40, 50)).astype(np.float32)
    pixels[3] = np.nan
    pixels[4] = 0
    pixels[:, 5:9, 7:11] = np.nan
    field = apply(Illumination(), recording=Recording.of(pixels[..., None])).plane(0)
    assert np.isfinite(field).all()
    assert np.abs(field / field.mean() / light((40, 50)) - 1).max() < 0.08
    nothing = Recording.of(np.full((3, 8, 9, 1), np.nan, np.float32))
    assert np.isnan(apply(Illumination(), recording=nothing).pixels).all()


def test_frames_are_few_enough_for_memory() -> None:
    spec = replace(spec_of(Recording.of(np.zeros((1, 4, 4, 1), np.uint8))), shape=(5000, 4, 4, 1))
    numbers = Illumination().visits(spec)
    assert (len(numbers), numbers[0], numbers[-1]) == (200, 0, 4999)
    large = replace(spec, shape=(5000, 4000, 4000, 1))
    assert len(Illumination().visits(large)) == 16
