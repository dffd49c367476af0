"""Where the pixels of one grid are looked up in another."""

from __future__ import annotations

from typing import Any

import numpy as np

from ethoframe.data import Refusal, Transform, Transforms, Warp
from ethoframe.data.noun import Array


def looked_up_at(
    back: Transform | Warp,
    size: tuple[int, ...],
    spacing_mm: tuple[float, ...] | None,
    moving_mm: tuple[float, ...] | None,
    method: str,
) -> list[Array]:
    """For each pixel of a grid, its index in the moving picture, axis by axis ``([z,] y, x)``.

    Parameters
    ----------
    back
        The map from the fixed image to the moving one.
    size, spacing_mm
        Of the grid.
    moving_mm
        Distance between the pixels of the moving picture.

    Raises
    ------
    Refusal
        When the map has another number of axes, or is in mm where no pixel size is known.
    """
    if back.axes != len(size):
        reason = f"a map of {back.axes} axes cannot move frames of {len(size)}"
        raise Refusal(method, reason, "give the map of these frames")
    here = _pixel(back.source_unit, spacing_mm, len(size), method)
    there = _pixel(back.target_unit, moving_mm, len(size), method)
    index = np.meshgrid(*[np.arange(n, dtype=np.float64) for n in size], indexing="ij")
    places = np.stack([part * step for part, step in zip(index, here, strict=True)][::-1], axis=-1)
    moved = back.apply(places)[..., ::-1] / there
    return [np.ascontiguousarray(moved[..., axis]) for axis in range(len(size))]


def backs(side: Any, numbers: Array, axes: int, in_mm: bool) -> list[Transform | Warp | None]:
    """The way from the fixed image back to each frame; None where there is none.

    Both a map of the recording and maps of its frames may be given: the frames' come first. With
    neither, every place stays where it is, in mm if both grids know theirs.
    """
    whole: Transform | Warp | None = side.get("transform")
    frames: Transforms | None = side.get("motion")
    if whole is None and frames is None:
        unit = "mm" if in_mm else "px"
        return [Transform(np.eye(axes + 1), unit, unit)] * len(numbers)
    back = None if whole is None else whole.inverse()
    if frames is None:
        return [back] * len(numbers)
    rows = {int(number): row for row, number in enumerate(frames.numbers)}
    found: list[Transform | Warp | None] = []
    for number in numbers:
        row = rows.get(int(number))
        if row is None or not np.isfinite(frames.matrices[row]).all():
            found.append(None)
            continue
        own = frames.of(row).inverse()
        found.append(own if back is None else _chained(own, back))
    return found


def _chained(last: Transform, first: Transform | Warp) -> Transform | Warp:
    return Warp((first, last)) if isinstance(first, Transform) else Warp((*first.steps, last))


def _pixel(
    unit: str, spacing_mm: tuple[float, ...] | None, axes: int, method: str
) -> tuple[float, ...]:
    if unit != "mm":
        return (1.0,) * axes
    if spacing_mm is None:
        reason = "the map is in mm, and the pixel size is not known"
        raise Refusal(method, reason, "say it, as --scale 0.65um/px")
    return spacing_mm
