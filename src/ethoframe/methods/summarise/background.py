"""The empty scene, from frames in which the animal is somewhere else each time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Memory, Reduction, Spec, evenly, parameter
from ethoframe.data import Frames, Noun, Recording
from ethoframe.data.noun import Array
from ethoframe.methods.summarise._repair import CLEAR_LEVELS, repaired

FEWEST_KEYFRAMES = 8
CHOSEN = 8  # of fewer frames for each that is looked at, somebody has chosen them already
WIDEST = 0.25  # share of a recording that keyframes may leave out at a time
FEWEST_ALIKE = 2  # frames under one light; one may be anything
STRANGE = 0.3  # share by which no floor looks different under another lamp
FEW = 8  # of fewer frames, a median may show the animal
BLOCKS = 24  # along the picture's shorter side: an animal fills few of them
MIDDLING = 5  # blocks a side of which the middle value tells the light
LEAST_BLOCK = 4  # pixels a side: smaller ones would be told apart by their noise
STEADY = 0.005  # a change of light under half a per cent is less than the levels' own steps
MOST_BYTES = 64_000_000
STRIP_BYTES = 4_000_000
MAD_TO_SD = 1.4826  # of a normal distribution


@dataclass(frozen=True)
class Background(Reduction):
    """The scene without the animal: the temporal median, repaired where the animal sat still.

    A pixel that the animal covered for most of the time has the animal's level as its median. Such
    places are told by their rim: the floor runs on beyond it without a step, the animal does not.
    Wherever a place was otherwise in enough of the frames, and its other level fits better to what
    lies around it, that level is taken instead. Light that changes as a whole is evened out first,
    by one factor per frame.

    The answer is one image with the channels *level* and *noise* (the standard deviation of a pixel
    over time, from the median absolute deviation), both in levels. Where light falls differently in
    some of the frames (another lamp, the sun at another time of the day), so that one factor will
    not do, they get an image of their own: the first is that of the most frames, and each carries
    the time of the first frame that went into it.

    References
    ----------
    The temporal median as background: Lo & Velastin, Proc. ISIMP 2001, 158-161. The repair is
    ethoframe's own.
    """

    frames: int = parameter(32, says="how many frames to look at, at most", low=3, high=1000)
    away: float = parameter(
        0.1,
        unit="1",
        says="share of the frames in which the animal must have left a place",
        low=0.0,
        high=0.5,
    )
    apart: float = parameter(
        0.04,
        unit="1",
        says="light falls differently where it is off by so much in half of the picture",
        low=0.0,
    )
    stretch_s: float = parameter(
        14400.0, unit="s", says="for each further such time as many frames again", low=1e-3
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.IMAGE
    version: ClassVar[str] = "4"

    def outline(self, **specs: Spec) -> Spec:
        """Images of two channels, as large as the recording's frames; mostly one."""
        recording = specs["recording"]
        _, y, x, _ = recording.shape
        names = ("level", "noise")
        axes, spacing = ("t", "y", "x", "c"), recording.spacing_mm
        return Spec(Kind.IMAGE, axes, (None, y, x, 2), "float32", "level", names, spacing)

    def visits(self, spec: Spec) -> Array:
        """Keyframes, which cost little to decode, where enough of them lie all over it."""
        lasts_s = np.nan_to_num(spec.count * spec.step_s)
        most = self.frames * max(1, int(np.ceil(lasts_s / self.stretch_s)))
        keyframes = _spread(np.array(spec.keyframes, np.int64), spec.count, most)
        enough = len(keyframes) >= FEWEST_KEYFRAMES
        numbers = keyframes if enough else np.arange(spec.count)
        affordable = max(FEWEST_KEYFRAMES, MOST_BYTES // max(1, spec.frame_bytes))
        return evenly(numbers, min(most, affordable))

    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """The frames themselves: their number is bounded."""
        planes, times_s = batch.pixels[..., 0], np.array(batch.times_s)
        return {"planes": planes, "times_s": times_s, "spacing_mm": batch.spacing_mm}

    def combine(self, a: Memory, b: Memory) -> Memory:
        """All frames of both."""
        both = {name: np.concatenate([a[name], b[name]]) for name in ("planes", "times_s")}
        return {**a, **both}

    def finalise(self, partial: Memory, **side: Any) -> Frames:
        """The images of level and noise."""
        planes, times_s = _in_order(_finite(partial["planes"]), partial["times_s"])
        groups = _alike(planes, self.apart)
        pixels = np.stack([self._scene(planes[group]) for group in groups])
        for scene, group in zip(pixels[1:], groups[1:], strict=True):
            if len(group) < FEW:
                expected = _relit(pixels[0, ..., 0], scene[..., 0])
                scene[..., 0] = _nearest(_evenly_lit(planes[group]), expected)
        first_s = [times_s[group][0] if len(groups) > 1 else 0.0 for group in groups]
        numbers, names = np.arange(len(groups)), ("level", "noise")
        return Frames(pixels, numbers, np.array(first_s), names, partial["spacing_mm"])

    def _scene(self, planes: Array) -> Array:
        """Level and noise ``(y, x, 2)`` of planes under one light."""
        planes = _evenly_lit(planes)
        ranked = _ranked(planes)
        count = len(ranked)
        level = ranked[count // 2]
        noise = MAD_TO_SD * _deviation(ranked, level).astype(np.float32)
        aside = max(1, round(self.away * count))
        level = repaired(planes, ranked, level, float(np.median(noise)), aside)
        return np.stack([level.astype(np.float32), noise], axis=-1)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A dark square that sits still for most of a noisy recording."""
        random = np.random.default_rng(5)
        pixels = random.normal(180, 2, (40, 48, 64, 1))
        for t in range(40):
            x = 10 if t < 26 else 10 + 2 * (t - 20)
            pixels[t, 12:26, x : x + 14] = random.normal(40, 2, (14, 14, 1))
        return {"recording": Recording.of(pixels.clip(0, 255).astype(np.uint8))}


def _spread(keyframes: Array, count: int, most: int) -> Array:
    """Those nearest to evenly spread places; none where they leave a stretch out.

    Encoders put keyframes in rows where much changes, as long as a hand is in, say; by their rows
    the hand would be there for most of the time. Of very few frames, all that are named are taken.
    """
    if not len(keyframes) or count <= CHOSEN * most:
        return keyframes
    places = np.linspace(0, count - 1, most)
    after = np.searchsorted(keyframes, places).clip(1, max(1, len(keyframes) - 1))
    before = keyframes[after - 1]
    after = keyframes[np.minimum(after, len(keyframes) - 1)]
    near = np.unique(np.where(places - before <= after - places, before, after))
    widest = np.diff(near, prepend=0, append=count).max()
    return near if widest <= WIDEST * count else near[:0]


def _in_order(planes: Array, times_s: Array) -> tuple[Array, Array]:
    """Both in order of time; not copied where they are."""
    if np.all(np.diff(times_s) > 0):
        return planes, times_s
    order = np.argsort(times_s, kind="stable")
    return planes[order], times_s[order]


def _alike(planes: Array, apart: float) -> list[Any]:
    """Which planes lie under the same light, but for a factor; those of the most planes first."""
    patterns = _patterns(planes)
    middle = _unlike(patterns, patterns[len(patterns) // 2])
    if middle.max() < apart / 2:
        return [slice(None)]
    unlike = np.stack([_unlike(patterns, pattern) for pattern in patterns])
    left, groups = np.ones(len(planes), bool), []
    while True:
        near = (unlike < apart) & left & left[:, None]
        most = near[np.argmax(near.sum(axis=1))]
        if np.count_nonzero(most) < FEWEST_ALIKE:
            break
        groups.append(np.flatnonzero(most))
        left &= ~most
    return groups if len(groups) > 1 else [slice(None)]


def _patterns(planes: Array) -> Array:
    """How light falls in each plane ``(t, n)``: means over some hundred blocks, one more."""
    block, rows, columns = _blocks(planes.shape[1:])
    means = [
        cv2.resize(
            plane[: rows * block, : columns * block], (columns, rows), interpolation=cv2.INTER_AREA
        )
        for plane in planes
    ]
    return np.stack(means).reshape(len(planes), -1).astype(np.float64) + 1


def _blocks(size: tuple[int, ...]) -> tuple[int, int, int]:
    """Side of the blocks in pixels, and how many there are down and across."""
    y, x = size
    block = max(LEAST_BLOCK, min(y, x) // BLOCKS)
    return block, max(1, y // block), max(1, x // block)


def _unlike(patterns: Array, other: Array) -> Array:
    """How far each pattern ``(t, n)`` is from the other ``(n,)``: median, after one factor."""
    ratios = patterns / other
    ratios /= np.median(ratios, axis=1, keepdims=True)
    unlike: Array = np.median(np.abs(ratios - 1), axis=1)
    return unlike


def _relit(level: Array, other: Array) -> Array:
    """The level ``(y, x)`` in the light of the other, which changes little from block to block."""
    light, relit = _patterns(np.stack([level, other])), level.astype(np.float32)
    rows, columns = _blocks(level.shape)[1:]
    field = (light[1] / light[0]).reshape(rows, columns).astype(np.float32)
    # The median of some blocks leaves an animal out that only the other shows.
    smooth = cv2.medianBlur(field, MIDDLING) if min(rows, columns) >= MIDDLING else field
    relit *= cv2.resize(smooth, level.shape[::-1])
    return relit


def _nearest(planes: Array, expected: Array) -> Array:
    """At each place the level of that plane which is nearest to what is expected there.

    Where even that is strange, the animal was there in all of them, and what is expected is taken.
    """
    best, level = np.full(expected.shape, np.inf, np.float32), expected.copy()
    for plane in planes.astype(np.float32):
        apart = cv2.absdiff(plane, expected)
        nearer = apart < best
        best[nearer], level[nearer] = apart[nearer], plane[nearer]
    return np.where(best > STRANGE * expected + CLEAR_LEVELS, expected, level)


def _evenly_lit(planes: Array) -> Array:
    """The planes as if the light had always been that of the middle one."""
    step = max(1, min(planes.shape[1:]) // 24)
    sampled = planes[:, step // 2 :: step, step // 2 :: step].astype(np.float64) + 1
    brightness = np.median(sampled, axis=(1, 2))
    middle = int(np.argsort(brightness, kind="stable")[len(planes) // 2])
    factors = np.median(sampled / sampled[middle], axis=(1, 2))
    if np.all(np.abs(factors - 1) < STEADY):
        return planes
    return np.stack([cv2.multiply(p, 1 / f) for p, f in zip(planes, factors, strict=True)])


def _finite(planes: Array) -> Array:
    """The planes with 0 for NaN; whole numbers, which have none, are not copied."""
    return np.nan_to_num(planes) if planes.dtype.kind == "f" else planes


def _strips(planes: Array) -> Iterator[slice]:
    """Rows of all planes, so many at a time that their copies take little memory."""
    height = planes.shape[1]
    step = max(1, STRIP_BYTES * height // max(1, planes.nbytes))
    return (slice(top, top + step) for top in range(0, height, step))


def _ranked(planes: Array) -> Array:
    """The planes sorted along time."""
    ranked = np.empty_like(planes)
    for rows in _strips(planes):
        ranked[:, rows] = _sorted(planes[:, rows])
    return ranked


def _deviation(planes: Array, level: Array) -> Array:
    """Median along time of each pixel's distance from its level."""
    middle = np.empty_like(level)
    for rows in _strips(planes):
        away = [cv2.absdiff(plane, level[rows]) for plane in planes[:, rows]]
        middle[rows] = _sorted(away)[len(away) // 2]
    return middle


def _sorted(planes: Iterable[Array]) -> list[Array]:
    """The planes sorted along time, by Batcher's odd-even merge sort.

    Comparing whole planes keeps every operation a vectorised minimum and maximum; on 8 bit video it
    is an order of magnitude faster than sorting each pixel.
    """
    ranks = list(planes)
    for low, high in _comparators(len(ranks)):
        ranks[low], ranks[high] = cv2.min(ranks[low], ranks[high]), cv2.max(ranks[low], ranks[high])
    return ranks


def _comparators(count: int) -> Iterator[tuple[int, int]]:
    """Pairs to compare, in order (Knuth, The Art of Computer Programming 3, algorithm 5.2.2M)."""
    top = 1 << max(0, (count - 1).bit_length() - 1)
    p = top
    while p > 0:
        q, r, d = top, 0, p
        while d > 0:
            yield from ((i, i + d) for i in range(count - d) if i & p == r)
            d, q, r = q - p, q // 2, p
        p //= 2
