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
    gathered
        Frame methods among them whose answers are wanted whole.
    """

    source: str
    numbers: Array
    steps: tuple[Step, ...]
    gathered: tuple[str, ...] = ()

    @property
    def bounded(self) -> bool:
        """Whether all it ends with are reductions, which see a bounded number of frames."""
        ends = (step.method for step in self.steps if not isinstance(step.method, FrameMethod))
        return not self.gathered and all(isinstance(method, Reduction) for method in ends)

    @property
    def name(self) -> str:
        """What the pass finds out: the names of the answers it ends with."""
        streams = [s.name for s in self.steps if not isinstance(s.method, FrameMethod)]
        return " + ".join([*self.gathered, *streams])


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
        Inputs, and steps whose answer the user gave: those are not run.
    """
    for name in set(given) - recipe.takes.keys():
        recipe.step(name)
    wanted = _needed(recipe, given)
    steps = [step for step in recipe.steps if step.name in wanted]
    gathered = _gathered(recipe, steps)
    ready = dict.fromkeys((*recipe.takes, *given), 0)
    live = {name: name for name, kind in recipe.takes.items() if kind is Kind.RECORDING}
    levels: dict[int, list[Step]] = {}
    whole: list[tuple[int, Step]] = []
    for step in steps:
        level = max((ready.get(source, 0) for source in step.inputs.values()), default=0)
        if isinstance(step.method, WholeMethod):
            level = max(level, *(ready[s] + 1 for s in step.inputs.values() if s in gathered), 0)
            ready[step.name] = level
            whole.append((level, step))
            continue
        if isinstance(step.method, FrameMethod):
            live[step.name] = live[step.main]
            ready[step.name] = level
        else:
            ready[step.name] = level + 1
        if step.name in gathered or not isinstance(step.method, FrameMethod):
            levels.setdefault(level, []).append(step)
    todo: list[Pass | Step] = []
    for level in range(max(ready.values(), default=0) + 1):
        todo += [step for at, step in whole if at == level]
        todo += _passes(levels.get(level, []), steps, live, specs)
    return Plan(tuple(todo))


def _gathered(recipe: Recipe, steps: Sequence[Step]) -> set[str]:
    """Frame methods whose answers are wanted whole: by the user, or by a method that takes all."""
    wanted = set(recipe.gives.values())
    wanted |= {
        s for step in steps if isinstance(step.method, WholeMethod) for s in step.inputs.values()
    }
    return {step.name for step in steps if isinstance(step.method, FrameMethod)} & wanted


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
        Pass(source, numbers, *_with_feeders(group, steps))
        for (source, _), (numbers, group) in groups.items()
    ]


def _numbers(step: Step, recording: Spec) -> Array:
    if isinstance(step.method, Reduction):
        return step.method.visits(recording)
    return np.arange(recording.count)


def _with_feeders(
    group: Sequence[Step], steps: Sequence[Step]
) -> tuple[tuple[Step, ...], tuple[str, ...]]:
    """The group with the frame methods that lead to it in front, and which of those to gather."""
    by_name = {step.name: step for step in steps if isinstance(step.method, FrameMethod)}
    needed: set[str] = set()
    ends = [step.name for step in group if step.name in by_name]
    gathered = tuple(ends)
    ends += [source for step in group for source in step.inputs.values()]
    while ends:
        name = ends.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            ends += by_name[name].inputs.values()
    feeders = [step for step in steps if step.name in needed]
    rest = [step for step in group if step.name not in by_name]
    return (*feeders, *rest), gathered
