"""The U-Net of 2015 as it was written, and the like of it for volumes."""

from __future__ import annotations

import pytest

from ethoframe.data import Refusal
from ethoframe.nets.network import Head, Network

torch = pytest.importorskip("torch")

from ethoframe.nets.build import build  # noqa: E402
from ethoframe.nets.losses import losses  # noqa: E402
from ethoframe.nets.plain import PlainUNet  # noqa: E402


def network(size, width=2, **more):
    """A plain network of two classes."""
    return Network(size, 1, (Head("mask", 2),), encoder="plain", stride=1, width=width, **more)


def test_it_sees_572_pixels_and_answers_388_with_31_million_weights():
    asked = network((572, 572), width=64)
    assert asked.map_size == (388, 388)
    with torch.device("meta"):
        net = PlainUNet(asked)
        answer = net(torch.zeros(1, 1, 572, 572))["mask"]
    assert answer.shape == (1, 2, 388, 388)
    assert sum(each.numel() for each in net.parameters()) == 31_030_658


@torch.no_grad()
def test_an_answer_depends_on_92_pixels_around_it_and_no_more():
    net = build(network((220, 188))).eval()
    picture = torch.rand(1, 1, 220, 188)
    before = net(picture)["mask"]
    assert before.shape == (1, 2, 36, 4)
    picture[..., 219, :] += 1.0  # 92 below the last answered row, and 107 below the 21st
    after = net(picture)["mask"]
    assert torch.equal(before[..., :20, :], after[..., :20, :])
    assert not torch.equal(before[..., 35, :], after[..., 35, :])


@torch.no_grad()
def test_moved_by_sixteen_pixels_it_answers_the_same():
    net = build(network((204, 204))).eval()
    picture = torch.rand(1, 1, 220, 204)
    above, below = (net(picture[..., first : first + 204, :])["mask"] for first in (0, 16))
    torch.testing.assert_close(above[..., 16:, :], below[..., :4, :], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("size", [(16, 32, 32), (5, 24, 40), (1, 8, 8)])
@torch.no_grad()
def test_volumes_are_answered_voxel_by_voxel_however_thin(size):
    net = build(network(size)).eval()
    assert net(torch.rand(2, 1, *size))["mask"].shape == (2, 2, *size)


def test_thin_axes_are_not_halved():
    assert build(network((12, 64, 64))).scales == [(2, 2, 2), (1, 2, 2), (1, 2, 2)]
    assert build(network((5, 16, 4))).scales == [(1, 2, 1), (1, 2, 1)]


def test_it_learns():
    torch.manual_seed(0)
    net = build(network((8, 16, 16), width=4)).train()
    picture = torch.rand(2, 1, 8, 16, 16)
    targets = {"mask": (picture[:, 0] > 0.5).long()}
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-2)
    told = []
    for _ in range(15):
        loss = losses(net(picture), targets)["mask"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        told.append(float(loss.detach()))
    assert told[-1] < 0.6 * told[0]
    assert all(each.grad is not None for each in net.parameters())
    assert net.told.startswith("none")


def test_what_it_refuses():
    with pytest.raises(Refusal, match="570 px do not halve evenly"):
        build(network((570, 572)))
    with pytest.raises(Refusal, match="172 px do not halve evenly"):
        build(network((172, 188)))
    pooled = Network((188, 188), 1, (Head("values", 1),), encoder="plain", stride=1)
    with pytest.raises(Refusal, match="places of a picture, and not the whole"):
        build(pooled)
    with pytest.raises(Refusal, match="pictures and volumes"):
        build(network((188,)))
