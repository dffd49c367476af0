"""One picture with what was found drawn over it, as an SVG that a page holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.figures.pixels import data_uri
from ethoframe.report.picture.chart import round_length
from ethoframe.report.picture.outline import BRIGHT, ON_BRIGHT, ON_DARK, Outlines, compact
from ethoframe.report.picture.tones import luma
from ethoframe.report.wording import escaped, number

LONGEST_PX, LONGEST_OF_MANY_PX = 1400, 700
"""The longer side of a picture that stands alone, and of one among others."""
MOST_TIMES = 4
"""How much larger than it is a small picture is shown."""
MOST_NUMBERED = 60
MOST_POINTS = 3000

SWITCH = (
    '<input type="checkbox" class="switch" id="marks" checked>'
    '<label for="marks">show what was found</label>'
)
"""Hides what is drawn over the pictures that stand behind it; needs no script."""


@dataclass(frozen=True)
class View:
    """A flat picture and what is drawn over it.

    Parameters
    ----------
    title
        What it shows, for the caption.
    tones
        uint8 ``(y, x)`` or RGB ``(y, x, 3)``.
    steps
        Distance between pixels ``(y, x)``; in mm where `scaled`.
    scaled
        Whether the steps are known in mm.
    labels
        ``(y, x)``; None where there are none.
    points
        As x, y ``(n, 2)`` in pixels.
    radii
        Of the points ``(n,)`` in the smaller of the steps; NaN where a point has none.
    sides
        What lies at the left, right, top and bottom, as ``("R", "L", "A", "P")``; may be empty.
    names
        What labels mean, where they are kinds of pixels; none where each is an object.
    """

    title: str
    tones: Array
    steps: tuple[float, float] = (1.0, 1.0)
    scaled: bool = False
    labels: Array | None = None
    points: Array = field(default_factory=lambda: np.zeros((0, 2)))
    radii: Array = field(default_factory=lambda: np.zeros(0))
    sides: tuple[str, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)

    def shown_size(self, longest: int) -> tuple[int, int]:
        """Height and width in px at which it is shown, in its true proportions."""
        finest = min(self.steps)
        natural = [
            length * step / finest
            for length, step in zip(self.tones.shape[:2], self.steps, strict=True)
        ]
        times = longest / max(natural)
        times = min(MOST_TIMES, math.floor(times)) if times >= 1 else times
        height, width = (max(1, round(length * times)) for length in natural)
        return height, width


def plate(view: View, *, alone: bool = True) -> str:
    """A view as a figure in HTML; `alone` where it has the width of the page."""
    height, width = view.shown_size(LONGEST_PX if alone else LONGEST_OF_MANY_PX)
    caption = f"<figcaption>{escaped(view.title)}</figcaption>" if view.title else ""
    return (
        f'<figure class="view" style="flex-grow:{width / height:.3f}">'
        f'<svg viewBox="0 0 {width} {height}" role="img" style="aspect-ratio:{width}/{height}">'
        f"<title>{escaped(view.title or 'picture')}</title>"
        f"{_laid(data_uri(_fitted(view.tones, height, width)), height, width)}"
        f'<g class="marks">{_marks(view, height, width, alone)}</g>{_letters(view, height, width)}'
        f"{_bar(view, height, width)}</svg>{caption}</figure>"
    )


def _fitted(tones: Array, height: int, width: int) -> Array:
    """The picture made smaller where it is larger than it is shown; the browser enlarges."""
    tall, wide = tones.shape[:2]
    if height >= tall and width >= wide:
        return tones
    size = min(width, wide), min(height, tall)
    return cv2.resize(tones, size, interpolation=cv2.INTER_AREA)


def _laid(uri: str, height: int, width: int) -> str:
    return f'<image href="{uri}" width="{width}" height="{height}" preserveAspectRatio="none"/>'


def is_bright(tones: Array) -> bool:
    """Whether most of a picture is bright."""
    grey = luma(tones[::4, ::4] if min(tones.shape[:2]) > 64 else tones)
    return float(np.median(grey)) >= BRIGHT if grey.size else False


def _marks(view: View, height: int, width: int, alone: bool) -> str:
    told, bright = "", is_bright(view.tones)
    if view.labels is not None and view.labels.size:
        labels = resampled(compact(view.labels), height, width)
        found = Outlines.of(labels, bright, by_label=bool(view.names))
        if len(found.labels):
            told = _laid(found.png(), height, width)
        if 0 < len(found.labels) <= MOST_NUMBERED and not view.names:
            told += _numbers(found, height, width, alone)
    return told + _circles(view, height, width, bright)


def resampled(labels: Array, height: int, width: int) -> Array:
    """A label picture ``(y, x)`` of another size: each pixel is that of the nearest.

    Examples
    --------
    >>> resampled(np.array([[1, 2]]), 1, 4).tolist()
    [[1, 1, 2, 2]]
    """
    rows, columns = (
        ((np.arange(shown) + 0.5) * length / shown).astype(np.int64)
        for shown, length in zip((height, width), labels.shape, strict=True)
    )
    return labels[rows].take(columns, axis=1)


def _numbers(found: Outlines, height: int, width: int, alone: bool) -> str:
    size = max(10.0, max(height, width) / (64 if alone else 36))
    texts = "".join(
        f'<text x="{x:.0f}" y="{y + 0.35 * size:.0f}" fill="{colour}">{label}</text>'
        for (x, y), label, colour in zip(
            found.places, found.labels.tolist(), found.colours, strict=True
        )
    )
    halo = "bright" if found.colours[0] in ON_BRIGHT else "dark"
    return f'<g class="numbers {halo}" font-size="{size:.1f}">{texts}</g>'


def names_key(view: View) -> str:
    """What the colours of a view mean, in HTML; nothing where each label is an object."""
    colours = ON_BRIGHT if is_bright(view.tones) else ON_DARK
    return "".join(
        f'<span class="key-line" style="--c:{colours[label % len(colours)]}">{escaped(name)}</span>'
        for label, name in sorted(view.names.items())
    )


def _circles(view: View, height: int, width: int, bright: bool) -> str:
    tall, wide = view.tones.shape[:2]
    times = height * min(view.steps) / (tall * view.steps[0])
    colour = (ON_BRIGHT if bright else ON_DARK)[1 if bright else 0]
    points = (view.points[:MOST_POINTS] + 0.5) * (width / wide, height / tall)
    radii = view.radii[:MOST_POINTS] * times
    small = max(width, height) / 250
    circles = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius if radius > 0 else small:.1f}"/>'
        for (x, y), radius in zip(points, radii, strict=True)
        if math.isfinite(x + y)
    )
    return f'<g class="circles" stroke="{colour}">{circles}</g>' if circles else ""


def _bar(view: View, height: int, width: int) -> str:
    """A bar of a round length, about a fifth as long as the picture; none without a scale."""
    if not view.scaled:
        return ""
    across_mm = view.tones.shape[1] * view.steps[1]
    length_mm = round_length(across_mm / 4)
    long, thick = length_mm / across_mm * width, max(height, width) / 220
    size, edge = max(height, width) / 52, max(height, width) / 60
    right, bottom = width - edge, height - edge
    return (
        f'<g class="bar" font-size="{size:.1f}"><rect x="{right - long:.1f}" '
        f'y="{bottom - thick:.1f}" width="{long:.1f}" height="{thick:.1f}"/>'
        f'<text x="{right - long / 2:.1f}" y="{bottom - 2 * thick:.1f}">'
        f"{length_words(length_mm)}</text></g>"
    )


def length_words(length_mm: float) -> str:
    """A length with the unit that suits it.

    Examples
    --------
    >>> length_words(0.05), length_words(20.0), length_words(2e-5)
    ('50 µm', '20 mm', '20 nm')
    """
    for factor, unit in ((1.0, "mm"), (1e3, "µm")):
        if length_mm * factor >= (0.5 if unit == "mm" else 0.1):
            return f"{number(length_mm * factor)} {unit}"
    return f"{number(length_mm * 1e6)} nm"


def _letters(view: View, height: int, width: int) -> str:
    if not view.sides:
        return ""
    size = max(height, width) / 26
    places = (
        (0.5 * size, height / 2),
        (width - 0.5 * size, height / 2),
        (width / 2, 0.8 * size),
        (width / 2, height - 0.4 * size),
    )
    texts = "".join(
        f'<text x="{x:.0f}" y="{y:.0f}">{escaped(side)}</text>'
        for (x, y), side in zip(places, view.sides, strict=True)
    )
    return f'<g class="letters" font-size="{size:.1f}">{texts}</g>'
