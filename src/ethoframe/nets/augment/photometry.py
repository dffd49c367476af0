"""How a picture comes to look otherwise while everything in it stays where it is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ethoframe.data.noun import Array, Noun
from ethoframe.nets.augment import camera

STEPS = np.arange(256) / 255


@dataclass(frozen=True, eq=False)
class Photometry(Noun):
    """One draw of light, occlusion, camera and file; the default changes nothing.

    Light and noise go by the picture's own mean and spread (the standard deviation of its levels),
    so that a dim picture is not turned black, nor buried in noise.

    Parameters
    ----------
    inverted
        Whether dark and bright are exchanged.
    contrast
        Times the distance from the mean.
    brightness
        Added, in spreads.
    gamma
        The power that levels, as shares of the mean, are raised to.
    tints
        Times each of three channels; of a picture with one channel, nothing.
    patches
        Rectangles of one level that hide what is behind: left, top, width, height in px, and the
        level as a share of white.
    blur_px, motion_px, motion_deg
        Standard deviation of a Gaussian; length and direction of a movement.
    coarser
        How many times fewer pixels along each side it was taken with.
    noise, noise_start
        Standard deviation in spreads, and which noise.
    compression
        0 for none, 1 for JPEG of quality 20.

    Examples
    --------
    >>> Photometry(brightness=0.5).apply(np.array([[80, 120]], np.uint8))
    array([[ 90, 130]], dtype=uint8)
    """

    inverted: bool = False
    contrast: float = 1.0
    brightness: float = 0.0
    gamma: float = 1.0
    tints: tuple[float, ...] = (1.0, 1.0, 1.0)
    patches: tuple[tuple[float, ...], ...] = ()
    blur_px: float = 0.0
    motion_px: float = 0.0
    motion_deg: float = 0.0
    coarser: float = 1.0
    noise: float = 0.0
    noise_start: int = 0
    compression: float = 0.0

    def apply(self, pixels: Array, white: float | None = None) -> Array:
        """The picture ``(h, w[, c])`` as it would look, in its own dtype; the given one is kept.

        Levels run from 0 to `white` (255 of uint8, 65535 of uint16, else 1), and are clipped there
        by whatever changes light. Pixels that are NaN or infinite stay so, and count as black.
        """
        if self.idle:
            return pixels.copy()
        dtype = pixels.dtype
        white = white or (float(np.iinfo(dtype).max) if dtype.kind == "u" else 1.0)
        levels = pixels if dtype == np.uint8 else pixels.astype(np.float32)
        lost = ~np.isfinite(levels) if dtype.kind == "f" else None
        if lost is not None and lost.any():
            levels[lost] = 0
        mean, spread = _moments(levels)
        levels = self._hidden(self._lit(levels, white, mean / white, spread / white), white)
        levels = self._taken(levels, white, spread).reshape(pixels.shape)
        if lost is not None:
            levels[lost] = pixels[lost]
        return _stored(levels, dtype)

    @property
    def idle(self) -> bool:
        """Whether it changes nothing."""
        return self.even and self._sharp and not self.patches

    @property
    def even(self) -> bool:
        """Whether it leaves the light as it is."""
        tone = self.contrast, self.brightness, self.gamma, self.tints
        return not self.inverted and tone == (1.0, 0.0, 1.0, (1.0, 1.0, 1.0))

    @property
    def _sharp(self) -> bool:
        blurs = self.blur_px, self.motion_px, self.noise, self.compression
        return not any(blurs) and self.coarser == 1

    def covers(self, points: Array) -> Array:
        """Whether a patch hides the places ``(..., 2)``; False for NaN."""
        x, y = points[..., 0], points[..., 1]
        covered = np.zeros(x.shape, bool)
        for left, top, width, height, _ in self.patches:
            inside_x = (x >= left - 0.5) & (x < left + width - 0.5)
            covered |= inside_x & (y >= top - 0.5) & (y < top + height - 0.5)
        return covered

    def _lit(self, levels: Array, white: float, mean: float, spread: float) -> Array:
        """A copy in other light; of 8 bit through a table, which costs next to nothing."""
        if self.even:
            return levels.copy()
        tints = self.tints if levels.shape[2:] == (3,) else (1.0,)
        if levels.dtype == np.uint8:
            toned = self._toned(STEPS * 255 / white, mean, spread)[:, None] * tints
            table = np.rint(toned.clip(0, 1) * white).clip(0, 255).astype(np.uint8)
            return cv2.LUT(levels, table[None]).reshape(levels.shape)
        toned = self._toned(levels / np.float32(white), mean, spread)
        lit: Array = (toned * np.array(tints, np.float32)).clip(0, 1) * np.float32(white)
        return lit

    def _toned(self, shares: Array, mean: float, spread: float) -> Array:
        """Levels as shares of white in other light, before they are clipped at white."""
        shares, mean = (1 - shares, 1 - mean) if self.inverted else (shares, mean)
        lit = (shares - mean) * self.contrast + (mean + self.brightness * spread)
        if self.gamma != 1 and mean > 0:
            lit = (lit.clip(0) / mean) ** self.gamma * mean
        return lit

    def _hidden(self, levels: Array, white: float) -> Array:
        for left, top, width, height, level in self.patches:
            rows, columns = slice(int(top), int(top + height)), slice(int(left), int(left + width))
            levels[rows, columns] = level * white
        return levels

    def _taken(self, levels: Array, white: float, spread: float) -> Array:
        if self._sharp:
            return levels
        levels = levels[..., 0] if levels.shape[2:] == (1,) else levels
        levels = camera.blurred(levels, self.blur_px)
        levels = camera.smeared(levels, self.motion_px, self.motion_deg)
        levels = camera.coarsened(levels, self.coarser)
        levels = camera.noisy(levels, self.noise * spread, self.noise_start)
        return camera.compressed(levels, self.compression, white)


def _moments(levels: Array) -> tuple[float, float]:
    """Mean of all levels, and their standard deviation about the mean of their channel."""
    means, deviations = cv2.meanStdDev(levels)
    return float(np.mean(means)), float(np.sqrt(np.mean(np.square(deviations))))


def _stored(levels: Array, dtype: np.dtype) -> Array:
    if dtype.kind == "u" and levels.dtype != dtype:
        levels = np.rint(levels).clip(0, np.iinfo(dtype).max)
    return levels.astype(dtype, copy=False)
