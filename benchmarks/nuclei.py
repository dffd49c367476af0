"""How well nuclei are told apart and counted, with nobody's help, on pictures labelled by people.

The pictures of DSB-2018: fluorescence (background darker than half of the range, by the median of
the mean over colours) and stained (the others). Half of each, by a hash of its name, served for
development. The rest was looked at late; after that the light that is taken off was changed, and
four defaults (dip, smallest, faintest, widest), where objects end, and how many holes make objects
hollow, so its figures are not those of unseen pictures.

default: segment/watershed as it comes. naive: Otsu's level of the smoothed picture, a watershed of
the distance from the deepest places within 5 px, and nothing under 20 px².

f1: 2 TP / (2 TP + FP + FN) at IoU 0.5; ap: TP / (TP + FP + FN) over IoU 0.5 to 0.95; both are means
over pictures. count: mean over pictures of the error of the count, in % of the true one; pooled:
all errors together over all true ones. held: share of the pictures in which the interval of
regress/count-objects holds the true count. seconds: per picture, median.
"""

from __future__ import annotations

import hashlib
import time
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
from ethoframe.formats import instances
from ethoframe.methods.segment._flooding import flood
from ethoframe.run import apply
from ethoframe.score.instances import InstanceScore, instance_score

FOLDER = "data/nuclei/stage1_train"
NEAR_PX = 5
LEAST_PX2 = 20

Row = dict[str, Any]


@dataclass(frozen=True)
class Picture:
    """A picture and what people drew on it.

    Parameters
    ----------
    name
        Of its folder.
    pixels
        ``(y, x, 3)``: red, green, blue.
    truth
        Labels ``(y, x)``.
    """

    name: str
    pixels: Array
    truth: Array

    @property
    def stained(self) -> bool:
        """Whether the background is bright."""
        return float(np.median(self.pixels.mean(axis=2))) >= 128

    @property
    def seen(self) -> bool:
        """Whether it served for development."""
        return served(self.name)

    @property
    def recording(self) -> Recording:
        """It as a recording of one frame."""
        film = Recording.of(self.pixels[None])
        return replace(film, channels=("red", "green", "blue"))


def served(name: str) -> bool:
    """Whether the picture of this name served for development."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def pictures(folder: Path, of: Callable[[str], bool] | None = None) -> Iterator[Picture]:
    """All pictures in the folder of data, or those whose names `of` takes."""
    for each in sorted((folder / FOLDER).iterdir()):
        if of is not None and not of(each.name):
            continue
        stored = cv2.imread(str(each / "images" / f"{each.name}.png"), cv2.IMREAD_COLOR)
        truth = instances.read(each).dense()[0]
        yield Picture(each.name, cv2.cvtColor(stored, cv2.COLOR_BGR2RGB), truth)


def default(picture: Picture) -> Array:
    """Labels by segment/watershed."""
    labels: Array = apply(find("segment/watershed")(), recording=picture.recording).dense()[0]
    return labels


def naive(picture: Picture) -> Array:
    """Labels by what one would do first."""
    gray = cv2.GaussianBlur(cv2.cvtColor(picture.pixels, cv2.COLOR_RGB2GRAY), (0, 0), 1)
    way = cv2.THRESH_BINARY_INV if picture.stained else cv2.THRESH_BINARY
    _, mask = cv2.threshold(gray, 0, 255, way | cv2.THRESH_OTSU)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    smooth = cv2.GaussianBlur(depth, (0, 0), 1)
    near = np.ones((2 * NEAR_PX + 1, 2 * NEAR_PX + 1), np.uint8)
    peaks = ((smooth >= cv2.dilate(smooth, near)) & (mask > 0)).astype(np.uint8)
    _, markers = cv2.connectedComponents(peaks)
    labels = flood(-smooth, markers, mask > 0)
    large = np.bincount(labels.ravel()) >= LEAST_PX2
    return np.where(large[labels], labels, 0)


def judged(picture: Picture, method: Callable[[Picture], Array]) -> tuple[InstanceScore, float]:
    """Its score, and how long it took in seconds."""
    began = time.perf_counter()
    labels = method(picture)
    return instance_score(labels, picture.truth), time.perf_counter() - began


def told(found: list[tuple[InstanceScore, float]]) -> Row:
    """The row of a table."""
    scores, seconds = [score for score, _ in found], [taken for _, taken in found]
    true = np.array([score.truth for score in scores])
    error = np.abs(np.array([score.answer for score in scores]) - true)
    return {
        "pictures": len(scores),
        "f1": float(np.mean([score.f1 for score in scores])),
        "ap": float(np.mean([score.ap for score in scores])),
        "count %": float(100 * np.mean(error / true)),
        "pooled %": float(100 * error.sum() / true.sum()),
        "seconds": float(np.median(seconds)),
    }


def interval_holds(picture: Picture) -> bool:
    """Whether the true count lies in the interval."""
    counted = apply(find("regress/count-objects")(), recording=picture.recording)
    low, high = counted.column("count_low")[0], counted.column("count_high")[0]
    return bool(low <= len(np.unique(picture.truth)) - 1 <= high)


def rows() -> Iterator[Row]:
    """Fluorescence and stained, development and rest, by default and naive."""
    every = list(pictures(shared()))
    for stained in (False, True):
        for half in ("development", "rest", "all"):
            kept = [p for p in every if p.stained == stained]
            kept = [p for p in kept if half == "all" or p.seen == (half == "development")]
            about = {"kind": "stained" if stained else "fluorescence", "half": half}
            held = float(np.mean([interval_holds(p) for p in kept])) if half == "all" else None
            for method in (default, naive):
                row = told([judged(picture, method) for picture in kept])
                yield {**about, "method": method.__name__, **row} | (
                    {"held": held} if method is default else {}
                )
