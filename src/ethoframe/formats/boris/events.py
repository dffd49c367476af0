"""Events of BORIS, and the bouts that starts and stops make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import PureWindowsPath

from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.formats._observing import Bout

START, STOP, POINT, TURN = "START", "STOP", "POINT", ""
"""What an event is; a turn starts its behaviour where it is not going on, and stops it else."""

NOBODY = "No focal subject"
NOTHING = ("", "none", "na", "nan")
"""What a cell or a modifier says that says nothing."""

OBSERVERS = ("observer", "rater", "scorer", "coder", "author", "experimenter", "annotator")
"""Independent variables that tell who observed."""

OF_RECORDING = "recording"
"""The independent variable that names the recording of an observation without media."""


@dataclass(frozen=True)
class Event:
    """One row of what was logged.

    Parameters
    ----------
    time_s
        Seconds as BORIS shows them: the time offset is in them.
    behaviour
        Its code.
    subject
        Who did it; empty for no focal subject.
    modifiers
        Those that say something.
    kind
        One of the four above.
    """

    time_s: float
    behaviour: str
    subject: str = ""
    modifiers: tuple[str, ...] = ()
    kind: str = TURN

    @property
    def label(self) -> str:
        """The behaviour, and its modifiers in brackets."""
        return labelled(self.behaviour, self.modifiers)


@dataclass
class Observation:
    """What BORIS calls an observation, filled while a file is read.

    Parameters
    ----------
    name
        Its id.
    media
        Files of the first player, in order.
    observer, recording
        Where an independent variable tells them.
    offset_s
        What BORIS added to every time.
    looked_s
        The span that was looked at, on the clock of the media; None where that is not told.
    events
        As they were logged.
    bouts
        Of an aggregated export, with the offset in their times.
    warnings
        What to know of it.
    """

    name: str
    media: tuple[str, ...] = ()
    observer: str = ""
    recording: str = ""
    offset_s: float = 0.0
    looked_s: tuple[float, float] | None = None
    events: list[Event] = field(default_factory=list)
    bouts: list[Bout] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def film(self) -> str:
        """The recording's name: that of its one media file, or else the id of the observation."""
        if self.recording or len(self.media) != 1:
            return self.recording or self.name
        return PureWindowsPath(self.media[0]).stem  # it knows both kinds of slashes


def said(cell: object) -> str:
    """What a cell says; nothing where it says none, NA or the like."""
    text = "" if cell is None else str(cell).strip()
    return "" if text.lower() in NOTHING else text


def individual(subject: str) -> str:
    """Who is meant by a subject; without one, the animal."""
    return INDIVIDUAL if subject in ("", NOBODY) else subject


def labelled(behaviour: str, modifiers: Sequence[str]) -> str:
    """A behaviour with its modifiers, as one label.

    Examples
    --------
    >>> labelled("sniff", ("male", "head")), labelled("rear", ())
    ('sniff [male|head]', 'rear')
    """
    return f"{behaviour} [{'|'.join(modifiers)}]" if modifiers else behaviour


def parted(label: str) -> tuple[str, str]:
    """The behaviour and the modifiers of a label, as BORIS keeps them.

    Examples
    --------
    >>> parted("sniff [male|head]"), parted("rear")
    (('sniff', 'male|head'), ('rear', ''))
    """
    behaviour, bracket, modifiers = label.partition(" [")
    if behaviour and bracket and modifiers.endswith("]"):
        return behaviour, modifiers[:-1]
    return label, ""


def paired(events: Iterable[Event]) -> tuple[list[Bout], list[str]]:
    """Bouts of one observation, and in words the starts and stops that have no partner.

    Starts and stops belong together by subject, behaviour and modifiers. Points are bouts of no
    length. Of events at the same time, a stop comes first where the behaviour is going on.

    Examples
    --------
    >>> found, alone = paired([Event(1.0, "rear"), Event(2.5, "rear"), Event(3.0, "rear")])
    >>> [(bout.start_s, bout.stop_s) for bout in found], alone
    ([(1.0, 2.5)], ['the start of rear at 3 s'])
    """
    bouts, alone = [], []
    runs: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        if event.kind == POINT:
            bouts.append(Bout(event.label, event.time_s, event.time_s, individual(event.subject)))
        else:
            runs.setdefault((individual(event.subject), event.label), []).append(event)
    for (who, label), run in runs.items():
        spans, single = _spans(run)
        bouts += [Bout(label, start, stop, who) for start, stop in spans]
        of = label if who == INDIVIDUAL else f"{label} ({who})"
        alone += [f"the {kind} of {of} at {time_s:.6g} s" for kind, time_s in single]
    return bouts, alone


def _spans(run: list[Event]) -> tuple[list[tuple[float, float]], list[tuple[str, float]]]:
    spans: list[tuple[float, float]] = []
    single: list[tuple[str, float]] = []
    began: float | None = None
    run = sorted(run, key=lambda event: event.time_s)
    for time_s, together in groupby(run, key=lambda event: event.time_s):
        for kind in _ordered([event.kind for event in together], began is not None):
            if kind == START:
                if began is not None:
                    single.append(("start", began))
                began = time_s
            elif began is None:
                single.append(("stop", time_s))
            else:
                spans.append((began, time_s))
                began = None
    if began is not None:
        single.append(("start", began))
    return spans, single


def _ordered(kinds: list[str], going_on: bool) -> Iterator[str]:
    """Starts and stops of one moment, so that as many as can be are paired."""
    left = list(kinds)
    while left:
        wanted = STOP if going_on else START
        kind = next((each for each in (wanted, TURN) if each in left), left[0])
        left.remove(kind)
        kind = kind or wanted
        yield kind
        going_on = kind == START
