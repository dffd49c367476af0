"""What to do for a model that is more right, by its own figures."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence

import numpy as np

from ethoframe.report.model.answers import Answers
from ethoframe.report.model.judged import Judged, brief
from ethoframe.report.wording import counted, escaped, printable, quoted

FEW = 20
"""Labelled frames kept apart of which figures are rough."""

APART = 1.5
"""How many times the error on frames kept apart may be that on those taught."""


def advice_section(seen: Answers, judged: Judged, further: Sequence[str]) -> str:
    """Sentences, the most important first, and the commands that follow from them."""
    told = [*_of_split(seen), *further, *_of_both(seen, judged), *judged.advice]
    items = "".join(f"<li>{escaped(each)}</li>" for each in told)
    folder = os.fspath(seen.model.folder)
    commands = {
        "which frames to label next": quoted(
            "ethoframe", "suggest", folder, "FILES", "--count", "20", "--out", "to-label"
        ),
        "how many more": quoted(
            "ethoframe", "compare", seen.model.method, "--labels", "LABELS", "--curve"
        ),
    }
    typed = "".join(command(key, words) for key, words in commands.items())
    listed = f'<ul class="advice">{items}</ul>' if items else ""
    return f"{listed}{typed}"


def command(label: str, words: str) -> str:
    """A command to be pasted, in one line or several."""
    key = "run-" + "".join(c if c.isalnum() else "-" for c in label)
    return (
        f'<p class="rule before">{escaped(label)}</p><div class="command">'
        f'<code id="{key}">{html.escape(printable(words))}</code>'
        f'<button type="button" data-copy="{key}">copy</button></div>'
    )


def _of_split(seen: Answers) -> list[str]:
    apart = int(seen.apart.sum())
    if not apart:
        return [
            "Nothing was kept apart, so nobody knows how right it is on frames it never saw: fit "
            "it with --validation 0.2, or score it on other labels."
        ]
    if apart < FEW:
        return [
            f"Only {counted(apart, 'frame')} kept apart: intervals are wide, and small differences "
            "between models mean nothing."
        ]
    return []


def _of_both(seen: Answers, judged: Judged) -> list[str]:
    """Whether labels or capacity are wanting: errors of what was taught beside those kept apart."""
    apart = seen.apart
    if not apart.any() or apart.all():
        return []
    held, taught = (float(np.nanmedian(judged.error[of])) for of in (apart, ~apart))
    if not (np.isfinite(held) and np.isfinite(taught) and taught > 0):
        return []
    beside = (
        f"median error {brief(held)} ({judged.unit}) on frames kept apart beside "
        f"{brief(taught)} on those that were taught"
    )
    if taught > judged.poor:
        return [
            f"It has hardly learned even its labels ({beside}): more minutes, pretrained weights, "
            "or steadier labels come before more labels."
        ]
    if held > APART * taught:
        return [f"It has learned its labels better than the rest ({beside}): more labels help."]
    return [
        f"It is nearly as right on what it never saw ({beside}): more labels like these will help "
        "little; more minutes, a larger --encoder or steadier labels may, and labels of what is "
        "not among them yet."
    ]
