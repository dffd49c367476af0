from __future__ import annotations

import numpy as np

from ethoframe import recipes
from ethoframe.contract import Reduction, spec_of
from ethoframe.contract.fan import fanned, own, part_of
from ethoframe.data import Recording, Window
from ethoframe.run.plan import Pass, plan

FILM = Recording.of(np.zeros((40, 20, 50, 1), np.uint8))
WINDOWS = {"left": Window(0, 0, 20, 25), "top right": Window(2, 25, 10, 20)}
RECIPE = recipes.load("open-field")
FANNED = fanned(RECIPE, WINDOWS)


def test_every_step_once_for_each_window() -> None:
    for part in WINDOWS:
        steps = part_of({step.name: step for step in FANNED.steps}, part)
        assert set(steps) == {"view", *(step.name for step in RECIPE.steps)}
        for step in RECIPE.steps:
            assert steps[step.name].method == step.method
    assert set(FANNED.gives) == {own(part, name) for part in WINDOWS for name in RECIPE.gives}


def test_each_sees_its_own_window_and_inputs() -> None:
    specs = FANNED.outline(recording=spec_of(FILM))
    assert specs["left/view"].shape == (40, 20, 25, 1)
    assert specs["top right/background"].shape[1:3] == (10, 20)
    assert FANNED.takes["left/events"] == RECIPE.takes["events"]
    for step in FANNED.steps:
        part = step.name.rpartition("/")[0]
        assert all(name == "recording" or name.startswith(part) for name in step.inputs.values())


def test_all_windows_share_every_reading() -> None:
    def readings(recipe):
        todo = plan(recipe, recipe.outline(recording=spec_of(FILM))).todo
        passes = [task for task in todo if isinstance(task, Pass)]
        return [(task.source, task.numbers.tolist()) for task in passes], passes

    once, _ = readings(RECIPE)
    several, passes = readings(FANNED)
    assert several == once
    reducing = [step.name for step in passes[0].steps if isinstance(step.method, Reduction)]
    assert {name.rpartition("/")[0] for name in reducing} == set(WINDOWS)


def test_parameters_are_set_for_one_window_alone() -> None:
    changed = FANNED.configured({"top right/trial.from_s": 12.0})
    assert changed.step("top right/trial").method.parameters()["from_s"] == 12.0
    assert changed.step("left/trial").method == RECIPE.step("trial").method


def test_what_is_not_parted_is_its_own_part() -> None:
    assert part_of({"tracks": 1, "left/tracks": 2}, "left") == {"tracks": 2}
    assert part_of({"tracks": 1}, "") == {"tracks": 1}
