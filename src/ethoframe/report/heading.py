"""The top of the page: warnings, verdict, facts, key numbers."""

from __future__ import annotations

import math

from ethoframe.data import Arena, Measure, Verdict
from ethoframe.data.tracking import OF_TRACKING
from ethoframe.report.checks import WORDS, reasons_list
from ethoframe.report.course import Course
from ethoframe.report.leading import MOST, leading
from ethoframe.report.quality import Quality
from ethoframe.report.session import Session
from ethoframe.report.tables import named, whole_session
from ethoframe.report.wording import (
    clock,
    counted,
    duration,
    escaped,
    grouped,
    interval,
    number,
    unit,
)

SOURCES = {
    "given": "as given",
    "detected": "found in the empty scene",
    "explored": "not found, its extent is where the animal went",
    "keypoints": "medians of its tracked corners",
}
LENGTHS = {"px": "px of the picture", "bl": "body lengths (bl) of this animal"}


def warnings(session: Session) -> str:
    """Every warning of the run and of the file, first on the page."""
    lines = list(
        dict.fromkeys([*session.warnings, *session.recording.warnings, *_absences(session)])
    )
    if not lines:
        return ""
    items = "".join(f"<li>{escaped(line)}</li>" for line in lines)
    return (
        f'<aside class="warnings"><h2>Before you trust these numbers</h2><ul>{items}</ul></aside>'
    )


def _absences(session: Session) -> list[str]:
    """What this run had to do without; nothing where one method was applied by itself."""
    if session.alone:
        return []
    tracks, floor = session.tracks, session.floor_tracks
    missing = []
    if tracks is None:
        missing.append("Nothing was tracked: this page holds no path, speed or visits.")
    elif not tracks.seen.any():
        missing.append("The animal was found in no frame: there is no path, speed or visit.")
    if session.arena is None and session.promised("visits"):
        missing.append(
            "No arena is known: there are no zones, and distances to walls are not defined."
        )
    if session.arena is None and floor is not None and floor.unit != "mm":
        missing.append(f"No scale is known: distances are in {LENGTHS[floor.unit]}.")
    return missing


def verdict(judged: Verdict | None, quality: Quality) -> str:
    """Whether the analysis can be trusted, in words with numbers."""
    if judged is None:
        return f'<p class="verdict"><b>Not judged</b> – {escaped(quality.sentence)}</p>'
    opening = f'<div class="verdict {judged.word}"><p><b>Verdict: {WORDS[judged.word]}</b>'
    if judged.word == "good":
        return f"{opening} – {escaped(quality.sentence)}</p></div>"
    return f"{opening}</p>{reasons_list(judged)}</div>"


def facts(session: Session, course: Course) -> str:
    """Recording, clock, arena and scale as a list of terms."""
    recording = session.recording
    height, width = recording.size
    start, stop = course.span_s
    pairs = [
        ("Duration", duration(stop - start)),
        ("Frames", grouped(str(len(course)))),
        ("Rate", _rate(course)),
        ("Picture", f"{width} × {height} px" if session.filmed else "none, tracks only"),
        ("Trial", _trial(session)),
        ("Arena", _arena(session.arena)),
        ("Scale", _scale(session)),
    ]
    if session.alone:
        pairs = [pair for pair in pairs if pair[0] not in ("Trial", "Arena")]
    terms = "".join(f"<div><dt>{name}</dt><dd>{escaped(text)}</dd></div>" for name, text in pairs)
    return f'<dl class="facts">{terms}</dl>'


def _trial(session: Session) -> str:
    """When it is, of how long a recording."""
    trial, times_s = session.trial, session.recording.times_s
    if trial is None or not len(trial) or not len(times_s):
        return "all of the recording"
    begins, ends = float(trial.start_s[0]), float(trial.stop_s[-1])
    whole = clock(max(ends, float(times_s[-1])), 1)
    sure = trial.confidence is None or bool(trial.confidence[0])
    unsure = "" if sure else "; the animal was never seen to be alone, so it is not sure"
    return f"{clock(begins, 1)} to {clock(ends, 1)} of {whole}{unsure}"


def _rate(course: Course) -> str:
    if not course.step_s > 0:
        return "unknown"
    steps = course.lasts_s[:-1]
    uneven = float(steps.max() - steps.min()) > 0.1 * course.step_s
    text = f"{1 / course.step_s:.2f} frames/s"
    return f"{text}, steps vary from {steps.min():.3f} to {steps.max():.3f} s" if uneven else text


def _arena(arena: Arena | None) -> str:
    if arena is None:
        return "not known"
    sides = ""
    if arena.sides_mm is not None:
        a, b = arena.sides_mm
        sides = f", {a:.4g} mm across" if arena.shape == "circle" else f", {a:.4g} × {b:.4g} mm"
    zones = f", {counted(len(arena.zones), 'zone')}" if arena.zones else ""
    return f"{arena.shape}{sides}{zones}; {SOURCES.get(arena.source, arena.source)}"


def _scale(session: Session) -> str:
    floor, arena = session.floor_tracks, session.arena
    if floor is None or floor.unit == "px":
        return "none, distances in px"
    text = f"{floor.px_per_unit:.4g} px/{floor.unit}"
    if floor.unit == "bl":
        text += " (body lengths)"
    if arena is not None and math.isfinite(arena.residual_mm):
        text += f", residual {arena.residual_mm:.2g} mm"
    return text


def key_numbers(session: Session) -> str:
    """At most six measures of the whole session in large type; of several animals, of each."""
    rows = [row for row in whole_session(session.measures) if math.isfinite(row.value)]
    chosen = leading(rows, session.recipe)
    chosen += [row for row in rows if row not in chosen and row.quantity not in OF_TRACKING]
    chosen = chosen or rows
    if not chosen:
        return '<p class="absent">No measure is defined for this recording.</p>'
    several = len({(row.arena, row.individual) for row in rows}) > 1
    # What leads is told of each of them, one beside the other, before the next quantity.
    beside = [row for one in chosen for row in rows if row.quantity == one.quantity]
    chosen = list({id(row): row for row in beside}.values()) if several else chosen
    return "".join(_key_number(row, several=several) for row in chosen[:MOST])


def _key_number(row: Measure, *, several: bool) -> str:
    factor, symbol = (
        (0.001, "m") if row.unit == "mm" and abs(row.value) >= 1000 else (1.0, row.unit)
    )
    value = number(row.value * factor, row.low * factor, row.high * factor)
    between = interval(row.low * factor, row.high * factor)
    small = f"<small>{between}</small>" if between else ""
    return (
        f'<div class="key" title="{escaped(row.definition)}"><dt>{named(row, several)}</dt>'
        f"<dd>{value} <span>{escaped(unit(symbol))}</span>{small}</dd></div>"
    )
