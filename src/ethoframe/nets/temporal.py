"""What happens at each moment of a series of numbers: convolutions along time, trees, weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ethoframe.data.noun import Array
from ethoframe.nets.lesson import Examples
from ethoframe.nets.linear import Linear
from ethoframe.nets.network import BOTH, DILATIONS, LINEAR, MOMENT, SETTLED, TREES, Network
from ethoframe.nets.trees import Trees

DROPPED = 0.3
"""Share of channels that are left out in training, all along a stretch."""

FARTHEST = 8.0
"""Numbers further than so many spreads from their mean are taken to be as far as that."""

MOST = 40_000
"""Frames that settle a head, at most; of more, they are spread over all."""


class TemporalNet(nn.Module):
    """Answers every frame of a series: pictures ``(n, channels, 1, frames)`` one pixel high.

    Several heads may answer. ``moment``: convolutions along time, each layer looking twice as far
    as the one before and added to what that saw, taught step by step; numbers that are not known
    count as usual ones (0). ``trees`` and ``linear``: boosted trees, and a weighted sum, that see
    each frame's numbers alone, settled at once; ``both``: their mean, each less its own mean.

    Parameters
    ----------
    network
        Its size, channels, heads, and width: features of each layer.

    References
    ----------
    Lea et al., CVPR 2017, 1003-1012, and Bai, Kolter & Koltun, arXiv:1803.01271 (convolutions along
    time).
    """

    told = "none: its weights begin by chance"

    def __init__(self, network: Network):
        super().__init__()
        self.network = network
        kinds = {head.kind: head.channels for head in network.heads}
        self.settled = not {*kinds} - {*SETTLED}
        if MOMENT in kinds:
            width = network.width
            self.enter = nn.Conv1d(network.channels, width, 1)
            self.layers = nn.ModuleList(_Layer(width, apart) for apart in DILATIONS)
            self.drop = nn.Dropout1d(DROPPED)
            self.answer = nn.Conv1d(width, kinds[MOMENT], 1)
        if {TREES, BOTH} & {*kinds}:
            self.trees = Trees(kinds.get(TREES) or kinds[BOTH])
        if {LINEAR, BOTH} & {*kinds}:
            self.weighed = Linear(network.channels, kinds.get(LINEAR) or kinds[BOTH])

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        """Answers ``(n, classes, 1, frames)`` by the kind of head, once it is settled."""
        kinds, answers = [head.kind for head in self.network.heads], {}
        series = picture[:, :, 0]
        if MOMENT in kinds:
            known = torch.where(torch.isnan(series), torch.zeros_like(series), series)
            x = self.drop(self.enter(self.drop(known.clamp(-FARTHEST, FARTHEST))))
            for layer in self.layers:
                x = layer(x)
            answers[MOMENT] = self.answer(x)[:, :, None]
        for kind in kinds:
            if kind in SETTLED and self.settled:
                count, channels, frames = series.shape
                rows = series.transpose(1, 2).reshape(count * frames, channels)
                told = self._at_once(kind, rows).reshape(count, frames, -1)
                answers[kind] = told.transpose(1, 2)[:, :, None]
        return answers

    def _at_once(self, kind: str, rows: Tensor) -> Tensor:
        """What is answered to each frame's numbers ``(n, channels)`` alone: ``(n, classes)``."""
        if kind == BOTH:
            every = [self._at_once(each, rows) for each in (TREES, LINEAR)]
            told = [each - each.mean(dim=1, keepdim=True) for each in every]
            return (told[0] + told[1]) / 2
        part = self.trees if kind == TREES else self.weighed
        answer: Tensor = part(rows)
        return answer

    def settle(self, examples: Examples, seed: int, device: torch.device) -> None:
        """Settles trees and weights by the frames of examples whose class is known."""
        del device
        rows, classes, weights = frames_of(examples)
        if len(rows) > MOST:
            spread = np.linspace(0, len(rows) - 1, MOST).round().astype(int)
            rows, classes, weights = rows[spread], classes[spread], weights[spread]
        own = weights[np.arange(len(classes)), classes]
        for name in ("trees", "weighed"):
            part = getattr(self, name, None)
            if part is not None:
                home = next(part.buffers()).device
                part.cpu().settle(rows, classes, own, seed)
                part.to(home)
        self.settled = True


class _Layer(nn.Module):
    """One convolution along time, added to what it saw."""

    def __init__(self, width: int, apart: int):
        super().__init__()
        self.along = nn.Conv1d(width, width, 3, padding=apart, dilation=apart)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Conv1d(width, width, 1)
        self.drop = nn.Dropout1d(DROPPED)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.drop(self.mix(f.relu(self.norm(self.along(x)))))
        return x + added


def frames_of(examples: Examples) -> tuple[Array, Array, Array]:
    """Numbers, classes and weights of the classes of all frames whose class is known."""
    parts: list[tuple[Any, ...]] = []
    for index in range(len(examples)):
        each = examples.example(index, None)
        said = each["moment"][0]
        known = said >= 0
        weight = np.broadcast_to(each["class_weight"], (len(said), len(each["class_weight"])))
        parts.append((each["picture"][:, 0].T[known], said[known].astype(int), weight[known]))
    rows, classes, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    return rows, classes, weights
