"""Watershed and seeded region growing beside the libraries: same picture, type and seeds.

Each library is given what it needs, outside of what is timed: OpenCV 8 bit in three channels (it
floods by differences of colour, not by levels), SimpleITK its own images. OpenCV draws
lines, the others do not; neighbours differ along one axis. Times are the processor's, which
other work on the machine disturbs less than wall time, and all run on one core: the least of
several turns, in ns per pixel. *fastest* is the least of the libraries'; *flood*, *exact* and
*bucketed* (priorities of 28 bits) are told in ns and as ratios to it. *equal %*: labels of flood as
SimpleITK's, and of bucketed as of exact. *memory*: how far the peak of resident memory rises in a
process of its own, the answer included, in sizes of the picture. The last lines tell how long the
first call takes, compiled from scratch and from the cache.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from benchmarks._films import shared
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._growing import grow

SIZES = (512, 1024, 2048)
SEEDS = (100, 500, 2000)
TURNS = {512: 7, 1024: 5, 2048: 3}
BUCKETED = 28  # bits
LIBRARIES = ("opencv", "simpleitk", "scipy", "skimage")

Row = dict[str, Any]
Array = np.ndarray[Any, Any]


def rows() -> Iterator[Row]:
    """Every picture in every size; then memory and first calls."""
    for side in SIZES:
        for name, picture in pictures(side):
            for count in SEEDS if name == "noise" else SEEDS[1:2]:
                yield measured(name, picture, seeds_in(picture, count))
    yield from first_calls()


def pictures(side: int) -> Iterator[tuple[str, Array]]:
    """Blurred noise, the same with noise on top and in 16 bit, nuclei and a stained tissue."""
    random = np.random.default_rng(0)
    smooth = cv2.GaussianBlur(random.normal(size=(side, side)), (0, 0), 4)
    smooth = (smooth - smooth.min()) / np.ptp(smooth)
    yield "noise", np.rint(smooth * 255).astype(np.uint8)
    yield "noise 16 bit", np.rint(smooth * 65535).astype(np.uint16)
    rough = smooth * 255 + random.normal(0, 8, smooth.shape)
    yield "noisy", np.rint(rough).clip(0, 255).astype(np.uint8)
    found = sorted((shared() / "data/nuclei").rglob("images/*.png"))
    nuclei = cv2.imread(str(found[5]), cv2.IMREAD_GRAYSCALE)
    assert nuclei is not None
    yield "nuclei", np.asarray(cv2.resize(nuclei, (side, side), interpolation=cv2.INTER_CUBIC))
    tissue = cv2.imread(
        str(min((shared() / "data/histology").glob("*_HE.jpg"))), cv2.IMREAD_GRAYSCALE
    )
    assert tissue is not None
    times = [side // length + 1 for length in tissue.shape]
    yield "histology", np.tile(tissue, times)[:side, :side].copy()


def seeds_in(picture: Array, count: int) -> Array:
    """Single pixels anywhere, each with a label of its own."""
    seeds = np.zeros(picture.shape, np.int32)
    places = np.random.default_rng(1).choice(picture.size, count, replace=False)
    seeds.ravel()[places] = np.arange(1, count + 1)
    return seeds


def measured(name: str, picture: Array, seeds: Array) -> Row:
    """One picture."""
    works = {
        **libraries(picture, seeds),
        "flood": partial(flood, picture, seeds),
        "exact": partial(grow, picture[..., None], seeds),
        "bucketed": partial(grow, picture[..., None], seeds, bits=BUCKETED),
    }
    answers = {key: work() for key, work in works.items()}
    ns = {key: s / picture.size * 1e9 for key, s in least_s(works, TURNS[len(picture)]).items()}
    fastest = min(ns[key] for key in LIBRARIES if key in ns)
    equal = {
        "flood": np.mean(answers["flood"] == answers["simpleitk"]),
        "bucketed": np.mean(answers["bucketed"] == answers["exact"]),
    }
    return {
        "picture": name,
        "side": len(picture),
        "seeds": int(seeds.max()),
        **{key: ns.get(key) for key in LIBRARIES},
        **{key: ns[key] for key in ("flood", "exact", "bucketed")},
        **{f"{key} ratio": ns[key] / fastest for key in ("flood", "exact", "bucketed")},
        "exact to flood": ns["exact"] / ns["flood"],
        **{f"{key} equal %": float(100 * share) for key, share in equal.items()},
        **{f"{what} memory": memory(what, picture, seeds) for what in ("flood", "exact")},
    }


def libraries(picture: Array, seeds: Array) -> dict[str, Callable[[], Any]]:
    """What each library does, with its inputs made ready."""
    import SimpleITK
    from scipy import ndimage
    from skimage.segmentation import watershed

    image, marks = SimpleITK.GetImageFromArray(picture), SimpleITK.GetImageFromArray(seeds)
    parted = partial(SimpleITK.MorphologicalWatershedFromMarkers, markWatershedLine=False)
    works: dict[str, Callable[[], Any]] = {
        "simpleitk": lambda: SimpleITK.GetArrayFromImage(parted(image, marks)),
        "scipy": partial(ndimage.watershed_ift, picture, seeds),
        "skimage": partial(watershed, picture, seeds),
    }
    if picture.dtype == np.uint8:
        colour = np.repeat(picture[..., None], 3, axis=-1)
        works["opencv"] = lambda: cv2.watershed(colour, seeds.copy())
    return works


def least_s(works: dict[str, Callable[[], Any]], turns: int) -> dict[str, float]:
    """Seconds of each in the best of its turns; all take turns with each other."""
    least = dict.fromkeys(works, float("inf"))
    for _ in range(turns):
        for key, work in works.items():
            began = time.process_time()
            work()
            least[key] = min(least[key], time.process_time() - began)
    return least


PEAK = """
import sys
import numpy as np
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._growing import grow

def run(picture, seeds):
    return flood(picture, seeds) if what == "flood" else grow(picture[..., None], seeds)

def kilobytes(line):
    with open("/proc/self/status") as status:
        return next(int(row.split()[1]) for row in status if row.startswith(line))

what, picture, seeds = sys.argv[1], np.load(sys.argv[2]), np.load(sys.argv[3])
run(picture[:8, :8].copy(), (np.arange(64, dtype=np.int32) % 32).reshape(8, 8))
with open("/proc/self/clear_refs", "w") as peak:
    peak.write("5")
before = kilobytes("VmRSS")
answer = run(picture, seeds)
print((kilobytes("VmHWM") - before) * 1024 / picture.nbytes)
"""


def memory(what: str, picture: Array, seeds: Array) -> float | None:
    """By how many times the picture the peak of memory rises; None where the system can't tell."""
    if not Path("/proc/self/clear_refs").exists():
        return None
    with TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{key}.npy") for key in ("picture", "seeds")]
        np.save(paths[0], picture)
        np.save(paths[1], seeds)
        # Without the limit, memory that imports have left behind would be used unseen.
        return float(_said(PEAK, (what, *paths), {"MALLOC_MMAP_THRESHOLD_": "65536"}))


FIRST = """
import time
began = time.perf_counter()
import json, sys
import numpy as np
from ethoframe.methods.segment._flooding import flood
from ethoframe.methods.segment._growing import grow
picture, seeds = np.zeros((8, 8), np.uint8), np.zeros((8, 8), np.int32)
seeds[0, 0] = 1
works = {"flood": lambda: flood(picture, seeds),
         "exact": lambda: grow(picture[..., None], seeds),
         "together": lambda: grow(picture[..., None], seeds, order="mehnert-jackway")}
times = {}
for name, work in works.items():
    began = time.perf_counter()
    work()
    times[name] = time.perf_counter() - began
print(json.dumps(times))
"""


def first_calls() -> Iterator[Row]:
    """Seconds of the first calls in a process, numba's own import in that of flood."""
    with TemporaryDirectory() as cache:
        for told in ("first call s, compiled", "first call s, cached"):
            times = json.loads(_said(FIRST, (), {"NUMBA_CACHE_DIR": cache}))
            yield {"picture": told, **times}


def _said(script: str, words: Sequence[str], environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", script, *words]
    told = {**os.environ, **environment}
    return subprocess.run(command, capture_output=True, text=True, check=True, env=told).stdout
