"""From levels as they are stored to tones for the eye, and how that was done in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from ethoframe.data.noun import Array
from ethoframe.report.wording import number, share

DARKEST, BRIGHTEST = 0.1, 99.9
"""Percentiles that are shown as black and as full brightness."""
SAMPLED = 200_000
"""Pixels that the percentiles are taken of; more change nothing that is seen."""
COLOURS = ("red", "green", "blue")
MIXED = {2: ("green", "magenta"), 3: COLOURS}
"""Which colours channels without a colour of their own are shown in, by how many there are."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)

Way = Literal["grey", "colour", "mixed"]


@dataclass(frozen=True)
class Tones:
    """How the levels of some pictures are shown, the same in all of them.

    Parameters
    ----------
    way
        ``"grey"``; ``"colour"``, of red, green and blue; or ``"mixed"``, channels of other meaning
        in colours.
    spans
        The levels shown as black and as full brightness, of each channel that is shown.
    channels
        Names of all channels.
    words
        What was done, in sentences.
    """

    way: Way
    spans: tuple[tuple[float, float], ...]
    channels: tuple[str, ...]
    words: str

    @classmethod
    def of(cls, pictures: list[Array], channels: tuple[str, ...]) -> Tones:
        """The tones of pictures ``(…, c)``; NaN and infinities are left out.

        Examples
        --------
        >>> Tones.of([np.arange(1001).reshape(7, 143, 1)], ("luma",)).words
        'Shown from 1 (black) to 999, the 0.1th and 99.9th percentile.'
        """
        way, shown = _way(channels)
        samples = [sampled(picture, SAMPLED)[:, : len(shown)] for picture in pictures]
        sample = np.concatenate(samples) if samples else np.zeros((0, len(shown)))
        if way == "colour":  # in one span, so that the colours stay what they are
            spans = (span(sample),) * len(shown)
        else:
            spans = tuple(span(sample[:, index]) for index in range(len(shown)))
        words = _words(way, spans, channels) + _unknown(sample)
        return cls(way, spans, channels, words)

    def shown(self, plane: Array) -> Array:
        """A plane ``(y, x, c)`` as uint8, ``(y, x)`` of one channel, else RGB ``(y, x, 3)``."""
        real = real_levels(plane)
        tones = [toned(real[..., index], *ends) for index, ends in enumerate(self.spans)]
        if len(tones) == 1:
            return tones[0]
        if len(tones) == 2:
            return np.stack([tones[1], tones[0], tones[1]], axis=-1)
        return np.stack(tones, axis=-1)


def sampled(pixels: Array, most: int) -> Array:
    """At most about `most` pixels ``(n, c)`` of an array ``(…, c)``, evenly spread."""
    flat = real_levels(pixels.reshape(-1, pixels.shape[-1]))
    step = max(1, len(flat) // max(most, 1))
    # An even step could walk down a column of the picture.
    return flat[:: step | 1]


def real_levels(pixels: Array) -> Array:
    """Numbers that have an order: magnitudes of complex ones."""
    if pixels.dtype.kind == "c":
        return np.abs(pixels)
    return pixels.astype(np.uint8) if pixels.dtype.kind == "b" else pixels


def luma(tones: Array) -> Array:
    """Brightness ``(y, x)`` of uint8 tones, in grey or RGB."""
    return tones if tones.ndim == 2 else cv2.cvtColor(tones, cv2.COLOR_RGB2GRAY)


def span(levels: Array) -> tuple[float, float]:
    """The levels at which black and full brightness are; apart even where all are alike."""
    known = levels[np.isfinite(levels)] if levels.dtype.kind == "f" else levels.reshape(-1)
    if not known.size:
        return 0.0, 1.0
    dark, bright = (float(end) for end in np.percentile(known, [DARKEST, BRIGHTEST]))
    if bright > dark:
        return dark, bright
    low, high = float(known.min()), float(known.max())
    return (low, high) if high > low else (low, low + 1)


def toned(levels: Array, dark: float, bright: float) -> Array:
    """Levels as uint8: `dark` is 0, `bright` is 255, NaN is 0."""
    scale = 255 / (bright - dark)
    if levels.dtype.kind in "ui" and levels.dtype.itemsize <= 2:
        info = np.iinfo(levels.dtype)
        every = (np.arange(info.min, info.max + 1, dtype=np.float32) - dark) * scale
        table = np.clip(every, 0, 255).astype(np.uint8)
        if levels.dtype == np.uint8:
            return cv2.LUT(np.ascontiguousarray(levels), table)
        return table[levels if info.min == 0 else levels.astype(np.int32) - info.min]
    # In double: levels of 32 bit that differ little would be one level in single precision.
    scaled = (levels.astype(np.float64) - dark) * scale
    return np.clip(np.nan_to_num(scaled, nan=0.0), 0, 255).astype(np.uint8)


def _way(channels: tuple[str, ...]) -> tuple[Way, tuple[str, ...]]:
    lower = tuple(name.lower() for name in channels)
    if lower[:3] == COLOURS:
        return "colour", channels[:3]
    if len(channels) == 1 or lower[1:] == ("alpha",):
        return "grey", channels[:1]
    return "mixed", channels[:3]


def _words(way: Way, spans: tuple[tuple[float, float], ...], channels: tuple[str, ...]) -> str:
    percentiles = f"the {DARKEST:g}th and {BRIGHTEST:g}th percentile"
    if way != "mixed":
        dark, bright = spans[0]
        text = f"Shown from {number(dark)} (black) to {number(bright)}, {percentiles}."
        return text + _left_out(channels[1 if way == "grey" else 3 :])
    each = ", ".join(
        f"{name} in {colour} from {number(dark)} to {number(bright)}"
        for name, colour, (dark, bright) in zip(channels, MIXED[len(spans)], spans, strict=False)
    )
    return f"Channels: {each}, {percentiles} of each." + _left_out(channels[3:])


def _left_out(names: tuple[str, ...]) -> str:
    return f" Not shown: {', '.join(names)}." if names else ""


def _unknown(sample: Array) -> str:
    if sample.dtype.kind != "f" or not sample.size:
        return ""
    missing = int((~np.isfinite(sample)).sum())
    return (
        f" Not a number, shown black: {share(missing, sample.size)} of pixels." if missing else ""
    )
