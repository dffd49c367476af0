"""How an animal's keypoints lie to each other: by it maps are read that say what cannot be.

A statistical shape model: the mean of the labelled poses, moved, turned and scaled onto each other
but never mirrored, and how far each keypoint lies from where the others would put it. An animal
that bends a lot teaches a wide model, which then hardly ever objects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np

from ethoframe.data.noun import Array

ENOUGH = 8
"""Poses that a model is made of at the least."""

LEAST_SPREAD = 0.04
"""A keypoint's spread is no smaller, in sizes of the shape: so well nobody labels."""

ODD = 3.5
"""Spreads by which a keypoint may be off before other peaks of its map are looked at."""

PEAKS = 3
"""Peaks of a map that a keypoint may be at."""

TRUST = 0.5
"""How much a network's certainty counts beside the shape: it is surer than it is right."""

MOST_ODD = 12.0
"""What the shape can count against one keypoint, at most: animals do what nobody labelled."""

MOST_TRIED = 300
"""All choices of peaks are tried where they are no more; else one keypoint after another."""

ROUNDS = 4
TURNS = 10

Peaks = tuple[Array, Array]
"""Places as complex numbers, best first, and their log probabilities."""


@dataclass(frozen=True)
class Shape:
    """Mean pose and spreads.

    Parameters
    ----------
    mean
        Of each keypoint as a complex number, of size 1 about 0.
    spread
        Of each keypoint about where the others put it, in sizes of the shape.

    References
    ----------
    Cootes et al., Computer Vision and Image Understanding 61 (1995), 38-59.
    """

    mean: Array
    spread: Array

    @classmethod
    def of(cls, poses: Sequence[Array]) -> Shape | None:
        """The shape of poses ``(k, 2)``; None where they are too few, or of fewer than three."""
        whole = [complex_of(pose) for pose in poses]
        whole = [pose for pose in whole if np.isfinite(pose).all() and len(pose) > 2]
        if len(whole) < ENOUGH:
            return None
        mean = _normal(whole[0])
        for _ in range(TURNS):
            mean = _normal(np.mean([_onto(_normal(pose), mean) for pose in whole], axis=0))
        off = np.array([cls(mean, np.ones(len(mean))).oddness(pose) for pose in whole])
        spread = np.sqrt(np.mean(np.minimum(off, np.quantile(off, 0.95, axis=0)) ** 2, axis=0) / 2)
        return cls(mean, np.maximum(spread, LEAST_SPREAD))

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {
            "mean": [[float(z.real), float(z.imag)] for z in self.mean],
            "spread": [float(each) for each in self.spread],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any] | None) -> Self | None:
        """From what `to_json` gave; None where there is none."""
        if not told:
            return None
        return cls(complex_of(np.array(told["mean"])), np.array(told["spread"]))

    def oddness(self, poses: Array) -> Array:
        """How far keypoints of complex poses ``(..., k)`` are from where the others put them.

        In spreads; NaN where a keypoint is not known, or fewer than two others are.
        """
        known = np.isfinite(poses)
        others = known[..., None, :] & ~np.eye(poses.shape[-1], dtype=bool)
        count = others.sum(axis=-1)
        weight = others / np.maximum(count, 1)[..., None]
        z, m = np.where(known, poses, 0)[..., None, :], self.mean
        z_middle, m_middle = (weight * z).sum(axis=-1), (weight * m).sum(axis=-1)
        z_away, m_away = z - z_middle[..., None], m - m_middle[..., None]
        power = (weight * np.abs(m_away) ** 2).sum(axis=-1)
        turned = (weight * np.conj(m_away) * z_away).sum(axis=-1) / np.maximum(power, 1e-12)
        put = z_middle + turned * (m - m_middle)
        size = np.abs(turned)
        # Others that lie on one heap would make any place look far, or none.
        usual = np.maximum(np.median(size, axis=-1, keepdims=True), 1e-9)
        off = np.abs(poses - put) / np.clip(size, 0.6 * usual, 1.6 * usual) / self.spread
        return np.where(count < 2, np.nan, off)

    def settled(self, peaks: Sequence[Peaks], seen: Array) -> list[int]:
        """Which peak of each map is taken, so that all together make an animal.

        Parameters
        ----------
        peaks
            Of each keypoint: places as complex numbers, best first, and their log probabilities.
        seen
            Whether each keypoint is to be seen at all ``(k,)``: others are left out.

        Returns
        -------
        list of int
            Index of the peak of each keypoint; 0 for most.
        """
        best = np.zeros(len(peaks), np.int64)
        counts = [len(places) for places, _ in peaks]
        if max(counts, default=1) == 1:
            return best.tolist()
        if not (self.oddness(_pose(peaks, best[None], seen)) > ODD).any():
            return best.tolist()
        if np.prod(counts) <= MOST_TRIED:
            tried = np.array(list(product(*map(range, counts))))
            chosen: list[int] = tried[self._cost(peaks, tried, seen).argmin()].tolist()
            return chosen
        for _ in range(ROUNDS):
            before = best.copy()
            for k, count in enumerate(counts):
                tried = np.repeat(best[None], count, axis=0)
                tried[:, k] = np.arange(count)
                best = tried[self._cost(peaks, tried, seen).argmin()]
            if (best == before).all():
                break
        return best.tolist()

    def _cost(self, peaks: Sequence[Peaks], tried: Array, seen: Array) -> Array:
        """Of choices ``(n, k)``: how odd the animal would be, less what the maps say for it."""
        off = np.nan_to_num(self.oddness(_pose(peaks, tried, seen)))
        odd = np.minimum(off**2 / 2, MOST_ODD).sum(axis=1)
        told = np.sum([logs[tried[:, k]] for k, (_, logs) in enumerate(peaks)], axis=0)
        return np.asarray(odd - TRUST * told)


def _pose(peaks: Sequence[Peaks], tried: Array, seen: Array) -> Array:
    """The poses ``(n, k)`` that choices make; NaN where a keypoint is not seen."""
    placed = np.stack([places[tried[:, k]] for k, (places, _) in enumerate(peaks)], axis=1)
    return np.where(seen, placed, np.nan)


def complex_of(points: Array) -> Array:
    """Points ``(k, 2)`` as complex numbers, NaN where either is."""
    return np.asarray(points[..., 0] + 1j * points[..., 1])


def _normal(pose: Array) -> Array:
    """About 0, of size 1."""
    away = pose - pose.mean()
    return np.asarray(away / max(float(np.sqrt((np.abs(away) ** 2).mean())), 1e-12))


def _onto(pose: Array, mean: Array) -> Array:
    """The pose turned onto the mean."""
    turn = (np.conj(pose) * mean).sum()
    return np.asarray(pose * turn / max(abs(turn), 1e-12))
