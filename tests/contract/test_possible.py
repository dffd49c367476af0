"""What a recipe may lack is left out where a film is not enough for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ethoframe import recipes
from ethoframe.contract import Kind, Spec, spec_of
from ethoframe.data import Refusal
from ethoframe.testing.scenes import Scene

FILM = Scene(size=(120, 160), duration_s=1.0).recording()
GIVEN = {"recording": spec_of(FILM), "arena": Spec(Kind.ARENA, unit="mm")}


def test_a_silhouette_has_no_nose():
    recipe = recipes.load("plus-maze")
    possible, lacking = recipe.possible(**GIVEN)
    dips = {"head_dips", "head_dip_episodes"}
    assert set(lacking) == {"arms_by_nose_and_body", "arms_by_four_paws", *dips}
    assert "no keypoint is the nose" in lacking["arms_by_nose_and_body"].reason
    assert set(possible.gives) == set(recipe.gives) - set(lacking)
    steps = {step.name for step in recipe.steps} - {step.name for step in possible.steps}
    assert steps == {"visits_nose", "visits_paws", "arms_nose", "arms_paws", "dips", "dip_bouts"}
    possible.outline(**GIVEN)
    with pytest.raises(Refusal, match="no keypoint is the nose"):
        recipe.outline(**GIVEN)


def test_what_lacks_nothing_stays_as_it_is():
    recipe = recipes.load("open-field")
    possible, lacking = recipe.possible(recording=spec_of(FILM))
    assert possible is recipe
    assert lacking == {}


def test_what_may_not_be_lacking_is_still_refused():
    recipe = replace(recipes.load("y-maze"), may_lack=())
    possible, lacking = recipe.possible(**GIVEN)
    assert lacking == {}
    with pytest.raises(Refusal, match="no keypoint is the hip"):
        possible.outline(**GIVEN)
