"""The worst moments of one animal, kept beside its results for the page over all of them."""

from __future__ import annotations

import json
from pathlib import Path

from ethoframe.report.course import Course
from ethoframe.report.moments import worst_moments
from ethoframe.report.quality import Quality
from ethoframe.report.session import Session
from ethoframe.report.thumbnails import cards

FILE = "moments.json"
"""How the file is called in an animal's folder."""

SIDE_PX = 200
MOST, MOST_OF_GOOD = 3, 1


def write_moments(path: Path, session: Session) -> None:
    """Write small pictures of the worst moments as JSON: a list of figures in HTML.

    At most three, and one where nothing speaks against the recording.
    """
    figures: list[str] = []
    course = Course.of(session)
    if len(course) and session.filmed:
        verdict = session.verdict
        good = verdict is not None and verdict.word == "good"
        found = worst_moments(course, Quality.of(course), verdict, MOST_OF_GOOD if good else MOST)
        figures = cards(session, course, found, SIDE_PX)
    path.write_text(json.dumps(figures) + "\n", encoding="utf-8", newline="\n")


def read_moments(folder: Path) -> tuple[str, ...]:
    """The figures that were written into an animal's folder; none where nothing was."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()
