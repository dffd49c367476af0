"""How right classes of frames are."""

from __future__ import annotations

from functools import partial

import numpy as np

from ethoframe.data import Classes
from ethoframe.data.noun import Array
from ethoframe.report.model.answers import Answers
from ethoframe.report.model.judged import Figure, Judged, Plate
from ethoframe.report.picture.pairs import table as as_table
from ethoframe.report.wording import number, share
from ethoframe.score.classes import class_score
from ethoframe.score.suspects import other_class, twice


def judged(seen: Answers) -> Judged:
    """Accuracy and calibration with intervals, confusions, labels that look wrong."""
    names = tuple(_of(seen.rows[0].answer).names)
    table = np.stack([_of(row.answer).table[0] for row in seen.rows])
    said = np.array([_said(_of(row.said), names) for row in seen.rows])
    of = seen.judged & (said >= 0)
    films = [film for film, chosen in zip(seen.films, of, strict=True) if chosen]
    score = class_score(table[of], said[of], films, seen.origin[of])
    truth = table[np.arange(len(said)), np.maximum(said, 0)]
    error = np.where(said >= 0, -np.log(np.maximum(np.nan_to_num(truth), 1e-12)), np.nan)
    best = np.nan_to_num(table).argmax(axis=1)
    suspects = [*other_class(table, said, names), *twice([row.content for row in seen.rows])]
    return Judged(
        (
            Figure("right", score.accuracy, "share", "of frames have the class that was said"),
            Figure("AUROC", score.auroc, "1", "how well each class is told from the others"),
            Figure(
                "calibration error", score.top.expected_error, "1",
                f"ECE; {number(score.top.by_chance)} would be chance alone",
            ),
            Figure("Brier score", score.brier, "1", "squared distance to the truth, 0 to 2"),
        ),
        ("Class", "said", "found", "share of those said", "share of those answered"),
        tuple(_rows(names, said[of], best[of])),
        score.top.says,
        error,
        "nats",
        tuple(_caption(names, said[k], table[k]) for k in range(len(said))),
        partial(_drawn, seen),
        "",
        score.top.diagram,
        "right is: the most probable class is the one that was said",
        tuple(suspects),
        tuple(_advice(names, said[of], best[of])),
        _confusions(names, said[of], best[of]),
        0.9 * float(np.log(max(len(names), 2))),
    )  # fmt: skip


def _of(noun: object) -> Classes:
    assert isinstance(noun, Classes)
    return noun


def _said(said: Classes, names: tuple[str, ...]) -> int:
    word = said.best[0]
    return names.index(word) if word in names else -1


def _rows(names: tuple[str, ...], said: Array, best: Array) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for k, name in enumerate(names):
        right = int(((said == k) & (best == k)).sum())
        of, told = int((said == k).sum()), int((best == k).sum())
        rows.append((name, str(of), str(right), share(right, of), share(right, told)))
    return rows


def _confusions(names: tuple[str, ...], said: Array, best: Array) -> str:
    rows = [
        (f"{name} (said)", *(int(((said == k) & (best == j)).sum()) for j in range(len(names))))
        for k, name in enumerate(names)
    ]
    return f"<h3>What is taken for what</h3>{as_table(('', *names), rows)}"


def _advice(names: tuple[str, ...], said: Array, best: Array) -> list[str]:
    wrong = [
        (int(((said == k) & (best == j)).sum()), k, j)
        for k in range(len(names))
        for j in range(len(names))
        if j != k
    ]
    most = max(wrong, default=(0, 0, 0))
    told = []
    if most[0] > 1:
        told.append(
            f"{names[most[1]]} is taken for {names[most[2]]} most often ({most[0]} frames): label "
            "more of both where they are alike, or ask whether people can tell them apart."
        )
    few = [name for k, name in enumerate(names) if (said == k).sum() < 10]
    if few:
        told.append(
            f"Fewer than 10 frames of {', '.join(few)} were compared: of these little can be said."
        )
    return told


def _caption(names: tuple[str, ...], said: int, given: Array) -> str:
    word = names[said] if said >= 0 else "nothing"
    if not np.isfinite(given).all():
        return f"said: {word}; no answer"
    best = int(given.argmax())
    return f"said: {word}; answered: {names[best]}, with a probability of {given[best]:.2f}"


def _drawn(seen: Answers, row: int) -> str:
    return Plate(seen.rows[row].picture()).svg("", seen.rows[row].name)
