"""Keypoints scored: how far off, how many missed, and whether confidence can be believed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.apps.scoring.matching import Matched, matched
from ethoframe.apps.scoring.placed import Placed
from ethoframe.apps.scoring.result import Result
from ethoframe.data import Refusal
from ethoframe.score.calibration import presence_score
from ethoframe.score.points import Rules, Scale, distances, point_score

if TYPE_CHECKING:
    from ethoframe.apps.scoring.judging import Asked
    from ethoframe.data.noun import Array
    from ethoframe.score.bootstrap import Estimate

WHY = "distance of each keypoint from where a person put it; shares are of those labelled"

BRIEF = (
    "mean_px", "median_px", "p95_px", "mean_mm", "mean_bl", "within_10_px", "missed", "invented",
)  # fmt: skip
"""What people are told of each keypoint."""

REFERENCE = 0.9
"""Of a truth that a network said, keypoints with at least this confidence are compared."""


def points(answer: Placed, truth: Placed, asked: Asked) -> Result:
    """Scores of all keypoints together and of each, with intervals.

    Raises
    ------
    Refusal
        When nothing belongs together, or the pixels have two sizes.
    """
    both = matched(answer, truth)
    known, notes = both.truth, [*both.notes]
    if not truth.people:
        known = np.where((both.sure >= REFERENCE)[..., None], known, np.nan)
        notes.append(
            f"the truth is what a method said: only what it is sure of ({REFERENCE:g}) is compared"
        )
    confidence = None if answer.people else both.confidence
    rules = Rules(sure=asked.sure)
    told = point_score(
        both.predicted, confidence, known, keypoints=truth.keypoints, whose=both.whose,
        positions=both.positions, scale=_scale(asked, answer), rules=rules,
    )  # fmt: skip
    scores = {each.name: dict(each.scores) for each in (told.overall, *told.keypoints)}
    if not truth.people:  # what it is not sure of may be there all the same
        scores = {name: _without(each, "invented") for name, each in scores.items()}
    elif not answer.people:
        scores["all"] |= _presence(both, known, rules)
    compared, labelled = told.overall.compared, told.overall.labelled
    notes.append(f"{compared} of {labelled} labelled keypoints in {told.frames} frames compared")
    if told.overall.absent and truth.people:
        notes.append(f"{told.overall.absent} keypoints are not labelled, and count as absent")
    notes.append(told.says)
    unit = "recording" if len(set(both.whose)) > 1 else "stretch"
    return Result(
        "points", WHY, scores, _rows(both, known, truth.keypoints), unit,
        unanswered=both.unanswered, unasked=both.unasked, notes=tuple(notes),
        brief=BRIEF,
    )  # fmt: skip


def _presence(both: Matched, known: Array, rules: Rules) -> dict[str, Estimate]:
    """Whether confidence can be believed; a keypoint that is absent must not be sure."""
    far = distances(both.predicted, known)
    there: Array = np.all(np.isfinite(known), axis=2)
    within = rules.within_px[0]
    told = presence_score(
        both.confidence, far, there, both.whose, both.positions,
        within_px=within, sure=rules.sure, draws=rules.draws,
    )  # fmt: skip
    scores = {
        f"ece_within_{within:g}_px": told.near.expected_error,
        f"auroc_within_{within:g}_px": told.auroc_near,
    }
    if told.absent:
        scores |= {"auroc_present": told.auroc_present, "false_alarms": told.false_alarms}
    return {**scores, "given_up": told.given_up}


def _without(scores: Mapping[str, Estimate], *names: str) -> dict[str, Estimate]:
    return {name: each for name, each in scores.items() if name not in names}


def _scale(asked: Asked, answer: Placed) -> Scale:
    """How long a pixel and an animal are, as far as the user says."""
    if len(set(asked.spacing_mm)) > 1:
        reason = "its pixels are not square, and a distance would depend on its direction"
        raise Refusal(answer.path, reason, "tell one length for both sides with --scale")
    return Scale(asked.spacing_mm[0] if asked.spacing_mm else None, asked.body or None)


def _rows(both: Matched, known: Array, keypoints: tuple[str, ...]) -> list[dict[str, Any]]:
    """Of each frame its mean error, and place, error and confidence of each keypoint."""
    far = distances(both.predicted, known)
    rows = []
    for n, name in enumerate(both.names):
        some = far[n][~np.isnan(far[n])]
        each = {
            keypoint: {
                "error_px": float(far[n, k]),
                "confidence": float(np.nan_to_num(both.confidence[n, k])),
            }
            for k, keypoint in enumerate(keypoints)
        }
        mean = float(some.mean()) if len(some) else float("nan")
        rows.append(
            {"name": name, "answered": both.answered[n], "mean_px": mean, "keypoints": each}
        )
    return rows
