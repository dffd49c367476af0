"""``report.html`` of a fitted model: all of it on one page that needs no network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Classes, Episodes, LabelMap, Labels, Points, Refusal, Tracks, Values
from ethoframe.nets.model import opened
from ethoframe.report.fitted import PAGE
from ethoframe.report.model import bouts, classes, counts, masks, points, values
from ethoframe.report.model.advice import advice_section
from ethoframe.report.model.answers import Answers, Tell, answered
from ethoframe.report.model.course import advice, course_section
from ethoframe.report.model.doubts import leaks, suspects_of, suspects_section, worst_section
from ethoframe.report.model.inside import inside_sections
from ethoframe.report.model.judged import Judged, brief
from ethoframe.report.model.parts import (
    applied,
    card_section,
    key_figure,
    key_of,
    reliability_chart,
    sections_of,
)
from ethoframe.report.picture.shell import shell
from ethoframe.report.plain import plain_table
from ethoframe.report.wording import counted, escaped, plain
from ethoframe.run.writing import moved_into

__all__ = ["PAGE", "write"]

STYLES = (("ethoframe.report.picture", "picture.css"),)


def write(
    folder: Path,
    labels: Labels,
    *,
    others: Labels | None = None,
    inside: bool = True,
    tell: Tell | None = None,
) -> Path:
    """Write the page of the model in a folder, into that folder; where it is.

    The model answers the labelled frames once more, so this takes about as long as looking at all
    of them; looking inside takes some ten seconds on top.

    Parameters
    ----------
    folder
        Of the model, as ``ethoframe.run.fitting.fit`` leaves it.
    labels
        That it was fitted by.
    others
        Further labels that it never saw: figures are of these too.
    inside
        Whether to look into the network; needs torch.
    tell
        Told what is done, how much of it, and of how much.

    Raises
    ------
    Refusal
        When there is no model, the labels are not those it was fitted by, or it cannot be written.
    """
    model = opened(folder)
    episodes = bool(labels.parts) and labels.gives is Episodes
    if not episodes:
        seen = answered(folder, labels, others, tell)
    with moved_into(folder) as part:
        if tell:
            tell("writing the page", 0, 0)
        # Of episodes the answers are those of the fit: each moment's, by what was not taught it.
        text = bouts.page(model, labels) if episodes else _page(seen, inside=inside)
        (part / PAGE).write_text(text, encoding="utf-8", newline="\n")
    return folder / PAGE


def judged(seen: Answers) -> Judged | None:
    """How right a model is, by what people said and what it answers; None of no single frames."""
    if not seen.rows:
        return None
    said, told = seen.rows[0].said, seen.rows[0].answer
    if isinstance(said, Tracks) and isinstance(told, Tracks):
        return points.judged(seen)
    if isinstance(said, Classes) and isinstance(told, Classes):
        return classes.judged(seen)
    if isinstance(said, LabelMap) and isinstance(told, LabelMap):
        return masks.judged(seen)
    if isinstance(said, Values) and isinstance(told, Values):
        return values.judged(seen)
    if isinstance(said, Points | LabelMap) and isinstance(told, Values | Points | LabelMap):
        return counts.judged(seen)
    return None


def _page(seen: Answers, *, inside: bool) -> str:
    found = judged(seen)
    card = seen.model.card
    suspects = suspects_of(seen, found) if found else []
    further = [*leaks(suspects, int(seen.apart.sum())), *_or_none(advice, seen.model.folder)]
    sections = {
        "How right it is": _figures(seen, found) if found else _NO_FIGURES,
        "Worst examples": worst_section(seen, found) if found else "",
        "Labels that look wrong": suspects_section(seen, found, suspects) if found else "",
        "What to do next": advice_section(seen, found, further) if found else "",
        "How it learned": _or_why(course_section, seen.model.folder, card),
        **(inside_sections(seen) if inside else {}),
        "How to apply it": applied(seen.model, 'recording=formats.read("film.mp4")'),
        "Card": card_section(seen.model),
    }
    title = f"{seen.model.method} {seen.model.folder.name}"
    body = f"{_header(seen, found, sections)}<main>\n{sections_of(sections)}</main>\n"
    return shell(title, body, __package__, "model.css", STYLES)


_NO_FIGURES = '<p class="absent">Its labels are of no single frames: see ethoframe score.</p>'


def _header(seen: Answers, found: Judged | None, sections: Mapping[str, str]) -> str:
    card, links = seen.model.card, []
    for name, text in sections.items():
        links += [f'<a href="#{key_of(name)}">{escaped(name)}</a>'] if text else []
    keys = "".join(map(key_figure, found.figures)) if found else ""
    told = card.get("labels", {})
    films = told.get("films", [])
    authors = ", ".join(told.get("authors", [])) or "nobody is named"
    facts = {
        "taught by": f"{counted(int(told.get('count', 0)), 'frame')} of "
        f"{counted(len(films), 'recording')} ({plain(', '.join(films), 80)}), by {authors}",
        "kept apart": _kept(seen),
        "trained": _trained(card),
    }
    terms = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(text)}</dd></div>"
        for name, text in facts.items()
    )
    return (
        f'<header>\n<p class="brand"><b>ethoframe</b> <span>fitted model</span></p>\n'
        f"<h1>{escaped(seen.model.method)} <span class='of'>{escaped(seen.model.folder.name)}"
        f"</span></h1>\n{_warnings(seen)}<dl class='facts'>{terms}</dl>\n"
        f'<dl class="keys">{keys}</dl>\n</header>\n'
        f'<nav aria-label="Sections">{"".join(links)}</nav>\n'
    )


def _warnings(seen: Answers) -> str:
    told = list(seen.model.card.get("labels", {}).get("warnings", []))
    if not seen.honest:
        told.insert(
            0,
            "No labelled frame was kept apart: every figure here is of frames that the model was "
            "taught, and flatters it.",
        )
    source = str(seen.model.card.get("weights_from", "none"))
    if source.startswith("none") and seen.model.network.encoder != "plain":
        told.append("Its encoder began without weights that know natural pictures.")
    if not told:
        return ""
    items = "".join(f"<li>{escaped(each)}</li>" for each in told)
    return f'<aside class="warnings"><h2>Before you trust it</h2><ul>{items}</ul></aside>\n'


def _kept(seen: Answers) -> str:
    says = str(seen.model.card.get("split_says", "not known"))
    if seen.others:
        return f"{counted(seen.others, 'frame')} of other labels; of its own: {says}"
    return says


def _trained(card: Mapping[str, Any]) -> str:
    taught = card.get("taught", {})
    minutes = brief(float(taught.get("seconds", float("nan"))) / 60)
    return (
        f"{taught.get('steps', '?')} steps of {taught.get('batch', '?')} examples in {minutes} min "
        f"on {taught.get('device', '?')}"
    )


def _figures(seen: Answers, found: Judged) -> str:
    of = counted(int(seen.judged.sum()), "frame")
    where = "kept apart" if seen.honest else "that were taught"
    left = f"; {counted(seen.left_out, 'further one')} not looked at" if seen.left_out else ""
    words = f"Of {of} {where}{left}, each answered by itself, with 95 % intervals; {found.says}."
    table = plain_table(found.heads, found.table)
    return (
        f'<p class="rule">{escaped(words)}</p>{table}{found.more}'
        f"{_beside(seen, found)}{_diagram(found)}"
    )


def _beside(seen: Answers, found: Judged) -> str:
    """Errors of what was taught beside those of what was kept apart."""
    apart = seen.apart
    if not apart.any() or apart.all():
        return ""
    rows = []
    for name, of in (("kept apart", apart), ("taught", ~apart)):
        known = found.error[of & np.isfinite(found.error)]
        if len(known):
            told = (float(f(known)) for f in (np.mean, np.median, _p95))
            rows.append((name, str(len(known)), *map(brief, told)))
    heads = (f"Error ({found.unit})", "frames", "mean", "median", "95th percentile")
    return f"<h3>Beside what it was taught</h3>{plain_table(heads, rows)}"


def _p95(known: Any) -> float:
    return float(np.percentile(known, 95))


def _diagram(found: Judged) -> str:
    told = found.diagram
    if told is None:
        return ""
    words = (
        f"How often answers are right, by how sure they are; {found.diagram_says}. On the line, "
        "confidence can be believed; below it the model is too sure. Bars are how many answers "
        "there are, to the largest."
    )
    return (
        '<h3>Can its confidence be believed?</h3><div class="charts"><figure class="chart-box">'
        f'{reliability_chart(told)}</figure></div><p class="rule">{escaped(words)}</p>'
    )


def _or_why(section: Callable[..., str], *given: Any) -> str:
    try:
        return section(*given)
    except Refusal as refusal:
        return f'<p class="absent">Not shown: {escaped(refusal)}</p>'


def _or_none(told: Callable[..., Sequence[str]], *given: Any) -> Sequence[str]:
    try:
        return told(*given)
    except Refusal:
        return ()
