"""What methods share that tell of each frame as a whole."""

from __future__ import annotations

from dataclasses import fields
from types import SimpleNamespace

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


def test_frames_without_the_colours_that_taught_it_are_refused(monkeypatch) -> None:
    method = METHODS[0]()
    lesson = method.lesson(method.sample(), Training())
    card = {"sight": {**lesson.told["sight"], "colours": True}}
    monkeypatch.setattr(framewise, "model_of", lambda method: SimpleNamespace(card=card))
    spec = spec_of(method.example()["recording"])
    with pytest.raises(Refusal, match="classify/frames: it was taught by colours"):
        method.model_for(spec)
