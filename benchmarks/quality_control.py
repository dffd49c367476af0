"""Whether a network tells spoilt frames by kinds of spoiling that it never saw.

Frames of real recordings, as they are (*good*) and spoilt (*spoilt*). How badly is the same for all
kinds: the amount is sought at which structural similarity to the frame as it was (Wang et al., IEEE
Trans. Image Processing 13 (2004), 600-612; Gaussian of 1.5 px, of luma), over the tenth of it
that has most contrast (else a blurred frame with an even floor would count as hardly spoilt), is a
number drawn evenly from 0.5 to 0.8. classify/frames is taught by four kinds and mixtures of two of
them (out of focus, noise, dropped light, light dropped at one side) on some recordings, and tested
on others, by kinds that it never saw: by likeness, and by lines.

What a good frame looks like, nobody knows of a rig that was never seen: so every rig is taught, as
a lab would do, and tested by another recording; of the flies there is one film only, of which the
beginning is taught and the end tested. One camera is left out of teaching altogether: its rows tell
what becomes of a new rig. Of films 24 frames are taught, each as it is and spoilt once, and 12
tested; of pictures through a microscope as many of each collection, each a recording of its own.

auroc: how often a spoilt frame is given more than a good one, each kind against all good frames;
ece: expected error of how sure it is, in 15 bins, good frames and spoilt ones of a kind being as
many. low and high are 95 % intervals, recordings drawn anew.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks._films import shared
from ethoframe import formats
from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.contract.channels import levels_of
from ethoframe.data import Classes, Labelled, Labels, Recording
from ethoframe.data.noun import Array
from ethoframe.run import apply
from ethoframe.run.fitting import fit
from ethoframe.score.calibration import auroc, reliability
from ethoframe.score.together import together

TAUGHT = (
    "data/openfield/labeled-data/m4s1",
    "data/cameras/top/minimal_top.mp4",
    "data/cameras/side/minimal_side.mp4",
    "data/cameras/top/calibration_images",
    "data/cameras/side/calibration_images",
    "data/cameras/mid/calibration_images",
)
STILLS = (
    ("data/blood_cells/BCCD/JPEGImages", "*.jpg"),
    ("data/nuclei/stage1_train", "*/images/*.png"),
    ("data/histology", "*.jpg"),
)
TESTED = ("data/openfield/videos/m3v1mp4.mp4", "data/cameras/mid/minimal_mid.mp4")
FLIES, BEGINNING, END = "data/flies/clip.mp4", (0.0, 0.4), (0.6, 1.0)
NEW = "data/cameras/back/minimal_back.mp4"
TEACHING, TESTING = 24, 12
SIDE_PX = 640
SIMILAR = 0.5, 0.8
HALVINGS = 8
RICH = 0.1
LONG = True
MINUTES = 15.0
NAMES = ("good", "spoilt")

Row = dict[str, Any]
Spoil = Callable[[Array, float, np.random.Generator], Array]


def blurred(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Out of focus."""
    return cv2.GaussianBlur(levels, (0, 0), max(1e-3, 30 * amount**2))


def noisy(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Normal noise."""
    return levels + 120 * amount**2 * chance.standard_normal(levels.shape, np.float32)


def dimmed(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """All light dropped."""
    return levels * (1 - amount)


def shaded(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Light dropped towards one side."""
    angle = chance.uniform(0, 2 * np.pi)
    y, x = (np.linspace(-1, 1, n) for n in levels.shape)
    slope = np.clip(0.5 + (np.cos(angle) * x + np.sin(angle) * y[:, None]) / 2, 0, 1)
    return levels * (1 - 3 * amount * slope).clip(0).astype(np.float32)


def smeared(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Moved while it was taken."""
    length, angle = 1 + 120 * amount**2, chance.uniform(0, np.pi)
    half = int(np.ceil(length / 2))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    along, aside = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    kernel = (1 - np.abs(aside)).clip(0) * (length / 2 + 0.5 - np.abs(along)).clip(0, 1)
    return cv2.filter2D(levels, -1, kernel / kernel.sum())


def compressed(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Written as JPEG of low quality."""
    quality = round(100 - 99 * amount)
    written = cv2.imencode(
        ".jpg", levels.clip(0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )[1]
    return cv2.imdecode(written, cv2.IMREAD_GRAYSCALE).astype(np.float32)


def overexposed(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """So much light that bright places are white."""
    return levels * (1 + 20 * amount**2)


def banded(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Rows brighter and darker by turns, as under lamps that flicker."""
    period = chance.uniform(6, 24)
    wave = np.sin(2 * np.pi * np.arange(len(levels)) / period + chance.uniform(0, 6))
    return levels + (120 * amount**2 * wave[:, None]).astype(np.float32)


def speckled(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Single pixels black or white."""
    hit = chance.random(levels.shape) < 0.5 * amount**2
    return np.where(hit, np.where(chance.random(levels.shape) < 0.5, 0, 255), levels)


def coarsened(levels: Array, amount: float, chance: np.random.Generator) -> Array:
    """Taken with fewer pixels, and enlarged to squares."""
    height, width = levels.shape
    times = 1 + 40 * amount**2
    fewer = max(2, round(width / times)), max(2, round(height / times))
    small = cv2.resize(levels, fewer, interpolation=cv2.INTER_AREA)
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)


KNOWN: Mapping[str, Spoil] = {"blur": blurred, "noise": noisy, "dim": dimmed, "shade": shaded}
UNKNOWN: Mapping[str, Spoil] = {
    "motion": smeared,
    "jpeg": compressed,
    "overexposed": overexposed,
    "bands": banded,
    "salt": speckled,
    "coarse": coarsened,
}


def similarity(a: Array, b: Array) -> float:
    """Structural similarity of b to a, levels from 0 to 255, where a has most contrast."""
    one, two = 6.5025, 58.5225  # (0.01 · 255)², (0.03 · 255)²

    def smooth(picture: Array) -> Array:
        return cv2.GaussianBlur(picture, (11, 11), 1.5)

    mean_a, mean_b = smooth(a), smooth(b)
    var_a, var_b = smooth(a * a) - mean_a**2, smooth(b * b) - mean_b**2
    both = smooth(a * b) - mean_a * mean_b
    light = (2 * mean_a * mean_b + one) / (mean_a**2 + mean_b**2 + one)
    alike = light * (2 * both + two) / (var_a + var_b + two)
    return float(np.mean(alike[var_a >= np.quantile(var_a, 1 - RICH)]))


def spoilt(clean: Array, how: list[Spoil], wanted: float, seed: int) -> Array | None:
    """The frame spoilt so far that it is as similar to itself as is wanted; None where it cannot.

    Parameters
    ----------
    clean
        Levels ``(y, x)`` uint8.
    how
        One after another, all by the same amount.
    wanted
        Structural similarity.
    seed
        Of what is drawn.
    """
    before = clean.astype(np.float32)

    def at(amount: float) -> Array:
        seen = before
        for order, each in enumerate(how):
            seen = each(seen, amount, np.random.default_rng([seed, order])).clip(0, 255)
        return np.rint(seen).astype(np.uint8)

    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        less = similarity(before, at(middle).astype(np.float32)) > wanted
        low, high = (middle, high) if less else (low, middle)
    found = at((low + high) / 2)
    off = abs(similarity(before, found.astype(np.float32)) - wanted)
    return found if off < 0.05 else None


@dataclass(frozen=True)
class Film:
    """Some frames of a recording.

    Parameters
    ----------
    name
        Of the recording.
    frames
        Levels ``(y, x)`` uint8 of each.
    """

    name: str
    frames: list[Array]

    @classmethod
    def each(cls, folder: Path, pattern: str) -> Iterator[Film]:
        """Some of the pictures of a collection, each by itself."""
        found = sorted(folder.glob(pattern))
        for path in (found[i] for i in _spread(len(found), 2 * TEACHING)):
            yield cls.of(path)

    @classmethod
    def of(cls, path: Path, most: int = TEACHING, part: tuple[float, float] = (0.0, 1.0)) -> Film:
        """Frames spread evenly over a part of a recording or folder; large ones are cut."""
        found = sorted(path.glob("*.[pj][np]g")) if path.is_dir() else [path]
        if len(found) > 1:
            chosen = [found[i] for i in _spread(len(found), most)]
            frames = [levels for each in chosen for levels in _levels(formats.read(each), 1)]
        else:
            frames = list(_levels(formats.read(path), most, part))
        return cls(path.stem, [_middle(frame) for frame in frames])


def _levels(
    recording: Recording, most: int, part: tuple[float, float] = (0.0, 1.0)
) -> Iterator[Array]:
    first, last = (round(share * (len(recording) - 1)) for share in part)
    for number in _spread(last - first + 1, most):
        frames = recording.frames([first + number])
        yield levels_of(frames.pixels, frames.channels, "")[0]


def _middle(frame: Array) -> Array:
    top, left = (max(0, (length - SIDE_PX) // 2) for length in frame.shape)
    return np.ascontiguousarray(frame[top : top + SIDE_PX, left : left + SIDE_PX])


def _spread(count: int, most: int) -> list[int]:
    return np.unique(np.linspace(0, count - 1, most).round().astype(int)).tolist()


def lesson(films: list[Film]) -> Labels:
    """Each frame of each film as it is, and spoilt in one way or, of every third, in two."""
    parts, kinds = [], list(KNOWN.values())
    for f, film in enumerate(films):
        pixels, words = [], []
        for k, clean in enumerate(film.frames):
            chance = np.random.default_rng([7, f, k])
            pixels.append(clean)
            words.append(NAMES[0])
            order = chance.permutation(len(kinds))[: 2 if k % 3 == 2 else 1]
            how = [kinds[i] for i in order]
            seen = spoilt(clean, how, chance.uniform(*SIMILAR), int(chance.integers(2**31)))
            if seen is not None:
                pixels.append(seen)
                words.append(NAMES[1])
        parts.append(_labelled(film.name, pixels, words))
    return Labels(tuple(parts))


def _labelled(name: str, pixels: list[Array], words: list[str]) -> Labelled:
    """One part for each size of frames: all frames of a recording are of one size."""
    stacked = np.stack(pixels)[..., None]
    return Labelled(Recording.of(stacked, name=name), Classes.said(words, NAMES), film=name)


def told(method: Any, frames: list[Array]) -> Array:
    """How probable it is that each frame is spoilt ``(n,)``."""
    found = apply(method, recording=Recording.of(np.stack(frames)[..., None]))
    return np.asarray(found.table[:, found.names.index(NAMES[1])])


def tested(method: Any, films: list[Film], about: Row) -> Iterator[Row]:
    """A row for each kind of spoiling, and one for all that are not taught."""
    good = [told(method, film.frames) for film in films]
    sure: dict[str, list[Array]] = {}
    for name, how in {**KNOWN, **UNKNOWN}.items():
        sure[name] = []
        for f, film in enumerate(films):
            chance = np.random.default_rng([11, f])
            seen = [
                spoilt(each, [how], chance.uniform(*SIMILAR), int(chance.integers(2**31)))
                for each in film.frames
            ]
            kept = [each for each in seen if each is not None]
            sure[name].append(told(method, kept) if kept else np.zeros(0))
    for name in sure:
        kind = {"kind": name, "taught": "yes" if name in KNOWN else "no"}
        yield {**about, **kind, **_figures(good, sure[name])}
    unseen = [np.concatenate([sure[name][f] for name in UNKNOWN]) for f in range(len(films))]
    yield {**about, "kind": "all not taught", "taught": "no", **_figures(good, unseen)}


def _figures(good: list[Array], bad: list[Array]) -> Row:
    """Figures of one kind; of good frames and spoilt ones that count as much in all."""
    films = [str(f) for f, each in enumerate(good) for _ in each]
    films += [str(f) for f, each in enumerate(bad) for _ in each]
    scores = np.concatenate([*good, *bad])
    is_bad = np.repeat([False, True], [sum(map(len, good)), sum(map(len, bad))])
    rows = np.column_stack([scores, is_bad])
    area = together(films).of_rows(rows, lambda t: auroc(t[:, 0], t[:, 1] > 0))
    return {
        "good": int((~is_bad).sum()),
        "spoilt": int(is_bad.sum()),
        "auroc": area.value,
        "auroc low": area.low,
        "auroc high": area.high,
        "ece": _expected_error(scores, is_bad),
    }


def _expected_error(scores: Array, is_bad: Array) -> float:
    """ECE with good and spoilt frames as many: the fewer are counted several times."""
    good, bad = np.flatnonzero(~is_bad), np.flatnonzero(is_bad)
    if not len(good) or not len(bad):
        return float("nan")
    most = max(len(good), len(bad))
    chosen = np.concatenate([np.resize(good, most), np.resize(bad, most)])
    sure = np.maximum(scores, 1 - scores)[chosen]
    right = ((scores > 0.5) == is_bad)[chosen]
    return reliability(sure, right).expected_error


def rows() -> Iterator[Row]:
    """Taught once by each way to tell classes, tested by every kind."""
    minutes = float(os.environ.get("ETHOFRAME_MINUTES", MINUTES))
    films = [Film.of(shared() / each) for each in TAUGHT]
    films.append(Film.of(shared() / FLIES, part=BEGINNING))
    others = [Film.of(shared() / each, TESTING) for each in TESTED]
    others.append(Film.of(shared() / FLIES, TESTING, END))
    for folder, pattern in STILLS:
        stills = list(Film.each(shared() / folder, pattern))
        films += stills[::2]
        others += stills[1::4]
    labels = lesson(films)
    new = [Film.of(shared() / NEW, TESTING)]
    with tempfile.TemporaryDirectory() as folder:
        for way in ("likeness", "lines"):
            method = find("classify/frames")().with_parameters({"told_by": way})
            training = Training(minutes=minutes, validation=0.25)
            fitted = fit(method, labels, Path(folder) / way, training)
            yield from tested(fitted.method, others, {"by": way, "rig": "taught"})
            yield from tested(fitted.method, new, {"by": way, "rig": "new"})
