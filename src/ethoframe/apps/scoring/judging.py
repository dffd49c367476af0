"""An answer beside the truth, scored as what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.apps.scoring import reading
from ethoframe.apps.scoring.found import BOXES, COUNTS, LABELS, LANDMARKS, OBJECTS, Found
from ethoframe.apps.scoring.pairs import Pairs, paired
from ethoframe.apps.scoring.result import Result
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from ethoframe.data import LabelMap

LOOKED_AT = 8
"""Truths that are read to tell classes from objects."""

MASKS = "every label is a class; both empty is 1, one empty is 0 and the picture's diagonal"
FOREGROUND = "whatever has a label is one mask; both empty is 1, one empty is 0 and the diagonal"
OBJECTS_SAID = "every label is an object; the same as a true one when IoU is more than 0.5"


@dataclass(frozen=True)
class Asked:
    """What the user asked for.

    Parameters
    ----------
    kind
        ``"masks"``, ``"instances"``, ``"counts"``, ``"landmarks"``, ``"raters"`` or ``"points"``;
        empty to decide by what is there.
    spacing_mm
        Of pixels, in the order of axes ``([z,] y, x)``; empty for what the files say.
    quantity, only
        Which measure, and which boxes, are counted.
    by_folder
        Whether pictures of one folder are drawn together.
    union
        Whether all labels are one mask.
    options
        What is known of files besides, as formats ask for it.
    body
        Two keypoints whose distance is the animal's length; empty where nobody says.
    sure
        Confidence from which a keypoint counts as predicted.
    """

    kind: str = ""
    spacing_mm: tuple[float, ...] = ()
    quantity: str = "count"
    only: tuple[str, ...] = ()
    by_folder: bool = False
    union: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    body: tuple[str, str] | tuple[()] = ()
    sure: float = 0.6

    @property
    def unit(self) -> str:
        """What is drawn again."""
        return "folder" if self.by_folder else "picture"

    def whose(self, names: list[str]) -> list[str]:
        """The unit that each picture belongs to."""
        return [name.rpartition("/")[0] if self.by_folder else name for name in names]


def judged(answer: Found, truth: Found, asked: Asked) -> Result:
    """The scores of an answer.

    Raises
    ------
    Refusal
        When they cannot be compared, or nothing in them belongs together.
    """
    _refuse_unasked(answer, truth, asked.options)
    kind = asked.kind or _kind(answer, truth, asked)
    return _JUDGES[kind](answer, truth, replace(asked, kind=kind))


def _refuse_unasked(answer: Found, truth: Found, options: Mapping[str, Any]) -> None:
    """Refuses what the user says of files when no file asks for it."""
    from ethoframe import formats

    paths = [path for found in (answer, truth) for path in (found.kinds.get(LABELS) or {}).values()]
    for option in options:
        if not any(option in formats.asks(path) for path in paths):
            reason = f"no file in it, or of the truth, asks for --{option}"
            raise Refusal(answer.path, reason, f"leave --{option} out")


def _kind(answer: Found, truth: Found, asked: Asked) -> str:
    """As what it is scored, by what is there."""
    if truth.has(LANDMARKS) and answer.has(LANDMARKS) and not truth.has(LABELS, OBJECTS, BOXES):
        return "landmarks"
    # Beside boxes, pictures are what they were drawn in.
    if answer.has(LABELS, OBJECTS) and not truth.has(BOXES):
        from ethoframe.apps.scoring.people import by_person

        if truth.has(OBJECTS):
            return "instances"
        if by_person(truth):
            return "raters"
        if truth.has(LABELS):
            return "masks" if asked.union or _are_classes(truth, asked) else "instances"
    if truth.has(BOXES, COUNTS, LABELS, OBJECTS) and answer.has(COUNTS, LABELS, OBJECTS, BOXES):
        return "counts"
    reason = f"holds {answer.described()}, and the truth {truth.described()}"
    raise Refusal(answer.path, reason, "give two that can be compared")


def _are_classes(truth: Found, asked: Asked) -> bool:
    """Whether labels are classes: they have names, or are the same in every picture."""
    from ethoframe.score.masks import labels_in

    paths = list(truth.kinds[LABELS].values())
    looked = np.unique(np.linspace(0, len(paths) - 1, LOOKED_AT).round().astype(int))
    maps = [reading.labels_at(paths[k], asked.options) for k in looked]
    held = [frozenset(labels_in(each)) for each in maps]
    if all(each.names for each in maps) or len(frozenset().union(*held)) < 2:
        return True
    return len(held) > 1 and len(set(held)) == 1


# ---------------------------------------------------------------- masks and instances


def _masks(answer: Found, truth: Found, asked: Asked) -> Result:
    from ethoframe.score import masks

    pairs = _label_files(answer, truth)
    union = asked.union or OBJECTS in (answer.has(LABELS, OBJECTS), truth.has(LABELS, OBJECTS))
    every, true_ones = ((1,), (1,)) if union else _all_labels(pairs, asked)
    if len(true_ones) < 2 and every != true_ones:
        # The truth knows inside and outside only, and the answer calls inside otherwise.
        every, union = (1,), True

    def score(found: LabelMap, true: LabelMap, name: str) -> list[Any]:
        both = [_one_mask(each) if union else each for each in (found, true)]
        return list(masks.mask_scores(both[0], both[1], every, name))

    rows, failed, notes = _scored(pairs, asked, score)
    units = dict.fromkeys(masks.DISTANCES, rows[0].unit) if rows else {}
    if absent := sum(row.absent for row in rows):
        notes.append(f"{absent} of {len(rows)} masks are empty in truth and answer, and count as 1")
    if missed := sum(row.missed for row in rows):
        notes.append(f"{missed} of {len(rows)} masks were missed altogether")
    told = masks.summary(rows, asked.whose([row.name for row in rows]))
    why = FOREGROUND if union else MASKS
    return _result(pairs, asked, why, told, rows, failed=failed, units=units, notes=tuple(notes))


def _all_labels(pairs: Pairs, asked: Asked) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Labels of answers and truths together, and of truths."""
    from ethoframe.score.masks import labels_in

    held: list[set[int]] = []
    for paths in (pairs.answers, pairs.truths):
        found: set[int] = set()
        for path in paths.values():
            if path is not None:
                found |= set(labels_in(reading.labels_at(path, asked.options)))
        held.append(found)
    return tuple(sorted(held[0] | held[1])), tuple(sorted(held[1]))


def _one_mask(labels: LabelMap) -> LabelMap:
    patches = tuple(
        replace(patch, labels=(patch.labels != 0).astype(np.uint8)) for patch in labels.patches
    )
    return replace(labels, patches=patches, names={1: "all"})


def _instances(answer: Found, truth: Found, asked: Asked) -> Result:
    from ethoframe.score import instances

    pairs = _label_files(answer, truth)
    rows, failed, seen = _scored(
        pairs, asked, lambda found, true, name: list(instances.instance_scores(found, true, name))
    )
    told = {"all": instances.summary(rows, asked.whose([row.name for row in rows]))}
    more = [{what: getattr(row, what) for what in _OF_OBJECTS} for row in rows]
    total = sum(row.truth for row in rows), sum(row.answer for row in rows)
    notes = (f"{total[0]} true objects, {total[1]} in the answer", *seen)
    return _result(pairs, asked, OBJECTS_SAID, told, rows, more, failed=failed, notes=notes)


_OF_OBJECTS = ("f1", "precision", "recall", "ap", "sq", "pq")

Score = Callable[["LabelMap", "LabelMap", str], list[Any]]


def _label_files(answer: Found, truth: Found) -> Pairs:
    kinds = [found.has(LABELS, OBJECTS) for found in (answer, truth)]
    for found, kind in zip((answer, truth), kinds, strict=True):
        if not kind:
            reason = f"holds {found.described()}, and no labels"
            raise Refusal(found.path, reason, "give label images, or score it as counts")
    return paired(answer.kinds[kinds[0]], truth.kinds[kinds[1]], (answer.path, truth.path))


def _scored(
    pairs: Pairs, asked: Asked, score: Score
) -> tuple[list[Any], dict[str, str], list[str]]:
    """Rows of every true picture; what could not be scored is told, and counts as missed."""
    rows: list[Any] = []
    notes: list[str] = []
    failed: dict[str, str] = {}
    for name, path in pairs.truths.items():
        try:
            found, true, refused, told = _read(pairs.answers[name], path, asked)
        except Refusal as refusal:
            if len(pairs.truths) == 1:
                raise
            failed[name] = str(refusal)
            continue
        notes += told
        try:
            if refused is not None:
                raise refused
            rows += score(true.take(slice(0)) if found is None else found, true, name)
        except Refusal as refusal:
            if len(pairs.truths) == 1:
                raise
            failed[name] = str(refusal)
            rows += score(true.take(slice(0)), true, name)
    return rows, failed, notes


def _read(
    given: Path | None, path: Path, asked: Asked
) -> tuple[LabelMap | None, LabelMap, Refusal | None, tuple[str, ...]]:
    """The answer if there is one, the truth, why the answer cannot be read, and what to know."""
    true, found, refused = reading.labels_at(path, asked.options), None, None
    notes: tuple[str, ...] = ()
    if given is not None:
        try:
            found = reading.labels_at(given, asked.options)
        except Refusal as refusal:
            refused = refusal
    if given is not None and found is not None:
        both, notes = reading.alike({given: found, path: true}, asked.options)
        found, true = both[given], both[path]
    return found, reading.spaced(path, true, asked.spacing_mm), refused, notes


# ---------------------------------------------------------------- counts


def _counts(answer: Found, truth: Found, asked: Asked) -> Result:
    from ethoframe.score import counts

    said = [
        reading.counts_in(found, asked.quantity, asked.only, asked.options)
        for found in (answer, truth)
    ]
    pairs = paired(said[0], said[1], (answer.path, truth.path))
    rows = []
    for name, true in pairs.truths.items():
        given = pairs.answers[name]
        found = given or reading.Counted(0.0)
        rows.append(
            counts.CountScore(
                found.value, true.value, name, given is not None, found.low, found.high
            )
        )
    whose = asked.whose([row.name for row in rows])
    told = {"all": counts.summary(rows, whose)}
    more = [{"error": row.error, "relative_error": row.relative_error} for row in rows]
    units = dict.fromkeys(("mean_absolute_error", "bias", "limit_low", "limit_high"), "objects")
    notes = [f"{sum(row.truth for row in rows):g} objects in truth"]
    if empty := sum(row.truth == 0 for row in rows):
        notes.append(f"{empty} pictures truly hold none: they are not in the relative error")
    why = "answer less truth, picture by picture; a picture without an answer counts as 0 objects"
    return _result(pairs, asked, why, told, rows, more, units=units, notes=tuple(notes))


# ---------------------------------------------------------------- what is left


def _raters(answer: Found, truth: Found, asked: Asked) -> Result:
    from ethoframe.apps.scoring import people

    pairs, rows, notes, failed = people.agreement(answer, truth, asked.options)
    whose = asked.whose([row.name for row in rows])
    told, more = people.told(rows, whose)
    return _result(pairs, asked, people.WHY, told, rows, more, failed=failed, notes=notes)


def _landmarks(answer: Found, truth: Found, asked: Asked) -> Result:
    from ethoframe.apps.scoring.landmarks import lying

    return lying(answer, truth, asked)


_JUDGES: Mapping[str, Callable[[Found, Found, Asked], Result]] = {
    "masks": _masks,
    "instances": _instances,
    "counts": _counts,
    "landmarks": _landmarks,
    "raters": _raters,
}


def _result(
    pairs: Pairs,
    asked: Asked,
    why: str,
    told: Mapping[str, Any],
    rows: list[Any],
    more: list[dict[str, Any]] | None = None,
    **rest: Any,
) -> Result:
    plain = [{**asdict(row), **extra} for row, extra in _beside(rows, more)]
    return Result(
        asked.kind, why, told, plain, asked.unit,
        unanswered=pairs.unanswered, unasked=pairs.unasked, **rest,
    )  # fmt: skip


def _beside(rows: list[Any], more: list[dict[str, Any]] | None) -> Iterator[tuple[Any, Any]]:
    yield from zip(rows, more or [{}] * len(rows), strict=True)
