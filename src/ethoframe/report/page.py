"""One self-contained HTML page for a recording."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from string import Template

from ethoframe.report.checks import checks_table
from ethoframe.report.course import Course
from ethoframe.report.figures.occupancy import occupancy
from ethoframe.report.figures.plate import Plate
from ethoframe.report.figures.speed import speed
from ethoframe.report.figures.tracking import tracking
from ethoframe.report.figures.trajectory import trajectory
from ethoframe.report.figures.zones import zones
from ethoframe.report.heading import facts, key_numbers, verdict, warnings
from ethoframe.report.methods import methods
from ethoframe.report.moments import Moment, worst_moments
from ethoframe.report.otherwise import otherwise_table
from ethoframe.report.quality import Quality
from ethoframe.report.session import Session
from ethoframe.report.tables import bins_table, events_table, whole_table
from ethoframe.report.thumbnails import thumbnails
from ethoframe.report.wording import clock, escaped, grouped
from ethoframe.run.writing import moved_into

MARKS = (
    '<p class="marks-key"><i class="centroid"></i>centroid <i class="head"></i>head end '
    '<i class="tail"></i>tail end <i class="before"></i>the frame before '
    "<span>point at a picture to see it without marks</span></p>"
)


def write_page(path: Path, session: Session) -> None:
    """Write the report of a session; a reader never sees half a page.

    Parameters
    ----------
    path
        Where to; its folder must exist.
    session
        What a finished run found; any answer may be absent, and the page then says so.
    """
    with moved_into(path.parent) as part:
        (part / path.name).write_text(page(session), encoding="utf-8", newline="\n")


def page(session: Session) -> str:
    """The report as HTML that needs no network, no script library and no font."""
    course = Course.of(session)
    quality = Quality.of(course)
    script = _part("page.js")
    return Template(_part("page.html")).substitute(
        title=escaped(session.title),
        recipe=escaped(session.recipe),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=_part("page.css"),
        script=script,
        warnings=warnings(session),
        verdict=verdict(session.verdict, quality),
        facts=facts(session, course),
        key_numbers=key_numbers(session),
        trajectory=_figure(trajectory(session, course)),
        occupancy=_figure(occupancy(session, course)),
        speed=_figure(speed(session, course)),
        zones=_figure(zones(session, course)),
        tracking=_figure(tracking(course, quality)),
        checks=checks_table(session.verdict),
        moments=_moments(session, course, quality),
        measures=whole_table(session.measures),
        bins=events_table(session.measures) + bins_table(session.measures),
        otherwise=otherwise_table(session.measures, session.otherwise),
        methods=methods(session),
    )


def _moments(session: Session, course: Course, quality: Quality) -> str:
    moments = worst_moments(course, quality, session.verdict) if course.seen.any() else ()
    if not moments:
        return '<p class="absent">No frame has a position: there are no moments to show.</p>'
    if not session.filmed:
        return _told(course, moments)
    return f'{MARKS}<div class="moments">{thumbnails(session, course, moments)}</div>'


def _told(course: Course, moments: tuple[Moment, ...]) -> str:
    """The moments in words, where there is no film to show them in."""
    items = [
        f"<li><b>{clock(float(course.times_s[moment.row]), 2)}</b> "
        f"frame {grouped(str(course.numbers[moment.row]))}: {escaped(moment.why)}</li>"
        for moment in moments
    ]
    return f"<p>There is no film; look these up in yours:</p><ul>{''.join(items)}</ul>"


def _figure(plate: Plate) -> str:
    """A plate as HTML, with a button that saves its SVG."""
    opening = f'<figure class="plate" id="{plate.key}">'
    if not plate.svg:
        return f'{opening}<p class="absent">{escaped(plate.caption)}</p></figure>'
    drawings = f'<div class="drawing{" wide" if plate.narrow else ""}">{plate.svg}</div>'
    if plate.narrow:
        drawings += f'<div class="drawing narrow">{plate.narrow}</div>'
    button = f'<button type="button" data-save="{plate.key}">save SVG</button>'
    caption = f"<figcaption><p>{escaped(plate.caption)}</p>{button}</figcaption>"
    return f"{opening}{drawings}{caption}</figure>"


def _part(name: str) -> str:
    """A file of this room, shipped in the package."""
    return files("ethoframe.report").joinpath(name).read_text(encoding="utf-8")
