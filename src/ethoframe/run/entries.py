"""Which recordings are analysed, of which files, and who is in them."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path, PurePosixPath

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import Refusal, Row, Sheet
from ethoframe.data.sheet import Problem, contradictions, refusal
from ethoframe.formats._finding import tracks_format
from ethoframe.run.names import filmed, named, unfit
from ethoframe.run.tabled import TABLES, Say, foreign, is_own, listed, tabled, tabled_in

Word = Callable[[str], str]


@dataclass(frozen=True)
class Entry:
    """One recording to analyse.

    Parameters
    ----------
    name
        As in the tables: the path of its first file below the folder that was given.
    files
        In the order of time; several where a camera splits its recordings.
    rows
        The animals in it, as the sheet has them; none without a sheet.
    arenas
        How many arenas its picture shows, as far as the sheet tells: where one animal of a pair is
        left out of it, its arena is still there.
    of
        Which of the recordings in its file it is; empty where the file holds one.
    """

    name: str
    files: tuple[Path, ...]
    rows: tuple[Row, ...] = ()
    arenas: int = 1
    of: str = ""


def of_tracks(paths: Sequence[Path], say: Say | None = None) -> bool:
    """Whether the paths mean files of tracks, and not films.

    A folder in which films and tracks of all of them lie means the tracks; one with films that have
    none means the films.

    Parameters
    ----------
    paths
        Files and folders.
    say
        Is told what is taken, where a folder holds both.

    Raises
    ------
    Refusal
        When some mean the one, and some the other, or none means either.
    """
    each = {path: _means_tracks(path, say or _nothing) for path in paths}
    kinds = {kind for kind in each.values() if kind is not None}
    if len(kinds) > 1:
        films, traced = (next(p for p, kind in each.items() if kind is k) for k in (False, True))
        reason = f"this is a file of tracks, and {films.name} is none"
        raise Refusal(traced, reason, "name films in one command, and tracks in another")
    if not kinds:
        _refuse_either(next(iter(each)))
    return any(kinds)


def _means_tracks(path: Path, say: Say) -> bool | None:
    """Whether tracks are meant, or films; None where it is neither."""
    if not path.is_dir():
        if formats.is_tracks(path):
            return True
        only_tables = path.suffix.lower() in TABLES and not _could_be_film(path)
        return None if only_tables else False
    films = _filming(formats.recordings_in(path))
    traced = foreign(path, Kind.TRACKS)
    if not films:
        return bool(traced) or bool(tabled_in(path))
    with_tracks = {filmed(file.name).casefold() for file in traced}
    count = sum(_stem(film.name).casefold() in with_tracks for film in films)
    if count == len(films):
        told = "the tracks are taken; name the films to follow the animals anew"
        say(f"{path}: {_counted(count, 'film')} with tracks of each: {told}")
        return True
    if count:
        told = "the films are taken; name the files of tracks if these are meant"
        say(f"{path}: {count} of {_counted(len(films), 'film')} have tracks: {told}")
    return False


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _could_be_film(path: Path) -> bool:
    return any(each.gives == "Recording" and each.ending(path.name) for each in formats.formats())


def _refuse_either(path: Path) -> None:
    """Refuses a file that is no film and holds no tracks."""
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")
    if path.stat().st_size == 0:
        raise Refusal(path, "the file is empty", "write it again, or name another")
    tracks_format(path)


def _filming(films: Sequence[Path]) -> list[Path]:
    """The films without those into which DeepLabCut drew its keypoints."""
    known = {(film.parent, _stem(film.name).casefold()) for film in films}

    def drawn(film: Path) -> bool:
        own, of = (word(film.name).casefold() for word in (_stem, filmed))
        return own != of and (film.parent, of) in known

    return [film for film in films if not drawn(film)]


def _named(paths: Sequence[Path], say: Say, *, tracks: bool) -> dict[str, Path]:
    """The files that are meant, by what each is called."""
    if tracks:
        found = tabled(paths, Kind.TRACKS, say)
        # As films are, by what their files are called, but for those that a run left.
        ending = {name: file.name[len(formats.stem(file.name)) :] for name, file in found.items()}
        own = {name for name, file in found.items() if is_own(file, Kind.TRACKS)}
        return {n if n in own else n + ending[n]: file for n, file in found.items()}
    files = named(paths)
    kept = {*_filming([*files.values()])}
    left = [file for file in files.values() if file not in kept]
    if left:
        say(f"keypoints are drawn into these films, which are not taken: {listed(left)}")
    return {name: file for name, file in files.items() if file in kept}


def _nothing(line: str) -> None:
    """Says nothing."""
    del line


def entries(
    paths: Sequence[Path],
    sheet: Sheet | None = None,
    *,
    tracks: bool = False,
    say: Say | None = None,
) -> tuple[Entry, ...]:
    """The recordings that are meant, in the order of their files.

    A cell of the sheet means the file of that path below the folder that was given, or else the
    only file whose path ends so; with or without suffix, slashes either way, and in capitals or not
    where nothing else fits.

    Parameters
    ----------
    paths
        Files, and folders with files in them.
    sheet
        Who is in which file; None where nothing is known of that.
    tracks
        Whether a folder stands for the files of tracks in it.
    say
        Is told of files that are left out.

    Raises
    ------
    Refusal
        When a row matches no file or several, a file has no row, rows contradict each other, or two
        results would lie in one folder; all of it is told at once.
    """
    files = _named(paths, say or _nothing, tracks=tracks)
    if sheet is None:
        return tuple(Entry(name, (file,)) for name, file in files.items())
    problems: list[Problem] = []
    known = _Files(files, tracks=tracks)
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in sheet.rows:
        names = [_one(cell, row.line, known, problems) for cell in row.video]
        if matched := tuple(name for name in names if name is not None):
            if len(matched) == len(names):
                found.setdefault(matched, []).append(row)
            else:  # told already: its other files are not to be told as left over
                found.setdefault(matched, [])
    problems += _of_rows(found)
    problems += _of_files(files, found)
    whole = {names: rows for names, rows in found.items() if rows}
    problems += _of_folders(whole)
    if problems:
        raise refusal(sheet.name, problems)
    order = {name: index for index, name in enumerate(files)}
    most = max(map(len, whole.values()), default=1)
    return tuple(
        Entry(
            names[0],
            tuple(files[name] for name in names),
            tuple(whole[names]),
            most if whole[names][0].arena else 1,
        )
        for names in sorted(whole, key=lambda names: order[names[0]])
    )


def joined(found: Sequence[Entry]) -> tuple[Entry, ...]:
    """The files of each folder as one recording, in the order of their names; called as the first.

    Examples
    --------
    >>> a, b = (Entry(f"m1/{name}", (Path("m1") / name,)) for name in ("1.mp4", "2.mp4"))
    >>> [(entry.name, len(entry.files)) for entry in joined([a, b])]
    [('m1/1.mp4', 2)]
    """
    folders: dict[Path, list[Entry]] = {}
    for entry in found:
        folders.setdefault(entry.files[0].parent, []).append(entry)
    return tuple(
        Entry(each[0].name, tuple(file for entry in each for file in entry.files))
        for each in (sorted(group, key=lambda e: e.files[0].name) for group in folders.values())
    )


def _one(cell: str, line: int, files: _Files, problems: list[Problem]) -> str | None:
    """The name of the file that a cell means; None, and a problem more, where there is no one."""
    found = files.meant(cell)
    if len(found) == 1:
        return found[0]
    if found:
        rest = f" or {len(found) - 2} more" if len(found) > 2 else ""
        reason = f"{cell} could be {found[0]} or {found[1]}{rest}"
        problems.append(Problem(line, reason, "write its folder too"))
    else:
        near = difflib.get_close_matches(cell, files.names, 1) or files.near(cell)
        reason = f"there is no file {cell}" + (f", the nearest is {near[0]}" if near else "")
        problems.append(Problem(line, reason, "correct the name, or name the folder it is in"))
    return None


class _Files:
    """Files that cells are matched to."""

    def __init__(self, files: Mapping[str, Path], *, tracks: bool = False) -> None:
        self.tracks = tracks
        self.names = tuple(files)
        self.below = {name: _parts(name) for name in files}
        self.whole = {name: _parts(str(file.absolute())) for name, file in files.items()}

    def meant(self, cell: str) -> list[str]:
        """Names of the files that a cell fits, by the strictest way in which it fits any."""
        if not (parts := _parts(cell)):
            return []
        for written, end in product((_as_it_is, str.casefold), (_as_it_is, _stem)):
            want = tuple(map(written, parts))
            last = self._last(written, end).get(want[-1], ())
            for length in (len(want), 0):
                if found := [name for name in last if self._fits(name, want, written, length)]:
                    return found
        # A sheet that names films serves for their tracks, whatever a program adds to the name.
        last = self._last(str.casefold, filmed).get(filmed(parts[-1]).casefold(), ())
        want = tuple(map(str.casefold, parts))
        return [n for n in last if self.tracks and self._fits(n, want, str.casefold, 0)]

    def near(self, cell: str) -> list[str]:
        """A file whose name without its ending, or whose film's name, is nearly that of a cell."""
        known = {word(_parts(n)[-1]): n for n in self.names for word in (_stem, filmed)}
        last = _stem((_parts(cell) or ("",))[-1])
        return [known[each] for each in difflib.get_close_matches(last, known, 1)]

    def _fits(self, name: str, want: Sequence[str], written: Word, length: int) -> bool:
        """Whether the folders fit: all of those below the one given, or the nearest ones."""
        if length and length != len(self.below[name]):
            return False
        folders = self.whole[name][-len(want) : -1]
        return tuple(map(written, folders)) == want[:-1]

    @cache  # noqa: B019  it lives as long as the matching does
    def _last(self, written: Word, end: Word) -> Mapping[str, Sequence[str]]:
        """Names of files by their last part."""
        found: dict[str, list[str]] = {}
        for name, parts in self.below.items():
            found.setdefault(written(end(parts[-1])), []).append(name)
        return found


def _as_it_is(text: str) -> str:
    return text


def _stem(name: str) -> str:
    return PurePosixPath(name).stem


def _parts(path: str) -> tuple[str, ...]:
    """The names on the way, however slashes and accents are written."""
    plain = unicodedata.normalize("NFC", path).replace("\\", "/")
    return tuple(part for part in plain.split("/") if part not in ("", "."))


def _of_rows(found: Mapping[tuple[str, ...], Sequence[Row]]) -> list[Problem]:
    """Contradictions that show only now that cells written differently mean the same file."""
    rows = [replace(row, video=names) for names, rows in found.items() for row in rows]
    return contradictions(rows)


def _of_files(
    files: Mapping[str, Path], found: Mapping[tuple[str, ...], Sequence[Row]]
) -> Iterator[Problem]:
    """Files that no row, or that two recordings, speak of."""
    spoken: dict[str, tuple[str, ...]] = {}
    for names, rows in found.items():
        for index, name in enumerate(names):
            line = rows[0].line if rows else 0
            if name in names[:index]:
                yield Problem(line, f"{name} is there twice", "name each file of it once")
            elif rows and spoken.setdefault(name, names) != names:
                reason = f"{name} belongs to two recordings"
                yield Problem(line, reason, "write the same files in every row of it")
            spoken.setdefault(name, names)
    for name in files:
        if name not in spoken:
            yield Problem(0, f"{name} is in no row", "add a row for it, or name the other files")


def _of_folders(whole: Mapping[tuple[str, ...], Sequence[Row]]) -> Iterator[Problem]:
    """Arenas whose results cannot have a folder, or have that of another."""
    taken: dict[str, str] = {}
    for names in whole:
        taken[_folder(names[0])] = names[0]
    for names, rows in whole.items():
        for row in rows:
            if not row.arena:
                continue
            if reason := unfit(row.arena):
                remedy = "call it by letters and digits"
                yield Problem(row.line, f"arena {row.arena!r} {reason}", remedy)
                continue
            whose = f"arena {row.arena} of {names[0]}"
            other = taken.setdefault(_folder(names[0], row.arena), whose)
            if other != whose:
                reason = f"the results of {whose} would lie where those of {other} go"
                yield Problem(row.line, reason, "rename the arena, or the file")


def _folder(*parts: str) -> str:
    first = PurePosixPath(parts[0]).with_suffix("")
    # Some file systems do not tell A from a.
    return str(first.joinpath(*parts[1:])).casefold()
