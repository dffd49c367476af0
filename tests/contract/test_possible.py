"""What a recipe may lack is left out where a film is not enough for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ethoframe import recipes
from ethoframe.contract import spec_of
from ethoframe.data import Refusal
from ethoframe.testing.scenes import Scene

FILM = Scene(size=(120, 160), duration_s=1.0).recording()


def test_a_silhouette_has_no_nose():
    recipe = recipes.load("plus-maze")
    possible, lacking = recipe.possible(recording=spec_of(FILM))
    assert set(lacking) == {"arms_by_nose_and_body", "arms_by_four_paws"}
    assert "no keypoint is the nose" in lacking["arms_by_nose_and_body"].reason
    assert set(possible.gives) == set(recipe.gives) - set(lacking)
    steps = {step.name for step in recipe.steps} - {step.name for step in possible.steps}
    assert steps == {"visits_nose", "visits_paws", "arms_nose", "arms_paws"}
    possible.outline(recording=spec_of(FILM))
    with pytest.raises(Refusal, match="no keypoint is the nose"):
        recipe.outline(recording=spec_of(FILM))


def test_what_lacks_nothing_stays_as_it_is():
    recipe = recipes.load("open-field")
    possible, lacking = recipe.possible(recording=spec_of(FILM))
    assert possible is recipe
    assert lacking == {}


def test_what_may_not_be_lacking_is_still_refused():
    recipe = replace(recipes.load("y-maze"), may_lack=())
    possible, lacking = recipe.possible(recording=spec_of(FILM))
    assert lacking == {}
    with pytest.raises(Refusal, match="no keypoint is the hip"):
        possible.outline(recording=spec_of(FILM))
