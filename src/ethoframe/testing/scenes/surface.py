"""What the floor of a scene is made of, as a pattern of lighter and darker places."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from ethoframe.data.noun import Array

Surface = Literal["plain", "wood", "bedding"]

CHIP_MM, CHIP_WIDTH_MM = 7.0, 1.6
CHIPS_PER_CM2 = 9.0
PLANK_MM = 95.0
_FINE = 3  # fractional bits of a chip's place


def grain(surface: Surface, size: tuple[int, int], px_per_mm: float, seed: int) -> Array:
    """The pattern ``(y, x)`` float32, about 0 and with a standard deviation of 1.

    ``"plain"`` is a worn board, blotched; ``"wood"`` runs along planks; ``"bedding"`` is chips.
    """
    rng = np.random.default_rng((seed, 7))
    drawn = {"plain": _blotches, "wood": _planks, "bedding": _chips}[surface]
    pattern = drawn(size, px_per_mm, rng)
    pattern -= pattern.mean()
    return np.asarray(pattern / max(float(pattern.std()), 1e-6), np.float32)


def _blotches(size: tuple[int, int], px_per_mm: float, rng: np.random.Generator) -> Array:
    layers = [(30.0, 1.0), (8.0, 0.7), (1.5, 0.5)]
    blotches = [share * _smooth(size, (mm * px_per_mm,) * 2, rng) for mm, share in layers]
    return np.sum(blotches, axis=0)


def _planks(size: tuple[int, int], px_per_mm: float, rng: np.random.Generator) -> Array:
    fibres = _smooth(size, (70 * px_per_mm, 0.9 * px_per_mm), rng)
    bands = _smooth(size, (160 * px_per_mm, 5 * px_per_mm), rng)
    plank = (np.arange(size[0]) / (PLANK_MM * px_per_mm)).astype(int)
    tones = rng.normal(0, 0.7, plank.max() + 1)[plank][:, None]
    seams = -2.5 * (np.diff(plank, prepend=plank[0]) > 0)[:, None]
    return fibres + 0.8 * bands + tones + seams


def _chips(size: tuple[int, int], px_per_mm: float, rng: np.random.Generator) -> Array:
    picture = np.zeros(size, np.float32)
    count = int(CHIPS_PER_CM2 * size[0] * size[1] / (10 * px_per_mm) ** 2)
    middles = rng.uniform((0, 0), size[::-1], (count, 2))
    turn, long = rng.uniform(0, np.pi, count), rng.lognormal(0, 0.4, count) * CHIP_MM / 2
    half = long[:, None] * px_per_mm * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ends = np.round(np.stack([middles - half, middles + half], axis=1) * 2**_FINE).astype(int)
    width = max(1, round(CHIP_WIDTH_MM * px_per_mm))
    for (a, b), tone in zip(ends.tolist(), rng.normal(0, 1, count).tolist(), strict=True):
        cv2.line(picture, a, b, tone, width, cv2.LINE_8, _FINE)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.7)
    return soft + 0.5 * _smooth(size, (25 * px_per_mm,) * 2, rng)


def _smooth(
    size: tuple[int, int], sigma_px: tuple[float, float], rng: np.random.Generator
) -> Array:
    """Random hills ``(y, x)`` as wide as told (x, y), with a standard deviation of 1."""
    noise = rng.normal(size=size).astype(np.float32)
    hills = cv2.GaussianBlur(
        noise, (0, 0), sigmaX=max(sigma_px[0], 0.3), sigmaY=max(sigma_px[1], 0.3)
    )
    return hills / max(float(hills.std()), 1e-6)
