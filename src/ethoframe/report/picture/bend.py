"""How a map bends: its grid as a drawing, and by how much areas grow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ethoframe.data import Displacement, Transform, Warp
from ethoframe.data.noun import Array
from ethoframe.report.picture.chart import round_length
from ethoframe.report.picture.pairs import pairs
from ethoframe.report.wording import counted, escaped, number, share

LINES, STOPS = 25, 97
"""Lines of the grid along its longer side, and points of each line."""
MOST_POINTS = 2_000_000
"""Of a field whose determinants are taken at once."""
SIDE = 600


def bend_figures(transform: Transform | Warp | Displacement) -> str:
    """Grid, longest displacement and Jacobian determinants; nothing of a map that is straight."""
    steps = transform.steps if isinstance(transform, Warp) else (transform,)
    bends = [step for step in steps if isinstance(step, Displacement)]
    if not bends:
        return ""
    told = "".join(pairs(numbers(bend)) for bend in bends)
    grids = "".join(_figure(bend) for bend in bends if min(bend.size[-2:]) > 1)
    return f"<h3>Bending</h3>{told}{grids}"


def numbers(bend: Displacement) -> dict[str, str]:
    """Longest and median displacement, range of determinants and share of folding, in words."""
    low, high, folded = determinant_range(bend)
    lengths = np.linalg.norm(bend.vectors, axis=-1)
    points = int(np.prod(bend.size))
    return {
        "longest displacement": f"{number(float(lengths.max()))} {bend.unit}",
        "median displacement": f"{number(float(np.median(lengths)))} {bend.unit}",
        "Jacobian determinant": f"{number(low)} to {number(high)}",
        "share that folds": f"{share(folded, points)} of {counted(points, 'point')}",
    }


def determinant_range(bend: Displacement) -> tuple[float, float, int]:
    """Least and greatest Jacobian determinant, and at how many points it is not positive.

    Found slab by slab: of a volume all at once would take tens of times its memory.

    Examples
    --------
    >>> determinant_range(Displacement(np.zeros((4, 5, 2)), (1.0, 1.0)))
    (1.0, 1.0, 0)
    """
    length, low, high, folded = bend.size[0], np.inf, -np.inf, 0
    thick = max(1, MOST_POINTS * length // int(np.prod(bend.size)))
    for first in range(0, length, thick):
        stop = min(first + thick, length)
        # One more point on either side: differences are taken across both neighbours.
        wide = slice(max(0, first - 1), min(length, stop + 1))
        slab = replace(bend, vectors=bend.vectors[wide]).determinants()
        slab = slab[first - wide.start : stop - wide.start]
        low, high = min(low, float(slab.min())), max(high, float(slab.max()))
        folded += int((slab <= 0).sum())
    return low, high, folded


def _figure(bend: Displacement) -> str:
    """A regular grid as the field moves it, in its own plane; of space the middle plane."""
    down, across = (
        (n - 1) * step for n, step in zip(bend.size[-2:], bend.spacing[-2:], strict=True)
    )
    longest = max(down, across)
    lines = [max(2, round(LINES * side / longest)) for side in (down, across)]
    left, top = bend.origin[0], bend.origin[1]
    rows = top + np.linspace(0, down, lines[0])
    columns = left + np.linspace(0, across, lines[1])
    fine_y, fine_x = top + np.linspace(0, down, STOPS), left + np.linspace(0, across, STOPS)
    horizontal = np.stack(np.meshgrid(fine_x, rows), axis=-1)
    vertical = np.stack(np.meshgrid(fine_y, columns)[::-1], axis=-1)
    times = _times(bend, longest / (LINES - 1))
    moved = [each + times * (_moved(bend, each) - each) for each in (horizontal, vertical)]
    scale = SIDE / longest
    paths = "".join(
        f'<polyline points="{_places((line - (left, top)) * scale)}"/>'
        for each in moved
        for line in each
    )
    width, height = across * scale, down * scale
    margin = 0.04 * SIDE
    box = f"{-margin:.0f} {-margin:.0f} {width + 2 * margin:.0f} {height + 2 * margin:.0f}"
    middle = ", in the middle plane across z" if bend.axes == 3 else ""
    caption = (
        f"A regular grid of {lines[1]} × {lines[0]} lines as the displacement moves it{middle}; "
        "the straight part of the map is left out. The frame is where the grid was."
    )
    if times > 1:
        caption += f" Displacements are drawn {number(times)} times as long as they are."
    return (
        f'<figure class="bend"><svg viewBox="{box}" role="img"><title>Deformation grid</title>'
        f'<rect width="{width:.0f}" height="{height:.0f}"/>{paths}</svg>'
        f"<figcaption>{escaped(caption)}</figcaption></figure>"
    )


def _times(bend: Displacement, apart: float) -> float:
    """How many times as long displacements are drawn so that they are seen, and no lines cross."""
    farthest = float(np.linalg.norm(bend.vectors, axis=-1).max())
    return max(1.0, round_length(0.7 * apart / farthest)) if farthest > 0 else 1.0


def _moved(bend: Displacement, points: Array) -> Array:
    if bend.axes == 2:
        return bend.apply(points)
    deep = bend.origin[2] + bend.spacing[0] * (bend.size[0] - 1) / 2
    places = np.concatenate([points, np.full((*points.shape[:-1], 1), deep)], axis=-1)
    return bend.apply(places)[..., :2]


def _places(line: Array) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in line.tolist())
