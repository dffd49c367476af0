"""Bright blob-like objects of one picture or volume, told apart where they touch."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._hollow import is_hollow, solid
from ethoframe.methods.segment._joining import basins, joined
from ethoframe.methods.segment._markers import seams, typical_radius
from ethoframe.methods.segment._outlines import outlined
from ethoframe.methods.segment._picture import Grid, depth, filled, numbered, parts, smoothed
from ethoframe.methods.segment._zones import Zones, edges, glow, zones

FIRST_PX = (1.0, 1.5)  # smoothing of picture and zones as long as the objects' size is not known
PICTURE = 0.05  # smoothing of the picture, of a radius
PICTURE_PX = (0.5, 1.5)  # and in any case
ZONES = 0.15  # smoothing before bright places are told apart, of a radius
DISTANCES = 0.08  # smoothing of distances, of a radius
LEFT = 0.5  # what is left between a bright object's edge and the common level, of a radius
LEFT_PX = 1.5
FINE_PX = 1.0  # smoothing of the picture in which objects' ends are looked for, at most
HOLLOW_NECK = 0.85  # rims make uneven outlines
HOLLOW_SMALLEST = 0.25
UNSURE = 2.0  # how much less, or more, clear what parts objects might have to be
HOLE = 0.5  # of a disc or ball of the usual radius


@dataclass(frozen=True)
class Rules:
    """What counts as an object; see the parameters of ``segment/watershed``."""

    rule: str = "root-otsu"
    by: str = "both"
    dip: float = 0.35
    neck: float = 0.95
    smallest: float = 0.02
    faintest: float = 0.4
    clear: float = 3.0
    diameter_px: float = 4.0
    radius_px: float = 0.0
    widest: float = 0.5
    edge: str = "half"
    hollow: str = "auto"


@dataclass(frozen=True)
class Scene:
    """A picture's zones, and what is object in it, before what touches is parted.

    Parameters
    ----------
    found
        Its zones.
    labels
        Zones' objects and faint ones beside them.
    whole
        True in objects, without holes.
    radius
        Usual one of an object, in px of the finest axis.
    fine
        The picture's rise over the background, smoothed so little that ends can be told.
    rules
        By which objects are parted and dropped in it.
    """

    found: Zones
    labels: Array
    whole: Array
    radius: float
    fine: Array
    rules: Rules


def objects_in(bright: Array, grid: Grid, rules: Rules, markers: Array | None = None) -> Array:
    """Labels of the objects, int32 from 1, in the order in which they come up in the picture.

    Parameters
    ----------
    bright
        Float32 ``(y, x)`` or ``(z, y, x)``, finite; objects are brighter than their surroundings.
    grid
        How far apart pixels lie.
    rules
        What counts as an object.
    markers
        Labels of one place in each object, to be had by the answer; found in the picture when left
        out.
    """
    scene = _scene(bright, grid, rules)
    if scene is None:
        return np.zeros(bright.shape, np.int32)
    rules = scene.rules
    if markers is not None:
        return _flooded(scene, markers, rules, grid)
    if rules.by == "intensity":
        labels = flood(np.zeros(bright.shape, np.uint8), scene.labels, scene.whole)
    else:
        distances, pieces = _pieces(scene, grid)
        labels = _joined(scene, distances, pieces, rules)
    labels = _sieved(labels, scene.found, rules, grid)
    if rules.by == "gradient":
        labels = _regrown(scene.found, labels, grid)
    if rules.edge == "steepest":
        return labels
    hole = HOLE * grid.ball(scene.radius)
    return outlined(labels, scene.fine, scene.found.base, hole, grid)


def counts_in(bright: Array, grid: Grid, rules: Rules) -> tuple[int, int, int]:
    """How many objects there are, and how many there are at least and at most.

    At least: what is parted by half as clear a neck or dip is not, and what is nearly too faint or
    too small goes. At most: what is parted at twice as slight a neck and dip is, and what is a
    little too faint or too small stays.
    """
    scene = _scene(bright, grid, rules)
    if scene is None:
        return 0, 0, 0
    distances, pieces = _pieces(scene, grid)
    counts = []
    clear = scene.rules
    for each in (clear, _doubtful(clear, UNSURE), _doubtful(clear, 1 / UNSURE)):
        labels = _joined(scene, distances, pieces, each)
        counts.append(int(_sieved(labels, scene.found, each, grid).max(initial=0)))
    return counts[0], min(counts), max(counts)


def _doubtful(rules: Rules, factor: float) -> Rules:
    """Rules by which less (a factor above 1) or more counts as an object of its own."""
    return replace(
        rules,
        dip=min(rules.dip * factor, 1.0),
        neck=max(1 - (1 - rules.neck) * factor**2, 0.0),
        smallest=rules.smallest * factor,
        faintest=rules.faintest * factor ** (1 / 2),
        diameter_px=rules.diameter_px * factor ** (1 / 2),
    )


def _of_shape(rules: Rules) -> Rules:
    """Rules for hollow objects: brightness within them tells nothing, and rims leave fragments."""
    return replace(
        rules,
        by="distance",
        neck=min(rules.neck, HOLLOW_NECK),
        smallest=max(rules.smallest, HOLLOW_SMALLEST),
    )


def _scene(bright: Array, grid: Grid, rules: Rules) -> Scene | None:
    """None where there is nothing to be seen."""
    if rules.widest < 1:
        extent = max(n * step for n, step in zip(bright.shape, grid.steps, strict=True))
        even = smoothed(bright, FIRST_PX[0], grid)
        bright = bright - glow(even, rules.widest * extent, grid)
    first = _zones(bright, FIRST_PX, rules, grid)
    if first is None:
        return None
    radius = rules.radius_px or typical_radius(first.labels, grid)
    sigma = float(np.clip(PICTURE * radius, *PICTURE_PX))
    found = _zones(bright, (sigma, ZONES * radius), rules, grid)
    if found is None or radius <= 0:
        return None
    hollow = rules.hollow == "yes" or (rules.hollow == "auto" and is_hollow(found.common, grid))
    if hollow:
        whole = solid(found.common, grid)
        labels, _ = parts(whole)
        radius = rules.radius_px or typical_radius(labels, grid)
        rules = _of_shape(rules)
    else:
        labels = _with_faint(found, radius, grid)
        whole = filled(labels > 0, HOLE * grid.ball(radius), grid)
    fine = found.rise
    if sigma > FINE_PX:
        fine = fine + smoothed(bright, FINE_PX, grid) - smoothed(bright, sigma, grid)
    return Scene(found, labels, whole, radius, fine, rules)


def _zones(bright: Array, sigmas_px: tuple[float, float], rules: Rules, grid: Grid) -> Zones | None:
    picture = smoothed(bright, sigmas_px[0], grid)
    return zones(picture, sigmas_px[1], rules.dip, rules.rule, grid)


def _with_faint(found: Zones, radius: float, grid: Grid) -> Array:
    """The zones' objects, and faint ones that a bright neighbour's zone had swallowed.

    What lies over the common level and outside of a bright object's edge is its halo, if it is
    thin; if it is as thick as an object, it is one.
    """
    width = max(LEFT * radius, LEFT_PX)
    left = found.common & (found.labels == 0)
    thick = depth(left, grid) > width
    if not thick.any():
        return found.labels
    opened = left & (depth(~thick, grid) <= width)
    more, _ = parts(opened)
    more = np.where(found.root > edges(found.root, more, found.steepness)[more], more, 0)
    return np.where(more > 0, more + found.labels.max(), found.labels)


def _pieces(scene: Scene, grid: Grid) -> tuple[Array, Array]:
    """Depths within the objects, and one piece for each place that is deepest."""
    inside = depth(scene.whole & ~seams(scene.labels), grid)
    distances = smoothed(inside, DISTANCES * scene.radius, grid)
    return distances, basins(distances, scene.whole)


def _joined(scene: Scene, distances: Array, pieces: Array, rules: Rules) -> Array:
    """Objects of pieces, parted at necks and at dips of brightness."""
    if rules.by == "distance":
        return joined(pieces, [distances], [rules.neck])
    heights = [distances, scene.found.heights]
    return joined(pieces, heights, [rules.neck, 1 - rules.dip])


def _sieved(labels: Array, found: Zones, rules: Rules, grid: Grid) -> Array:
    """Without what is too small or too faint beside the usual object, where most area lies."""
    area = np.bincount(labels.ravel())[1:] * grid.pixel
    if not area.size:
        return labels
    contrast = np.bincount(labels.ravel(), found.rise.ravel())[1:] * grid.pixel / area
    least = max(grid.ball(rules.diameter_px / 2), rules.smallest * _usual(area, area))
    clear = found.base + rules.clear * found.noise
    faint = max(clear, rules.faintest * _usual(contrast, area))
    kept = np.append(False, (area >= least) & (contrast >= faint))
    return numbered(np.where(kept[labels], labels, 0))


def _usual(values: Array, weights: Array) -> float:
    """The median, by weight."""
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _regrown(found: Zones, labels: Array, grid: Grid) -> Array:
    """The same objects, parted where the picture is steepest."""
    inside = depth((labels > 0) & ~seams(labels), grid)
    peaks = np.zeros(int(labels.max(initial=0)) + 1, np.float32)
    np.maximum.at(peaks, labels.ravel(), inside.ravel())
    cores = np.where(inside >= peaks[labels] / 2, labels, 0)
    return flood(_stepped(found.steepness), cores, labels > 0)


def _flooded(scene: Scene, markers: Array, rules: Rules, grid: Grid) -> Array:
    """One object for each marker, in what is not background."""
    mask = scene.whole | (markers > 0)
    if rules.by == "gradient":
        heights = scene.found.steepness
    elif rules.by == "intensity":
        heights = -scene.found.heights
    else:
        heights = -depth(mask & ~seams(scene.labels), grid)
    return flood(_stepped(heights), markers, mask)


def _stepped(heights: Array) -> Array:
    low, high = float(heights.min()), float(heights.max())
    scale = 4095 / (high - low) if high > low else 0.0
    return ((heights - low) * scale).astype(np.uint16)
