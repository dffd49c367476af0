"""Observations as BORIS opens them: a project, or a table of events."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from ethoframe.data import Episodes, Observations, Observed
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.formats._observing import listed
from ethoframe.formats._writing import complete
from ethoframe.formats.boris.events import (
    NOBODY,
    OBSERVERS,
    OF_RECORDING,
    POINT,
    START,
    STOP,
    parted,
)

VERSION = "7.0"
"""Of the project's format: versions 7 and 8 of BORIS open it."""

PLAYERS = 8
DIGITS = 9
"""Decimals of times: BORIS shows three, and frames are found again by as many as these."""

KEYS = "abcdefghijklmnopqrstuvwxyz0123456789"

COLUMNS = (
    "Observation id",
    "Observation date",
    "Description",
    "Observation type",
    "Observation interval start",
    "Observation interval stop",
    "Source",
    "Time offset (s)",
    "Media duration (s)",
    "FPS (frame/s)",
    OBSERVERS[0],
    OF_RECORDING,
    "Subject",
    "Behavior",
    "Behavioral category",
    "Modifiers",
    "Behavior type",
    "Time",
    "Media file name",
    "Comment",
)


@dataclass(frozen=True)
class Film:
    """The video of a recording, as BORIS asks for it.

    Parameters
    ----------
    file
        Where it is.
    lasts_s
        Its length.
    rate
        Frames per second.
    """

    file: str
    lasts_s: float
    rate: float


@dataclass(frozen=True)
class Logged:
    """One event of an observation."""

    time_s: float
    subject: str
    behaviour: str
    modifiers: str
    kind: str


@dataclass(frozen=True)
class Named:
    """An observation to be written: its id, what was seen, and the film if it is known."""

    name: str
    seen: Observed
    film: Film | None

    @property
    def variables(self) -> dict[str, str]:
        """Who observed, and in which recording where no media file tells it."""
        told = {OBSERVERS[0]: self.seen.author}
        return told if self.film else {**told, OF_RECORDING: self.seen.recording}


def write_project(
    path: Path, seen: Observations, films: Mapping[str, Film] | None = None
) -> tuple[str, ...]:
    """A project with every observation, its ethogram, subjects and observers.

    An observation of a recording whose film is not known is a live one.

    Parameters
    ----------
    path
        Of the file, which ends in ``.boris``; one that is there is replaced.
    seen
        What is written.
    films
        By the names of recordings.

    Returns
    -------
    tuple of str
        What could not be kept, a line each.
    """
    named = _named(seen, films or {})
    events = {each.name: _events(each.seen.episodes) for each in named}
    logged = [event for each in events.values() for event in each]
    everybody = (who for each in seen for who in each.episodes.names)
    subjects = [who for who in dict.fromkeys(everybody) if who != INDIVIDUAL]
    project = {
        "time_format": "hh:mm:ss",
        "project_date": _now(),
        "project_name": path.stem,
        "project_description": "",
        "project_format_version": VERSION,
        "subjects_conf": _numbered({"key": "", "name": w, "description": ""} for w in subjects),
        "behaviors_conf": _numbered(_ethogram(seen, logged)),
        "observations": {each.name: _observation(each, events[each.name]) for each in named},
        "behavioral_categories": [],
        "independent_variables": _numbered(map(_variable, (OBSERVERS[0], OF_RECORDING))),
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    with complete(path) as partial:
        partial.write_text(json.dumps(project, indent=1), encoding="utf-8")
    return _unkept(named, live=True)


def write_table(
    path: Path, seen: Observations, films: Mapping[str, Film] | None = None
) -> tuple[str, ...]:
    """Every event in a row, as BORIS exports tabular events.

    Parameters
    ----------
    path
        Of the file: separated by tabs if it ends in ``.tsv``, and by commas otherwise.
    seen
        What is written.
    films
        By the names of recordings.

    Returns
    -------
    tuple of str
        What could not be kept, a line each; among it observations in which nothing was seen.
    """
    named = _named(seen, films or {})
    between = "\t" if path.suffix.lower() == ".tsv" else ","
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n", delimiter=between)
        table.writeheader()
        for each in named:
            table.writerows(_rows(each))
    empty = [each.name for each in named if not len(each.seen.episodes)]
    notes = [f"a table of events cannot tell that nothing was seen in {listed(empty)}"]
    return (*_unkept(named, live=False), *(notes if empty else ()))


def _named(seen: Observations, films: Mapping[str, Film]) -> list[Named]:
    """Observations with an id each: the recording, and the author where it has several."""
    taken: set[str] = set()
    found = []
    for each in seen:
        alone = len(seen.of(each.recording)) == 1 or not each.author
        name = each.recording if alone else f"{each.recording} {each.author}"
        count, wanted = 1, name
        while name in taken:
            count, name = count + 1, f"{wanted} ({count + 1})"
        taken.add(name)
        found.append(Named(name, each, films.get(each.recording)))
    return found


def _events(episodes: Episodes) -> list[Logged]:
    """Starts, stops and points in the order of their times."""
    points, found = _points(episodes), []
    for who in dict.fromkeys(episodes.individuals):
        for label in dict.fromkeys(episodes.about(who).labels):
            subject, (behaviour, modifiers) = "" if who == INDIVIDUAL else who, parted(label)
            for start_s, stop_s in _apart(episodes.about(who).spans(label).tolist()):
                times = [(start_s, POINT)] if behaviour in points else []
                for time_s, kind in times or [(start_s, START), (stop_s, STOP)]:
                    time_s = round(time_s, DIGITS)
                    found.append(Logged(time_s, subject, behaviour, modifiers, kind))
    return sorted(found, key=lambda event: event.time_s)


def _points(episodes: Episodes) -> frozenset[str]:
    """Behaviours that have no length whenever they are seen."""
    lasting = {
        parted(label)[0]
        for label, start, stop in zip(
            episodes.labels, episodes.start_s, episodes.stop_s, strict=True
        )
        if stop > start
    }
    return frozenset(parted(label)[0] for label in episodes.labels) - lasting


def _apart(spans: list[list[float]]) -> list[list[float]]:
    """Spans in order; those that overlap are one, as nobody can start twice what is going on."""
    found: list[list[float]] = []
    for start_s, stop_s in sorted(spans):
        if found and start_s < found[-1][1]:
            found[-1][1] = max(found[-1][1], stop_s)
        else:
            found.append([start_s, stop_s])
    return found


def _ethogram(seen: Observations, logged: list[Logged]) -> Iterable[dict[str, Any]]:
    codes = dict.fromkeys(parted(label)[0] for label in seen.labels)
    for at, code in enumerate(codes):
        own = [event for event in logged if event.behaviour == code]
        lasting = any(event.kind != POINT for event in own)
        sets = zip(*(event.modifiers.split("|") for event in own if event.modifiers), strict=False)
        yield {
            "type": "State event" if lasting else "Point event",
            "key": KEYS[at % len(KEYS)],
            "code": code,
            "description": "",
            "category": "",
            "modifiers": _numbered(
                {"name": "", "type": 0, "values": [*dict.fromkeys(values)]} for values in sets
            ),
            "excluded": "",
            "coding map": "",
        }


def _observation(each: Named, events: list[Logged]) -> dict[str, Any]:
    film, (start_s, stop_s) = each.film, _looked_s(each)
    whole = film is not None and start_s == 0 and stop_s == film.lasts_s
    held: dict[str, Any] = {
        "file": {str(at): [] for at in range(1, PLAYERS + 1)} if film else {},
        "type": "MEDIA" if film else "LIVE",
        "date": _now(),
        "description": each.seen.episodes.definition,
        "time offset": 0.0,
        "events": [
            [event.time_s, event.subject, event.behaviour, event.modifiers, ""] for event in events
        ],
        "observation time interval": [0, 0] if whole else [start_s, stop_s],
        "independent_variables": each.variables,
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "close_behaviors_between_videos": False,
    }
    if film is None:
        live = {"scan_sampling_time": 0, "start_from_current_time": False}
        return {**held, **live, "start_from_current_epoch_time": False}
    held["file"]["1"] = [film.file]
    held["media_info"] = {
        "length": {film.file: film.lasts_s},
        "fps": {film.file: film.rate},
        "hasVideo": {film.file: True},
        "hasAudio": {film.file: False},
        "offset": {"1": 0.0},
    }
    return held


def _rows(each: Named) -> Iterable[dict[str, object]]:
    film, (start_s, stop_s) = each.film, _looked_s(each)
    same = {
        "Observation id": each.name,
        "Description": each.seen.episodes.definition,
        "Observation type": "Media file(s)" if film else "Live",
        "Observation interval start": start_s,
        "Observation interval stop": stop_s,
        "Source": f"player #1:{film.file}" if film else "",
        "Time offset (s)": 0.0,
        "Media duration (s)": film.lasts_s if film else "NA",
        "FPS (frame/s)": film.rate if film else "NA",
        "Media file name": film.file if film else "NA",
        **each.variables,
    }
    for event in _events(each.seen.episodes):
        yield {
            **same,
            "Subject": event.subject or NOBODY,
            "Behavior": event.behaviour,
            "Modifiers": event.modifiers,
            "Behavior type": event.kind,
            "Time": event.time_s,
        }


def _looked_s(each: Named) -> tuple[float, float]:
    """The span from the first moment that was looked at to the last; of nothing, no time."""
    support = each.seen.episodes.support_s
    if not len(support):
        return 0.0, 0.0
    return round(float(support.min()), DIGITS), round(float(support.max()), DIGITS)


def _now() -> str:
    """When it is written: BORIS needs a date, and sets that of today as well."""
    return datetime.now().astimezone().strftime("%Y-%m-%dT%H:%M:%S")


def _variable(label: str) -> dict[str, str]:
    blank = dict.fromkeys(("description", "default value", "possible values"), "")
    return {"label": label, "type": "text", **blank}


def _numbered(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {str(at): row for at, row in enumerate(rows)}


def _unkept(named: list[Named], *, live: bool) -> tuple[str, ...]:
    """What BORIS has no place for."""
    told = {
        "breaks between the spans that were looked at are not kept": _broken,
        "whom each span that was looked at is about is not kept": lambda e: any(e.watched),
        "how sure each episode is, is not kept": lambda e: bool((e.confidence < 1).any()),
        "episodes of one label that overlap are joined": _overlapping,
    }
    found = []
    for what, true_of in told.items():
        names = [each.name for each in named if true_of(each.seen.episodes)]
        found += [f"{what}: {listed(names)}"] if names else []
    films = [each.name for each in named if each.film is None]
    if live and films:
        line = "are live observations" if len(films) > 1 else "is a live observation"
        found.append(f"{listed(films)} {line}, as no video is known: name it with --video")
    return tuple(found)


def _broken(episodes: Episodes) -> bool:
    parts = sorted(map(tuple, episodes.support_s.tolist()))
    return any(one[1] < other[0] for one, other in pairwise(parts))


def _overlapping(episodes: Episodes) -> bool:
    runs = [
        episodes.about(who).spans(label).tolist()
        for who in dict.fromkeys(episodes.individuals)
        for label in dict.fromkeys(episodes.about(who).labels)
    ]
    return any(len(_apart(run)) < len(run) for run in runs)
