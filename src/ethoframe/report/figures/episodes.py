"""When what a method looked for was found."""

from __future__ import annotations

from ethoframe.report.course import Course
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import look
from ethoframe.report.figures.zones import MOST, drawn
from ethoframe.report.session import Session
from ethoframe.report.wording import plain

TITLE = "Episodes"


def episodes(session: Session, course: Course) -> Plate | None:
    """One lane for each label of each individual; None where no method answered with episodes."""
    found = session.episodes
    if found is None:
        return None
    if not found.labels:
        return Plate("episodes", TITLE, "None was found.")
    whose = [who for who in found.names if who] or [""]
    lanes = []
    for who in whose:
        own = found.about(who) if who else found
        for label in dict.fromkeys(own.labels):
            lanes.append((f"{label} · {who}" if len(whose) > 1 else label, label, own))
    with look():
        wide, narrow = (
            drawn(lanes[:MOST], course, width, ("episodes", TITLE), "time")
            for width in (WIDE, NARROW)
        )
    text = "Filled while it lasted, pale while it was looked for."
    if found.author:
        text += f" According to {plain(found.author)}."
    if len(lanes) > MOST:
        text += f" The first {MOST} of {len(lanes)} are drawn."
    return Plate("episodes", TITLE, text, wide, narrow)
