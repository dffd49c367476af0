"""How fast is learned: one cycle whatever its length, and early layers more slowly."""

from __future__ import annotations

import numpy as np
import pytest
import timm
from hypothesis import given
from hypothesis import strategies as st

from ethoframe.nets.build import build
from ethoframe.nets.network import Head, Network
from ethoframe.nets.schedule import FROZEN, START, STOP, WARM, OneCycle, paced

NETWORK = Network((32, 32), 1, (Head("mask", 2), Head("visible", 2)), "test_efficientnet")


@given(st.floats(1e-6, 1.0), st.integers(1, 2000))
def test_the_rate_rises_once_and_falls_once(highest, steps):
    rates = np.array([OneCycle(highest, steps).at(step) for step in range(steps)])
    assert np.isfinite(rates).all()
    assert (rates > 0).all()
    assert rates.max() <= highest * (1 + 1e-12)
    top = int(rates.argmax())
    assert (np.diff(rates[: top + 1]) >= 0).all()
    assert (np.diff(rates[top:]) <= 0).all()
    if steps > 20:
        assert rates[0] == pytest.approx(START * highest)
        assert top / steps == pytest.approx(WARM, abs=1 / 20)
        assert rates[-1] < (STOP + 20 / steps) * highest
        assert rates.max() > 0.97 * highest


@pytest.fixture
def net(planted):
    planted(timm.create_model("test_efficientnet", pretrained=False).state_dict())
    return build(NETWORK, pretrained=True)


@pytest.mark.parametrize("preset", ["full", "finetune"])
@pytest.mark.parametrize("knows", [True, False])
def test_every_layer_that_learns_has_one_pace(net, quick, preset, knows):
    net = net if knows else build(NETWORK)
    paces = [each for _, group in paced(net, quick(preset=preset)) for each in group]
    ids = [id(each) for each in paces]
    assert len(set(ids)) == len(ids)
    assert {id(p) for p in net.parameters() if p.requires_grad} <= set(ids)


def test_a_finetune_begins_with_what_is_new(net, quick):
    groups = paced(net, quick(preset="finetune"))
    new, *own = groups
    assert new[0].share == 1
    assert new[0].begins == 0
    assert all(pace.begins == FROZEN for pace, _ in own)
    shares = [pace.share for pace, _ in own]
    assert len(shares) > 2
    assert shares == sorted(shares, reverse=True)
    names = {id(p): name for name, p in net.named_parameters()}
    order = [names[id(group[0])] for _, group in own]
    assert order == sorted(order, reverse=True)  # blocks.4 before blocks.3, and so on


def test_layers_are_whole_blocks(planted, quick):
    planted(timm.create_model("test_resnet", pretrained=False).state_dict())
    told = Network((32, 32), 1, (Head("mask", 2),), "test_resnet")
    groups = paced(build(told, pretrained=True), quick(preset="finetune"))
    assert len(groups) == 3  # what is new, and the two stages beyond stride 4 up to stride 16


def test_an_encoder_that_knows_nothing_learns_like_all_else(quick):
    ((pace, _),) = paced(build(NETWORK), quick(preset="finetune"))
    assert pace.share == 1
