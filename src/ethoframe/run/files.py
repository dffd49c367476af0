"""Which files a method is applied to, and how the results of each are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import Refusal
from ethoframe.run.entries import Entry
from ethoframe.run.inputs import observed_in
from ethoframe.run.names import PROVENANCE, named, unfit
from ethoframe.run.tabled import OWN, Say, tabled

LABELS = ("labels.tif", "labels.zarr")
"""How a run calls the labels of a file."""


def files(
    paths: Sequence[Path],
    kind: Kind,
    *,
    join: bool = False,
    say: Say | None = None,
    rate: float | None = None,
) -> tuple[Entry, ...]:
    """The files that are meant, in the order they were named.

    A folder stands for every picture, volume and video in it and the folders below; one that is a
    single recording (a DICOM series, a Zarr store) for that. Where labels are wanted, a folder of
    results stands for the labels in it, which are called by what they are of. Tables of tracks and
    of episodes are found as `tabled` says; one with episodes of several recordings, or by several
    authors, stands for each of these.

    Parameters
    ----------
    paths
        Files and folders.
    kind
        What the files must hold.
    join
        Whether the pictures of a folder are one recording, in natural order.
    say
        Is told of files in a folder of tables that are left out.
    rate
        Frames per second, where a table of episodes counts frames.

    Raises
    ------
    Refusal
        When a folder holds nothing of the kind, or two results would lie in one folder.
    """

    def inside(folder: Path) -> list[Path]:
        if join or formats.is_recording(folder):
            return [folder]
        return formats.recordings_in(folder, stills=True)

    if kind in OWN:
        found = tabled(paths, kind, say)
        each = [_entries(name, file, kind, rate) for name, file in found.items()]
        return _apart([entry for some in each for entry in some])
    if kind is Kind.LABELMAP and (drawn := _drawn(paths)):
        return drawn
    return tuple(Entry(name, (file,)) for name, file in named(paths, inside).items())


def _entries(name: str, file: Path, kind: Kind, rate: float | None) -> list[Entry]:
    """A table, or each of the recordings of which a table holds episodes."""
    whole = [Entry(name, (file,))]
    if kind is not Kind.EPISODES:
        return whole
    try:
        inside = observed_in(file, rate)
    except (Refusal, OSError):
        return whole  # told when its turn comes, so that it does not stop the others
    if len(inside) < 2:
        return whole
    for each in inside:
        if reason := next(filter(None, map(unfit, each.split("/"))), ""):
            raise Refusal(file, f"the recording or author {each!r} {reason}", "rename it there")
    return [Entry(each, (file,), of=each) for each in inside]


def _apart(found: Sequence[Entry]) -> tuple[Entry, ...]:
    """The entries, none of which may be called as another."""
    taken: dict[str, Path] = {}
    for entry in found:
        if (other := taken.setdefault(entry.name.casefold(), entry.files[0])) != entry.files[0]:
            reason = f"it has {entry.name} as well as {other}"
            raise Refusal(entry.files[0], reason, "name each in a command with another --out")
    return tuple(found)


def _drawn(paths: Sequence[Path]) -> tuple[Entry, ...]:
    """Labels that a run wrote, called by what they are of; none unless all are such."""
    found: list[Entry] = []
    for path in paths:
        places = {path.parent} if path.name in LABELS else set()
        places |= {each.parent for name in LABELS for each in path.rglob(f"{name}")}
        top = path if path.is_dir() and path.name not in LABELS else path.parent.parent
        for place in sorted(place for place in places if (place / PROVENANCE).exists()):
            file = next(place / name for name in LABELS if (place / name).exists())
            name = place.relative_to(top).as_posix() if place != top else place.resolve().name
            found.append(Entry(name, (file,)))
    names = [entry.name for entry in found]
    return tuple(found) if len(set(names)) == len(names) >= len(paths) else ()
