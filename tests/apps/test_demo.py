from __future__ import annotations

import ast
import inspect
import re
import shlex
import time
from dataclasses import replace
from importlib.metadata import requires
from pathlib import Path

import numpy as np
import pytest

from ethoframe.apps import compared as compared_module
from ethoframe.apps import demo
from ethoframe.formats import table
from ethoframe.testing.scenes import SCENES, Scene

DEVELOPERS = re.compile(r"^([\w-]+).*extra == ['\"]dev['\"]")

WITHOUT = """
import sys
seconds, names = float(sys.argv.pop(1)), sys.argv.pop(1).split(",")

class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in names:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Nowhere())
from ethoframe.apps import demo
from ethoframe.apps.cli import main
demo.SECONDS = seconds
main()
"""


@pytest.mark.parametrize("seconds", [10.0, pytest.param(demo.SECONDS, marks=pytest.mark.slow)])
def test_measured_beside_true(python, here, seconds):
    """In a process of its own that finds no package of developers."""
    packages = {
        found[1] for line in requires("ethoframe") or () if (found := DEVELOPERS.match(line))
    }
    modules = {name.replace("-", "_") for name in packages} | {"pandas", "xarray"}
    assert {"pytest", "hypothesis", "psutil", "movement"} <= modules
    began = time.monotonic()
    said = python(WITHOUT, seconds, ",".join(sorted(modules)), "demo")
    assert time.monotonic() - began < 30
    assert said.status == 0, said.err
    assert (here / "ethoframe-demo" / "open_field" / "report.html").exists()
    numbers = {
        found[1].strip(): (float(found[2]), float(found[3]))
        for line in said.out.splitlines()
        if (found := re.match(r"  (.{24}) +([\d.]+) +([\d.]+)  ", line))
    }
    scene = replace(SCENES["open_field"], duration_s=seconds)
    measured, true = numbers["distance"]
    assert true == pytest.approx(scene.distance_mm(), abs=0.05)
    assert measured == pytest.approx(true, rel=0.02)
    measured, true = numbers["time in centre"]
    assert true == pytest.approx(scene.seconds_in_centre(), abs=0.05)
    assert measured == pytest.approx(true, abs=0.3)
    assert numbers["frames lost"] == (0.0, 0.0)
    assert numbers["centroid off by (median)"][0] < 1.0
    assert numbers["head end at the head"][0] > 95.0
    (typed,) = [line[2:] for line in said.out.splitlines() if line.startswith("$ ")]
    assert (
        typed
        == "ethoframe open-field ethoframe-demo/open_field.mp4 --side 40cm --out ethoframe-demo"
    )
    again = python("from ethoframe.apps.cli import main; main()", *shlex.split(typed)[1:])
    assert "finished before, nothing changed" in again.out


def test_what_is_true_is_the_scene_s_to_say():
    """No true number, and no side of the floor, stands in the demo itself."""
    for module in (demo, compared_module):
        tree = ast.parse(inspect.getsource(module))
        numbers = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        numbers = {n for n in numbers if isinstance(n, int | float) and not isinstance(n, bool)}
        assert numbers <= {0, 1, 10, 100, demo.SECONDS}


@pytest.fixture
def tables(tmp_path) -> tuple[Scene, Path]:
    """A scene, and the tables of somebody who measured it without fault."""
    scene = replace(SCENES["open_field"], duration_s=2.0)
    table.write_tracks(tmp_path / "tracks.parquet", scene.truth())
    return scene, tmp_path


def test_how_far_off(tables):
    scene, folder = tables
    assert np.allclose(compared_module._off_mm(scene, folder), 0)
    assert compared_module._head_right(scene, folder) == 1.0
    truth = scene.truth()
    swapped = replace(truth, position=truth.position[:, :, [0, 2, 1]] + [[[0.0]], [[3.0]]])
    table.write_tracks(folder / "tracks.parquet", swapped)
    to_floor = scene.arena().to_floor
    mm_per_px = np.diff(to_floor.apply(np.array([[0.0, 0.0], [0.0, 1.0]])), axis=0)[0, 1]
    assert np.allclose(compared_module._off_mm(scene, folder), 3.0 * mm_per_px)
    assert compared_module._head_right(scene, folder) < 0.1


def test_a_folder_that_cannot_be_written(ethoframe, here):
    (here / "file").write_text("mine")
    said = ethoframe("demo", "--out", "file")
    assert (said.status, said.out) == (3, "")
    assert "it cannot be written" in said.err
