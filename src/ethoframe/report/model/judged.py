"""How right answers are, in one form for every kind of answer, and the pictures that show it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.figures.pixels import data_uri, levels, shown, shrunk
from ethoframe.report.palette import ORANGE, SKY
from ethoframe.report.wording import escaped, number
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.calibration import Reliability
from ethoframe.score.suspects import Suspect

SAID, ANSWERED = ORANGE, SKY
"""What people said, and what the model answers."""

LONGEST_PX = 240
"""Longer side of a picture in the page, about."""


@dataclass(frozen=True)
class Figure:
    """One number of the page's head.

    Parameters
    ----------
    name, unit
        What it is.
    estimate
        Its value with its interval.
    says
        What it means, in a few words.
    """

    name: str
    estimate: Estimate
    unit: str
    says: str


@dataclass(frozen=True)
class Judged:
    """How right a model is.

    Parameters
    ----------
    figures
        The most important one first.
    heads, table
        One row for each keypoint, class or quantity, in words.
    says
        How intervals were made, in a sentence.
    error, unit
        Of each row that was answered ``(n,)``, and its unit; NaN where nothing is known.
    captions
        Of each row: what was said, what was answered.
    drawn
        Draws one of them as SVG.
    key
        What the colours in those pictures are; empty where nothing is drawn.
    diagram, diagram_says
        How often answers are right by how sure they are, and what counts as right; None where the
        model does not say how sure it is.
    suspects
        Labels that look wrong.
    advice
        Sentences for who wants it to be more right.
    more
        Further HTML, such as a table of confusions.
    poor
        Median error from which it has hardly learned anything.
    """

    figures: tuple[Figure, ...]
    heads: tuple[str, ...]
    table: tuple[tuple[str, ...], ...]
    says: str
    error: Array
    unit: str
    captions: tuple[str, ...]
    drawn: Callable[[int], str]
    key: str = ""
    diagram: Reliability | None = None
    diagram_says: str = ""
    suspects: tuple[Suspect, ...] = ()
    advice: tuple[str, ...] = ()
    more: str = ""
    poor: float = np.inf

    def worst(self, of: Array, count: int) -> list[int]:
        """The rows of the greatest errors among those that `of` names ``(n,)``, worst first."""
        known = np.flatnonzero(np.asarray(of, bool) & np.isfinite(self.error))
        return known[np.argsort(-self.error[known], kind="stable")][:count].tolist()


@dataclass(frozen=True)
class Plate:
    """A part of a picture that things are drawn over, in px of the picture.

    Parameters
    ----------
    picture
        Levels ``(y, x)`` or ``(y, x, 3)``.
    window
        Which part: left, top, right, bottom; all of it when left out.
    """

    picture: Array
    window: tuple[int, int, int, int] | None = None

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The part, within the picture."""
        height, width = self.picture.shape[:2]
        left, top, right, bottom = self.window or (0, 0, width, height)
        left, right = _within(left, right, width)
        top, bottom = _within(top, bottom, height)
        return left, top, right, bottom

    @property
    def pixel(self) -> float:
        """Pixels of the picture for one of the page, about."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top) / LONGEST_PX

    def svg(self, marks: str = "", title: str = "") -> str:
        """The picture with marks over it, whose places are in px of the whole picture."""
        left, top, right, bottom = self.box
        part = self.picture[top:bottom, left:right]
        tones = part if part.dtype == np.uint8 else shown(part, *levels(part))
        image = data_uri(shrunk(np.ascontiguousarray(tones), 2 * LONGEST_PX))
        # A pixel's centre has whole coordinates; its corner is half a pixel before.
        x, y, wide, tall = left - 0.5, top - 0.5, right - left, bottom - top
        return (
            f'<svg viewBox="{x} {y} {wide} {tall}" role="img"><title>{escaped(title)}</title>'
            f'<image href="{image}" x="{x}" y="{y}" width="{wide}" height="{tall}" '
            f'preserveAspectRatio="none"/><g class="marks">{marks}</g></svg>'
        )


def _within(first: int, stop: int, length: int) -> tuple[int, int]:
    """A stretch of a side, moved into the picture, and cut only where it is longer than that."""
    moved = min(max(first, 0), max(length - (stop - first), 0))
    return moved, min(moved + stop - first, length)


def brief(value: float) -> str:
    """A number of three digits.

    Examples
    --------
    >>> brief(2.8684), brief(19.463), brief(float("nan"))
    ('2.87', '19.5', '–')
    """
    return number(float(f"{value:.3g}"))


def around(points: Array, least: float, share: float = 0.3) -> tuple[int, int, int, int] | None:
    """A square window around points ``(n, 2)``, with room on every side; None where none is known.

    Examples
    --------
    >>> around(np.array([[50.0, 60.0], [90.0, 60.0]]), 16.0)
    (38, 28, 102, 92)
    """
    known = points[np.isfinite(points).all(axis=1)]
    if not len(known):
        return None
    low, high = known.min(axis=0), known.max(axis=0)
    middle = (low + high) / 2
    half = max(least, float((high - low).max()) * (0.5 + share))
    left, top = np.floor(middle - half).astype(int)
    right, bottom = np.ceil(middle + half).astype(int)
    return int(left), int(top), int(right), int(bottom)


def key_of(names: Sequence[tuple[str, str, str]]) -> str:
    """What colours and shapes in pictures are: shape, colour and words of each."""
    each = "".join(
        f'<span class="key-{shape}" style="--c:{colour}">{escaped(words)}</span>'
        for shape, colour, words in names
    )
    return f'<p class="legend">{each}</p>'
