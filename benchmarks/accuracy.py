"""How near tracks and measures come to the truth, on one real film and on every rendered scene.

trusted, rest: frames in which a pose network is sure of all four points, and the others; what it
says is no truth, but made without us. lost, ghosts: frames in which the animal is there and was
not found, and the reverse. body, head, tail: distance in px from the true place; p95 and p99 are
percentiles of the body's. head right: share of the frames in which the head end is the head;
by tail: the same for a guess from each frame alone, the end without the tail. way, centre: error
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
        "head right": _right(tracks.at("head_end"), tracks.at("tail_end"), truth, chosen & there),
        "by tail": _right(*by_tail(answers["track"]), truth, chosen & there),
    }


def measures(answers: Mapping[str, Any], scene: Scene) -> Row:
    """How far measures are from what the scene was drawn with."""
    way = answers["motion"].value("distance") / scene.distance_mm() - 1
    late = answers["zones"].value("time in centre") - scene.seconds_in_centre()
    return {"way": 100 * way, "centre": 100 * late / scene.duration_s}


def by_tail(track: Tracks) -> tuple[np.ndarray, np.ndarray]:
    """Head and tail end ``(t, 2)`` as each frame alone suggests: the tail is thin and behind."""
    ends = track.at("end_1"), track.at("end_2")
    behind = track.feature("thin_end_1_px2") > track.feature("thin_end_2_px2")
    return np.where(behind[:, None], *ends[::-1]), np.where(behind[:, None], *ends)


def _right(head: np.ndarray, tail: np.ndarray, truth: Tracks, chosen: np.ndarray) -> float:
    """Share of the frames in which the head end is nearer to the true head than the tail end is."""
    true = truth.at("head_end")
    return float(np.mean((_apart(head, true) < _apart(tail, true))[chosen]))


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hypot(*(a - b).T)
