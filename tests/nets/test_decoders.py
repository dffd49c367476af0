"""Decoders: one map of the wanted stride, to which every map of the encoder has its say."""

from __future__ import annotations

import pytest
import torch

from ethoframe.nets.decoders import DECODERS

WIDTHS, STRIDES = (8, 12, 16, 24, 32), (2, 4, 8, 16, 32)


def maps(side: int = 64, count: int = 2) -> list[torch.Tensor]:
    pairs = zip(WIDTHS, STRIDES, strict=True)
    return [torch.rand(count, w, side // s, side // s, requires_grad=True) for w, s in pairs]


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("stride", STRIDES)
def test_the_map_has_the_stride_that_was_asked_for(name, stride):
    decoder = DECODERS[name](WIDTHS, STRIDES, stride, 16)
    answer = decoder(maps())
    assert tuple(answer.shape) == (2, decoder.width, 64 // stride, 64 // stride)


@pytest.mark.parametrize("name", DECODERS)
def test_every_coarser_map_and_every_weight_counts(name):
    decoder, given = DECODERS[name](WIDTHS, STRIDES, 4, 16), maps()
    (decoder(given) * torch.rand(2, decoder.width, 16, 16)).sum().backward()
    counted = [each.grad is not None and bool(each.grad.abs().sum() > 0) for each in given]
    assert counted == (
        [False, True, True, True, True] if name != "fcn" else [False] + [True] * 3 + [False]
    )
    assert all(each.grad is not None for each in decoder.parameters())


@pytest.mark.parametrize("name", DECODERS)
def test_sides_need_not_be_alike(name):
    pairs = zip(WIDTHS, STRIDES, strict=True)
    given = [torch.rand(1, w, 96 // s, 32 // s) for w, s in pairs]
    decoder = DECODERS[name](WIDTHS, STRIDES, 4, 16).eval()
    assert tuple(decoder(given).shape[-2:]) == (24, 8)
