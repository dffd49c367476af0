"""Files and the nouns in them: one file here is one format.

A format is a module of this folder that declares, as literals, how the names of its files end
(``SUFFIXES``) and, if it likes, how their content begins (``SIGNATURES``: place and bytes), by
which files in it a folder is known to be of the format (``FOLDER_MARKS``: patterns of names), and
that recordings are written in it too (``WRITES``). One whose ``read(path, *, name=None)`` is
annotated to return a `Recording` is found here by its text: nothing heavy is imported before a file
of its kind is opened. Outside packages add a folder of theirs by the entry point group
``ethoframe.formats``, whose value names the package that holds it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from inspect import Parameter, signature
from pathlib import Path, PurePath
from typing import Any

from ethoframe.data import LabelMap, Recording, Refusal
from ethoframe.data.noun import Array

__all__ = [
    "Format",
    "asks",
    "formats",
    "is_recording",
    "read",
    "read_chain",
    "read_labels",
    "recordings_in",
    "stem",
    "write",
    "write_labels",
]

STILLS = "images"
"""The format of a folder that is of no other: pictures in order."""

LOOKED_AT = 8
"""Files without a known end of their names that are looked into to tell what a folder is."""

HEAD = 512
"""Bytes of a file in which a format tells what it is."""


@dataclass(frozen=True)
class Format:
    """What the list says of a format.

    Parameters
    ----------
    name
        Of its module.
    gives
        The noun that its ``read`` returns; empty for one that has none.
    suffixes
        How the names of its files end, in lower case.
    signatures
        Where and how their content begins.
    module
        Where it is imported from.
    folder
        Patterns of names of files that tell a folder to be of this format.
    writes
        Whether recordings are written in it too.
    """

    name: str
    gives: str
    suffixes: tuple[str, ...]
    signatures: tuple[tuple[int, bytes], ...]
    module: str
    folder: tuple[str, ...] = ()
    writes: bool = False

    def begins(self, head: bytes) -> bool:
        """Whether content that begins with `head` looks like this format."""
        return any(head[at : at + len(mark)] == mark for at, mark in self.signatures)

    def marks(self, files: Sequence[Path]) -> bool:
        """Whether one of the files in a folder tells it to be of this format."""
        return any(fnmatch(file.name.lower(), mark) for file in files for mark in self.folder)

    def ending(self, name: str) -> int:
        """How long the end of a name is by which this format knows it; 0 where it does not."""
        ends = [len(suffix) for suffix in self.suffixes if name.lower().endswith(suffix)]
        return max(ends, default=0)


@cache
def formats() -> tuple[Format, ...]:
    """Every format, the more particular first: of two that read a file, it knows it better."""
    found = [_declared(module, path) for module, path in _files()]
    return tuple(sorted(found, key=lambda each: (len(each.suffixes), each.name)))


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
    path = Path(path)
    form = _format(path)
    module = import_module(form.module)
    _refuse_options(path, module.read, options, f"reading {form.name}")
    recording: Recording = module.read(path, name=name, **options)
    return recording


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
    known = signature(import_module(_format(Path(path)).module).read).parameters
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
    knows = signature(import_module(_format(path).module).read).parameters
    own: dict[str, Any] = {"labels": True} if "labels" in knows else {}
    return labels.found_in(path, read(path, **{**own, **options}))


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
    _refuse_options(path, module.write, options, f"writing {form.name}")
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


def recordings_in(folder: Path, *, stills: bool = False) -> list[Path]:
    """All video files in a folder and the folders in it, sorted; hidden ones are left out.

    Parameters
    ----------
    folder
        Where they are.
    stills
        Whether pictures and volumes are meant as well. A folder that is one recording stands for
        itself then, and masks beside the pictures they belong to (``images`` and ``masks`` in one
        folder) are left out.
    """
    if not stills:
        suffixes = _called("video").suffixes
        found = (path for path in folder.rglob("*") if path.suffix.lower() in suffixes)
        return sorted(path for path in found if path.is_file() and not _hidden(path, folder))
    return [path for path in _all_in(folder) if not _hidden(path, folder)]


def is_recording(folder: Path) -> bool:
    """Whether a folder is one recording, as a DICOM series or a Zarr store is."""
    return folder.is_dir() and _of_folder(folder).name != STILLS


def _all_in(folder: Path) -> Iterator[Path]:
    if is_recording(folder):
        yield folder
        return
    kinds = [each for each in formats() if each.gives == Recording.__name__]
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name != "masks" or not (folder / "images").is_dir():
                yield from _all_in(path)
        elif any(each.ending(path.name) for each in kinds):
            yield path


def stem(name: str) -> str:
    """A path without the ending that tells its format; with slashes.

    Examples
    --------
    >>> stem("plate1/b03.ome.tif"), stem("brain.nii.gz"), stem("day.1/mouse.mp4"), stem("m.1")
    ('plate1/b03', 'brain', 'day.1/mouse', 'm')
    """
    endings = [suffix for each in formats() for suffix in each.suffixes]
    fitting = [ending for ending in endings if name.lower().endswith(ending)]
    path = PurePath(name)
    own = max([path.suffix, *fitting], key=len)
    return path.as_posix()[: len(path.as_posix()) - len(own)]


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


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _called(name: str) -> Format:
    return next(each for each in formats() if each.name == name)


def _format(path: Path) -> Format:
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")
    if path.is_dir():
        return _of_folder(path)
    kinds = [each for each in formats() if each.gives == Recording.__name__]
    named = [each for each in kinds if each.ending(path.name)]
    if named:
        return max(named, key=lambda each: each.ending(path.name))
    # What is named for something else is not looked into.
    if not any(each.ending(path.name) for each in formats()):
        head = _head(path)
        for each in kinds:
            if each.begins(head):
                return each
    known = ", ".join(f"{each.name} ({' '.join(each.suffixes[:6])} ...)" for each in kinds)
    raise Refusal(path, "this is not a recording that can be read", f"name one of these: {known}")


def _of_folder(folder: Path) -> Format:
    """The format whose files a folder holds; pictures where it is no other's."""
    try:
        files = sorted(each for each in folder.iterdir() if each.is_file())
    except PermissionError:
        raise Refusal(folder, "you may not read this folder", "ask its owner") from None
    own = [each for each in formats() if each.folder]
    for each in own:
        if each.ending(folder.name) or each.marks(files):
            return each
    # Some scanners give their files numbers for names: what is in them tells.
    seen = [file for file in files if not file.name.startswith(".")]
    bare = [file for file in seen if not any(each.ending(file.name) for each in formats())]
    heads = [_head(file) for file in bare[:LOOKED_AT]]
    found = (each for each in own if any(map(each.begins, heads)))
    return next(found, _called(STILLS))


def _refuse_folder(path: Path, form: Format) -> None:
    """Refuses to replace a folder that is not of this format."""
    inside = list(path.iterdir()) if path.is_dir() else []
    if inside and not form.marks(inside):
        raise Refusal(path, "this is a folder that holds something else", "name another file")


def _refuse_options(path: Path, verb: Any, options: dict[str, Any], doing: str) -> None:
    known = signature(verb).parameters
    takes_any = any(each.kind is Parameter.VAR_KEYWORD for each in known.values())
    for option in options:
        if option not in known and not takes_any:
            listed = ", ".join(list(known)[1:]) or "none"
            raise Refusal(path, f"{doing} knows no option {option!r}", f"there are: {listed}")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except PermissionError:
        raise Refusal(path, "you may not read this file", "ask its owner for permission") from None


def _files() -> Iterator[tuple[str, Path]]:
    """Name and file of every module beside this one, and of those that other packages add."""
    packages = [__name__, *(entry.value for entry in entry_points(group=__name__))]
    for package in packages:
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for path in sorted(
                [*Path(folder).glob("[!_]*.py"), *Path(folder).glob("*/__init__.py")]
            ):
                yield (
                    f"{package}.{path.parent.name if path.stem == '__init__' else path.stem}",
                    path,
                )


def _declared(module: str, path: Path) -> Format:
    """What the text of a module says of it."""
    said: dict[str, Any] = {"SUFFIXES": (), "SIGNATURES": (), "FOLDER_MARKS": (), "WRITES": False}
    gives = ""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=word)]) if word in said:
                said[word] = ast.literal_eval(node.value)
            case ast.FunctionDef(name="read", returns=ast.Name(id=gives)):
                pass
    name = module.rpartition(".")[2]
    return Format(
        name,
        gives,
        said["SUFFIXES"],
        said["SIGNATURES"],
        module,
        said["FOLDER_MARKS"],
        said["WRITES"],
    )
