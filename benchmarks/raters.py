"""How far people agree on 35 videos, and whether somebody who does not is told.

The tables of DLCAnalyzer, open field (20 videos, 3 people), plus maze (5, 3) and forced swim (10,
4 people), raw times; and one video of BehaviorDEPOT with 4 people, at its 50 frames per second.
kappa: median over every two people in every video, at 25 frames per second; exact: the same by
seconds; low and high: its 95 % interval, videos drawn anew; least and most: of all pairs. F1 of
events at IoU 0.2 and 0.5; ICC(2,1) of seconds and of bouts.

alarms: rows of who is told to disagree with all others, by the rule in score/alarm.py; then what
the rule says where files are mixed up on purpose: of one person after the other the file of a video
is exchanged with that of the next. told: how many of the two are flagged; hint right: how many of
those are told the video that they belong to; false: flags of anybody else in these videos that were
not there before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks._films import shared
from ethoframe import formats
from ethoframe.score.agreement import Agreement, Panel, agreement, panels
from ethoframe.score.alarm import alarms, apart

Row = dict[str, Any]

SETS = {
    "open field": "data/raters/data/OFT/Labels/AllLabDataOFT_final.csv",
    "plus maze": "data/raters/data/EPM/Labels/AllEPMLables.csv",
    "forced swim": "data/raters/data/FST/Lables/AllFSTLables.csv",
}
LABELS = {
    "open field": ("Supported", "Unsupported", "Grooming", "Jumping"),
    "plus maze": (
        "Head Dip", "Grooming", "Protected Stretch", "Rearing", "Unprotected Stretch",
    ),
    "forced swim": ("Floating",),
    "freezing": ("Freezing",),
}  # fmt: skip
"""What is behaviour: the rest of these tables marks the start and the end, or was left blank."""

RATE = {"open field": 25.0, "plus maze": 25.0, "forced swim": 25.0, "freezing": 50.0}


def seen(folder: Path) -> dict[str, list[Panel]]:
    """Who saw what, by set."""
    found = {
        name: panels([formats.read_observations(folder / path)]) for name, path in SETS.items()
    }
    files = sorted((folder / "data/freezing/demo7").glob("hB_*.mat"))
    found["freezing"] = panels([formats.read_observations(f, rate=RATE["freezing"]) for f in files])
    return {
        name: [replace(panel, words=LABELS[name]) for panel in each] for name, each in found.items()
    }


def told(name: str, label: str, exact: Agreement, counted: Agreement) -> Row:
    """The row of one label."""
    kappas = [row.kappa.value for row in counted.pairs if np.isfinite(row.kappa.value)]
    kappa, scores = counted.scores["kappa"], exact.scores
    return {
        "set": name, "label": label, "videos": kappa.n, "pairs": len(kappas),
        "kappa": kappa.value, "low": kappa.low, "high": kappa.high,
        "least": min(kappas), "most": max(kappas), "exact": scores["kappa"].value,
        "frame F1": scores["frame_f1"].value, "F1 0.2": scores["event_f1_iou_0.2"].value,
        "F1 0.5": scores["event_f1_iou_0.5"].value, "Fleiss": scores["fleiss_kappa"].value,
        "alpha": scores["krippendorff_alpha"].value,
        "ICC s": exact.icc_seconds.agreement.value, "ICC bouts": exact.icc_bouts.agreement.value,
    }  # fmt: skip


def exchanged(found: Sequence[Panel], at: int, who: str) -> list[Panel]:
    """The panels with one person's files of two videos exchanged."""
    here, there = found[at], found[(at + 1) % len(found)]
    mixed = [
        replace(one, people={**one.people, who: other.people[who]})
        for one, other in ((here, there), (there, here))
    ]
    return [next((m for m in mixed if m.recording == p.recording), p) for p in found]


def mixed_up(found: Sequence[Panel], name: str) -> Row:
    """What the rule says of every file that is exchanged with the next."""
    before = {(each.recording, each.rater) for each in alarms(found)}
    flagged = right = false = 0
    for at, panel in enumerate(found):
        pair = panel.recording, found[(at + 1) % len(found)].recording
        for who in panel.people:
            world = exchanged(found, at, who)
            rung = [each for p in world if p.recording in pair for each in apart(p) if each.alarms]
            hit = [each for each in rung if each.rater == who]
            flagged += len(hit)
            false += len({(e.recording, e.rater) for e in rung if e.rater != who} - before)
            if hit:
                names = {each.recording for each in hit}
                full = [e for e in alarms(world) if e.recording in names and e.rater == who]
                right += sum({e.recording, e.fits} == set(pair) for e in full)
    files = 2 * sum(len(panel.people) for panel in found)
    return {"set": name, "label": "mixed up", "videos": len(found), "files": files,
            "told": flagged, "hint right": right, "false": false}  # fmt: skip


def rows() -> Iterator[Row]:
    """Agreement on every label, alarms, and files that are mixed up."""
    found = seen(shared())
    for name, each in found.items():
        for label in LABELS[name]:
            exact, counted = (
                agreement(each, label, rate, draws=1000) for rate in (None, RATE[name])
            )
            yield told(name, label, exact, counted)
    for name, each in found.items():
        rung = alarms(each)
        yield {"set": name, "label": "alarms", "videos": len(each), "told": len(rung),
               "says": "; ".join(map(str, rung))}  # fmt: skip
    for name in SETS:
        yield mixed_up(found[name], name)
