"""Which predicted frame belongs to which labelled one: by the file's path, or film and number."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ethoframe.apps.scoring.placed import Part, Placed
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

Place = tuple[int, int]
"""Index of a part, and of a frame in it."""


@dataclass(frozen=True)
class Matched:
    """Labelled frames beside predicted ones, one row for each and individual.

    Parameters
    ----------
    names
        Of the frames: their files, or film and number ``(n,)``.
    predicted, truth
        Places ``(n, keypoint, 2)`` in px; NaN where there is none.
    confidence
        Of what was predicted ``(n, keypoint)``; that of the truth beside it.
    sure
        Confidence of the truth ``(n, keypoint)``.
    whose, positions
        Film, or subject, of each frame, and its number there.
    answered
        Whether anything was predicted of the frame ``(n,)``.
    unanswered, unasked
        Frames that were labelled and not predicted; stills that were predicted and not labelled.
    notes
        What is to be known of names.
    """

    names: tuple[str, ...]
    predicted: Array
    truth: Array
    confidence: Array
    sure: Array
    whose: tuple[str, ...]
    positions: Array
    answered: tuple[bool, ...]
    unanswered: tuple[str, ...]
    unasked: tuple[str, ...]
    notes: tuple[str, ...]


def matched(answer: Placed, truth: Placed) -> Matched:
    """Every labelled frame with what was predicted of it.

    Stills belong together by their files: of two that are called alike, the one whose folders
    agree. Frames of films by film and number; where both have one film only, by number alone. A
    still that was taken from a film is found in it by its number.

    Raises
    ------
    Refusal
        When nothing belongs together, or a frame may belong to several.
    """
    keypoints, notes = _names(answer, truth)
    pairs = _individuals(answer, truth)
    found = _frames(answer, truth)
    told = _Rows(keypoints)
    unanswered = []
    for index, part in enumerate(truth.parts):
        for row in range(len(part.tracks)):
            at, name = found.get((index, row)), _name(part, row)
            if at is None:
                unanswered.append(name)
            told.add(answer, part, (row, at), pairs, name)
    if len(unanswered) == len(told.frames):
        reason = f"no frame of it belongs to any in {truth.path}, such as {told.frames[0]}"
        raise Refusal(answer.path, reason, "call files and films as the labels call them")
    used = set(found.values())
    unasked = [
        part.files[row]
        for index, part in enumerate(answer.parts)
        for row in range(len(part.files))
        if (index, row) not in used
    ]
    return told.matched(tuple(unanswered), tuple(unasked), notes)


class _Rows:
    """Rows as they are put together."""

    def __init__(self, keypoints: Mapping[str, str]) -> None:
        self.keypoints = keypoints
        self.frames: list[str] = []
        self.names: list[str] = []
        self.whose: list[str] = []
        self.positions: list[int] = []
        self.answered: list[bool] = []
        self.cubes: list[tuple[Array, Array]] = []

    def add(
        self,
        answer: Placed,
        part: Part,
        at: tuple[int, Place | None],
        pairs: Mapping[str, str],
        name: str,
    ) -> None:
        """A labelled frame, and what was predicted of it."""
        row, place = at
        self.frames.append(name)
        for who in part.tracks.individuals:
            true = _cube(part, row, who, list(self.keypoints))
            if len(part.tracks.individuals) > 1 and not np.isfinite(true).all(axis=1).any():
                continue  # this one was not labelled here
            found = np.full(true.shape, np.nan)
            if place is not None:
                own = answer.parts[place[0]]
                found = _cube(own, place[1], pairs[who], list(self.keypoints.values()))
            self.cubes.append((found, true))
            several = len(part.tracks.individuals) > 1
            self.names.append(f"{name} {who}" if several else name)
            self.whose.append(part.subject or part.film)
            self.positions.append(int(part.origin[row]))
            self.answered.append(place is not None)

    def matched(
        self, unanswered: tuple[str, ...], unasked: tuple[str, ...], notes: tuple[str, ...]
    ) -> Matched:
        """All of them."""
        found, true = (np.stack([pair[k] for pair in self.cubes]) for k in range(2))
        return Matched(
            tuple(self.names), found[..., :2], true[..., :2], found[..., 2], true[..., 2],
            tuple(self.whose), np.array(self.positions), tuple(self.answered),
            unanswered, unasked, notes,
        )  # fmt: skip


def _cube(part: Part, row: int, who: str, keypoints: Sequence[str]) -> Array:
    """x, y and confidence of each keypoint ``(keypoint, 3)``; NaN of those it does not know."""
    tracks, cube = part.tracks, np.full((len(keypoints), 3), np.nan)
    if who not in tracks.individuals:
        return cube
    i = tracks.individuals.index(who)
    for k, name in enumerate(keypoints):
        if name in tracks.keypoints:
            at = tracks.keypoints.index(name)
            cube[k, :2] = tracks.position[row, :, at, i]
            cube[k, 2] = tracks.confidence[row, at, i]
    return cube


def _names(answer: Placed, truth: Placed) -> tuple[dict[str, str], tuple[str, ...]]:
    """For each labelled keypoint what the answer calls it, and what is to be known of that."""
    plain = {_bare(name): name for name in answer.keypoints}
    named = {
        name: name if name in answer.keypoints else plain.get(_bare(name), name)
        for name in truth.keypoints
    }
    lacking = [name for name, own in named.items() if own not in answer.keypoints]
    if len(lacking) == len(named):
        known, wanted = ", ".join(answer.keypoints), ", ".join(truth.keypoints)
        reason = f"its keypoints are {known}, and those of the truth {wanted}"
        raise Refusal(answer.path, reason, "call keypoints alike")
    more = [name for name in answer.keypoints if name not in named.values()]
    notes = []
    if lacking:
        notes.append(f"labelled and never predicted, so all missed: {', '.join(lacking)}")
    if more:
        notes.append(f"predicted and not labelled, so left out: {', '.join(more)}")
    return named, tuple(notes)


def _bare(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())


def _individuals(answer: Placed, truth: Placed) -> dict[str, str]:
    """For each labelled individual what the answer calls it."""
    mine, theirs = answer.individuals, truth.individuals
    if len(mine) == len(theirs) == 1:
        return {theirs[0]: mine[0]}
    if not {*mine} & {*theirs}:
        known, wanted = ", ".join(mine), ", ".join(theirs)
        reason = f"its individuals are {known}, and those of the truth {wanted}"
        raise Refusal(answer.path, reason, "call individuals alike: nothing tells who is who")
    return {who: who for who in theirs}


def _frames(answer: Placed, truth: Placed) -> dict[Place, Place]:
    """For each labelled frame the predicted one; those without are left out."""
    found = _by_path(answer, truth)
    films = [
        (index, {int(number): row for row, number in enumerate(part.origin)})
        for index, part in enumerate(answer.parts)
        if part.film
    ]
    for index, part in enumerate(truth.parts):
        film = _film_of(answer, films, part, truth)
        for row, number in enumerate(part.origin):
            if film is not None and int(number) in film[1]:
                found.setdefault((index, row), (film[0], film[1][int(number)]))
    return found


def _film_of(
    answer: Placed, films: list[tuple[int, dict[int, int]]], part: Part, truth: Placed
) -> tuple[int, dict[int, int]] | None:
    """The predicted film that a labelled part is of; None where there is none."""
    own = [each for each in films if answer.parts[each[0]].film.casefold() == part.film.casefold()]
    if len(own) > 1:
        reason = f"it holds several films called {part.film}"
        raise Refusal(answer.path, reason, "name the results of one of them")
    if own:
        return own[0]
    alone = len(films) == 1 and len({each.film for each in truth.parts}) == 1
    whole = not part.files and not answer.parts[films[0][0]].files if alone else False
    return films[0] if whole else None


def _by_path(answer: Placed, truth: Placed) -> dict[Place, Place]:
    """For each labelled still the predicted one."""
    mine, theirs = _stills(answer), _stills(truth)
    found = by_path([file for file, _ in mine], [file for file, _ in theirs], answer.path)
    return {theirs[true][1]: mine[own][1] for true, own in found.items()}


def _stills(placed: Placed) -> list[tuple[str, Place]]:
    return [
        (file, (index, row))
        for index, part in enumerate(placed.parts)
        for row, file in enumerate(part.files)
    ]


def by_path(answers: Sequence[str], truths: Sequence[str], where: Path) -> dict[int, int]:
    """For each true file the answered one, by index; files without are left out.

    Files that are called alike and whose folders are called alike belong together, whatever the
    folders are in; of several, those whose paths agree for longest. A file that is named without
    its folder may be of any; and where each side has one folder only, their names do not matter.

    Parameters
    ----------
    answers, truths
        Paths, with slashes of either kind.
    where
        Of the answers, for the refusal.

    Raises
    ------
    Refusal
        When one may be either of two.

    Examples
    --------
    >>> by_path(["m1/a.png", "m2/a.png", "b.png"], ["x/m2/a.png", "x/m3/b.png"], Path("out"))
    {0: 1, 1: 2}
    """
    mine, theirs = _by_name(answers), _by_name(truths)
    alone = all(
        len({path[:-1] for listed in each.values() for path, _ in listed}) == 1
        for each in (mine, theirs)
    )
    pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for name, listed in theirs.items():
        for path, true in listed:
            for other, own in mine.get(name, ()):
                agree = _common(path, other)
                if alone or agree > 1 or agree == min(len(path), len(other)):
                    pairs[agree].append((true, own))
    found: dict[int, int] = {}
    for agree in sorted(pairs, reverse=True):
        taken = set(found.values())
        level = [(t, p) for t, p in pairs[agree] if t not in found and p not in taken]
        _refuse_twice(level, (truths, answers), where)
        found.update(level)
    return found


def _refuse_twice(
    level: Sequence[tuple[int, int]], names: tuple[Sequence[str], Sequence[str]], where: Path
) -> None:
    """Refuses pairs in which one of either side has two."""
    for side in range(2):
        often = Counter(pair[side] for pair in level)
        for index, count in often.items():
            if count > 1:
                two = [names[1 - side][p[1 - side]] for p in level if p[side] == index][:2]
                reason = f"{names[side][index]} may be {' or '.join(two)}"
                raise Refusal(where, reason, "name files with their folders")


def _by_name(files: Sequence[str]) -> dict[str, list[tuple[tuple[str, ...], int]]]:
    """Paths and indices of files, by what they are called without folders."""
    found: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
    for index, file in enumerate(files):
        path = tuple(each for each in file.replace("\\", "/").split("/") if each not in ("", "."))
        found[path[-1] if path else ""].append((path, index))
    return found


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many of the last parts of two paths agree."""
    agree = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a != b:
            break
        agree += 1
    return agree


def _name(part: Part, row: int) -> str:
    return part.files[row] if part.files else f"{part.film} frame {int(part.origin[row])}"
