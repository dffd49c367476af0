"""Which of a frame's channels a method looks at, where it takes one number per pixel."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array

LUMA = {"red": 0.299, "green": 0.587, "blue": 0.114}
"""How much each colour counts in how bright a pixel looks (ITU-R BT.601)."""

ALPHA = "alpha"
"""The channel that tells how opaque a pixel is, and holds no level."""


def name_one(names: Sequence[str]) -> str:
    """The remedy where no channel was chosen, or one that is not there.

    Parameters
    ----------
    names
        Of the channels that there are, as many as there are.

    Examples
    --------
    >>> name_one(["gfp", "c1 red"])
    'name one, as --channel gfp: gfp, c1 red'
    """
    listed = ", ".join(names)
    return f"name one, as --channel {shlex.quote(names[0])}: {listed}" if names else "name none"


def colours(names: Sequence[str]) -> tuple[str, ...]:
    """The channels that hold levels: all but alpha, unless there is no other.

    Examples
    --------
    >>> colours(("luma", "alpha"))
    ('luma',)
    """
    return tuple(name for name in names if name != ALPHA) or tuple(names)


def shares(names: Sequence[str], channel: str, who: str) -> dict[int, float]:
    """How much each channel counts, by its index: the named one, the only one, or luma.

    Parameters
    ----------
    names
        Of the channels that there are.
    channel
        The one that is meant; empty where nobody said.
    who
        Of whom a refusal tells.

    Raises
    ------
    Refusal
        When there is no such channel, or none is meant of several.

    Examples
    --------
    >>> shares(("gfp", "alpha"), "", "a/method")
    {0: 1.0}
    """
    shown = colours(names)
    if channel:
        if channel in names:
            return {names.index(channel): 1.0}
        raise Refusal(who, f"there is no channel {channel!r}", name_one(names))
    if len(shown) == 1:
        return {names.index(shown[0]): 1.0}
    if set(LUMA) <= set(shown):
        return {names.index(colour): share for colour, share in LUMA.items()}
    reason = f"there are {len(shown)} channels, and none is chosen"
    raise Refusal(who, reason, name_one(names))


def levels_of(pixels: Array, names: Sequence[str], channel: str) -> Array:
    """Pixels ``(..., c)`` as levels ``(...)``: a channel as stored, or luma.

    Luma of whole numbers is rounded to whole numbers: levels stay as many as they were. Alpha is no
    level, unless it is the channel that is named.
    """
    (first, share), *others = shares(names, channel, "channel").items()
    if not others:
        return np.ascontiguousarray(pixels[..., first])
    mixed: Array = np.float32(share) * pixels[..., first]
    for index, part in others:
        mixed = mixed + np.float32(part) * pixels[..., index]
    return np.rint(mixed).astype(pixels.dtype) if pixels.dtype.kind in "ui" else mixed
