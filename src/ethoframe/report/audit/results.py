"""Results of earlier runs, and the recordings they are of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ethoframe import formats
from ethoframe.data import Arenas, Recording, Refusal, Tracks, Window
from ethoframe.data.noun import Array
from ethoframe.formats import arena as arena_file
from ethoframe.formats import table
from ethoframe.run.names import PROVENANCE

TRACKS, ARENA = "tracks.parquet", "arena.toml"
REMEDY = "name the folder it is in with --videos FOLDER"


@dataclass(frozen=True)
class Result:
    """What was found of one animal, where a run left it.

    Parameters
    ----------
    folder
        With ``tracks.parquet`` and ``provenance.json``.
    recording
        As in the tables.
    arena
        Which arena of it; empty where there is one only.
    key
        Of the run: equal keys, equal results.
    identity
        Of the recording's file.
    source
        Its files, in order, relative to a folder above `folder`; none where that is not known.
    """

    folder: Path
    recording: str
    arena: str
    key: str
    identity: str
    source: tuple[str, ...]

    def open(self, videos: Path | None = None) -> Recording:
        """The recording.

        Parameters
        ----------
        videos
            The folder where it is now; None looks for it where it was.

        Raises
        ------
        Refusal
            When it is not there, or not the file that was analysed.
        """
        files = self._files(videos)
        if len(files) == 1:
            recording = formats.read(files[0], name=self.recording)
        else:
            recording = formats.read_chain(files, name=self.recording)
        if self.identity and recording.identity != self.identity:
            raise Refusal(files[0], "is not the file that was analysed", REMEDY)
        return recording

    def times_s(self) -> Array:
        """Seconds of the frames that were looked at ``(t,)``: little to keep of many results."""
        return table.read_times_s(self.folder / TRACKS)

    def tracks(self) -> Tracks:
        """Where the animal was, in px of the whole picture."""
        return table.read_tracks(self.folder / TRACKS, unit="px")

    def window(self, size: tuple[int, int]) -> Window:
        """The part of a picture ``(y, x)`` that shows its arena; all of it where none is known."""
        path = self.folder / ARENA
        if not path.exists():
            return Window(0, 0, *size)
        arenas = Arenas((arena_file.read(path).drawn_on(size),))
        return next(iter(arenas.windows(size).values()))

    def _files(self, videos: Path | None) -> list[Path]:
        if videos is not None:
            return [_below(videos, Path(name)) for name in self.source or (self.recording,)]
        for above in self.folder.parents:
            files = [above / name for name in self.source]
            if files and all(file.exists() for file in files):
                return files
        raise Refusal(self.recording, "its video is not where it was", REMEDY)


def results_in(folder: Path) -> tuple[Result, ...]:
    """All results below a folder, by recording and arena.

    Those without tracks, and what a killed run left, are left out.

    Raises
    ------
    Refusal
        When there is none, or one is not as a run leaves it.
    """
    places = [path.parent for path in folder.rglob(PROVENANCE)]
    found = [
        _result(place / PROVENANCE)
        for place in places
        if (place / TRACKS).exists()
        and not any(part.startswith(".") for part in place.relative_to(folder).parts)
    ]
    if not found:
        raise Refusal(
            folder, "there are no results in it", "name what --out named, or analyse first"
        )
    return tuple(sorted(found, key=lambda result: (result.recording, result.arena)))


def _result(path: Path) -> Result:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        file, source = told["file"], told.get("source") or ()
        return Result(
            path.parent,
            str(file["name"]),
            str(told.get("arena") or ""),
            str(told["key"]),
            str(file.get("identity") or ""),
            tuple(map(str, source)),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(path, "is not as a run leaves it", "analyse its recording anew") from None


def _below(videos: Path, name: Path) -> Path:
    """The file of that name below a folder: by the end of its path, as far as that is needed."""
    found = [path for path in videos.rglob(name.name) if path.is_file()]
    for parts in _tails(name):
        ending = [path for path in found if path.parts[-len(parts) :] == parts]
        if len(ending) == 1:
            return ending[0]
    if found:
        reason = f"{len(found)} files in {videos} are called so"
        raise Refusal(name.name, reason, "name the folder of the right one with --videos FOLDER")
    raise Refusal(name.name, f"there is no such video in {videos}", REMEDY)


def _tails(name: Path) -> Iterator[tuple[str, ...]]:
    parts = tuple(part for part in name.parts if part not in ("..", name.anchor))
    return (parts[-count:] for count in range(1, len(parts) + 1))
