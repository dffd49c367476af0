"""Thick and thin parts of a mask, by how far it is from each pixel to the outside."""

from __future__ import annotations

import cv2
import numpy as np

from ethoframe.data.noun import Array


def depth(mask: Array) -> Array:
    """How far it is from each pixel of the mask out of it."""
    return cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)


def around(core: Array, reach: float) -> tuple[slice, slice]:
    """The window that holds everything within `reach` of the core."""
    left, top, width, height = cv2.boundingRect(core)
    margin = int(reach) + 2
    rows = slice(max(0, top - margin), top + height + margin)
    return rows, slice(max(0, left - margin), left + width + margin)


def within(core: Array, whole: Array | None, reach: float) -> Array:
    """255 within reach of the core, but for seams between what belongs to no one whole."""
    away = depth(cv2.bitwise_not(core))
    near = cv2.compare(away, reach, cv2.CMP_LE)  # type: ignore[call-overload]
    return near if whole is None else _kept_apart(near, core, whole)


def _kept_apart(body: Array, core: Array, whole: Array) -> Array:
    """The body without the seams along which things meet that only the regrowth has joined."""
    _, nearest = cv2.distanceTransformWithLabels(
        cv2.bitwise_not(core), cv2.DIST_L2, cv2.DIST_MASK_5
    )
    # Of each piece of the core, as the distance transform numbers them, which whole it belongs to.
    inside = core > 0
    owners = np.zeros(int(nearest.max()) + 1, np.float32)
    owners[nearest[inside]] = whole[inside]
    owner = owners[nearest]
    seam = cv2.morphologyEx(owner, cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
    return np.where(seam, 0, body).astype(np.uint8)


def closed(mask: Array, disc: float, cover: float) -> Array:
    """255 in the thick parts of a mask and in what is narrow between them."""
    wide = int(cover + disc) + 2
    framed = cv2.copyMakeBorder(mask, *(wide,) * 4, cv2.BORDER_CONSTANT)
    # Between thick parts only: a tail that curls round the body encloses floor.
    thick = cv2.compare(depth(framed), disc, cv2.CMP_GT)  # type: ignore[call-overload]
    away = depth(cv2.bitwise_not(thick))
    near = cv2.compare(away, disc + cover, cv2.CMP_LE)  # type: ignore[call-overload]
    whole = cv2.compare(depth(near), cover, cv2.CMP_GT)  # type: ignore[call-overload]
    inside: Array = whole[wide:-wide, wide:-wide]
    return inside
