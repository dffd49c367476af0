"""Pictures made small enough to live inside a page."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from ethoframe.data.noun import Array

JPEG_QUALITY = 82


def data_uri(pixels: Array, kind: str = "jpeg") -> str:
    """Pixels uint8 ``(y, x)``, RGB or RGBA as a data URI; `kind` is ``"jpeg"`` or ``"png"``."""
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if kind == "jpeg" else []
    _, coded = cv2.imencode(".jpg" if kind == "jpeg" else ".png", _in_file_order(pixels), options)
    return f"data:image/{kind};base64,{base64.b64encode(coded.tobytes()).decode()}"


def levels(pixels: Array) -> tuple[float, float]:
    """The darkest and brightest level worth showing: all but two thousandths of the pixels.

    NaN is left out; a picture of one level gets a span of one.
    """
    known = pixels[np.isfinite(pixels)]
    if not known.size:
        return 0.0, 1.0
    dark, bright = np.percentile(known, [0.1, 99.9])
    return float(dark), float(max(bright, dark + 1))


def shown(pixels: Array, dark: float, bright: float) -> Array:
    """Levels as uint8 for the eye: dark is 0, bright is 255, NaN is dark."""
    scaled = (np.nan_to_num(pixels.astype(np.float32), nan=dark) - dark) * (255 / (bright - dark))
    return np.clip(scaled, 0, 255).astype(np.uint8)


def shrunk(pixels: Array, longest: int) -> Array:
    """The picture with its longer side at most `longest` px."""
    scale = longest / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    height, width = (max(1, round(side * scale)) for side in pixels.shape[:2])
    smaller: Array = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return smaller


def _in_file_order(pixels: Array) -> Array:
    """OpenCV writes blue first."""
    if pixels.ndim == 3 and pixels.shape[2] >= 3:
        return np.ascontiguousarray(pixels[..., [2, 1, 0, *range(3, pixels.shape[2])]])
    return np.ascontiguousarray(pixels)
