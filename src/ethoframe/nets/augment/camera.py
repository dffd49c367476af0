"""What a camera and its file do to a picture: blur, fewer pixels, noise, compression.

Pictures are ``(h, w[, c])``, uint8 or float32; those of one channel have two axes. None of it moves
anything: every kernel is even about its middle.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from ethoframe.data.noun import Array, frozen

BANK = 1 << 20
FAINTEST_PX = 0.2  # a blur that is narrower changes nothing
BEST_QUALITY, WORST_QUALITY = 95, 20  # of JPEG


def blurred(pixels: Array, sigma_px: float) -> Array:
    """Out of focus: a Gaussian."""
    return pixels if sigma_px < FAINTEST_PX else cv2.GaussianBlur(pixels, (0, 0), sigma_px)


def smeared(pixels: Array, length_px: float, angle_deg: float) -> Array:
    """Moved while it was taken: the mean along a line of this length."""
    if length_px < 1:
        return pixels
    half = int(np.ceil(length_px / 2))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    angle = np.deg2rad(angle_deg)
    along = np.abs(x * np.cos(angle) + y * np.sin(angle))
    aside = np.abs(y * np.cos(angle) - x * np.sin(angle))
    kernel = (1 - aside).clip(0) * (length_px / 2 + 0.5 - along).clip(0, 1)
    return cv2.filter2D(pixels, -1, kernel / kernel.sum())


def coarsened(pixels: Array, times: float) -> Array:
    """Taken with fewer pixels, so many times along each side, and enlarged again."""
    height, width = pixels.shape[:2]
    fewer = max(1, round(width / times)), max(1, round(height / times))
    if fewer == (width, height):
        return pixels
    return cv2.resize(cv2.resize(pixels, fewer, interpolation=cv2.INTER_AREA), (width, height))


def noisy(pixels: Array, level: float, start: int) -> Array:
    """With normal noise of this standard deviation in levels.

    It is cut from a bank at `start` (any whole number): drawing it each time would be dearer than
    all the rest.
    """
    if level <= 0:
        return pixels
    bank = _bank()
    room = max(1, len(bank) - pixels.size)
    cut = bank[start % room :][: pixels.size]
    noise = (cut if cut.size == pixels.size else np.resize(cut, pixels.size)).reshape(pixels.shape)
    depth = cv2.CV_8U if pixels.dtype == np.uint8 else cv2.CV_32F
    return cv2.addWeighted(pixels, 1.0, noise, level, 0.0, dtype=depth)


def compressed(pixels: Array, share: float, white: float) -> Array:
    """Written as JPEG and read again: 0 leaves it alone, 1 is a quality of 20.

    Of pictures with finer levels than JPEG knows, only what compression changes is added.
    """
    if share <= 0:
        return pixels
    quality = round(BEST_QUALITY + share * (WORST_QUALITY - BEST_QUALITY))
    told = cv2.convertScaleAbs(pixels, alpha=255 / white)
    written = cv2.imencode(".jpg", told, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    read = np.asarray(cv2.imdecode(written, cv2.IMREAD_UNCHANGED))
    if pixels.dtype == np.uint8:
        return read
    changed: Array = pixels + (read.astype(np.float32) - told) * np.float32(white / 255)
    return changed


@lru_cache(maxsize=1)
def _bank() -> Array:
    """Normal numbers, always the same."""
    return frozen(np.random.default_rng(0).standard_normal(BANK, np.float32))
