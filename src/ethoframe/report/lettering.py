"""Letters as small pictures, for drawing on video without losing any script."""

from __future__ import annotations

import warnings

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ethoframe.data.noun import Array

Colour = tuple[int, int, int]


def lettered(text: str, height: int, ink: Colour, paper: Colour, padding: int = 0) -> Array:
    """Text as RGB ``(height, x, 3)`` in `ink` on `paper`, with `padding` px on either side.

    Examples
    --------
    >>> lettered("centre", 20, (255, 255, 255), (0, 0, 0)).shape[0]
    20
    """
    cover = np.pad(_cover(text, height), ((0, 0), (padding, padding)))[..., None]
    return (cover * np.array(ink) + (1 - cover) * np.array(paper)).round().astype(np.uint8)


def _cover(text: str, height: int) -> Array:
    """How much of each pixel the letters cover ``(y, x)``, 0 to 1."""
    size = 0.62 * height
    width = int(len(text) * size) + height
    figure = Figure(figsize=(width / 72, height / 72), dpi=72)
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing")  # drawn as a box
        figure.text(
            1 / width, 0.28, text, fontsize=size, parse_math=False, fontfamily="DejaVu Sans"
        )
        canvas.draw()
    cover = np.asarray(canvas.buffer_rgba())[..., :3].min(axis=2)
    cover = 1 - cover / 255
    used = np.flatnonzero(cover.any(axis=0))
    right = int(used[-1]) + 2 if len(used) else 1
    return cover[:height, :right]
