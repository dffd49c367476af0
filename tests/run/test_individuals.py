from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Arenas, Refusal, Tracks
from ethoframe.run.individuals import SCENE, apart

SQUARE = np.array([[0.0, 0.0], [90.0, 0.0], [90.0, 90.0], [0.0, 90.0]])
BOTH = Arenas(
    tuple(
        Arena("rectangle", np.add(SQUARE, [x, 0]), name=n) for n, x in (("left", 0), ("right", 100))
    )
)
TIMES = np.arange(20) / 10


def tracks(**across: float | list[float]) -> Tracks:
    """Individuals that stay at x, or go from one x to the next."""
    each = [Tracks.of(np.stack([_x(x), np.full(20, 40.0)], 1), TIMES) for x in across.values()]
    position = np.concatenate([one.position for one in each], axis=-1)
    confidence = np.concatenate([one.confidence for one in each], axis=-1)
    return replace(each[0], position=position, confidence=confidence, individuals=tuple(across))


def _x(x: float | list[float]) -> np.ndarray:
    return np.repeat(x, 20 // np.size(x))


def test_one_animal_is_left_as_it_is():
    one = tracks(animal=40)
    assert apart(one, None, "m") == {"": one}
    assert apart(one, Arenas(BOTH.arenas[:1]), "m") == {"": one}


def test_each_goes_to_the_arena_that_it_is_in():
    found = apart(tracks(b=140, a=[40] * 19 + [95]), BOTH, "m")
    assert [(name, each.individuals) for name, each in found.items()] == [
        ("left", ("a",)), ("right", ("b",)),
    ]  # fmt: skip
    assert found["right"].at("centroid")[0].tolist() == [140, 40]


def test_an_arena_without_an_animal_is_left_out():
    assert list(apart(tracks(a=140), BOTH, "m")) == ["right"]


def test_several_in_one_arena_go_by_their_names():
    found = apart(tracks(adult=40, juvenile=60), None, "m")
    assert {name: each.individuals for name, each in found.items()} == {
        "adult": ("adult",), "juvenile": ("juvenile",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ({"a": [40, 40, 40, 140]}, "a is in left for 75% and in right for 25% of its places; corr"),
        ({"a": 40, "b": 95}, "b is never in one of the arenas left, right; draw them on a still"),
        ({"a": 40, "b": 50}, "arena left holds two individuals, a and b; one animal is in each"),
    ],
)
def test_what_is_not_clear_is_refused(who, says):
    with pytest.raises(Refusal, match=says):
        apart(tracks(**who), BOTH, "m")


def test_names_that_folders_cannot_have():
    with pytest.raises(Refusal, match=r"the individual 'a\?' holds the sign '\?'; call it by"):
        apart(tracks(**{"a?": 40, "b": 50}), None, "m")
    with pytest.raises(Refusal, match="do not tell the individuals a and A apart"):
        apart(tracks(a=40, A=50), None, "m")


def test_an_arena_of_another_picture():
    said = r"never in the arena: it was at 400–400 × 40–40 px, and that is at 0–90 × 0–90; draw it"
    with pytest.raises(Refusal, match=said):
        apart(tracks(a=400), Arenas(BOTH.arenas[:1]), "m")


def test_who_is_never_seen_is_no_animal():
    assert list(apart(tracks(a=40, ghost=np.nan), BOTH, "m")) == ["left"]
    found = apart(tracks(a=40, ghost=np.nan), None, "m")
    assert found[""].individuals == ("a",)
    nobody = apart(tracks(ghost=np.nan, other=np.nan), None, "m")
    assert nobody[""].individuals == ("ghost",)


def test_keypoints_of_the_scene_are_given_to_each():
    base = tracks(**{"a": 40, "b": 50, SCENE: 7})
    corner = np.where(np.array(base.individuals) == SCENE, base.position, np.nan)
    body = np.where(np.array(base.individuals) == SCENE, np.nan, base.position)
    whole = replace(
        base,
        position=np.concatenate([body, corner], axis=2),
        confidence=np.concatenate([base.confidence] * 2, axis=1),
        keypoints=("body_centre", "corner"),
    )
    found = apart(whole, None, "m")
    assert list(found) == ["a", "b"]
    assert found["b"].at("corner")[3].tolist() == [7, 40]
    assert found["b"].at("body_centre")[3].tolist() == [50, 40]
