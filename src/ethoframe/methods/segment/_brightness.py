"""One picture of a frame's channels, in which objects are bright."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.contract import Spec
from ethoframe.contract.channels import ALPHA, LUMA, colours, levels_of, shares
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._levels import Histogram, background, otsu

CLEAR = 99.0  # percentile of a channel at which a slide is taken to be without stain
QUARTERS = (0.25, 0.75)
OBJECTS = ("auto", "bright", "dark")


def check_channels(seen: Spec, channel: str, who: str) -> None:
    """Refuses levels that have no order, and channels of which none is meant.

    Raises
    ------
    Refusal
        Told of `who`.
    """
    if seen.dtype and np.dtype(seen.dtype).kind not in "uifb":
        reason = f"levels of type {seen.dtype} have no order"
        raise Refusal(who, reason, "take their magnitude first")
    shares(seen.names, channel, who)


def hidden(frame: Array, names: Sequence[str], channel: str) -> Array | None:
    """Pixels ``([z,] y, x)`` that are wholly transparent: nothing is known to be there.

    None where there is no alpha beside the levels, or alpha itself is looked at.
    """
    if ALPHA not in names or channel == ALPHA or len(names) == 1:
        return None
    covered: Array = frame[..., names.index(ALPHA)] == 0
    return covered


def bright(frame: Array, names: Sequence[str], channel: str, objects: str) -> Array:
    """A picture in which objects are brighter than what lies round them; float32, finite.

    Dark objects in colour are taken for stained: what their dyes absorb adds up over the colours
    (the law of Beer and Lambert), and that is the brightness. In one channel, or luma, brightness
    is how far a dark object's level lies below the highest. What is NaN, infinite or transparent
    counts for none of this, and is given the background's brightness.

    Parameters
    ----------
    frame
        Pixels ``([z,] y, x, c)``.
    names
        Of the channels.
    channel
        Which one; empty for the only one, or all of red, green and blue.
    objects
        ``"bright"``, ``"dark"``, or ``"auto"``, by `objects_are_dark`.
    """
    levels = levels_of(frame, names, channel)
    known = np.isfinite(levels)
    covered = hidden(frame, names, channel)
    if covered is not None:
        known &= ~covered
    seen = levels if known.all() else levels[known]
    dark = objects == "dark" or (objects == "auto" and objects_are_dark(Histogram.of(seen)))
    picture: Array
    if not dark:
        picture = levels.astype(np.float32)
    elif channel or len(colours(names)) == 1:
        picture = (float(seen.max(initial=0)) - levels.astype(np.float64)).astype(np.float32)
    else:
        red, green, blue = (_absorbed(frame[..., names.index(c)], known) for c in LUMA)
        picture = red + green + blue
    if seen.size < levels.size:
        picture[~known] = _ground(picture[known])
    return picture


def objects_are_dark(seen: Histogram) -> bool:
    """Whether the background is the brighter of the two sides of Otsu's level.

    It is the side within which levels differ less: background is even, objects are not. Where both
    are even alike, it is the side of more pixels.
    """
    level = otsu(seen)
    if np.isnan(level):
        return False
    low, high = (_spread(seen, side) for side in (seen.levels <= level, seen.levels > level))
    if low != high:
        return high < low
    more = seen.counts[seen.levels > level].sum()
    return bool(more > seen.counts.sum() / 2)


def _spread(seen: Histogram, side: Array) -> float:
    """Between the quartiles of the levels on one side."""
    levels, total = seen.levels[side], np.cumsum(seen.counts[side])
    first, third = (levels[np.searchsorted(total, share * total[-1])] for share in QUARTERS)
    return float(third - first)


def _ground(brightness: Array) -> float:
    """The middle of the background's brightness; of a picture of one level, that; 0 of nothing."""
    seen = Histogram.of(brightness)
    if not seen.levels.size:
        return 0.0
    level = otsu(seen)
    return float(seen.levels[0]) if np.isnan(level) else background(seen, level)[0]


def _absorbed(colour: Array, known: Array) -> Array:
    """Absorbance of one colour, against the light where there is no stain; float32, at least 0.

    One level is added to whole numbers, so that none at all still has a logarithm. Only what is
    known says how much light there is.
    """
    seen = colour if known.all() else colour[known]
    one = 1.0 if colour.dtype.kind in "ui" else float(np.ptp(seen)) / 255 if seen.size else 1.0
    light = np.maximum(colour.astype(np.float32), 0) + np.float32(one or 1.0)
    clear = np.percentile(light if known.all() else light[known], CLEAR) if seen.size else 1.0
    absorbed: Array = -np.log(np.minimum(light / np.float32(clear), 1))
    return absorbed
