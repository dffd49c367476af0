"""One self-contained HTML page for a comparison; it needs no script and no network."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ethoframe.contract import SequentialMethod
from ethoframe.report.comparison.examples import (
    disagreements,
    drawn,
    hardest,
    keypoints_key,
    shown_of,
)
from ethoframe.report.comparison.figures import capacity_figure, curve_figure, scores_figure
from ethoframe.report.static import write_static
from ethoframe.report.wording import ABSENT, counted, duration, escaped, interval, number, unit
from ethoframe.run.comparing.outcome import Comparison, Standing
from ethoframe.run.comparing.sentences import (
    human,
    more_labels,
    overtaking,
    variance,
    verdict,
)
from ethoframe.run.comparing.yardstick import Metric
from ethoframe.score.bootstrap import Estimate

PAGE = "report.html"


def write_page(path: Path, found: Comparison) -> None:
    """Write the page of a comparison; a reader never sees half of one.

    Parameters
    ----------
    path
        Where to; its folder must exist.
    found
        What came of the comparison. Frames that are shown are answered again.
    """
    sections = {
        "Scores": _scores(found),
        "Labels": _labels(found),
        "Capacity": _capacity(found),
        "Disagreement": _disagreement(found),
        "Next": _next(found),
        "How": _how(found),
    }
    links = "".join(
        f'<a href="#{name.lower()}">{name}</a>' for name, body in sections.items() if body
    )
    body = "".join(
        f'<section id="{name.lower()}"><h2>{HEADINGS[name]}</h2>\n{body}\n</section>\n'
        for name, body in sections.items()
        if body
    )
    head = (
        '<header><p class="brand"><b>ethoframe</b> <span>comparison</span></p>'
        f"<h1>{escaped(' · '.join(each.name for each in found.standings))}</h1>\n"
        f'{_warnings(found)}<p class="answer">{escaped(verdict(found))}</p>'
        f"{_paragraph(human(found))}</header>\n"
        f'<nav aria-label="Sections">{links}</nav>\n'
    )
    page = f"{head}<main>\n{body}</main>\n"
    write_static(path, "Comparison", page, "ethoframe.report.comparison", "comparison")


HEADINGS: Mapping[str, str] = {
    "Scores": "Scores on what was kept back",
    "Labels": "How many labels it takes",
    "Capacity": "How large it should be",
    "Disagreement": "Where they disagree most",
    "Next": "Which frames to label next",
    "How": "How it was compared",
}


def _warnings(found: Comparison) -> str:
    if not found.warnings:
        return ""
    items = "".join(f"<li>{escaped(line)}</li>" for line in found.warnings)
    return f'<aside class="warnings"><h2>Before you trust this</h2><ul>{items}</ul></aside>'


def _paragraph(text: str) -> str:
    return f"<p>{escaped(text)}</p>" if text else ""


def _scores(found: Comparison) -> str:
    metrics = {metric.name: metric for metric in found.plan.ask.by.metrics}
    names = list(dict.fromkeys(name for each in found.standings for name in each.scores))
    heads = "".join(
        f'<th scope="col" class="n">{escaped(name)}{_unit(metrics.get(name))}</th>'
        for name in names
    )
    rows = "".join(_row(each, names) for each in found.standings)
    if found.human:
        cells = "".join(_cell(found.human.get(name)) for name in names)
        blank = '<td class="n">–</td>' * 3
        rows += f'<tr><th scope="row">between people</th>{cells}{blank}</tr>'
    note = (
        f"{counted(len(found.rows), 'frame')} kept back; {found.units.says}. Intervals are of "
        "95 %. The first score decides; ○ in the figure may have seen these frames."
    )
    return (
        f"{_figure(scores_figure(found), '')}"
        '<div class="scroll"><table class="scores"><thead><tr><th scope="col">Method</th>'
        f'{heads}<th scope="col" class="n">on what it was taught</th>'
        '<th scope="col" class="n">a fit takes</th><th scope="col" class="n">frames/s</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
        f'<p class="rule">{escaped(note)}</p>{_differences(found)}'
    )


def _row(each: Standing, names: Sequence[str]) -> str:
    cells = "".join(_cell(each.scores.get(name)) for name in names)
    spent = [fit.seconds for fit in each.spent if math.isfinite(fit.seconds)]
    fit = duration(sum(spent) / len(spent)) if spent else ABSENT
    return (
        f'<tr><th scope="row">{escaped(each.name)}<small>{escaped(_sort(each))}</small></th>'
        f"{cells}{_cell(each.taught)}"
        f'<td class="n">{escaped(fit)}</td><td class="n">{number(each.frames_per_s)}</td></tr>'
    )


def _sort(each: Standing) -> str:
    one = each.contestant
    name = one.method.name()
    return one.sort if name == each.name else f"{name}, {one.sort}"


def _cell(score: Estimate | None) -> str:
    if score is None or not math.isfinite(score.value):
        return f'<td class="n">{ABSENT}</td>'
    between = interval(score.low, score.high)
    small = f"<small>{between}</small>" if between else ""
    return f'<td class="n">{number(score.value, score.low, score.high)}{small}</td>'


def _unit(metric: Metric | None) -> str:
    return f" ({escaped(unit(metric.unit))})" if metric is not None and metric.unit else ""


def _differences(found: Comparison) -> str:
    if not found.differences:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escaped(each.a)} less {escaped(each.b)}</th>{_cell(each.value)}'
        f"<td>{escaped(f'{each.better} is better' if each.better else 'cannot be told apart')}</td>"
        "</tr>"
        for each in found.differences
    )
    level = 100 * found.differences[0].value.level
    note = f"Both on the same frames, drawn together. Intervals are of {level:.3g} %" + (
        ": the more differences, the surer each has to be." if level > 95.1 else "."
    )
    return (
        f"<h3>Differences in {escaped(found.metric.name)}</h3>"
        f'<div class="scroll"><table class="pairs"><tbody>{rows}</tbody></table></div>'
        f'<p class="rule">{escaped(note)}</p>'
    )


def _labels(found: Comparison) -> str:
    if not found.courses:
        return ""
    lines: list[str] = []
    for course in found.courses:
        lines += [*overtaking(found, course), more_labels(found, course), variance(course)]
    items = "".join(f"<li>{escaped(line)}</li>" for line in lines if line)
    choices = found.courses[0].curve.repeats
    caption = (
        "Dots: errors on what was kept back, with 95 % intervals; rings: on what was taught; line: "
        "error ≈ a + b·n^(−c), drawn on to twice the labels. Each number of labels holds those of "
        f"the smaller ones, spread over recordings; {counted(choices, 'choice')} of each. Every "
        "fit has the same number of steps."
    )
    return f'<ul class="says">{items}</ul>{_figure(curve_figure(found), caption)}'


def _capacity(found: Comparison) -> str:
    figures = "".join(
        _figure(
            capacity_figure(found, each),
            "Where both errors are high, it is too small or was taught too short; where they are "
            "far apart, it is larger than these labels can teach.",
        )
        for each in found.capacities
    )
    return f'<div class="pair">{figures}</div>' if figures else ""


def _disagreement(found: Comparison) -> str:
    if len(found.standings) < 2:
        return ""
    standings = shown_of(found)
    told = "".join(drawn(found, each, standings) for each in disagreements(found))
    return f"{keypoints_key(found.plan.ask.by)}{told}" if told else ""


def _next(found: Comparison) -> str:
    """What the best taught method is worst at, as frames to label more of."""
    taught = [each for each in found.ranked() if each.contestant.training is not None]
    if not taught:
        return ""
    best = taught[0]
    told = "".join(drawn(found, each, [best]) for each in hardest(found, best.name))
    lead = (
        f"Of what was kept back, {best.name} is most wrong here: label more frames like these, and "
        "look whether these labels are right."
    )
    return f"<p>{escaped(lead)}</p>{_films(found, best)}{told}"


def _films(found: Comparison, best: Standing) -> str:
    """Recordings by how wrong it is, where they have several labelled frames each."""
    losses = found.losses(best.name)
    films = found.plan.ask.labels.columns(("film",))["film"]
    by_film: dict[str, list[float]] = {}
    for row, loss in zip(found.rows, losses, strict=True):
        if math.isfinite(loss):
            by_film.setdefault(films[row], []).append(float(loss))
    if len(by_film) < 2 or max(map(len, by_film.values())) < 2:
        return ""
    means = {film: sum(each) / len(each) for film, each in by_film.items()}
    rows = "".join(
        f'<tr><th scope="row">{escaped(film)}</th><td class="n">{number(means[film])}</td>'
        f'<td class="n">{len(by_film[film])}</td></tr>'
        for film in sorted(means, key=means.__getitem__, reverse=True)[:8]
    )
    return (
        '<table class="films"><thead><tr><th scope="col">Recording</th>'
        '<th scope="col" class="n">mean error</th><th scope="col" class="n">frames</th></tr>'
        f"</thead><tbody>{rows}</tbody></table>"
    )


def _how(found: Comparison) -> str:
    terms = "".join(
        f"<div><dt>{escaped(name)}</dt><dd>{escaped(text)}</dd></div>"
        for name, text in _facts(found)
        if text
    )
    again = f'<div class="command"><code>{escaped(found.plan.ask.command)}</code></div>'
    return f'<dl class="facts">{terms}</dl>{again if found.plan.ask.command else ""}'


def _facts(found: Comparison) -> Iterator[tuple[str, str]]:
    ask = found.plan.ask
    yield "Labels", f"{counted(len(ask.labels), 'frame')}, compared as {ask.by.kind}"
    yield "Split", found.plan.says
    for each in found.standings:
        yield each.name, "; ".join(_method(each))
    yield "Ran on", found.hardware
    yield "Frames/s", "reading the picture included, one frame after the other"


def _method(each: Standing) -> Iterator[str]:
    one = each.contestant
    yield f"{one.method.name()} {one.method.version}, {one.sort}"
    fresh = type(one.method)().parameters()
    own = one.method.parameters()
    changed = {k: v for k, v in own.items() if v != fresh[k] and k != "weights"}
    if changed:
        yield ", ".join(f"{name} = {value}" for name, value in changed.items())
    left_out = [name for name, need in list(one.method.takes.items())[1:] if need.optional]
    if left_out:
        yield f"without {', '.join(left_out)}, which it could be given"
    if isinstance(one.method, SequentialMethod):
        yield "each frame answered by itself, with nothing remembered of others"
    if one.model is not None:
        yield f"model {one.model.folder}"
    if each.spent:
        first = each.spent[0]
        yield f"{counted(len(each.spent), 'fit')} of {first.steps} steps on {first.device}"
        yield f"weights from {first.begun}"


def _figure(svg: str, caption: str) -> str:
    words = f"<figcaption><p>{escaped(caption)}</p></figcaption>" if caption else ""
    return f'<figure class="plate"><div class="drawing">{svg}</div>{words}</figure>'
