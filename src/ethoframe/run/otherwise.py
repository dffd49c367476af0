"""Same data, other definitions: what is measured, by each definition that a recipe can defend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ethoframe.contract import Kind, Method, Recipe
from ethoframe.contract.otherwise import again
from ethoframe.data import Measure, Measures, Noun, Refusal
from ethoframe.run.apply import apply
from ethoframe.run.order import Otherwise
from ethoframe.run.outputs import TRIAL, measures_in


def measured_otherwise(
    recipe: Recipe, known: Mapping[str, Noun], given: Collection[str] = ()
) -> Otherwise:
    """What is measured by every other definition that a recipe names.

    Only the steps that depend on what a definition changes are carried out again, from the answers
    that are in hand; no film is looked at.

    Parameters
    ----------
    recipe
        As it was carried out.
    known
        Its inputs, and the answer of every step that has one.
    given
        Steps that the user answered: no definition changes these.

    Notes
    -----
    Which of several definitions that can all be defended is taken should not decide what a study
    says; so all of them are told.

    References
    ----------
    Steegen, Tuerlinckx, Gelman & Vanpaemel, Perspect. Psychol. Sci. 11 (2016), 702-712.
    """
    found: dict[str, Measures] = {}
    lacking: dict[str, str] = {}
    for name in recipe.otherwise:
        try:
            found[name] = _measured(recipe, recipe.varied(name), known, given)
        except Refusal as no:
            lacking[name] = f"{no.reason}; {no.remedy}"
    return Otherwise(found, lacking)


def _measured(
    recipe: Recipe, changed: Recipe, known: Mapping[str, Noun], given: Collection[str]
) -> Measures:
    answers = dict(known)
    done: set[str] = set()
    moved: set[str] = set()
    todo = [step for step in again(recipe, changed) if step.name not in given]
    for step in todo:
        own = step.method != recipe.step(step.name).method
        # What could not be had by the usual definition is not looked for by another.
        if step.name not in known or not (own or moved & {*step.inputs.values()}):
            continue
        inputs: dict[str, Any] = {
            key: answers[source] for key, source in step.inputs.items() if source in answers
        }
        answers[step.name] = apply(_unbinned(step.method), **inputs)
        done.add(step.name)
        # Equal episodes may have been told by other words, which measures repeat.
        if step.method.gives is Kind.EPISODES or answers[step.name] != known[step.name]:
            moved.add(step.name)
    measured = {
        output: answers[name]
        for output, name in recipe.gives.items()
        if name in answers and (name in done or output == TRIAL)
    }
    rows = _longest(measures_in(measured))
    if not rows:
        reason = "nothing here is measured by it" if todo else "it is how all was measured"
        raise Refusal(recipe.name, reason, "see provenance.json for what was asked")
    return Measures(rows)


def _unbinned(method: Method) -> Method:
    """A method that measures, without time bins: they would cost more than all else."""
    binned = method.gives is Kind.MEASURES and "bin_s" in method.parameters()
    return method.with_parameters({"bin_s": 0.0}) if binned else method


def _longest(measures: Measures) -> tuple[Measure, ...]:
    """Of each quantity the row over the longest time, and those during events."""
    found: dict[tuple[str, ...], Measure] = {}
    for row in measures.rows:
        key = row.arena, row.individual, row.quantity, row.unit, row.during
        kept = found.get(key)
        if kept is None or _lasting(row) > _lasting(kept):
            found[key] = row
    return tuple(found.values())


def _lasting(row: Measure) -> float:
    return row.bin_stop_s - row.bin_start_s
