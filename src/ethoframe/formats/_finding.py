"""Of which format something is, by its name or else its content; and it as a recording."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from ethoframe.data import Recording, Refusal
from ethoframe.formats._cells import TEXTS, WORKBOOKS
from ethoframe.formats._listing import Format, called, formats

STILLS = "images"
"""The format of a folder that is of no other: pictures in order."""

LOOKED_AT = 8
"""Files without a known end of their names that are looked into to tell what a folder is."""

HEAD = 512
"""Bytes of a file in which a format tells what it is."""


def opened(path: Path, *, name: str | None = None, **options: Any) -> Recording:
    """The recording at `path`, by the format that its name or else its content tells.

    Parameters
    ----------
    path
        A file, or a folder that is one recording.
    name
        How the recording is called; the name of the file when left out.
    **options
        What the format asks for besides.

    Raises
    ------
    Refusal
        When there is no such file, it is not a recording, or its format refuses it.
    """
    form = format_of(path)
    module = import_module(form.module)
    refuse_options(path, module.read, options, f"reading {form.name}")
    recording: Recording = module.read(path, name=name, **options)
    return recording


def stored(path: Path, **options: Any) -> Recording:
    """As `opened`, of a file of labels: numbers of a palette and not its colours, for example.

    Parameters
    ----------
    path
        A file or folder.
    **options
        What the format asks for besides.
    """
    knows = signature(import_module(format_of(path).module).read).parameters
    own: dict[str, Any] = {"labels": True} if "labels" in knows else {}
    return opened(path, **{**own, **options})


def format_of(path: Path) -> Format:
    """The format of the recording at `path`.

    Raises
    ------
    Refusal
        When there is no such file, or it is not a recording.
    """
    _refuse_absent(path)
    if path.is_dir():
        return _of_folder(path)
    kinds = _recordings()
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


def labels_format(path: Path) -> Format:
    """The format of what people said at `path`.

    Several formats may have files that are named alike; one that declares ``knows(path) -> bool``
    is asked, in the order of the list.

    Raises
    ------
    Refusal
        When there is no such file, or nothing in it that a format knows.
    """
    _refuse_absent(path)
    kinds = [each for each in formats() if each.says]
    for each in _candidates(path, kinds):
        knows = getattr(import_module(each.module), "knows", None)
        if knows is None or knows(path):
            return each
    known = ", ".join(f"{each.name} ({' '.join(each.suffixes or ('a folder',))})" for each in kinds)
    reason = "nothing that people said is found in it"
    raise Refusal(path, reason, f"name labels in one of these formats: {known}")


def tracks_format(path: Path) -> Format:
    """The format of the tracks at `path`: the first whose ``tracks_in(path) -> bool`` is true.

    Raises
    ------
    Refusal
        When there is no such file, or no format knows it.
    """
    return _asked(path, "tracks_in", [each for each in formats() if each.tracks], "no tracks are")


def observing_format(path: Path) -> Format:
    """The format of the episodes at `path`: the first whose ``observed_in(path) -> bool`` is true.

    Raises
    ------
    Refusal
        When there is no such file, or no format knows it.
    """
    kinds = [each for each in formats() if each.observes]
    return _asked(path, "observed_in", kinds, "no episodes are")


def refuse_unknown_table(path: Path) -> None:
    """Refuse a table in which no format found anything, and say which tables are known.

    Raises
    ------
    Refusal
        When what is at `path` is named as a table, and recordings are not.
    """
    table = path.is_file() and path.suffix.lower() in (*TEXTS, *WORKBOOKS)
    if not table or any(each.ending(path.name) for each in _recordings()):
        return
    named = [each for each in formats() if each.ending(path.name)]
    kinds = {
        "tracks": sorted(each.name for each in named if each.tracks),
        "episodes": sorted(each.name for each in named if each.observes),
    }
    told = [f"of {what} ({', '.join(names)})" for what, names in kinds.items() if names]
    own = "such as any with columns start, stop and behaviour"
    reason = "neither tracks nor episodes are found in this table"
    raise Refusal(path, reason, f"name one {', or '.join(told)}, {own}")


def _asked(path: Path, question: str, kinds: list[Format], none: str) -> Format:
    """The first of these formats that says yes to the question."""
    _refuse_absent(path)
    for each in _candidates(path, kinds):
        if getattr(import_module(each.module), question)(path):
            return each
    known = ", ".join(f"{each.name} ({' '.join(each.suffixes)})" for each in kinds)
    raise Refusal(path, f"{none} found in it", f"name a file in one of these formats: {known}")


def is_recording(folder: Path) -> bool:
    """Whether a folder is one recording, as a DICOM series or a Zarr store is."""
    return folder.is_dir() and _of_folder(folder).name != STILLS


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
        suffixes = called("video").suffixes
        found = (path for path in folder.rglob("*") if path.suffix.lower() in suffixes)
        return sorted(path for path in found if path.is_file() and not _hidden(path, folder))
    return [path for path in _all_in(folder) if not _hidden(path, folder)]


def refuse_options(path: Path, verb: Any, options: dict[str, Any], doing: str) -> None:
    """Refuse an option that a format's function does not take.

    Raises
    ------
    Refusal
        Of the first of them; those that it takes are named.
    """
    known = signature(verb).parameters
    takes_any = any(each.kind is Parameter.VAR_KEYWORD for each in known.values())
    for option in options:
        if option not in known and not takes_any:
            listed = ", ".join(list(known)[1:]) or "none"
            raise Refusal(path, f"{doing} knows no option {option!r}", f"there are: {listed}")


def _recordings() -> list[Format]:
    return [each for each in formats() if each.gives == Recording.__name__]


def _refuse_absent(path: Path) -> None:
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")


def _all_in(folder: Path) -> Iterator[Path]:
    if is_recording(folder):
        yield folder
        return
    kinds = _recordings()
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name != "masks" or not (folder / "images").is_dir():
                yield from _all_in(path)
        elif any(each.ending(path.name) for each in kinds):
            yield path


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except PermissionError:
        raise Refusal(folder, "you may not read this folder", "ask its owner") from None


def _of_folder(folder: Path) -> Format:
    """The format of recordings whose files a folder holds; pictures where it is no other's."""
    files = [each for each in _inside(folder) if each.is_file()]
    names = [each.name for each in files]
    own = [each for each in _recordings() if each.folder]
    for each in own:
        if each.ending(folder.name) or each.marks(names):
            return each
    # Some scanners give their files numbers for names: what is in them tells.
    seen = [file for file in files if not file.name.startswith(".")]
    bare = [file for file in seen if not any(each.ending(file.name) for each in formats())]
    heads = [_head(file) for file in bare[:LOOKED_AT]]
    found = (each for each in own if any(map(each.begins, heads)))
    return next(found, called(STILLS))


def _candidates(path: Path, kinds: list[Format]) -> list[Format]:
    """Formats of labels that what is at `path` may be of, the likelier first."""
    if path.is_dir():
        names = [f"{each.name}/" if each.is_dir() else each.name for each in _inside(path)]
        return [each for each in kinds if each.ending(path.name) or each.marks(names)]
    named = [each for each in kinds if each.ending(path.name)]
    if named or any(each.ending(path.name) for each in formats()):
        return sorted(named, key=lambda each: -each.ending(path.name))
    head = _head(path)
    return [each for each in kinds if each.begins(head)]


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except PermissionError:
        raise Refusal(path, "you may not read this file", "ask its owner for permission") from None
