"""What methods share that tell of each frame as a whole."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest

from ethoframe.contract import Training, catalog
from ethoframe.contract.spec import spec_of
from ethoframe.data import Refusal
from ethoframe.nets import framewise
from ethoframe.nets.framewise import Framewise

METHODS = [catalog.find(name) for name in ("classify/frames", "regress/frames")]


@pytest.mark.parametrize("method_class", METHODS)
def test_what_a_network_is_shown_is_declared_once(method_class) -> None:
    shared = {each.name for each in fields(Framewise)}
    assert shared <= {each.name for each in fields(method_class)}
    assert not shared & set(method_class.__annotations__)


@pytest.mark.parametrize("method_class", METHODS)
def test_a_lesson_shows_frames_as_is_asked_for(method_class) -> None:
    method = method_class(view="patches", side_px=32, patches=3, turned=False)
    lesson = method.lesson(method.sample(), Training(validation=0.3))
    assert lesson.network.size == (32, 32)
    assert lesson.told["sight"]["view"] == "patches"
    assert lesson.told["sight"]["along"] == 3
    assert not lesson.train.augment.mirror
    assert lesson.validation.apart
    assert not lesson.train.apart
    assert lesson.settle == lesson.judge.settle


def test_what_classes_look_like_is_seen_at_full_resolution_and_not_resampled() -> None:
    method = METHODS[0](side_px=32)
    labels = method.sample()
    familiar = method.lesson(labels, Training(validation=0.0)).familiar
    known = {level for part in labels.parts for level in part.recording.frames([0]).pixels.flat}
    chance = np.random.default_rng(1)
    for _ in range(8):
        example = familiar.example(0, chance)
        assert not example["whole"]
        assert set(np.rint(example["picture"] * 255).astype(int).flat) <= set(map(int, known))
    assert METHODS[0](view="whole").lesson(labels, Training()).familiar.example(0, chance)["whole"]
    assert METHODS[1]().lesson(METHODS[1].sample(), Training()).familiar is None


def test_frames_without_the_colours_that_taught_it_are_refused(monkeypatch) -> None:
    method = METHODS[0]()
    lesson = method.lesson(method.sample(), Training())
    card = {"sight": {**lesson.told["sight"], "colours": True}}
    monkeypatch.setattr(framewise, "model_of", lambda method: SimpleNamespace(card=card))
    spec = spec_of(method.example()["recording"])
    with pytest.raises(Refusal, match="classify/frames: it was taught by colours"):
        method.model_for(spec)
