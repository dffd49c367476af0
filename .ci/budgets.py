"""Hold the package to its budgets of size and names, so that it stays pleasant to read.

What is counted: lines as an editor numbers them, docstrings included; arguments without `self`
and `cls`; imports between rooms wherever they stand, also inside a function. Complexity, the
style of docstrings and the direction of imports are left to ruff and import-linter.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from pathlib import Path
from statistics import median
from typing import NamedTuple

FILE_LINES, FILE_MEDIAN = 500, 150
NOUN_LINES = 300
FUNCTION_LINES, FUNCTION_P90 = 60, 35
ARGUMENTS = 8
GUIDE_LINES = 149

VAGUE_MODULES = {"utils", "helpers", "common", "misc", "core"}
VAGUE_STARTS = ("get_", "process_", "handle_")
VAGUE_ENDS = ("Manager", "Helper")
DICTATED = {"get_command"}  # names that another library calls, here click

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Breach(NamedTuple):
    """One place where a budget is overrun."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(frozen=True)
class Source:
    """One Python file of the package."""

    path: Path
    package: Path

    @cached_property
    def text(self) -> str:
        """What the file says."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in the file, as Python reads it; the module itself first."""
        return list(ast.walk(ast.parse(self.text, str(self.path))))

    @property
    def functions(self) -> list[Function]:
        """Every function, method and nested function."""
        return [node for node in self.nodes if isinstance(node, Function)]

    @property
    def lines(self) -> int:
        """How many lines the file has."""
        return len(self.text.splitlines())

    @property
    def parts(self) -> tuple[str, ...]:
        """The names on the way from the package to this file; the first is its room."""
        return self.path.relative_to(self.package).with_suffix("").parts


def file_size(source: Source) -> Iterator[Breach]:
    """A file that is too long; one in `data` is a noun, and nouns are kept shorter."""
    limit = NOUN_LINES if source.parts[0] == "data" else FILE_LINES
    if source.lines > limit:
        yield Breach(source.path, limit + 1, f"file of {source.lines} lines, limit {limit}")


def function_size(source: Source) -> Iterator[Breach]:
    """Functions that are too long, or ask for too much."""
    for function in source.functions:
        here = f"{function.name} has"
        if (lines := length(function)) > FUNCTION_LINES:
            what = f"{here} {lines} lines, limit {FUNCTION_LINES}"
            yield Breach(source.path, function.lineno, what)
        if (count := len(arguments(function))) > ARGUMENTS:
            what = f"{here} {count} arguments, limit {ARGUMENTS}"
            yield Breach(source.path, function.lineno, what)


def vague_names(source: Source) -> Iterator[Breach]:
    """Names that say that something is done, but not what."""
    for part in source.parts:
        for word in VAGUE_MODULES.intersection(part.split("_")):
            yield Breach(source.path, 1, f"module named {part}, limit 0 with {word}")
    for line, name in names(source):
        for start in VAGUE_STARTS:
            if name.lstrip("_").startswith(start) and name not in DICTATED:
                yield Breach(source.path, line, f"{name} starts with {start}, limit 0")
        for end in VAGUE_ENDS:
            if name.endswith(end):
                yield Breach(source.path, line, f"{name} ends with {end}, limit 0")


def undocumented(source: Source) -> Iterator[Breach]:
    """Public modules, classes, functions and methods that do not say what they are."""
    for node in public(source.nodes[0]):
        if not ast.get_docstring(node):
            name, line = getattr(node, "name", source.path.stem), getattr(node, "lineno", 1)
            yield Breach(source.path, line, f"{name} has no docstring, limit 100 % documented")


def mutual_imports(package: list[Source]) -> Iterator[Breach]:
    """Rooms that import each other, once for each of the two."""
    first: dict[tuple[str, str], Breach] = {}
    for source in package:
        here = source.parts[0]
        for line, there in imported_rooms(source):
            what = f"{here} and {there} import each other, limit 0"
            first.setdefault((here, there), Breach(source.path, line, what))
    yield from (first[a, b] for a, b in first if a != b and (b, a) in first)


def usual_sizes(package: list[Source]) -> Iterator[Breach]:
    """Files and functions that are long on the whole, even where none is by itself."""
    where = package[0].package
    if (lines := median_file(package)) > FILE_MEDIAN:
        yield Breach(where, 1, f"median file of {lines:g} lines, limit {FILE_MEDIAN}")
    if (lines := p90_function(package)) > FUNCTION_P90:
        yield Breach(where, 1, f"p90 function of {lines:g} lines, limit {FUNCTION_P90}")


def guide_size(guide: Path) -> Iterator[Breach]:
    """A guide for contributors that nobody would read to its end."""
    lines = len(guide.read_text(encoding="utf-8").splitlines()) if guide.exists() else 0
    if lines > GUIDE_LINES:
        yield Breach(guide, GUIDE_LINES + 1, f"file of {lines} lines, limit {GUIDE_LINES}")


def median_file(package: list[Source]) -> float:
    """Median lines of a file, without `__init__.py`, which would flatter it."""
    return median([source.lines for source in package if source.path.stem != "__init__"] or [0])


def p90_function(package: list[Source]) -> float:
    """Lines that nine functions in ten do not exceed."""
    lengths = sorted(length(function) for source in package for function in source.functions)
    return lengths[ceil(0.9 * len(lengths)) - 1] if lengths else 0


def length(function: Function) -> int:
    """Lines from `def` to the end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def arguments(function: Function) -> list[str]:
    """Names of all arguments, `*args` and `**kwargs` too, but not of the object itself."""
    given = [node for node in ast.iter_child_nodes(function.args) if isinstance(node, ast.arg)]
    return [node.arg for node in given if node.arg not in {"self", "cls"}]


def names(source: Source) -> Iterator[tuple[int, str]]:
    """Line and name of everything that the file itself names."""
    for node in source.nodes:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def public(node: ast.AST) -> Iterator[ast.Module | ast.ClassDef | Function]:
    """The node and all in it that others may use; what is inside a function is its own affair."""
    if isinstance(node, Function):
        yield node
    elif isinstance(node, ast.Module | ast.ClassDef):
        yield node
        for child in node.body:
            if not getattr(child, "name", "_").startswith("_"):
                yield from public(child)


def imported_rooms(source: Source) -> Iterator[tuple[int, str]]:
    """Line and room of every import from inside the package (ruff refuses relative ones)."""
    root = source.package.name
    for node in source.nodes:
        match node:
            case ast.Import():
                modules = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module)):
                modules = [f"{module}.{alias.name}" for alias in node.names]
            case _:
                continue
        rooms = (module.split(".")[1] for module in modules if module.startswith(f"{root}."))
        yield from ((node.lineno, room) for room in rooms)


def breaches(root: Path) -> tuple[list[Breach], str]:
    """Every breach in the checkout at `root`, and one line on the whole of it."""
    folder = root / "src" / "ethoframe"
    package = [Source(path, folder) for path in sorted(folder.rglob("*.py"))]
    per_file = (file_size, function_size, vague_names, undocumented)
    found = [breach for source in package for budget in per_file for breach in budget(source)]
    found += [*mutual_imports(package), *usual_sizes(package)]
    found += guide_size(root / "CONTRIBUTING.md")
    summary = (
        f"{len(package)} files, median {median_file(package):g} lines; "
        f"{sum(len(source.functions) for source in package)} functions, "
        f"p90 {p90_function(package):g} lines; {len(found)} over budget"
    )
    return found, summary


if __name__ == "__main__":
    found, summary = breaches(Path())
    print(*found, summary, sep="\n")
    sys.exit(1 if found else 0)
