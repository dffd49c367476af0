"""Tracks that teach by themselves: nobody said what the animals did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ethoframe.contract import Kind
from ethoframe.data import Labelled, Labels, Refusal, Tracks
from ethoframe.formats import stem
from ethoframe.run.inputs import Reading, noun_in
from ethoframe.run.traced import stand_in

TRACKS = (".csv", ".h5", ".slp", ".nwb", ".parquet")
"""How files of tracks in a folder end."""


def alone(paths: Sequence[Path], reading: Reading) -> Labels:
    """Tracks as labels of themselves, one part for each file.

    Parameters
    ----------
    paths
        Files of tracks, or folders of these.
    reading
        What is known of them besides.

    Raises
    ------
    Refusal
        When a folder has no tracks, or a file is none.
    """
    parts = []
    for path in paths:
        for file in _files(path):
            tracks = noun_in(file, Kind.TRACKS, reading)
            assert isinstance(tracks, Tracks)
            name = stem(file.name)
            parts.append(Labelled(stand_in(tracks, name), tracks, film=name, tracks=tracks))
    return Labels(tuple(parts))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    found = sorted(each for each in path.iterdir() if each.suffix.lower() in TRACKS)
    if not found:
        raise Refusal(path, "there are no tracks in this folder", "name a file of tracks")
    yield from found
