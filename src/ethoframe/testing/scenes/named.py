"""The scenes that tests, benchmarks and the demo name; each makes one thing hard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ethoframe.testing.scenes.rack import Rack
from ethoframe.testing.scenes.scene import Scene

_NAMED = (
    Scene("open_field", seed=1),
    Scene("shaded_drift", seed=2, shading=0.6, light_drift=0.35, flicker=0.01),
    Scene("light_on_dark", seed=3, polarity="light", contrast=0.8, noise_level=2.5),
    # Sits for two thirds of the time: a median over time takes it for floor.
    Scene("sits_still", seed=4, still=((6.0, 46.0),)),
    # Put in late, picked up twice, and set down elsewhere.
    Scene("vanishes", seed=5, hidden=((0.0, 2.5), (20.0, 26.0), (44.0, 50.0))),
    Scene("reflection", seed=6, reflection=0.9, shading=0.25),
    Scene("slanted", seed=7, slant=0.3),
    Scene("circle", seed=8, shape="circle"),
    Scene("turns", seed=9, turns=36),
    Scene("blank", seed=10, hidden=((0.0, float("inf")),)),
    Scene("noisy", seed=11, noise_level=14.0, contrast=0.5),
    Scene("small_animal", seed=12, body_mm=24.0, tail_mm=20.0, noise_level=3.0),
    Scene("cluttered", seed=13, clutter=7, shading=0.25),
    Scene("bumped", seed=14, camera_shift_px=(6.5, -4.0), camera_shift_s=25.0),
)

SCENES: Mapping[str, Scene] = MappingProxyType({scene.name: scene for scene in _NAMED})
"""Scenes of a minute each, by name."""

_HARD = (
    # The hand brings the animal, sets it down at 3.6 s, and is out at 6 s.
    Scene("hand_at_start", seed=57, hand=((1.2, 6.0),), hidden=((0.0, 3.6),), still=((3.2, 4.8),)),
    Scene("empty_start", seed=22, hidden=((0.0, 9.0),), surface="wood", texture=0.03),
    Scene("asleep", seed=23, still=((5.0, 53.0),), surface="bedding", texture=0.06),
    Scene("low_contrast", seed=24, contrast=0.15, noise_level=2.5, surface="plain", texture=0.02),
    Scene("cable", seed=25, cable=True),
    Scene("droppings", seed=26, droppings=14, shading=0.25),
    Scene("light_switch", seed=27, light_switch_s=31.0, light_switch_to=0.6),
    Scene("dropped_frames", seed=28, dropped=0.05),
    SCENES["bumped"],
    SCENES["reflection"],
)

HARD: Mapping[str, Scene] = MappingProxyType({scene.name: scene for scene in _HARD})
"""What a lab's afternoon brings, in scenes of a minute each, by name."""


def _rack(name: str, columns: int, side_px: int, *scenes: Scene) -> Rack:
    size = side_px, side_px
    return Rack(name, tuple(replace(scene, size=size) for scene in scenes), columns)


RACKS: Mapping[str, Rack] = MappingProxyType(
    {
        rack.name: rack
        for rack in (
            _rack("two_arenas", 2, 360, Scene("left", seed=31), Scene("right", seed=32)),
            _rack(
                "four_arenas", 2, 304,
                Scene("a", seed=33), Scene("b", seed=34, hidden=((0.0, 3.0),)),
                Scene("c", seed=35, hidden=((0.0, 5.0),)), Scene("d", seed=36, shading=0.3),
            ),
        )
    }
)  # fmt: skip
"""Racks of a minute each, by name."""
