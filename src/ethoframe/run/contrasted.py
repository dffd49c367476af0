"""Differences between groups, held against what was decided before they were known."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ethoframe.contract import Method
from ethoframe.data import Effects, Measures, Row, Sheet
from ethoframe.data.tracking import OF_TRACKING
from ethoframe.formats import table
from ethoframe.run.apply import apply
from ethoframe.run.frozen import GROUP, Frozen, analysis_in, changes, frozen_in, otherwise
from ethoframe.run.names import PROVENANCE
from ethoframe.run.outputs import MEASURES

Judged = tuple[str, str]
"""A recording, and an arena of it, as tables of measures name them."""
KEPT = "kept"


def compared(
    method: Method,
    measures: Measures,
    sheet: Sheet,
    frozen: Frozen | None,
    failed: Collection[Judged] = (),
) -> Effects:
    """Differences between groups: of the outcomes, and of all other measures; two families.

    Parameters
    ----------
    method
        How they are compared.
    measures, sheet
        Of all animals; those that the decision leaves out are left out.
    frozen
        What was decided; None where nothing was, and all measures are one family.
    failed
        Which recordings were judged failed: left out and named, unless the method keeps them.
    """
    measures, lines = _trusted(method, measures, failed)
    if frozen is None:
        every: Effects = apply(method, measures=measures, sheet=sheet)
        return replace(every, warnings=(*lines, *every.warnings))
    sheet = without(sheet, frozen.excluded)
    rows = tuple(row for row in measures.rows if row.subject not in frozen.excluded)
    both = []
    for primary in (True, False):
        some = tuple(row for row in rows if (row.quantity in frozen.outcomes) == primary)
        how = _naming(method, frozen) if primary else method
        found: Effects = apply(how, measures=Measures(some), sheet=sheet)
        marked = tuple(replace(row, primary=primary) for row in found.rows)
        both.append(replace(found, rows=marked))
    families = [
        f"{each.family} ({words})"
        for each, words in zip(both, ("outcomes", "all others"), strict=True)
        if each.family
    ]
    warnings = dict.fromkeys([*lines, *(line for each in both for line in each.warnings)])
    warnings |= dict.fromkeys(_paired_otherwise(frozen, method, sheet))
    told = tuple(row for each in both for row in each.rows)
    return Effects(told, " and ".join(families), tuple(warnings))


def failed_in(folder: Path) -> tuple[Judged, ...]:
    """Recordings of a folder of results that were judged failed, as their records say."""
    found: dict[Judged, None] = {}
    for path in sorted(folder.rglob(PROVENANCE)):
        verdict = json.loads(path.read_text(encoding="utf-8")).get("verdict")
        own = path.parent / MEASURES
        if verdict and verdict["word"] == "failed" and own.exists():
            rows = table.read_measures(own).rows
            found |= dict.fromkeys((row.recording, row.arena) for row in rows)
    return tuple(found)


def decided(
    folder: Path, method: Method, animals: Sequence[str]
) -> tuple[Frozen | None, tuple[str, ...]]:
    """What was decided in a folder of results, and what of it a method and the results keep.

    Parameters
    ----------
    folder
        Of the results.
    method
        How groups are compared now.
    animals
        Names of the animals now.

    Returns
    -------
    tuple
        The decision, None where there is none; and lines for people.

    Raises
    ------
    Refusal
        When the decision was changed by hand.
    """
    decisions = frozen_in(folder)
    if not decisions:
        return None, ()
    frozen = decisions[-1]
    lines = [f"frozen on {frozen.when}, outcomes: {', '.join(frozen.outcomes)}"]
    lines += [f"groups had been shown before, first on {frozen.seen}"] if frozen.seen else []
    lines += [f"decided anew on {each.when}: {each.reason}" for each in decisions[1:]]
    lines += [f"left out by it: {name} ({why})" for name, why in frozen.excluded.items()]
    changed = [*otherwise(frozen, method), *changes(frozen, analysis_in(folder), animals)]
    lines += [f"not as frozen: {line}" for line in dict.fromkeys(changed)]
    return frozen, tuple(lines)


def comparisons(parameters: Mapping[str, Any], sheet: Sheet) -> str:
    """What is compared with what, in words that tell no level but the control.

    Parameters
    ----------
    parameters
        Of the method that compares.
    sheet
        Of the animals that are compared.

    Examples
    --------
    >>> from ethoframe.data import Row
    >>> rows = [Row(line=k, video=(f"{k}.mp4",), group="abc"[k % 3]) for k in range(6)]
    >>> sheet = Sheet("animals.csv", tuple(rows))
    >>> comparisons({"factor": "group", "control": "a"}, sheet)
    '2 other levels of group, each with a'
    >>> comparisons({"factor": "group", "control": ""}, sheet)
    'every pair of 3 levels of group'
    """
    factor, control = str(parameters.get("factor", GROUP)), str(parameters.get("control", ""))
    levels = {row.cell(factor) for row in sheet.rows} - {"", control}
    if control:
        return (
            f"{len(levels)} other level{'s' * (len(levels) != 1)} of {factor}, each with {control}"
        )
    return f"every pair of {len(levels)} levels of {factor}"


def without(sheet: Sheet, excluded: Collection[str]) -> Sheet:
    """The sheet without animals of these names."""
    return replace(sheet, rows=tuple(r for r in sheet.rows if named(r) not in excluded))


def _trusted(
    method: Method, measures: Measures, failed: Collection[Judged]
) -> tuple[Measures, list[str]]:
    """Measures of recordings that did not fail, unless the method keeps all; and a line on them."""
    there = {(row.recording, row.arena): row.subject for row in measures.rows}
    judged = [one for one in there if one in set(failed)]
    if not judged:
        return measures, []
    names = [_judged(one, there[one]) for one in judged]
    if method.parameters().get("failed") == KEPT:
        return measures, [f"judged failed, and counted nevertheless: {', '.join(names)}"]
    rows = tuple(row for row in measures.rows if (row.recording, row.arena) not in judged)
    told = f"judged failed, and left out: {', '.join(names)}; --failed {KEPT} counts them"
    return replace(measures, rows=rows), [told]


def _judged(one: Judged, subject: str) -> str:
    where = " ".join(filter(None, one))
    return f"{subject} ({where})" if subject else where


def _naming(method: Method, frozen: Frozen) -> Method:
    """The method, told to compare the outcomes: a figure of tracking is compared if one is."""
    if method.parameters().get("quantities") or not OF_TRACKING & {*frozen.outcomes}:
        return method
    return method.with_parameters({"quantities": ";".join(frozen.outcomes)})


def _paired_otherwise(frozen: Frozen, method: Method, sheet: Sheet) -> Iterator[str]:
    """That other levels are compared than was decided; of older decisions nothing is known."""
    now, before = comparisons(method.parameters(), sheet), frozen.test.get("compared", "")
    if before and before != now:
        yield f"not as frozen: compared: {before} was frozen, {now} was run"


def named(row: Row) -> str:
    """What an animal is called in decisions: by its name, or by its recording."""
    return row.subject or " + ".join(row.video)
