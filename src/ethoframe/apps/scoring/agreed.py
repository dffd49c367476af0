"""How several people agree on episodes, label by label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ethoframe.apps.scoring.result import Result
from ethoframe.apps.scoring.watched import Watching, warnings_of, watched_at, words_in
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

    files = [watched_at(path, asked) for path in paths]
    words = words_in(files, asked, paths[0])
    found = [_only(panel, words) for panel in panels(files)]
    several = [panel for panel in found if len(panel.people) > 1 or panel.again]
    if not several:
        reason = f"no recording was seen by two people, of {', '.join(_names(found))}"
        raise Refusal(paths[0], reason, "call recordings alike; authors are told by a column")
    words = [word for word in words if any(word in panel.words for panel in several)]
    told = {word: agreement(several, word, asked.rate_per_s) for word in words}
    mixed = confused(several, asked.rate_per_s)
    rung = alarms(several, words)
    notes = (
        *(f"ALARM {each}" for each in rung),
        *throughout(several, words),
        *_reasons(told),
        *_alone(found),
        "intervals of ICC are those of its F distribution; reckoned of "
        f"{', '.join(next(iter(told.values())).raters)}",
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
            "first_bouts": row.told.bouts[0], "second_bouts": row.told.bouts[1],
            "looked_s": row.told.both_s,
        }
        for row in (*told.pairs, *told.repeats)
    ]  # fmt: skip


def _reasons(told: dict[str, Agreement]) -> list[str]:
    lines = [
        f"{word}: no {name.replace('_', ' ')}, because {reason}"
        for word, each in told.items()
        for name, reason in each.reasons.items()
    ]
    for word, each in told.items():
        for what, icc in (("seconds", each.icc_seconds), ("bouts", each.icc_bouts)):
            if icc.reason:
                lines.append(f"{word}: no ICC of {what}, because {icc.reason}")
        none = [row for row in each.pairs if row.kappa.reason]
        if none and len(none) < len(each.pairs):
            lines.append(f"{word}: kappa has no value in {len(none)} of {len(each.pairs)} pairs")
    return lines


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
