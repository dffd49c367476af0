"""Enhancing pictures and finding blobs: seconds of computing, beside the nearest library call.

Both are timed in turn in the same process, by processor time (so that what else the machine does
counts little); *ratio* is ours over theirs, the least of three each. They do not compute quite the
same: the libraries' Gaussians are sampled, their non-local means has no noise estimate, their blobs
are not refined between scales. *radius %* and *place px* are the worst errors on single discs of 3
to 40 px, drawn with shaded rims.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from scipy import ndimage
from skimage.feature import blob_dog, blob_log
from skimage.restoration import denoise_nl_means

from ethoframe.data import Recording
from ethoframe.methods.detect.blobs import Blobs, blobs_in
from ethoframe.methods.enhance.denoise import Denoise
from ethoframe.methods.enhance.filters import Filters
from ethoframe.methods.enhance.flatfield import Flatfield
from ethoframe.methods.enhance.pyramid import Pyramid
from ethoframe.methods.enhance.scale_space import ScaleSpace

SIDES = (512, 1024, 2048)
SLOW_SIDE = 512  # theirs would take minutes on more
RADII = (3.0, 4.3, 6.0, 9.0, 14.0, 20.0, 28.0, 40.0)

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """Every method at every size, then how well blobs are measured."""
    random = np.random.default_rng(1)
    for side in SIDES:
        levels = random.integers(0, 4000, (1, side, side, 1)).astype(np.uint16)
        yield from _timed(Recording.of(levels).frames([0]), levels[0, ..., 0].astype(np.float32))
        yield from _blobs_timed(_scene(side)[0])
    yield from _measured()


def _timed(frames: Any, picture: Any) -> Iterator[Row]:
    side = len(picture)
    pairs: list[tuple[str, Any, Callable[[], Any] | None]] = [
        ("gaussian", Denoise("gaussian"), lambda: ndimage.gaussian_filter(picture, 1.5)),
        ("median", Denoise(), lambda: cv2.medianBlur(picture, 3)),
        ("bilateral", Denoise("bilateral"), lambda: cv2.bilateralFilter(picture, 9, 1000, 1.5)),
        (
            "nl-means",
            Denoise("nl-means"),
            (lambda: denoise_nl_means(picture, 5, 5, h=400)) if side <= SLOW_SIDE else None,
        ),
        ("flatfield", Flatfield(), lambda: ndimage.gaussian_filter(picture, side / 4)),
        ("pyramid", Pyramid(), lambda: _pyramid_by_opencv(picture)),
        ("scale space", ScaleSpace(), lambda: ndimage.gaussian_filter(picture, 2)),
        ("gradient", Filters(), lambda: ndimage.gaussian_gradient_magnitude(picture, 1.5)),
        ("ridge", Filters("ridge"), None),
    ]
    for name, method, theirs in pairs:
        yield _row(name, side, lambda method=method: method.apply(frames), theirs)


def _blobs_timed(picture: Any) -> Iterator[Row]:
    side = len(picture)
    theirs = None
    if side <= SLOW_SIDE:
        scaled = picture / np.ptp(picture)
        theirs = lambda: blob_log(scaled, 1.4, 30, 18)  # noqa: E731
    yield _row("blobs", side, lambda: blobs_in(picture), theirs)
    yield _row("blobs, determinant", side, lambda: blobs_in(picture, how=Blobs(by="determinant")))


def _row(name: str, side: int, ours: Any, theirs: Any = None) -> Row:
    row: Row = {"what": name, "side px": side, "s": _seconds(ours)}
    if theirs is not None:
        row["theirs s"] = _seconds(theirs)
        row["ratio"] = row["s"] / max(row["theirs s"], 1e-4)
    return row


def _seconds(call: Callable[[], Any]) -> float:
    found = []
    for _ in range(3):
        began = time.process_time()
        call()
        found.append(time.process_time() - began)
    return min(found)


def _pyramid_by_opencv(picture: Any) -> Any:
    levels = [picture]
    for _ in range(3):
        levels.append(cv2.pyrDown(levels[-1]))
    bands = [
        fine - cv2.pyrUp(coarse, dstsize=fine.shape[::-1]) for fine, coarse in pairwise(levels)
    ]
    rebuilt = levels[-1]
    for band in reversed(bands):
        rebuilt = cv2.pyrUp(rebuilt, dstsize=band.shape[::-1]) + band
    return rebuilt


def _scene(side: int) -> tuple[Any, list[tuple[float, float, float]]]:
    """A noisy picture with discs of all radii in it that stand apart."""
    random = np.random.default_rng(2)
    picture, discs = random.normal(100, 3, (side, side)).astype(np.float32), []
    for _ in range(side * side // 900):
        radius = float(random.choice(RADII[:6]))
        y, x = random.uniform(2 * radius, side - 2 * radius, 2)
        if all(np.hypot(y - b, x - a) > 2 * (radius + r) for b, a, r in discs):
            discs.append((y, x, radius))
            _draw(picture, y, x, radius)
    return picture, discs


def _draw(picture: Any, y: float, x: float, radius: float, level: float = 60.0) -> None:
    """A disc whose rim is shaded by how much of each pixel it covers, to a 64th."""
    top, left = int(y - radius) - 1, int(x - radius) - 1
    side = int(2 * radius) + 5
    fine = (np.arange(8 * side) + 0.5) / 8 - 0.5
    inside = np.hypot(fine[:, None] + top - y, fine[None] + left - x) <= radius
    cover = inside.reshape(side, 8, side, 8).mean(axis=(1, 3))
    picture[top : top + side, left : left + side] += level * cover


def _measured() -> Iterator[Row]:
    """Worst errors on single discs; theirs with scales a fifth apart."""
    random = np.random.default_rng(3)
    ours, theirs = [], []
    for radius in RADII:
        side = int(6 * radius) + 30
        for _ in range(5):
            y, x = side / 2 + random.uniform(-0.5, 0.5, 2)
            picture = np.zeros((side, side), np.float32)
            _draw(picture, y, x, radius)
            found = blobs_in(picture)
            ours.append(_wrong(found.places[0, ::-1], found.radii_px[0], y, x, radius))
            dog = blob_dog(picture / 60, 1, radius, 1.2, threshold=0.1)
            best = dog[np.argmin(np.hypot(dog[:, 0] - y, dog[:, 1] - x))]
            theirs.append(_wrong(best[:2], best[2] * np.sqrt(2), y, x, radius))
    for name, wrong in (("blobs on discs", ours), ("blob_dog on discs", theirs)):
        radius_off, place_off = np.max(wrong, axis=0)
        yield {"what": name, "radius %": 100 * radius_off, "place px": place_off}


def _wrong(place: Any, found: float, y: float, x: float, radius: float) -> tuple[float, float]:
    return abs(found / radius - 1), float(np.hypot(place[0] - y, place[1] - x))
