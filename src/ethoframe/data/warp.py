"""Maps one after another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from ethoframe.data.displacement import Displacement
from ethoframe.data.noun import Array, Noun
from ethoframe.data.transform import Transform


@dataclass(frozen=True, eq=False)
class Warp(Noun):
    """A map that bends: transforms and displacements, the first applied first.

    Parameters
    ----------
    steps
        In order; each begins in the unit that the one before ends in.
    failed
        Why the map is not to be trusted, in words; empty where nothing speaks against it.
    facts
        What is known of how it was found; for people.

    Examples
    --------
    >>> import numpy as np
    >>> bend = Displacement(np.tile([2.0, 0.0], (3, 4, 1)), (1.0, 1.0))
    >>> Warp((Transform.moving(1, 1), bend)).apply(np.array([[0.0, 0.0]]))
    array([[3., 1.]])
    """

    steps: tuple[Transform | Displacement, ...]
    failed: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a warp needs a step")
        ends = [(_source(step), _target(step)) for step in self.steps]
        for (_, here), (there, _) in pairwise(ends):
            if here != there:
                raise ValueError(f"a step in {there} cannot follow one that gives {here}")
        if len({step.axes for step in self.steps}) > 1:
            raise ValueError("all steps of a warp need the same number of axes")

    @property
    def axes(self) -> int:
        """Two of a plane, three of space."""
        return self.steps[0].axes

    @property
    def source_unit(self) -> str:
        """Unit before."""
        return _source(self.steps[0])

    @property
    def target_unit(self) -> str:
        """Unit after."""
        return _target(self.steps[-1])

    def apply(self, points: Array) -> Array:
        """Points ``(..., d)`` as x, y(, z); NaN stays NaN."""
        for step in self.steps:
            points = step.apply(points)
        return points

    def inverse(self) -> Warp:
        """The way back; as near as `Displacement.inverse` says."""
        back = tuple(step.inverse() for step in reversed(self.steps))
        return Warp(back, self.failed, self.facts)

    def after(self, first: Transform | Displacement | Warp) -> Warp:
        """First the map `first`, then this one."""
        before = first.steps if isinstance(first, Warp) else (first,)
        failed = "" if isinstance(first, Displacement) else first.failed
        return Warp((*before, *self.steps), failed or self.failed)


def _source(step: Transform | Displacement) -> str:
    return step.source_unit if isinstance(step, Transform) else step.unit


def _target(step: Transform | Displacement) -> str:
    return step.target_unit if isinstance(step, Transform) else step.unit
