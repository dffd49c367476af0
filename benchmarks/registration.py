"""How near registration comes, how long it takes, and whether it tells when it fails.

Methods run with their defaults. *px* are target registration errors: distances, in pixels of the
fixed image, of places that registration was not told of, from where they ought to be. Of the two
stains these are landmarks that people matched; nothing was chosen by them. Of warps that were
planted they are a grid of places. Of recordings, *rise* is by how much the correlation of a frame
with the mean frame rises, for the frame where it rises least, and *sharper* by what factor the mean
squared gradient of the mean frame does. *failed* says what registration itself says.

Failures are planted: other tissue, mirrored sections, noise, blanks, halves that do not meet.
*wrong* of them are those that were not called failed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.ndimage import shift as shifted

from benchmarks._films import shared
from benchmarks._pairs import bowed, gray, grid, image, sections, still, turned
from ethoframe.contract import Method
from ethoframe.data import Recording
from ethoframe.methods.register.affine import Affine
from ethoframe.methods.register.deformable import Deformable
from ethoframe.methods.register.motion import Motion
from ethoframe.methods.register.phase import Phase
from ethoframe.methods.register.resample import Resample
from ethoframe.run import apply
from ethoframe.score.registration import tre

Row = dict[str, Any]
Pixels = np.ndarray[Any, Any]


def rows() -> Iterator[Row]:
    """Two stains, planted warps and turns, recordings, and failures."""
    folder = shared() / "data"
    pair, marks = sections(folder / "histology")
    yield from stains(pair, marks)
    scenes = {name: gray(each) for name, each in zip(("H&E", "proSPC"), pair, strict=True)}
    scenes["cells"] = read(folder / "stacks" / "img2d.tif")
    for name, scene in scenes.items():
        cut = scene[-512:, :512]
        yield from warps(name, cut)
        yield from turns(name, cut)
    for name in ("two_photon_motion.tif", "pc12-unreg.tif"):
        yield from recordings(name, read(folder / "stacks" / name))
    yield failures(scenes)


def stains(pair: list[Recording], marks: list[Pixels]) -> Iterator[Row]:
    """Landmarks of the pair, either way round."""
    for method in (Affine(), Deformable()):
        for moving, fixed in ((0, 1), (1, 0)):
            found, took = timed(method, recording=pair[moving], fixed=pair[fixed].frames([0]))
            told = tre(found.apply(marks[moving]), marks[fixed], pair[fixed].size[::-1])
            yield {
                "what": f"two stains, {'back' if moving else 'there'}",
                "method": method.name(),
                "px median": told.median.value,
                "low": told.median.low,
                "high": told.median.high,
                "px p90": told.p90.value,
                "relative": told.relative.value,
                "s": took,
                "failed": found.failed or "no",
                "least determinant": found.facts.get("jacobian_min", np.nan),
            }


def warps(name: str, scene: Pixels) -> Iterator[Row]:
    """Smooth displacements of 4 pixels, of several lengths."""
    for sigma in (32, 64):
        fixed, way = bowed(scene, most=4, sigma=sigma, seed=3)
        found, took = timed(Deformable(), recording=still(scene), fixed=image(fixed))
        places = grid(scene.shape)
        across, down = places.astype(int).T
        away = found.apply(places + way[::-1, down, across].T) - places
        yield row(f"{name}, bent by 4 px over {sigma}", found, took, away, "register/deformable")


def turns(name: str, scene: Pixels) -> Iterator[Row]:
    """A turn by 25° and a shift, and a shift alone."""
    places = grid(scene.shape)
    for method, degrees in ((Affine(), 25), (Affine(model="rigid"), 25), (Phase(), 0)):
        fixed, push = turned(scene, degrees, (7.3, -4.6))
        found, took = timed(method, recording=still(scene), fixed=image(fixed))
        away = found.apply(places) - (places @ push[:2, :2].T + push[:2, 2])
        yield row(f"{name}, turned by {degrees}° and moved", found, took, away, method.name())


def recordings(name: str, frames: Pixels) -> Iterator[Row]:
    """Motion taken out of a real recording, and planted moves found in its frames."""
    recording = Recording.of(frames[..., None])
    found, took = timed(Motion(), recording=recording)
    moved = apply(Resample(), recording=recording, motion=found).pixels[..., 0]
    before, after = frames.mean(axis=0), mean(moved)
    pairs = zip(frames, moved, strict=True)
    rises = [alike(b, after) - alike(a, before) for a, b in pairs]
    sharper = sharpness(after) / sharpness(before)
    told = {"rise": min(rises), "sharper": sharper}
    yield {"what": name, "method": "register/motion", "s": took, **told}
    moves = np.random.default_rng(5).uniform(-6, 6, (len(frames), 2))
    moves[0] = 0
    planted = [
        shifted(f, move, order=3, mode="nearest") for f, move in zip(frames, moves, strict=True)
    ]
    again, took = timed(Motion(), recording=Recording.of(np.stack(planted)[..., None]))
    away = (again.matrices - found.matrices)[:, :2, 2] + moves[:, ::-1]
    yield row(f"{name}, moves planted on its noisy frames", None, took, away, "register/motion")
    planted = [shifted(frames[0], move, order=3, mode="nearest") for move in moves]
    again, took = timed(Motion(), recording=Recording.of(np.stack(planted)[..., None]))
    away = again.matrices[:, :2, 2] + moves[:, ::-1]
    yield row(f"{name}, moves planted on its first frame", None, took, away, "register/motion")


def failures(scenes: dict[str, Pixels]) -> Row:
    """What must not be believed."""
    cells, chance = scenes["cells"], np.random.default_rng(0)
    planted = []
    for fixed in (scenes["H&E"], scenes["proSPC"]):
        other = scenes["proSPC"] if fixed is scenes["H&E"] else scenes["H&E"]
        planted += [
            (fixed, each)
            for each in (
                other[:, ::-1], other[::-1], fixed[:, ::-1], cells, np.zeros_like(other),
                chance.normal(size=other.shape).astype(np.float32), other[300:360, 400:460],
                np.where(np.indices(other.shape)[0] < 300, other, 255)[::-1, ::-1][:, ::-1],
            )
        ]  # fmt: skip
        planted.append((fixed[:350], fixed[-350:]))
        planted.append((fixed[:, :430], fixed[:, -430:]))
    wrong, began = 0, time.perf_counter()
    for method in (Affine(), Deformable()):
        for fixed, moving in planted:
            found = apply(method, recording=still(moving.copy()), fixed=image(fixed))
            wrong += not found.failed
    took = (time.perf_counter() - began) / (2 * len(planted))
    return {
        "what": f"{len(planted)} failures, planted",
        "method": "both",
        "wrong": wrong,
        "s": took,
    }


def row(what: str, found: Any, took: float, away: Pixels, method: str) -> Row:
    """Errors of places."""
    size = np.linalg.norm(away, axis=1)
    failed = (found.failed or "no") if found is not None else ""
    return {
        "what": what, "method": method, "px median": float(np.median(size)),
        "px p90": float(np.percentile(size, 90)), "s": took, "failed": failed,
    }  # fmt: skip


def timed(method: Method, **inputs: Any) -> tuple[Any, float]:
    """The answer, and the seconds of the quicker of two runs."""
    took = []
    for _ in range(2):
        began = time.perf_counter()
        found = apply(method, **inputs)
        took.append(time.perf_counter() - began)
    return found, min(took)


def read(path: Path) -> Pixels:
    """Levels of a TIFF as float32."""
    import tifffile

    return np.asarray(tifffile.imread(path), np.float32)


def mean(frames: Pixels) -> Pixels:
    """The mean frame of what is known."""
    known = np.isfinite(frames)
    total = np.where(known, frames, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    return np.where(known.any(axis=0), total, np.nan)


def alike(a: Pixels, b: Pixels) -> float:
    """Correlation where both are known."""
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def sharpness(frame: Pixels) -> float:
    """Mean squared gradient away from the border."""
    inner = frame[14:-14, 14:-14]
    return float(sum(np.mean(slope**2) for slope in np.gradient(inner)))
