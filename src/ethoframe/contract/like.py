"""The text of a recipe together with that of another one, which it is like."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ethoframe.contract.spec import Kind
from ethoframe.data import Refusal

FROM_TRACKS = "from_tracks"
"""The table of steps that are made otherwise where tracks are given."""

OTHERWISE = "otherwise"
"""The table of other definitions."""


def merged(name: str, written: Mapping[str, Any], base: Callable[[str], str]) -> dict[str, Any]:
    """All of the recipe that this one is like, with what is written here in its place."""
    other = tomllib.loads(base(written["like"]))
    if "like" in other:
        other = merged(str(written["like"]), other, base)
    steps = _kept(placed(other.get("steps", {}), dict(table(name, written, "steps"))))
    rest = {key: held for key, held in written.items() if key not in ("like", "steps")}
    joined = {
        word: _kept({**other.get(word, {}), **dict(table(name, rest, word))})
        for word in ("takes", "gives", FROM_TRACKS, OTHERWISE)
        if (word in other or word in rest) and rest.get(word) is not False
    }
    each = {**other, **rest}.get("for_each", "")
    if dict(table(name, written, "steps")).get(each) is False:
        # Nothing finds where one animal is: it is given.
        joined["takes"] = {**joined.get("takes", {}), each: Kind.ARENA.value}
    lacking = [*other.get("may_lack", ()), *rest.get("may_lack", ())]
    lacking = [output for output in lacking if rest.get("gives", {}).get(output) is not False]
    return {**other, **rest, **joined, "steps": steps, "may_lack": lacking}


def _kept(words: Mapping[str, Any]) -> dict[str, Any]:
    """What of a table is not said to be left out."""
    return {key: told for key, told in words.items() if told is not False}


def placed(steps: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Steps with others in place of those of the same name, each after those that it refers to.

    Else they stay in the order in which they are written. Of steps that refer to each other in a
    ring none comes first: they are left as they stand, and refused where they are read.
    """
    every, whole = {**steps, **own}, dict[str, Any]()

    def place(key: str, waiting: frozenset[str]) -> None:
        for source in _sources(every[key], every):
            if source not in whole and source not in waiting:
                place(source, waiting | {key})
        whole.setdefault(key, every[key])

    for key in every:
        place(key, frozenset())
    return whole


def filmed(steps: Mapping[str, Any], films: Iterable[str]) -> set[str]:
    """Steps that look at a film, or at an answer that follows from one before all else."""
    found = set(films)
    for key, step in steps.items():
        if isinstance(step, dict) and step.get("of") in found:
            found.add(key)
    return found - set(films)


def _sources(step: Any, names: Mapping[str, Any]) -> list[str]:
    """Which of the names a step refers to."""
    words = step.values() if isinstance(step, dict) else ()
    return [word for word in words if isinstance(word, str) and word in names]


def table(recipe: str, written: Mapping[str, Any], word: str) -> Iterable[tuple[str, Any]]:
    """What is written in the table `word` of a recipe; nothing where there is none."""
    found = written.get(word, {})
    if not isinstance(found, dict):
        raise Refusal(f"{recipe}.{word}", "must be a table", f"write [{word}]")
    return found.items()
