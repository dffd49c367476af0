"""Networks from what they are told to be; what cannot be is refused before any training."""

from __future__ import annotations

import pytest
import torch

from ethoframe.data import Refusal
from ethoframe.nets.build import build
from ethoframe.nets.network import Head, Network

ALL = tuple(
    Head(kind, 2)
    for kind in (
        "classes", "values", "visible", "heatmap", "offset", "mask", "density", "inside",
        "boundary", "distance", "size",
    )
)  # fmt: skip


def network(**changed) -> Network:
    told = {"size": (64, 32), "channels": 1, "heads": ALL, "encoder": "test_efficientnet"}
    return Network(**{**told, **changed})


@pytest.mark.parametrize("decoder", ["unet", "fpn", "fcn"])
@pytest.mark.parametrize("stride", [1, 2, 4, 8, 16])
def test_every_head_answers_in_its_size(decoder, stride):
    told = network(decoder=decoder, stride=stride, width=8)
    answers = build(told)(torch.rand(3, 1, 64, 32))
    assert {k: tuple(a.shape) for k, a in answers.items()} == {
        head.kind: (3, *told.answer_shape(head)) for head in told.heads
    }


def test_without_a_decoder_pictures_are_answered_as_a_whole():
    answers = build(network(decoder="none", heads=(Head("classes", 5),)))(torch.rand(2, 1, 64, 32))
    assert tuple(answers["classes"].shape) == (2, 5)


def test_weights_of_chance_are_those_of_the_seed():
    built = []
    for seed in (0, 0, 1):
        torch.manual_seed(seed)
        built.append(build(network()).state_dict())
    same = [torch.equal(built[0][k], built[1][k]) for k in built[0]]
    other = [torch.equal(built[0][k], built[2][k]) for k in built[0]]
    assert all(same)
    assert not all(other)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"size": (60, 64)}, "60 px do not halve"),
        ({"size": (8, 64, 64)}, "not volumes"),
        ({"encoder": "test_convnext", "stride": 2}, "is wanted"),
        ({"encoder": "test_mambaout"}, "pictures of 64 × 32 px|is wanted"),
        ({"encoder": "test_maxvit"}, "pictures of 64 × 32 px"),
        ({"stride": 3}, "is wanted"),
        ({"encoder": "no_such_model"}, "cannot be an encoder"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(changed, why):
    with pytest.raises(Refusal, match=why) as told:
        build(network(**{"heads": (Head("mask", 2),), **changed}))
    assert "\n" not in str(told.value)
