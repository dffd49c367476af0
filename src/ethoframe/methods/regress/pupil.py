"""How wide a pupil is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Refusal, Tracks, Values
from ethoframe.data.noun import Array

COLUMNS = ("diameter", "long_axis", "short_axis", "area", "x", "y", "residual")
FEWEST = 5
"""An ellipse has five unknowns."""


@dataclass(frozen=True)
class Pupil(WholeMethod):
    """The ellipse through the keypoints around a pupil, frame by frame.

    The ellipse fits the seen keypoints best by the direct least squares of Fitzgibbon. A disc seen
    at a slant is an ellipse whose long axis is its diameter, so *diameter* is that: it does not
    change as the eye turns. Told are also both axes, the area, the centre and *residual*: the root
    mean square of how far the keypoints lie from the ellipse, along the way to its centre.
    Lengths are in the unit of the tracks (px, mm).

    Which keypoints lie around the pupil is told by *keypoints*, names or the beginning of names.
    With fewer than five that are surely seen, or where no ellipse is found, a frame is NaN (a blink
    is).

    References
    ----------
    Fitzgibbon, Pilu & Fisher, IEEE PAMI 21 (1999), 476-480. The long axis as the diameter: Mathôt,
    J. Cogn. 1 (2018), 16.
    """

    keypoints: str = parameter("pupil", says="names, or how the names begin, of those around it")
    sure: float = parameter(
        0.6, unit="1", says="confidence from which a keypoint counts as seen", low=0.0, high=1.0
    )
    flattest: float = parameter(
        0.2, unit="1", says="a pupil's short axis is no smaller part of its long one", low=0.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.VALUES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Seven numbers per frame; refuses tracks with fewer than five such keypoints."""
        tracks = specs["tracks"]
        self._chosen(tracks.names)
        shape = (tracks.shape[0], len(COLUMNS))
        return Spec(Kind.VALUES, ("t", "quantity"), shape, "float64", names=COLUMNS)

    def apply(self, **inputs: Any) -> Values:
        """The ellipses of the first individual."""
        tracks: Tracks = inputs["tracks"]
        chosen = self._chosen(tracks.keypoints)
        places = np.moveaxis(tracks.position[:, :, chosen, 0], 1, 2)
        seen = tracks.confidence[:, chosen, 0] >= self.sure
        seen &= np.asarray(np.isfinite(places).all(axis=2))
        table = np.full((len(tracks), len(COLUMNS)), np.nan)
        for t in np.flatnonzero(seen.sum(axis=1) >= FEWEST):
            table[t] = self._row(places[t, seen[t]])
        unit = tracks.unit
        units = (unit, unit, unit, f"{unit}2", unit, unit, unit)
        return Values(table, COLUMNS, units, tracks.numbers, tracks.times_s)

    def _chosen(self, names: tuple[str, ...]) -> list[int]:
        wanted = [word.strip().lower() for word in self.keypoints.split(",") if word.strip()]
        found = [i for i, name in enumerate(names) if name.lower().startswith(tuple(wanted))]
        if len(found) < FEWEST:
            reason = f"{len(found)} keypoints are called {self.keypoints}, and it takes {FEWEST}"
            remedy = f"name them in keypoints; there are: {', '.join(names)}"
            raise Refusal(self.name(), reason, remedy)
        return found

    def _row(self, points: Array) -> Array:
        found = ellipse(points)
        if found is None or found[3] < self.flattest * found[2]:
            return np.full(len(COLUMNS), np.nan)
        x, y, long, short, _ = found
        area = np.pi / 4 * long * short
        return np.array([long, long, short, area, x, y, _off(points, found)])

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A pupil that widens, with a blink, and a keypoint that goes astray unsurely."""
        t = np.arange(60) / 30
        angles = np.linspace(0, 2 * np.pi, 8, endpoint=False)
        radius = 20 + 4 * np.sin(2 * t)[:, None]
        x, y = 60 + 0.8 * radius * np.cos(angles), 50 + radius * np.sin(angles)
        position = np.stack([x, y], axis=1)[..., None]
        sure = np.full((60, 8, 1), 0.95)
        sure[20:26] = 0.1
        position[40, :, 3] += 60.0
        sure[40, 3] = 0.2
        names = tuple(f"pupil{i}" for i in range(8))
        return {"tracks": Tracks(position, sure, np.arange(60), t, names)}


def ellipse(points: Array) -> tuple[float, float, float, float, float] | None:
    """Centre x and y, long and short axis (whole), and angle of the long one in degrees.

    None where no ellipse fits: the places lie on a line, for example.

    Examples
    --------
    >>> a = np.linspace(0, 6, 7)
    >>> found = ellipse(np.stack([9 + 4 * np.cos(a), 2 * np.sin(a)], axis=1))
    >>> np.allclose(found[:4], [9, 0, 8, 4], atol=1e-4)
    True
    """
    import cv2

    # About the origin and of size one: OpenCV computes with single precision.
    middle, size = points.mean(axis=0), float(np.abs(points - points.mean(axis=0)).max())
    if size == 0:
        return None
    plain = ((points - middle) / size).astype(np.float32)
    if np.linalg.matrix_rank(plain, tol=1e-3) < 2:
        return None
    (x, y), (first, second), angle = cv2.fitEllipseDirect(plain[:, None])
    if not np.all(np.isfinite([x, y, first, second])) or min(first, second) <= 0:
        return None
    long, short = max(first, second) * size, min(first, second) * size
    turned = angle if first >= second else angle + 90
    x, y = (float(each) for each in middle + np.array([x, y]) * size)
    return x, y, long, short, turned % 180


def _off(points: Array, found: tuple[float, float, float, float, float]) -> float:
    """Root mean square of how far places lie from an ellipse, along the way to its centre."""
    x, y, long, short, angle = found
    turned = np.deg2rad(angle)
    dx, dy = (points - [x, y]).T
    along = (dx * np.cos(turned) + dy * np.sin(turned)) / (long / 2)
    beside = (dy * np.cos(turned) - dx * np.sin(turned)) / (short / 2)
    share = np.hypot(along, beside)
    far = np.hypot(dx, dy) * np.abs(1 - 1 / np.maximum(share, 1e-9))
    return float(np.sqrt(np.mean(far**2)))
