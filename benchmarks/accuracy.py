"""How near tracks and measures come to the truth, on one real film and on every rendered scene.

trusted, rest: frames in which a pose network is sure of all four points, and the others. What it
says is no truth, but was made without us; in the rest it takes the head for the tail at times, so
these numbers are its as much as ours. lost, ghosts: frames in which the animal is there and was
not found, and the reverse. body, head, tail: distance in px from the true place; p95 and p99 are
percentiles of the body's. head right: share of the frames in which the head end is the head;
by tail: the same for a guess from each frame alone, the end with less of a tail. way, centre: error
of the distance in %, and of the time in the centre in % of the session.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks._films import MOUSE, NETWORK, network, open_field, rendered, shared
from ethoframe import formats
from ethoframe.data import Noun, Recording, Tracks
from ethoframe.run.analysis import Analysis
from ethoframe.testing.scenes import SCENES, Scene

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """The real film first."""
    yield from on_the_real_film(shared())
    with TemporaryDirectory() as folder:
        for name, scene in SCENES.items():
            if scene.truth().seen.any():
                yield {"film": name, **on_a_scene(scene, Path(folder))}


def on_the_real_film(folder: Path) -> Iterator[Row]:
    """The frames in which the network is sure, and the others."""
    recording = formats.read(folder / MOUSE)
    answers = analysed(recording)
    truth, trusted = network(folder / NETWORK, recording.times_s)
    for name, chosen in (("real, trusted", trusted), ("real, rest", ~trusted)):
        yield {"film": name, **places(answers, truth, chosen)}


def on_a_scene(scene: Scene, folder: Path) -> Row:
    """A scene, encoded and decoded again."""
    answers = analysed(formats.read(rendered(scene, folder)))
    truth = scene.truth()
    return {**places(answers, truth, truth.seen), **measures(answers, scene)}


def analysed(recording: Recording) -> Mapping[str, Any]:
    """What the recipe says with default parameters."""
    answers: Mapping[str, Noun] = Analysis(recording, open_field()).answers()
    return answers


def places(answers: Mapping[str, Any], truth: Tracks, chosen: np.ndarray) -> Row:
    """How far keypoints are from their true places in the chosen frames ``(t,)``."""
    tracks: Tracks = answers["tracks"]
    off = {name: _apart(tracks.at(name), truth.at(name))[chosen] for name in truth.keypoints}
    found, there = tracks.seen[chosen], truth.seen
    return {
        "frames": int(chosen.sum()),
        "lost": int(np.sum(~found)),
        "ghosts": int(np.sum(tracks.seen & ~there)),
        "body": float(np.nanmedian(off["centroid"])),
        "p95": float(np.nanpercentile(off["centroid"], 95)),
        "p99": float(np.nanpercentile(off["centroid"], 99)),
        "head": float(np.nanmedian(off["head_end"])),
        "tail": float(np.nanmedian(off["tail_end"])),
        "head right": float(np.mean(nearer_head(tracks, "head_end", truth)[chosen & there])),
        "by tail": float(np.mean(by_tail(answers["track"], truth)[chosen & there])),
    }


def measures(answers: Mapping[str, Any], scene: Scene) -> Row:
    """How far measures are from what the scene was drawn with."""
    way = answers["motion"].value("distance") / scene.distance_mm() - 1
    late = answers["zones"].value("time in centre") - scene.seconds_in_centre()
    return {"way": 100 * way, "centre": 100 * late / scene.duration_s}


def nearer_head(tracks: Tracks, end: str, truth: Tracks) -> np.ndarray:
    """Whether this end ``(t,)`` is nearer to the true head than to the true tail end."""
    point = tracks.at(end)
    return _apart(point, truth.at("head_end")) < _apart(point, truth.at("tail_end"))


def by_tail(track: Tracks, truth: Tracks) -> np.ndarray:
    """Whether each frame alone ``(t,)`` would tell the head: the tail is thin, and behind.

    A half where there is nothing thin at either end.
    """
    thin_1, thin_2 = (track.feature(f"thin_end_{end}_px2") for end in (1, 2))
    one_is_head = nearer_head(track, "end_1", truth)
    return np.where(thin_1 == thin_2, 0.5, (thin_2 > thin_1) == one_is_head)


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hypot(*(a - b).T)
