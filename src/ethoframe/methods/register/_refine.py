"""A start refined until the images correlate best: a Gauss–Newton method on a group of maps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._picture import Picture, gradients, mapped, pulled

MODELS = ("translation", "rigid", "similarity", "affine")
LEAST_SHARE = 0.1  # of the fixed image that must be seen in the moving one
BIWEIGHT = 4.685  # deviations from which a pixel counts no more; 95 % efficient on normal noise
WEAK = 0.15  # correlation below which steps are no longer lengthened for it
LONGEST = 3.0  # pixels that a corner may move in one round


@dataclass(frozen=True)
class Fit:
    """A pull and how well the images correlate under it."""

    pull: Array
    correlation: float
    overlap: float


def generators(model: str, axes: int) -> list[Array]:
    """The directions ``(d, d + 1)`` in which a map of this model may change.

    Each acts on columns of centred places and a 1.
    """
    one = np.eye(axes, axes + 1)
    moves = [np.outer(one[axis, :axes], np.eye(axes + 1)[axes]) for axis in range(axes)]
    if model == "translation":
        return moves
    pairs = [(a, b) for a in range(axes) for b in range(a + 1, axes)]
    unit = [[_unit(a, b, axes) for b in range(axes)] for a in range(axes)]
    if model == "affine":
        return moves + [unit[a][b] for a in range(axes) for b in range(axes)]
    turns = [unit[a][b] - unit[b][a] for a, b in pairs]
    return moves + turns + ([one] if model == "similarity" else [])


def correlation(a: Array, b: Array, weight: Array) -> float:
    """Pearson's correlation where `weight` holds; 0 where either does not vary."""
    seen = weight > 0
    if not seen.any():
        return 0.0
    x, y = a[seen], b[seen]
    x, y = (
        x - x.mean(dtype=np.float64).astype(x.dtype),
        y - y.mean(dtype=np.float64).astype(y.dtype),
    )
    spread = float(np.vdot(x, x)) * float(np.vdot(y, y))
    return float(np.vdot(x, y)) / spread**0.5 if spread > 0 else 0.0


def refined(
    fixed: Picture,
    moving: Picture,
    pull: Array,
    model: str,
    *,
    robust: bool = False,
    rounds: int = 30,
    least: float = 0.005,
) -> Fit:
    """The pull of the best (absolute) correlation near a start, by steps of this model.

    The step follows from the gradient of the fixed image alone (inverse composition), and is longer
    where the images correlate less, by what a gain and an offset between them leave unexplained.

    Parameters
    ----------
    robust
        Whether pixels that fit far worse than most (what only one image shows, or nobody filled in)
        count less, and the farthest not at all.
    rounds
        Steps at most.
    least
        Pixels by which a corner must still move.

    References
    ----------
    Evangelidis & Psarakis, IEEE Trans. Pattern Anal. Mach. Intell. 30 (2008), 1858-1865. Baker &
    Matthews, Int. J. Comput. Vis. 56 (2004), 221-255. Biweight: Beaton & Tukey, Technometrics 16
    (1974), 147-185.
    """
    best = Fit(pull, 0.0, 0.0)
    for fit in _steps(fixed, moving, pull, model, robust, rounds, least):
        # With other weights in each round, correlations of rounds cannot be compared.
        if robust or abs(fit.correlation) >= abs(best.correlation):
            best = fit
    return best


def _steps(
    fixed: Picture,
    moving: Picture,
    pull: Array,
    model: str,
    robust: bool,
    rounds: int,
    least: float,
) -> Iterator[Fit]:
    frame = Frame.of(fixed, model)
    table = frame.slopes(fixed.values, fixed.step)
    finest, corners = float(fixed.step.min()), fixed.corners()
    for _ in range(rounds):
        values, seen = pulled(moving, pull, fixed)
        overlap = float(seen.mean())
        if overlap < LEAST_SHARE:
            return
        weight = seen.astype(np.float32)
        wrong, told = _unexplained(fixed.values, values, weight)
        if robust:
            weight *= _trusted(wrong, seen)
            wrong, told = _unexplained(fixed.values, values, weight)
        yield Fit(pull, told, overlap)
        if told == 0.0:
            return
        amounts = _amounts(table, wrong, weight)
        moved = float(np.abs(mapped(frame.motion(amounts), corners) - corners).max()) / finest
        pull = pull @ np.linalg.inv(frame.motion(amounts * min(1.0, LONGEST / max(moved, 1e-9))))
        if moved < least:
            return


def _unexplained(fixed: Array, moving: Array, weight: Array) -> tuple[Array, float]:
    """What the moving image shows otherwise than the fixed, in its levels; and the correlation."""
    count = max(float(weight.sum()), 1e-9)
    f = fixed - np.float32(float(np.vdot(fixed, weight)) / count)
    m = moving - np.float32(float(np.vdot(moving, weight)) / count)
    heavy_f, heavy_m = f * weight, m * weight
    ff, mm, fm = (float(np.vdot(a, b)) for a, b in ((heavy_f, f), (heavy_m, m), (heavy_f, m)))
    if ff <= 1e-12 * count or mm <= 1e-12 * count:
        return f, 0.0
    told = fm / np.sqrt(ff * mm)
    # Of what correlates by r, only r of each level is due to the image: it is lengthened by that.
    gain = ff / fm if abs(told) >= WEAK else np.sign(fm or 1.0) * np.sqrt(ff / mm) / WEAK
    return np.float32(gain) * m - f, told


def _trusted(wrong: Array, seen: Array) -> Array:
    """Tukey's biweight of what is wrong, in deviations told from the middle of its size."""
    some = np.abs(wrong[seen][:: max(1, int(seen.sum()) // 20_000)])
    spread = 1.4826 * float(np.median(some))
    if spread <= 0:
        return seen.astype(np.float32)
    inner = np.maximum(1 - (wrong / np.float32(BIWEIGHT * spread)) ** 2, 0)
    return np.asarray(inner * inner)


@dataclass(frozen=True)
class Frame:
    """Centred and scaled places of a picture, in which the parameters of a model are alike.

    Parameters
    ----------
    scaling
        From places to centred and scaled ones.
    along
        These, for each axis, ready to be broadcast.
    basis
        The model's generators.
    """

    scaling: Array
    along: list[Array]
    basis: list[Array]

    @classmethod
    def of(cls, fixed: Picture, model: str) -> Frame:
        """That of a picture."""
        axes = fixed.values.ndim
        centre, reach = fixed.origin + fixed.extent / 2, max(float(fixed.extent.max()) / 2, 1e-9)
        scaling = np.diag([1 / reach] * axes + [1.0])
        scaling[:-1, -1] = -centre / reach
        along = [
            ((fixed.origin[a] + fixed.step[a] * np.arange(n) - centre[a]) / reach)
            .astype(np.float32)
            .reshape([-1 if a == b else 1 for b in range(axes)])
            for a, n in enumerate(fixed.size)
        ]
        return cls(scaling, along, generators(model, axes))

    def slopes(self, values: Array, step: Array) -> Array:
        """How levels change with each parameter ``(parameter, pixel)``."""
        reach = np.float32(1 / self.scaling[0, 0])
        factors: list[Array] = [*self.along, np.ones((1,) * values.ndim, np.float32)]
        by_axis = [slope * reach for slope in gradients(values, step)]
        full = [[slope * where for where in factors] for slope in by_axis]
        return np.stack([_summed(part, full).ravel() for part in self.basis])

    def motion(self, amounts: Array) -> Array:
        """The map of places with these parameters."""
        axes = len(self.along)
        motion = np.zeros((axes + 1, axes + 1))
        for amount, part in zip(amounts, self.basis, strict=True):
            motion[:axes] += amount * part
        return _exponential(np.linalg.inv(self.scaling) @ motion @ self.scaling)


def _amounts(table: Array, wrong: Array, weight: Array) -> Array:
    """The parameters, as of `Frame.motion`, that explain most of what is wrong."""
    known = table * weight.ravel()
    normal = (known @ table.T).astype(np.float64)
    normal += np.eye(len(normal)) * (1e-6 * np.trace(normal) / len(normal) + 1e-12)
    solved: Array = np.linalg.solve(normal, (known @ wrong.ravel()).astype(np.float64))
    return solved


def _summed(part: Array, full: list[list[Array]]) -> Array:
    rows, columns = np.nonzero(part)
    total: Array = np.float32(0) + sum(
        part[a, b] * full[a][b] for a, b in zip(rows, columns, strict=True)
    )
    return total.astype(np.float32)


def _unit(a: int, b: int, axes: int) -> Array:
    unit = np.zeros((axes, axes + 1))
    unit[a, b] = 1
    return unit


def _exponential(motion: Array) -> Array:
    """The map that a small motion adds up to; a turn stays a turn."""
    term, total = np.eye(len(motion)), np.eye(len(motion))
    for order in range(1, 12):
        term = term @ motion / order
        total = total + term
    return total
