from __future__ import annotations

import re

import pytest

from ethoframe import recipes
from ethoframe.contract import Recipe
from ethoframe.contract.otherwise import again, resolved
from ethoframe.data import Refusal

TRACED = """
takes = {tracks = "tracks", events = "episodes"}
[steps]
smooth = {method = "clean/smooth", of = "tracks"}
freezing = {method = "behave/freezing", of = "smooth"}
bouts = {method = "measure/bouts", of = "freezing", events = "events"}
quality = {method = "measure/quality", of = "smooth"}
activity = {method = "behave/activity", of = "smooth"}
[otherwise]
"least bout 0.5 s" = {"freezing.least_s" = 0.5}
"threshold halved" = {"freezing.still_mm_per_s" = "x0.5", "freezing.still_bl_per_s" = "x .5"}
[gives]
freezing = "bouts"
quality = "quality"
activity = "activity"
"""


def read(text: str = TRACED, name: str = "own") -> Recipe:
    return Recipe.from_toml(text, name)


def test_only_what_follows_is_carried_out_again():
    recipe = read()
    steps = again(recipe, recipe.varied("least bout 0.5 s"))
    assert [step.name for step in steps] == ["freezing", "bouts"]
    assert steps[0].method.least_s == 0.5
    other = recipe.configured({"smooth.span_s": 0.4})
    # The activity follows as well, but no measure from it.
    assert [step.name for step in again(recipe, other)] == [
        "smooth", "freezing", "bouts", "quality",
    ]  # fmt: skip


def test_multiples_are_of_what_is_set():
    recipe = read().configured({"freezing.still_mm_per_s": 8.0})
    method = recipe.varied("threshold halved").step("freezing").method
    assert (method.still_mm_per_s, method.still_bl_per_s) == (4.0, 0.035)
    words = {"smooth.span_s": "×2", "freezing.least_s": 3.0}
    assert resolved(recipe, words) == {"smooth.span_s": 0.4, "freezing.least_s": 3.0}


def test_one_that_is_like_it_has_them_too():
    own = 'like = "own"\n[otherwise]\n"smoothed twice" = {"smooth.span_s" = "x2"}\n'
    recipe = Recipe.from_toml(own, "mine", base=lambda name: TRACED)
    assert [*recipe.otherwise] == ["least bout 0.5 s", "threshold halved", "smoothed twice"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('a = {"freezing.last_s" = 1.0}', "own.otherwise.a: behave/freezing: has no parameter"),
        ('a = {"frezing.least_s" = 1.0}', "own.otherwise.a: own.frezing: there is no such step"),
        ('a = {"freezing.least_s" = "long"}', "behave/freezing.least_s: cannot be 'long'"),
        ('a = {"freezing.least_s" = 0.9}', "own.otherwise.a: it is what the recipe does"),
        ('a = {"activity.shortest_s" = 1.0}', "own.otherwise.a: no measure follows from activity"),
        ("a = {}", "own.otherwise.a: names no parameter"),
        ("a = 3", "own.otherwise.a: names no parameter"),
    ],
)
def test_what_is_no_other_definition(line, said):
    text = re.sub(r"\[otherwise\]\n.*\n.*\n", f"[otherwise]\n{line}\n", TRACED)
    with pytest.raises(Refusal, match=re.escape(said)) as told:
        read(text)
    assert "\n" not in str(told.value)


def test_what_would_need_the_film_again_is_refused():
    text = 'like = "open-field"\n[otherwise]\nlarger = {"animal.noises" = "x2"}'
    with pytest.raises(Refusal, match=r"animal \(segment/silhouette\) would need the film again"):
        Recipe.from_toml(text, "own", base=recipes._text)
    with pytest.raises(Refusal, match="no such step"):
        Recipe.from_toml(text, "own", base=recipes._text, from_tracks=True)


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_names_others_that_can_be_carried_out(name):
    for traced in (False, True):
        recipe = recipes.load(name, from_tracks=traced)
        assert recipe.otherwise
        for other in recipe.otherwise:
            assert again(recipe, recipe.varied(other))
