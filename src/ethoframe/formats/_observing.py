"""Bouts that a file tells one by one, as what each author saw in each recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data import Episodes, Observations, Observed
from ethoframe.data.episodes import INDIVIDUAL

OVERLAPPING = "measures count each of them, and scores of agreement join them to one"
"""What becomes of bouts of one label and one individual that overlap."""

LONGEST_S = 1e9
"""No session has times beyond: thirty years."""

NAMED = 3
"""How many of a list a warning names."""


@dataclass(frozen=True)
class Sitting:
    """One look of one author at one recording.

    Parameters
    ----------
    recording, author
        Of what, and who.
    name
        What tells it apart from another look of the same author at the same recording.
    told
        Whether the file says which recording it is; else it is called after the file.
    """

    recording: str
    author: str = ""
    name: str = ""
    told: bool = True

    def __str__(self) -> str:
        return f"{self.recording} by {self.author}" if self.author else self.recording


@dataclass(frozen=True)
class Bout:
    """One span of one behaviour.

    Parameters
    ----------
    label
        What was done.
    start_s, stop_s
        Seconds on the recording's clock.
    individual
        Who did it.
    """

    label: str
    start_s: float
    stop_s: float
    individual: str = INDIVIDUAL


@dataclass
class Gathered:
    """Bouts and support of each sitting, filled while a file is read.

    Parameters
    ----------
    bouts
        Of each sitting; one that saw nothing has an empty list.
    looked_s
        Spans that were looked at, of the sittings where that is known.
    warnings
        What to know, a line each.
    """

    bouts: dict[Sitting, list[Bout]] = field(default_factory=dict)
    looked_s: dict[Sitting, list[tuple[float, float]]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def add(self, sitting: Sitting, bouts: Iterable[Bout] = ()) -> None:
        """Bouts of a sitting besides those it has."""
        self.bouts.setdefault(sitting, []).extend(bouts)

    def observations(self) -> Observations:
        """All of them; support that nobody told is from 0 s to the last end in the recording."""
        ends: dict[str, float] = {}
        for sitting, bouts in self.bouts.items():
            last = max((bout.stop_s for bout in bouts), default=0.0)
            ends[sitting.recording] = max(last, ends.get(sitting.recording, 0.0))
        parts = tuple(
            Observed(
                each.recording, self._episodes(each, ends[each.recording]), self._guessed(each)
            )
            for each in self.bouts
        )
        told = unsaid([str(each) for each in self.bouts if each not in self.looked_s])
        twice = [str(each) for each, bouts in self.bouts.items() if _overlap(bouts)]
        over = (f"bouts of one label overlap in {listed(twice)}: {OVERLAPPING}",) if twice else ()
        return Observations(parts, (*self.warnings, *over, *told))

    def _guessed(self, sitting: Sitting) -> tuple[str, ...]:
        """What nobody says of a sitting."""
        named = () if sitting.told else ("recording",)
        return named if sitting in self.looked_s else (*named, "support")

    def _episodes(self, sitting: Sitting, end_s: float) -> Episodes:
        bouts = sorted(self.bouts[sitting], key=lambda bout: bout.start_s)
        looked = self.looked_s.get(sitting, [(0.0, end_s)])
        return Episodes(
            tuple(bout.label for bout in bouts),
            np.array([bout.start_s for bout in bouts], np.float64),
            np.array([bout.stop_s for bout in bouts], np.float64),
            np.array(looked, np.float64),
            tuple(bout.individual for bout in bouts),
            author=sitting.author,
        )


def _overlap(bouts: Iterable[Bout]) -> bool:
    """Whether one behaviour of one individual starts while it is going on."""
    ends: dict[tuple[str, str], float] = {}
    for bout in sorted(bouts, key=lambda each: (each.start_s, each.stop_s)):
        key = bout.individual, bout.label
        if bout.start_s < ends.get(key, bout.start_s):
            return True
        ends[key] = max(bout.stop_s, ends.get(key, bout.stop_s))
    return False


def unsaid(names: Sequence[str]) -> tuple[str, ...]:
    """What is said of recordings of which nobody says what was looked at: one line, or none."""
    if not names:
        return ()
    line = (
        f"nobody says what was looked at in {listed(names)}: from 0 s to the last time that is "
        "known of it is taken"
    )
    return (line,)


def listed(names: Sequence[str]) -> str:
    """The first of the names.

    Examples
    --------
    >>> listed(["a", "b", "c", "d"])
    'a, b, c ...'
    """
    return ", ".join(names[:NAMED]) + (" ..." if len(names) > NAMED else "")
