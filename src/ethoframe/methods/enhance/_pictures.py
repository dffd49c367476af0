"""One picture after another: every channel of every frame by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ethoframe.contract import Spec
from ethoframe.data import Frames, Refusal
from ethoframe.data.noun import Array


def pictures_of(batch: Frames, answer: Callable[[Array], Array], dtype: str) -> Frames:
    """The frames with each channel's picture ``(y, x)`` or ``(z, y, x)`` answered by itself.

    Parameters
    ----------
    batch
        Any frames.
    answer
        From a picture as it is stored, read-only, to one of the same shape.
    dtype
        Of the answers.
    """
    pixels = np.empty(batch.pixels.shape, dtype)
    for before, after in zip(batch.pixels, pixels, strict=True):
        for channel in range(before.shape[-1]):
            after[..., channel] = answer(np.ascontiguousarray(before[..., channel]))
    return replace(batch, pixels=pixels)


def real(seen: Spec, who: str) -> Spec:
    """The spec as it came.

    Raises
    ------
    Refusal
        When its levels are complex, or no numbers.
    """
    if seen.dtype and np.dtype(seen.dtype).kind not in "uifb":
        reason = f"levels of type {seen.dtype} have no order"
        raise Refusal(who, reason, "take their magnitude first")
    return seen


def floating(picture: Array) -> Array:
    """The picture in single precision, the least that levels of 16 bit need.

    Levels that single precision would round (32 bit and more) are kept in double.
    """
    return picture.astype(np.result_type(picture.dtype, np.float32), copy=False)
