"""One self-contained HTML page for a recording."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path
from string import Template

from ethoframe.report.checks import checks_table
from ethoframe.report.course import Course
from ethoframe.report.figures.confidence import confidence
from ethoframe.report.figures.episodes import episodes
from ethoframe.report.figures.gait import gait
from ethoframe.report.figures.occupancy import occupancy
from ethoframe.report.figures.plate import Plate
from ethoframe.report.figures.speed import speed
from ethoframe.report.figures.spreads import confidence_spread, step_spread
from ethoframe.report.figures.tracking import tracking
from ethoframe.report.figures.trajectory import trajectory
from ethoframe.report.figures.zones import zones
from ethoframe.report.heading import facts, key_numbers, verdict, warnings
from ethoframe.report.methods import methods
from ethoframe.report.moments import Moment, worst_moments
from ethoframe.report.otherwise import otherwise_table
from ethoframe.report.quality import Quality
from ethoframe.report.session import Session
from ethoframe.report.sureness import Sureness
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
    sections = _sections(session, course, quality)
    return Template(_part("page.html")).substitute(
        title=escaped(session.title),
        recipe=escaped(session.recipe),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=_part("page.css"),
        script=script,
        warnings=warnings(session),
        verdict=verdict(session.verdict, quality),
        facts=facts(session, course),
        links="".join(f'<a href="#{key}">{link}</a>' for key, (link, _, _) in sections.items()),
        sections="\n".join(
            f'<section id="{key}">\n<h2>{title}</h2>\n{body}\n</section>'
            for key, (_, title, body) in sections.items()
        ),
    )


def _sections(
    session: Session, course: Course, quality: Quality
) -> dict[str, tuple[str, str, str]]:
    """Of each the word that leads to it, its title and what it holds.

    Of a recipe what is absent is told; of one method by itself it was never asked for.
    """
    measured = whole_table(session.measures) + otherwise_table(session.measures, session.otherwise)
    measured += events_table(session.measures) + bins_table(session.measures)
    numbers = f'<dl class="keys">{key_numbers(session)}</dl>'
    sections = {
        "numbers": ("Key numbers", "Key numbers", numbers),
        "where": ("Where", "Where", _where(session, course)),
        "when": ("When", "When", _when(session, course)),
        "quality": ("Quality", "Can it be trusted?", _quality(session, course, quality)),
        "table": ("Measures", "Measures", measured),
        "methods": ("Methods", "Methods and provenance", methods(session)),
    }
    if session.alone and not len(session.measures):
        del sections["numbers"], sections["table"]
    return sections


def _where(session: Session, course: Course) -> str:
    return _pair(trajectory(session, course), occupancy(session, course))


def _when(session: Session, course: Course) -> str:
    """What it did over time; steps and episodes where somebody looked for them."""
    plates = [gait(session, course), None if session.steps else episodes(session, course)]
    plates += [speed(session, course)]
    visited = zones(session, course)
    plates += [visited] if visited.svg or session.promised("visits") else []
    return "".join(_headed(plate) for plate in plates if plate is not None)


def _quality(session: Session, course: Course, quality: Quality) -> str:
    judged = session.verdict is not None or not session.alone
    parts = [checks_table(session.verdict)] if judged else []
    found = Sureness.of(session)
    if found is not None:
        parts.append(_headed(confidence(found, course.span_s)))
        parts.append(_pair(confidence_spread(found), step_spread(found)))
    parts.append(_headed(tracking(course, quality)))
    parts += ["<h3>Worst moments</h3>", _moments(session, course, quality)]
    return "\n".join(parts)


def _pair(left: Plate, right: Plate) -> str:
    """Two plates beside each other, on a telephone one under the other."""
    return f'<div class="pair">\n<div>{_headed(left)}</div>\n<div>{_headed(right)}</div>\n</div>'


def _headed(plate: Plate) -> str:
    return f"<h3>{escaped(plate.title)}</h3>\n{_figure(plate)}\n"


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
