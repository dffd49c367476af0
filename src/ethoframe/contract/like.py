"""The text of a recipe together with that of another one, which it is like."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

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
    lacking = [*other.get("may_lack", ()), *rest.get("may_lack", ())]
    lacking = [output for output in lacking if rest.get("gives", {}).get(output) is not False]
    return {**other, **rest, **joined, "steps": steps, "may_lack": lacking}


def _kept(words: Mapping[str, Any]) -> dict[str, Any]:
    """What of a table is not said to be left out."""
    return {key: told for key, told in words.items() if told is not False}


def placed(steps: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Steps with others in place of those of the same name, new ones before who needs them."""
    new = {key: step for key, step in own.items() if key not in steps}
    whole: dict[str, Any] = {}
    for key, step in {**steps, **{k: v for k, v in own.items() if k in steps}}.items():
        if not new.keys() <= whole.keys() and _refers(step, new):
            whole |= new
        whole[key] = step
    return {**whole, **new}


def _refers(step: Any, names: Mapping[str, Any]) -> bool:
    sources = step.values() if isinstance(step, dict) else ()
    return any(isinstance(source, str) and source in names for source in sources)


def table(recipe: str, written: Mapping[str, Any], word: str) -> Iterable[tuple[str, Any]]:
    """What is written in the table `word` of a recipe; nothing where there is none."""
    found = written.get(word, {})
    if not isinstance(found, dict):
        raise Refusal(f"{recipe}.{word}", "must be a table", f"write [{word}]")
    return found.items()
