"""Keypoints beside each other: what a method or a person said, frame by frame."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array

if TYPE_CHECKING:
    from ethoframe.data import Labels

POINTS, TRACKS, PROVENANCE = "points.csv", "tracks.parquet", "provenance.json"
"""What a run writes of stills, of a film, and of how it made either."""

TABLES = (".csv", ".h5", ".parquet", ".slp")

NETWORK = re.compile(r"(DLC|DeepCut)_.*")
"""What a DeepLabCut network adds to the name of a film."""


@dataclass(frozen=True)
class Part:
    """Keypoints of the frames of one film, or of some stills.

    Parameters
    ----------
    film
        What the film is called, without its ending; of stills, the folder of all of them.
    tracks
        Places in px of one or more individuals.
    files
        Of each frame, where it is a still ``(t,)``.
    origin
        Of each frame, its number in the film ``(t,)``.
    subject
        Which animal, where that is known.
    """

    film: str
    tracks: Tracks
    files: tuple[str, ...]
    origin: Array
    subject: str = ""


@dataclass(frozen=True)
class Placed:
    """All keypoints at one path.

    Parameters
    ----------
    path
        As the user named it.
    parts
        Of films and stills.
    people
        Whether people placed them: then all are sure.
    """

    path: Path
    parts: tuple[Part, ...]
    people: bool = False

    @property
    def keypoints(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(dict.fromkeys(k for part in self.parts for k in part.tracks.keypoints))

    @property
    def individuals(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(dict.fromkeys(k for part in self.parts for k in part.tracks.individuals))


def both_hold(answer: Path, truth: Path) -> bool:
    """Whether what is at two paths may be keypoints, so that they are compared as such."""
    from ethoframe.formats import coco

    return holds(answer) and (holds(truth) or (truth.exists() and coco.knows(truth)))


def holds(path: Path) -> bool:
    """Whether what is at a path may be keypoints, by names and headings alone."""
    from ethoframe.formats import dlc, keypoints
    from ethoframe.formats.dlc.project import CONFIG

    if path.is_dir():
        return dlc.knows(path) or bool(_written(path))
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return keypoints.knows(path) or dlc.knows(path) or _is_tracks(path)
    return suffix in TABLES or path.name == CONFIG


def placed_at(path: Path) -> Placed:
    """The keypoints at a path, whoever placed them.

    Parameters
    ----------
    path
        ``points.csv``, ``tracks.parquet``, a folder of results with such files, what a network of
        DeepLabCut or SLEAP wrote, or labels of any format.

    Raises
    ------
    Refusal
        When there are none.
    """
    if not path.exists():
        raise Refusal(path, "there is no such file or folder", "check its name")
    written = _written(path) if path.is_dir() else [path] if _is_written(path) else []
    if written:
        return Placed(path, tuple(part for file in written for part in _of_run(file, path)))
    if path.suffix.lower() in (".h5", ".csv") and (found := of_network(path)):
        return Placed(path, (found,))
    from ethoframe import formats

    try:
        return said(path, formats.read_annotations(path))
    except Refusal:
        if path.suffix.lower() == ".slp":  # nobody corrected what the network said
            return Placed(path, (_of_sleap(path),))
        raise


def said(path: Path, labels: Labels) -> Placed:
    """What people said at a path, where that is keypoints.

    Raises
    ------
    Refusal
        When it is something else.
    """
    parts = []
    for part in labels.parts:
        if not isinstance(part.said, Tracks):
            from ethoframe.run.teachable import WORDS

            reason = f"it holds {WORDS.get(type(part.said), 'labels')}, and no keypoints"
            raise Refusal(path, reason, "name labels of keypoints")
        film = _film(part.film)
        still = len(part.recording) == 1 and not part.files
        files = (part.recording.name,) if still else part.files
        parts.append(Part(film, part.said, files, part.origin, part.subject))
    if not any(len(part.tracks) for part in parts):
        raise Refusal(path, "nothing is labelled in it", "label some frames")
    return Placed(path, tuple(parts), people=True)


def _written(folder: Path) -> list[Path]:
    """Files of keypoints that runs wrote in a folder: the table over all stills, or each."""
    from ethoframe.formats import keypoints

    top = folder / POINTS
    stills = [top] if keypoints.knows(top) else [*filter(keypoints.knows, folder.rglob(POINTS))]
    return sorted(stills) + sorted(folder.rglob(TRACKS))


def _is_written(path: Path) -> bool:
    from ethoframe.formats import keypoints

    return path.suffix.lower() == ".parquet" or keypoints.knows(path) or _is_tracks(path)


def _is_tracks(path: Path) -> bool:
    from ethoframe.apps.scoring.found import columns

    return path.suffix.lower() == ".csv" and {"frame", "keypoint", "x_px"} <= columns(path)


def _of_run(file: Path, top: Path) -> Iterator[Part]:
    from ethoframe.formats import keypoints, table

    if not keypoints.knows(file):
        tracks = table.read_tracks(file, unit="px")
        yield Part(_film(_called(file, top)), tracks, (), tracks.numbers)
        return
    stills = keypoints.read(file)
    if stills:
        tracks = _stacked([*stills.values()])
        yield Part("", tracks, tuple(stills), np.arange(len(stills)))


def _called(file: Path, top: Path) -> str:
    """The name of the film that a run's table is of."""
    signed = file.parent / PROVENANCE
    if signed.is_file():
        told: Mapping[str, Any] = json.loads(signed.read_text(encoding="utf-8"))
        if name := told.get("file", {}).get("name"):
            return str(name)
    within = file.parent if file.stem == Path(TRACKS).stem and file.parent != top else file
    return within.name if within != file else file.stem


def _stacked(tracks: Sequence[Tracks]) -> Tracks:
    """Tracks of one frame each, which have the same keypoints and individuals, as one."""
    first = tracks[0]
    position = np.concatenate([each.position for each in tracks])
    confidence = np.concatenate([each.confidence for each in tracks])
    numbers = np.arange(len(tracks))
    times_s = numbers.astype(np.float64)
    names = first.keypoints, first.individuals
    return Tracks(position, confidence, numbers, times_s, *names)


def of_network(path: Path) -> Part | None:
    """What a DeepLabCut network said of a film; None where people said it, or it is no such."""
    from ethoframe.formats import dlc

    if not dlc.knows(path):
        return None
    try:
        tracks = dlc.read_tracks(path, rate=1.0)  # no clock is needed to compare places
    except Refusal:
        return None
    return Part(NETWORK.sub("", path.stem), tracks, (), tracks.numbers)


def _of_sleap(path: Path) -> Part:
    from ethoframe.formats import sleap

    tracks = sleap.read_tracks(path, rate=1.0)
    return Part(_film(path.name), tracks, (), tracks.numbers)


def _film(name: str) -> str:
    """A film without folders and endings."""
    from ethoframe.formats import stem

    return stem(name.replace("\\", "/").rpartition("/")[2])
