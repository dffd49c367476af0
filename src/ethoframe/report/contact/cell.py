"""What the contact sheet shows of one animal."""

from __future__ import annotations

from dataclasses import dataclass

from ethoframe.report.checks import reasons
from ethoframe.report.contact.pictures import Picture, pictures
from ethoframe.report.session import Session
from ethoframe.report.wording import clock, duration


@dataclass(frozen=True)
class Cell:
    """One animal, ready to be written: small enough to keep those of a whole batch.

    Parameters
    ----------
    recording, arena
        As in the tables; no arena where there is one only.
    word
        Of the verdict: ``"good"``, ``"look"``, ``"failed"``, or empty where nobody judged.
    reasons, warnings
        What speaks against it, and what else to know, in words.
    facts
        Length, picture and trial, in words.
    pictures
        Its frames.
    """

    recording: str
    arena: str = ""
    word: str = ""
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()


def cell(session: Session, arena: str = "") -> Cell:
    """The cell of a session; what it had to be warned of is told as well."""
    verdict = session.verdict
    warnings = dict.fromkeys([*session.warnings, *session.recording.warnings])
    return Cell(
        session.recording.name,
        arena,
        verdict.word if verdict is not None else "",
        reasons(verdict),
        tuple(warnings),
        _facts(session),
        pictures(session),
    )


def refused(recording: str, reason: str, arena: str = "") -> Cell:
    """The cell of a recording that could not be looked at."""
    return Cell(recording, arena, "failed", (reason,))


def _facts(session: Session) -> tuple[str, ...]:
    recording = session.recording
    height, width = recording.size
    times_s = recording.times_s
    facts = [f"{width} × {height} px"]
    if len(times_s) > 1:
        facts.insert(0, duration(float(times_s[-1] - times_s[0])))
    if session.arena is not None:
        found = {"given": "given", "detected": "found"}.get(session.arena.source, "not found")
        facts.append(f"arena: {session.arena.shape}, {found}")
    if session.trial is not None and len(session.trial):
        begins, ends = session.trial.start_s[0], session.trial.stop_s[-1]
        facts.append(f"trial: {clock(float(begins), 1)} to {clock(float(ends), 1)}")
    return tuple(facts)
