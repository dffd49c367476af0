"""Labels that people collected with DeepLabCut, and the pictures that they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np

from ethoframe.data import Labelled, Labels, Refusal, Skeleton, Tracks
from ethoframe.formats._picture import size_of
from ethoframe.formats._placed import listed, numbered, placed, unsaid, within
from ethoframe.formats._stills import RATE_PER_S, natural, recorded
from ethoframe.formats.dlc.grid import Grid
from ethoframe.formats.dlc.project import FOLDER, Found, read_table


@dataclass(frozen=True)
class Row:
    """A labelled picture.

    Parameters
    ----------
    index
        Of its row in the table.
    film
        What its folder, and so the film it is from, is called.
    written
        Its path as the table has it.
    path
        Where it is, or should be.
    there
        Whether it is.
    """

    index: int
    film: str
    written: str
    path: Path
    there: bool


@dataclass(frozen=True)
class Table:
    """A table of labels, and the pictures that it is of, in natural order of film and name."""

    path: Path
    grid: Grid
    rows: tuple[Row, ...]


def collected(found: Found, *, skip: bool) -> Labels:
    """What the tables say, with one part for each film and size of its pictures.

    Raises
    ------
    Refusal
        When a table is damaged, says two things of one picture, or pictures are missing that are
        not to be skipped.
    """
    lines = list(found.warnings)
    tables = []
    for path in found.tables:
        grid, differs = read_table(path)
        rows, twice = _rows(path, grid)
        tables.append(Table(path, grid, rows))
        lines += [*differs, *twice]
    lines += _missing([row for table in tables for row in table.rows], skip=skip)
    keypoints = found.config.keypoints or _all([table.grid.keypoints for table in tables])
    individuals = _all([found.config.individuals, *(table.grid.individuals for table in tables)])
    lines += _unnamed(tables, keypoints)
    parts: list[Labelled] = []
    for table in tables:
        own, told = _parts(table, keypoints, individuals)
        parts += own
        lines += told
    lines += unsaid(parts, keypoints)
    return Labels(tuple(parts), Skeleton.of(keypoints, found.config.edges), tuple(lines))


def _all(names: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Each name once, in the order in which they come."""
    return tuple(dict.fromkeys(name for each in names for name in each))


def _rows(table: Path, grid: Grid) -> tuple[tuple[Row, ...], list[str]]:
    if grid.judged:
        reason = "it tells likelihoods: it is what a network says, and no person"
        raise Refusal(table, reason, "read it as tracks, or name a table CollectedData_…")
    if not grid.rows or not grid.columns:
        raise Refusal(table, "nothing is labelled in it", "label pictures first")
    found: dict[tuple[str, str], Row] = {}
    twice = []
    for index, pieces in enumerate(grid.rows):
        row = _placed(table, index, pieces)
        first = found.setdefault((row.film, row.path.name), row)
        if first is not row:
            twice.append(row.path.name)
            if not np.array_equal(grid.values[first.index], grid.values[index], equal_nan=True):
                reason = f"two rows say different things of {row.written}"
                raise Refusal(table, reason, "leave the right one")
    lines = [f"{table.name}: two rows say the same of {listed(twice)}"] if twice else []
    return tuple(sorted(found.values(), key=lambda row: (row.film, natural(row.path)))), lines


def _placed(table: Path, index: int, pieces: tuple[str, ...]) -> Row:
    """Where the picture of a row is: beside the table, or in a project above it."""
    written = pieces[0] if len(pieces) == 1 else "/".join(pieces)
    path = PurePosixPath(written.replace("\\", "/"))
    if not path.name or path.suffix == "":
        reason = f"row {index + 1} is of {written!r}, which is no picture"
        raise Refusal(table, reason, "name a table CollectedData_… of labelled pictures")
    film = path.parent.name or table.absolute().parent.name
    beside = table.parent / path.name
    above = (each / FOLDER / film / path.name for each in table.absolute().parents)
    places = [beside, *above] if film == table.absolute().parent.name else [*above, beside]
    place = next((each for each in places if each.is_file()), None)
    return Row(index, film, written, place or beside, place is not None)


def _missing(rows: Sequence[Row], *, skip: bool) -> list[str]:
    """What is said of pictures that are not there; refused, unless they may be skipped."""
    gone = [row for row in rows if not row.there]
    if not gone:
        return []
    told = f"{len(gone)} of {len(rows)} labelled pictures are missing"
    if not skip or len(gone) == len(rows):
        reason = f"{told}, the first {gone[0].path.name}"
        remedy = "copy them there" + ("" if skip else ", or leave their labels out: missing=skip")
        raise Refusal(gone[0].path.parent, reason, remedy)
    named = listed([f"{row.film}/{row.path.name}" for row in gone])
    return [f"{told}, and their labels are left out: {named}"]


def _unnamed(tables: Sequence[Table], keypoints: tuple[str, ...]) -> list[str]:
    """That tables have columns of keypoints that the project does not name."""
    others = _all([table.grid.keypoints for table in tables])
    others = tuple(name for name in others if name not in keypoints)
    if not others:
        return []
    return [f"config.yaml does not name these keypoints, which are left out: {', '.join(others)}"]


def _parts(
    table: Table, keypoints: tuple[str, ...], individuals: tuple[str, ...]
) -> tuple[list[Labelled], list[str]]:
    """What a table says, one part for each film and size of picture; and what should be known."""
    points = table.grid.cube(keypoints, individuals)[:, :2]
    groups: dict[tuple[str, tuple[int, int]], list[Row]] = {}
    for row in table.rows:
        if row.there:
            groups.setdefault((row.film, size_of(row.path)), []).append(row)
    films = [film for film, _ in groups]
    parts, lines = [], []
    for (film, (height, width)), own in groups.items():
        places = points[[row.index for row in own]]
        called = [row.path.name for row in own]
        places, told = within(places, (height, width), keypoints, called)
        lines += [f"{film}: {line}" for line in told]
        numbers = np.arange(len(own))
        said = placed(places, keypoints, individuals, numbers, numbers / RATE_PER_S)
        name = film if films.count(film) == 1 else f"{film} {width}×{height}"
        parts.append(_part(table, own, name, said))
    return parts, lines


def _part(table: Table, rows: list[Row], name: str, said: Tracks) -> Labelled:
    recording = recorded([row.path for row in rows], name, whole=True)
    files = tuple(row.written for row in rows)
    return Labelled(recording, said, files, numbered(files), rows[0].film, author=table.grid.scorer)
