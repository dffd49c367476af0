"""How well cells are counted by a network that was taught by their places, beside the rule.

The pictures and the split of ``blood``: regress/count-density is taught by the boxes of the third
that served for development, and counts the first sixty of the rest, which nothing was chosen by;
regress/count-objects, as it comes, counts the same. Both say between which numbers the count lies;
the network's interval is meant to hold nine in ten.

Columns as of ``blood``. *gain* is by how many objects the network is nearer to the truth, on the
mean over pictures; low and high are its 95 % interval, pictures drawn anew.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._films import shared
from benchmarks.blood import FOLDER, Smear, default, served, smears, told
from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Labels
from ethoframe.formats import voc
from ethoframe.run import apply
from ethoframe.run.fitting import fit
from ethoframe.score.counts import CountScore
from ethoframe.score.together import together

LONG = True
MINUTES = 15.0

Row = dict[str, Any]


def development() -> Labels:
    """The boxes of the pictures that served for development."""
    labels = voc.read_annotations(shared() / FOLDER)
    parts = [part for part in labels.parts if served(Path(part.files[0]).stem)]
    return Labels(tuple(parts))


def counted(method: Any, smear: Smear) -> CountScore:
    """By the network."""
    found = apply(method, recording=smear.recording)
    count, low, high = (float(found.column(f"count{end}")[0]) for end in ("", "_low", "_high"))
    return CountScore(count, smear.truth, low=low, high=high)


def rows() -> Iterator[Row]:
    """The rule, the network, and by how much that is nearer."""
    minutes = float(os.environ.get("ETHOFRAME_MINUTES", MINUTES))
    with tempfile.TemporaryDirectory() as folder:
        training = Training(minutes=minutes, validation=0.2)
        labels = development()
        taught = fit(find("regress/count-density")(), labels, Path(folder) / "model", training)
        kept = list(smears(shared(), development=False))
        scores = {smear.name: counted(taught.method, smear) for smear in kept}
        rules = {smear.name: default(smear) for smear in kept}
    yield {"method": "count-objects", **told(kept, lambda smear: rules[smear.name])}
    yield {"method": "count-density", **told(kept, lambda smear: scores[smear.name])}
    yield {"method": "gain", **_gain(kept, rules, scores)}


def _gain(kept: list[Smear], rules: dict[str, Any], scores: dict[str, Any]) -> Row:
    """How much nearer the network is, picture by picture."""
    names = [smear.name for smear in kept]
    off = [[abs(by[smear.name].answer - smear.truth) for by in (rules, scores)] for smear in kept]
    nearer = np.subtract(*np.transpose(off))
    gain = together(names).of_rows(nearer)
    return {"mae": gain.value, "mae low": gain.low, "mae high": gain.high}
