"""An answer's episodes beside those that people saw, and people beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.apps.scoring.pairs import paired
from ethoframe.apps.scoring.pooled import one_spelling, pooled
from ethoframe.apps.scoring.result import Result
from ethoframe.apps.scoring.watched import Watching, holds, warnings_of, words_in
from ethoframe.data import Episodes, Observations, Refusal

if TYPE_CHECKING:
    from ethoframe.score.agreement import Panel
    from ethoframe.score.bootstrap import Estimate
    from ethoframe.score.episodes import Compared, Pair

CEILING = ("frame_f1", "kappa", "event_f1_iou_0.2", "event_f1_iou_0.5", "event_f1_by_start")
"""What is told of people beside each other as well."""

EVENTS = "events are one when they are matched one to one, most of them first, by their overlap"


@dataclass(frozen=True)
class Case:
    """One recording: the answer, and what each person saw."""

    recording: str
    answer: Episodes
    people: Mapping[str, Episodes]

    def pairs(self) -> dict[str, Pair]:
        """The answer with each person."""
        from ethoframe.score.episodes import Pair

        return {who: Pair(self.recording, self.answer, own) for who, own in self.people.items()}


def both_hold(answer: Path, truths: Sequence[Path]) -> bool:
    """Whether an answer and all truths are episodes."""
    return all(holds(path) for path in (*truths, answer))


def scored(answer: Path, truths: Sequence[Path], asked: Watching) -> Result:
    """Every score of episodes; where several people saw a recording, how they agree beside it.

    Raises
    ------
    Refusal
        When nothing belongs together, or several authors answer.
    """
    from ethoframe.score.agreement import panels

    pool = pooled([answer, *truths], asked)
    own, (told, alike) = pool.files[0], one_spelling(pool.files[1:])
    words = words_in(told, asked, truths[0])
    own, words, renamed = _called_alike(own, words)
    own, silent = _telling(own, words)
    answers = {panel.recording: panel for panel in panels([own])}
    true = {panel.recording: panel for panel in panels(told)}
    pairs = paired(answers, true, (answer, truths[0]))
    cases = [
        Case(name, _answer(answer, pairs.answers[name], panel), panel.people)
        for name, panel in true.items()
    ]
    scores = {label: _of_label(cases, label, asked) for label in words}
    rows = [row for label in words for row in _rows(cases, label, asked)]
    missing = tuple(name for name in true if pairs.answers[name] is None)
    why = f"{asked.weighed}, where both looked; {EVENTS}"
    taken = _taken(answers, true)
    groups = {"all": scores[words[0]]} if len(words) == 1 else scores
    return Result(
        "episodes", why, groups, rows, _unit(cases), unanswered=missing, unasked=pairs.unasked,
        notes=(*taken, *alike, *renamed, *silent, *_notes(cases, words), *_again(true),
               *_without_length(cases, asked), *pool.notes, *warnings_of([own, *told])),
    )  # fmt: skip


def _called_alike(
    own: Observations, words: Sequence[str]
) -> tuple[Observations, list[str], tuple[str, ...]]:
    """The answer with its labels as the truth calls them, what both tell, and what was renamed."""
    alike = {label: word for label in own.labels for word in words
             if label.strip().casefold() == word.casefold()}  # fmt: skip
    if not alike and len(own.labels) == len(words) == 1:
        alike = {own.labels[0]: words[0]}
    parts = tuple(
        replace(part, episodes=replace(
            part.episodes, labels=tuple(alike.get(each, each) for each in part.episodes.labels)))
        for part in own
    )  # fmt: skip
    notes = tuple(f"{label!r} of the answer is taken for {word!r}"
                  for label, word in alike.items() if label != word)  # fmt: skip
    kept = [word for word in words if word in alike.values() or not own.labels]
    if not kept:
        reason = f"it tells {', '.join(own.labels)}, and the truth {', '.join(words)}"
        raise Refusal("answer", reason, "call the behaviour as the truth calls it")
    if left := [word for word in words if word not in kept]:
        notes += (f"the answer tells nothing of {', '.join(left)}, which are left out",)
    return replace(own, parts=parts), kept, notes


def _telling(own: Observations, words: Sequence[str]) -> tuple[Observations, tuple[str, ...]]:
    """The answer by those authors who tell any of the words, and who does not.

    A run's table holds visits, activity and the trial beside what is to be scored.
    """
    tell = {part.author for part in own if set(part.episodes.labels) & set(words)}
    silent = sorted({part.author for part in own} - tell)
    if not tell or not silent:
        return own, ()
    kept = replace(own, parts=tuple(part for part in own if part.author in tell))
    return kept, (f"{', '.join(silent)} of the answer tell none of it, and are left out",)


def _taken(answers: Mapping[str, Panel], true: Mapping[str, Panel]) -> tuple[str, ...]:
    """A line where the only recording of each has another name."""
    if not len(answers) == len(true) == 1:
        return ()
    (a,), (b,) = answers, true
    return () if a == b else (f"{a} of the answer is taken for {b}: they are the only recordings",)


def _answer(path: Path, panel: Panel | None, truth: Panel) -> Episodes:
    """What was answered of a recording; nothing, over all that people looked at, if it was not."""
    if panel is None:
        support = np.concatenate([each.support_s for each in truth.people.values()])
        return Episodes.of("", np.empty((0, 2)), support)
    if len(panel.people) > 1:
        reason = f"several answer for {panel.recording}: {', '.join(panel.people)}"
        raise Refusal(
            path, reason, "keep one; or compare them by `ethoframe score episodes/agreement`"
        )
    return next(iter(panel.people.values()))


def _of_label(cases: Sequence[Case], label: str, asked: Watching) -> dict[str, Estimate]:
    from ethoframe.score.episodes import between, summary

    every = [pair for case in cases for pair in case.pairs().values()]
    rows = _compared(every, label, asked)
    told = summary(rows)
    people = [pair for case in cases
              for pair in between(case.recording, list(case.people.values()))]  # fmt: skip
    if people:
        among = summary(_compared(people, label, asked), brief=True)
        told |= {f"between_people_{name}": among[name] for name in CEILING if name in among}
        told |= _with_each(cases, label, asked)
    return told | _percent(every, label, asked)


def _compared(pairs: Sequence[Pair], label: str, asked: Watching) -> list[Compared]:
    from ethoframe.score.episodes import blocks_for, compared

    blocks = blocks_for(pairs, label)
    return [compared(pair, label, asked.rate_per_s, blocks, asked.within_s) for pair in pairs]


def _with_each(cases: Sequence[Case], label: str, asked: Watching) -> dict[str, Estimate]:
    """The answer with one person after the other."""
    from ethoframe.score.episodes import summary

    told = {}
    for who in dict.fromkeys(who for case in cases for who in case.people):
        own = [case.pairs()[who] for case in cases if who in case.people]
        found = summary(_compared(own, label, asked), brief=True)
        told[f"frame_f1_with_{who}"] = found["frame_f1"]
        told[f"event_f1_iou_0.5_with_{who}"] = found["event_f1_iou_0.5"]
    return told


def _percent(pairs: Sequence[Pair], label: str, asked: Watching) -> dict[str, Estimate]:
    """Bias and limits of agreement of the percent of time in each bin or cue."""
    from ethoframe import formats
    from ethoframe.score.counts import summary
    from ethoframe.score.episodes import without_length
    from ethoframe.score.time_share import time_shares

    if not asked.bin_s and asked.cues is None:
        return {}
    seen = formats.read_observations(asked.cues, rate=asked.rate_per_s) if asked.cues else None
    rows, whose = [], []
    for pair in pairs:
        if any(without_length(each, label) for each in (pair.answer, pair.truth)):
            continue
        cues = _cues(seen, pair.recording)
        own = time_shares(pair, label, asked.bin_s, cues)
        rows += own
        whose += [pair.recording] * len(own)
    found = summary(rows, whose) if rows else {}
    kept = ("bias", "limit_low", "limit_high", "mean_absolute_error", "concordance")
    return {f"percent_{name}": found[name] for name in kept if name in found}


def _cues(seen: Observations | None, recording: str) -> Episodes | None:
    """Those of a recording, or the only ones there are."""
    if seen is None:
        return None
    own = seen.of(recording) or (seen.of(seen.recordings[0]) if len(seen.recordings) == 1 else ())
    return own[0] if own else None


def _rows(cases: Sequence[Case], label: str, asked: Watching) -> list[dict[str, Any]]:
    from ethoframe.score.episodes import compared

    rows = []
    for case in cases:
        for who, pair in case.pairs().items():
            told = compared(pair, label, asked.rate_per_s, within_s=asked.within_s)
            rows.append({
                "name": case.recording, "label": label, "rater": who, "frame_f1": told.f1,
                "kappa": told.kappa, "event_f1_iou_0.2": told.event_f1(0.2),
                "event_f1_iou_0.5": told.event_f1(0.5),
                "event_f1_by_start": told.start_f1, "answer_s": told.seconds[0],
                "truth_s": told.seconds[1], "answer_bouts": told.bouts[0],
                "truth_bouts": told.bouts[1], "looked_s": told.both_s,
            })  # fmt: skip
    return rows


def _again(true: Mapping[str, Panel]) -> list[str]:
    """A line for second looks of one person, which no answer is scored by."""
    again = [f"{name} by {who}" for name, panel in true.items() for who in panel.again]
    if not again:
        return []
    return [f"{len(again)} second looks of one person are left out, as of {again[0]}"]


def _without_length(cases: Sequence[Case], asked: Watching) -> list[str]:
    seen = [each for case in cases for each in (case.answer, *case.people.values())]
    if not any((each.start_s == each.stop_s).any() for each in seen):
        return []
    return [
        f"events without length are matched by when they are, within {asked.within_s:g} s "
        "(--tolerance), and count for nothing in figures of time"
    ]


def _unit(cases: Sequence[Case]) -> str:
    return "recording" if len(cases) > 1 else "stretch"


def _notes(cases: Sequence[Case], words: Sequence[str]) -> list[str]:
    notes = []
    if len(cases) == 1:
        notes.append(
            "one recording: intervals of time and events by stretches of it, of onsets by bouts; "
            "they say how sure the score is of this recording, and nothing of others"
        )
    several = sum(len(case.people) > 1 for case in cases)
    if several:
        notes.append(
            f"between people: every two of those who saw a recording, in {several}; an answer that "
            "agrees with them as well as they do cannot be told from one of them"
        )
    else:
        notes.append("one person saw each recording: there is no human ceiling beside the scores")
    for label in words:
        if not any(label in each.labels for case in cases for each in case.people.values()):
            notes.append(f"nobody ever saw {label}: its scores have no value, or are 0")
    return notes
