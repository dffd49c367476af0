"""Which methods there are: the folder is the registry.

A method's file is listed by reading its text, never by importing it, so that listing a hundred
methods stays instant and needs none of their libraries. Outside packages add a folder of theirs
by the entry point group ``ethoframe.methods``, whose value names the package that holds it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ethoframe.contract.method import Method
from ethoframe.contract.spec import In, Kind
from ethoframe.data import Refusal


@dataclass(frozen=True)
class Card:
    """What the list says of a method.

    Parameters
    ----------
    name
        Folder and file: ``segment/region-growing``.
    summary
        First line of the class's docstring.
    takes, gives
        As declared by the class.
    learned
        Whether its rules come from labels.
    module
        Where it is imported from.
    """

    name: str
    summary: str
    takes: Mapping[str, In]
    gives: Kind
    learned: bool
    module: str


@cache
def cards() -> tuple[Card, ...]:
    """Every method, in the order of the rooms' names."""
    return tuple(sorted((_card(*place) for place in _files()), key=lambda card: card.name))


@cache
def card(name: str) -> Card | None:
    """The method called `name`, or None; no other file is read for it."""
    places = (place for place in _files() if _called(place[0]) == name)
    return next((_card(*place) for place in places), None)


def find(name: str) -> type[Method]:
    """The class of the method called `name`.

    Raises
    ------
    Refusal
        When there is none; the nearest names are told.
    """
    found = card(name)
    if found is not None:
        return _class_in(found.module)
    raise Refusal(name, "there is no such method", _nearest(name))


def _class_in(module: str) -> type[Method]:
    here = importlib.import_module(module)
    found = [
        thing
        for thing in vars(here).values()
        if inspect.isclass(thing) and issubclass(thing, Method) and thing.__module__ == module
    ]
    if len(found) != 1:
        raise TypeError(f"{module} must define one method, and defines {len(found)}")
    return found[0]


def _nearest(name: str) -> str:
    from difflib import get_close_matches

    names = [card.name for card in cards()]
    near = get_close_matches(name, names, n=3, cutoff=0.6)
    return f"nearest: {', '.join(near)}" if near else "ethoframe methods lists all"


def _files() -> Iterator[tuple[str, Path]]:
    packages = ["ethoframe.methods", *(e.value for e in entry_points(group="ethoframe.methods"))]
    for package in packages:
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for path in sorted(Path(folder).glob("*/*.py")):
                if not path.stem.startswith("_"):
                    yield f"{package}.{path.parent.name}.{path.stem}", path


def _called(module: str) -> str:
    """The name of the method in a module."""
    return "/".join(module.split(".")[-2:]).replace("_", "-")


def _card(module: str, path: Path) -> Card:
    text = path.read_text(encoding="utf-8")
    found = _declaring(_head(text)) or _declaring(ast.parse(text))
    if found is None:
        raise TypeError(f"{path}: no class that declares what it takes and gives")
    node, declared = found
    summary = (ast.get_docstring(node) or "").split("\n")[0].translate(_UNMARKED)
    takes, gives = (_value(declared[key]) for key in ("takes", "gives"))
    return Card(_called(module), summary, takes, gives, _learns(node), module)


def _head(text: str) -> ast.Module:
    """What stands before the first function behind what is declared; nothing where that is no code.

    The rest of a file is most of the time that it takes to read it.
    """
    head = _DECLARED.match(text)
    try:
        return ast.parse(head[0] if head else "")
    except SyntaxError:  # the cut went through a string
        return ast.Module([], [])


def _declaring(tree: ast.Module) -> tuple[ast.ClassDef, Mapping[str, ast.expr]] | None:
    """The class that declares what it takes and gives, and all it declares; None without one."""
    classes = [(node, _declared(node)) for node in tree.body if isinstance(node, ast.ClassDef)]
    return next((found for found in classes if {"takes", "gives"} <= found[1].keys()), None)


_DECLARED = re.compile(r".*?^    takes: .*?(?=^    (?:@|def ))", re.DOTALL | re.MULTILINE)

_UNMARKED = str.maketrans("", "", "*`")  # a list is plain text


def _declared(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        item.target.id: item.value
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and item.value
    }


def _learns(node: ast.ClassDef) -> bool:
    """Whether it is told to be learned, or says what teaches it, as those of a shared base do."""
    if any(isinstance(base, ast.Name) and base.id == "Learned" for base in node.bases):
        return True
    said = [target for item in node.body if isinstance(item, ast.Assign) for target in item.targets]
    said += [item.target for item in node.body if isinstance(item, ast.AnnAssign)]
    return "learns" in {each.id for each in said if isinstance(each, ast.Name)}


def _value(expression: ast.expr) -> Any:
    # Only the words of the contract are known here, so a file that says more fails to be listed.
    code = compile(ast.Expression(expression), "<declaration>", "eval")
    return eval(code, {"__builtins__": {}, "In": In, "Kind": Kind})
