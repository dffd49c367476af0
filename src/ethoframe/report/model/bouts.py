"""The page of a model of behaviours: all its figures are of time that it was not taught."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ethoframe.data import Labels
from ethoframe.data.noun import Array
from ethoframe.nets.model import Model
from ethoframe.report.model.advice import command
from ethoframe.report.model.asked import Asked, Seen, asked
from ethoframe.report.model.ethogram import ethogram, key
from ethoframe.report.model.judged import Figure
from ethoframe.report.model.parts import (
    applied,
    card_section,
    key_figure,
    key_of,
    reliability_chart,
    sections_of,
)
from ethoframe.report.palette import SKY, zone_colour
from ethoframe.report.picture.chart import Chart, Scale
from ethoframe.report.picture.shell import shell
from ethoframe.report.plain import plain_table
from ethoframe.report.wording import counted, escaped, number, plain, quoted, share
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.calibration import reliability
from ethoframe.score.precision_recall import average_precision, precision_recall

FEW = 10
"""Bouts of which a behaviour is hardly learned, and its figures are rough."""

LISTED = 8
"""Bouts of each kind that are listed, at most."""

FOUND = 0.5
"""Share of a bout that must be answered for it to be found."""

ALIKE, HALVES = 0.02, 2
"""How much less right than people agree is as right; parts of which each is half."""

STYLES = (
    ("ethoframe.report.picture", "picture.css"),
    ("ethoframe.report.model", "model.css"),
)

KINDS = {
    "both": "a weighted sum and boosted trees",
    "linear": "a weighted sum",
    "trees": "boosted trees",
    "moment": "a network",
}

NOTHING = (
    "No labelled frame was kept apart: nobody knows how right it is. Label more time, or fit it "
    "with --validation 0.2."
)


def page(model: Model, labels: Labels) -> str:
    """The page, as HTML.

    Parameters
    ----------
    model
        As it was fitted.
    labels
        That it was fitted by.

    Raises
    ------
    Refusal
        When these are not the labels it was fitted by.
    """
    found = asked(model, labels)
    some = bool(found.seen)
    sections = {
        "How right it is": _figures(found) if some else f'<p class="absent">{NOTHING}</p>',
        "When": _when(found) if some else "",
        "How sure it is": _sure(found) if some else "",
        "What is taken for what": _confusion(found) if some else "",
        "What it goes by": _importance(model),
        "What tells": _ways(model),
        "Bouts to look at again": _bouts(found) if some else "",
        "What to do next": _advice(model, found),
        "How to apply it": applied(model, 'tracks=formats.read_tracks("tracks.csv")'),
        "Card": card_section(model),
    }
    title = f"{model.method} {model.folder.name}"
    body = f"{_header(model, found, sections)}<main>\n{sections_of(sections)}</main>\n"
    return shell(title, body, "ethoframe.report.model", "bouts.css", STYLES)


def _header(model: Model, found: Asked, sections: Mapping[str, str]) -> str:
    card = model.card
    links = "".join(
        f'<a href="#{key_of(name)}">{escaped(name)}</a>' for name, text in sections.items() if text
    )
    facts = {
        "taught by": _taught(card),
        "kept apart": str(card.get("split_says", "not known")),
        "trained": f"{KINDS.get(str(model.settled.get('kind')), '?')}, in "
        f"{number(float(card.get('taught', {}).get('seconds', 0.0)))} s",
    }
    terms = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(text)}</dd></div>"
        for name, text in facts.items()
    )
    keys = "".join(map(key_figure, _keys(found))) if found.seen else ""
    return (
        f'<header>\n<p class="brand"><b>ethoframe</b> <span>fitted model</span></p>\n'
        f"<h1>{escaped(model.method)} <span class='of'>{escaped(model.folder.name)}</span></h1>\n"
        f"{_warnings(model, found)}<dl class='facts'>{terms}</dl>\n<dl class='keys'>{keys}</dl>\n"
        f'</header>\n<nav aria-label="Sections">{links}</nav>\n'
    )


def _taught(card: Mapping[str, Any]) -> str:
    told = card.get("labels", {})
    films, authors = told.get("films", []), ", ".join(told.get("authors", []))
    each = [counted(n, f"bout of {name}") if n == 1 else f"{n} bouts of {name}"
            for name, n in card.get("bouts", {}).items()]  # fmt: skip
    animals = counted(int(card.get("animals", len(card.get("individuals", [])))), "individual")
    by = authors or "nobody is named"
    return (
        f"{', '.join(each)}; {animals} in {counted(len(films), 'recording')} "
        f"({plain(', '.join(films), 80)}), by {by}"
    )


def _warnings(model: Model, found: Asked) -> str:
    card = model.card
    told = list(card.get("labels", {}).get("warnings", []))
    few = [name for name, n in card.get("bouts", {}).items() if n < FEW]
    if few:
        told.insert(0, f"There are fewer than {FEW} bouts of {', '.join(few)}: figures are rough.")
    moments = card.get("moments", {})
    lost = int(moments.get("taught", 0)) - int(moments.get("apart", 0))
    if found.seen and lost > 0:
        told.append(
            f"{share(lost, moments['taught'])} of the labelled time could not be kept apart: "
            "without it nothing would have taught some behaviour."
        )
    if not found.seen:
        told.insert(0, NOTHING)
    if not told:
        return ""
    items = "".join(f"<li>{escaped(each)}</li>" for each in told)
    return f'<aside class="warnings"><h2>Before you trust it</h2><ul>{items}</ul></aside>\n'


# ----------------------------------------------------------------------------- figures


def _keys(found: Asked) -> list[Figure]:
    """The main numbers: of one behaviour its own, of several those of the poorest."""
    scores = {label: found.scores(label) for label in found.labels}
    of = min(scores, key=lambda label: np.nan_to_num(scores[label]["frame_f1"].value, nan=9.0))
    said, _, sure = found.moments()
    known = sure[:, found.labels.index(of)]
    true = said == found.labels.index(of)
    told = reliability(np.clip(known, 0, 1), true)
    which = f"{of}, the poorest" if len(found.labels) > 1 else of
    return [
        Figure("F1 of time", scores[of]["frame_f1"], "1", which),
        Figure("F1 of bouts", scores[of]["event_f1_iou_0.5"], "1", "that overlap by half or more"),
        Figure("F1 of bouts", scores[of]["event_f1_iou_0.2"], "1", "that overlap by a fifth"),
        Figure(
            "average precision", _bare(average_precision(known, true)), "1",
            "whatever level it is called from",
        ),
        Figure("calibration error", _bare(told.expected_error), "1", "ECE, in 15 bins"),
    ]  # fmt: skip


def _bare(value: float) -> Estimate:
    """A number without an interval, of two digits."""
    return Estimate(round(value, 2) if np.isfinite(value) else value)


def _figures(found: Asked) -> str:
    several = len({each.recording for each in found.seen}) > 1
    drawn = "recordings" if several else "stretches of this one recording"
    words = (
        "Each part of the labelled time was answered by what the rest taught, and made episodes by "
        "a level that the others settled; the model itself was then taught all of it. In brackets "
        f"95 % intervals, {drawn} drawn anew."
    )
    rows = []
    for label in found.labels:
        rows.append((f"{label}, the model", *_row(found.scores(label))))
        people = found.ceiling(label)
        if people is not None:
            rows.append((f"{label}, one person by another", *_row(people)))
    heads = ("", "F1 of time", "precision", "recall", "F1 of bouts, IoU 0.2", "0.5")
    seconds = [_amounts(found, label) for label in found.labels]
    return (
        f'<p class="rule">{escaped(words)}</p>{plain_table(heads, rows)}'
        f"{plain_table(('', 'bouts said', 'answered', 'seconds said', 'answered'), seconds)}"
    )


def _row(scores: Mapping[str, Estimate]) -> tuple[str, ...]:
    names = ("frame_f1", "frame_precision", "frame_recall", "event_f1_iou_0.2", "event_f1_iou_0.5")
    return tuple(_told(scores[name]) for name in names)


def _told(each: Estimate) -> str:
    if not np.isfinite(each.value):
        return "–"
    span = f" ({each.low:.2f} to {each.high:.2f})" if np.isfinite(each.low) else ""
    return f"{each.value:.2f}{span}"


def _amounts(found: Asked, label: str) -> tuple[str, ...]:
    said = [each.truth.spans(label) for each in found.seen]
    told = [each.answered.spans(label) for each in found.seen]
    lasts = [
        sum(float((b - a).sum()) for a, b in (each.T for each in some)) for some in (said, told)
    ]
    return (
        label, str(sum(map(len, said))), str(sum(map(len, told))), f"{lasts[0]:.1f}",
        f"{lasts[1]:.1f}",
    )  # fmt: skip


def _when(found: Asked) -> str:
    words = (
        "What people saw, what was answered, and below how probable each behaviour was. Grey is "
        "what was looked at and answered."
    )
    return f'{key(found.labels)}{ethogram(found)}<p class="rule">{words}</p>'


def _sure(found: Asked) -> str:
    said, _, sure = found.moments()
    chart = Chart(Scale(0.0, 1.0, "recall"), Scale(0.0, 1.0, "precision"))
    for at in range(len(found.labels)):
        true = said == at
        if true.any():
            precision, recall, _ = precision_recall(sure[:, at], true)
            chart.line(recall, precision, zone_colour(at))
    told = [
        f'<figure class="chart-box"><figcaption>{escaped(label)}</figcaption>'
        f"{reliability_chart(reliability(np.clip(sure[:, at], 0, 1), said == at))}</figure>"
        for at, label in enumerate(found.labels)
    ]
    words = (
        "Left: of what is called from some level on, the share that is right, by the share of the "
        "behaviour that is found; every level is a point. Then: how often a behaviour goes on, by "
        "how probable it is said to be; on the line probabilities can be believed. Bars are how "
        "many moments there are, to the largest."
    )
    return (
        f'{key(found.labels)}<div class="charts"><figure class="chart-box"><figcaption>precision '
        f"and recall</figcaption>{chart.svg('Precision and recall')}</figure>{''.join(told)}</div>"
        f'<p class="rule">{escaped(words)}</p>'
    )


def _confusion(found: Asked) -> str:
    said, told, _ = found.moments()
    rows = []
    for k, name in enumerate(found.classes):
        of = int((said == k).sum())
        each = [
            share(int(((said == k) & (told == j)).sum()), of) for j in range(len(found.classes))
        ]
        rows.append((f"{name} (said)", *each))
    words = "Of the time that people said the row, the share that was answered the column."
    table = plain_table(("", *(f"{name} (answered)" for name in found.classes)), rows)
    return f'{table}<p class="rule">{words}</p>'


def _importance(model: Model) -> str:
    """How much worse answers are without each group of numbers, as bars."""
    told = {str(k): float(v) for k, v in model.settled.get("importance", {}).items()}
    kind = str(model.settled.get("kind"))
    whole = model.settled.get("log_losses", {}).get(kind)
    if not told or whole is None:
        return ""
    more = {name: lost - float(whole) for name, lost in told.items()}
    most = max(*more.values(), 1e-9)
    rows = "".join(
        f'<tr><th scope="row">{escaped(name)}</th><td class="bar-cell"><i style="width:'
        f'{100 * max(value, 0.0) / most:.0f}%;background:{SKY}"></i></td>'
        f'<td class="n">{value:+.3f}</td></tr>'
        for name, value in sorted(more.items(), key=lambda each: -each[1])
    )
    words = (
        "By how much the log loss (nats) of time that was kept apart rises when these numbers, "
        "with all their windows, are those of another moment, half of the recording later. Groups "
        "that tell the same stand in for each other: a short bar is no proof that it does not "
        "matter."
    )
    return (
        f'<div class="scroll"><table class="bars"><tbody>{rows}</tbody></table></div>'
        f'<p class="rule">{escaped(words)}</p>'
    )


def _ways(model: Model) -> str:
    told = model.settled.get("log_losses", {})
    if len(told) < 2:
        return ""
    kind = model.settled.get("kind")
    rows = [
        (KINDS.get(name, name) + (", which answers" if name == kind else ""), f"{value:.3f}")
        for name, value in told.items()
    ]
    words = (
        "Of several ways to tell, that of the least log loss answers; the first of them where "
        "another is not better by more than a standard error of its stretches."
    )
    return f'{plain_table(("", "log loss (nats)"), rows)}<p class="rule">{words}</p>'


# -------------------------------------------------------------------------------- bouts


def _bouts(found: Asked) -> str:
    """Bouts that were missed or made up, the surest mistakes first."""
    missed, extra = [], []
    for at, label in enumerate(found.labels):
        for each in found.seen:
            spans, others = each.truth.spans(label), each.answered.spans(label)
            missed += _unlike(each, spans, others, (at, f"{label} ({each.author or 'said'})"))
        for name in dict.fromkeys(each.name for each in found.seen):
            own = [each for each in found.seen if each.name == name]
            anybody = np.concatenate([each.truth.spans(label) for each in own])
            extra += _unlike(own[0], own[0].answered.spans(label), anybody, (at, label))
    missed.sort(key=lambda row: row[-1])
    extra.sort(key=lambda row: -row[-1])
    text = ""
    for title, rows in (("Seen by people, and missed", missed), ("Answered, and not seen", extra)):
        listed = [(*row[:-1], f"{row[-1]:.2f}") for row in rows[:LISTED]]
        heads = ("", "who", "from (s)", "to (s)", "mean probability")
        more = f'<p class="rule">{len(rows) - LISTED} more.</p>' if len(rows) > LISTED else ""
        none = '<p class="rule">none</p>'
        text += f"<h3>{title}</h3>{plain_table(heads, listed) + more if rows else none}"
    return text


def _unlike(
    each: Seen, spans: Array, others: Array, what: tuple[int, str]
) -> list[tuple[str, str, str, str, float]]:
    """Spans that others do not cover by half, and how probable they were."""
    rows = []
    for start, stop in spans.tolist():
        inside = np.clip(others, start, stop)
        own = (each.times_s >= start) & (each.times_s < stop)
        if own.any() and float((inside[:, 1] - inside[:, 0]).sum()) < FOUND * (stop - start):
            sure = float(each.probable[own, what[0]].mean())
            rows.append((what[1], each.name, f"{start:.1f}", f"{stop:.1f}", sure))
    return rows


def _advice(model: Model, found: Asked) -> str:
    told = [sentence for label in found.labels for sentence in _of_label(model, found, label)]
    recordings = len({each.recording for each in found.seen})
    if recordings == 1:
        told.append(
            "All labels are of one recording: nothing is known of other animals. Score it on one "
            "that it never saw, as below."
        )
    elif int(model.card.get("taught", {}).get("folds", 0)) == HALVES:
        told.append(
            "There are two parts, so each was answered by what half of the labels taught. The "
            "model, which all of them taught, is likely to be more right than that."
        )
    if found.seen:
        told.append("Look at the bouts above: some of them may be mistakes of people.")
    items = "".join(f"<li>{escaped(each)}</li>" for each in told)
    words = ("ethoframe", "score", "episodes/agreement", "results/NEW/episodes.csv", "NEW.csv")
    return f'<ul class="advice">{items}</ul>{command("on another recording", quoted(*words))}'


def _of_label(model: Model, found: Asked, label: str) -> list[str]:
    """What figures of one behaviour advise."""
    bouts = int(model.card.get("bouts", {}).get(label, 0))
    told = []
    if bouts < 2 * FEW:
        told.append(
            f"Of {label} there are {counted(bouts, 'bout')}. Of simulated animals F1 was 0.65 with "
            "5 bouts, 0.77 with 10 and 0.84 with 20: label more of it, in other animals too."
        )
    people = found.ceiling(label) if found.seen else None
    if people is not None:
        own, limit = found.scores(label)["frame_f1"].value, people["frame_f1"].value
        if own >= limit - ALIKE:
            told.append(
                f"Of {label} it is as right as people agree: that more labels help cannot be seen."
            )
    return told
