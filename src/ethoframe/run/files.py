"""Which files a method is applied to, and how the results of each are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.run.entries import Entry
from ethoframe.run.names import named


def files(paths: Sequence[Path], kind: Kind, *, join: bool = False) -> tuple[Entry, ...]:
    """The files that are meant, in the order they were named.

    A folder stands for every picture, volume and video in it and the folders below; one that is a
    single recording (a DICOM series, a Zarr store) for that.

    Parameters
    ----------
    paths
        Files and folders.
    kind
        What the files must hold; a folder of tables is looked through as well.
    join
        Whether the pictures of a folder are one recording, in natural order.

    Raises
    ------
    Refusal
        When a folder holds nothing of the kind, or two results would lie in one folder.
    """
    del kind

    def inside(folder: Path) -> list[Path]:
        if join or formats.is_recording(folder):
            return [folder]
        return formats.recordings_in(folder, stills=True)

    return tuple(Entry(name, (file,)) for name, file in named(paths, inside).items())
