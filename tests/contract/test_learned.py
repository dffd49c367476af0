"""What a learned method declares, and how training may be asked for."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.contract import FrameMethod, Learned, Training
from ethoframe.contract.catalog import cards, find
from ethoframe.contract.units import suffix
from ethoframe.data import Noun, Refusal
from ethoframe.testing.pupil import Pupil


@given(
    st.builds(
        Training,
        minutes=st.floats(0.01, 1e6),
        steps=st.integers(0, 10**9),
        seed=st.integers(0, 2**31),
        pretrained=st.booleans(),
        preset=st.sampled_from(["full", "finetune"]),
        rate=st.floats(0, 1),
        validation=st.floats(0, 0.5),
        split=st.sampled_from(["auto", "recording", "subject", "blocks", "random"]),
    )
)
def test_json_keeps_how_it_is_taught(training):
    assert Training(**json.loads(json.dumps(training.parameters()))) == training


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("minutes", 0.0),
        ("minutes", float("nan")),
        ("minutes", "15"),
        ("steps", -1),
        ("steps", 2.5),
        ("seed", -1),
        ("batch", -8),
        ("rate", 2.0),
        ("rate", float("inf")),
        ("validation", 0.9),
        ("validation", -0.1),
        ("augment", -1.0),
        ("patience", -1),
        ("threads", -2),
        ("preset", "fast"),
        ("split", "frames"),
        ("device", "tpu"),
        ("pretrained", "no"),
        ("encoder", 3),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(name, value):
    with pytest.raises(Refusal, match=rf"training\.{name}") as told:
        Training(**{name: value})
    assert "\n" not in str(told.value)


def test_every_choice_says_what_it_means():
    for each in fields(Training):
        assert each.metadata["says"]
        unit = suffix(each.metadata["unit"])
        assert not unit or each.name.endswith(unit) or each.name == "minutes"


@pytest.mark.parametrize("missing", ["lesson", "sample"])
def test_a_learned_method_says_how_it_is_taught(missing):
    class Half(Pupil):
        pass

    setattr(Half, missing, getattr(Learned, missing))
    Half.__abstractmethods__ = frozenset({missing})
    with pytest.raises(TypeError, match=missing):
        Half()


LEARNED = [card.name for card in cards() if card.learned]


@pytest.mark.parametrize("name", LEARNED)
def test_the_list_knows_what_is_learned(name):
    method = find(name)
    assert issubclass(method, Learned)
    kinds = method.learns if isinstance(method.learns, tuple) else (method.learns,)
    assert all(issubclass(kind, Noun) for kind in kinds)
    assert method.sample().gives in kinds
    assert method().weights == ""


def test_the_list_knows_what_is_not():
    for card in cards():
        if not card.learned:
            assert not issubclass(find(card.name), Learned)
    assert issubclass(Pupil, FrameMethod)
