"""A translation, from the phases and the levels of two images, to a part of a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture, pulled
from ethoframe.methods.register._refine import Fit, correlation, refined

BLUR = 1.0  # pixels
RIM = 0.1  # of each side over which an image fades towards its border
OVERLAP = 0.25  # of an image that must be seen in the other
PEAKS = 3  # of each kind that are looked at
NEAR = 2  # pixels around a peak that belong to it
WHITE = (0.0, 1.0)  # powers of the spectrum that are divided out: none, and all (phases alone)


@dataclass(frozen=True)
class Still:
    """An image that others are laid on, with its transform made once."""

    picture: Picture
    shape: tuple[int, ...]
    spectrum: Array
    fade: Array
    blur: float

    @classmethod
    def of(cls, picture: Picture, blur: float = BLUR) -> Still:
        """The image, blurred by so many pixels."""
        from scipy import fft

        smooth = picture.smoothed(blur)
        fade = _fade(picture.size)
        shape = tuple(fft.next_fast_len(n, real=True) for n in picture.size)
        return cls(smooth, shape, fft.rfftn(_faded(smooth.values, fade), shape), fade, blur)

    def fit(self, moving: Picture, *, robust: bool = False) -> Fit:
        """The best translation of an image of the same size and step."""
        smooth = moving.smoothed(self.blur)
        ways = (self._told(smooth, way) for way in self._ways(smooth))
        best = max(ways, key=lambda told: told[0])[1]
        return refined(self.picture, smooth, best, "translation", robust=robust)

    def _ways(self, moving: Picture) -> Iterator[Array]:
        """Pulls at the peaks of the cross-power, whichever way around they are."""
        from scipy import fft

        both = np.conj(self.spectrum) * fft.rfftn(_faded(moving.values, self.fade), self.shape)
        size = np.abs(both)
        least = 1e-6 * float(size.max(initial=0.0)) + 1e-30
        seen: set[tuple[int, ...]] = {(0,) * len(self.shape)}
        for white in WHITE:
            found = fft.irfftn(both / np.maximum(size, least) ** white, self.shape)
            for peak in _peaks(found):
                either = [(p, p - n) for p, n in zip(peak, self.shape, strict=True)]
                seen.update(product(*either))
        for shift in sorted(seen):
            pull = np.eye(len(shift) + 1)
            pull[:-1, -1] = np.array(shift) * self.picture.step
            yield pull

    def _told(self, moving: Picture, pull: Array) -> tuple[float, Array]:
        """How far the correlation stands above chance, where enough is seen."""
        values, seen = pulled(moving, pull, self.picture)
        share = float(seen.mean())
        if share < OVERLAP:
            return -np.inf, pull
        told = correlation(self.picture.values, values, seen)
        return float(np.arctanh(np.clip(told, -0.999999, 0.999999)) * np.sqrt(share)), pull


def _peaks(found: Array) -> Iterator[tuple[int, ...]]:
    """The highest few, far enough from each other."""
    found = found.copy()
    for _ in range(PEAKS):
        peak = np.unravel_index(int(np.argmax(found)), found.shape)
        yield tuple(int(p) for p in peak)
        around = [
            np.arange(p - NEAR, p + NEAR + 1) % n for p, n in zip(peak, found.shape, strict=True)
        ]
        found[np.ix_(*around)] = -np.inf


def _faded(values: Array, fade: Array) -> Array:
    mean = float((values * fade).sum() / fade.sum())
    return np.asarray((values - np.float32(mean)) * fade)


def _fade(size: tuple[int, ...]) -> Array:
    """1 inside, falling to 0 at the border as a cosine does (Tukey's window)."""
    total = np.ones(size, np.float32)
    for axis, count in enumerate(size):
        wide = max(1.0, RIM * count)
        away = np.minimum(np.arange(count), np.arange(count)[::-1]) + 0.5
        along = 0.5 - 0.5 * np.cos(np.pi * np.minimum(away / wide, 1))
        shape = [-1 if axis == other else 1 for other in range(len(size))]
        total *= along.reshape(shape).astype(np.float32)
    return total
