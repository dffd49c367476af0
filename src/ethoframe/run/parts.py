"""One animal's results on disk: how they were made, and whether they can be trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ethoframe.data import Check, Noun, Refusal, Verdict
from ethoframe.data.strict import strict
from ethoframe.run.entries import Entry
from ethoframe.run.names import PROVENANCE
from ethoframe.run.order import Part
from ethoframe.run.outputs import MEASURES
from ethoframe.run.placed import POINTS, TRACKS


def judged(part: Part, answers: Mapping[str, Noun]) -> Part:
    """The part with the verdict that is among the answers."""
    found = (noun for noun in answers.values() if isinstance(noun, Verdict))
    return replace(part, verdict=next(found, None))


def refused(part: Part, refusal: Refusal) -> Part:
    """The part when nothing could be had of it."""
    line = f"{refusal.reason}; {refusal.remedy}"
    check = Check(name="not analysed", value=1.0, unit="", look=1.0, fail=1.0, says=line)
    return replace(part, verdict=Verdict((check,)), warnings=(line,))


def write_provenance(part: Part, signed: Mapping[str, Any]) -> dict[str, Any]:
    """``provenance.json``: how it was made, and whether it can be trusted; what it says."""
    full = {
        **signed,
        "arena": part.arena,
        "warnings": list(part.warnings),
        "verdict": _verdict_told(part.verdict),
        "failed": part.failed,
    }
    text = json.dumps(strict(full), indent=1, allow_nan=False)
    (part.folder / PROVENANCE).write_text(text + "\n", encoding="utf-8")
    return full


def parts_in(folder: Path, files: Collection[str], entry: Entry) -> tuple[Part, ...]:
    """The animals' results that an earlier run left in a recording's folder."""
    found = []
    for name in sorted(files):
        if Path(name).name != PROVENANCE:
            continue
        place = folder / Path(name).parent
        told = json.loads((place / PROVENANCE).read_text(encoding="utf-8"))
        rows = {row.arena: row for row in entry.rows}
        arena, warnings = told["arena"], tuple(told["warnings"])
        verdict = _verdict_read(told["verdict"])
        known = rows.get(arena), verdict, warnings, told.get("failed", "")
        found.append(Part(entry.name, arena, place, *known))
    order = [row.arena for row in entry.rows]
    return tuple(sorted(found, key=lambda part: order.index(part.arena) if part.row else 0))


def complete(folder: Path, files: Collection[str], extras: Collection[str]) -> bool:
    """Whether all files of a finished run are there, and what is asked for among them."""
    if not all((folder / name).exists() for name in files):
        return False
    # Where nothing was found but why not, there is nothing to show.
    shown = {Path(name).parent for name in files if Path(name).name in (MEASURES, POINTS, TRACKS)}
    return all((place / extra).as_posix() in files for place in shown for extra in extras)


def _verdict_told(verdict: Verdict | None) -> dict[str, Any] | None:
    if verdict is None:
        return None
    return {"word": verdict.word, "checks": [vars(check) for check in verdict.checks]}


def _verdict_read(told: Mapping[str, Any] | None) -> Verdict | None:
    if told is None:
        return None
    checks = []
    for each in told["checks"]:
        numbers = {k: math.inf if each[k] is None else each[k] for k in ("look", "fail")}
        value = math.nan if each["value"] is None else each["value"]
        moments_s = tuple(each["moments_s"])
        checks.append(Check(**{**each, **numbers, "value": value, "moments_s": moments_s}))
    return Verdict(tuple(checks))
