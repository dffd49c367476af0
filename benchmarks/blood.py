"""How well cells are counted, with nobody's help, on smears of blood in which people drew boxes.

The pictures of BCCD: red cells, white cells and platelets, bright ground. Truth is how many boxes
there are, of whatever kind; people drew none round many of the cells that the border cuts. A third
of the pictures, by a hash of its name, served for development; the rest did not. The first sixty of
each are counted, in the order of that hash.

default: regress/count-objects as it comes. naive: parts below Otsu's level of green, holes filled.

mae and bias: in objects; relative: mean over pictures of the error as a share of the true count;
pooled: all errors together over all true ones; held: share of the pictures in which the interval
holds the true count. low and high are 95 % intervals of the one before, pictures drawn anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._films import shared
from ethoframe.contract.catalog import find
from ethoframe.data import Recording
from ethoframe.data.noun import Array
from ethoframe.formats import voc
from ethoframe.run import apply
from ethoframe.score.counts import CountScore, summary

FOLDER = "data/blood_cells/BCCD"
MOST = 60
LEAST_PX2 = 20
TOLD = {
    "mae": "mean_absolute_error",
    "relative": "relative_error",
    "pooled": "relative_error_pooled",
    "bias": "bias",
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Smear:
    """A picture, and how many boxes people drew in it.

    Parameters
    ----------
    name
        Of its file.
    pixels
        ``(y, x, 3)``: red, green, blue.
    truth
        Number of boxes.
    """

    name: str
    pixels: Array
    truth: int

    @property
    def recording(self) -> Recording:
        """It as a recording of one frame."""
        film = Recording.of(self.pixels[None])
        return replace(film, channels=("red", "green", "blue"))


def served(name: str) -> bool:
    """Whether the picture of this name served for development."""
    return _hash(name) % 3 == 0


def smears(folder: Path, development: bool, most: int = MOST) -> Iterator[Smear]:
    """The first pictures that served for development, or of the rest."""
    drawn = (folder / FOLDER / "Annotations").glob("*.xml")
    kept = [path for path in drawn if served(path.stem) == development]
    for path in sorted(kept, key=lambda path: _hash(path.stem))[:most]:
        picture = folder / FOLDER / "JPEGImages" / f"{path.stem}.jpg"
        stored = cv2.imread(str(picture), cv2.IMREAD_COLOR)
        pixels = cv2.cvtColor(stored, cv2.COLOR_BGR2RGB)
        yield Smear(path.stem, pixels, voc.read(path).count())


def default(smear: Smear) -> CountScore:
    """By regress/count-objects."""
    counted = apply(find("regress/count-objects")(), recording=smear.recording)
    count, low, high = (counted.column(f"count{end}")[0] for end in ("", "_low", "_high"))
    return CountScore(count, smear.truth, low=low, high=high)


def naive(smear: Smear) -> CountScore:
    """By what one would do first."""
    green = cv2.GaussianBlur(smear.pixels[..., 1], (0, 0), 1)
    _, mask = cv2.threshold(green, 0, 255, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return CountScore(sum(cv2.contourArea(each) >= LEAST_PX2 for each in outlines), smear.truth)


def told(kept: list[Smear], method: Callable[[Smear], CountScore]) -> Row:
    """The row of a table."""
    scores = [method(smear) for smear in kept]
    found = summary(scores, [smear.name for smear in kept])
    row: Row = {"pictures": len(kept), "boxes": float(np.mean([s.truth for s in kept]))}
    for name, whole in TOLD.items():
        each = found[whole]
        row |= {name: each.value, f"{name} low": each.low, f"{name} high": each.high}
    if "within_interval" in found:
        row["held"] = found["within_interval"].value
    return row


def rows() -> Iterator[Row]:
    """Development and rest, by default and naive."""
    for development in (True, False):
        kept = list(smears(shared(), development))
        for method in (default, naive):
            about = {"part": "development" if development else "rest", "method": method.__name__}
            yield {**about, **told(kept, method)}


def _hash(name: str) -> int:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16)
