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


def test_a_step_may_ask_for_the_place_before_that_which_a_film_finds_it_by():
    asks = 'track = {method = "clean/smooth", of = "tracks"}'
    trial = 'late = {method = "detect/trial", of = "tracks", arena = "place"}'
    cut = 'cut = {method = "clean/within", of = "track", episodes = "late"}'
    text = FILMED.replace(asks, f"{asks}\n{trial}\n{cut}").replace(
        'late = "late"', 'place = "place"'
    )
    text = text.replace('may_lack = ["late"]', "")
    traced = Recipe.from_toml(text, "both", from_tracks=True)
    assert [step.name for step in traced.steps] == ["track", "floor", "late", "cut"]
    assert dict(traced.gives) == {"floor": "floor", "place": "place"}
    # Where corners are among the tracks it is found in time.
    found = 'place = {method = "detect/keypoint-arena", of = "tracks"}'
    traced = Recipe.from_toml(text.replace(asks, f"{asks}\n{found}"), "both", from_tracks=True)
    assert [step.name for step in traced.steps] == ["track", "place", "floor", "late", "cut"]
    assert "place" not in traced.takes


def test_one_may_go_without_looking_for_the_place_which_is_then_given():
    text = 'like = "both"\n[steps]\nplace = false'
    recipe = Recipe.from_toml(text, "own", base=lambda name: FILMED)
    assert recipe.takes["place"] is Kind.ARENA
    assert "place" not in [step.name for step in recipe.steps]
    traced = Recipe.from_toml(text, "own", base=lambda name: FILMED, from_tracks=True)
    assert traced.takes["place"] is Kind.ARENA
    with pytest.raises(Refusal, match=r"own\.place: it is given, and there is nothing to be set"):
        recipe.configured({"place.side_mm": 400.0})


def test_steps_that_refer_to_each_other_in_a_ring_are_refused():
    ring = 'track = {method = "clean/within", of = "tracks", episodes = "turn"}'
    turn = 'turn = {method = "detect/trial", of = "track"}'
    text = FILMED.replace('track = {method = "clean/smooth", of = "tracks"}', f"{ring}\n{turn}")
    with pytest.raises(Refusal, match="does not come before it"):
        Recipe.from_toml(text, "both", from_tracks=True)


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
