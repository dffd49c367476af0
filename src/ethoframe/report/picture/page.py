"""One self-contained HTML page for one picture, volume or recording and one method."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ethoframe.contract import Method
from ethoframe.data import Measure, Measures
from ethoframe.report.methods import methods
from ethoframe.report.picture import heading
from ethoframe.report.picture.card import Card
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.histogram import levels_figure
from ethoframe.report.picture.objects import objects_section
from ethoframe.report.picture.overlays import overlays
from ethoframe.report.picture.parameters import definition, parameters
from ethoframe.report.picture.plate import SWITCH, View, names_key, plate
from ethoframe.report.picture.registration import registration_section
from ethoframe.report.picture.series import (
    chosen_figures,
    motion_section,
    over_frames,
    values_section,
)
from ethoframe.report.picture.shell import shell
from ethoframe.report.picture.views import result_tones, result_views, views
from ethoframe.report.session import Session
from ethoframe.report.tables import bins_table, whole_session, whole_table
from ethoframe.report.wording import escaped
from ethoframe.run.order import Finding
from ethoframe.run.writing import moved_into

MOST_IN_ROW = 3
"""Pictures beside each other; more stand in several rows."""
MOST_MEASURES = 300
"""Rows of the table of measures; there may be several for each of thousands of objects."""


def write_page(path: Path, finding: Finding, method: Method) -> None:
    """Write the report of a finding, and ``card.json`` beside it for the page over many.

    A reader never sees half a page.

    Parameters
    ----------
    path
        Where to; its folder must exist.
    finding
        What the method found. Answers that are shown, by name: ``labels``, ``objects``,
        ``classes``, ``points``, ``shown``, ``image``, ``values``, ``chosen``, ``measures``,
        ``transform``, ``fixed``, ``moved``, ``landmarks``, ``transforms``, ``mean_before``,
        ``mean_after``. Any may be absent.
    method
        That found it, with the parameters it had.
    """
    found = Found(finding, method)
    seen = Seen.of(found)
    with moved_into(path.parent) as part:
        (part / path.name).write_text(page(found, seen), encoding="utf-8", newline="\n")
        Card.of(found, seen.first).write(part)


@dataclass(frozen=True)
class Seen:
    """The pictures of a page, made once for it and for the card.

    Parameters
    ----------
    overlays
        Of a registration.
    views
        Of what was looked at; none where overlays show it.
    """

    overlays: list[list[View]]
    views: list[View]

    @classmethod
    def of(cls, found: Found) -> Seen:
        """The pictures of a finding."""
        rows = overlays(found) if found.transform is not None else []
        return cls(rows, [] if rows else views(found))

    @property
    def first(self) -> View | None:
        """The one that stands for all: after a registration, else the first."""
        after = [row[0] for row in self.overlays if row and row[0].title.startswith("after")]
        return next(iter([*after, *self.views, *(v for row in self.overlays for v in row)]), None)


def page(found: Found, seen: Seen) -> str:
    """The report as HTML that needs no network, no script library and no font."""
    sections = {
        "Registration": registration_section(found, seen.overlays),
        "Picture": _pictures(found, seen),
        "Motion": motion_section(found),
        "Classes" if found.classed else "Objects": objects_section(found),
        "Values": values_section(found),
        "Measures": _measures(found),
        "Levels": levels_figure(found) + chosen_figures(found),
        "Method and provenance": _methods(found),
    }
    body = f"{_header(found, sections)}<main>\n{_sections(sections)}</main>\n"
    return shell(found.recording.name, body, "ethoframe.report.picture", "picture.css")


def _header(found: Found, sections: dict[str, str]) -> str:
    links = "".join(
        f'<a href="#{_key(name)}">{name}</a>' for name, body in sections.items() if body
    )
    return (
        f'<header>\n<p class="brand"><b>ethoframe</b> <span>{escaped(found.method.name())}</span>'
        f"</p>\n<h1>{escaped(found.recording.name)}</h1>\n{heading.banner(found)}"
        f"{heading.warnings(found)}\n{heading.facts(found)}\n</header>\n"
        f'<nav aria-label="Sections">{links}</nav>\n'
    )


def _sections(sections: dict[str, str]) -> str:
    return "".join(
        f'<section id="{_key(name)}">\n<h2>{name}</h2>\n{body}\n</section>\n'
        for name, body in sections.items()
        if body
    )


def _key(name: str) -> str:
    return name.split()[0].lower()


def _pictures(found: Found, shown: Seen) -> str:
    """What was looked at, with what was found drawn over it, and what was made of it."""
    if shown.overlays:
        return ""
    seen, made = shown.views, result_views(found)
    if not seen and not made:
        return '<p class="absent">There is no picture: no frame can be decoded.</p>'
    words = f'<p class="rule">{escaped(found.tones.words)}</p>' if seen else ""
    if not made:
        return _row(seen) + words
    theirs = escaped(result_tones(found).words)
    if len(seen) == len(made) and len(found.recording.size) == 2:  # each beside what was made of it
        told = [view for pair in zip(seen, made, strict=True) for view in pair]
        row = _row(told, "pairwise")
    else:
        row = _row(seen) + _row(made)
    return f'{row}{words}<p class="rule">Result: {theirs[:1].lower()}{theirs[1:]}</p>'


def _row(shown: list[View], layout: str = "") -> str:
    """Views side by side; where something is drawn over them, with a switch that hides it."""
    drawn = any(view.labels is not None or len(view.points) for view in shown)
    figures = "".join(plate(view, alone=len(shown) == 1) for view in shown)
    layout = layout or ("alone" if len(shown) == 1 else "many" if len(shown) > MOST_IN_ROW else "")
    key = names_key(shown[0]) if shown else ""
    key = f'<p class="legend">{key}</p>' if key else ""
    return f'{SWITCH if drawn else ""}{key}<div class="views {layout}">{figures}</div>'


def _measures(found: Found) -> str:
    """Those of the whole as a table; those of many frames as lines, and as a table folded away."""
    rows = found.measures.rows
    if not rows or found.transform is not None:  # the numbers of a map are told with it
        return ""
    if _by_frame(rows):
        return over_frames(list(rows))
    whole = whole_session(found.measures)
    note = (
        f"<p>The first {MOST_MEASURES} of {len(whole)}; all are in the table beside this page.</p>"
    )
    note = note if len(whole) > MOST_MEASURES else ""
    table = whole_table(Measures(whole[:MOST_MEASURES]), searched=False)
    return note + table + bins_table(found.measures)


def _by_frame(rows: tuple[Measure, ...]) -> bool:
    """Whether each quantity has a row for each of many frames, and none for all of them."""
    whose = {(row.individual, row.arena) for row in rows}
    starts = {row.bin_start_s for row in rows}
    lasting = {row.bin_stop_s - row.bin_start_s for row in rows}
    return len(whose) == 1 and len(starts) > 1 and max(lasting) < max(starts) - min(starts)


def _methods(found: Found) -> str:
    """What the method does, its parameters, command, software and the whole record."""
    signed = found.signed
    command = str(signed.get("command", ""))
    session = Session(found.recording, provenance=signed, command=command)
    return (
        f"<h3><code>{escaped(found.method.name())}</code></h3>{definition(found.method)}"
        f"{parameters(found.method)}<h3>Again</h3>{methods(session)}"
    )
