"""Which formats there are, as the text of their modules says; and what the name of a file tells."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Any

from ethoframe.data import Labels, Observations, Tracks

ROOM = __name__.rpartition(".")[0]
"""The package whose modules are formats, and the group of entry points that adds others."""


_FOUND = Labels.__name__, Tracks.__name__, Observations.__name__
"""What a function of a format may return besides a recording."""


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
        Patterns of names in a folder that tell it to be of this format; those of folders end with
        a slash.
    writes
        Whether recordings are written in it too.
    says
        The name of its function that returns `Labels`; empty for one that has none.
    tracks, observes
        Of those that return `Tracks`, and `Observations`.
    """

    name: str
    gives: str
    suffixes: tuple[str, ...]
    signatures: tuple[tuple[int, bytes], ...]
    module: str
    folder: tuple[str, ...] = ()
    writes: bool = False
    says: str = ""
    tracks: str = ""
    observes: str = ""

    def begins(self, head: bytes) -> bool:
        """Whether content that begins with `head` looks like this format."""
        return any(head[at : at + len(mark)] == mark for at, mark in self.signatures)

    def marks(self, names: Sequence[str]) -> bool:
        """Whether one of the names in a folder tells it to be of this format."""
        return any(fnmatch(name.lower(), mark) for name in names for mark in self.folder)

    def ending(self, name: str) -> int:
        """How long the end of a name is by which this format knows it; 0 where it does not."""
        ends = [len(suffix) for suffix in self.suffixes if name.lower().endswith(suffix)]
        return max(ends, default=0)


@cache
def formats() -> tuple[Format, ...]:
    """Every format, the more particular first: of two that read a file, it knows it better."""
    found = [_declared(module, path) for module, path in _files()]
    return tuple(sorted(found, key=lambda each: (len(each.suffixes), each.name)))


def called(name: str) -> Format:
    """The format of this name."""
    return next(each for each in formats() if each.name == name)


def stem(name: str) -> str:
    """A path without the ending that tells its format; with slashes.

    Examples
    --------
    >>> stem("plate1/b03.ome.tif"), stem("brain.nii.gz"), stem("day.1/mouse.mp4"), stem("m.1")
    ('plate1/b03', 'brain', 'day.1/mouse', 'm')
    """
    lower = name.lower()
    fitting = [end for each in formats() for end in each.suffixes if lower.endswith(end)]
    path = PurePath(name)
    own = max([path.suffix, *fitting], key=len)
    return path.as_posix()[: len(path.as_posix()) - len(own)]


def _files() -> Iterator[tuple[str, Path]]:
    """Name and file of every module beside this one, and of those that other packages add."""
    packages = [ROOM, *(entry.value for entry in entry_points(group=ROOM))]
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
    gives, verbs = "", dict.fromkeys(_FOUND, "")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=word)]) if word in said:
                said[word] = ast.literal_eval(node.value)
            case ast.FunctionDef(name=verb, returns=ast.Name(id=noun)):
                gives = noun if verb == "read" else gives
                if noun in verbs and not verb.startswith("_"):
                    verbs[noun] = verb
    name = module.rpartition(".")[2]
    return Format(
        name,
        gives,
        said["SUFFIXES"],
        said["SIGNATURES"],
        module,
        said["FOLDER_MARKS"],
        said["WRITES"],
        *verbs.values(),
    )
