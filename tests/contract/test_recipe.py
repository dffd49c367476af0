from __future__ import annotations

import re

import pytest

from ethoframe.contract import Kind, Recipe, Spec, spec_of
from ethoframe.data import Refusal
from ethoframe.testing.specimens import Change, Usual, film, walk

pytestmark = pytest.mark.usefixtures("_specimens")

TAKES = 'takes = {film = "recording"}\n'
RECIPE = f"""
title = "Change"
summary = "How much changes."
{TAKES}
[steps]
change = {{method = "specimens/change", of = "film"}}
usual = {{method = "specimens/usual", recording = "change", span_s = 0.5}}

[gives]
usual = "usual"
"""
OUTER = """
takes = {video = "recording"}
[steps]
mean = {method = "specimens/typical", of = "video"}
inner = {recipe = "change", film = "video"}
again = {method = "specimens/usual", of = "inner.change"}
[gives]
usual = "inner.level"
again = "again"
"""
INNER = RECIPE.replace('usual = "usual"', 'level = "usual"')


def read(text: str) -> Recipe:
    return Recipe.from_toml(text, "change", lambda name: Recipe.from_toml(INNER, name))


def steps(*lines: str) -> str:
    return TAKES + "[steps]\n" + "\n".join(lines)


def test_a_recipe_is_read():
    recipe = read(RECIPE)
    assert (recipe.title, recipe.summary) == ("Change", "How much changes.")
    assert (recipe.takes, recipe.gives) == ({"film": Kind.RECORDING}, {"usual": "usual"})
    assert [step.name for step in recipe.steps] == ["change", "usual"]
    assert recipe.step("usual").method == Usual(span_s=0.5)
    assert recipe.step("usual").main == "change"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title =", "change: is not TOML: "),
        ("titel = 'x'", "change: the word 'titel' means nothing here; there are: title, summary"),
        ("steps = 3", "change.steps: must be a table; write [steps]"),
        (
            'takes = {film = "video"}',
            "change.takes.film: there is no kind 'video'; there are: recording",
        ),
        (steps("a = 3"), "change.a: names no method"),
        (steps("a = {}"), "change.a: names no method"),
        (
            steps('a = {method = "specimens/none"}'),
            "change.a: specimens/none: there is no such method",
        ),
        (steps('a = {method = "specimens/usual"}'), "change.a: recording must be given"),
        (
            steps('a = {method = "specimens/usual", of = "film", span = 1}'),
            "change.a: testing/specimens: has no parameter 'span'; it has: span_s",
        ),
        (
            steps('a = {method = "specimens/usual", of = "film", span_s = "long"}'),
            "change.a: testing/specimens.span_s: cannot be 'long'; write it like 0.1",
        ),
        (
            steps(
                'a = {method = "specimens/usual", of = "b"}',
                'b = {method = "specimens/change", of = "film"}',
            ),
            "change.a: of = 'b' does not come before it; there are: film",
        ),
        (
            steps('a = {method = "specimens/usual", of = ["film"]}'),
            "change.a: of = ['film'] does not come before it",
        ),
        (
            steps('a = {method = "specimens/usual", of = "film", recording = "film"}'),
            "change.a: recording is given twice",
        ),
        (
            steps('film = {method = "specimens/usual", of = "film"}'),
            "change.film: that name is there already",
        ),
        (
            RECIPE.replace('"usual"\n', '"usal"\n'),
            "there is no step 'usal'; there are: change, usual",
        ),
        (steps('a = {recipe = "inner"}'), "change.a: film must be given"),
        (steps('a = {recipe = "inner", film = "flim"}'), "film = 'flim' does not come before it"),
        (
            steps('a = {recipe = "inner", film = "film", span_s = 3}'),
            "change.a: the word 'span_s' means nothing here; there are: film",
        ),
    ],
)
def test_what_is_no_recipe(text, said):
    with pytest.raises(Refusal, match=re.escape(said)) as told:
        read(text)
    assert "\n" not in str(told.value)


def test_a_nested_recipe_needs_somebody_to_find_it():
    with pytest.raises(Refusal, match="names no method"):
        Recipe.from_toml(OUTER, "outer")


def test_a_nested_recipe_is_inlined():
    recipe = read(OUTER)
    assert [step.name for step in recipe.steps] == ["mean", "inner.change", "inner.usual", "again"]
    assert recipe.step("inner.change").inputs == {"recording": "video"}
    assert recipe.step("inner.usual").inputs == {"recording": "inner.change"}
    assert recipe.gives == {"usual": "inner.usual", "again": "again"}


def test_of_names_the_main_input_of_a_nested_recipe_too():
    text = OUTER.replace("film = ", "of = ")
    assert read(text).steps == read(OUTER).steps


def test_an_output_of_a_nested_recipe_may_be_called_as_another_step_of_it():
    crossed = INNER.replace('level = "usual"', 'change = "usual"\nlevel = "usual"')
    recipe = Recipe.from_toml(OUTER, "outer", lambda name: Recipe.from_toml(crossed, name))
    assert recipe.step("inner.usual").inputs == {"recording": "inner.change"}
    assert recipe.step("again").inputs == {"recording": "inner.usual"}
    assert recipe.gives["usual"] == "inner.usual"


def test_recipes_nest_as_deep_as_one_likes():
    texts = {"outer": OUTER, "change": INNER}
    outermost = """
    takes = {film = "recording"}
    [steps]
    a = {recipe = "outer", of = "film"}
    b = {method = "specimens/usual", of = "a.inner.change"}
    [gives]
    usual = "a.usual"
    """

    def load(name: str) -> Recipe:
        return Recipe.from_toml(texts[name], name, load)

    recipe = Recipe.from_toml(outermost, "outermost", load)
    assert recipe.gives == {"usual": "a.inner.usual"}
    assert recipe.step("a.inner.change").inputs == {"recording": "film"}
    assert recipe.step("b").inputs == {"recording": "a.inner.change"}


def test_names_must_not_meet():
    quoted = '"inner.change" = {method = "specimens/usual", of = "video"}\n[gives]'
    with pytest.raises(Refusal, match=re.escape("change.inner.change: that name is there already")):
        read(OUTER.replace("[gives]", quoted))


def test_configured():
    recipe = read(OUTER)
    changed = recipe.configured({"again.span_s": 2.0, "inner.usual.span_s": 3})
    assert changed.step("again").method == Usual(span_s=2.0)
    assert changed.step("inner.usual").method == Usual(span_s=3)
    assert [step.name for step in changed.steps] == [step.name for step in recipe.steps]
    assert recipe.step("again").method == Usual()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("span_s", "span_s: names no step; write it as step.parameter"),
        ("agian.span_s", "change.agian: there is no such step; there are: mean, "),
        ("again.span", "has no parameter 'span'"),
    ],
)
def test_what_cannot_be_configured(path, said):
    with pytest.raises(Refusal, match=re.escape(said)):
        read(OUTER).configured({path: 1.0})


def test_outlined_from_end_to_end():
    specs = read(OUTER).outline(video=spec_of(film()))
    assert specs["mean"].kind is Kind.IMAGE
    assert specs["inner.change"].dtype == "float32"
    assert specs["inner.usual"].names == specs["again"].names == ("usual",)


def test_an_input_of_another_kind():
    with pytest.raises(Refusal, match=r"change\.film: film must be recording, and is tracks"):
        read(RECIPE).outline(film=spec_of(walk()))


def test_a_step_of_another_kind():
    text = steps(
        'usual = {method = "specimens/usual", of = "film"}',
        'rest = {method = "specimens/rest", of = "usual"}',
    )
    with pytest.raises(Refusal, match=r"change\.rest: tracks must be tracks, and is values"):
        read(text).outline(film=spec_of(film()))


def test_an_input_that_is_not_there():
    with pytest.raises(Refusal, match="change: film must be given; name it as an input"):
        read(RECIPE).outline()


def test_what_is_given_needs_nothing_before_it():
    change = Change().outline(recording=spec_of(film()))
    assert read(RECIPE).outline(change=change)["usual"].kind is Kind.VALUES


def test_what_is_given_must_be_of_its_kind():
    with pytest.raises(Refusal, match=r"change\.change: it must be recording, and is tracks"):
        read(RECIPE).outline(film=spec_of(film()), change=Spec(Kind.TRACKS))


def test_a_recipe_like_another_has_its_steps_in_their_places():
    text = """
    title = "Other"
    like = "change"
    [steps]
    mean = {method = "specimens/typical", of = "film"}
    twice = {method = "specimens/change", of = "film"}
    usual = {method = "specimens/usual", recording = "twice", span_s = 2.0}
    [gives]
    typical = "mean"
    """
    recipe = Recipe.from_toml(text, "other", base=lambda name: {"change": RECIPE}[name])
    assert [step.name for step in recipe.steps] == ["change", "twice", "usual", "mean"]
    assert recipe.title == "Other"
    assert recipe.summary == "How much changes."
    assert recipe.step("usual").method.parameters()["span_s"] == 2.0
    assert dict(recipe.gives) == {"usual": "usual", "typical": "mean"}


def test_a_new_step_that_nobody_needs_comes_last():
    text = 'like = "change"\n[steps]\nmean = {method = "specimens/typical", of = "film"}'
    recipe = Recipe.from_toml(text, "other", base=lambda name: RECIPE)
    assert recipe.steps[-1].name == "mean"


def test_a_recipe_like_another_may_go_without_some_of_it():
    text = 'like = "change"\n[steps]\nusual = false\n[gives]\nusual = false\nchange = "change"'
    recipe = Recipe.from_toml(text, "other", base=lambda name: RECIPE)
    assert [step.name for step in recipe.steps] == ["change"]
    assert dict(recipe.gives) == {"change": "change"}
