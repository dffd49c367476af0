"""Which steps run in which pass over the recording, worked out before the first frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.contract import (
    FrameMethod,
    Kind,
    Recipe,
    Reduction,
    SequentialMethod,
    Spec,
    Step,
    WholeMethod,
)
from ethoframe.data import Refusal
from ethoframe.data.noun import Array


@dataclass(frozen=True)
class Pass:
    """Steps that share one reading of the same frames.

    Parameters
    ----------
    source
        Name of the recording that is read.
    numbers
        Ascending frame numbers that are read.
    steps
        Frame methods they need first, then reductions and sequential methods.
    """

    source: str
    numbers: Array
    steps: tuple[Step, ...]

    @property
    def name(self) -> str:
        """What the pass finds out: the names of the answers it ends with."""
        kept = [step.name for step in self.steps if not isinstance(step.method, FrameMethod)]
        return " + ".join(kept or [step.name for step in self.steps])


@dataclass(frozen=True)
class Plan:
    """What to do, in order: passes over pixels, and methods that take whole answers."""

    todo: tuple[Pass | Step, ...]


def plan(recipe: Recipe, specs: Mapping[str, Spec], given: Sequence[str] = ()) -> Plan:
    """The passes of a recipe.

    A step's pass follows from its inputs: a whole answer is ready one pass after the one that makes
    it; frame methods belong to no pass and are computed again in each that needs them.

    Parameters
    ----------
    recipe
        The graph.
    specs
        Of the recipe's inputs and of every step, as `Recipe.outline` gives them.
    given
        Steps whose answer the user gave: they are not run.
    """
    wanted = _needed(recipe, given)
    steps = [step for step in recipe.steps if step.name in wanted]
    ready = {name: 0 for name in (*recipe.takes, *given)}
    live = {name: name for name, kind in recipe.takes.items() if kind is Kind.RECORDING}
    levels: dict[int, list[Step]] = {}
    whole: list[tuple[int, Step]] = []
    for step in steps:
        level = max((ready.get(source, 0) for source in step.inputs.values()), default=0)
        match step.method:
            case FrameMethod():
                live[step.name] = live[step.main]
                ready[step.name] = level
            case WholeMethod():
                ready[step.name] = level
                whole.append((level, step))
            case _:
                ready[step.name] = level + 1
                levels.setdefault(level, []).append(step)
    todo: list[Pass | Step] = []
    for level in range(max(ready.values(), default=0) + 1):
        todo += [step for at, step in whole if at == level]
        todo += _passes(levels.get(level, []), steps, live, specs)
    return Plan(tuple(todo))


def _needed(recipe: Recipe, given: Sequence[str]) -> set[str]:
    """Steps that an output depends on, not looking behind those that were given."""
    wanted: set[str] = set()
    open_ends = list(recipe.gives.values())
    while open_ends:
        name = open_ends.pop()
        if name in wanted or name in given or name in recipe.takes:
            continue
        wanted.add(name)
        open_ends += recipe.step(name).inputs.values()
    return wanted


def _passes(
    sinks: Sequence[Step], steps: Sequence[Step], live: Mapping[str, str], specs: Mapping[str, Spec]
) -> list[Pass]:
    """The sinks of one level, those that read the same frames together."""
    groups: dict[tuple[str, bytes], tuple[Array, list[Step]]] = {}
    for step in sinks:
        source = live.get(step.main)
        if source is None:
            raise Refusal(
                step.name, f"{step.main} has no frames to go through", "feed it a recording"
            )
        numbers = _numbers(step, specs[source])
        groups.setdefault((source, numbers.tobytes()), (numbers, []))[1].append(step)
    return [
        Pass(source, numbers, (*_feeding(group, steps), *group))
        for (source, _), (numbers, group) in groups.items()
    ]


def _numbers(step: Step, recording: Spec) -> Array:
    if isinstance(step.method, Reduction):
        return step.method.visits(recording)
    assert isinstance(step.method, SequentialMethod)
    return np.arange(recording.count)


def _feeding(group: Sequence[Step], steps: Sequence[Step]) -> list[Step]:
    """Frame methods that lead from the recording to the group, in order."""
    by_name = {step.name: step for step in steps}
    needed: set[str] = set()
    ends = [step.main for step in group]
    while ends:
        name = ends.pop()
        if name in by_name and isinstance(by_name[name].method, FrameMethod):
            needed.add(name)
            ends.append(by_name[name].main)
    return [step for step in steps if step.name in needed]
