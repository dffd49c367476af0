"""When what a method looked for was found."""

from __future__ import annotations

from ethoframe.data import Episodes
from ethoframe.report.course import Course
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import look
from ethoframe.report.figures.zones import MOST, Lane, drawn
from ethoframe.report.session import Session
from ethoframe.report.wording import plain

TITLE = "Episodes"


def episodes(session: Session, course: Course) -> Plate | None:
    """One lane for each label of each individual; None where no method answered with episodes."""
    told = session.behaviour
    if not told:
        return None
    lanes = [lane for found in told for lane in _lanes(found)]
    if not lanes:
        return Plate("episodes", TITLE, "None was found.")
    with look():
        wide, narrow = (
            drawn(lanes[:MOST], course, width, ("episodes", TITLE), "time")
            for width in (WIDE, NARROW)
        )
    text = "Filled while it lasted, pale while it was looked for."
    authors = dict.fromkeys(plain(found.author) for found in told if found.author)
    if authors:
        text += f" According to {', '.join(authors)}."
    if len(lanes) > MOST:
        text += f" The first {MOST} of {len(lanes)} are drawn."
    return Plate("episodes", TITLE, text, wide, narrow)


def _lanes(found: Episodes) -> list[Lane]:
    """One for each label of each individual; what was looked for and not found has none."""
    whose = [who for who in found.names if who] or [""]
    lanes = []
    for who in whose:
        own = found.about(who) if who else found
        for label in dict.fromkeys(own.labels):
            lanes.append((f"{label} · {who}" if len(whose) > 1 else label, label, own))
    return lanes
