"""How near tracks and measures come to the truth, on one real film and on every rendered scene.

trusted, rest: frames in which a pose network is sure of all four points, and the others. What it
says is no truth, but was made without us; in the rest it takes the head for the tail at times, so
these numbers are its as much as ours. Two and four arenas in one picture go through the whole run:
arenas are found, and the tables read back.

frames, lost, ghosts: how many count, those in which the animal is there and was not found, and the
reverse. body, head, tail: distance in px from the true place; p95 and p99 are percentiles of the
body's. head right: share of the frames in which the head end is the head; by tail: the same for a
guess from each frame alone, the end with less of a tail. start: error of the beginning of the trial
in s; everything else counts from there. way, corrected: error of the distance in %, and of the one
by the rule of minimum movement. centre, zones: error of the time in the centre, and in the zone
with the largest error, in % of the session. entries: true ones to the centre; false: those found
that are none (below 0: missed) for 10 minutes, where an animal that came to within half a
millimetre of the depth that counts may be found in or out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow.parquet

from benchmarks._films import MOUSE, NETWORK, network, open_field, shared
from benchmarks._truth import ZONES, false_entries, true_measures
from ethoframe import formats
from ethoframe.data import Measures, Noun, Recording, Tracks
from ethoframe.formats import table
from ethoframe.run.analysis import Analysis
from ethoframe.run.batch import run_batch
from ethoframe.run.entries import Entry
from ethoframe.run.order import Order
from ethoframe.run.outputs import measures_in
from ethoframe.run.steadied import as_filmed
from ethoframe.testing.scenes import HARD, RACKS, SCENES, Rack, Scene, film

Row = dict[str, Any]

TEN_MINUTES_S = 600.0


def rows() -> Iterator[Row]:
    """The real film first, then one animal in the picture, then several."""
    yield from on_the_real_film(shared())
    with TemporaryDirectory() as folder:
        for name, scene in {**SCENES, **HARD}.items():
            if scene.truth().seen.any():
                yield {"film": name, **on_a_scene(scene, Path(folder))}
        for rack in RACKS.values():
            yield from on_a_rack(rack, Path(folder))


def on_the_real_film(folder: Path) -> Iterator[Row]:
    """The frames in which the network is sure, and the others."""
    recording = formats.read(folder / MOUSE)
    answers = analysed(recording)
    tracks: Tracks = answers["tracks"]
    truth, trusted = network(folder / NETWORK, recording.times_s)
    truth, trusted = truth.take(tracks.numbers), trusted[tracks.numbers]
    for name, chosen in (("real, trusted", trusted), ("real, rest", ~trusted)):
        yield {"film": name, **_of_the_run(answers, truth, chosen)}


def on_a_scene(scene: Scene, folder: Path) -> Row:
    """A scene, encoded and decoded again."""
    answers = analysed(formats.read(film(scene, folder / f"{scene.name}.mp4")))
    truth = scene.truth().take(answers["tracks"].numbers)
    return {**measures(measures_in(answers), scene), **_of_the_run(answers, truth, truth.seen)}


def on_a_rack(rack: Rack, folder: Path) -> Iterator[Row]:
    """Every arena of a rack, by the tables that a run leaves behind."""
    path = film(rack, folder / f"{rack.name}.mp4")
    order = Order(open_field(), folder / f"{rack.name} results", count=len(rack.names))
    (outcome,) = run_batch([Entry(path.name, (path,))], order)
    if not outcome.finished:
        raise RuntimeError(f"{path.name}: {outcome.reason}")
    if found := {part.arena for part in outcome.parts} ^ set(rack.names):
        raise RuntimeError(f"{path.name}: arenas are called otherwise: {', '.join(sorted(found))}")
    for part in outcome.parts:
        tracks = followed(part.folder / "tracks.parquet")
        truth = rack.truth(part.arena).take(tracks.numbers)
        told = measures(table.read_measures(part.folder / "measures.csv"), rack[part.arena])
        yield {"film": f"{rack.name}, {part.arena}", **told, **places(tracks, truth, truth.seen)}


def analysed(recording: Recording) -> Mapping[str, Any]:
    """What the recipe says with default parameters."""
    answers: Mapping[str, Noun] = Analysis(recording, open_field()).answers()
    return answers


def followed(path: Path) -> Tracks:
    """The tracks of one animal as a table has them, in px."""
    rows = pyarrow.parquet.read_table(path).to_pydict()
    keypoints = tuple(dict.fromkeys(rows["keypoint"]))
    each = len(keypoints)
    columns = [np.array(rows[name], np.float64).reshape(-1, each) for name in ("x_px", "y_px")]
    sure = np.array(rows["confidence"], np.float64).reshape(-1, each, 1)
    numbers, times_s = (np.array(rows[name])[::each] for name in ("frame", "time_s"))
    return Tracks(np.stack(columns, axis=1)[..., None], sure, numbers, times_s, keypoints)


def measures(found: Measures, scene: Scene) -> Row:
    """How far measures are from what the scene was drawn with."""
    true = true_measures(scene)
    way_mm, session_s = scene.distance_mm(), scene.duration_s - scene.trial_start_s
    times = {f"time in {zone}" for zone in ZONES} & {row.quantity for row in true.rows}
    late = [found.value(time) - true.value(time) for time in times]
    false = false_entries(scene, found.value("entries to centre"))
    return {
        "start": found.value("trial start") - scene.trial_start_s,
        "way": 100 * (found.value("distance") / way_mm - 1),
        "corrected": 100 * (found.value("distance, corrected") / way_mm - 1),
        "centre": 100 * (found.value("time in centre") - scene.seconds_in_centre()) / session_s,
        "zones": 100 * max(late, key=abs) / session_s,
        "entries": int(true.value("entries to centre")),
        "false": false * TEN_MINUTES_S / session_s,
    }


def places(tracks: Tracks, truth: Tracks, chosen: np.ndarray) -> Row:
    """How far keypoints are from their true places in the chosen frames ``(t,)``."""
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
    }


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


def _of_the_run(answers: Mapping[str, Any], truth: Tracks, chosen: np.ndarray) -> Row:
    """As `places`, and what each frame alone would have told."""
    tracks = as_filmed(answers["tracks"], answers["camera"])
    track: Tracks = answers["track"].take(tracks.numbers)
    alone = by_tail(track, truth)[chosen & truth.seen]
    return {**places(tracks, truth, chosen), "by tail": float(np.mean(alone))}


def _apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.hypot(*(a - b).T)
