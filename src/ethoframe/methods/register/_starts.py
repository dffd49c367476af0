"""Where to begin: turns and shifts of a picture tried all over, on small copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture, blurred, gradients, mapped, pulled

ACROSS = {2: 64, 3: 32}  # pixels along the longer side of what is tried
TURNS = 30  # all the way around
BLUR = 1.0
OVERLAP = 0.35  # of the smaller image that must be seen in the other
KEPT = 4  # starts of each kind that are worth refining
APART = 0.1  # of the extent: starts nearer than this are one


@dataclass(frozen=True)
class Start:
    """A pull worth refining, and how well small copies correlate there."""

    pull: Array
    score: float


def turned_starts(
    fixed: Picture, moving: Picture, base: Array, *, turned: bool, scales: Sequence[float] = (1.0,)
) -> list[Start]:
    """The best turns, scales and shifts: by levels, and apart by the strength of edges.

    All turns of a picture about its middle are tried, and with each all shifts at once. Volumes are
    not turned.

    References
    ----------
    Correlation of what both images show, by Fourier transforms: Padfield, IEEE Trans. Image
    Process. 21 (2012), 2706-2718.
    """
    axes = fixed.values.ndim
    step = max(float(fixed.extent.max()), float(moving.extent.max())) / ACROSS[axes]
    small, shrunk = _regular(fixed, step), moving.shrunk(step)
    angles = np.arange(TURNS if turned and axes == 2 else 1) * 2 * np.pi / TURNS
    ways = [_about(moving, small, base, angle, scale) for scale in scales for angle in angles]
    found: list[Start] = []
    for edges in (False, True):
        search = _Search.of(small, step, edges)
        found += _apart(
            [search.best(_canvas(shrunk, way, small, step), way) for way in ways], fixed
        )
    return found


@dataclass(frozen=True)
class _Search:
    """The transforms of the fixed image, made once."""

    parts: Array
    shape: tuple[int, ...]
    area: float
    step: float
    edges: bool

    @classmethod
    def of(cls, fixed: Picture, step: float, edges: bool) -> _Search:
        from scipy import fft

        values, known = _feature(fixed.values, _known(fixed), edges)
        side = [n + m for n, m in zip(fixed.size, _sides(fixed), strict=True)]
        shape = tuple(fft.next_fast_len(n, real=True) for n in side)
        parts = _transforms(values, known, shape)
        return cls(parts, shape, float(known.sum()), step, edges)

    def best(self, turned: Picture, turn: Array) -> Start:
        """The best shift of the turned picture."""
        from scipy import fft

        values, known = _feature(turned.values, _known(turned), self.edges)
        moved = np.conj(_transforms(values, known, self.shape))
        seen, one, square = self.parts
        products = [seen * moved[0], one * moved[0], square * moved[0]]
        products += [seen * moved[1], seen * moved[2], one * moved[1]]
        axes = tuple(range(1, values.ndim + 1))
        n, f, ff, m, mm, fm = fft.irfftn(np.stack(products), self.shape, axes=axes)
        enough = n > OVERLAP * min(self.area, float(known.sum()))
        n = np.maximum(n, 1.0)
        spread = np.maximum(ff - f * f / n, 0) * np.maximum(mm - m * m / n, 0)
        # What hardly varies where both are seen correlates by chance.
        varied = enough & (spread > 0.01 * float(spread.max(initial=0.0)))
        score = np.where(varied, (fm - f * m / n) / np.sqrt(np.where(varied, spread, 1.0)), -1.0)
        peak = np.unravel_index(int(np.argmax(score)), score.shape)
        shift = [p - n if p > n // 2 else p for p, n in zip(peak, self.shape, strict=True)]
        back = np.eye(values.ndim + 1)
        back[:-1, -1] = -np.array(shift) * self.step
        return Start(turn @ back, float(score[peak]))


def centred_starts(fixed: Picture, moving: Picture, base: Array, turns: int) -> list[Start]:
    """Starts for volumes: middles of what varies laid on each other, and turned about each axis."""
    here, there = _middle(fixed), _middle(moving)
    axes = len(here)
    shift = np.eye(axes + 1)
    shift[:axes, axes] = there - mapped(base, here[None])[0]
    laid = shift @ base
    found = [Start(base, 0.0), Start(laid, 0.0)]
    for axis in range(axes):
        for turn in range(1, turns):
            around = np.eye(axes + 1)
            a, b = (other for other in range(axes) if other != axis)
            angle = 2 * np.pi * turn / turns
            around[[a, a, b, b], [a, b, a, b]] = (
                np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle),
            )  # fmt: skip
            around[:axes, axes] = here - around[:axes, :axes] @ here
            found.append(Start(laid @ around, 0.0))
    return found


def _transforms(values: Array, known: Array, shape: tuple[int, ...]) -> Array:
    from scipy import fft

    axes = tuple(range(1, values.ndim + 1))
    transforms: Array = fft.rfftn(np.stack([known, values, values * values]), shape, axes)
    return transforms


def _regular(picture: Picture, step: float) -> Picture:
    """The picture on a grid of the same step along all axes."""
    size = tuple(int(n) + 1 for n in picture.extent // step)
    grid = Picture(np.zeros(size, np.float32), np.full(len(size), step), picture.origin)
    values, seen = pulled(picture.shrunk(step), np.eye(len(size) + 1), grid)
    return Picture(values, grid.step, grid.origin, seen)


def _canvas(moving: Picture, turn: Array, fixed: Picture, step: float) -> Picture:
    """The moving picture turned, on a grid as regular as the fixed one's and just as begun."""
    sides = _sides(fixed)
    grid = Picture(np.zeros(sides, np.float32), np.full(len(sides), step), fixed.origin)
    values, seen = pulled(moving, turn, grid)
    return Picture(values, grid.step, grid.origin, seen)


def _sides(fixed: Picture) -> tuple[int, ...]:
    """Pixels that hold the moving picture however it is turned."""
    axes = len(fixed.size)
    return (int(1.5 * ACROSS[axes]),) * axes


def _about(moving: Picture, fixed: Picture, base: Array, angle: float, scale: float) -> Array:
    """The pull that turns the moving picture about its middle, which comes to a canvas's middle."""
    axes = len(fixed.size)
    middle = moving.origin + moving.extent / 2
    canvas = fixed.origin + np.array(_sides(fixed)) / 2 * fixed.step
    turn = np.eye(axes)
    turn[-2:, -2:] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    pull = np.eye(axes + 1)
    pull[:-1, :-1] = base[:-1, :-1] @ turn / scale
    pull[:-1, -1] = middle - pull[:-1, :-1] @ canvas
    return pull


def _feature(values: Array, known: Array, edges: bool) -> tuple[Array, Array]:
    """Levels, or the strength of edges, about 0 and of spread 1; 0 where nothing is known."""
    values = blurred(values, BLUR)
    if edges:
        values = np.sqrt(sum(slope * slope for slope in gradients(values, np.ones(values.ndim))))
        # Where the picture ends is no edge of it.
        known = blurred(known, 1.0) > 0.99
    weight = known.astype(np.float32)
    if not weight.any():
        return np.zeros_like(values), weight
    seen = values[weight > 0]
    spread = float(seen.std()) or 1.0
    return (values - float(seen.mean())) / spread * weight, weight


def _known(picture: Picture) -> Array:
    known = np.ones(picture.size, np.float32) if picture.known is None else picture.known
    return known.astype(np.float32)


def _apart(starts: list[Start], fixed: Picture) -> list[Start]:
    """The best few that are not alike."""
    corners = fixed.corners()
    kept: list[Start] = []
    near = APART * float(fixed.extent.max())
    for start in sorted(starts, key=lambda each: -each.score):
        places = mapped(start.pull, corners)
        if all(np.abs(places - mapped(k.pull, corners)).max() > near for k in kept):
            kept.append(start)
        if len(kept) == KEPT:
            break
    return kept


def _middle(picture: Picture) -> Array:
    """Centre of what stands off the background, the level of the picture's rim."""
    rim = np.concatenate(
        [np.take(picture.values, end, axis=axis).ravel() for axis in range(3) for end in (0, -1)]
    )
    weight = np.abs(picture.values - np.median(rim)) * _known(picture)
    total = float(weight.sum()) or 1.0
    index = [
        float((weight.sum(tuple(b for b in range(3) if b != a)) * np.arange(n)).sum()) / total
        for a, n in enumerate(picture.size)
    ]
    middle: Array = picture.origin + picture.step * np.array(index)
    return middle
