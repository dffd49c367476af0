"""How groups differ, by the analysis that was frozen or by the usual one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ethoframe.contract import Method, catalog
from ethoframe.data import Effect, Effects, Measure, Measures, Refusal, Row, Sheet
from ethoframe.report.study.estimate import unit_of
from ethoframe.report.study.study import Key, Study
from ethoframe.report.wording import ABSENT, counted, escaped, number
from ethoframe.run.contrasted import compared
from ethoframe.run.frozen import Frozen, analysis_in, changes, frozen_in, otherwise

FAILED = "failed"
USUAL = "contrast/permutation"
"""What compares groups where nothing was decided."""
UNFROZEN = (
    "The analysis was not frozen before groups were shown: it is exploratory. "
    "ethoframe freeze writes the next one down beforehand."
)
SEEN = "Groups had been shown on {}, before the analysis was frozen."
FROZEN = "The analysis was frozen on {}, before groups were shown; hash {}."


@dataclass(frozen=True)
class Compared:
    """Groups of a study against each other.

    Parameters
    ----------
    effects
        By measure and level; the outcomes come first, and are a family of their own.
    frozen
        What was decided; None where nothing was.
    changed
        What is not as it was decided, or was decided anew, a sentence each.
    refusal
        Why groups cannot be compared; empty where they can.
    """

    effects: Effects = field(default_factory=Effects)
    frozen: Frozen | None = None
    changed: tuple[str, ...] = ()
    refusal: str = ""

    @classmethod
    def of(cls, study: Study, out: Path) -> Compared | None:
        """The groups of a study; None where they are hidden or there are none."""
        factor = study.blinding.factor
        if study.blinding.on or not any(animal.row.cell(factor) for animal in study.animals):
            return None
        try:
            decisions = frozen_in(out)
        except Refusal as refusal:
            return cls(refusal=f"{refusal.reason}; {refusal.remedy}")
        frozen = decisions[-1] if decisions else None
        names = [animal.row.subject or animal.part.recording for animal in study.animals]
        changed = _amended(decisions)
        changed += changes(frozen, analysis_in(out), names) if frozen else ()
        try:
            method = _method(frozen, factor)
            changed += otherwise(frozen, method) if frozen else ()
            failed = [(a.part.recording, a.part.arena) for a in study.animals if a.word == FAILED]
            return cls(compared(method, *_nouns(study), frozen, failed), frozen, changed)
        except Refusal as refusal:
            return cls(Effects(), frozen, changed, f"{refusal.reason}; {refusal.remedy}")

    def of_measure(self, key: Key) -> tuple[Effect, ...]:
        """The effects in one measure."""
        asked = (key.quantity, key.unit, key.during)
        return tuple(r for r in self.effects.rows if (r.quantity, r.unit, r.during) == asked)


def section(compared: Compared | None, keys: Sequence[Key] = ()) -> str:
    """Differences between groups, as HTML.

    Parameters
    ----------
    compared
        The groups; None where they are hidden.
    keys
        Measures that are shown at once, as outcomes are; the others are folded. All, if none.
    """
    if compared is None:
        return '<p class="absent">Groups are hidden, or there are none.</p>'
    told = f'<p class="rule">{escaped(_decided(compared.frozen))}</p>'
    if compared.changed:
        items = "".join(f"<li>{escaped(line)}</li>" for line in compared.changed)
        told += f'<aside class="warnings"><h3>Changed after that</h3><ul>{items}</ul></aside>'
    if compared.refusal:
        return f'{told}<p class="absent">Not compared: {escaped(compared.refusal)}.</p>'
    lines = "".join(f"<li>{escaped(line)}</li>" for line in compared.effects.warnings)
    told += f'<aside class="warnings"><ul>{lines}</ul></aside>' if lines else ""
    rows = [row for row in compared.effects.rows if row.p == row.p]
    if not rows:
        return f'{told}<p class="absent">There is nothing to compare.</p>'
    first = [row for row in rows if row.primary or _key(row) in keys] or rows
    order = {key: at for at, key in enumerate(keys)}
    first.sort(key=lambda row: (not row.primary, order.get(_key(row), len(order))))
    rest = [row for row in rows if row not in first]
    told += _rule(rows[0], compared.effects.family) + _table(first)
    if rest:
        more = counted(len({_key(row) for row in rest}), "further measure")
        told += f"<details><summary>{more}</summary>{_table(rest)}</details>"
    return told


def _method(frozen: Frozen | None, factor: str) -> Method:
    """As was frozen, but of the column that is compared; its control is that of no other."""
    if frozen is None:
        return catalog.find(USUAL)().with_parameters({"factor": factor})
    other = {} if frozen.factor == factor else {"factor": factor, "control": ""}
    return frozen.method().with_parameters(other)


def _nouns(study: Study) -> tuple[Measures, Sheet]:
    """What methods take: measures of all animals, those that failed as well, and their rows."""
    told: list[Measure] = []
    rows: list[Row] = []
    for animal in study.animals:
        if not animal.row.cell(study.blinding.factor):
            continue
        part = animal.part
        rows.append(replace(animal.row, video=(part.recording,), arena=part.arena))
        told += [
            Measure(
                recording=part.recording, arena=part.arena, subject=animal.row.subject,
                quantity=key.quantity, value=value, unit=key.unit, during=key.during,
                bin_start_s=0.0, bin_stop_s=1.0, definition="",
            )
            for key, value in animal.values.items()
        ]  # fmt: skip
    return Measures(tuple(told)), Sheet("animal sheet", tuple(rows))


def _amended(decisions: Sequence[Frozen]) -> tuple[str, ...]:
    return tuple(f"decided anew on {each.when}: {each.reason}" for each in decisions[1:])


def _decided(frozen: Frozen | None) -> str:
    if frozen is None:
        return UNFROZEN
    told = FROZEN.format(frozen.when, frozen.hash[:12])
    told = SEEN.format(frozen.seen) + f" Hash {frozen.hash[:12]}." if frozen.seen else told
    left = "; ".join(f"{name} ({reason})" for name, reason in frozen.excluded.items())
    return f"{told} Left out by it: {left}." if left else told


def _rule(row: Effect, family: str) -> str:
    words = f"{row.definition[:1].upper()}{row.definition[1:]}. "
    words += f"Interval: 95 %. g: in standard deviations. q counts {family} (Benjamini–Hochberg). "
    if row.smallest == row.smallest:
        words += (
            f"An effect of {number(row.smallest)} standard deviations would be found in "
            f"{100 * row.power:.0f} of 100 such studies; {number(row.needed)} units a group "
            "would find it in 80."
        )
    return f'<p class="rule">{escaped(words)}</p>'


def _table(rows: Sequence[Effect]) -> str:
    names = ("Measure", "Compared", "n", "Difference", "g", "p", "q", "What it says")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    body = "\n".join(_line(row) for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _line(row: Effect) -> str:
    key = _key(row)
    symbol = "×" if row.effect_unit == "1" and row.unit != "1" else unit_of(row.effect_unit)
    name = escaped(key.name) + (" <b>outcome</b>" if row.primary else "")
    cells = [
        escaped(f"{row.level} against {row.control}"),
        f"{row.n} and {row.n_control}",
        f"{number(row.effect, row.low, row.high)} {escaped(symbol)}"
        f"<small>{_between(row.low, row.high)}</small>",
        f"{number(row.g, row.g_low, row.g_high)}<small>{_between(row.g_low, row.g_high)}</small>",
        _chance(row.p),
        _chance(row.q),
        escaped(row.verdict),
    ]
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{name}</th>{told}</tr>'


def _key(row: Effect) -> Key:
    return Key(row.quantity, row.unit, row.during)


def _between(low: float, high: float) -> str:
    ends = ["no end" if abs(end) == float("inf") else number(end, low, high) for end in (low, high)]
    return ABSENT if low != low else " to ".join(ends)


def _chance(p: float) -> str:
    """A probability for people.

    Examples
    --------
    >>> _chance(0.0312), _chance(0.00004)
    ('0.031', '&lt; 0.001')
    """
    return "&lt; 0.001" if p < 0.001 else f"{p:.2g}" if p < 0.1 else f"{p:.2f}"
