from __future__ import annotations

import pytest

from ethoframe import recipes
from ethoframe.contract import Kind, Recipe
from ethoframe.data import Refusal

FILMED = """
for_each = "place"
may_lack = ["late"]
takes = {film = "recording", events = "episodes"}
[steps]
background = {method = "summarise/background", of = "film"}
look = {method = "summarise/appearance", of = "film", background = "background"}
animal = {method = "segment/silhouette", of = "film", background = "background", appearance = "look"}
track = {method = "track/silhouette", of = "animal", appearance = "look"}
place = {method = "detect/arena", of = "background", tracks = "track"}
floor = {method = "clean/to-floor", of = "track", arena = "place"}
late = {method = "measure/quality", of = "floor"}
[from_tracks]
track = {method = "clean/smooth", of = "tracks"}
[gives]
background = "background"
floor = "floor"
late = "late"
"""  # noqa: E501


def test_a_recipe_begins_with_tracks_where_it_says_how():
    filmed = Recipe.from_toml(FILMED, "both")
    assert (filmed.film, filmed.may_lack) == ("film", ("late",))
    traced = Recipe.from_toml(FILMED, "both", from_tracks=True)
    assert traced.film == ""
    assert dict(traced.takes) == {
        "tracks": Kind.TRACKS, "events": Kind.EPISODES, "place": Kind.ARENA,
    }  # fmt: skip
    assert [step.name for step in traced.steps] == ["track", "floor", "late"]
    assert dict(traced.gives) == {"floor": "floor", "late": "late"}


def test_one_that_is_like_it_may_need_the_film():
    text = 'like = "both"\nfrom_tracks = false'
    recipe = Recipe.from_toml(text, "own", base=lambda name: FILMED, from_tracks=True)
    assert recipe.film == "film"


def test_what_may_be_lacking_must_be_there():
    with pytest.raises(Refusal, match=r"may_lack: there is no output 'early'"):
        Recipe.from_toml(FILMED.replace('["late"]', '["early"]'), "both")


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_can_be_read_as_it_begins(name):
    films, tracks = recipes.takes(name)
    assert films or tracks
    assert bool(recipes.load(name).film) == films
    if tracks:
        assert recipes.load(name, from_tracks=True).film == ""
