"""The examples run, and what they measure is what is true."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def said(name: str, capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """What an example prints, in words."""
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def test_freezing(capsys):
    rows = [line[-2:] for line in said("freezing", capsys)[1:]]
    assert len(rows) == 6
    for measured, true in rows:
        assert float(measured) == pytest.approx(float(true), abs=0.5)


def test_plus_maze(capsys):
    _, *rows, _, _ = said("plus_maze", capsys)
    for row in rows:
        measured, true = (float(word) for word in row if word[0].isdigit())
        exact = row[0] == "entries"
        assert measured == pytest.approx(true, abs=0.0 if exact else 0.4), row


def test_groups():
    example = runpy.run_path(str(EXAMPLES / "groups.py"), run_name="groups")
    example["study"].__globals__["ANIMALS"] = 4
    effects = example["difference"](*example["study"]())
    (found,) = [row for row in effects.rows if row.quantity == example["OUTCOME"]]
    assert (found.n, found.n_control) == (4, 4)
    assert found.mean > found.mean_control
    assert found.low < found.effect < found.high


def test_every_example_is_run_by_a_test():
    tests = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    assert {path.stem for path in EXAMPLES.glob("*.py")} <= tests
