"""From two pictures to the map between them, and whether to believe it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.register._information import informed
from ethoframe.methods.register._picture import Picture, averaged, mapped, pulled
from ethoframe.methods.register._refine import correlation, refined
from ethoframe.methods.register._starts import centred_starts, turned_starts
from ethoframe.methods.register._tiles import ENOUGH, Homing, Tiles

COARSE = {2: (56, 112), 3: (24, 48)}  # pixels along the longer side, where starts are told apart
FINER = {2: 224, 3: 96}  # and then
MOST = 2_000_000  # pixels of the finest level that is worth its time
ALIKE_STARTS = 0.01  # of the extent: starts that end nearer than this are one
START_ROUNDS = 12
ROUGH = 0.05  # pixels by which a corner still moves in the last round of a start
BLUR = 1.0  # pixels of a level
CLEAR = 0.6  # share of tiles at home with which nothing better is looked for
SHARE, SURPRISE = 0.15, 5.0  # of tiles at home, and of as many by chance, to believe a map
OVERLAP = 0.1  # of the fixed image that must be seen
SCALES = (0.8, 1.25)  # tried when nothing is found at the same scale
LARGEST = 2.5  # times that anything may be longer or shorter than it was
SHEARED = 1.6  # times that it may be longer one way than another
WINDOW, ALIKE = 15, 0.6  # pixels in which levels are compared, and how alike those of one stain are
TURNS = 6  # about each axis of a volume


@dataclass(frozen=True)
class Alignment:
    """A pull and what speaks for it.

    Parameters
    ----------
    pull
        From places of the fixed image to those of the moving one.
    homing
        The second opinion.
    before, after
        Correlation of levels, as the images came and aligned.
    overlap
        Share of the fixed image that is seen.
    metric
        What was optimised last.
    failed
        Why it is not to be believed; empty otherwise.
    implausible
        Whether that is because of what the map does.
    """

    pull: Array
    homing: Homing
    before: float = 0.0
    after: float = 0.0
    overlap: float = 0.0
    metric: str = "correlation"
    failed: str = ""
    implausible: bool = False

    def facts(self) -> dict[str, float | str]:
        """For people."""
        return {
            "similarity_before": self.before,
            "similarity_after": self.after,
            "agreement": self.homing.share,
            "tiles": float(self.homing.tiles),
            "overlap": self.overlap,
            "metric": self.metric,
        }


def aligned(
    fixed: Picture,
    moving: Picture,
    base: Array,
    model: str,
    metric: str,
    finest: float,
    *,
    settled: float = 0.005,
) -> Alignment:
    """The map of this model between two pictures, from a pull to begin with.

    First from where the images lie; then, unless tiles agree clearly, from all turns and shifts
    (and scales). Starts are told apart by the tiles, never by what they optimise.

    Parameters
    ----------
    finest
        Distance between pixels below which nothing is refined, in the unit of places.
    settled
        Pixels by which a corner still moves in the last round.
    """
    blank = nothing_in(fixed, moving)
    if blank:
        return Alignment(base, Homing(0, 0, 0.0, float("nan")), failed=blank)
    tiles = Tiles.of(fixed, moving)
    pull, told = _begun(fixed, moving, base, model, tiles)
    steps = _finer(fixed, finest)
    if metric == "auto":
        pull = _through(fixed, moving, pull, model, steps[:1], settled=settled)
        metric = "correlation" if _of_one_stain(fixed, moving, pull) else "mutual-information"
        steps = steps if metric == "mutual-information" else steps[1:]
    if metric == "correlation":
        pull = _through(fixed, moving, pull, model, steps, settled=settled)
    else:
        # What other stains show alike is coarse; finer levels only add what they show otherwise.
        pull = _through(fixed, moving, pull, model, steps[:1], inform=True)
    told = tiles.homing(pull)
    return judged(tiles, Alignment(pull, told, metric=metric), base)


def judged(tiles: Tiles, found: Alignment, base: Array) -> Alignment:
    """The alignment with its similarities, and why it failed if it did."""
    here, there = tiles.fixed, tiles.moving
    before = correlation(here.values, *pulled(there, base, here))
    values, seen = pulled(there, found.pull, here)
    after, overlap = correlation(here.values, values, seen), float(seen.mean())
    unlikely = implausible(found.pull, base)
    failed = unlikely or doubtful(found.homing, overlap)
    return replace(
        found,
        before=before,
        after=after,
        overlap=overlap,
        failed=failed,
        implausible=bool(unlikely),
    )


def coarse_enough(fixed: Picture, finest: float) -> float:
    """The step of the first level after the starts: as fine as a map needs that is bent besides."""
    return max(finest, float(fixed.extent.max()) / FINER[fixed.values.ndim])


def doubtful(told: Homing, overlap: float, times: float = 1.0) -> str:
    """Why what the tiles say is no reason to believe an alignment; empty where it is.

    `times` as much is asked of tiles that something as free as a displacement brought home.
    """
    if overlap < OVERLAP:
        return f"only {100 * overlap:.0f} % of the fixed image is seen in the moving one"
    if told.tiles < ENOUGH:
        return f"{told.tiles} parts of the images show enough to compare"
    if told.share < times * SHARE or told.surprise < times * SURPRISE:
        found = (
            f"{told.home} of {told.tiles} parts of the fixed image are found where they should be"
        )
        return f"{found} in the moving one, and {told.chance * told.tiles:.0f} would be by chance"
    return ""


def implausible(pull: Array, base: Array) -> str:
    """Why a map can hardly be; empty where it can."""
    linear = np.linalg.inv(base[:-1, :-1]) @ pull[:-1, :-1]
    longest, *_, shortest = np.linalg.svd(linear, compute_uv=False)
    if np.linalg.det(linear) <= 0:
        return "the images would be mirrored"
    if longest > LARGEST or shortest < 1 / LARGEST:
        return f"the images would be {longest:.2g} to {shortest:.2g} times as large"
    if longest > SHEARED * shortest:
        return f"one direction would be stretched {longest / shortest:.2g} times as much as another"
    return ""


def nothing_in(fixed: Picture, moving: Picture) -> str:
    """Why images cannot be compared at all; empty where they can."""
    for name, picture in (("fixed", fixed), ("moving", moving)):
        known = picture.values if picture.known is None else picture.values[picture.known]
        if known.size == 0 or float(known.max()) == float(known.min()):
            return f"the {name} image shows nothing"
        if min(picture.size) < 8:
            return f"the {name} image is smaller than 8 px"
    return ""


def _begun(
    fixed: Picture, moving: Picture, base: Array, model: str, tiles: Tiles
) -> tuple[Array, Homing]:
    """The best of many starts, refined on small pictures."""
    near = _tried(fixed, moving, [base], model, tiles)
    if near[1].share >= CLEAR:
        return near
    turned = model != "translation"
    ways = [each.pull for each in turned_starts(fixed, moving, base, turned=turned)]
    if fixed.values.ndim == 3 and turned:
        ways += [each.pull for each in centred_starts(fixed, moving, base, TURNS)]
    best = _better(near, _tried(fixed, moving, ways, model, tiles))
    if doubtful(best[1], 1.0) and fixed.values.ndim == 2 and model in ("similarity", "affine"):
        scaled = turned_starts(fixed, moving, base, turned=True, scales=SCALES)
        best = _better(best, _tried(fixed, moving, [each.pull for each in scaled], model, tiles))
    return best


def _tried(
    fixed: Picture, moving: Picture, starts: Iterable[Array], model: str, tiles: Tiles
) -> tuple[Array, Homing]:
    """The start of which most tiles are at home when it is refined."""
    best: tuple[Array, Homing] | None = None
    corners, near = fixed.corners(), ALIKE_STARTS * float(fixed.extent.max())
    tried: list[Array] = []
    for start in starts:
        pull = _through(fixed, moving, start, model, _coarse(fixed))
        places = mapped(pull, corners)
        if any(float(np.abs(places - other).max()) < near for other in tried):
            continue
        tried.append(places)
        if not implausible(pull, start):
            found = pull, tiles.homing(pull)
            best = _better(best, found) if best else found
    return best or (start, Homing(0, 0, 0.0, float("nan")))


def _better(one: tuple[Array, Homing], other: tuple[Array, Homing]) -> tuple[Array, Homing]:
    return other if other[1].surprise > one[1].surprise else one


def _through(
    fixed: Picture,
    moving: Picture,
    pull: Array,
    model: str,
    steps: list[float],
    *,
    settled: float = 0.0,
    inform: bool = False,
) -> Array:
    """The pull refined level by level.

    A start (without `settled`) is not stretched at first; later rounds leave out what lies far off.
    """
    for level, step in enumerate(steps):
        here, there = (each.shrunk(step).smoothed(BLUR) for each in (fixed, moving))
        if inform:
            pull = informed(here, there, pull, model).pull
            continue
        if settled:
            pull = refined(here, there, pull, model, robust=True, least=settled).pull
            continue
        models = ("rigid", model) if level == 0 and model in ("similarity", "affine") else (model,)
        for each in models:
            pull = refined(here, there, pull, each, rounds=START_ROUNDS, least=ROUGH).pull
    return pull


def _coarse(fixed: Picture) -> list[float]:
    return [float(fixed.extent.max()) / count for count in COARSE[fixed.values.ndim]]


def _finer(fixed: Picture, finest: float) -> list[float]:
    """Steps from those that tell starts apart to the finest, each about half of the one before."""
    finest = max(finest, float(np.prod(fixed.extent) / MOST) ** (1 / fixed.values.ndim))
    step, steps = float(fixed.extent.max()) / FINER[fixed.values.ndim], []
    while step > 1.5 * finest:
        steps.append(step)
        step /= 2
    return [*steps, finest]


def _of_one_stain(fixed: Picture, moving: Picture, pull: Array) -> bool:
    """Whether levels go up and down together place by place, and not only over all."""
    step = float(fixed.extent.max()) / FINER[fixed.values.ndim]
    here, there = fixed.shrunk(step).smoothed(BLUR), moving.shrunk(step).smoothed(BLUR)
    values, seen = pulled(there, pull, here)
    a, b = (each - averaged(each, WINDOW) for each in (here.values, values))
    aa, bb, ab = (averaged(x * y, WINDOW) for x, y in ((a, a), (b, b), (a, b)))
    varied = seen & (aa > 0.1 * float(aa[seen].mean())) & (bb > 0) if seen.any() else seen
    if not varied.any():
        return True
    return float(np.median(ab[varied] / np.sqrt(aa[varied] * bb[varied]))) > ALIKE
