"""A cable from the animal's head to above the picture."""

from __future__ import annotations

from math import sin

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.testing.scenes.picture import Canvas

WIDTH_MM = 4.0
PLUG_MM = 9.0
TONE = 0.10  # black rubber, whatever the animal
POINTS = 33


def tether(head: Array, time_s: float, size: tuple[int, int], px_per_mm: float) -> Array:
    """The cable's middle line ``(n, 2)`` in px, from the head out over the upper border.

    It hangs loosely, and sways.
    """
    top = np.array([(0.52 + 0.04 * sin(0.9 * time_s)) * size[1], -0.08 * size[0]])
    along = top - head
    length = max(float(np.hypot(*along)), 1.0)
    aside = np.array([-along[1], along[0]]) / length
    swing = 0.13 * length * sin(2.3 * time_s) + 22 * px_per_mm * sin(5.1 * time_s + 1)
    knee = head + 0.35 * along + (swing + 30 * px_per_mm) * aside
    share = np.linspace(0, 1, POINTS)[:, None]
    line: Array = (1 - share) ** 2 * head + 2 * share * (1 - share) * knee + share**2 * top
    return line


def paint_tether(canvas: Canvas, line: Array, px_per_mm: float) -> None:
    """The cable over what is already there, with its plug; `canvas` is in px."""
    ahead = np.gradient(line, axis=0)
    aside = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / np.hypot(*ahead.T)[:, None]
    # The nearer to the camera the wider, and the less in focus.
    half = WIDTH_MM / 2 * px_per_mm * np.linspace(1.0, 1.5, len(line))[:, None]
    outline = np.concatenate([line + half * aside, (line - half * aside)[::-1]])
    shade = outline + px_per_mm * np.array([9.0, 7.0])
    canvas.paint([shade], 0.05, 0.12, 2.5 * px_per_mm)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    plug = line[0] + PLUG_MM / 2 * px_per_mm * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    canvas.paint([plug], 2 * TONE, 1.0, 0.8)
    canvas.paint([outline], TONE, 0.95, 0.8)
