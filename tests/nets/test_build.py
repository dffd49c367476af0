"""Networks from what they are told to be; what cannot be is refused before any training."""

from __future__ import annotations

import pytest
import torch

from ethoframe.data import Refusal
from ethoframe.nets.build import build, only
from ethoframe.nets.network import CLASSES, UNTAUGHT, Head, Network

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


def two_ways() -> torch.nn.Module:
    """A network that tells classes by lines, and by likeness through an encoder of its own."""
    net = build(network(decoder="none", heads=tuple(Head(kind, 3) for kind in CLASSES)))
    with torch.no_grad():
        for held in net.heads.to_likeness.buffers():
            held.uniform_(-1, 1)
    net.settled = True
    return net.eval()


@pytest.mark.parametrize("kind", CLASSES)
def test_one_answer_of_several_is_kept_as_it_was(kind):
    net, pictures = two_ways(), torch.rand(2, 1, 64, 32)
    part, told = only(net, kind)
    answers = part(pictures)
    assert [head.kind for head in told.heads] == list(answers) == [kind]
    assert torch.equal(answers[kind], net(pictures)[kind])
    again = build(told)
    again.load_state_dict(part.state_dict())
    assert torch.equal(again.eval()(pictures)[kind], answers[kind])
    assert sum(each.numel() for each in part.parameters()) < 0.6 * sum(
        each.numel() for each in net.parameters()
    )


def test_likeness_is_not_answered_before_it_is_settled():
    net = build(network(decoder="none", heads=tuple(Head(kind, 3) for kind in CLASSES)))
    assert UNTAUGHT not in net(torch.rand(2, 1, 64, 32))
    assert not any(each.requires_grad for each in net.untaught.parameters())
    assert not net.train().untaught.body.training


def test_a_network_of_one_answer_is_itself():
    net = build(network(decoder="none", heads=(Head("classes", 3),)))
    assert only(net, "classes")[0] is net


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
