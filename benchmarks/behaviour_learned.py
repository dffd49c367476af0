"""How many bouts a taught behaviour needs: simulated pairs of animals, of whom all is known.

Each row is of one way and one number of bouts that taught it, scored as by a person who was late,
early, and missed some; its figures are of other pairs, whose pace and nearness differ, by the
truth. Three tasks: *contact* (one is at the other's face or rear, and seldom near it otherwise),
*interact* (contact or following; it often rests beside it, passes by or is sniffed at itself) and
*three* (which of the three it is; the mean of their F1). Recordings hold up to ten bouts. `f1` is
the mean over tasks and draws, `low` and `high` the least and greatest mean of a draw.

*distance* is the best rule of one distance, as in `benchmarks.social`. By these figures what
``behave/learned`` is was chosen: they flatter it a little.

``ETHOFRAME_WAYS=distance,linear`` takes these alone, ``ETHOFRAME_DRAWS=3`` as many draws, and
``ETHOFRAME_BOUTS=5,10`` these numbers of bouts.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Episodes, Labelled, Labels, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._spans import lasting, runs
from ethoframe.methods.behave._watched import Watched, usual_shortest_s
from ethoframe.run.fitting import fit
from ethoframe.run.traced import stand_in
from ethoframe.testing.company import FIRST, SECOND, SOCIAL, Company

TASKS: Mapping[str, tuple[float, Mapping[str, str]]] = {
    "contact": (0.0, {"facing": "it", "sniffing": "it"}),
    "interact": (0.35, dict.fromkeys(SOCIAL, "it")),
    "three": (0.35, {label: label for label in SOCIAL}),
}
"""Share of the time between bouts that is near for nothing, and what each kind is called."""

BOUTS, AT_ONCE, ASKED = (5, 10, 20, 40), 10, 3
WAYS = ("distance", "linear", "trees", "auto", "network")
STEPS = 150
LONGEST_S = 2.0
"""Of pauses that are bridged and bouts that are left out, as of the taught method."""

THRESHOLDS = np.arange(0.05, 2.0, 0.025)


def rows() -> Iterator[Mapping[str, Any]]:
    """A row for each way and number of bouts."""
    draws = range(int(os.environ.get("ETHOFRAME_DRAWS", "2")))
    numbers = [int(n) for n in os.environ.get("ETHOFRAME_BOUTS", "5,10,20,40").split(",")]
    for way in os.environ.get("ETHOFRAME_WAYS", ",".join(WAYS)).split(","):
        for bouts in numbers:
            begun = time.monotonic()
            told = {task: [_f1(way, task, bouts, draw) for draw in draws] for task in TASKS}
            means = np.mean([*told.values()], axis=0)
            spent = (time.monotonic() - begun) / means.size / len(TASKS)
            yield {
                "way": way, "bouts": bouts, "f1": float(means.mean()), "low": float(means.min()),
                "high": float(means.max()), "seconds": spent,
                **{task: float(np.mean(each)) for task, each in told.items()},
            }  # fmt: skip


@lru_cache(200)
def _recorded(task: str, bouts: int, seed: int) -> tuple[Tracks, Episodes, Episodes]:
    """Tracks, what a person said, and the truth."""
    beside, names = TASKS[task]
    company = Company(bouts, seed, beside=beside)
    return company.tracks, _named(company.said(), names), _named(company.truth(), names)


def _named(told: Episodes, names: Mapping[str, str]) -> Episodes:
    spans: dict[str, list[Array]] = {}
    for old, new in names.items():
        spans.setdefault(new, []).append(told.spans(old))
    parts = [
        Episodes.of(new, np.concatenate(each), told.support_s, told.author, individual=FIRST)
        for new, each in spans.items()
    ]
    return Episodes.merged(parts)


def _f1(way: str, task: str, bouts: int, draw: int) -> float:
    count = max(1, bouts // AT_ONCE)
    taught = [_recorded(task, min(bouts, AT_ONCE), 100_000 + 1000 * draw + i) for i in range(count)]
    asked = [_recorded(task, AT_ONCE, 500_000 + 1000 * draw + i) for i in range(ASKED)]
    answers = _by_distance(taught, asked) if way == "distance" else _by_labels(way, taught, asked)
    labels = [*dict.fromkeys(TASKS[task][1].values())]
    both, each = np.zeros(len(labels)), np.zeros(len(labels))
    for (tracks, _, truth), answer in zip(asked, answers, strict=True):
        for k, label in enumerate(labels):
            true, told = (told.covers(label, tracks.times_s) for told in (truth, answer))
            both[k] += 2 * (true & told).sum()
            each[k] += true.sum() + told.sum()
    return float((both / np.maximum(each, 1)).mean())


Recorded = Sequence[tuple[Tracks, Episodes, Episodes]]


def _by_labels(way: str, taught: Recorded, asked: Recorded) -> list[Episodes]:
    method = find("behave/learned")().with_parameters({"model": way})
    parts = [
        Labelled(stand_in(tracks, f"r{k}"), said, film=f"r{k}", tracks=tracks)
        for k, (tracks, said, _) in enumerate(taught)
    ]
    training = Training(steps=STEPS, seed=1, validation=0.2, threads=1, device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        ready: Any = fit(method, Labels(tuple(parts)), Path(folder) / "model", training).method
        return [ready.apply(tracks=tracks).about(FIRST) for tracks, _, _ in asked]


def _by_distance(taught: Recorded, asked: Recorded) -> list[Episodes]:
    watched = [Watched(tracks, 0, said, "", "") for tracks, said, _ in taught]
    least_s, pause_s = (min(each, LONGEST_S) for each in usual_shortest_s(watched))
    held = [_distances(tracks) for tracks, _, _ in taught]
    told: list[list[Episodes]] = [[] for _ in asked]
    for label in dict.fromkeys(name for _, said, _ in taught for name in said.labels):
        true = np.concatenate([said.covers(label, tracks.times_s) for tracks, said, _ in taught])
        name, far = max(
            ((name, far) for name in held[0] for far in THRESHOLDS),
            key=lambda rule: _overlap(
                np.concatenate([each[rule[0]] for each in held]) < rule[1], true
            ),
        )
        for k, (tracks, _, _) in enumerate(asked):
            near, times_s = _distances(tracks)[name] < far, tracks.times_s
            spans = lasting(runs(near, times_s, times_s[-1] + tracks.step_s), pause_s, least_s)
            told[k].append(Episodes.of(label, spans, np.zeros((0, 2)), individual=FIRST))
    return [Episodes.merged(each) for each in told]


def _overlap(on: Array, true: Array) -> float:
    return 2 * int((on & true).sum()) / max(1, int(on.sum()) + int(true.sum()))


def _distances(tracks: Tracks) -> dict[str, Array]:
    """In lengths of the first one's body; far where they are not known."""
    own = {part: tracks.at(part, FIRST) for part in ("nose", "tail_base")}
    other = {part: tracks.at(part, SECOND) for part in ("nose", "tail_base")}
    for each in (own, other):
        each["middle"] = (each["nose"] + each["tail_base"]) / 2
    length = float(np.nanmedian(np.hypot(*(own["nose"] - own["tail_base"]).T)))
    every = np.stack([tracks.at(name, SECOND) for name in tracks.keypoints])
    found = {f"nose to {part}": own["nose"] - place for part, place in other.items()}
    found["middle to middle"] = own["middle"] - other["middle"]
    told = {
        name: np.nan_to_num(np.hypot(*away.T) / length, nan=9.0) for name, away in found.items()
    }
    near = np.nan_to_num(np.hypot(*np.moveaxis(own["nose"] - every, 2, 0)) / length, nan=9.0)
    return {**told, "nose to nearest": near.min(axis=0)}
