"""How it went, for people and for scripts."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any

import click

from ethoframe.run.order import Outcome, Part


def tell(outcome: Outcome, shown: str) -> None:
    """What went wrong, or what to know first, on standard error; where results are, on the other.

    Parameters
    ----------
    outcome
        Of one recording.
    shown
        The file to point to.
    """
    warn(outcome)
    if not outcome.finished:
        return
    several = any(part.folder != outcome.folder for part in outcome.parts)
    where = outcome.folder if several else outcome.folder / shown
    verdict = f", {judged(outcome.parts)}" if outcome.parts else ""
    click.echo(f"{outcome.name}: {took(outcome)}{verdict} → {os.fspath(where)}")


def judged(parts: Sequence[Part]) -> str:
    """The verdict of each arena; of the recording where there is one.

    Examples
    --------
    >>> from pathlib import Path
    >>> from ethoframe.data import Verdict
    >>> judged([Part("a.mp4", "left", Path("a/left"), verdict=Verdict())])
    'good'
    """
    words = [(part.arena, part.verdict.word if part.verdict else "not judged") for part in parts]
    if len(words) == 1:
        return words[0][1]
    return ", ".join(f"{arena} {word}" for arena, word in words)


def tell_verdicts(parts: Sequence[Part]) -> None:
    """How many animals can be trusted, and why others should be looked at."""
    words = [part.verdict.word for part in parts if part.verdict]
    counts = {word: words.count(word) for word in ("good", "look", "failed")}
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    click.echo(f"\n{len(parts)} animals: {told or 'not judged'}")
    for part in parts:
        if part.verdict and part.verdict.word != "good":
            reasons = ", ".join(check.name for check in part.verdict.reasons)
            name = " ".join(word for word in (part.recording, part.arena) if word)
            click.echo(f"  {name}: {part.verdict.word} ({reasons})")


def warn(outcome: Outcome) -> None:
    """What went wrong, or what to know first, on standard error."""
    if not outcome.finished:
        click.echo(f"ethoframe: {outcome.name}: {outcome.reason}; {outcome.remedy}", err=True)
    for warning in outcome.warnings:
        click.echo(f"{outcome.name}: {warning}", err=True)
    for part in outcome.parts:
        for reason in _reasons(part):
            name = " ".join(word for word in (outcome.name, part.arena) if word)
            click.echo(f"{name}: {reason}", err=True)


def _reasons(part: Part) -> list[str]:
    """Why an animal's results are not good, and what may help."""
    if part.verdict is None or part.verdict.word == "good":
        return []
    from ethoframe.report.checks import reasons

    alone = part.folder.name != part.arena
    several = alone and any(check.name == "second mover" for check in part.verdict.reasons)
    more = ["several arenas in one picture? say how many with --arenas"] if several else []
    return [f"{part.verdict.word}: {line}" for line in reasons(part.verdict)] + more


def took(outcome: Outcome) -> str:
    """How many frames took how long."""
    if outcome.status == "unchanged":
        return "finished before, nothing changed"
    line = f"{outcome.frames} frames in {outcome.seconds['whole']:.1f} s"
    return f"{line}, {outcome.resumed} of them by an earlier run" if outcome.resumed else line


def parts(outcome: Outcome) -> str:
    """Where the time went."""
    return ", ".join(f"{part} {spent:.2f} s" for part, spent in outcome.seconds.items())


def tell_failures(outcomes: Sequence[Outcome]) -> None:
    """The table of what failed and why, on standard error; nothing for a single recording."""
    failed = [outcome for outcome in outcomes if not outcome.finished]
    if not failed or len(outcomes) < 2:
        return
    click.echo(f"\n{len(failed)} of {len(outcomes)} recordings failed:", err=True)
    width = max(len(outcome.name) for outcome in failed)
    for outcome in failed:
        click.echo(f"  {outcome.name:<{width}}  {outcome.reason}", err=True)


def as_json(outcomes: Sequence[Outcome]) -> str:
    """All of them for a script."""
    plain = [
        {
            **vars(o),
            "folder": os.fspath(o.folder),
            "seconds": dict(o.seconds),
            "parts": [_plain(part) for part in o.parts],
        }
        for o in outcomes
    ]
    return json.dumps(plain, indent=1)


def _plain(part: Part) -> dict[str, Any]:
    reasons = [check.name for check in part.verdict.reasons] if part.verdict else []
    return {
        "arena": part.arena,
        "subject": part.row.subject if part.row else "",
        "folder": os.fspath(part.folder),
        "verdict": part.verdict.word if part.verdict else None,
        "reasons": reasons,
        "warnings": list(part.warnings),
    }


def status(outcomes: Sequence[Outcome]) -> int:
    """Exit status: 1 after a fault of ours, 3 when input would not do, 0 when all is well."""
    states = {outcome.status for outcome in outcomes}
    return 1 if "broken" in states else 3 if "failed" in states else 0
