"""``study.html``: each measure with all its animals, on one page that needs no network."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

from ethoframe.report.figures.sheet import Sheet
from ethoframe.report.study import forest, plot
from ethoframe.report.study.categories import Category, categories, whose
from ethoframe.report.study.contrast import Compared, section
from ethoframe.report.study.keys import key_measures
from ethoframe.report.study.listing import (
    animals_table,
    definitions_table,
    exclusions_table,
    facts,
    folded_means,
    means_table,
)
from ethoframe.report.study.otherwise import Definition, Multiverse
from ethoframe.report.study.panel import Panel, save_pdf, save_svg, style
from ethoframe.report.study.raster import Drawn
from ethoframe.report.study.raster import shown as ethograms_shown
from ethoframe.report.study.spread import RULE
from ethoframe.report.study.study import Animal, Key, Study
from ethoframe.report.wording import counted, duration, escaped, number, plain, unit

FIGURES = "figures"
ALL = "all_measures.pdf"
"""A page for each measure."""
ZOOM = 1.6
"""How much larger than in print figures are on the page."""
WIDTH = 1000.0
"""Of figures across the page, in px."""
MARKS = (
    "Each point is an animal: filled, its tracking is good; open, somebody should look at it; "
    "a cross, it failed and is not in the mean"
)
BESIDE = (
    "; a diamond is a difference, drawn from the mean of what is compared with (dotted), with its "
    "95 % interval (see Differences)"
)
BLIND = (
    '<aside class="blind"><p><b>Groups are hidden</b> here, in the figures and in summary.xlsx, '
    "and animals are shuffled. Look at what is doubtful first; then run the same command with "
    "<code>--unblind</code>: nothing is analysed again.</p></aside>"
)


def page(
    study: Study,
    paragraph: str,
    recipe: str,
    drawn: Mapping[Key, str],
    out: Path,
    compared: Compared | None = None,
    rasters: Sequence[Drawn] = (),
    multiverse: Multiverse | None = None,
) -> str:
    """The study as HTML.

    Parameters
    ----------
    study
        What is shown.
    paragraph
        The methods paragraph.
    recipe
        What the analysis is called.
    drawn
        Figures as SVG, by measure; of those that have one.
    out
        The folder of the results, that links start from.
    compared
        Differences between groups; None where they are hidden.
    rasters
        When animals did what.
    multiverse
        The study by other definitions; None where none were asked for.
    """
    script, columns = _part("ethoframe.report", "page.js"), categories(study)
    key, names = key_measures(study, recipe, compared), file_names(study.keys)
    others = [each for each in study.keys if each not in key]
    return Template(_part(__package__, "study.html")).substitute(
        title=f"{counted(_animals(study), 'animal')}, {counted(len(study.keys), 'measure')}",
        recipe=escaped(recipe.replace("-", " ").replace("_", " ")),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        style=_part("ethoframe.report", "page.css") + _part(__package__, "study.css"),
        script=script,
        warnings=(BLIND if study.blinding.on else "") + _warnings(study, columns, key),
        facts=facts(dict(_facts(study, columns))),
        rule=f"{MARKS}; {RULE}{BESIDE if compared and len(compared.effects) else ''}.",
        key=_panels(key, drawn, names) or '<p class="absent">No measure can be shown.</p>',
        others=_others(study, others, drawn, names),
        ethograms=ethograms_shown(rasters, FIGURES),
        groups=means_table(key, columns) + folded_means(others, columns),
        differences=section(compared, key),
        otherwise=_otherwise(multiverse or Multiverse(Definition("", study, compared)), key),
        animals=animals_table(study, key, out),
        exclusions=exclusions_table(study),
        definitions=definitions_table(study),
        methods=(
            f'<div class="paragraph"><p id="paragraph">{escaped(paragraph)}</p>'
            '<button type="button" data-copy="paragraph">copy</button></div>'
        ),
    )


def _otherwise(multiverse: Multiverse, keys: Sequence[Key]) -> str:
    drawn = f"{FIGURES}/{plot.NAME}" if multiverse.drawn else ""
    return forest.section(multiverse, keys, drawn)


def drawings(
    study: Study, folder: Path, compared: Compared | None = None, recipe: str = ""
) -> dict[Key, str]:
    """Figures as SVG for the page; each is written into a folder as well, for print.

    As PDF there are files of the key measures, and one with a page for each measure. Measures that
    are the same in all animals have no figure.
    """
    columns, names = categories(study), file_names(study.keys)
    found: dict[Key, str] = {}
    sheets: dict[Key, Sheet] = {}
    folder.mkdir(parents=True, exist_ok=True)
    with style():
        for key in study.keys:
            panel = Panel(key, columns, compared.of_measure(key) if compared else ())
            if not panel.drawn:
                continue
            sheet = sheets[key] = panel.sheet()
            svg = sheet.svg(names[key], plain(key.heading))
            save_svg(sheet, svg, folder / f"{names[key]}.svg")
            size = f'width="{ZOOM * sheet.width:.0f}" '
            found[key] = svg.replace("<svg ", f"<svg {size}", 1)
        for key in set(key_measures(study, recipe, compared)) & sheets.keys():
            save_pdf([sheets[key]], folder / f"{names[key]}.pdf")
        if sheets:
            save_pdf(list(sheets.values()), folder / ALL)
    return found


def file_names(keys: Sequence[Key]) -> dict[Key, str]:
    """A name for the file of each measure that every system takes, and that is no other's.

    Examples
    --------
    >>> keys = Key("time in centre 11 %", "s"), Key("distance", "mm"), Key("distance", "px")
    >>> list(file_names(keys).values())
    ['time_in_centre_11_pct', 'distance', 'distance_px']
    """
    found: dict[Key, str] = {}
    for key in keys:
        name = _slug(key.name)
        if name in found.values():
            name = f"{name}_{_slug(key.unit)}"
        while name in found.values():
            name += "_"
        found[key] = name
    return found


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold().replace("%", "pct")).strip("_") or "measure"


def _panels(
    keys: Sequence[Key], drawn: Mapping[Key, str], names: Mapping[Key, str], *, alone: bool = True
) -> str:
    pages = {key: f"{ALL}#page={number}" for number, key in enumerate(drawn, 1)}
    return "\n".join(
        _panel(drawn[key], names[key], f"{names[key]}.pdf" if alone else pages[key])
        for key in keys
        if key in drawn
    )


def _panel(svg: str, name: str, pdf: str) -> str:
    files = {"SVG": f"{name}.svg", "PDF": pdf}
    links = "".join(f'<a href="{FIGURES}/{file}">{kind}</a>' for kind, file in files.items())
    return f'<figure class="panel">{svg}<figcaption>{links}</figcaption></figure>'


def _others(
    study: Study, keys: Sequence[Key], drawn: Mapping[Key, str], names: Mapping[Key, str]
) -> str:
    shown = [key for key in keys if key in drawn]
    sames = [key for key in study.keys if key not in drawn]
    told = ", ".join(_same(study, key) for key in sames)
    rest = f'<p class="sames">The same in all animals: {told}.</p>' if sames else ""
    if not shown:
        return rest or '<p class="absent">There are no others.</p>'
    panels = _panels(shown, drawn, names, alone=False)
    more = f"<details><summary>{counted(len(shown), 'further measure')}</summary>"
    return f'{more}<div class="panels">{panels}</div></details>{rest}'


def _same(study: Study, key: Key) -> str:
    values = [animal.values[key] for animal in study.animals if key in animal.values]
    found = next((value for value in values if value == value), None)
    told = "not defined" if found is None else f"{number(found)} {unit(key.unit)}".strip()
    return escaped(f"{key.name} ({told})")


def _facts(study: Study, columns: Sequence[Category]) -> Iterator[tuple[str, str]]:
    animals = study.animals
    words = [animal.word for animal in animals]
    yield "Animals", str(_animals(study))
    yield "Recordings", str(len({animal.part.recording for animal in animals}))
    if len(animals) != _animals(study):
        yield "Animals × sessions", str(len(animals))
    if study.blinding.on:
        yield "Groups", "hidden"
    elif study.column(study.blinding.factor):
        yield "Groups", ", ".join(f"{c.label} ({len(c.animals)})" for c in columns)
    for word, name in (("good", "Good"), ("look", "To look at"), ("failed", "Failed")):
        if any(words):
            yield name, str(words.count(word))
    if lost := sum(each.what == "not analysed" for each in study.exclusions):
        yield "Not analysed", str(lost)


def _animals(study: Study) -> int:
    return len({whose(animal) for animal in study.animals})


def _warnings(study: Study, columns: Sequence[Category], keys: Sequence[Key]) -> str:
    lines = list(_cautions(study, columns, keys))
    if not lines:
        return ""
    items = "".join(f"<li>{escaped(line)}</li>" for line in lines)
    return f'<aside class="warnings"><h2>Before you trust these means</h2><ul>{items}</ul></aside>'


def _cautions(study: Study, columns: Sequence[Category], keys: Sequence[Key]) -> Iterator[str]:
    """What a reader of the means has to know first."""
    looks = sum(animal.word == "look" for animal in study.animals)
    if looks:
        are, them = ("is", "it") if looks == 1 else ("are", "them")
        yield f"{counted(looks, 'result')} {are} doubtful and in the means: look at {them} first."
    if any(_same_litter(column) for column in columns):
        yield "Animals of one litter are alike, and the intervals take them for independent."
    if any(
        len(column.animals) > len({whose(animal) for animal in column.animals})
        for column in columns
    ):
        yield "Some animals are there several times: means and intervals are of their own means."
    lengths = _told(study, "trial length")
    if lengths and max(lengths) > 1.02 * min(lengths):
        yield (
            f"Trials last from {duration(min(lengths))} to {duration(max(lengths))}: totals are "
            "not of the same time. --for makes them equally long."
        )
    for key in keys:
        missing = len(study.used) - len(_told(study, key.name))
        if 0 < missing < len(study.used):
            have, are = ("has", "is") if missing == 1 else ("have", "are")
            yield (
                f"{key.name}: {missing} of {counted(len(study.used), 'animal')} {have} none, as "
                f"where what is waited for never came, and {are} not in the means."
            )
    units = {key.unit for key in study.keys if key.quantity == "distance"}
    if len(units) > 1:
        yield f"Distances are in {' and '.join(sorted(units))}: some recordings have no scale."
    if study.blinding.on and (telling := _telling(study)):
        yield f"Names of {counted(telling, 'recording')} tell the group, and are shown."


def _told(study: Study, name: str) -> list[float]:
    """The values of a measure over all animals in the means, without those that have none."""
    keys = [key for key in study.keys if key.name == name]
    values = (animal.values.get(key, math.nan) for animal in study.used for key in keys)
    return [value for value in values if math.isfinite(value)]


def _same_litter(column: Category) -> bool:
    litters = [animal.row.litter for animal in column.animals if animal.row.litter]
    return len(litters) > len(set(litters))


def _telling(study: Study) -> int:
    """Recordings in whose name the name of their group stands as a word."""

    def words(text: str) -> list[str]:
        return [word for word in re.split(r"[\W_]+", text.casefold()) if word]

    def tells(animal: Animal, column: str) -> bool:
        level = words(animal.row.cell(column))
        named = words(f"{animal.part.recording} {animal.row.subject}")
        return bool(level) and set(level) <= set(named)

    compared = {"group", study.blinding.factor}
    return sum(any(tells(animal, column) for column in compared) for animal in study.animals)


def _part(room: str | None, name: str) -> str:
    return files(room or "ethoframe").joinpath(name).read_text(encoding="utf-8")
