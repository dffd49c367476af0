"""The rules of the house hold: a fault planted in a copy of it is reported, each by its rule."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / ".ci" / "budgets.py"


@pytest.fixture(scope="module")
def breaches() -> Iterator[Callable[[Path], list[str]]]:
    """The rules, loaded from a folder that Python cannot import by name."""
    spec = importlib.util.spec_from_file_location("budgets", RULES)
    budgets = importlib.util.module_from_spec(spec)
    sys.modules["budgets"] = budgets  # where dataclasses look for the types of their fields
    spec.loader.exec_module(budgets)
    yield lambda root: [str(breach) for breach in budgets.breaches(root)[0]]
    del sys.modules["budgets"]


def house(root: Path, files: dict[str, str]) -> Path:
    """A package at `root` with these files, each given a docstring."""
    for name, text in files.items():
        path = root / "src/ethoframe" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'"""A room."""\n{text}')
    return root


def function(lines: int = 3, arguments: str = "", name: str = "f") -> str:
    """Source of a documented function with this many lines."""
    return f'def {name}({arguments}):\n    """Do it."""\n' + "    x = 1\n" * (lines - 2)


LETTERS = "a, b, c, d, e, f, g, h"

METHOD = """
class A:
    'A class.'
    def f(self, a, b, c, d, *e, f, g=lambda i, j: i, **h):
        'As many arguments as may be, besides self.'
class _Private:
    def f(self): ...
def _private(): ...
"""


def test_a_package_at_its_limits_passes(breaches, tmp_path):
    files = {
        "score/long": function(60, arguments=LETTERS),
        "score/usual": "#\n" * 149,
        "score/method": METHOD,
        "score/__init__": "",
        "data/noun": "from ethoframe.data.other import x\n" + function() * 20,
        "run/plan": "import ethoframe.data.noun\nimport ethoframe.score\n",
    }
    assert breaches(house(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("where", "text", "line", "what"),
    [
        ("run/a", "#\n" * 500, 501, "file of 501 lines, limit 500"),
        ("data/a", "#\n" * 300, 301, "file of 301 lines, limit 300"),
        ("run/a", function(61), 2, "f has 61 lines, limit 60"),
        ("run/a", function(arguments=LETTERS + ", i"), 2, "f has 9 arguments, limit 8"),
        ("run/a", function(arguments="*, " + LETTERS + ", **i"), 2, "f has 9 arguments, limit 8"),
        ("run/a", function(name="get_x"), 2, "get_x starts with get_, limit 0"),
        ("run/a", function(arguments="handle_x"), 2, "handle_x starts with handle_, limit 0"),
        ("run/a", "process_x = 1", 2, "process_x starts with process_, limit 0"),
        ("run/a", 'class FileManager:\n    """A."""', 2, "FileManager ends with Manager, limit 0"),
        ("run/a", 'class _FileHelper:\n    """A."""', 2, "_FileHelper ends with Helper, limit 0"),
        ("run/video_utils", "", 1, "module named video_utils, limit 0 with utils"),
        ("common/a", "", 1, "module named common, limit 0 with common"),
        ("run/a", "def f(): ...", 2, "f has no docstring, limit 100 % documented"),
        (
            "run/a",
            "class A:\n    def f(self): ...",
            3,
            "f has no docstring, limit 100 % documented",
        ),
    ],
)
def test_a_breach_is_reported_where_it_is(breaches, tmp_path, where, text, line, what):
    # Company keeps the planted file or function from being the usual one.
    company = {f"score/{name}": function() * 10 for name in "abcdef"}
    root = house(tmp_path, {**company, where: text})
    path = root / "src/ethoframe" / f"{where}.py"
    assert f"{path}:{line}: {what}" in breaches(root)


def test_rooms_that_import_each_other_are_both_named(breaches, tmp_path):
    files = {
        "run/a": "def _f():\n    from ethoframe.score.b import x\n",
        "score/b": "import os\nfrom ethoframe import run\n",
    }
    root = house(tmp_path, files)
    assert breaches(root) == [
        f"{root}/src/ethoframe/run/a.py:3: run and score import each other, limit 0",
        f"{root}/src/ethoframe/score/b.py:3: score and run import each other, limit 0",
    ]


def test_a_file_without_docstring_is_reported(breaches, tmp_path):
    path = house(tmp_path, {"run/a": ""}) / "src/ethoframe/run/a.py"
    path.write_text("x = 1\n")
    assert breaches(tmp_path) == [f"{path}:1: a has no docstring, limit 100 % documented"]


def test_long_usual_sizes_are_reported(breaches, tmp_path):
    files = {
        "run/__init__": "",
        "run/a": "#\n" * 150,
        "run/b": "#\n" * 150 + function(36),
    }
    root = house(tmp_path, files)
    package = root / "src/ethoframe"
    assert breaches(root) == [
        f"{package}:1: median file of 169 lines, limit 150",
        f"{package}:1: p90 function of 36 lines, limit 35",
    ]


def test_a_long_guide_is_reported(breaches, tmp_path):
    guide = house(tmp_path, {"run/a": ""}) / "CONTRIBUTING.md"
    guide.write_text("line\n" * 149)
    assert breaches(tmp_path) == []
    guide.write_text("line\n" * 150)
    assert breaches(tmp_path) == [f"{guide}:150: file of 150 lines, limit 149"]


def test_the_command_says_so_in_its_exit_status(tmp_path):
    def run() -> subprocess.CompletedProcess:
        command = [sys.executable, RULES]
        return subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)

    house(tmp_path, {"run/a": function()})
    assert run().returncode == 0
    assert run().stdout == "1 files, median 4 lines; 1 functions, p90 3 lines; 0 over budget\n"
    house(tmp_path, {"run/utils": ""})
    assert run().returncode == 1
    assert run().stdout.startswith("src/ethoframe/run/utils.py:1: module named utils, limit 0")


FORBIDDEN_IMPORTS = {
    "data": "ethoframe.apps.planted",
    "contract": "ethoframe.testing.planted",
    "methods.clean": "ethoframe.methods.track.planted",
    "methods.segment": "av",
    "methods.track": "ethoframe.formats.planted",
    "formats": "ethoframe.formats.planted_too",
    "nets": "onnxruntime",
    "recipes": "h5py",
    "report": "ethoframe.apps.planted",
    "run": "matplotlib",
    "score": "torch",
    "testing": "movement",
}
ALLOWED_IMPORTS = {
    "apps": "ethoframe.testing.planted",
    "apps.server": "fastapi",
    "formats": "av",
    "methods.track": "ethoframe.contract.planted",
    "nets": "torch",
    "report": "matplotlib",
    "run": "ethoframe.methods.track.planted",
    "testing": "ethoframe.formats.planted",
}


@pytest.fixture(scope="module")
def illegal_imports(tmp_path_factory) -> str:
    """What import-linter says of a copy of this package with all of these imports planted."""
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "src", root / "src")
    shutil.copy(ROOT / "pyproject.toml", root)
    for stem, imports in {"planted": FORBIDDEN_IMPORTS, "allowed": ALLOWED_IMPORTS}.items():
        for room, imported in imports.items():
            plant(root / "src/ethoframe", f"{room}.{stem}", f"import {imported}\n")
    plant(root / "src/ethoframe", "formats.planted_too", "")
    plant(root / "src/ethoframe", "apps.planted", "")
    plant(root / "src/ethoframe", "warehouse.planted", "")
    lint = Path(sysconfig.get_path("scripts")) / "lint-imports"
    env = {"PYTHONPATH": str(root / "src")}  # comes before the package as it is installed
    answer = subprocess.run(
        [lint, "--no-cache", "--no-logo"],
        check=False,
        cwd=root,
        env=env,
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 1, answer.stdout + answer.stderr
    return answer.stdout


def plant(package: Path, module: str, text: str) -> None:
    """Write a module, making its folders packages where they are not yet."""
    path = package.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(package).parents:
        (package / folder / "__init__.py").touch()
    path.write_text(text)


@pytest.mark.parametrize(("room", "imported"), FORBIDDEN_IMPORTS.items())
def test_an_import_against_the_arrows_or_doors_is_reported(illegal_imports, room, imported):
    assert f"ethoframe.{room}.planted -> {imported} (l.1)" in illegal_imports


def test_a_room_that_nobody_agreed_on_is_reported(illegal_imports):
    assert "- ethoframe.warehouse" in illegal_imports


def test_imports_along_the_arrows_are_not_reported(illegal_imports):
    assert ".allowed" not in illegal_imports
