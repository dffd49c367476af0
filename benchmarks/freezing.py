"""How freezing, told with its defaults, agrees with a person on one public video.

The video is demo1 of BehaviorDEPOT (Gabriel et al., eLife 11 (2022), e74314): 6000 frames at 50 per
second, followed by a network at eight keypoints, scored by one person, who saw 20 bouts. Its tracks
are taken as the network left them. It is ONE video: intervals draw blocks of its time again, and
tell how sure a score is of this video, not what another will give.

f1 is of time, event_f1 of bouts that overlap by half of both together at least; low and high are
95 % intervals of each. "speed x, seconds y" are the method's threshold and its least duration, x
and y times as large: the surface. Rows of other tracks change the tracks and leave the method as it
is: frames left out or made up between others, noise added (in px; the network's own is about 1.2),
places rounded to pixels of half the resolution, keypoints left out, places lost. "bins" are percent
of time freezing in bins of a minute, which stand for cues as the video has none: bias and 95 %
limits of agreement, in percent of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks._films import shared
from ethoframe import formats
from ethoframe.data import Episodes, Tracks, Transform
from ethoframe.methods.behave.freezing import Freezing
from ethoframe.run import apply
from ethoframe.score.episodes import Pair, blocks_for, compared, summary

RATE, PX_PER_MM, BIN_S = 50.0, 3.2, 60.0
TIMES = (0.5, 0.7, 1.0, 1.4, 2.0)
LEAST_S = (0.5, 1.0, 2.0)
LABEL = "freezing"


def rows() -> Iterator[dict[str, object]]:
    """The scores, as they come."""
    folder = shared() / "data/freezing/demo1"
    tracks = formats.read_tracks(folder / "demo1_tracking.csv", rate=RATE)
    end_s = len(tracks) / RATE
    person = _said(folder / "hB_demo1_manual_annotations.mat.mat", end_s)
    own = frozen(tracks)
    yield {"what": "defaults", **_scored(own, person, draws=2000)}
    other = _said(folder / "demo1_video.avi_analyzed" / "Behavior.mat", end_s)
    yield {"what": "BehaviorDEPOT's own output", **_scored(other, person, draws=2000)}
    yield {"what": "no scale: body lengths", **_scored(frozen(tracks, None), person)}
    method = Freezing()
    for x in TIMES:
        for y in TIMES:
            changed = {
                "still_mm_per_s": method.still_mm_per_s * x,
                "least_s": method.least_s * y,
            }
            found = frozen(tracks, **changed)
            yield {"what": f"speed {x:g}, seconds {y:g}", **_scored(found, person)}
    for least_s in LEAST_S:
        found = frozen(tracks, least_s=least_s)
        yield {"what": f"at least {least_s:g} s", **_scored(found, person)}
    for name, each in _others(tracks):
        yield {"what": name, **_scored(frozen(each), person)}
    yield {"what": "bins", **_bins(own, person, end_s)}


def frozen(tracks: Tracks, px_per_mm: float | None = PX_PER_MM, **parameters: float) -> Episodes:
    """What the method tells of tracks in px."""
    if px_per_mm:
        tracks = tracks.mapped(Transform.scaling(1 / px_per_mm, "px", "mm"))
    found: Episodes = apply(Freezing(**parameters), tracks=tracks)
    return found


def _said(path: Path, end_s: float) -> Episodes:
    """Freezing as somebody told it, over the whole video."""
    (one,) = formats.read_observations(path, rate=RATE)
    found = one.episodes
    name = next(label for label in found.labels if label.lower() == LABEL)
    return Episodes.of(LABEL, found.spans(name), np.array([[0.0, end_s]]))


def _scored(found: Episodes, person: Episodes, draws: int = 0) -> dict[str, object]:
    pair = Pair("demo1", found, person)
    row = compared(pair, LABEL, RATE, blocks_for([pair], LABEL))
    told = summary([row], draws, brief=True)
    columns: dict[str, object] = {}
    for column, name in (("f1", "frame_f1"), ("event_f1", "event_f1_iou_0.5")):
        columns[column] = round(told[name].value, 3)
        if draws:
            columns |= {f"{column}_low": told[name].low, f"{column}_high": told[name].high}
    return {**columns, "bouts": len(found), "share": found.total_s(LABEL) / person.looked_s()}


def _bins(found: Episodes, person: Episodes, end_s: float) -> dict[str, object]:
    starts = np.arange(0.0, end_s, BIN_S)
    both = [
        np.array([100 * e.total_s(LABEL, a, a + BIN_S) / BIN_S for a in starts])
        for e in (found, person)
    ]
    off = both[0] - both[1]
    half = 1.96 * off.std(ddof=1)
    limits = {"limit_low": off.mean() - half, "limit_high": off.mean() + half}
    return {"bins": len(off), "bias": off.mean(), **limits}


def _others(tracks: Tracks) -> Iterator[tuple[str, Tracks]]:
    """The same tracks as other cameras and networks could have given them."""
    chance = np.random.default_rng(0)
    for rate in (15, 25, 30, 100):
        yield f"{rate} frames per second", _at_rate(tracks, float(rate), chance)
    for noise_px in (1.2, 2.4, 3.6, 4.8):
        shaken = tracks.position + chance.normal(0, noise_px, tracks.position.shape)
        yield f"noise + {noise_px:g} px", replace(tracks, position=shaken)
    kernel = np.ones(5) / 5
    padded = np.pad(tracks.position, ((2, 2), (0, 0), (0, 0), (0, 0)), mode="edge")
    mean = np.apply_along_axis(lambda column: np.convolve(column, kernel, "valid"), 0, padded)
    yield "smoothed over 5 frames", replace(tracks, position=mean)
    yield "rounded to 2 px", replace(tracks, position=2 * np.round(tracks.position / 2))
    for name in ("Nose", "Left Ear", "Mid-Back", "Tailbase"):
        yield f"without {name}", _without(tracks, name)
    yield "confidence ÷ 3", replace(tracks, confidence=tracks.confidence / 3)
    lost = chance.random(tracks.confidence.shape) < 0.1
    far = np.where(lost[:, None], chance.normal(0, 60, tracks.position.shape), 0.0)
    yield "1 place in 10 leaps", replace(tracks, position=tracks.position + far)
    unsure = np.where(lost, 0.2, tracks.confidence)
    both = replace(tracks, position=tracks.position + far, confidence=unsure)
    yield "1 place in 10 leaps, and is unsure", both


def _at_rate(tracks: Tracks, rate: float, chance: np.random.Generator) -> Tracks:
    """Frames left out; or, between frames, places on their smoothed course with noise as theirs."""
    times_s = np.arange(0.0, tracks.times_s[-1] + 1e-9, 1 / rate)
    if rate < RATE:
        nearest = np.clip(np.round(times_s * RATE).astype(int), 0, len(tracks) - 1)
        return replace(tracks.take(nearest), times_s=times_s, numbers=np.arange(len(times_s)))
    kernel = np.ones(5) / 5

    def finer(column: np.ndarray) -> np.ndarray:
        mean = np.convolve(np.pad(column, 2, mode="edge"), kernel, "valid")
        noise = np.median(np.abs(np.diff(column, 2))) / 0.6745 / np.sqrt(6)
        course = np.interp(times_s, tracks.times_s, mean)
        return course + chance.normal(0, noise, len(times_s))

    position = np.apply_along_axis(finer, 0, tracks.position)
    nearest = np.clip(np.round(times_s * RATE).astype(int), 0, len(tracks) - 1)
    return replace(
        tracks,
        position=position,
        confidence=tracks.confidence[nearest],
        numbers=np.arange(len(times_s)),
        times_s=times_s,
    )


def _without(tracks: Tracks, name: str) -> Tracks:
    kept = [at for at, each in enumerate(tracks.keypoints) if each != name]
    return replace(
        tracks,
        position=tracks.position[:, :, kept],
        confidence=tracks.confidence[:, kept],
        keypoints=tuple(tracks.keypoints[at] for at in kept),
    )
