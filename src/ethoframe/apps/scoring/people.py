"""Masks that several people drew of the same pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.apps.scoring import reading
from ethoframe.apps.scoring.found import LABELS, OBJECTS, Found
from ethoframe.apps.scoring.pairs import Pairs, paired
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.score.bootstrap import Estimate
    from ethoframe.score.raters import RaterScore

WHY = "whatever has a label is one mask; how people agree with each other is the human ceiling"


def by_person(truth: Found) -> dict[str, dict[str, Path]]:
    """Paths by person and picture, of a folder with one folder for each person; or nothing.

    Pictures are in it as ``PERSON/PICTURE``; at least one picture must be there of two people.
    """
    people: dict[str, dict[str, Path]] = {}
    for name, path in truth.kinds.get(truth.has(LABELS, OBJECTS), {}).items():
        person, slash, picture = name.partition("/")
        if not slash:
            return {}
        people.setdefault(person, {})[picture] = path
    drawn = [picture for pictures in people.values() for picture in pictures]
    return people if len(drawn) > len(set(drawn)) else {}


def agreement(
    answer: Found, truth: Found, options: Mapping[str, Any]
) -> tuple[Pairs, list[RaterScore], tuple[str, ...], dict[str, str]]:
    """How people agree in every picture, and the answer with them.

    Where the truth has no folder for each person, answer and truth are two people.

    Raises
    ------
    Refusal
        When no picture was drawn by two people.
    """
    people = by_person(truth)
    answers = answer.kinds.get(answer.has(LABELS, OBJECTS), {})
    if not people:
        true = truth.kinds.get(truth.has(LABELS, OBJECTS), {})
        pairs = paired(answers, true, (answer.path, truth.path))
        drawn = {name: {"first": pairs.answers[name], "second": true[name]} for name in true}
        given: Mapping[str, Any] = {}
    else:
        names = dict.fromkeys(name for pictures in people.values() for name in pictures)
        drawn = {
            name: {who: paths[name] for who, paths in people.items() if name in paths}
            for name in names
        }
        pairs = paired(answers, drawn, (answer.path, truth.path))
        given = pairs.answers
    return (pairs, *_scored(drawn, given, truth.path, options))


def _scored(
    drawn: Mapping[str, Mapping[str, Path | None]],
    given: Mapping[str, Path | None],
    where: Path,
    options: Mapping[str, Any],
) -> tuple[list[RaterScore], tuple[str, ...], dict[str, str]]:
    from dataclasses import replace

    from ethoframe.score.raters import rater_score

    rows, alone, failed = [], [], {}
    notes: list[str] = []
    for name, paths in drawn.items():
        there = {who: path for who, path in paths.items() if path is not None}
        if len(there) < 2:
            alone.append(name)
            continue
        try:
            answered = given.get(name)
            files = [*there.values(), *([answered] if answered else [])]
            read = {path: reading.labels_at(path, options) for path in files}
            same, seen = reading.alike(read, options)
            mask = {path: each.dense() != 0 for path, each in same.items()}
            masks = {who: mask[path] for who, path in there.items()}
            nothing = np.zeros_like(next(iter(masks.values()))) if given else None
            found = mask[answered] if answered else nothing
            rows.append(replace(rater_score(masks, found), name=name))
            notes += seen
        except (Refusal, ValueError) as error:
            failed[name] = str(error)
    if not rows:
        reason = next(iter(failed.values()), "no picture was drawn by two people")
        raise Refusal(where, reason, "give a folder for each person: PERSON/PICTURE.png")
    notes = [*notes, f"{len(rows)} pictures were drawn by two people or more"]
    if alone:
        notes.append(f"{len(alone)} were drawn by one person, and are left out")
    return rows, tuple(notes), failed


def told(
    rows: list[RaterScore], whose: list[str]
) -> tuple[dict[str, dict[str, Estimate]], list[dict[str, Any]]]:
    """The scores, and what every row has beside them, with names that JSON can hold."""
    from ethoframe.score import raters

    more = [
        {
            "pairs": {f"{a} – {b}": value for (a, b), value in row.pairs.items()},
            "between_people": row.between_people,
            "with_people": row.with_people,
        }
        for row in rows
    ]
    return {"all": raters.summary(rows, whose)}, more
