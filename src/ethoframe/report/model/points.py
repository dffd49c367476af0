"""How right keypoints are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.report.model.answers import Answers
from ethoframe.report.model.judged import (
    ANSWERED,
    SAID,
    Figure,
    Judged,
    Plate,
    around,
    brief,
    key_of,
)
from ethoframe.report.wording import counted, escaped, interval, number
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.calibration import presence_score
from ethoframe.score.points import PointScore, Rules, Scale, distances, point_score
from ethoframe.score.suspects import Suspect, far_off, swapped, twice

NEAR_BL, NEAR_PX = 0.05, 5.0
"""What counts as right: this share of the animal's length, or so many px where that is unknown."""


@dataclass(frozen=True)
class Placed:
    """Keypoints said and answered, frame by frame.

    Parameters
    ----------
    said, told
        Places ``(n, keypoint, 2)`` in px; NaN where there is none.
    sure
        Confidence of answers ``(n, keypoint)``.
    keypoints
        Their names.
    """

    said: Array
    told: Array
    sure: Array
    keypoints: tuple[str, ...]

    @classmethod
    def of(cls, seen: Answers) -> Placed:
        """Of the first individual of each frame, by the keypoints that the model knows."""
        answers = [row.answer for row in seen.rows if isinstance(row.answer, Tracks)]
        names = answers[0].keypoints if answers else ()
        said = np.stack([_places(row.said, names) for row in seen.rows])
        told = np.stack([_places(answer, names) for answer in answers])
        sure = np.stack([answer.confidence[0, :, 0] for answer in answers])
        return cls(said, told, np.nan_to_num(sure), names)

    @property
    def far(self) -> Array:
        """Distances ``(n, keypoint)`` in px."""
        return distances(self.told, self.said)


def judged(seen: Answers) -> Judged:
    """Distances, with intervals; who is sure; labels that look wrong."""
    placed = Placed.of(seen)
    of = seen.judged
    films = [film for film, chosen in zip(seen.films, of, strict=True) if chosen]
    near = _near_px(seen.model.card)
    rules = Rules(sure=float(seen.model.parameters.get("sure", 0.6)), within_px=(near,))
    score = point_score(
        placed.told[of],
        placed.sure[of],
        placed.said[of],
        keypoints=placed.keypoints,
        whose=films,
        positions=seen.origin[of],
        scale=Scale(mm_per_px=_spacing(seen)),
        rules=rules,
    )
    presence = presence_score(
        placed.sure[of],
        placed.far[of],
        np.asarray(np.isfinite(placed.said[of]).all(axis=-1)),
        films,
        seen.origin[of],
        within_px=near,
        sure=rules.sure,
    )
    error = np.array([_mean(row) for row in placed.far])
    heads, table = _table(score, near)
    return Judged(
        _figures(score, near, presence.near.expected_error),
        heads,
        table,
        score.says,
        error,
        "px",
        tuple(_caption(placed, row) for row in range(len(error))),
        partial(_drawn, seen, placed),
        key_of((("ring", SAID, "what people said"), ("cross", ANSWERED, "what the model answers"))),
        presence.near.diagram,
        f"right is: labelled, and within {number(near)} px",
        tuple(_suspects(seen, placed)),
        (*_lost(seen, placed), *_advice(score, near)),
    )


def _figures(score: PointScore, near: float, gap: Estimate) -> tuple[Figure, ...]:
    every = score.overall
    told = [
        Figure("mean distance", every["mean_px"], "px", "of labelled keypoints to the answer"),
        Figure("median distance", every["median_px"], "px", "half are nearer"),
        Figure("95th percentile", every["p95_px"], "px", "one in twenty is further off"),
        Figure("found", every[f"within_{near:g}_px"], "share", f"within {number(near)} px"),
        Figure("calibration error", gap, "1", "how far confidence is from being right (ECE)"),
    ]
    if "mean_mm" in every.scores:
        told.insert(1, Figure("mean distance", every["mean_mm"], "mm", "by the pixel size"))
    return tuple(told)


def _table(score: PointScore, near: float) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    heads = (
        "Keypoint", "labelled", "mean (px)", "95 % interval", "median", "95th percentile",
        f"within {number(near)} px", "not sure",
    )  # fmt: skip
    rows = []
    for each in (*score.keypoints, score.overall):
        mean = each["mean_px"]
        rows.append(
            (
                each.name,
                str(each.labelled),
                number(mean.value, mean.low, mean.high),
                interval(mean.low, mean.high),
                brief(each["median_px"].value),
                brief(each["p95_px"].value),
                _percent(each[f"within_{near:g}_px"].value),
                _percent(each["unsure"].value),
            )
        )
    return heads, tuple(rows)


def _suspects(seen: Answers, placed: Placed) -> list[Suspect]:
    skeleton = seen.labels.skeleton
    mirrored = skeleton.mirrored if skeleton else ()
    pairs = [pair for pair in mirrored if set(pair) <= set(placed.keypoints)]
    changed = swapped(placed.told, placed.said, placed.keypoints, pairs)
    both = {(each.row, name) for each in changed for name in each.what.split(" and ")}
    far = far_off(placed.far, placed.keypoints, seen.apart)
    far = [each for each in far if (each.row, each.what) not in both]
    apart = np.nanmax(
        np.where(
            np.asarray(np.isfinite(placed.said).all(axis=-1))[:, None],
            np.linalg.norm(placed.said[:, None] - placed.said[None], axis=-1),
            0.0,
        ),
        axis=-1,
        initial=0.0,
    )
    same = twice([row.content for row in seen.rows], apart)
    return [*changed, *far, *same]


def _lost(seen: Answers, placed: Placed) -> list[str]:
    """Frames in which it looked at another place than where the animal is."""
    length = _length_px(seen.model.card)
    nearest = np.nanmin(
        np.where(np.isfinite(placed.far), placed.far, np.inf), axis=1, initial=np.inf
    )
    rows = np.flatnonzero(np.isfinite(nearest) & (nearest > length))
    if not len(rows):
        return []
    names = ", ".join(seen.rows[row].name for row in rows[:5])
    return [
        f"In {counted(len(rows), 'frame')} ({names}) no keypoint was within the animal's length: "
        "it was not found. In films the frames before tell where it is; more minutes help most."
    ]


def _advice(score: PointScore, near: float) -> list[str]:
    told = []
    known = [each for each in score.keypoints if np.isfinite(each["mean_px"].value)]
    if len(known) > 1:
        worst = max(known, key=lambda each: each["mean_px"].value)
        usual = float(np.median([each["mean_px"].value for each in known]))
        if worst["mean_px"].value > 1.5 * usual:
            told.append(
                f"{worst.name} is furthest off, {brief(worst['mean_px'].value)} px in the mean "
                f"beside {brief(usual)} px usually: label frames where it is hard to see, and "
                "decide for yourself where exactly it is."
            )
    few = [each.name for each in score.keypoints if each.labelled < 10]
    if few:
        told.append(
            f"Of {', '.join(few)} fewer than 10 labels were compared: of these little can be said."
        )
    return told


def _caption(placed: Placed, row: int) -> str:
    far = placed.far[row]
    if not np.isfinite(far).any():
        return "nothing is labelled"
    most = int(np.nanargmax(far))
    return (
        f"{brief(_mean(far))} px in the mean; {placed.keypoints[most]} {brief(float(far[most]))} "
        f"px off (confidence {placed.sure[row, most]:.2f})"
    )


def _drawn(seen: Answers, placed: Placed, row: int) -> str:
    said, told = placed.said[row], placed.told[row]
    plate = Plate(seen.rows[row].picture(), around(np.concatenate([said, told]), 32.0))
    unit = plate.pixel
    marks = []
    for name, here, there in zip(placed.keypoints, said, told, strict=True):
        about = f"<title>{escaped(name)}</title>"
        if np.isfinite(here).all() and np.isfinite(there).all():
            marks.append(
                f'<path d="M{here[0]:.1f} {here[1]:.1f}L{there[0]:.1f} {there[1]:.1f}" '
                f'stroke="{ANSWERED}" stroke-width="{1.5 * unit:.2f}"/>'
            )
        if np.isfinite(here).all():
            marks.append(
                f'<circle cx="{here[0]:.1f}" cy="{here[1]:.1f}" r="{6 * unit:.2f}" fill="none" '
                f'stroke="{SAID}" stroke-width="{2 * unit:.2f}">{about}</circle>'
            )
        if np.isfinite(there).all():
            marks.append(cross(there, 5 * unit, ANSWERED, 2 * unit))
    return plate.svg("".join(marks), seen.rows[row].name)


def cross(at: Array, size: float, colour: str, width: float) -> str:
    """A cross at a place, as SVG."""
    x, y = float(at[0]), float(at[1])
    return (
        f'<path d="M{x - size:.1f} {y - size:.1f}L{x + size:.1f} {y + size:.1f}'
        f'M{x - size:.1f} {y + size:.1f}L{x + size:.1f} {y - size:.1f}" stroke="{colour}" '
        f'stroke-width="{width:.2f}"/>'
    )


def _places(noun: object, names: tuple[str, ...]) -> Array:
    assert isinstance(noun, Tracks)
    found = np.full((len(names), 2), np.nan)
    for k, name in enumerate(names):
        if name in noun.keypoints:
            found[k] = noun.position[0, :, noun.keypoints.index(name), 0]
    return found


def _length_px(card: Mapping) -> float:
    """Of the animal; NaN where the card does not tell it."""
    return float(card.get("views", {}).get("length_px", float("nan")))


def _near_px(card: Mapping) -> float:
    length = _length_px(card)
    return float(f"{NEAR_BL * length:.2g}") if np.isfinite(length) and length > 0 else NEAR_PX


def _spacing(seen: Answers) -> Array | None:
    steps = [row.part.recording.spacing_mm for row in seen.rows]
    known = np.array([each[-1] if each else np.nan for each in steps], np.float64)[seen.judged]
    return known if np.isfinite(known).any() else None


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %" if np.isfinite(value) else "–"
