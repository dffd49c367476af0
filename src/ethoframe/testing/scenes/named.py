"""The scenes that tests, benchmarks and the demo name; each makes one thing hard."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
