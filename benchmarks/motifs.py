"""How stable motifs that nobody named are: each model and number of motifs, on each set of tracks.

`seeds`, `halves` and `shuffled` are adjusted Rand indices: of models that began otherwise, of
models of two halves on all moments, and the last of series with the same spreads and rhythms but
no motifs; `beyond` is how much more than these the lower one of seeds and
halves is, as a share of what is left.

``ETHOFRAME_TRACKS=demo1,social`` takes these sets alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ethoframe.contract import Training
from ethoframe.contract.catalog import find
from ethoframe.data import Refusal
from ethoframe.run.inputs import Reading
from ethoframe.run.unlabelled import alone

LONG = True

SHARED = Path(os.environ.get("ETHOFRAME_SHARED", "../shared")) / "data"

SETS: Mapping[str, tuple[str, float]] = {
    "demo1": ("freezing/demo1/demo1_tracking.csv", 50.0),
    "social": ("social/dlc", 30.0),
    "openfield": ("openfield/videos/m3v1mp4DeepCut_resnet50_openfieldOct30shuffle1_15001.h5", 30.0),
}
"""Where tracks lie, and their frames per second."""


def rows() -> Iterator[Mapping[str, Any]]:
    """A row for each set, model and number of motifs."""
    for name in os.environ.get("ETHOFRAME_TRACKS", ",".join(SETS)).split(","):
        path, rate = SETS[name]
        if not (SHARED / path).exists():
            yield {"tracks": name, "says": "not there"}
            continue
        try:
            lesson = find("behave/motifs")().lesson(
                alone([SHARED / path], Reading(rate=rate)), Training(threads=1, device="cpu")
            )
        except Refusal as refusal:
            yield {"tracks": name, "says": str(refusal)}
            continue
        told: Any = lesson.told["stability"]
        for row in told["table"]:
            kept = all(row[key] == told["kept"][key] for key in ("model", "number"))
            yield {"tracks": name, "of": told["of"], **row, "kept": "kept" if kept else ""}
