"""A figure as the page sets it."""

from __future__ import annotations

from dataclasses import dataclass

WIDE = 960
"""Natural width in px of a figure across the page."""
NARROW = 390
"""Natural width in px of the same figure on a telephone."""
HALF = 480
"""Natural width in px of a figure that takes half the page."""


@dataclass(frozen=True)
class Plate:
    """A figure with its words.

    Parameters
    ----------
    key
        Short name, unique on the page, such as ``"trajectory"``.
    title
        What it shows.
    caption
        How it was made: every span, threshold and number of points.
    svg
        The drawing; empty when there is nothing to draw, and the caption says why.
    narrow
        The same drawn for a narrow screen; empty when `svg` serves both.
    """

    key: str
    title: str
    caption: str
    svg: str = ""
    narrow: str = ""
