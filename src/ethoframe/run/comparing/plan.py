"""What is done in a comparison, laid out before anything is: splits, fits, and what they cost."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np

import ethoframe
from ethoframe.contract import Training
from ethoframe.data import Classes, Labels, Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.model import CARD
from ethoframe.run.comparing.contestant import Contestant
from ethoframe.run.comparing.yardstick import Yardstick
from ethoframe.score.curve import label_counts, label_order
from ethoframe.score.split import How, Split, choose, k_folds

MODELS, ANSWERS = "models", "answers"
"""Folders of what was fitted, and of what was answered."""


@dataclass(frozen=True)
class Ask:
    """What is compared, and how.

    Parameters
    ----------
    contestants
        Two at least; or one with a curve.
    labels
        What people said.
    by
        Scores answers.
    out
        Folder of everything that comes of it.
    folds
        How often labels are parted; of 1, a `share` is kept back once.
    share
        Of the labels, kept back.
    split
        What is kept back whole.
    seed
        What chance begins with.
    curve
        Whether methods are taught by fewer labels too.
    repeats
        How many choices of these fewer labels there are.
    capacity
        Name of a parameter and the values of it that are tried.
    command
        The command line.
    """

    contestants: tuple[Contestant, ...]
    labels: Labels
    by: Yardstick
    out: Path
    folds: int = 1
    share: float = 0.25
    split: How = "auto"
    seed: int = 0
    curve: bool = False
    repeats: int = 1
    capacity: tuple[str, tuple[Any, ...]] | None = None
    command: str = ""


@dataclass(frozen=True)
class Job:
    """One fit.

    Parameters
    ----------
    name
        Of the contestant.
    contestant
        With its parameters, changed where `setting` says so.
    fold
        From 0.
    rows
        Of the labels, that teach it.
    size
        How many labels of a part of them; 0 of all there are.
    repeat
        Which choice of them.
    setting
        The value of the parameter that is tried, in words; empty of the contestant as it is.
    """

    name: str
    contestant: Contestant
    fold: int
    rows: Array
    size: int = 0
    repeat: int = 0
    setting: str = ""

    def told(self) -> str:
        """What it is, in words."""
        of = f", {self.size} labels" if self.size else ""
        of += f", choice {self.repeat + 1}" if self.repeat else ""
        of += f", {self.setting}" if self.setting else ""
        return f"{self.name}, fold {self.fold + 1}{of}"


@dataclass(frozen=True)
class Plan:
    """All that is done.

    Parameters
    ----------
    ask
        What was asked.
    splits
        Rows of the labels that teach, and that are kept back.
    jobs
        Fits, those on all labels first.
    fingerprint
        Of the labels.
    whose
        The unit that each labelled frame belongs to.
    """

    ask: Ask
    splits: tuple[Split, ...]
    jobs: tuple[Job, ...]
    fingerprint: str
    whose: tuple[str, ...]

    @property
    def kept_back(self) -> Array:
        """Every row that is kept back once."""
        every: Array = np.unique(np.concatenate([each.validation for each in self.splits]))
        return every

    @property
    def films(self) -> frozenset[str]:
        """Names of the films, and of the subjects, of what is kept back."""
        named = self.ask.labels.columns(("film",))["film"]
        return frozenset(each[row] for row in self.kept_back for each in (named, self.whose))

    @property
    def says(self) -> str:
        """How labels are parted, in a sentence."""
        first = self.splits[0].says
        if len(self.splits) == 1:
            return first
        return f"each frame is kept back in one of {len(self.splits)} folds ({first})"

    def key(self, job: Job) -> str:
        """Of all that decides the weights, but for how many steps its minutes are."""
        method, training = job.contestant.learner, job.contestant.training or Training()
        return hashed(
            ethoframe.__version__,
            self.fingerprint,
            job.rows.tolist(),
            method.name(),
            method.version,
            method.parameters(),
            {k: v for k, v in training.parameters().items() if k != "threads"},
        )

    def folder(self, job: Job) -> Path:
        """Where its model lies."""
        stem = f"fold{job.fold + 1}"
        stem += f"-{job.size}labels-choice{job.repeat + 1}" if job.size else ""
        stem += f"-{_word(job.setting)}" if job.setting else ""
        return self.ask.out / MODELS / _word(job.name) / f"{stem}-{self.key(job)[:8]}"

    def done(self, job: Job) -> bool:
        """Whether it was fitted before."""
        return (self.folder(job) / CARD).is_file()


def plan(ask: Ask, where: object) -> Plan:
    """The plan of a comparison.

    Parameters
    ----------
    ask
        What is compared.
    where
        Labels lie, for refusals.

    Raises
    ------
    Refusal
        When labels cannot be parted so.
    """
    named = ask.labels.columns(("film", "subject"))
    subjects = named["subject"] if any(named["subject"]) else None
    classes = classes_of(ask.labels)
    ways = {"seed": ask.seed, "how": ask.split, "classes": classes}
    place = (named["film"], subjects, ask.labels.origin)
    if ask.folds > 1:
        splits = k_folds(*place, folds=ask.folds, **ways)  # type: ignore[arg-type]
    else:
        splits = (choose(*place, share=ask.share, **ways),)  # type: ignore[arg-type]
    if not all(len(each.validation) for each in splits):
        raise Refusal(where, splits[0].says, "label more frames, of several recordings")
    whose = tuple(
        subject or film
        for film, subject in zip(named["film"], subjects or named["film"], strict=True)
    )
    jobs = tuple(_jobs(ask, splits, whose, classes))
    return Plan(ask, splits, jobs, ask.labels.fingerprint(), whose)


def classes_of(labels: Labels) -> list[str] | None:
    """Of each labelled frame; None where labels are no classes."""
    if labels.gives is not Classes:
        return None
    return [word for part in labels.parts for word in cast("Classes", part.said).best]


def _jobs(
    ask: Ask, splits: Sequence[Split], whose: Sequence[str], classes: Sequence[str] | None
) -> list[Job]:
    taught = [each for each in ask.contestants if each.training is not None]
    parts = list(enumerate(splits))
    jobs = [Job(one.name, one, fold, split.train) for one in taught for fold, split in parts]
    if ask.capacity is not None:
        name, values = ask.capacity
        changed = [
            (one.name, one.changed(name, v), f"{name}={v}") for one in taught for v in values
        ]
        jobs += [
            Job(called, one, fold, split.train, setting=setting)
            for called, one, setting in changed
            for fold, split in parts
        ]
    if ask.curve:
        for size in label_counts(min(len(split.train) for split in splits))[:-1]:
            for repeat in range(ask.repeats):
                for fold, split in parts:
                    own = [whose[row] for row in split.train]
                    kinds = None if classes is None else [classes[row] for row in split.train]
                    order = label_order(own, ask.seed + repeat, kinds)
                    rows = np.sort(split.train[order[:size]])
                    jobs += [Job(one.name, one, fold, rows, size, repeat) for one in taught]
    return jobs


def budgeted(job: Job, steps: Mapping[str, int]) -> Training:
    """How a fit is taught: with the steps that the minutes of its contestant's first one were.

    So all fits of a contestant have the same budget, whatever else the machine is doing.
    """
    training = job.contestant.training or Training()
    return replace(training, steps=training.steps or steps.get(job.name, 0))


def hashed(*told: Any) -> str:
    """Hex SHA-256 of plain values."""
    text = json.dumps(told, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _word(text: str) -> str:
    return re.sub(r"[^\w.=-]+", "-", text)
