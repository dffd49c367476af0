"""Labels as a DeepLabCut project, with their pictures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from ethoframe.data import Labels, Recording, Refusal, Skeleton, Tracks
from ethoframe.data.labels import ABSENT, VISIBLE
from ethoframe.data.noun import Array
from ethoframe.formats._stills import write_png
from ethoframe.formats._writing import Tell, complete
from ethoframe.formats.dlc.config import Told, config_text
from ethoframe.formats.dlc.grid import NAME, Column, Grid
from ethoframe.formats.dlc.hdf import write_hdf
from ethoframe.formats.dlc.project import ALONE, CONFIG, FOLDER, TABLE
from ethoframe.formats.dlc.text import write_text

SOMEBODY = "person"
"""Who labelled, where nobody is named: DeepLabCut needs a name."""

EMPTY = ("videos", "training-datasets", "dlc-models")
"""Folders that DeepLabCut makes in a new project and fills later."""

DIGITS = 4
"""Of the number of a frame in the name of its picture, at least."""


class Picture(NamedTuple):
    """A labelled frame, and what its file is to be called."""

    name: str
    recording: Recording
    number: int
    said: Tracks
    row: int


def write(
    labels: Labels, folder: Path, *, scorer: str | None = None, tell: Tell | None = None
) -> tuple[str, ...]:
    """The labels as a project that opens in DeepLabCut 3: config.yaml, pictures, tables.

    Pictures that are PNG files are copied byte by byte, others are written as PNG. A project of one
    animal is written as such, and of several as a multi-animal one; keypoints of an individual
    called ``single`` are those that each picture has once. Films are named in ``video_sets`` by
    what they are called; they are not copied.

    Parameters
    ----------
    labels
        `Tracks` in px.
    folder
        The project to be; a folder that holds something is refused.
    scorer
        Under whose name; must be said where several people labelled.
    tell
        Is told how many pictures are done, of how many.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When these are no keypoints in px, h5py is not installed, several people labelled, a frame
        cannot be decoded, or the folder is in use.

    Examples
    --------
    >>> import tempfile
    >>> from ethoframe.data import Labelled
    >>> film = Recording.of(np.zeros((3, 40, 60, 1), np.uint8), name="day1")
    >>> said = Tracks.of(np.array([[5.0, 9.0]]), np.zeros(1), "nose")
    >>> folder = Path(tempfile.mkdtemp()) / "project"
    >>> write(Labels((Labelled(film, said),)), folder)
    ()
    >>> sorted(each.name for each in (folder / "labeled-data" / "day1").iterdir())
    ['CollectedData_person.csv', 'CollectedData_person.h5', 'img0000.png']
    """
    folder = Path(folder)
    _refuse_unheld(labels, folder)
    scorer = scorer or _scorer(labels, folder)
    films = _films(labels, folder)
    told = _told(labels, folder, films)
    with complete(folder) as partial:
        _write_pictures(partial / FOLDER, films, tell)
        for film, pictures in films.items():
            grid = _grid(film, pictures, told, scorer)
            write_text(partial / FOLDER / film / f"{TABLE}{scorer}.csv", grid)
            write_hdf(partial / FOLDER / film / f"{TABLE}{scorer}.h5", grid)
        for name in EMPTY:
            (partial / name).mkdir()
        text = config_text(folder, scorer, told)
        (partial / CONFIG).write_text(text, encoding="utf-8")
    return tuple(_notes(labels, told))


def _write_pictures(place: Path, films: dict[str, list[Picture]], tell: Tell | None) -> None:
    done, total = 0, sum(len(pictures) for pictures in films.values())
    for film, pictures in films.items():
        (place / film).mkdir(parents=True)
        for picture in pictures:
            write_png(place / film / picture.name, picture.recording, picture.number)
            done += 1
            if tell:
                tell(done, total)


def _refuse_unheld(labels: Labels, folder: Path) -> None:
    said = [part.said for part in labels.parts]
    reason = ""
    if not all(isinstance(each, Tracks) for each in said) or not len(labels):
        reason = "a DeepLabCut project holds keypoints, and there are none"
    elif any(isinstance(each, Tracks) and each.unit != "px" for each in said):
        reason = "a DeepLabCut project holds keypoints in px"
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        reason = "it is there already, and holds something"
    if reason:
        raise Refusal(folder, reason, "name other labels, or a folder that is to be")


def _scorer(labels: Labels, folder: Path) -> str:
    people = sorted({part.author for part in labels.parts} - {""})
    if len(people) > 1:
        reason = f"{len(people)} people labelled ({', '.join(people)}), and a project is one's"
        raise Refusal(folder, reason, "say under whose name by scorer=, or write those of one")
    return _safe(people[0]) if people else SOMEBODY


def _safe(name: str) -> str:
    """A name that a file can have."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "_"


def _films(labels: Labels, folder: Path) -> dict[str, list[Picture]]:
    """The pictures of each film, by what its folder is to be called."""
    called: dict[str, str] = {}
    films: dict[str, list[Picture]] = {}
    for part in labels.parts:
        if not isinstance(part.said, Tracks):
            continue
        if part.film not in called:
            name = _safe(part.film)
            taken = sum(each == name for each in called.values())
            called[part.film] = f"{name}_{taken + 1}" if taken else name
        pictures = films.setdefault(called[part.film], [])
        digits = max([DIGITS, *(len(str(each)) for each in part.origin.tolist())])
        for index, (number, origin) in enumerate(zip(part.said.numbers, part.origin, strict=True)):
            name = f"img{origin:0{digits}d}.png"
            if part.files:
                own = PurePosixPath(part.files[index].replace("\\", "/"))
                name = f"{_safe(own.stem)}.png"
            pictures.append(Picture(name, part.recording, int(number), part.said, index))
    for film, pictures in films.items():
        names = [each.name for each in pictures]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            reason = f"two labels are of one picture, {film}/{twice}"
            raise Refusal(folder, reason, "write those of one person, and each picture once")
    return films


def _told(labels: Labels, folder: Path, films: dict[str, list[Picture]]) -> Told:
    said = [part.said for part in labels.parts if isinstance(part.said, Tracks)]
    given = labels.skeleton.keypoints if labels.skeleton else ()
    keypoints = tuple(dict.fromkeys([*given, *(name for each in said for name in each.keypoints)]))
    who = tuple(dict.fromkeys(name for each in said for name in each.individuals))
    placed = {(k, i) for each in said for k, i in _placed(each)}
    once = tuple(name for name in keypoints if (name, ALONE) in placed)
    mixed = [name for name in once if any((name, i) in placed for i in who if i != ALONE)]
    if mixed:
        reason = f"{mixed[0]} is a keypoint of {ALONE} and of another individual"
        raise Refusal(folder, reason, f"call the one that is {ALONE} by a name of its own")
    animals = tuple(name for name in who if name != ALONE)
    shared = tuple(name for name in keypoints if name not in once)
    several = len(animals) > 1 or bool(once)
    edges = labels.skeleton.edges if labels.skeleton else ()
    sizes = {film: each[0].recording.picture for film, each in films.items()}
    return Told(animals if several else (), shared, once, edges, sizes)


def _placed(said: Tracks) -> list[tuple[str, str]]:
    seen = np.argwhere((said.confidence > ABSENT).any(axis=0))
    return [(said.keypoints[k], said.individuals[i]) for k, i in seen]


def _grid(film: str, pictures: Sequence[Picture], told: Told, scorer: str) -> Grid:
    cells = list(told.cells)
    values = np.array([_row(each, cells) for each in pictures])
    columns = [Column(who or NAME, name, coord) for who, name in cells for coord in "xy"]
    rows = [(FOLDER, film, each.name) for each in pictures]
    return Grid(scorer, tuple(columns), tuple(rows), values.reshape(len(pictures), -1))


def _row(picture: Picture, cells: list[tuple[str, str]]) -> Array:
    """The places ``(cell, 2)`` of what was placed."""
    said, places = picture.said, np.full((len(cells), 2), np.nan)
    for at, (who, name) in enumerate(cells):
        who = who or said.individuals[0]
        if name in said.keypoints and who in said.individuals:
            k, i = said.keypoints.index(name), said.individuals.index(who)
            if said.confidence[picture.row, k, i] > ABSENT:
                places[at] = said.position[picture.row, :, k, i]
    return places


def _notes(labels: Labels, told: Told) -> list[str]:
    said = [part.said for part in labels.parts if isinstance(part.said, Tracks)]
    hidden = sum(
        int(((each.confidence > ABSENT) & (each.confidence < VISIBLE)).sum()) for each in said
    )
    subjects = sorted({part.subject for part in labels.parts} - {""})
    names = sorted({name for each in said for name in each.individuals} - {NAME})
    notes = []
    if hidden:
        notes.append(f"that {hidden} keypoints are hidden is not kept")
    if names and not told.individuals:
        notes.append(f"the name of the one individual is not kept: {names[0]}")
    if subjects:
        notes.append(f"subjects are not kept: {', '.join(subjects)}")
    skeleton = labels.skeleton
    if skeleton and skeleton.mirrored != Skeleton.of(skeleton.keypoints).mirrored:
        notes.append("which keypoints are left and right is not kept; their names do not tell it")
    return notes
