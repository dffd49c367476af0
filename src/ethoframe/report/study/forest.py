"""Measures by each definition as HTML: groups, their difference, and a picture of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np

from ethoframe.data import Effect
from ethoframe.report.study.categories import whose
from ethoframe.report.study.estimate import unit_of
from ethoframe.report.study.otherwise import (
    ALIKE,
    SAME,
    USED,
    Definition,
    Multiverse,
    holds,
    null,
    turned,
)
from ethoframe.report.study.spread import Spread
from ethoframe.report.study.strip import NO_BAND, Scale, axis, picture
from ethoframe.report.study.study import Key
from ethoframe.report.wording import ABSENT, counted, escaped, number, unit

SOURCE = (
    "Each definition can be defended, and others use it: what a study says should not rest on "
    "which of them was taken (Steegen et al., 2016). Everything else is as it was analysed."
)
RULE = (
    "Difference: as under Differences, with its 95 % interval, by the same test. The pale band is "
    "the interval by the definition that was used, which is the one that counts: the others are no "
    "further tests."
)
HIDDEN = (
    "Groups are hidden: what is shown is how far animals move. Ratio: a measure as a multiple of "
    "what it is as analysed, median over animals and from the least to the greatest."
)
Cells = Sequence[tuple[str, str]]


def section(multiverse: Multiverse, keys: Sequence[Key], figure: str = "") -> str:
    """Same data, other definitions; those of the key measures first, the others folded.

    Parameters
    ----------
    multiverse
        The study by each definition.
    keys
        What is told in full, of what moves at all.
    figure
        Path of a figure for print, without suffix; empty where there is none.
    """
    moving = multiverse.keys
    if not multiverse.others and not multiverse.lacking:
        return '<p class="absent">No other definitions were asked for.</p>'
    first = [key for key in keys if key in moving]
    rest = [key for key in moving if key not in first]
    compared = multiverse.usual.compared is not None
    told = f'<p class="rule">{escaped(f"{SOURCE} {RULE if compared else HIDDEN}")}</p>'
    told += _verdict(multiverse, first)
    told += "".join(_measure(multiverse, key) for key in first)
    told += _unmoved(multiverse, [key for key in keys if key not in moving] if moving else [])
    if not moving:
        told += '<p class="absent">By none of them any measure is another.</p>'
    told += _figure(figure) + _further(multiverse, rest)
    if multiverse.lacking:
        items = "".join(f"<li>{escaped(line)}</li>" for line in multiverse.lacking)
        told += f"<details><summary>Not told by some</summary><ul>{items}</ul></details>"
    return told


def _unmoved(multiverse: Multiverse, keys: Sequence[Key]) -> str:
    """Key measures, outcomes among them, that no definition changes."""
    if not keys or not multiverse.others:
        return ""
    names = ", ".join(key.name for key in keys)
    by = f"all {len(multiverse.others)} of them" if len(multiverse.others) > 1 else "it"
    return f'<p class="sames">The same by {by}: {escaped(names)}.</p>'


def _figure(path: str) -> str:
    links = "".join(f'<a href="{path}.{kind}">{kind.upper()}</a>' for kind in ("svg", "pdf"))
    return f'<p class="print">One figure of these, for print: {links}</p>' if path else ""


def _verdict(multiverse: Multiverse, keys: Sequence[Key]) -> str:
    """In how many places what is said of groups is another; nothing where they are hidden."""
    compared = multiverse.usual.compared
    if compared is None:
        return ""
    if compared.refusal:
        return f'<p class="absent">Groups are not compared: {escaped(compared.refusal)}.</p>'
    none, same, every = null(compared), 0, 0
    for key in keys:
        usual = {_pair(effect): effect for effect in multiverse.usual.effects(key)}
        for definition in multiverse.moving(key):
            for effect in definition.effects(key):
                if _pair(effect) in usual:
                    every += 1
                    same += not turned(usual[_pair(effect)], effect, none)
    if not every:
        return ""
    words = (
        f"In {same} of {every} other analyses the difference points the same way and its interval "
        f"holds {none:g} or not as before."
    )
    if same == every:
        words = f"All {every} other analyses say the same: direction, and whether {none:g} is held."
    return f'<p class="same"><b>{escaped(words)}</b></p>'


def _measure(multiverse: Multiverse, key: Key) -> str:
    moving = multiverse.moving(key)
    title = f"<h3>{escaped(key.heading)}</h3><p>{escaped(_moved(multiverse, key))}</p>"
    rows = [multiverse.usual, *moving]
    hidden = multiverse.usual.compared is None
    body = _ratios(multiverse, key, rows) if hidden else _differences(multiverse, key, rows)
    unmoved = [each.name for each in multiverse.others if each not in moving]
    tail = f'<p class="sames">The same by: {escaped(", ".join(unmoved))}.</p>' if unmoved else ""
    block = f"{body}{tail}"
    if multiverse.hardly_moves(key):
        block = f"<details><summary>By each definition</summary>{block}</details>"
    return f'<div class="otherwise">{title}{block}</div>'


def _moved(multiverse: Multiverse, key: Key) -> str:
    """How far a measure moves, in a sentence."""
    moving = multiverse.moving(key)
    if multiverse.hardly_moves(key):
        return (
            f"It hardly moves: by all {len(moving)} of them the median animal stays within "
            f"{SAME:.0%}, and animals in their order (rank correlation ≥ {ALIKE:g})."
            if len(moving) > 1
            else f"It hardly moves: the median animal stays within {SAME:.0%}, in its order."
        )
    ratios = {each.name: multiverse.ratios(each, key) for each in moving}
    middles = {name: float(np.median(found)) for name, found in ratios.items() if len(found)}
    if not middles:
        return "It is 0 or not told as analysed, and another by other definitions."
    low, high = min(middles, key=lambda n: middles[n]), max(middles, key=lambda n: middles[n])
    ends = dict.fromkeys(name for name in (low, high) if abs(middles[name] - 1) > SAME)
    told = " and ".join(f"{middles[name]:.2f} ({name})" for name in ends)
    words = f"The median animal has {told} times as much"
    words = words if told else "The median animal hardly moves"
    alike = [multiverse.alike(each, key) for each in moving]
    known = [each for each in alike if each == each]
    order = f"; rank correlation of animals at least {min(known):.2f}" if known else ""
    return f"{words}{order}."


def _differences(multiverse: Multiverse, key: Key, rows: Sequence[Definition]) -> str:
    none = null(multiverse.usual.compared)
    usual = {_pair(effect): effect for effect in multiverse.usual.effects(key)}
    every = [effect for each in rows for effect in each.effects(key)]
    scale = Scale.of([none, *(end for e in every for end in (e.low, e.effect, e.high))])
    many = len({_pair(effect) for effect in every}) > 1
    columns = multiverse.usual.columns
    head = ["Definition", *(column.label for column in columns)]
    head += ["Compared"] if many else []
    body = []
    for definition in rows:
        means = [_mean(Spread.of(column.values(key))) for column in definition.columns]
        effects: Sequence[Effect | None] = definition.effects(key) or (None,)
        for index, effect in enumerate(effects):
            before = usual.get(_pair(effect)) if effect else None
            said = turned(before, effect, none) if before and effect and definition.name else ""
            weak = effect is not None and before is not None and _both(effect, before, none)
            kind = "" if not said else "noted" if weak else "turned"
            cells = [("", cell) for cell in means] if index == 0 else [("", "")] * len(means)
            cells += [("", escaped(f"{effect.level} − {effect.control}" if effect else ""))] * many
            if every:
                cells += _effect_cells(effect, before, scale, none, kind)
                cells.append((kind, escaped(said)))
            body.append(_row(definition.name if index == 0 else None, cells))
    symbol = unit_of(key.unit)
    difference = f"Difference ({symbol})" if symbol and none == 0 else "Difference"
    head += [difference, axis(scale, none), "p", "What changes"] if every else []
    return _table(head, body)


def _effect_cells(
    effect: Effect | None, before: Effect | None, scale: Scale, none: float, kind: str
) -> Cells:
    if effect is None:
        return [("", ABSENT)] * 3
    band = (before.low, before.high) if before else NO_BAND
    drawn = picture(scale, none, (effect.low, effect.effect, effect.high), band, kind)
    ends = " to ".join(
        "no end" if math.isinf(end) else number(end, effect.low, effect.high)
        for end in (effect.low, effect.high)
    )
    value = number(effect.effect, effect.low, effect.high)
    chance = "&lt; 0.001" if effect.p < 0.001 else f"{effect.p:.2g}"
    return [("", f"{value}<small>{ends}</small>"), ("picture", drawn), ("", chance)]


def _ratios(multiverse: Multiverse, key: Key, rows: Sequence[Definition]) -> str:
    """How far animals move, whoever they are."""
    found = {each.name: multiverse.ratios(each, key) for each in rows[1:]}
    ends = [end for ratios in found.values() for end in ratios.tolist()]
    scale = Scale.of([1.0, *ends])
    body = []
    for definition in rows:
        values = _by_animal(definition, key)
        middle = number(median(values)) if values else ABSENT
        cells = [("", f"{middle}<small>n = {len(values)}</small>")]
        ratios = found.get(definition.name, np.zeros(0))
        if not definition.name or not len(ratios):
            cells += [("", "" if not definition.name else ABSENT)] * 2
            cells.append(("picture", picture(scale, 1.0, None, NO_BAND)))
        else:
            low, mid, high = (float(f(ratios)) for f in (np.min, np.median, np.max))
            alike = multiverse.alike(definition, key)
            cells += [
                ("", f"{mid:.3g}<small>{low:.3g} to {high:.3g}</small>"),
                ("", f"{alike:.2f}" if alike == alike else ABSENT),
                ("picture", picture(scale, 1.0, (low, mid, high), NO_BAND)),
            ]
        body.append(_row(definition.name, cells))
    symbol = unit(key.unit)
    middle = f"Median ({symbol})" if symbol else "Median"
    return _table(["Definition", middle, "Ratio", "Rank correlation", axis(scale, 1.0)], body)


def _further(multiverse: Multiverse, keys: Sequence[Key]) -> str:
    """Median ratios of the other measures that move, folded."""
    if not keys:
        return ""
    head = ["Measure", *(each.name for each in multiverse.others)]
    body = []
    for key in keys:
        cells = []
        for each in multiverse.others:
            ratios = multiverse.ratios(each, key) if multiverse.moves(each, key) else None
            told = "same" if ratios is None else ABSENT
            if ratios is not None and len(ratios):
                told = f"{float(np.median(ratios)):.3g}"
            cells.append(("same" if ratios is None else "n", told))
        body.append(_row(key.heading, cells))
    return (
        f"<details><summary>{counted(len(keys), 'further measure')}</summary>"
        '<p class="rule">The measure as a multiple of what it is as analysed, median over '
        f"animals.</p>{_table(head, body)}</details>"
    )


def _by_animal(definition: Definition, key: Key) -> list[float]:
    """One value for each animal, whatever its group or session."""
    found: dict[object, list[float]] = {}
    for animal in definition.study.used:
        value = animal.values.get(key, math.nan)
        if math.isfinite(value):
            found.setdefault(whose(animal), []).append(value)
    return [sum(values) / len(values) for values in found.values()]


def _mean(spread: Spread) -> str:
    if not spread.count:
        return ABSENT
    return f"{number(spread.mean, spread.low, spread.high)}<small>n = {spread.count}</small>"


def _row(name: str | None, cells: Cells) -> str:
    told = "".join(f'<td class="{kind}">{cell}</td>' for kind, cell in cells)
    word = "" if name is None else escaped(name) if name else f"<b>{USED}</b>"
    return f'<tr><th scope="row">{word}</th>{told}</tr>'


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    names = "".join(f'<th scope="col">{_headed(name)}</th>' for name in head)
    body = "\n".join(rows)
    return (
        f'<div class="scroll"><table><thead><tr>{names}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _headed(name: str) -> str:
    return name if name.startswith("<svg ") else escaped(name)


def _both(effect: Effect, before: Effect, none: float) -> bool:
    return holds(effect, none) and holds(before, none)


def _pair(effect: Effect | None) -> tuple[str, str]:
    return (effect.level, effect.control) if effect else ("", "")
