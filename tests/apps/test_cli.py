from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

from ethoframe import recipes
from ethoframe.apps import cli
from ethoframe.apps.cli import VERBS, commands

HEAVY = ("xarray", "pandas", "scipy", "cv2", "av", "torch", "matplotlib", "pyarrow", "openpyxl")

LIGHT = """
import json, sys
sys.argv = ["ethoframe", *sys.argv[1:]]
try:
    if sys.argv[1:]:
        from ethoframe.apps.cli import main
        main()
    else:
        import ethoframe
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    ["", "--help", "open-field --help", "methods", "completion bash", "demo --help"],
)
def test_what_needs_no_pixels_loads_no_heavy_library(python, words):
    said = python(LIGHT, *words.split())
    assert said.status == 0, said.err
    loaded = json.loads(said.err.splitlines()[-1])
    assert not set(HEAVY) & set(loaded)


def seconds(*words: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - began


@pytest.mark.parametrize("words", ["--help", "open-field --help", "methods"])
def test_it_answers_at_once(words):
    """Half a second on an idle computer; on a busy one, a few times what Python itself takes."""
    bare = "import click, numpy, importlib.metadata, ast, tomllib, difflib"
    command = ["-m", "ethoframe.apps.cli", *words.split()]
    assert any(seconds(*command) < max(0.5, 2.5 * seconds("-c", bare)) for _ in range(5))


def test_every_recipe_is_a_command():
    assert commands.list_commands(None) == [*recipes.names(), *VERBS]


@pytest.mark.parametrize("name", [*recipes.names(), *VERBS])
def test_every_command_explains_itself(ethoframe, name):
    for option in ("--help", "-h"):
        said = ethoframe(name, option)
        assert (said.status, said.err) == (0, "")
        assert said.out.startswith(f"Usage: ethoframe {name}")
        assert "Show this message and exit." in said.out


def test_the_help_has_recipes_first(ethoframe):
    said = ethoframe("--help")
    assert said.status == 0
    assert said.out.index("Recipes:") < said.out.index("open-field")
    assert said.out.index("open-field") < said.out.index("Other commands:")
    assert "ethoframe FILE says what a file is" in said.out


def test_nothing_at_all_is_helped(ethoframe):
    said = ethoframe()
    assert "Recipes:" in said.out + said.err


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("opne-field", "there is no command 'opne-field'; did you mean open-field?"),
        ("method", "did you mean methods?"),
        ("qqqqq", "No such command 'qqqqq'"),
    ],
)
def test_a_command_that_is_none(ethoframe, word, said):
    told = ethoframe(word)
    assert (told.status, told.out) == (2, "")
    assert said in told.err


@pytest.mark.parametrize("path", ["gone.mp4", "videos/gone"])
def test_a_path_that_is_none(ethoframe, path):
    told = ethoframe(path)
    assert told.status == 3
    assert told.err == f"ethoframe: {path}: there is no such file; check its name and folder\n"


def test_a_fault_of_ours_is_one_line(ethoframe, monkeypatch):
    def faulty(*_):
        raise ZeroDivisionError("of\nours")

    monkeypatch.setattr("ethoframe.contract.catalog.cards", faulty)
    monkeypatch.setattr("ethoframe.apps.methods.cards", faulty)
    told = ethoframe("methods")
    assert (told.status, told.out) == (1, "")
    (line,) = told.err.splitlines()
    assert line.startswith("ethoframe: ZeroDivisionError: of ours (test_cli.py:")
    assert line.endswith("please report this line to the authors")


def test_an_interrupt_is_one_line(ethoframe, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("ethoframe.apps.methods.cards", interrupted)
    told = ethoframe("methods")
    assert (told.status, told.out) == (130, "")
    assert told.err.strip() == "ethoframe: stopped; the same command goes on where it was"


def test_a_reader_that_has_enough_is_no_fault():
    writer = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "ethoframe.apps.cli", "methods", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert writer.stdout is not None
    writer.stdout.close()
    assert writer.stderr is not None
    assert writer.stderr.read() == b""
    writer.stderr.close()
    writer.wait()


def test_words_are_remembered_as_they_were_typed():
    context = commands.make_context("ethoframe", ["open-field", "a b.mp4", "--side", "40cm"])
    assert context.meta[cli.WORDS] == ("open-field", "a b.mp4", "--side", "40cm")


CODE_PAGE = """
import io, sys
sys.argv = ["ethoframe", *sys.argv[1:]]
sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding="cp1252")
from ethoframe.apps.cli import main
main()
"""


def test_a_code_page_without_arrows_is_no_obstacle(python):
    said = python(CODE_PAGE, "methods")
    assert (said.status, "→" in said.out) == (0, True)
