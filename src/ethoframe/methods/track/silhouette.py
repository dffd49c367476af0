"""One animal's place, ends and shape through time, from its silhouette."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import atan2, cos, exp, hypot, isfinite, sin, sqrt
from typing import Any, ClassVar, cast

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Memory, SequentialMethod, Spec, parameter
from ethoframe.data import LabelMap, Noun, Patch, Tracks, Values
from ethoframe.data.noun import Array

KEYPOINTS = ("centroid", "end_1", "end_2")
FEATURES = ("area_px2", "major_px", "minor_px", "thin_end_1_px2", "thin_end_2_px2")
MOST_NEW = 0.25  # share of one frame in the averages, however long it had not been seen


@dataclass(frozen=True)
class Silhouette(SequentialMethod):
    """Follows the one animal of a label map.

    Of several bodies in a frame the one is taken that the animal can have become: near to where it
    was, by how fast it may move, and of its size. With `appearance`, its size is known from the
    start; without it, the largest body is taken at first. A frame without such a body is marked as
    not seen (NaN, confidence 0); nothing is invented.

    Keypoints are the *centroid* of the body's area, and its two ends along the long axis, *end_1*
    and *end_2*, each frame's pair ordered so that the ends keep their names from frame to frame as
    well as two points alone allow; which of them is the head is for `clean/orient` to say. Features
    are the body's area, the axes of the ellipse with its second moments, and the area of thin
    things (the tail) beyond either end.

    References
    ----------
    Ellipse of the same second moments: Teague, J. Opt. Soc. Am. 70 (1980), 920-930.
    """

    speed_bl_per_s: float = parameter(
        20.0, unit="bl/s", says="no animal is faster than so many of its body lengths", low=0.1
    )
    lost_s: float = parameter(
        1.0, unit="s", says="after so long without it the animal may reappear anywhere", low=0.0
    )
    usual_s: float = parameter(
        0.65, unit="s", says="time over which its usual size is averaged", low=0.01
    )

    takes: ClassVar[Mapping[str, In]] = {
        "silhouette": In(Kind.LABELMAP, per="frame"),
        "appearance": In(Kind.VALUES, optional=True),
    }
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Positions (time, 2, 3, 1) in px."""
        axes = ("time", "space", "keypoint", "individual")
        count = specs["silhouette"].shape[0]
        return Spec(Kind.TRACKS, axes, (count, 2, 3, 1), "float64", "px", KEYPOINTS)

    def start(self, **specs: Spec) -> Memory:
        """Nothing is known of where the animal is."""
        return {"last": None, "last_s": 0.0, "length": None, "area": None, "axis": None}

    def step(self, batch: LabelMap, memory: Memory, **side: Any) -> tuple[Tracks | None, Memory]:
        """Where the animal is in each frame of the batch."""
        if len(batch) == 0:
            return None, memory
        rows, usual = [], _usual_area(side.get("appearance"))
        for patch, time_s in zip(batch.patches, batch.times_s, strict=True):
            body = self._chosen(_bodies(patch), memory, float(time_s), usual)
            if body is None:
                rows.append(np.full(11, np.nan))
                continue
            row, axis = _measured(body, patch, memory["axis"])
            memory = self._remembered(memory, row, axis, float(time_s))
            rows.append(row)
        return _tracks(np.array(rows), batch), memory

    def finish(self, memory: Memory, **side: Any) -> None:
        """Every frame was answered when it came."""

    def _chosen(
        self, bodies: list[_Body], memory: Memory, time_s: float, usual: float | None
    ) -> _Body | None:
        """The body that the animal can have become."""
        area = usual if memory["area"] is None else memory["area"]
        if area is None or not bodies:
            return max(bodies, key=lambda b: b.area, default=None)
        fits = [b for b in bodies if _alike(b.area, area)]
        away_s = time_s - memory["last_s"]
        if memory["last"] is None or away_s > self.lost_s:
            return _most_alike(fits, area) or _anew(bodies, memory)
        # Half a length on top: the centroid of a body that is half hidden lies elsewhere.
        reach = memory["length"] * (0.5 + self.speed_bl_per_s * away_s)
        near = [b for b in fits if b.distance(memory["last"]) < reach]
        return min(near, key=lambda b: b.distance(memory["last"]), default=None)

    def _remembered(self, memory: Memory, row: Array, axis: Array, time_s: float) -> Memory:
        # Slow averages, so that one odd frame does not change what the animal is taken to be; after
        # long without it something else may be taken for it, and is learned anew.
        area, length = float(row[6]), float(row[7])
        if memory["area"] is not None and _alike(area, memory["area"]):
            new = min(MOST_NEW, 1 - exp(-(time_s - memory["last_s"]) / self.usual_s))
            area = (1 - new) * memory["area"] + new * area
            length = (1 - new) * memory["length"] + new * length
        return {"last": row[:2], "last_s": time_s, "length": length, "area": area, "axis": axis}

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """An ellipse with a tail that walks and turns, and is gone for three frames."""
        patches = []
        for t in range(30):
            labels = np.zeros((60, 80), np.uint8)
            if not 12 <= t < 15:
                x, y, angle = 20 + t, 30 + 5 * np.sin(t / 5), 4.0 * t
                away = np.deg2rad(angle)
                tail = (round(x - 18 * np.cos(away)), round(y - 18 * np.sin(away)))
                cv2.line(labels, (round(x), round(y)), tail, 2, 2)
                cv2.ellipse(labels, ((x, y), (22, 10), angle), 1, -1)
            patches.append(Patch(labels))
        numbers, names = np.arange(30), {1: "body", 2: "thin"}
        return {
            "silhouette": LabelMap(tuple(patches), numbers, numbers / 30, (60, 80), names),
            "appearance": Values.whole(area=(170.0, "px2")),
        }


@dataclass(frozen=True)
class _Body:
    """One connected body in a frame; x and y in the whole picture."""

    area: float
    x: float
    y: float
    covariance: tuple[float, float, float]
    contour: Array

    def distance(self, point: Array) -> float:
        return hypot(self.x - point[0], self.y - point[1])


def _bodies(patch: Patch) -> list[_Body]:
    if patch.labels.size == 0:
        return []
    mask = cv2.compare(patch.labels, 1, cv2.CMP_EQ)  # type: ignore[call-overload]
    top, left = patch.origin
    contours, _ = cv2.findContours(
        mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(left, top)
    )
    return [_body(contour[:, 0, :]) for contour in contours if len(contour) >= 5]


def _body(contour: Array) -> _Body:
    # The contour runs through pixel centres; half a pixel all round is missing from its area, which
    # moves no centroid and is put back into the second moments.
    m = cv2.moments(contour)
    area = max(m["m00"], 1e-9)
    xx, yy, xy = (m[key] / area for key in ("mu20", "mu02", "mu11"))
    grown = area + 0.5 * cv2.arcLength(contour, True)
    return _Body(grown, m["m10"] / area, m["m01"] / area, (xx, yy, xy), contour.astype(np.float64))


def _measured(body: _Body, patch: Patch, before: Array | None) -> tuple[Array, Array]:
    """One row (centroid, ends, features), and the direction from end 2 to end 1."""
    xx, yy, xy = body.covariance
    spread = hypot(xx - yy, 2 * xy)
    major, minor = (4 * sqrt(max(0.0, (xx + yy + s * spread) / 2)) + 1 for s in (1, -1))
    angle = 0.5 * atan2(2 * xy, xx - yy)
    axis = np.array([cos(angle), sin(angle)])
    if before is not None and axis @ before < 0:
        axis = -axis
    ends = _ends(body.contour - (body.x, body.y), axis)
    thin = _thin_beyond(patch, body, axis, major / 4)
    (x_1, y_1), (x_2, y_2) = ends.tolist()
    x, y, across, down = body.x, body.y, x_1 - x_2, y_1 - y_2
    row = [x, y, x + x_1, y + y_1, x + x_2, y + y_2, body.area, major, minor, *thin]
    return np.array(row), np.array([across, down]) / max(1e-9, hypot(across, down))


def _ends(offset: Array, axis: Array) -> Array:
    """The far end on either side: mean of the outline to within a pixel of the farthest point."""
    far = np.copysign(np.sqrt(np.einsum("ij,ij->i", offset, offset)), offset @ axis)
    ahead, behind = offset[far >= far.max() - 1.0], offset[far <= far.min() + 1.0]
    return np.array([ahead.sum(axis=0) / len(ahead), behind.sum(axis=0) / len(behind)])


def _thin_beyond(patch: Patch, body: _Body, axis: Array, least: float) -> tuple[float, float]:
    """Area of thin things farther than `least` along the axis, on the side of either end."""
    mask = cv2.compare(patch.labels, 2, cv2.CMP_EQ)  # type: ignore[call-overload]
    thin = cast("Array | None", cv2.findNonZero(mask))  # None where there is nothing thin
    if thin is None:
        return 0.0, 0.0
    top, left = patch.origin
    along = thin.reshape(-1, 2) @ axis - ((body.x - left) * axis[0] + (body.y - top) * axis[1])
    return float(np.count_nonzero(along > least)), float(np.count_nonzero(along < -least))


def _usual_area(appearance: Values | None) -> float | None:
    area = float("nan") if appearance is None else appearance["area"]
    return area if isfinite(area) and area > 0 else None


def _most_alike(bodies: list[_Body], area: float) -> _Body | None:
    return min(bodies, key=lambda b: max(b.area / area, area / b.area), default=None)


def _anew(bodies: list[_Body], memory: Memory) -> _Body | None:
    """The largest, if all that was followed so far may have been something else."""
    return None if memory["last"] is None else max(bodies, key=lambda b: b.area)


def _alike(area: float, usual: float) -> bool:
    return 0.25 < area / usual < 4


def _tracks(rows: Array, batch: LabelMap) -> Tracks:
    position = rows[:, :6].reshape(len(rows), 3, 2).transpose(0, 2, 1)[..., None]
    confidence = np.all(np.isfinite(position), axis=1).astype(np.float64)
    features = {name: rows[:, 6 + i, None] for i, name in enumerate(FEATURES)}
    return Tracks(position, confidence, batch.numbers, batch.times_s, KEYPOINTS, features=features)
