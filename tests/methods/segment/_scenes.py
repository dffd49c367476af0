"""Rendered nuclei of which the number is known."""

from __future__ import annotations

import cv2
import numpy as np

from ethoframe.data.noun import Array


def nuclei(seed: int, size: int = 200, near: float = 0.85) -> tuple[Array, Array]:
    """A picture with noise of photons, blur and a shade, and its true labels.

    Ellipses of levels that differ by more than twice; centres are at least `near` of the sum of
    their radii apart, so many touch and some overlap.
    """
    random = np.random.default_rng(seed)
    usual, wanted = random.uniform(5, 13), random.integers(8, 40)
    placed: list[tuple[Array, float]] = []
    for _ in range(3000):
        radius = usual * random.uniform(0.75, 1.3)
        centre = random.uniform(radius, size - radius, 2)
        if all(np.hypot(*(centre - c)) > near * (radius + r) for c, r in placed):
            placed.append((centre, radius))
        if len(placed) == wanted:
            break
    y, x = np.mgrid[:size, :size]
    picture, labels = np.zeros((size, size)), np.zeros((size, size), np.int32)
    for k, ((down, across), radius) in enumerate(placed, start=1):
        turn, flat = random.uniform(0, np.pi), random.uniform(0.75, 1)
        a = (y - down) * np.cos(turn) + (x - across) * np.sin(turn)
        b = (x - across) * np.cos(turn) - (y - down) * np.sin(turn)
        inside = radius * (1 - np.hypot(a / radius, b / radius / flat))
        level = random.uniform(50, 120) * np.clip(inside + 0.5, 0, 1)
        labels[level > picture] = k
        picture = np.maximum(picture, level)
    picture = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.6, 1.6)) + 20 + 20 * x / size
    return random.poisson(picture).clip(0, 255).astype(np.uint8), labels
