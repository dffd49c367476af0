"""Pictures as a network sees them: so many channels, and levels from 0 to 1 whatever the light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.contract.channels import LUMA, colours, levels_of, shares
from ethoframe.data.noun import Array
from ethoframe.methods.segment._brightness import hidden

DARK, BRIGHT = 1.0, 99.8
"""Percentiles of a picture's levels that become 0 and 1: specks and dust are not looked at."""

LOOKED_AT = 1_000_000
"""Levels that percentiles are taken of, at most."""

COLOURS = 3


def in_colour(names: Sequence[str], channel: str) -> bool:
    """Whether a picture is looked at in red, green and blue."""
    return not channel and set(LUMA) <= set(colours(names))


def evened(frame: Array, names: Sequence[str], channel: str, count: int) -> Array:
    """A frame for a network ``(c, [z,] y, x)``, float32 from 0 to 1.

    All colours are evened alike, so that a hue stays what it is. One channel stands for all colours
    where the network was taught colours, and luma for colours where it was not. What is NaN,
    infinite or transparent is given the middle of what is known; a frame of one level is 0.

    Parameters
    ----------
    frame
        Pixels ``([z,] y, x, c)`` of any real type.
    names
        Of its channels.
    channel
        The one that is meant; empty for the only one, or for red, green and blue.
    count
        Channels that the network takes.

    Raises
    ------
    Refusal
        When there is no such channel, or none is meant of several.

    Examples
    --------
    >>> frame = np.arange(500, dtype=np.float32).reshape(20, 25, 1)
    >>> levels = evened(frame, ("luma",), "", 3)
    >>> levels.shape, float(levels.min()), float(levels.max())
    ((3, 20, 25), 0.0, 1.0)
    """
    if count == COLOURS and in_colour(names, channel):
        parts = [frame[..., names.index(colour)] for colour in LUMA]
    else:
        shares(names, channel, "channel")  # alpha beside one channel is none
        parts = [levels_of(frame, names, channel)]
    stacked = np.stack(parts).astype(np.float32)
    known = np.isfinite(stacked)
    covered = hidden(frame, names, channel)
    if covered is not None:
        known &= ~covered
    if not known.any():
        return np.zeros((count, *frame.shape[:-1]), np.float32)
    seen = stacked[known]
    step = max(1, seen.size // LOOKED_AT)
    low, middle, high = np.percentile(seen[::step], [DARK, 50.0, BRIGHT])
    if not known.all():
        stacked[~known] = middle
    spread = high - low
    if not spread > 0:  # next to nothing is to be seen: specks on even ground, or nothing at all
        low, spread = float(seen.min()), float(np.ptp(seen))
    levels = np.clip((stacked - low) / (spread or 1.0), 0, 1).astype(np.float32)
    return levels if len(levels) == count else np.repeat(levels, count, axis=0)
