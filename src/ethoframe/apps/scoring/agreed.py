"""How several people agree on episodes, label by label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.apps.scoring.pooled import one_spelling, pooled
from ethoframe.apps.scoring.result import Result
from ethoframe.apps.scoring.watched import Watching, warnings_of, words_in
from ethoframe.data import Refusal
from ethoframe.data.strict import strict

if TYPE_CHECKING:
    from ethoframe.score.agreement import Agreement, Confusion, Panel
    from ethoframe.score.alarm import Alarm
    from ethoframe.score.bootstrap import Estimate

NAME = "episodes/agreement"
"""What is typed in the place of an answer."""

OF_ALL = "all labels at once"


@dataclass(frozen=True)
class Agreed:
    """All that was found, for a page as well.

    Parameters
    ----------
    panels
        Who saw what.
    labels
        In their order.
    of
        Agreement on each label.
    confusion
        What is taken for what.
    alarms
        Who disagrees with all others.
    result
        The same as a table.
    """

    panels: tuple[Panel, ...]
    labels: tuple[str, ...]
    of: dict[str, Agreement]
    confusion: Confusion
    alarms: tuple[Alarm, ...]
    result: Result


def agreed(paths: Sequence[Path], asked: Watching) -> Agreed:
    """How people agree, and who does not.

    Raises
    ------
    Refusal
        When no recording was seen by two people, or twice by one.
    """
    from ethoframe.score.agreement import agreement, confused, panels
    from ethoframe.score.alarm import alarms, throughout

    pool = pooled(paths, asked)
    files, alike = one_spelling(pool.files)
    words = words_in(files, asked, paths[0])
    found = [_only(panel, words) for panel in panels(files)]
    several = [panel for panel in found if len(panel.people) > 1 or panel.again]
    if not several:
        reason = f"no recording was seen by two people, of {', '.join(_names(found))}"
        raise Refusal(paths[0], reason, "call recordings alike; authors are told by a column")
    words = [word for word in words if any(word in panel.words for panel in several)]
    told = {
        word: agreement(several, word, asked.rate_per_s, within_s=asked.within_s) for word in words
    }
    mixed = confused(several, asked.rate_per_s)
    rung = alarms(several, words)
    notes = (
        *(f"ALARM {each}" for each in rung),
        *throughout(several, words),
        *_reasons(told),
        *_without_length(told, asked),
        *_alone(found),
        *_icc(told),
        *pool.notes,
        *alike,
        *warnings_of(files),
    )
    scores = {OF_ALL: mixed.scores, **{word: _scores(each) for word, each in told.items()}}
    if len(words) == 1:
        scores = {"all": scores[words[0]]}
    result = Result(
        "agreement", f"every two people beside each other; {asked.weighed}", scores,
        [row for word, each in told.items() for row in _rows(word, each)], "recording",
        notes=notes, more=_more(told, mixed, rung),
    )  # fmt: skip
    return Agreed(tuple(several), tuple(words), told, mixed, tuple(rung), result)


def _only(panel: Panel, words: Sequence[str]) -> Panel:
    from dataclasses import replace

    return replace(panel, words=tuple(word for word in words if word in panel.words))


def _names(found: Sequence[Panel]) -> list[str]:
    return [panel.recording for panel in found][:3]


def _scores(told: Agreement) -> dict[str, Estimate]:
    return {
        **told.scores,
        "icc_agreement_seconds": told.icc_seconds.agreement,
        "icc_consistency_seconds": told.icc_seconds.consistency,
        "icc_agreement_bouts": told.icc_bouts.agreement,
        "icc_consistency_bouts": told.icc_bouts.consistency,
    }


def _rows(word: str, told: Agreement) -> list[dict[str, Any]]:
    return [
        {
            "name": row.recording, "label": word, "first": row.first, "second": row.second,
            "kappa": row.kappa.value, "why": row.kappa.reason, "frame_f1": row.told.f1,
            "event_f1_iou_0.2": row.told.event_f1(0.2), "event_f1_iou_0.5": row.told.event_f1(0.5),
            "first_s": row.told.seconds[0], "second_s": row.told.seconds[1],
            "event_f1_by_start": row.told.start_f1,
            "first_bouts": row.told.bouts[0], "second_bouts": row.told.bouts[1],
            "looked_s": row.told.both_s,
        }
        for row in (*told.pairs, *told.repeats)
    ]  # fmt: skip


def _reasons(told: Mapping[str, Agreement]) -> list[str]:
    from ethoframe.score.agreement import why_not

    lines = []
    for word, each in told.items():
        why: dict[str, list[str]] = {}
        for name, reason in each.reasons.items():
            why.setdefault(reason, []).append(name.replace("_", " "))
        for what, icc in (("seconds", each.icc_seconds), ("bouts", each.icc_bouts)):
            if icc.reason:
                why.setdefault(icc.reason, []).append(f"ICC of {what}")
        lines += [f"{word}: no {', '.join(names)}, because {reason}"
                  for reason, names in why.items()]  # fmt: skip
        none = [row.kappa.reason for row in each.pairs if row.kappa.reason]
        if none and len(none) < len(each.pairs):
            line = f"{word}: kappa has no value in {len(none)} of {len(each.pairs)} pairs"
            lines.append(f"{line}, because {why_not(none)}")
        lines += _one_sided(word, each)
    return lines


def _one_sided(word: str, told: Agreement) -> list[str]:
    """Where Cohen's formula says 0 because one of two never saw it: the median with and without."""
    known = [row for row in told.pairs if row.kappa.value == row.kappa.value]
    rest = [row.kappa.value for row in known if not row.one_sided]
    if len(rest) == len(known):
        return []
    line = (
        f"{word}: kappa is 0 in {len(known) - len(rest)} of {len(known)} pairs because one of them "
        "never saw it, or saw it all the time"
    )
    return [f"{line}; the median without these is {np.median(rest):.3f} (n {len(rest)})" if rest
            else line]  # fmt: skip


def _without_length(told: Mapping[str, Agreement], asked: Watching) -> list[str]:
    """A line for labels some of whose events have no length."""
    words = [word for word, each in told.items() if "event_f1_by_start" in each.scores]
    if not words:
        return []
    return [
        f"events without length are matched by when they are, within {asked.within_s:g} s "
        f"(--tolerance), and count for nothing in figures of time: {', '.join(words)}"
    ]


def _icc(told: Mapping[str, Agreement]) -> list[str]:
    """Of which table ICC is reckoned: one line where it is the same for all labels."""
    of = dict.fromkeys(
        f"{', '.join(each.raters)} in the {each.icc_seconds.recordings} recordings that all of "
        "them saw" for each in told.values() if each.icc_seconds.recordings > 1
    )  # fmt: skip
    return [f"ICC is reckoned of {each}; its intervals are of its F distribution" for each in of]


def _alone(found: Sequence[Panel]) -> list[str]:
    alone = [panel.recording for panel in found if len(panel.people) < 2 and not panel.again]
    return [f"{len(alone)} recordings were seen by one person, and are left out"] if alone else []


def _more(told: dict[str, Agreement], mixed: Confusion, rung: Sequence[Alarm]) -> dict[str, Any]:
    return {
        "alarms": [{**strict(asdict(each)), "says": str(each)} for each in rung],
        "confusion": {"names": list(mixed.names), "table": strict(mixed.seconds)},
        "reasons": {word: dict(each.reasons) for word, each in told.items() if each.reasons},
        "icc": {
            word: {"raters": list(each.raters), "recordings": each.icc_seconds.recordings}
            for word, each in told.items()
        },
    }
