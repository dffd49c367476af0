"""Where landmarks came to lie, beside where they ought to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ethoframe.apps.scoring.found import LANDMARKS, Found
from ethoframe.apps.scoring.pairs import Pairs, paired
from ethoframe.apps.scoring.result import Result
from ethoframe.data import Refusal
from ethoframe.score.registration import errors, p90

if TYPE_CHECKING:
    from ethoframe.apps.scoring.judging import Asked
    from ethoframe.data.noun import Array

WHY = (
    "distance of each landmark from the true one in the same line (target registration error); "
    "one that is not in the answer is infinitely far"
)


@dataclass(frozen=True)
class LandmarkScore:
    """The landmarks of one picture.

    Parameters
    ----------
    name
        Of the picture.
    landmarks, missed
        How many have a true place, and how many of them the answer lacks.
    median, p90, mean, largest
        Of the distances, in `unit`.
    unit
        ``"px"`` or ``"mm"``.
    """

    name: str
    landmarks: int
    missed: int
    median: float
    p90: float
    mean: float
    largest: float
    unit: str


STATISTICS: Mapping[str, Callable[[Array], float]] = {
    "median": lambda rows: float(np.median(rows)),
    "p90": p90,
    "mean": lambda rows: float(rows.mean()),
    "largest": lambda rows: float(rows.max()),
}


def lying(answer: Found, truth: Found, asked: Asked) -> Result:
    """Distances of landmarks: of one picture, drawn by landmark; of several, by picture.

    Raises
    ------
    Refusal
        When there are none, or those of a picture are not as many in both, or in two units.
    """
    for found in (answer, truth):
        if not found.has(LANDMARKS):
            reason = f"holds {found.described()}, and no landmarks"
            raise Refusal(found.path, reason, "give tables with columns x and y")
    pairs = paired(answer.kinds[LANDMARKS], truth.kinds[LANDMARKS], (answer.path, truth.path))
    away, unit = _distances(pairs)
    rows = [
        LandmarkScore(
            name, len(each), int(np.isinf(each).sum()),
            **{what: score(each) for what, score in STATISTICS.items()}, unit=unit,
        )
        for name, each in away.items()
    ]  # fmt: skip
    missed = sum(row.missed for row in rows)
    notes = [f"{sum(row.landmarks for row in rows)} landmarks in {len(rows)} pictures"]
    if missed:
        notes.append(f"infinitely far, for they are not in the answer: {missed} of them")
    return Result(
        "landmarks", WHY, {"all": _scores(away, asked)}, [asdict(row) for row in rows],
        asked.unit if len(rows) > 1 else "landmark", dict.fromkeys(STATISTICS, unit),
        pairs.unanswered, pairs.unasked, notes=tuple(notes),
    )  # fmt: skip


def _scores(away: Mapping[str, Array], asked: Asked) -> dict:
    """Of all landmarks; those of a picture are drawn together, unless there is only one."""
    from ethoframe.score.bootstrap import estimate

    rows = np.concatenate(list(away.values()))
    names = [name for name, each in away.items() for _ in each]
    whose = asked.whose(names) if len(away) > 1 else None
    return {what: estimate(rows, score, whose=whose) for what, score in STATISTICS.items()}


def _distances(pairs: Pairs) -> tuple[dict[str, Array], str]:
    """Distances of the landmarks of each picture that have a true place, and their unit."""
    from ethoframe.formats import landmarks

    away, units = {}, set()
    for name, path in pairs.truths.items():
        given: Path | None = pairs.answers[name]
        true = landmarks.read(path)
        units.add(true.unit)
        there = true.places()
        if given is None:
            away[name] = np.full(int(np.isfinite(there).all(axis=1).sum()), np.inf)
            continue
        found = landmarks.read(given)
        units.add(found.unit)
        here = found.places()
        if here.shape != there.shape:
            counts = f"{len(here)} landmarks of {here.shape[1]} axes"
            reason = f"holds {counts}, and the truth {len(there)} of {there.shape[1]}"
            raise Refusal(given, reason, "keep every landmark in its line, empty where it is lost")
        away[name] = errors(here, there)[np.isfinite(there).all(axis=1)]
    if len(units) > 1:
        raise Refusal(path, f"landmarks are in {' and in '.join(sorted(units))}", "use one unit")
    if not any(len(each) for each in away.values()):
        raise Refusal(path, "no landmark has a true place", "check its columns x and y")
    return {name: each for name, each in away.items() if len(each)}, units.pop()
