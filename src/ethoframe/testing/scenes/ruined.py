"""Videos that nobody should measure, made on purpose from sound ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from ethoframe.data import Arena
from ethoframe.testing.scenes.scene import Scene

Ruin = Literal["blur", "knock", "two animals", "white on white", "wrong arena", "light off"]
RUINS: tuple[Ruin, ...] = get_args(Ruin)
"""All the ways."""


def ruined(scene: Scene, how: Ruin, seed: int) -> Scene:
    """The scene, spoilt in one way; how badly depends on the seed.

    ``"wrong arena"`` leaves the pictures as they are: `wrong_arena` is what is given with them.

    Raises
    ------
    ValueError
        When there is no such way.

    Examples
    --------
    >>> ruined(Scene(), "light off", seed=3).name
    'scene_light_off'
    """
    if how not in RUINS:
        raise ValueError(f"{how!r} is no way to ruin a video; there are {', '.join(RUINS)}")
    rng = np.random.default_rng((seed, 12))
    named = replace(scene, name=f"{scene.name}_{how.replace(' ', '_')}")
    short = min(scene.size)
    if how == "blur":
        return replace(named, blur_px=float(rng.uniform(0.03, 0.06) * short))
    if how == "knock":
        turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.04, 0.12) * short
        shift = float(far * np.cos(turn)), float(far * np.sin(turn))
        time_s = float(rng.uniform(0.2, 0.8) * scene.duration_s)
        return replace(named, camera_shift_px=shift, camera_shift_s=time_s)
    if how == "two animals":
        return replace(named, second=True)
    if how == "white on white":
        faint, noise = float(rng.uniform(0.02, 0.05)), max(scene.noise_level, 2.5)
        plain = replace(named, polarity="dark", droppings=0, reflection=0.0)
        return replace(plain, contrast=faint, noise_level=noise)
    if how == "light off":
        return replace(named, light_off_s=float(rng.uniform(0.15, 0.6) * scene.duration_s))
    return named


def wrong_arena(scene: Scene, seed: int) -> Arena:
    """The arena of another set-up: its outline lies where the floor is not, and is too small."""
    rng = np.random.default_rng((seed, 13))
    arena = scene.arena()
    side = float(np.ptp(arena.outline, axis=0).mean())
    turn, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.3, 0.5) * side
    middle, grown = arena.outline.mean(axis=0), rng.uniform(0.6, 1.0)
    outline = middle + grown * (arena.outline - middle)
    return replace(arena, outline=outline + far * np.array([np.cos(turn), np.sin(turn)]))
