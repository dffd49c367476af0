"""Which tables of tracks, or of episodes, are meant by the paths that a user names."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unicodedata import normalize

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import Refusal
from ethoframe.formats._finding import observing_format, tracks_format
from ethoframe.run.names import JOURNAL, PROVENANCE

Say = Callable[[str], None]
"""Takes a line that a person should know."""

OWN = {
    Kind.TRACKS: ("tracks.parquet", "tracks.csv"),
    Kind.EPISODES: ("episodes.csv",),
}
"""How a run calls its tables; the first that is there counts."""

FORMAT = {Kind.TRACKS: tracks_format, Kind.EPISODES: observing_format}

SUFFIXES = (".parquet", ".csv", ".h5")
"""Of one table in several files, the one whose name ends so is read, the first first."""

TABLES = frozenset({*SUFFIXES, ".tsv", ".txt", ".slp", ".nc"})
"""How the names of tables of tracks end."""

STORES = (".zarr",)
"""Folders that hold no tables."""

FILTERED = "_filtered"
"""How DeepLabCut ends the name of a table that it smoothed, beside the one that it did not."""

TOLD = 3
"""Names that a line about files lists."""


def tabled(paths: Sequence[Path], kind: Kind, say: Say | None = None) -> dict[str, Path]:
    """The tables that are meant, each called by its path below the folder without its ending.

    A folder stands for every table in it and in the folders below, whichever program wrote it;
    where there is none, for those that runs left there, which are called by their recordings. Of
    one table in several files, as DeepLabCut writes it, one is taken; and of one that it smoothed
    as well the other, for it shows how sure the network was from frame to frame. Files that are
    left out are told in a line.

    Parameters
    ----------
    paths
        Files and folders.
    kind
        Tracks or episodes.
    say
        Is told what is left out.

    Raises
    ------
    Refusal
        When a folder holds no such table or may not be read, or two results would lie in one
        folder.
    """
    say = say or _nothing
    alone = [path for path in paths if not path.is_dir()]
    kept = _kept(alone, say)
    paths = [path for path in paths if path.is_dir() or path in kept]
    found: dict[str, Path] = {}
    taken: dict[str, Path] = {}
    for path in paths:
        for name, file in _meant(path, kind, say):
            # Some file systems do not tell A from a.
            other = taken.setdefault(name.casefold(), file)
            if other.resolve() != file.resolve():
                reason = f"its results would lie where those of {other} go"
                remedy = "rename one, or name each in a command of its own with another --out"
                raise Refusal(file, reason, remedy)
            found[name] = file
    return found


def foreign(folder: Path, kind: Kind) -> list[Path]:
    """The tables in a folder and those below that other programs left there; sorted."""
    files = [*_files(folder)]
    ours = {file.parent for file in files if file.name in (PROVENANCE, JOURNAL)}
    return [file for file in files if file.parent not in ours and _holds(file, kind)]


def tabled_in(folder: Path) -> list[Path]:
    """The tables of tracks that runs left in a folder and those below."""
    runs = {file.parent for file in _files(folder) if file.name == PROVENANCE}
    return [*_own(runs, Kind.TRACKS).values()]


def is_own(file: Path, kind: Kind) -> bool:
    """Whether a run left this table."""
    return file.name in OWN[kind] and (file.parent / PROVENANCE).is_file()


def listed(files: Sequence[Path], top: Path | None = None) -> str:
    """Some names of files, by their paths below a folder where one is given, in words."""
    names = [(file.relative_to(top) if top else file).as_posix() for file in files[:TOLD]]
    return ", ".join(names) + (f" and {len(files) - TOLD} more" if len(files) > TOLD else "")


def _nothing(line: str) -> None:
    """Says nothing."""
    del line


def _meant(path: Path, kind: Kind, say: Say) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield _called(path, kind), path
        return
    files = [*_files(path)]
    runs = {file.parent for file in files if file.name == PROVENANCE}
    ours = runs | {file.parent for file in files if file.name == JOURNAL}
    others = [file for file in files if file.parent not in ours]
    tables = [file for file in others if _holds(file, kind)]
    left = sorted({*others} - {*tables})
    own = _own(runs, kind)
    if tables and own:
        say(f"{path}: what runs left in it is not taken: {listed([*own.values()], path)}")
    tables = _kept(tables, say, path)
    if left and (tables or own):
        say(f"{path}: {len(left)} other files hold no {kind}: {listed(left, path)}")
    named = {_below(file, path): file for file in tables} or _below_all(own, path)
    if not named:
        seen = f"; there are {listed(left, path)}" if left else ""
        reason = f"there are no {kind} in this folder{seen}"
        raise Refusal(path, reason, "name a folder with some")
    yield from named.items()


def _files(folder: Path) -> Iterator[Path]:
    """Every file in a folder and those below, in order; hidden ones, and stores, are left out."""

    def refuse(error: OSError) -> None:
        reason = f"it cannot be read ({error.strerror or error})"
        raise Refusal(error.filename or folder, reason, "ask its owner for permission")

    for place, below, names in os.walk(folder, onerror=refuse):
        below[:] = sorted(d for d in below if d[0] != "." and not d.lower().endswith(STORES))
        yield from (Path(place) / name for name in sorted(names) if name[0] != ".")


def _holds(file: Path, kind: Kind) -> bool:
    """Whether a file is such a table; one that is empty would have been, and is not passed over."""
    try:
        FORMAT[kind](file)
    except Refusal:
        return file.suffix.lower() in SUFFIXES and file.stat().st_size == 0
    return True


def _kept(files: Sequence[Path], say: Say, top: Path | None = None) -> list[Path]:
    """Each table once, in their order; what is left out is told."""
    first: dict[str, Path] = {}
    for file in sorted(files, key=lambda file: (_smoothed(file), _rank(file), file)):
        first.setdefault(_recorded(file), file)
    left = [file for file in dict.fromkeys(files) if file not in first.values()]
    smoothed = [file for file in left if _smoothed(file) and not _smoothed(first[_recorded(file)])]
    same = [file for file in left if file not in smoothed]
    where = f"{top}: " if top else ""
    if same:
        say(f"{where}these hold the same as another file: {listed(same, top)}")
    if smoothed:
        told = "taken as the network gave them, and not as they were filtered"
        say(f"{where}{told}: without {listed(smoothed, top)}")
    return [file for file in files if file not in left]


def _recorded(file: Path) -> str:
    """The path without what tells files of one table apart."""
    return formats.stem(file.as_posix()).removesuffix(FILTERED)


def _smoothed(file: Path) -> bool:
    return formats.stem(file.name).endswith(FILTERED)


def _rank(file: Path) -> int:
    suffix = file.suffix.lower()
    return SUFFIXES.index(suffix) if suffix in SUFFIXES else len(SUFFIXES)


def _own(runs: set[Path], kind: Kind) -> dict[Path, Path]:
    """The table that each run left, by its folder."""
    found: dict[Path, Path] = {}
    for folder in sorted(runs):
        table = next((folder / name for name in OWN[kind] if (folder / name).is_file()), None)
        if table is not None:
            found[folder] = table
    return found


def _below(file: Path, folder: Path) -> str:
    # A Mac may take an accented letter apart, which would be another name in a sheet.
    return normalize("NFC", formats.stem(file.relative_to(folder).as_posix()))


def _below_all(own: dict[Path, Path], top: Path) -> dict[str, Path]:
    """Tables of runs by their recordings."""
    if [*own] == [top]:
        return {_recording(top): own[top]}
    return {normalize("NFC", place.relative_to(top).as_posix()): own[place] for place in own}


def _called(file: Path, kind: Kind) -> str:
    if is_own(file, kind):
        return _recording(file.parent)
    return formats.stem(file.name)


def _recording(folder: Path) -> str:
    """What the recording is called whose results a folder holds; with the arena, of several."""
    told = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    place = folder.resolve()
    several = told.get("arena") and told["arena"] == place.name
    return f"{place.parent.name}/{place.name}" if several else place.name
