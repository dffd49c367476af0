"""Episodes that people or methods saw, as they lie in files and folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ethoframe.data import Observations, Refusal
from ethoframe.score.episodes import WITHIN_S

TABLE = "episodes.csv"
"""How a run calls its table of episodes."""


@dataclass(frozen=True)
class Watching:
    """What the user asked for.

    Parameters
    ----------
    labels
        That count; empty for all.
    rate_per_s
        Of a clock whose frames are counted; None weighs seconds.
    bin_s
        Length of the bins whose percent of time is compared; 0 for none.
    cues
        Of a file of cues, whose percent of time is compared; None for none.
    within_s
        How far events without length may be apart to be one.
    """

    labels: tuple[str, ...] = ()
    rate_per_s: float | None = None
    bin_s: float = 0.0
    cues: Path | None = None
    within_s: float = WITHIN_S

    @property
    def weighed(self) -> str:
        """By what time is counted, in words."""
        if self.rate_per_s is None:
            return "time is weighed in seconds, exactly and without a frame rate"
        return f"time is counted in frames at {self.rate_per_s:g} frames per second"


def holds(path: Path) -> bool:
    """Whether there are episodes at a path: in a table of any format, or in the folder of a run."""
    from ethoframe.formats._finding import observing_format

    if path.is_dir():
        return next(path.rglob(TABLE), None) is not None
    try:
        observing_format(path)
    except Refusal:
        return False
    return True


def watched_at(path: Path, asked: Watching) -> Observations:
    """What was seen, by recording and author, in one file or in the tables of a folder.

    Raises
    ------
    Refusal
        When there is nothing, or it cannot be read.
    """
    from ethoframe import formats

    files = sorted(path.rglob(TABLE)) if path.is_dir() else [path]
    if not files:
        raise Refusal(path, f"there is no {TABLE} in it", "name a folder of a run, or a table")
    read = [formats.read_observations(file, rate=asked.rate_per_s) for file in files]
    parts = tuple(part for each in read for part in each)
    return Observations(parts, tuple(line for each in read for line in each.warnings))


def words_in(files: Sequence[Observations], asked: Watching, where: Path) -> list[str]:
    """Labels that are asked for, or all but those that mark the start and end of scoring.

    Raises
    ------
    Refusal
        When one that is asked for is nowhere, or there are none.
    """
    from ethoframe.formats.bouts import MARKER

    known = list(dict.fromkeys(label for file in files for label in file.labels))
    written = {label.casefold(): label for label in reversed(known)}
    for label in asked.labels:
        if label.strip().casefold() not in written:
            reason = f"nothing in it is called {label!r}"
            raise Refusal(where, reason, f"use one of {', '.join(known) or 'none: it is empty'}")
    exact = (written[label.strip().casefold()] for label in asked.labels)
    words = list(dict.fromkeys(exact)) or [
        label for label in known if not MARKER.fullmatch(label.casefold())
    ]
    if not words:
        raise Refusal(where, "nobody saw anything in it", "name a table with episodes")
    return words


def warnings_of(files: Sequence[Observations]) -> tuple[str, ...]:
    """What is to be known of the files, each line once."""
    return tuple(dict.fromkeys(line for file in files for line in file.warnings))
