"""Whether a taught method tells when two mice interact, and how much better than a distance does.

One recording of an adult and a juvenile mouse (190 s at 30 frames per second, 7 keypoints each by a
network), in which one person scored when the adult interacts. Cross-validation in five blocks of
38 s, one after the other: each is told by what the rest taught, without the 4.5 s on either side of
it: windows of 2 s, ways of 0.2 s and a network that looks 1 s further to either side never see the
same frame from both sides. What settles the method's own decisions is of the rest alone: parts of
it, each told by the others. Only the median length of a body is of the whole recording.

*taught* is the default, a weighted sum of numbers and boosted trees; *network* is convolutions
along time, of 150 steps. seconds: of the processor, to teach it once.

*distance* is the best rule of one distance: while one of four (nose to nose, nose to body, body to
body, nose to the nearest keypoint of the other) is below a threshold; which, and which threshold,
is what has the highest frame F1 in what teaches. Pauses and bouts that are shorter than half of the
shorter ones of what teaches are left out as of the taught method.

frame_f1, and event_f1 at overlaps (IoU) of 0.2 and 0.5, of all blocks together; low and high are
95 % intervals, 20 stretches of the recording drawn anew: they say nothing of other recordings. ap:
average precision of frames; ece: expected calibration error in 15 bins. There is one rater, and so
no human ceiling to stand beside.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._films import shared
from ethoframe import formats
from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Episodes, Labelled, Labels, Recording, Tracks
from ethoframe.data.noun import Array
from ethoframe.run.fitting import fit
from ethoframe.run.traced import stand_in
from ethoframe.score.calibration import reliability
from ethoframe.score.episodes import Pair, compared, summary
from ethoframe.score.precision_recall import average_precision
from ethoframe.score.together import together

TRACKED = "data/social/dlc/e3v813a-20210610T122332-122642DLC_*.csv"
SCORED = "data/social/boris/e3v813a-20210610T122332-122642_reencode.csv"
WHO, OTHER, WHAT = "adult", "juvenile", "interact"
RATE, FOLDS, GAP_S, STRETCHES = 30.0, 5, 4.5, 20
THRESHOLDS = np.arange(0.05, 2.0, 0.025)
"""Of distances, in lengths of the adult's body."""

Mask = Array


@dataclass(frozen=True)
class Told:
    """What a way says of each frame of all blocks.

    Parameters
    ----------
    on
        Whether they interact ``(t,)``.
    sure
        How probable that is ``(t,)``; None of rules.
    chosen
        What was chosen in each fold.
    seconds
        Of the processor, to teach it once; NaN of rules.
    """

    on: Mask
    sure: Array | None
    chosen: Sequence[str]
    seconds: float = float("nan")


def rows() -> Iterator[Mapping[str, Any]]:
    """The rule, the default and the network; ``ETHOFRAME_SOCIAL=distance`` takes it alone."""
    folder = shared()
    tracks = formats.read_tracks(next(folder.glob(TRACKED)), rate=RATE)
    (seen,) = formats.read_observations(folder / SCORED).parts
    truth = seen.episodes.about(WHO).only(WHAT)
    ways = {"distance": _by_distance, "taught": _by_default, "network": _by_network}
    wanted = os.environ.get("ETHOFRAME_SOCIAL", ",".join(ways)).split(",")
    for name in wanted:
        yield {"way": name, **_figures(ways[name](tracks, truth), tracks, truth)}


def _blocks(tracks: Tracks) -> Iterator[tuple[Mask, Mask]]:
    """Frames that teach and frames that are told, of each fold."""
    fold = np.arange(len(tracks)) * FOLDS // len(tracks)
    for k in range(FOLDS):
        own = tracks.times_s[fold == k]
        far = np.maximum(own[0] - tracks.times_s, tracks.times_s - own[-1])
        yield far > GAP_S, fold == k


def _within(truth: Episodes, frames: Mask, tracks: Tracks) -> Episodes:
    """The episodes, cut to some of the frames, which are the support."""
    looked = _spans(frames, tracks)
    kept = [
        (max(a, start), min(b, stop))
        for start, stop in looked
        for a, b in truth.spans(WHAT)
        if min(b, stop) > max(a, start)
    ]
    return Episodes.of(WHAT, np.array(kept), looked, truth.author, individual=WHO)


def _spans(frames: Mask, tracks: Tracks) -> Array:
    edges = np.diff(np.concatenate([[0], frames, [0]]).astype(np.int8))
    ends_s = np.append(tracks.times_s, tracks.times_s[-1] + 1 / RATE)
    return np.stack([ends_s[np.flatnonzero(edges > 0)], ends_s[np.flatnonzero(edges < 0)]], axis=1)


# ------------------------------------------------------------------------------ taught


def _by_default(tracks: Tracks, truth: Episodes) -> Told:
    return _taught(tracks, truth, "auto", Training(seed=1, validation=0.2, threads=1))


def _by_network(tracks: Tracks, truth: Episodes) -> Told:
    training = Training(steps=150, seed=1, validation=0.2, threads=1, device="cpu")
    return _taught(tracks, truth, "network", training)


def _taught(tracks: Tracks, truth: Episodes, model: str, training: Training) -> Told:
    """What a taught method says of each block, taught by the rest."""
    method = find("behave/learned")().with_parameters({"model": model})
    on, sure, chosen = np.zeros(len(tracks), bool), np.zeros(len(tracks)), []
    spent: list[float] = []
    for teaches, told in _blocks(tracks):
        said = _within(truth, teaches, tracks)
        labels = Labels((Labelled(_film(tracks), said, tracks=tracks),))
        begun = time.process_time()
        with tempfile.TemporaryDirectory() as folder:
            ready: Any = fit(method, labels, Path(folder) / "model", training).method
            spent.append(time.process_time() - begun)
            probable, _ = ready.probabilities(tracks, WHO)
            answer = ready.apply(tracks=tracks).about(WHO)
        on |= answer.covers(WHAT, tracks.times_s) & told
        sure = np.where(told, probable[:, 0], sure)
        chosen.append(f"at least {ready.least_s:.2f} s, pauses {ready.bridged_s:.2f} s")
    return Told(on, sure, chosen, float(np.mean(spent)))


def _film(tracks: Tracks) -> Recording:
    return stand_in(tracks, "adult and juvenile")


# ---------------------------------------------------------------------------- distance


def _by_distance(tracks: Tracks, truth: Episodes) -> Told:
    """What the best rule of one distance says of each block, chosen by the rest."""
    from ethoframe.methods.behave._spans import lasting
    from ethoframe.methods.behave._watched import Watched, usual_shortest_s

    distances, true = _distances(tracks), truth.covers(WHAT, tracks.times_s)
    on, chosen = np.zeros(len(tracks), bool), []
    for teaches, told in _blocks(tracks):
        best = max(
            ((name, far) for name in distances for far in THRESHOLDS),
            key=lambda rule: _f1(distances[rule[0]][teaches] < rule[1], true[teaches]),
        )
        said = _within(truth, teaches, tracks)
        least_s, pause_s = usual_shortest_s([Watched(tracks, 0, said, "", "")])
        spans = lasting(_spans(distances[best[0]] < best[1], tracks), pause_s, least_s)
        held = Episodes.of(WHAT, spans, np.zeros((0, 2)))
        on |= held.covers(WHAT, tracks.times_s) & told
        chosen.append(f"{best[0]} < {best[1]:.3f} bl")
    return Told(on, None, chosen)


def _distances(tracks: Tracks) -> dict[str, Array]:
    """In lengths of the adult's body."""
    own = {part: tracks.place(part, WHO) for part in ("nose", "body_centre", "tail_base")}
    other = {part: tracks.place(part, OTHER) for part in ("nose", "body_centre")}
    length = float(np.nanmedian(np.hypot(*(own["nose"] - own["tail_base"]).T)))
    every = np.stack([tracks.at(name, OTHER) for name in tracks.keypoints])
    found = {
        "nose to nose": own["nose"] - other["nose"],
        "nose to body": own["nose"] - other["body_centre"],
        "body to body": own["body_centre"] - other["body_centre"],
    }
    told = {name: np.hypot(*away.T) / length for name, away in found.items()}
    near = np.hypot(*np.moveaxis(own["nose"] - every, 2, 0)).min(axis=0) / length
    return {**told, "nose to nearest": near}


# ----------------------------------------------------------------------------- figures


def _figures(told: Told, tracks: Tracks, truth: Episodes) -> dict[str, Any]:
    true = truth.covers(WHAT, tracks.times_s)
    units = together(["one"] * len(tracks), tracks.numbers)
    sums = np.stack([2 * (told.on & true), told.on.astype(int) + true], axis=1).astype(float)
    frame = units.of_sums(sums)
    whole = np.array([[tracks.times_s[0], tracks.times_s[-1] + 1 / RATE]])
    answer = Episodes.of(WHAT, _spans(told.on, tracks), whole, "answer", individual=WHO)
    looked = replace(truth, support_s=whole, watched=(WHO,))
    pair = compared(Pair("one", answer, looked), WHAT, RATE, blocks=STRETCHES)
    events = summary([pair])
    figures = {
        "frame_f1": frame.value, "low": frame.low, "high": frame.high, "kappa": pair.kappa,
    }  # fmt: skip
    for iou in (0.2, 0.5):
        found = events[f"event_f1_iou_{iou:g}"]
        figures |= {
            f"event_f1_{iou:g}": found.value, f"low_{iou:g}": found.low, f"high_{iou:g}": found.high
        }  # fmt: skip
    figures |= {"bouts": float(len(answer)), "true_bouts": float(len(truth))}
    if told.sure is not None:
        figures["ap"] = average_precision(told.sure, true)
        figures["ece"] = reliability(told.sure, true).expected_error
        figures["seconds"] = told.seconds
    return {**figures, "chosen": "; ".join(dict.fromkeys(told.chosen))}


def _f1(on: Mask, true: Mask) -> float:
    both = int((on & true).sum())
    return 2 * both / max(1, int(on.sum()) + int(true.sum()))
