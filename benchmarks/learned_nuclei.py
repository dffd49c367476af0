"""Whether a network that was taught nuclei tells them apart better than the rule that was not.

The pictures of DSB-2018 in two halves, by a hash of their names, both kinds together: fluorescence
and stained, as in the benchmark nuclei. segment/instances is fitted twice, with its defaults and 15
minutes, each time to one half, and scored on the other: so no picture is scored by a network that
saw it. segment/watershed is scored on the same pictures, with its defaults; these were chosen by
looking at many of them, which is in its favour. What the network does with its maps (neck, deep,
size) was chosen within the development half: figures of the rest are those of unseen pictures.

f1: 2 TP / (2 TP + FP + FN) at IoU 0.5; ap: TP / (TP + FP + FN) over IoU 0.5 to 0.95; both are means
over pictures. mae: mean error of the count, in objects. gain: f1 and ap of the network minus those
of the rule, picture by picture; ratio: of all errors of the count, those of the network over those
of the rule; with 95 % intervals from drawing pictures again. seconds: per picture, median.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._films import shared
from benchmarks.nuclei import Picture, default, judged, pictures
from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Labelled, LabelMap, Labels
from ethoframe.data.noun import Array
from ethoframe.run import apply
from ethoframe.run.fitting import Fit, fit
from ethoframe.score.bootstrap import estimate, share
from ethoframe.score.instances import InstanceScore

LONG = True
MINUTES = 15.0

Row = dict[str, Any]
Judged = tuple[InstanceScore, float]


def labels_of(shown: Sequence[Picture]) -> Labels:
    """What people drew on the pictures, each a recording of its own."""
    parts = (
        Labelled(each.recording, LabelMap.of(each.truth[None]), film=each.name) for each in shown
    )
    return Labels(tuple(parts))


def fitted_to(shown: Sequence[Picture], out: Path, training: Training) -> Fit:
    """A network that was taught these pictures."""
    return fit(find("segment/instances")(), labels_of(shown), out, training)


def held_out(
    every: Sequence[Picture], training: Training
) -> Iterator[tuple[Picture, Judged, Judged]]:
    """Each picture, and what the network that did not see it and the rule make of it."""
    with tempfile.TemporaryDirectory() as folder:
        for seen in (True, False):
            taught = [picture for picture in every if picture.seen == seen]
            method = fitted_to(taught, Path(folder) / f"model-{seen}", training).method

            def network(picture: Picture, method: Any = method) -> Array:
                labels: Array = apply(method, recording=picture.recording).dense()[0]
                return labels

            for picture in every:
                if picture.seen != seen:
                    yield picture, judged(picture, network), judged(picture, default)


def told(found: Sequence[Judged]) -> Row:
    """Figures of one method."""
    scores = [score for score, _ in found]
    return {
        "pictures": len(scores),
        "f1": float(np.mean([score.f1 for score in scores])),
        "ap": float(np.mean([score.ap for score in scores])),
        "mae": float(np.mean([abs(score.answer - score.truth) for score in scores])),
        "seconds": float(np.median([seconds for _, seconds in found])),
    }


def paired(network: Sequence[Judged], rule: Sequence[Judged]) -> Row:
    """What the network gains, picture by picture, with intervals."""
    pairs = [(one, other) for (one, _), (other, _) in zip(network, rule, strict=True)]
    errors = [[abs(each.answer - each.truth) for each in pair] for pair in pairs]
    return {
        "f1 gain": str(estimate([one.f1 - other.f1 for one, other in pairs])),
        "ap gain": str(estimate([one.ap - other.ap for one, other in pairs])),
        "mae ratio": str(estimate(np.array(errors, float), share)),
    }


def rows() -> Iterator[Row]:
    """Fluorescence and stained; all held-out pictures, and those of the rest alone."""
    every = list(pictures(shared()))
    found = list(held_out(every, Training(minutes=MINUTES)))
    for stained in (False, True):
        for half in ("all", "rest"):
            kept = [row for row in found if row[0].stained == stained]
            kept = [row for row in kept if half == "all" or not row[0].seen]
            about = {"kind": "stained" if stained else "fluorescence", "half": half}
            network, rule = [row[1] for row in kept], [row[2] for row in kept]
            yield {**about, "method": "segment/instances", **told(network), **paired(network, rule)}
            yield {**about, "method": "segment/watershed", **told(rule)}
