"""A batch of frames looked at through a pose network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data import Frames, LabelMap, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.pose._eye import Eye
from ethoframe.methods.pose._views import luma, middle, window

LAG = 2
"""Frames back that tell where to look: so two frames can be looked at side by side."""

AGAIN = 0.2
"""A window whose animal is further from its middle than this share of a side is moved, once."""


@dataclass(frozen=True)
class Found:
    """Keypoints ``(k, 2)`` of one frame in px, how sure each is, and where to look from there."""

    points: Array
    confidence: Array
    place: Array | None


@dataclass(frozen=True)
class Look:
    """A batch, looked at through a network.

    Parameters
    ----------
    eye
        The network, and how its maps are read.
    batch
        Frames.
    levels, fills
        Luma ``(t, y, x)``, and what lies beyond each picture.
    sure
        Confidence from which a keypoint is seen.
    search_s
        Seconds between two searches in vain.
    """

    eye: Eye
    batch: Frames
    levels: Array
    fills: Array
    sure: float
    search_s: float

    @classmethod
    def at(cls, eye: Eye, batch: Frames, sure: float, search_s: float) -> Look:
        """A batch that is to be looked at."""
        levels = luma(batch.pixels, batch.channels)
        fills = np.median(levels[:, ::8, ::8], axis=(1, 2))
        return cls(eye, batch, levels, fills, sure, search_s)

    def seen(self, indices: list[int], places: list[Array | None]) -> list[Found]:
        """What windows around these places show; a frame without a place is sought through."""
        unknown = [i for i, place in zip(indices, places, strict=True) if place is None]
        sought = dict(zip(unknown, self.sought(unknown), strict=True))
        pairs = zip(indices, places, strict=True)
        at = [sought[i] if place is None else place for i, place in pairs]
        return self._read(indices, [np.full(2, np.nan) if p is None else p for p in at])

    def followed(
        self, wave: list[int], places: list[Array | None], sought_s: float
    ) -> tuple[list[Found], float]:
        """Frames whose places are told by frames before; lost animals are sought now and then."""
        known = [np.full(2, np.nan) if place is None else place for place in places]
        found = self._read(wave, known)
        for position, index in enumerate(wave):
            one = found[position]
            time_s = float(self.batch.times_s[index])
            if one.place is None and time_s - sought_s >= self.search_s:
                place = self.sought([index])[0]
                again = self._read([index], [np.full(2, np.nan) if place is None else place])[0]
                sought_s = -np.inf if again.place is not None else time_s
                found[position] = again
        return found, sought_s

    def sought(self, indices: list[int]) -> list[Array | None]:
        """Where in the whole picture the animal is, by the picture made small."""
        places: list[Array | None] = []
        for index in indices:
            windows = self.eye.views.sought(self.levels.shape[1:])
            pictures = np.stack([self._window(index, each) for each in windows])
            answers = self.eye.network.run(pictures)
            best: tuple[float, Array | None] = (0.0, None)
            for k, drawn in enumerate(windows):
                points, confidence = self.eye.told(answers, k)
                certain = float(confidence.mean())
                if certain > best[0]:
                    inside = points[confidence >= 0.5 * confidence.max()]
                    centre = middle(inside @ drawn.matrix[:, :2].T + drawn.matrix[:, 2])
                    best = certain, centre if np.isfinite(centre).all() else None
            places.append(best[1])
        return places

    def _read(self, indices: list[int], places: list[Array]) -> list[Found]:
        """Keypoints in windows around these places, which are moved once if they are off."""
        found: list[Found] = [self._nothing()] * len(indices)
        todo = [k for k, place in enumerate(places) if np.isfinite(place).all()]
        for again in (False, True):
            if not todo:
                break
            windows = [self.eye.views.looked(self.levels.shape[1:], places[k]) for k in todo]
            pairs = zip(todo, windows, strict=True)
            pictures = np.stack([self._window(indices[k], each) for k, each in pairs])
            answers = self.eye.network.run(pictures)
            off = []
            for row, k in enumerate(todo):
                matrix = windows[row].matrix
                points, confidence = self.eye.told(answers, row)
                points = points @ matrix[:, :2].T + matrix[:, 2]
                seen = points[confidence >= self.sure]
                place = middle(seen) if len(seen) else None
                found[k] = Found(points, confidence, place)
                if not again and place is not None and self._off(place, places[k]):
                    off.append(k)
                    places[k] = place
            todo = off
        return found

    def _off(self, place: Array, middle_: Array) -> bool:
        return bool(
            np.abs(place - middle_).max() * self.eye.views.near > AGAIN * self.eye.views.side
        )

    def _window(self, index: int, drawn: Any) -> Array:
        return window(drawn, self.levels[index], float(self.fills[index]))

    def _nothing(self) -> Found:
        count = len(self.eye.keypoints)
        return Found(np.full((count, 2), np.nan), np.zeros(count), None)

    def tracks(self, found: list[Found]) -> Tracks:
        """The batch's answer."""
        points = np.stack([each.points for each in found])
        confidence = np.stack([each.confidence for each in found])
        position = np.moveaxis(points, 1, 2)[..., None]
        known = np.isfinite(position).all(axis=(1, 3))
        return Tracks(
            position,
            np.where(known, confidence, 0.0)[..., None],
            self.batch.numbers,
            self.batch.times_s,
            self.eye.keypoints,
        )


def middles(animal: LabelMap, numbers: Array) -> list[Array | None]:
    """The middle of the animal's outline in each frame; None where there is none."""
    found: list[Array | None] = [None] * len(numbers)
    where = {int(number): index for index, number in enumerate(numbers)}
    for patch, number in zip(animal.patches, animal.numbers, strict=True):
        trimmed = patch.trimmed()
        if trimmed.labels.size and int(number) in where:
            top, left = trimmed.origin
            height, width = trimmed.labels.shape
            found[where[int(number)]] = np.array([left + (width - 1) / 2, top + (height - 1) / 2])
    return found
