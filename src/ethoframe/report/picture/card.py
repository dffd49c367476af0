"""What the page over many pictures shows of one, kept beside its results."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np

from ethoframe.data import Points
from ethoframe.data.noun import Array
from ethoframe.report.figures.pixels import data_uri
from ethoframe.report.palette import ORANGE
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.heading import size_words, spacing_words
from ethoframe.report.picture.lengths import named_unit
from ethoframe.report.picture.objects import LABEL, size_feature
from ethoframe.report.picture.outline import Outlines
from ethoframe.report.picture.plate import View, is_bright, resampled
from ethoframe.report.tables import whole_session

FILE = "card.json"
"""How the file is called in a picture's folder."""

SIDE_PX = 240
MOST = 6


@dataclass(frozen=True)
class Card:
    """One picture in brief.

    Parameters
    ----------
    failed
        Why its registration is not to be trusted; empty where nothing speaks against it.
    facts
        Size and pixel size, in words.
    numbers
        Quantity, value and unit of its first measures; no value is None.
    picture
        A small picture as a data URI; empty where there is none.
    """

    failed: str = ""
    facts: tuple[str, ...] = ()
    numbers: tuple[tuple[str, float | None, str], ...] = ()
    picture: str = ""

    @classmethod
    def of(cls, found: Found, seen: View | None) -> Card:
        """The card of a finding, of which a view is shown; no picture without one."""
        recording = found.recording
        known = recording.spacing_mm is not None
        facts = (size_words(recording), *([spacing_words(recording)] if known else []))
        rows = whole_session(found.measures)
        measured = [(row.quantity, row.value, row.unit) for row in rows]
        measured = measured or list(counted_objects(found))
        numbers = tuple(
            (name, float(value) if math.isfinite(value) else None, unit)
            for name, value, unit in measured[:MOST]
        )
        picture = data_uri(small(seen)) if seen is not None and seen.tones.size else ""
        return cls(found.failed, facts, numbers, picture)

    @classmethod
    def read(cls, folder: Path) -> Card | None:
        """The card in a picture's folder; None where there is none that can be read."""
        try:
            given = json.loads((folder / FILE).read_text(encoding="utf-8"))
            numbers = tuple(
                (str(name), None if value is None else float(value), str(unit))
                for name, value, unit in given["numbers"]
            )
            facts = tuple(map(str, given["facts"]))
            # Only a picture that lies in the file: a page is to fetch nothing.
            picture = str(given["picture"])
            picture = picture if picture.startswith("data:image/") else ""
            return cls(str(given["failed"]), facts, numbers, picture)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, folder: Path) -> None:
        """Beside the results in `folder`."""
        text = json.dumps(asdict(self), ensure_ascii=False) + "\n"
        (folder / FILE).write_text(text, encoding="utf-8", newline="\n")


def counted_objects(found: Found) -> Iterator[tuple[str, float, str]]:
    """How many objects or points there are, and their usual size; nothing where none were sought.

    Of a recording, of all its frames. Classes are not counted: each has its usual size.
    """
    yield from _class_sizes(found)
    for key, noun in (("objects", "objects"), ("points", "points")):
        points = found.answer(key, Points)
        if points is None:
            continue
        yield noun, float(points.counts.sum()), ""
        size = size_feature(points)
        if size and points.counts.sum():
            known = points.rows(size)[np.isfinite(points.rows(size))]
            unit, middle = named_unit(size), float(np.median(known)) if len(known) else math.nan
            yield f"median {size.removesuffix(f'_{unit}')}", middle, unit


def _class_sizes(found: Found) -> Iterator[tuple[str, float, str]]:
    """How large each class of pixels is in a frame, the median of those in which it is."""
    classes = found.answer("classes", Points)
    size = size_feature(classes) if classes is not None else ""
    if classes is None or not size:
        return
    unit, labels, sizes = named_unit(size), classes.rows(LABEL), classes.rows(size)
    for label in np.unique(labels).tolist():
        name = found.names.get(int(label), f"class {label:g}")
        middle = float(np.median(sizes[labels == label]))
        yield f"{size.removesuffix(f'_{unit}')} of {name}", middle, unit


def small(view: View) -> Array:
    """The view at most `SIDE_PX` px long, with its outlines, RGB."""
    height, width = view.shown_size(SIDE_PX)
    times = min(1.0, SIDE_PX / max(height, width))
    height, width = max(1, round(height * times)), max(1, round(width * times))
    canvas = cv2.resize(view.tones, (width, height), interpolation=cv2.INTER_AREA)
    canvas = cv2.cvtColor(canvas, cv2.COLOR_GRAY2RGB) if canvas.ndim == 2 else canvas
    _circled(canvas, view)
    if view.labels is None:
        return canvas
    found = Outlines.of(resampled(view.labels, height, width), is_bright(view.tones))
    colours = np.array([_rgb(each) for each in found.palette], np.uint8)
    there = found.drawn > 0
    canvas[there] = colours[found.drawn[there] - 1]
    return canvas


def _circled(canvas: Array, view: View) -> None:
    """Draws the points of the view, by their radius where it is known."""
    tall, wide = view.tones.shape[:2]
    across, down = canvas.shape[1] / wide, canvas.shape[0] / tall
    finest = down * min(view.steps) / view.steps[0]
    for (x, y), radius in zip(view.points, view.radii, strict=True):
        if math.isfinite(x + y):
            centre = round((x + 0.5) * across), round((y + 0.5) * down)
            size = max(1, round(radius * finest)) if radius > 0 else 1
            cv2.circle(canvas, centre, size, _rgb(ORANGE), 1, cv2.LINE_AA)


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue
