"""Files and the nouns in them: one file here is one format.

A format is a module of this folder that declares, as literals, how the names of its files end
(``SUFFIXES``) and, if it likes, how their content begins (``SIGNATURES``: place and bytes). One
whose ``read(path, *, name=None)`` is annotated to return a `Recording` is found here by its text:
nothing heavy is imported before a file of its kind is opened. Outside packages add a folder of
theirs by the entry point group ``ethoframe.formats``, whose value names the package that holds it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ethoframe.data import Recording, Refusal

__all__ = ["Format", "formats", "read", "read_chain", "recordings_in"]

FOLDER = "images"
"""The format of a folder: pictures in order."""


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
    """

    name: str
    gives: str
    suffixes: tuple[str, ...]
    signatures: tuple[tuple[int, bytes], ...]
    module: str

    def begins(self, head: bytes) -> bool:
        """Whether content that begins with `head` looks like this format."""
        return any(head[at : at + len(mark)] == mark for at, mark in self.signatures)


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
        A file, or a folder of pictures.
    name
        How the recording is called; the name of the file when left out.
    **options
        What the format asks for besides.

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
    recording: Recording = import_module(_format(path).module).read(path, name=name, **options)
    return recording


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


def recordings_in(folder: Path) -> list[Path]:
    """All video files in a folder and the folders in it, sorted; hidden ones are left out."""
    suffixes = _called("video").suffixes
    found = (path for path in folder.rglob("*") if path.suffix.lower() in suffixes)
    return sorted(path for path in found if path.is_file() and not _hidden(path, folder))


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _called(name: str) -> Format:
    return next(each for each in formats() if each.name == name)


def _format(path: Path) -> Format:
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")
    if path.is_dir():
        return _called("images")
    named = [each for each in formats() if path.suffix.lower() in each.suffixes]
    head = b"" if named else _head(path)
    for each in named or [each for each in formats() if each.begins(head)]:
        if each.gives == Recording.__name__:
            return each
    kinds = [each for each in formats() if each.gives == Recording.__name__]
    known = ", ".join(f"{each.name} ({' '.join(each.suffixes[:6])} ...)" for each in kinds)
    raise Refusal(path, "this is not a recording that can be read", f"name one of these: {known}")


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(64)
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
    said: dict[str, Any] = {"SUFFIXES": (), "SIGNATURES": ()}
    gives = ""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id="SUFFIXES" | "SIGNATURES" as word)]):
                said[word] = ast.literal_eval(node.value)
            case ast.FunctionDef(name="read", returns=ast.Name(id=gives)):
                pass
    name = module.rpartition(".")[2]
    return Format(name, gives, said["SUFFIXES"], said["SIGNATURES"], module)
