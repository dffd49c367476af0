"""Where regions begin when nobody says: at bright and dark places that stand out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data.noun import Array

KINDS = ("both", "bright", "dark")


def steps(spacing: Sequence[float] | None, axes: int) -> tuple[float, ...]:
    """Distance between pixels along each axis, in pixels of the finest."""
    return tuple(each / min(spacing) for each in spacing) if spacing else (1.0,) * axes


def extrema(picture: Array, sigmas: Sequence[float], prominence: float, kind: str) -> Array:
    """Plateaus of the smoothed picture that stand out, each with a label of its own.

    Parameters
    ----------
    picture
        One channel ``([z,] y, x)``; what is not finite is taken for the mean of the rest.
    sigmas
        Deviation of the Gaussian along each axis in pixels.
    prominence
        A place stands out by so large a share of the smoothed picture's range.
    kind
        ``"bright"``, ``"dark"`` or ``"both"``.

    Returns
    -------
    Array
        Labels from 1, int32, the bright places first; all 0 where the picture has one level.
    """
    from scipy import ndimage

    labels = np.zeros(picture.shape, np.int32)
    levels = picture.astype(np.float32)
    known = np.isfinite(levels)
    if not known.any():
        return labels
    levels[~known] = levels[known].mean()
    levels -= levels.min()
    smooth = ndimage.gaussian_filter(levels, sigmas, mode="nearest")
    height = prominence * float(np.ptp(smooth))
    # Single precision leaves ripples where there is but one level.
    if height <= np.finfo(np.float32).eps * float(np.abs(levels).max()):
        return labels
    signs = [sign for sign, name in ((-1, "bright"), (1, "dark")) if kind in ("both", name)]
    for sign in signs:
        found = _low(sign * smooth, height)
        labels[found > 0] = found[found > 0] + labels.max()
    labels[~known] = 0
    return labels


def _low(levels: Array, height: float) -> Array:
    """Places that are lower by `height` than the lowest way to a lower one."""
    sitk = needs("images", "SimpleITK")
    shallow = sitk.HMinima(sitk.GetImageFromArray(levels), height)
    marked = sitk.RegionalMinima(shallow, backgroundValue=0, foregroundValue=1, flatIsMinima=False)
    found: Array = sitk.GetArrayFromImage(sitk.ConnectedComponent(marked))
    return found.astype(np.int32)
