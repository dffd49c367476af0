"""Other definitions that a recipe names: which of its steps they change, and which follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ethoframe.contract.method import WholeMethod
from ethoframe.contract.spec import Kind
from ethoframe.data import Refusal

if TYPE_CHECKING:
    from ethoframe.contract.recipe import Recipe, Step

Settings = Mapping[str, Any]
"""Values by ``"step.parameter"``."""

_TIMES = re.compile(r"[x×]\s*(\d+(?:\.\d+)?|\.\d+)")


def resolved(recipe: Recipe, settings: Settings) -> dict[str, Any]:
    """The settings with a value in place of each that is told as a multiple, as ``"x0.5"``.

    Parameters
    ----------
    recipe
        Of whose values they are multiples.
    settings
        As a recipe has them.
    """
    return {path: _value(recipe, path, told) for path, told in settings.items()}


def _value(recipe: Recipe, path: str, told: Any) -> Any:
    times = _TIMES.fullmatch(told) if isinstance(told, str) else None
    step_name, _, name = path.rpartition(".")
    if times is None or not step_name:
        return told
    usual = getattr(recipe.step(step_name).method, name, None)
    if isinstance(usual, bool) or not isinstance(usual, int | float):
        return told
    value = float(times[1]) * usual
    return round(value) if isinstance(usual, int) else value


def again(recipe: Recipe, changed: Recipe) -> tuple[Step, ...]:
    """The steps that answer otherwise where some parameters are changed, as far as measures follow.

    Parameters
    ----------
    recipe
        As it is.
    changed
        The same steps with other parameters.

    Raises
    ------
    Refusal
        When no measure follows from what is changed, or the film had to be gone through again.
    """
    methods = {step.name: step.method for step in recipe.steps}
    moved: set[str] = set()
    for step in changed.steps:
        if step.method != methods[step.name] or moved & {*step.inputs.values()}:
            moved.add(step.name)
    wanted = _leading_to_measures(recipe)
    found = tuple(step for step in changed.steps if step.name in moved & wanted)
    for step in found:
        if not isinstance(step.method, WholeMethod):
            reason = f"{step.name} ({step.method.name()}) would need the film again"
            raise Refusal(recipe.name, reason, "change what follows when all of it was seen")
    if moved and not found:
        raise Refusal(recipe.name, f"no measure follows from {min(moved)}", "change another step")
    return found


def check(recipe: Recipe) -> None:
    """Refuses definitions that could not be carried out.

    Raises
    ------
    Refusal
        When there is no such step or parameter, it cannot have that value, it is changed to what
        it is, no measure follows from it, or the film had to be gone through again.
    """
    told_otherwise: Mapping[str, Any] = recipe.otherwise  # as written, which may be anything
    for name, settings in told_otherwise.items():
        where = f"{recipe.name}.otherwise.{name}"
        if not isinstance(settings, Mapping) or not settings:
            raise Refusal(where, "names no parameter", 'write {"step.parameter" = value}')
        try:
            if not again(recipe, recipe.varied(name)):
                raise Refusal(where, "it is what the recipe does", "give another value")
        except Refusal as no:
            told = where if no.where in (where, recipe.name) else f"{where}: {no.where}"
            raise Refusal(told, no.reason, no.remedy) from None


def _leading_to_measures(recipe: Recipe) -> set[str]:
    """Steps that a measure among the outputs depends on, and those that give one."""
    by_name = {step.name: step for step in recipe.steps}
    ends = [
        name
        for name in recipe.gives.values()
        if name in by_name and by_name[name].method.gives is Kind.MEASURES
    ]
    wanted: set[str] = set()
    while ends:
        name = ends.pop()
        if name in by_name and name not in wanted:
            wanted.add(name)
            ends += by_name[name].inputs.values()
    return wanted
