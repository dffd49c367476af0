"""What a lens bends, judged by sides that are straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from ethoframe.data.lens import Lens
from ethoframe.data.noun import Array
from ethoframe.methods.detect._edges import side_points
from ethoframe.methods.detect._floor import Look, Seen
from ethoframe.methods.detect._shapes import off_line

ROUNDS = 5  # at most; each looks for the sides where the lens of the one before puts them
SETTLED = 0.001  # a term that changes by less moves nothing by a tenth of a pixel
MOST = 0.45  # no lens that is sold for filming bends more
LARGEST = 2.0  # a straightened picture is at most so many times as wide


def through_lens(look: Look, level: Array, path: Array, lens: Lens) -> tuple[Lens, Seen | None]:
    """The lens through which a rectangular floor has straight sides, and the floor straightened.

    Parameters
    ----------
    look, level, path
        How a floor is looked for, the empty scene ``(y, x)``, and the animal's path ``(n, 2)``.
    lens
        Its middle and radius are kept.
    """
    for round_ in range(ROUNDS + 1):
        straight, origin = straightened(level, lens)
        seen = look.floor(straight, lens.straightened(path) - origin)
        if seen is None or seen.shape != "rectangle":
            break
        smooth = cv2.GaussianBlur(straight, (0, 0), 1.0)
        points = side_points(seen.outline, smooth, seen.reach_px)
        nearer = _fitted(lens, [lens.bent(side + origin) for side in points])
        if round_ == ROUNDS or abs(nearer.term - lens.term) < SETTLED:
            rim = None if seen.rim is None else seen.rim + origin
            return lens, replace(seen, outline=seen.outline + origin, rim=rim)
        lens = nearer
    return lens, None


def straightened(level: Array, lens: Lens) -> tuple[Array, Array]:
    """The picture ``(y, x)`` without the lens, and the place ``(2,)`` of its first pixel, x, y."""
    height, width = level.shape
    x, y = np.linspace(0, width - 1, 33), np.linspace(0, height - 1, 33)
    edge = [np.stack(np.broadcast_arrays(x, v), axis=1) for v in (y[0], y[-1])]
    edge += [np.stack(np.broadcast_arrays(v, y), axis=1) for v in (x[0], x[-1])]
    rim = lens.straightened(np.concatenate(edge))
    origin = np.floor(rim.min(axis=0))
    wide, high = np.minimum(
        np.ceil(rim.max(axis=0) - origin) + 1, LARGEST * np.array([width, height])
    )
    across, down = np.meshgrid(np.arange(int(wide)), np.arange(int(high)))
    seen = lens.bent(np.stack([across, down], axis=-1) + origin).astype(np.float32)
    picture = cv2.remap(
        level.astype(np.float32), seen[..., 0], seen[..., 1], cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return picture, origin


def _fitted(lens: Lens, sides: Sequence[Array]) -> Lens:
    """The lens whose term makes points ``(n, 2)`` of each side as straight as can be."""
    low, high = -MOST, MOST
    for _ in range(3):
        terms = np.linspace(low, high, 31)
        off = [_bend(replace(lens, term=float(term)), sides) for term in terms]
        best, step = float(terms[int(np.argmin(off))]), float(terms[1] - terms[0])
        low, high = max(best - step, -MOST), min(best + step, MOST)
    return replace(lens, term=best)


def _bend(lens: Lens, sides: Sequence[Array]) -> float:
    """Mean distance of the sides' points from a line, in lengths of the side."""
    off = 0.0
    for side in sides:
        points = lens.straightened(side)
        line = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01)[:, 0]
        length = float(np.hypot(*(points[-1] - points[0])))
        off += float(np.abs(off_line(points, line.astype(np.float64))).mean()) / max(length, 1e-9)
    return off
