"""The frozen analysis: what was decided before anybody knew the groups, and what changed after."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from ethoframe.contract import Method, catalog
from ethoframe.data import Refusal
from ethoframe.data.strict import strict
from ethoframe.formats import table
from ethoframe.run.names import PROVENANCE
from ethoframe.run.outputs import MEASURES
from ethoframe.run.writing import moved_into

FROZEN = "frozen.json"
UNBLINDED = "unblinded.txt"
"""In the folder of the results: when groups were shown first, in its pages or tables."""
VARIES = "differs between animals"
GROUP = "group"
"""The column that is compared where nobody names another."""


@dataclass(frozen=True)
class Frozen:
    """One decision on how groups will be compared, and when it was taken.

    Parameters
    ----------
    outcomes
        Measures that the study is about; all others are looked at besides.
    test
        Name, version and parameters of the method that compares.
    analysis
        How recordings were analysed: recipe, and each step's version and parameters.
    definitions
        Of the outcomes, in words.
    animals
        Names of all animals, without their groups.
    excluded
        Animals that will be left out, and why.
    when
        In UTC, ISO 8601.
    seen
        When groups had been shown first; empty where they had not.
    reason
        Why an earlier decision was amended; empty for the first.
    amends
        Hash of the decision before; empty for the first.
    """

    outcomes: tuple[str, ...]
    test: Mapping[str, Any]
    analysis: Mapping[str, Any]
    definitions: Mapping[str, str] = field(default_factory=dict)
    animals: tuple[str, ...] = ()
    excluded: Mapping[str, str] = field(default_factory=dict)
    when: str = ""
    seen: str = ""
    reason: str = ""
    amends: str = ""

    @property
    def hash(self) -> str:
        """Hex SHA-256 of everything in it."""
        text = json.dumps(self.told(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def told(self) -> dict[str, Any]:
        """Ready for JSON."""
        plain = {**vars(self), "outcomes": list(self.outcomes), "animals": list(self.animals)}
        told: dict[str, Any] = strict(plain)
        return told

    @property
    def factor(self) -> str:
        """The column of the animal sheet whose levels are compared."""
        return str(self.test["parameters"].get("factor", GROUP))

    def method(self) -> Method:
        """The method that compares, with its parameters.

        Raises
        ------
        Refusal
            When there is none of that name or its parameters are not known any more.
        """
        return catalog.find(self.test["method"])().with_parameters(self.test["parameters"])


def frozen_in(folder: Path) -> tuple[Frozen, ...]:
    """Every decision in a folder of results, from the first to the last; none without a file.

    Raises
    ------
    Refusal
        When the file was changed by hand: a hash does not fit.
    """
    path = folder / FROZEN
    if not path.exists():
        return ()
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["decisions"]
        found = tuple(_read(entry) for entry in entries)
        fits = [entry["hash"] == each.hash for entry, each in zip(entries, found, strict=True)]
    except (ValueError, KeyError, TypeError):
        raise Refusal(path, "it is no frozen analysis", "restore the file") from None
    chained = [before.hash == each.amends for before, each in pairwise(found)]
    if not all(fits) or not all(chained):
        reason = "it was changed after it was written: its hash does not fit"
        raise Refusal(
            path, reason, "restore the file; changes are made by ethoframe freeze --amend"
        )
    return found


def factor_in(folder: Path) -> str:
    """The column that was decided to be compared; group where nothing was, or by hand."""
    try:
        decisions = frozen_in(folder)
    except Refusal:
        return GROUP
    return decisions[-1].factor if decisions else GROUP


def freeze(folder: Path, decision: Frozen, *, amend: str = "") -> Frozen:
    """Writes a decision down, after those that there are.

    Parameters
    ----------
    folder
        Of the results.
    decision
        What is decided; its time, and what it amends, are filled in.
    amend
        Why an earlier decision is changed.

    Raises
    ------
    Refusal
        When there is a decision already, and nothing is said of why it changes.
    Unwritten
        When the disk is full or the folder may not be written.
    """
    before = frozen_in(folder)
    if before and not amend:
        reason = f"the analysis was frozen on {before[-1].when}"
        raise Refusal(folder / FROZEN, reason, 'say why it changes: --amend "reason"')
    seen = shown_first(folder)
    amends = before[-1].hash if before else ""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    told = {**vars(decision), "when": now, "seen": seen, "reason": amend, "amends": amends}
    final = Frozen(**told)
    entries = [{"hash": each.hash, **each.told()} for each in (*before, final)]
    with moved_into(folder) as draft:
        text = json.dumps({"decisions": entries}, indent=1, ensure_ascii=False)
        (draft / FROZEN).write_text(text + "\n", encoding="utf-8", newline="\n")
    return final


def changes(frozen: Frozen, analysis: Mapping[str, Any], animals: Sequence[str]) -> tuple[str, ...]:
    """What is not as it was decided, a sentence each.

    Parameters
    ----------
    frozen
        The decision.
    analysis
        How recordings were analysed now, as `analysis_in` gives it.
    animals
        Names of the animals now.
    """
    found = [*_differing("", frozen.analysis, analysis)]
    cards = {card.name for card in catalog.cards()}
    name, version = frozen.test["method"], frozen.test["version"]
    if name not in cards:
        found.append(f"{name} compares groups no more")
    elif catalog.find(name).version != version:
        found.append(f"{name}: version {version} was frozen, {catalog.find(name).version} was run")
    new, gone = set(animals) - {*frozen.animals}, {*frozen.animals} - set(animals)
    for those, word in ((new, "added"), (gone, "gone")):
        if those:
            found.append(f"animals {word} since: {', '.join(sorted(those))}")
    return tuple(found)


def otherwise(frozen: Frozen, method: Method) -> tuple[str, ...]:
    """In what a method compares otherwise than was decided, a sentence each."""
    now = {"method": method.name(), **method.parameters()}
    told = {"method": frozen.test["method"], "factor": frozen.factor}
    before = {**told, **frozen.test["parameters"]}
    both = [name for name in now if name in before]
    return tuple(_differing("", {k: before[k] for k in both}, {k: now[k] for k in both}))


def analysis_in(folder: Path) -> dict[str, Any]:
    """How the recordings of a folder of results were analysed, as their records say.

    A setting that is each animal's own says so, whatever it is.
    """
    records = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob(PROVENANCE))
    ]
    records = [each for each in records if "steps" in each]
    recipes = Counter(str(each.get("recipe", "")) for each in records)
    versions = sorted({str(each["ethoframe"]) for each in records})
    steps: dict[str, dict[str, Any]] = {}
    for record in records:
        for name, step in record["steps"].items():
            told = {"version": step["version"], **step["parameters"]}
            known = steps.setdefault(f"{name} ({step['method']})", told)
            for key, value in told.items():
                if known.setdefault(key, value) != value:
                    known[key] = VARIES
    recipe = recipes.most_common(1)[0][0] if recipes else ""
    return {"recipe": recipe, "ethoframe": ", ".join(versions), "steps": steps}


def definitions_in(folder: Path) -> dict[str, str]:
    """Measures of a folder of results by name, each with the definition of most animals."""
    words: dict[str, Counter[str]] = {}
    for path in sorted(folder.rglob(MEASURES)):
        if path.parent != folder:
            for row in table.read_measures(path).rows:
                words.setdefault(row.quantity, Counter())[row.definition] += 1
    return {name: each.most_common(1)[0][0] for name, each in words.items()}


def shown_first(folder: Path) -> str:
    """When groups were shown first in a folder of results; empty where they were not."""
    path = folder / UNBLINDED
    return path.read_text(encoding="utf-8").split("\n")[0].strip() if path.exists() else ""


def note_shown(folder: Path) -> None:
    """Notes that groups are shown from now on, unless they were before."""
    path = folder / UNBLINDED
    if not path.exists():
        now = datetime.now(UTC).isoformat(timespec="seconds")
        path.write_text(now + "\n", encoding="utf-8", newline="\n")


def note_compared(folder: Path) -> None:
    """The same where measures of a folder of results were compared outside its pages.

    Of other folders, and those that may only be read, nothing is noted.
    """
    if next(folder.glob(f"*/**/{PROVENANCE}"), None) is not None and os.access(folder, os.W_OK):
        note_shown(folder)


def _read(entry: Mapping[str, Any]) -> Frozen:
    told = {name: value for name, value in entry.items() if name != "hash"}
    lists = {name: tuple(told[name]) for name in ("outcomes", "animals")}
    return Frozen(**{**told, **lists})


def _differing(where: str, before: Any, now: Any) -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*before, *now]):
            there = f"{where} {key}".strip() if where != "steps" else str(key)
            yield from _differing(there, before.get(key), now.get(key))
    elif before != now:
        told = ["nothing" if each in (None, "") else f"{each}" for each in (before, now)]
        if not isinstance(before, Mapping) and not isinstance(now, Mapping):
            yield f"{where}: {told[0]} was frozen, {told[1]} was run"
        else:
            yield f"{where} {'is new' if before is None else 'was left out'}"
