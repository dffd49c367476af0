"""Files and the nouns in them: one file here is one format.

A format is a module of this folder that declares, as literals, how the names of its files end
(``SUFFIXES``) and, if it likes, how their content begins (``SIGNATURES``: place and bytes), by
which files in it a folder is known to be of the format (``FOLDER_MARKS``: patterns of names), and
that recordings are written in it too (``WRITES``). One whose ``read(path, *, name=None)`` is
annotated to return a `Recording` is found here by its text: nothing heavy is imported before a file
of its kind is opened. One with a function that is annotated to return `Labels` reads what people
said; where several have files of one name, ``knows(path) -> bool`` tells them apart. So it is with
functions that return `Tracks` (``tracks_in(path) -> bool``) and `Observations` (``observed_in``),
whose formats have to tell. Outside
packages add a folder of theirs by the entry point group
``ethoframe.formats``, whose value names the package that holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

from ethoframe.data import LabelMap, Labels, Observations, Recording, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._finding import (
    format_of,
    is_recording,
    labels_format,
    observing_format,
    opened,
    recordings_in,
    refuse_options,
    stored,
    tracks_format,
)
from ethoframe.formats._listing import Format, formats, stem

__all__ = [
    "Format",
    "asks",
    "asks_of_tracks",
    "formats",
    "in_space",
    "is_recording",
    "is_tracks",
    "read",
    "read_annotations",
    "read_chain",
    "read_labels",
    "read_observations",
    "read_tracks",
    "recordings_in",
    "stem",
    "write",
    "write_labels",
]


def read(path: Path | str, *, name: str | None = None, **options: Any) -> Recording:
    """The recording at `path`, by the format that its name or else its content tells.

    Parameters
    ----------
    path
        A file, or a folder: of pictures, of a DICOM series, or Zarr.
    name
        How the recording is called; the name of the file when left out.
    **options
        What the format asks for besides: ``rate``, ``pages`` (TIFF), ``series`` (TIFF, DICOM),
        ``image`` (Zarr).

    Raises
    ------
    Refusal
        When there is no such file, it is not a recording, or its format refuses it.

    Examples
    --------
    >>> read("mouse.mp4")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: mouse.mp4: there is no such file; check its name and folder
    """
    return opened(Path(path), name=name, **options)


def asks(path: Path | str) -> frozenset[str]:
    """Names of the options that `read` takes of what is at `path`.

    Raises
    ------
    Refusal
        When there is no such file, or it is not a recording.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".tif") as file:
    ...     sorted(asks(file.name))
    ['pages', 'rate', 'series']
    """
    known = signature(import_module(format_of(Path(path)).module).read).parameters
    return frozenset(known) - {"path", "name", "labels"}


def read_labels(path: Path | str, **options: Any) -> LabelMap:
    """The labels in a picture, volume or recording of any format, as they are stored.

    Parameters
    ----------
    path
        As `read` takes it; of a Zarr image with one set of labels, these; of a folder with a mask
        for each object, all of them.
    **options
        What the format asks for besides.

    Raises
    ------
    Refusal
        When it cannot be read, or holds no labels: colours, or numbers that are not whole.

    Examples
    --------
    >>> read_labels("cells.tif")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: cells.tif: there is no such file; check its name and folder
    """
    from ethoframe.formats import instances, labels

    path = Path(path)
    if path.is_dir() and instances.holds(path):
        return instances.read(path)
    return labels.found_in(path, stored(path, **options))


def read_annotations(path: Path | str, **options: Any) -> Labels:
    """What people said, by what is at `path`: keypoints, masks, boxes, classes, values, episodes.

    No pixel of what they said it of is decoded before it is asked for, but of pictures whose first
    bytes do not tell their size and depth.

    Parameters
    ----------
    path
        A folder or file: a DeepLabCut project, ``.slp``, COCO ``.json``, pictures and their masks,
        PASCAL VOC, or a table.
    **options
        What the format asks for besides, such as ``images`` (COCO: the folder of the pictures).

    Raises
    ------
    Refusal
        When there is no such file, no format knows it, or its format refuses it.

    Examples
    --------
    >>> read_annotations("labels.slp")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: labels.slp: there is no such file; check its name and folder
    """
    path = Path(path)
    form = labels_format(path)
    verb = getattr(import_module(form.module), form.says)
    refuse_options(path, verb, options, f"reading {form.name}")
    labels: Labels = verb(path, **options)
    return labels


def read_tracks(path: Path | str, **options: Any) -> Tracks:
    """The tracks at `path`, whichever program wrote them.

    Parameters
    ----------
    path
        A table of a run, what DeepLabCut, SLEAP, Anipose, DLTdv, Argus or `movement` wrote, or what
        EthoVision or ANY-maze exported.
    **options
        What the format asks for besides, such as ``rate`` (frames per second) where the file
        carries no clock; those that it does not ask for are left out.

    Raises
    ------
    Refusal
        When there is no such file, no format knows it, or its format refuses it.

    Examples
    --------
    >>> read_tracks("tracks.parquet")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: tracks.parquet: there is no such file; check its name and folder
    """
    path = Path(path)
    verb = _of_tracks(path)
    tracks: Tracks = verb(path, **_asked(verb, options))
    return tracks


def asks_of_tracks(path: Path | str) -> frozenset[str]:
    """Names of the options that the format of the tracks at `path` asks for.

    Raises
    ------
    Refusal
        When there is no such file, or no format knows it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile(suffix=".nc") as file:
    ...     sorted(asks_of_tracks(file.name))
    ['plane', 'rate', 'times_s']
    """
    return frozenset(signature(_of_tracks(Path(path))).parameters) - {"path"}


def in_space(path: Path | str) -> bool:
    """Whether the tracks at `path` are in three dimensions, of which two are kept.

    Raises
    ------
    Refusal
        When there is no such file, no format knows it, or it is damaged.
    """
    path = Path(path)
    tells = getattr(import_module(tracks_format(path).module), "in_space", None)
    return tells is not None and bool(tells(path))


def is_tracks(path: Path | str) -> bool:
    """Whether there is a file of tracks at `path`, as far as its name and its beginning tell.

    Examples
    --------
    >>> is_tracks("no.csv")
    False
    """
    try:
        tracks_format(Path(path))
    except Refusal:
        return False
    return True


def read_observations(path: Path | str, **options: Any) -> Observations:
    """The episodes at `path`, by recording and author, whichever program wrote them.

    Parameters
    ----------
    path
        An ``episodes.csv`` of a run, a BORIS project or export, a table of other programs, or a
        MATLAB table of bouts.
    **options
        What the format asks for besides, such as ``rate`` (frames per second) of a table that
        counts frames; those that it does not ask for are left out.

    Raises
    ------
    Refusal
        When there is no such file, no format knows it, or its format refuses it.

    Examples
    --------
    >>> read_observations("day1.boris")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: day1.boris: there is no such file; check its name and folder
    """
    path = Path(path)
    form = observing_format(path)
    verb = getattr(import_module(form.module), form.observes)
    seen: Observations = verb(path, **_asked(verb, options))
    return seen


def write(recording: Recording, path: Path | str, **options: Any) -> tuple[str, ...]:
    """The recording in the format that the name of `path` ends with.

    What is there already is replaced once all is written. The recording is read piece by piece, so
    that it may be larger than memory.

    Parameters
    ----------
    recording
        What is written.
    path
        Of the file or folder to be.
    **options
        ``tell``, which is told how many planes are done, of how many; ``labels``, whether its
        values are labels, which are compressed, never averaged, and written in the smallest whole
        numbers that hold them where they are few enough; and what the format asks for besides.

    Returns
    -------
    tuple of str
        What the format could not keep, one line each.

    Raises
    ------
    Refusal
        When no format that can be written has such names, or it cannot hold such pixels.

    Examples
    --------
    >>> import numpy as np
    >>> write(Recording.of(np.zeros((1, 4, 6, 1), np.uint8)), "cells.docx")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: cells.docx: its name tells no format that can be written; ...
    """
    path = Path(path)
    able = [each for each in formats() if each.writes and each.ending(path.name)]
    if not able:
        ends = " ".join(each.suffixes[0] for each in formats() if each.writes)
        reason = "its name tells no format that can be written"
        raise Refusal(path, reason, f"let it end in one of these: {ends}")
    form = max(able, key=lambda each: each.ending(path.name))
    _refuse_folder(path, form)
    module = import_module(form.module)
    refuse_options(path, module.write, options, f"writing {form.name}")
    if options.get("labels"):
        from ethoframe.formats.labels import narrowed

        recording = narrowed(recording)
    notes: tuple[str, ...] = module.write(path, recording, **options)
    return notes


def read_chain(paths: Sequence[Path | str], *, name: str | None = None) -> Recording:
    """The recording that a camera split into the files at these paths, in order.

    Files follow each other as the times say at which they began, where all say so and it fits their
    lengths; otherwise one after the other at once. `warnings` tells of gaps, and of what is
    assumed.

    Parameters
    ----------
    paths
        Files in the order they were recorded.
    name
        How the recording is called; as the first file when left out.

    Raises
    ------
    Refusal
        When one of them cannot be read, or its pictures are not like those of the first.
    ValueError
        When there are no paths.

    Examples
    --------
    >>> read_chain(["part1.mp4", "part2.mp4"])
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: part1.mp4: there is no such file; check its name and folder
    """
    from ethoframe.formats.chain import chained

    return chained([read(path) for path in paths], name)


def write_labels(
    found: LabelMap,
    path: Path | str,
    *,
    affine: Array | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> tuple[str, ...]:
    """The label map in the format that the name of `path` ends with, such as ``.tif`` or ``.zarr``.

    Values are the labels themselves, in the smallest type of whole numbers that holds them. What is
    there already is replaced once all is written.

    Parameters
    ----------
    found
        What is written.
    path
        Of the file or folder to be.
    affine
        Where its voxels lie, if it is of volumes and that is known.
    tell
        Is told how many planes are done, of how many.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When no format that can be written has such names, or it cannot hold them.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> path = Path(tempfile.mkdtemp()) / "labels.tif"
    >>> write_labels(LabelMap.of(np.array([[[0, 300], [2, 2]]])), path)
    ()
    >>> read_labels(path).dense().tolist()
    [[[0, 300], [2, 2]]]
    """
    from ethoframe.formats import labels

    path = Path(path)
    named = path.name.lower().endswith(".zarr")
    options: dict[str, Any] = {"names": dict(found.names)} if named else {}
    recording = labels.as_recording(found, stem(path.name), affine)
    notes = write(recording, path, tell=tell, labels=True, **options)
    return (*notes, *labels.unkept(found, names=named))


def _of_tracks(path: Path) -> Callable[..., Tracks]:
    """What reads the tracks at a path."""
    form = tracks_format(path)
    verb: Callable[..., Tracks] = getattr(import_module(form.module), form.tracks)
    return verb


def _asked(verb: Callable[..., Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the options that a function of a format asks for."""
    known = signature(verb).parameters
    return {name: held for name, held in options.items() if name in known}


def _refuse_folder(path: Path, form: Format) -> None:
    """Refuses to replace a folder that is not of this format."""
    inside = list(path.iterdir()) if path.is_dir() else []
    if inside and not form.marks([each.name for each in inside]):
        raise Refusal(path, "this is a folder that holds something else", "name another file")
