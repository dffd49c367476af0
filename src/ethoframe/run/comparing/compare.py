"""A comparison, from labels to scores; killed, the same one goes on where it was."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract import Learned, Method
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.model import opened
from ethoframe.run.comparing.answering import Answered, answered
from ethoframe.run.comparing.contestant import Contestant
from ethoframe.run.comparing.outcome import Comparison, Spent, Tried
from ethoframe.run.comparing.plan import ANSWERS, Job, Plan, budgeted, hashed
from ethoframe.run.comparing.results import write_results
from ethoframe.run.comparing.summary import summarised
from ethoframe.run.fitting import fit, fitted
from ethoframe.run.writing import check_writable, moved_into

MOST_TAUGHT = 60
"""Taught frames that are answered to learn how well a method knows what it was taught."""

Watch = Callable[[int, str, str, int, int], None]
"""Told which fit it is, of what, what is done, and how much of how much."""


def compared(plan: Plan, watch: Watch | None = None) -> Comparison:
    """Carries a plan out, and writes its scores into its folder.

    Raises
    ------
    Refusal
        When nothing can be written, or a method refuses all that it is given.
    """
    check_writable(plan.ask.out)
    work = _Work(plan, watch)
    tried = {}
    for index, job in enumerate(plan.jobs):
        tried[index] = work.fitted(index, job)
    whole = {one.name: work.whole(one, tried) for one in plan.ask.contestants}
    found = summarised(plan, whole, tried, _hardware())
    with moved_into(plan.ask.out) as part:
        write_results(part, found)
    return found


def method_of(plan: Plan, contestant: Contestant, row: int) -> Method:
    """The method as it answers a labelled frame: not taught by it, where it is taught here.

    Raises
    ------
    Refusal
        When the fit that kept this frame back is not there.
    """
    if contestant.training is None:
        return contestant.method
    for job in plan.jobs:
        plain = job.name == contestant.name and not job.size and not job.setting
        if plain and row in plan.splits[job.fold].validation:
            return fitted(contestant.method.name(), plan.folder(job))
    raise Refusal(contestant.name, f"no fit kept frame {row} back", "compare again")


@dataclass
class _Work:
    """A comparison that is being carried out.

    Parameters
    ----------
    plan
        What is to be done.
    watch
        Told how far it is.
    """

    plan: Plan
    watch: Watch | None

    def __post_init__(self) -> None:
        self.steps: dict[str, int] = {}

    def fitted(self, index: int, job: Job) -> Tried:
        """A fit, its answers to what was kept back and to what it was taught."""
        folder, ask = self.plan.folder(job), self.plan.ask
        try:
            fit(
                job.contestant.learner,
                ask.labels.take(job.rows),
                folder,
                budgeted(job, self.steps),
                tell=self._telling(index, job.told()),
                command=ask.command,
            )
        except Refusal as no:
            if not job.size:
                raise
            return Tried(job, refused=f"{job.told()}: {no.reason}")
        card = opened(folder).card
        self.steps.setdefault(job.name, int(card["taught"]["steps"]))
        method = fitted(job.contestant.method.name(), folder)
        told = self._telling(index, job.told(), "answering")
        kept = self.plan.splits[job.fold].validation
        answers = self.answers(method, kept, told)
        seen = _spread(taught_rows(job, card))
        own = self.answers(method, seen, None)
        return Tried(job, kept, answers, seen, own, Spent.of(card))

    def whole(self, one: Contestant, tried: Mapping[int, Tried]) -> Answered:
        """Answers to everything that is kept back, in the order of its rows."""
        rows = self.plan.kept_back
        if one.training is None:
            told = self._telling(len(self.plan.jobs), one.name, "answering")
            return self.answers(one.method, rows, told)
        plain = [
            each
            for each in tried.values()
            if each.job.name == one.name and not each.job.size and not each.job.setting
        ]
        return pooled(rows, _answers_of(plain))

    def answers(
        self, method: Method, rows: Array, tell: Callable[[int, int], None] | None
    ) -> Answered:
        """Scores of a method's answers; those that were had before are read."""
        name = hashed(
            self.plan.fingerprint, rows.tolist(), _identity(method), repr(self.plan.ask.by)
        )
        path = self.plan.ask.out / ANSWERS / f"{name[:16]}.npz"
        if (kept := _kept(path)) is not None:
            return kept
        found = answered(method, self.plan.ask.labels, rows, self.plan.ask.by, tell)
        _keep(path, found)
        return found

    def _telling(self, index: int, name: str, task: str = "") -> Any:
        watch = self.watch
        if watch is None:
            return None
        if task:
            return lambda done, total: watch(index, name, task, done, total)
        return lambda doing, done, total: watch(index, name, doing, done, total)


def _answers_of(fits: Sequence[Tried]) -> list[tuple[Array, Answered]]:
    pairs = ((each.rows, each.answers) for each in fits)
    return [(rows, found) for rows, found in pairs if rows is not None and found is not None]


def pooled(rows: Array, parts: Sequence[tuple[Array, Answered]]) -> Answered:
    """Answers of several fits to parts of the rows, as answers to all of them; NaN elsewhere."""
    values: dict[str, Array] = {}
    for mine, found in parts:
        at = np.searchsorted(rows, mine)
        for name, table in found.values.items():
            values.setdefault(name, np.full((len(rows), table.shape[1]), np.nan))[at] = table
    refused = tuple(dict.fromkeys(reason for _, each in parts for reason in each.refused))
    seconds = sum(each.seconds for _, each in parts)
    return Answered(values, seconds, sum(each.frames for _, each in parts), refused)


def taught_rows(job: Job, card: Mapping[str, Any]) -> Array:
    """Rows of the labels that a fit learned from, without those that it kept apart itself."""
    try:
        split = card["split"]
        told = json.loads(split) if isinstance(split, str) else split
        taught: Array = job.rows[np.asarray(told["train"], np.intp)]
    except (KeyError, TypeError, ValueError, IndexError):
        return job.rows
    return taught if len(taught) else job.rows


def _spread(rows: Array) -> Array:
    chosen = np.unique(np.linspace(0, len(rows) - 1, MOST_TAUGHT).round().astype(int))
    few: Array = rows[chosen]
    return few


def _identity(method: Method) -> dict[str, Any]:
    told = method.parameters()
    if isinstance(method, Learned) and method.weights:
        told["weights"] = opened(method.weights, method).hash
    return {"method": method.name(), "version": method.version, **told}


def _kept(path: Path) -> Answered | None:
    """Answers that an earlier comparison left; None where there are none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as held:
            told = json.loads(str(held["arr_0"]))
            values = {name: held[f"arr_{k}"] for k, name in enumerate(told["metrics"], 1)}
        return Answered(values, told["seconds"], told["frames"], tuple(told["refused"]))
    except (OSError, ValueError, KeyError):
        return None


def _keep(path: Path, found: Answered) -> None:
    told = {
        "metrics": list(found.values),
        "seconds": found.seconds,
        "frames": found.frames,
        "refused": list(found.refused),
    }
    with moved_into(path.parent) as part:
        np.savez(part / path.name, np.array(json.dumps(told)), *found.values.values())


def _hardware() -> str:
    """What the comparison ran on, in words."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} processor cores"
