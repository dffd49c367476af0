"""Each part of the labels answered by what the rest taught: so all of them settle and judge."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract import Training
from ethoframe.data.noun import Array
from ethoframe.nets.lesson import Columns, Example, Lesson, unvaried
from ethoframe.nets.network import SETTLED

APART = "apart.parquet"
"""What was answered to each labelled moment by a model that was not taught it."""

PARTS = "part-{}"
"""Folder of a part, where its checkpoint lies until the model is written."""

Answer = Mapping[str, Array]
"""By the kind of head."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Crossed:
    """Answers to all parts.

    Parameters
    ----------
    examples
        What was asked, without the pictures.
    answers
        To each.
    without
        And to each, where a group of numbers tells nothing, by its name.
    """

    examples: list[Example] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    without: dict[str, list[Answer]] = field(default_factory=dict)


def crossed(
    lesson: Lesson, training: Training, folder: Path, key: str, tell: Tell | None = None
) -> Crossed:
    """Teaches once for each fold of a lesson, and asks what was left out.

    A fold that was finished before a fit was killed is not taught step by step again.

    Parameters
    ----------
    lesson, training, key, tell
        As of ``nets.training.teach``.
    folder
        Where checkpoints of the folds lie.
    """
    from ethoframe.nets.training import answers, teach

    found = Crossed()
    for number, fold in enumerate(lesson.folds, 1):
        if tell:
            tell(f"keeping part {number} of {len(lesson.folds)} apart", 0, 0)
        # What is kept apart has no say in when training stops: it judges.
        part = replace(lesson, train=fold.train, familiar=fold.familiar)
        own = folder / PARTS.format(number)
        own.mkdir(parents=True, exist_ok=True)
        taught = teach(part, training, own, f"{key}, without part {number}", tell)
        examples = unvaried(fold.validation)
        for example, answer in zip(examples, answers(taught.net, examples), strict=True):
            found.examples.append({k: held for k, held in example.items() if k != "picture"})
            found.answers.append(answer)
        for name, lacking in fold.without.items():
            told = answers(taught.net, unvaried(lacking))
            found.without.setdefault(name, []).extend(told)
    return found


def settled_by(lesson: Lesson, found: Crossed) -> dict[str, Any]:
    """What the answers to all parts settle, with their figures."""
    settled = dict(lesson.settle(found.examples, found.answers, True)) if lesson.settle else {}
    figures = settled.pop("figures", None) or lesson.judge(found.examples, found.answers)
    if lesson.lacking is not None and found.without:
        settled["importance"] = dict(lesson.lacking(found.examples, found.without, settled))
    return {**settled, "figures": dict(figures)}


def answering(lesson: Lesson, settled: Mapping[str, Any]) -> Lesson:
    """The lesson of the one head that was found to answer; the others need not be taught again."""
    heads = tuple(head for head in lesson.network.heads if head.kind == settled.get("kind"))
    if not heads:
        return lesson
    left = replace(lesson, network=replace(lesson.network, heads=heads))
    return left if {head.kind for head in heads} & {*SETTLED} else replace(left, familiar=None)


def write_columns(path: Path, columns: Columns) -> None:
    """Writes a table; a reader never sees half of it."""
    import pyarrow as pa
    from pyarrow import parquet

    draft = path.with_name(path.name + ".draft")
    parquet.write_table(pa.table({name: pa.array(held) for name, held in columns.items()}), draft)
    draft.replace(path)


def read_columns(path: Path) -> dict[str, Array]:
    """What `write_columns` wrote."""
    from pyarrow import parquet

    table = parquet.read_table(path)
    return {name: np.asarray(table[name].to_numpy()) for name in table.column_names}
