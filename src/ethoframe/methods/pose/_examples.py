"""Labelled keypoints as a pose network learns them: windows, maps, and what is to be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ethoframe.data import Labelled, Labels, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.pose._eye import Reading, settled
from ethoframe.methods.pose._maps import drawn
from ethoframe.methods.pose._views import Views, luma, middle, window
from ethoframe.nets.augment import Augment, swapped
from ethoframe.nets.lesson import Example

SHRUNK = 0.15
"""Share of examples that show the whole picture, as it is looked at to find the animal."""

ELSEWHERE = 0.05
"""Share of examples around a place by chance, mostly without the animal: it may be absent."""

AROUND = 0.12
"""How far the animal is out of the middle of a window, at most, in shares of the window."""

KEPT_BYTES = 1_500_000_000
"""Pictures that are kept in memory; more are read again whenever they are needed."""


@dataclass
class PoseExamples:
    """Labelled frames of one animal.

    Parameters
    ----------
    labels
        Keypoints of one individual.
    views
        How windows are made.
    stride
        Of the network's maps.
    augment
        How examples are varied.
    pairs
        Indices of keypoints that change places in a mirror.
    """

    labels: Labels
    views: Views
    stride: int
    augment: Augment
    pairs: Sequence[tuple[int, int]]
    rows: list[tuple[Labelled, int]] = field(init=False)
    kept: dict[int, Array] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = list(self.labels.rows())
        self.room = KEPT_BYTES

    def __len__(self) -> int:
        """How many labelled frames there are."""
        return len(self.rows)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """A window around the animal, varied by chance, or as it is.

        ``heatmap`` holds the map of each keypoint, ``visible`` whether it is in the window, and
        ``points`` (not learned from) places in px of the picture with the window's matrix behind.
        """
        picture, points = self.picture(index), self.points(index)
        size = picture.shape[0], picture.shape[1]
        side = self.views.side
        fill = float(np.median(picture[::8, ::8]))
        if chance is None:
            there = middle(points)
            at = there if np.isfinite(there).all() else np.array(size[::-1]) / 2
            seen, shown = self.views.looked(size, at), points
            filled = fill
        else:
            at, zoom = self._place(chance, size, points)
            seen = self.augment.draw(chance, size, (side, side), at, zoom)
            shown = np.where(seen.hidden(seen.points(points))[:, None], np.nan, points)
            filled = float(chance.choice([fill, chance.uniform(0, 2 * fill + 1)]))
        inside = seen.points(shown)
        if seen.mirrored:
            inside = swapped(inside, self.pairs)
        maps = drawn(inside, (side // self.stride,) * 2, self.stride)
        return {
            "picture": window(seen, picture, filled),
            "heatmap": maps,
            "visible": (maps.sum(axis=(1, 2)) > 0).astype(np.float32),
            "points": np.concatenate([points, seen.matrix.T]).astype(np.float64),
        }

    def picture(self, index: int) -> Array:
        """Levels ``(y, x)`` of a labelled frame.

        Raises
        ------
        Refusal
            When it cannot be decoded.
        """
        if index in self.kept:
            return self.kept[index]
        part, row = self.rows[index]
        assert isinstance(part.said, Tracks)
        frames = part.recording.frames([int(part.said.numbers[row])])
        if not len(frames):
            where = part.files[row] if part.files else part.recording.name
            reason = "this labelled frame cannot be decoded"
            raise Refusal(where, reason, "copy it again, or take its label out")
        levels: Array = luma(frames.pixels, frames.channels)[0]
        if self.room > 0:
            self.kept[index] = levels
            self.room -= levels.nbytes
        return levels

    def points(self, index: int) -> Array:
        """Keypoints ``(k, 2)`` of a labelled frame in px; NaN where absent."""
        part, row = self.rows[index]
        assert isinstance(part.said, Tracks)
        return np.asarray(part.said.position[row, :, :, 0].T)

    def _place(
        self, chance: np.random.Generator, size: tuple[int, int], points: Array
    ) -> tuple[Array, float]:
        """Middle and zoom of a window by chance."""
        there, drawn_by = middle(points), chance.random()
        whole = np.array(size[::-1], float)
        if drawn_by < SHRUNK:
            shown = self.views.sought(size)
            one = shown[int(chance.integers(len(shown)))]
            at = one.matrix[:, :2] @ np.full(2, (self.views.side - 1) / 2) + one.matrix[:, 2]
            return np.asarray(at), self.views.far(size)
        if drawn_by < SHRUNK + ELSEWHERE or not np.isfinite(there).all():
            return chance.uniform(0, whole), self.views.near
        away = chance.uniform(-AROUND, AROUND, 2) * self.views.side / self.views.near
        return there + away, self.views.near


@dataclass(frozen=True)
class Judging:
    """Figures of a pose network on windows around the animal.

    Parameters
    ----------
    reading
        How maps become keypoints.
    views
        How windows were made.
    keypoints
        Their names.
    """

    reading: Reading
    views: Views
    keypoints: tuple[str, ...]

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Mean, median and 95th percentile of distances in px of the picture; each keypoint's."""
        far = self.distances(examples, answers)[0]
        if not np.isfinite(far).any():
            return {"mean_px": float("nan")}
        figures = {
            "mean_px": float(np.nanmean(far)),
            "median_px": float(np.nanmedian(far)),
            "p95_px": float(np.nanpercentile(far, 95)),
        }
        for name, column in zip(self.keypoints, far.T, strict=True):
            if np.isfinite(column).any():
                figures[f"{name}_px"] = float(np.nanmean(column))
        return figures

    def distances(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> tuple[Array, Array]:
        """Distances ``(n, k)`` in px of the picture, NaN where absent; and how sure each was."""
        far, sure = [], []
        for example, answer in zip(examples, answers, strict=True):
            points, matrix = example["points"][:-3], example["points"][-3:]
            told, certain = self.reading.read(answer)
            far.append(np.hypot(*(told @ matrix[:2] + matrix[2] - points).T))
            sure.append(certain)
        return np.array(far), np.array(sure)

    def settle(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kept: bool
    ) -> dict[str, Any]:
        """How confidence is set, once the network is taught."""
        return settled(*self.distances(examples, answers), self.views.length_px, kept)
