"""Tracks, episodes and measures of one recording as an NWB file."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Episodes, Measures, Refusal, Skeleton, Tracks
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.formats._writing import complete
from ethoframe.formats.nwb.intervals import SUPPORT
from ethoframe.formats.nwb.poses import LENGTHS, POSE, SAME_S

EPISODES, MEASURES, BEHAVIOUR = "episodes", "measures", "behavior"
"""What tables are called, and the module that keeps what is no interval."""

NO_START = datetime(1970, 1, 1, tzinfo=UTC)
NO_SEX, NO_AGE = "U", "P0D/"
"""What NWB writes for an unknown sex, and for an age of no days or more."""

UNITS = {"px": ("pixels", 1.0), "mm": ("meters", 1e-3), "bl": (LENGTHS, 1.0)}
"""Unit and conversion of positions, by our unit."""

PICTURE = "(0, 0) is the centre of the top left pixel; x to the right, y down"
FLOOR = "of the arena's floor; x to the right, y down"


@dataclass(frozen=True)
class Session:
    """What NWB asks for and no track tells.

    Parameters
    ----------
    start
        When the recording began, with its time zone.
    subject
        Id of the animal.
    species
        In Latin, as ``"Mus musculus"``.
    sex
        M, F, O (other) or U (unknown).
    age
        As ISO 8601 has it: ``"P90D"`` are 90 days.
    description
        Of the session, in a sentence.
    """

    start: datetime | None = None
    subject: str = ""
    species: str = ""
    sex: str = ""
    age: str = ""
    description: str = ""


@dataclass(frozen=True)
class Content:
    """What is written of one recording.

    Parameters
    ----------
    recording
        Its name.
    tracks
        Where the animals were; None for none.
    episodes
        What they did, a set for each author.
    measures
        Numbers; None for none.
    skeleton
        Lines between keypoints; None for none.
    video
        The file that was filmed; it is named in words, as its place may change.
    """

    recording: str
    tracks: Tracks | None = None
    episodes: Sequence[Episodes] = ()
    measures: Measures | None = None
    skeleton: Skeleton | None = None
    video: str = ""


def write(path: Path, content: Content, session: Session | None = None) -> tuple[str, ...]:
    """A file with all of it.

    Parameters
    ----------
    path
        Of the file, which ends in ``.nwb``; one that is there is replaced.
    content
        What is written.
    session
        When it was, and of whom. What is missing is filled in so that nobody takes it for known: a
        session of 1970, sex U, an age of no days or more; each is told.

    Returns
    -------
    tuple of str
        What was filled in, and what could not be kept, a line each.

    Raises
    ------
    Refusal
        When pynwb or ndx-pose is not installed, or a start has no time zone.
    """
    pynwb = needs("nwb", "pynwb")
    session = session or Session()
    if session.start is not None and session.start.tzinfo is None:
        remedy = "add it, as 2024-05-31T09:30+02:00"
        raise Refusal(str(session.start), "this start of a session has no time zone", remedy)
    file = _begun(pynwb, content, session)
    if content.tracks is not None or content.measures or content.episodes:
        module = file.create_processing_module(BEHAVIOUR, "what ethoframe found of behaviour")
        if content.tracks is not None:
            _add_poses(module, content, file.subject)
        if content.episodes:
            _add_episodes(file, module, content.episodes)
        if content.measures:
            _add_measures(module, content.measures)
    with complete(path) as partial, pynwb.NWBHDF5IO(str(partial), "w") as io:
        io.write(file)
    return (*_filled(session, content), *_unkept(content))


def _begun(pynwb: Any, content: Content, session: Session) -> Any:
    file = pynwb.NWBFile(
        session_description=session.description or f"behaviour in {content.recording}",
        identifier=str(uuid.uuid4()),
        session_start_time=session.start or NO_START,
        session_id=_safe(content.recording),
    )
    file.subject = pynwb.file.Subject(
        subject_id=_safe(session.subject or content.recording),
        sex=session.sex or NO_SEX,
        age=session.age or NO_AGE,
        species=session.species or None,
    )
    return file


def _add_poses(module: Any, content: Content, subject: Any) -> None:
    """A container of poses for each individual, and their skeletons."""
    pose = needs("nwb", "ndx_pose")
    tracks = content.tracks
    assert tracks is not None
    skeletons, every = [], []
    edges = [] if content.skeleton is None else content.skeleton.edges
    index = {name: at for at, name in enumerate(tracks.keypoints)}
    lines = [(index[a], index[b]) for a, b in edges if a in index and b in index]
    filmed = f"; filmed in {content.video}" if content.video else ""
    for who in tracks.individuals:
        alone = tracks.individuals == (INDIVIDUAL,)
        name = POSE if alone else f"{POSE}_{_safe(who)}"
        skeleton = pose.Skeleton(
            name="skeleton" if alone else f"skeleton_{_safe(who)}",
            nodes=list(tracks.keypoints),
            edges=np.array(lines, np.uint8) if lines else None,
            subject=subject if len(tracks.individuals) == 1 else None,
        )
        skeletons.append(skeleton)
        every.append(
            pose.PoseEstimation(
                name=name,
                pose_estimation_series=[*_series(pose, tracks.alone(who))],
                description=f"keypoints of {who}, smoothed over {tracks.smoothed_s:g} s{filmed}",
                source_software="ethoframe",
                skeleton=skeleton,
            )
        )
    module.add(pose.Skeletons(skeletons=skeletons))
    for each in every:
        module.add(each)


def _series(pose: Any, tracks: Tracks) -> Iterator[Any]:
    unit, conversion = UNITS[tracks.unit]
    of = {"mm": "mm", "bl": "body length"}.get(tracks.unit)
    clock: dict[str, Any] = _clock(tracks)
    for at, keypoint in enumerate(tracks.keypoints):
        yield pose.PoseEstimationSeries(
            name=_safe(keypoint),
            description=f"position of {keypoint}",
            data=np.array(tracks.position[:, :, at, 0]),
            unit=unit,
            conversion=conversion,
            reference_frame=PICTURE if tracks.unit == "px" else FLOOR,
            confidence=np.array(tracks.confidence[:, at, 0]),
            confidence_definition="from 0 to 1; 0 where it was not seen",
            comments=f"{tracks.px_per_unit!r} px in 1 {of}" if of else "no comments",
            **clock,
        )


def _clock(tracks: Tracks) -> dict[str, Any]:
    """A rate where steps are alike, which readers of NWB prefer; or else every time."""
    times_s = tracks.times_s
    if len(times_s) > 1 and times_s[-1] > times_s[0]:
        rate = (len(times_s) - 1) / (times_s[-1] - times_s[0])
        rate = round(rate) if round(rate) and abs(rate / round(rate) - 1) < SAME_S else rate
        told = times_s[0] + np.arange(len(times_s)) / rate
        if np.allclose(told, times_s, rtol=0, atol=SAME_S):
            return {"starting_time": float(times_s[0]), "rate": float(rate)}
    return {"timestamps": np.array(times_s, np.float64)}


def _add_episodes(file: Any, module: Any, every: Sequence[Episodes]) -> None:
    """One table of all authors in the order of their starts, and what they looked at."""
    epoch, common = needs("nwb", "pynwb.epoch"), needs("nwb", "pynwb.core")
    rows = sorted((row for each in every for row in _rows(each)), key=lambda row: row[0])
    says = {
        "label": "what was done",
        "individual": "who did it",
        "author": "who says so: a person or a method",
        "score": "how sure, from 0 to 1",
    }
    if rows:
        words = "; ".join(dict.fromkeys(each.definition for each in every if each.definition))
        table = epoch.TimeIntervals(name=EPISODES, description=words or "episodes of behaviour")
        for name, what in says.items():
            table.add_column(name, what)
        for start_s, stop_s, label, who, author, sure in rows:
            told = {"label": label, "individual": who, "author": author, "score": sure}
            table.add_interval(start_time=start_s, stop_time=stop_s, **told)
        file.add_time_intervals(table)
    looked = [
        (*span, who, each.author)
        for each in every
        for span, who in zip(each.support_s.tolist(), each.watched, strict=True)
    ]
    if looked:
        names = ("start_time", "stop_time", "individual", "author")
        told_of = ("start in s", "stop in s", "who was watched; empty for everybody", "by whom")
        support = common.DynamicTable(name=SUPPORT, description="what was looked at at all")
        _fill(support, names, told_of, looked)
        module.add(support)


def _rows(each: Episodes) -> Iterator[tuple[float, float, str, str, str, float]]:
    assert each.confidence is not None
    columns = each.start_s, each.stop_s, each.labels, each.individuals, each.confidence
    for start_s, stop_s, label, who, sure in zip(*columns, strict=True):
        yield float(start_s), float(stop_s), label, who, each.author, float(sure)


def _add_measures(module: Any, measures: Measures) -> None:
    core = needs("nwb", "pynwb.core")
    table = core.DynamicTable(name=MEASURES, description="numbers with unit and definition")
    says = {
        "quantity": "what was measured",
        "value": "how much",
        "unit": "of the value",
        "individual": "of whom",
        "start_time": "from when the value counts, in s",
        "stop_time": "until when, in s",
        "during": "the event that it is about; empty for the session and its bins",
        "definition": "how it was measured",
    }
    rows = [
        (
            row.quantity, float(row.value), row.unit, row.individual, float(row.bin_start_s),
            float(row.bin_stop_s), row.during, row.definition,
        )
        for row in measures.rows
    ]  # fmt: skip
    _fill(table, tuple(says), tuple(says.values()), rows)
    module.add(table)


def _fill(
    table: Any, names: Sequence[str], says: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    for name, what in zip(names, says, strict=True):
        table.add_column(name, what)
    for row in rows:
        table.add_row(**dict(zip(names, row, strict=True)))


def _safe(name: str) -> str:
    """A name without the signs that NWB keeps for paths."""
    return re.sub(r"[/:]", "_", name)


def _filled(session: Session, content: Content) -> list[str]:
    """What nobody said, and what is written instead."""
    subject = session.subject or content.recording
    asked = {
        "when the session began": (session.start, "1970 is written: say it, as --start "
                                   "2024-05-31T09:30+02:00"),
        "the subject's id": (session.subject, f"{subject} is written: say it, as --subject m1"),
        "its sex": (session.sex, "U for unknown is written: say it, as --sex F"),
        "its age": (session.age, "0 days or more is written: say it, as --age P90D"),
        "its species": (session.species, "none is written: say it, as --species 'Mus musculus'"),
    }  # fmt: skip
    return [f"nobody says {what}: {so}" for what, (said, so) in asked.items() if not said]


def _unkept(content: Content) -> list[str]:
    tracks, notes = content.tracks, []
    if tracks is not None and tracks.features:
        notes.append(f"features of tracks are not kept: {', '.join(sorted(tracks.features))}")
    names = [] if tracks is None else [*tracks.keypoints, *tracks.individuals]
    changed = [name for name in names if _safe(name) != name]
    if changed:
        notes.append(f"/ and : in names are written as _: {', '.join(changed)}")
    return notes
