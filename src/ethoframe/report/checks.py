"""A verdict in words: what was asked, what was found, and when it was worst."""

from __future__ import annotations

import math

from ethoframe.data import Check, Verdict
from ethoframe.report.wording import clock, escaped, number, unit

WORDS = {"good": "good", "look": "look at it", "failed": "failed", "": "not judged"}
"""What a verdict is called; nothing where nobody judged."""

SPELLED = {"bl": "body lengths"}


def told(check: Check) -> str:
    """What a check found, in words.

    Examples
    --------
    >>> told(Check(name="animal lost", value=4.13, unit="%", look=2.0, says="of the time"))
    'animal lost: 4.13 % of the time'
    """
    return f"{check.name}: {_found(check)}"


def reasons(verdict: Verdict | None) -> tuple[str, ...]:
    """What speaks against a recording, the gravest first."""
    return tuple(map(told, verdict.reasons)) if verdict is not None else ()


def reasons_list(verdict: Verdict) -> str:
    """The same as a list, with limits and moments."""
    items = [
        f"<li><strong>{escaped(check.name)}</strong>: {escaped(_found(check))}{_when(check)} "
        f'<span class="limits">{escaped(limits(check))}</span></li>'
        for check in verdict.reasons
    ]
    return f'<ul class="reasons">{"".join(items)}</ul>'


def limits(check: Check) -> str:
    """From which value on somebody should look, and from which it failed.

    Examples
    --------
    >>> limits(Check(name="too small", value=4.0, unit="px", look=5.0, fail=2.5))
    'look at 5 px or less, failed at 2.5 px or less'
    """
    if not check.unit:
        return ""
    beyond = "less" if check.fail < check.look else "more"
    parts = [f"look at {_with_unit(check.look, check.unit)} or {beyond}"]
    if math.isfinite(check.fail):
        parts.append(f"failed at {_with_unit(check.fail, check.unit)} or {beyond}")
    return ", ".join(parts)


def checks_table(verdict: Verdict | None) -> str:
    """Every check that was made, with its limits."""
    if verdict is None:
        return '<p class="absent">Nobody judged this recording.</p>'
    rows = [
        f'<tr><th>{escaped(check.name)}</th><td class="{check.word}">{WORDS[check.word]}</td>'
        f"<td>{escaped(_found(check))}{_when(check)}</td>"
        f'<td class="limits">{escaped(limits(check))}</td></tr>'
        for check in verdict.checks
    ]
    head = "<tr><th>Looked for</th><th>Verdict</th><th>Found</th><th>Limits</th></tr>"
    return (
        f'<div class="scroll"><table class="checks"><thead>{head}</thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _found(check: Check) -> str:
    """A value of no unit stands for words that say it all."""
    if not check.unit:
        return check.says if check.word != "good" else "no"
    return f"{_with_unit(check.value, check.unit)} {check.says}".strip()


def _with_unit(value: float, symbol: str) -> str:
    # Three digits are more than any limit is worth.
    rounded = float(f"{value:.3g}") if math.isfinite(value) else value
    return f"{number(rounded)} {SPELLED.get(symbol) or unit(symbol)}".strip()


def _when(check: Check) -> str:
    if not check.moments_s or check.word == "good":
        return ""
    return f", worst at {', '.join(clock(moment, 1) for moment in check.moments_s)}"
