"""What each animal of a study did when, as its results tell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.noun import Array
from ethoframe.formats import episodes as episodes_file
from ethoframe.formats import table
from ethoframe.report.study.categories import categories
from ethoframe.report.study.study import Animal, Study
from ethoframe.run.outputs import EPISODES, MEASURES, TRIAL

FRAME = ("detect/trial",)
"""Whose episodes are what others are told within, and no behaviour."""
PLAIN = ("behave/activity",)
"""Drawn where there is nothing else: every recipe has it."""
BETWEEN = "interval"
"""What measures call the time between events."""
_NUMBERED = re.compile(r"(.+) \d+")

Cue = tuple[str, float, float]
"""Label, start and stop."""


@dataclass(frozen=True, eq=False)
class Line:
    """One individual's bouts by one method; seconds count from its trial's start.

    Parameters
    ----------
    name
        Who it is.
    spans_s
        Starts and stops ``(n, 2)`` by label.
    missed_s
        When it was not looked at ``(m, 2)``, within the trial.
    lasts_s
        How long the trial is.
    cues
        Events, as far as they were given.
    failed
        Whether its tracking was judged to have failed.
    """

    name: str
    spans_s: Mapping[str, Array]
    missed_s: Array
    lasts_s: float
    cues: tuple[Cue, ...] = ()
    failed: bool = False


@dataclass(frozen=True, eq=False)
class Ethogram:
    """Bouts of all animals by one method.

    Parameters
    ----------
    author
        The method, by name.
    labels
        In the order of the alphabet, whatever that of the animals.
    groups
        Lines under a heading each; a heading is empty where nothing tells groups, or may.
    """

    author: str
    labels: tuple[str, ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]

    @property
    def title(self) -> str:
        """What it is called.

        Examples
        --------
        >>> Ethogram("behave/freezing", ("freezing",), ()).title
        'freezing'
        """
        return self.author.rpartition("/")[2].replace("-", " ")

    @property
    def lines(self) -> tuple[Line, ...]:
        """All of them, in the order of the groups."""
        return tuple(line for _, lines in self.groups for line in lines)


def ethograms(study: Study) -> tuple[Ethogram, ...]:
    """Bouts by each method that told any, in the order in which animals stand in the study.

    Groups are told apart as in its figures: not at all while it is blind.
    """
    told: dict[str, list[tuple[str, list[Line]]]] = {}
    for column in categories(study):
        heading = column.label if column.group or column.session else ""
        for animal in column.animals:
            for author, lines in _of_animal(animal).items():
                groups = told.setdefault(author, [])
                if not groups or groups[-1][0] != heading:
                    groups.append((heading, []))
                groups[-1][1].extend(lines)
    kept = [author for author in told if author not in FRAME + PLAIN] or [*PLAIN]
    return tuple(_ethogram(author, told[author]) for author in kept if author in told)


def _ethogram(author: str, groups: Sequence[tuple[str, list[Line]]]) -> Ethogram:
    every = {label for _, lines in groups for line in lines for label in line.spans_s}
    fixed = tuple((heading, tuple(lines)) for heading, lines in groups)
    # Not as they are met: while it is blind animals are shuffled, and colours would change.
    return Ethogram(author, tuple(sorted(every)), fixed)


def _of_animal(animal: Animal) -> dict[str, list[Line]]:
    """Lines by method."""
    path = animal.part.folder / EPISODES
    if not path.exists():
        return {}
    seen = [part.episodes for part in episodes_file.read(path)]
    trial = next((e for e in seen if TRIAL in e.labels), None)
    bounds = trial.spans(TRIAL)[0] if trial is not None else _bounds(seen)
    cues = tuple(_cues(animal))
    found: dict[str, list[Line]] = {}
    for each in seen:
        names = each.names or ("animal",)
        for name in names:
            whose = _whose(animal) + (f" {name}" if len(names) > 1 else "")
            line = _line(whose, each.about(name), bounds, cues, animal.word == "failed")
            found.setdefault(each.author, []).append(line)
    return found


def _line(name: str, seen: Episodes, bounds: Array, cues: tuple[Cue, ...], failed: bool) -> Line:
    start, stop = (float(end) for end in bounds)
    spans = {label: seen.spans(label) - start for label in dict.fromkeys(seen.labels)}
    return Line(name, spans, _without(seen.support_s, start, stop), stop - start, cues, failed)


def _bounds(seen: Sequence[Episodes]) -> Array:
    """From the first to the last time that anybody looked at."""
    ends = np.concatenate([each.support_s.ravel() for each in seen] or [np.zeros(2)])
    return np.array([ends.min(initial=np.inf), ends.max(initial=0.0)]) if len(ends) else np.zeros(2)


def _without(looked: Array, start: float, stop: float) -> Array:
    """What of a trial is not among the intervals, on the trial's clock."""
    gaps, last = [], start
    for a, b in sorted(np.clip(looked, start, stop).tolist()):
        if a > last:
            gaps.append((last, a))
        last = max(last, b)
    if stop > last:
        gaps.append((last, stop))
    return np.array(gaps).reshape(-1, 2) - start


def _cues(animal: Animal) -> Iterator[Cue]:
    """Events, told by the measures about them."""
    path = animal.part.folder / MEASURES
    rows = table.read_measures(path).rows if path.exists() else ()
    spans = {row.during: (row.bin_start_s, row.bin_stop_s) for row in rows if row.during}
    for name, (start, stop) in spans.items():
        numbered = _NUMBERED.fullmatch(name)
        label = numbered[1] if numbered and numbered[1] in spans else name
        if label != BETWEEN and (label != name or f"{name} 1" not in spans):
            yield label, start, stop


def _whose(animal: Animal) -> str:
    recording = PurePosixPath(animal.part.recording).with_suffix("").as_posix()
    return animal.row.subject or " ".join(part for part in (recording, animal.part.arena) if part)
