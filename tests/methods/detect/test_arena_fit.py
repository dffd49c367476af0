from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ethoframe.data import Arena, Frames, Refusal, Transform
from ethoframe.data.lens import Lens
from ethoframe.methods.detect.arena_fit import ArenaFit
from ethoframe.run import apply
from ethoframe.testing.scenes import SCENES, Scene

ALWAYS = ((0.0, float("inf")),)
NAMES = ["open_field", "shaded_drift", "light_on_dark", "slanted", "circle", "noisy", "cluttered"]


def empty(scene: Scene) -> Frames:
    level = replace(scene, hidden=ALWAYS).image(0).astype(np.float32)
    pixels = np.stack([level, np.ones_like(level)], axis=-1)[None]
    return Frames(pixels, np.array([0]), np.array([0.0]), ("level", "noise"))


def on_edge(background: Frames, arena: Arena) -> float:
    return apply(ArenaFit(), background=background, arena=arena)["on_edge"]


@pytest.mark.parametrize("name", NAMES)
def test_the_arena_of_this_scene_lies_on_its_edges_and_others_do_not(name) -> None:
    scene = SCENES[name]
    background, arena = empty(scene), scene.arena()
    middle, wide = arena.outline.mean(axis=0), float(np.ptp(arena.outline[:, 0]))
    assert on_edge(background, arena) > 0.97
    for share in (0.8, 0.9, 1.1):
        other = replace(arena, outline=middle + share * (arena.outline - middle))
        assert on_edge(background, other) < 0.35
    for across, down in ((0.1, 0.0), (0.0, -0.1), (0.04, 0.04)):
        moved = arena.mapped(Transform.moving(across * wide, down * wide))
        assert on_edge(background, moved) < 0.75


def test_sides_are_followed_as_a_lens_bends_them() -> None:
    scene = SCENES["open_field"]
    background, lens = empty(scene), Lens.of_picture(-0.3, scene.size)
    bent = replace(scene.arena(), lens=lens)
    assert on_edge(background, bent) < 0.5
    y, x = np.indices(scene.size)
    straight = lens.straightened(np.stack([x, y], axis=-1)).astype(np.float32)
    x, y = np.moveaxis(straight, -1, 0)
    level = background.plane(0, "level")
    bowed = cv2.remap(level, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    seen = replace(background, pixels=np.stack([bowed, np.ones_like(bowed)], axis=-1)[None])
    assert on_edge(seen, replace(bent, outline=lens.bent(bent.outline))) > 0.97
    assert on_edge(seen, replace(scene.arena(), outline=lens.bent(bent.outline))) < 0.9


def test_a_side_that_misses_its_edge_counts_by_its_length() -> None:
    example = ArenaFit.example()
    assert apply(ArenaFit(), **example)["on_edge"] == pytest.approx(1 - 80 / 336, abs=0.03)


def test_what_lies_outside_the_picture_lies_on_no_edge() -> None:
    background, arena = ArenaFit.example()["background"], ArenaFit.example()["arena"]
    away = arena.mapped(Transform.moving(-200, 0))
    values = apply(ArenaFit(), background=background, arena=away)
    assert (values["on_edge"], values["outside"]) == (0.0, 1.0)
    half = apply(ArenaFit(), background=background, arena=arena.mapped(Transform.moving(-74, 0)))
    assert half["outside"] == pytest.approx(0.5, abs=0.02)


def test_a_floor_in_mm_is_refused() -> None:
    arena = ArenaFit.example()["arena"]
    with pytest.raises(Refusal, match="pixels"):
        apply(
            ArenaFit(),
            background=ArenaFit.example()["background"],
            arena=arena.mapped(arena.to_floor),
        )
