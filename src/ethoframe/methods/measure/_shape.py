"""Outlines of labelled objects: how long they are, and what a skin stretched over them holds."""

from __future__ import annotations

from itertools import product

import cv2
import numpy as np

from ethoframe.data.noun import Array

SAMPLES = 20000  # directions by which each one's share of all is told


def outline_lengths(labels: Array, steps: tuple[float, ...], count: int) -> Array:
    """Perimeter (in volumes: surface) of each label ``(count + 1,)``, beyond the border included.

    By Crofton's formula: how often lines in 4 (13) directions cross the outline, times what each
    line stands for.

    References
    ----------
    Legland, Kiêu & Devaux, Image Analysis & Stereology 26 (2007) 83-92.
    """
    axes = labels.ndim
    framed = np.pad(labels, 1)
    ways = [way for way in product((-1, 0, 1), repeat=axes) if way > (0,) * axes]
    lengths = np.array([np.linalg.norm(np.multiply(way, steps)) for way in ways])
    share = _shares(ways, steps)
    pixel = float(np.prod(steps))
    total = np.zeros(count + 1)
    for way, length, weight in zip(ways, lengths, share, strict=True):
        a, b = _neighbours(framed, way)
        cross = a != b
        met = np.bincount(a[cross], minlength=count + 1) + np.bincount(
            b[cross], minlength=count + 1
        )
        total += weight * met * pixel / length
    total *= np.pi / 2 if axes == 2 else 2.0
    total[0] = 0
    return total


def _neighbours(labels: Array, way: tuple[int, ...]) -> tuple[Array, Array]:
    """Pairs of pixels that lie one step apart in this direction."""
    one = tuple(slice(max(0, -w), min(0, -w) or None) for w in way)
    other = tuple(slice(max(0, w), min(0, w) or None) for w in way)
    return labels[one], labels[other]


def _shares(ways: list[tuple[int, ...]], steps: tuple[float, ...]) -> Array:
    """For each way the share of all directions that are nearer to it than to the others."""
    axes = len(steps)
    units = np.array([np.multiply(way, steps) for way in ways])
    units /= np.linalg.norm(units, axis=1)[:, None]
    k = np.arange(SAMPLES) + 0.5
    if axes == 2:
        all_ways = np.stack([np.sin(np.pi * k / SAMPLES), np.cos(np.pi * k / SAMPLES)], axis=1)
    else:
        z, turn = 1 - 2 * k / SAMPLES, np.pi * (1 + np.sqrt(5)) * k
        around = np.sqrt(1 - z**2)
        all_ways = np.stack([z, around * np.cos(turn), around * np.sin(turn)], axis=1)
    nearest = np.abs(all_ways @ units.T).argmax(axis=1)
    found: Array = np.bincount(nearest, minlength=len(ways)) / SAMPLES
    return found


def hull_size(mask: Array) -> float:
    """Area or volume, in pixels, of the convex hull of all pixels' corners; 0 of an empty mask."""
    if not mask.any():
        return 0.0
    along = np.argmax(mask, axis=-1)
    back = mask.shape[-1] - np.argmax(mask[..., ::-1], axis=-1)
    rows = np.argwhere(mask.any(axis=-1))
    first, last = along[tuple(rows.T)], back[tuple(rows.T)]
    ends = [np.column_stack([rows, first]), np.column_stack([rows, last])]
    lanes = list(product((0, 1), repeat=mask.ndim - 1))
    corners = np.concatenate([np.add(end, (*lane, 0)) for end in ends for lane in lanes])
    if mask.ndim == 2:
        return float(cv2.contourArea(cv2.convexHull(corners.astype(np.int32))))
    from scipy.spatial import ConvexHull

    return float(ConvexHull(corners).volume)
