from __future__ import annotations

import json
from dataclasses import replace

import pytest

import ethoframe
from ethoframe import recipes
from ethoframe.run.provenance import provenance
from ethoframe.testing.specimens import film

FILM = film()
RECIPE = recipes.load("open-field")
KEY = provenance(FILM, RECIPE, {})["key"]


def test_everything_that_decides_is_told():
    signed = provenance(FILM, RECIPE, {}, command="ethoframe open-field a.mp4")
    assert signed["recipe"] == "open-field"
    assert signed["ethoframe"] == ethoframe.__version__
    assert signed["command"] == "ethoframe open-field a.mp4"
    assert signed["recording"] == FILM.fingerprint()
    assert signed["file"]["identity"] == FILM.identity
    assert {"python", "numpy", "av"} <= signed["software"].keys()
    for step in RECIPE.steps:
        told = signed["steps"][step.name]
        assert told["method"] == step.method.name()
        assert told["version"] == step.method.version
        assert step.method.with_parameters(told["parameters"]) == step.method
        assert told["inputs"] == step.inputs


def test_it_is_ready_for_json():
    odd = replace(FILM, facts={"codec": "h264", "rate": 30.0, "declared": None, "other": object()})
    signed = provenance(odd, RECIPE, {})
    assert json.loads(json.dumps(signed)) == signed
    assert signed["file"]["codec"] == "h264"


@pytest.mark.parametrize(
    "changed",
    [
        (film(13), RECIPE, {}),
        (replace(FILM, times_s=FILM.times_s * 2), RECIPE, {}),
        (FILM, RECIPE.configured({"smooth.span_s": 0.5}), {}),
        (FILM, RECIPE, {"arenas": "another"}),
        (FILM, replace(RECIPE, gives={"tracks": "smooth"}), {}),
    ],
)
def test_whatever_decides_changes_the_key(changed):
    assert provenance(*changed)["key"] != KEY


def test_a_version_of_a_method_changes_the_key(monkeypatch):
    monkeypatch.setattr(type(RECIPE.step("smooth").method), "version", "next")
    assert provenance(FILM, RECIPE, {})["key"] != KEY


def test_a_version_of_ethoframe_changes_the_key(monkeypatch):
    monkeypatch.setattr(ethoframe, "__version__", "next")
    assert provenance(FILM, RECIPE, {})["key"] != KEY


def test_where_a_file_lies_and_what_was_typed_does_not():
    moved = replace(FILM, name="other.mp4", facts={"place": "elsewhere"}, warnings=("odd",))
    assert provenance(moved, RECIPE, {}, command="another command")["key"] == KEY


def test_steps_that_are_given_are_not_signed():
    signed = provenance(FILM, RECIPE, {"arenas": "drawn"}, ["arena"])
    assert "arena" not in signed["steps"]
    assert signed["asked"] == {"arenas": "drawn"}
