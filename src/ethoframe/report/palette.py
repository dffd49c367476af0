"""Colours that colour-blind readers tell apart, and the ink that follows the page's theme."""

from __future__ import annotations

import numpy as np

from ethoframe.data.noun import Array

INK = "#010203"
"""Stands for the page's text colour; becomes ``currentColor`` in the SVG, so dark mode works."""

BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY = (
    "#0072b2",
    "#e69f00",
    "#009e73",
    "#cc79a7",
    "#d55e00",
    "#56b4e9",
)
ZONES = (BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY)
"""Okabe & Ito 2008, without yellow and black: they vanish on a light or a dark page."""

ARENA = "#7d8590"
"""Grey of the arena's outline: seen on the pale picture, on the heat map, on either page."""

LOST = VERMILLION
IMMOBILE = SKY


def zone_colour(index: int) -> str:
    """The colour of a zone; after six they come round again."""
    return ZONES[index % len(ZONES)]


def time_ramp(n: int) -> Array:
    """Viridis ``(n, 3)`` from 0 to 1, without the palest end: it would vanish on a light floor."""
    import matplotlib as mpl

    return np.asarray(mpl.colormaps["viridis"](np.linspace(0.0, 0.88, n)))[:, :3]


def heat_ramp(n: int) -> Array:
    """Viridis ``(n, 3)`` from 0 to 1."""
    import matplotlib as mpl

    return np.asarray(mpl.colormaps["viridis"](np.linspace(0.0, 1.0, n)))[:, :3]
