"""How well each moment fits each motif: few numbers of many, and a Gaussian for each motif."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from ethoframe.nets.lesson import Examples
from ethoframe.nets.network import MOTIFS, Network

PARTS = ("axes", "centre", "root", "first")
"""What an example holds that settles it, as of `methods.behave`: which numbers make the few, and
the centre, shape and height of each motif."""


class MotifNet(nn.Module):
    """Answers every moment of a series: pictures ``(n, numbers, 1, moments)`` one pixel high.

    Parameters
    ----------
    network
        Its size, channels and head; its width is how many the few numbers are.
    """

    told = "none: it is settled at once"
    axes: Tensor
    centre: Tensor
    root: Tensor
    first: Tensor

    def __init__(self, network: Network):
        super().__init__()
        self.network = network
        count, wide = network.heads[0].channels, network.width
        self.register_buffer("axes", torch.zeros(network.channels, wide))
        self.register_buffer("centre", torch.zeros(count, wide))
        self.register_buffer("root", torch.zeros(count, wide, wide))
        self.register_buffer("first", torch.zeros(count))

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        """Log density in each motif ``(n, motif, 1, moment)``."""
        series, (count, wide) = picture[:, :, 0].transpose(1, 2), self.centre.shape
        few = series @ self.axes
        seen = few @ self.root.reshape(count * wide, wide).T
        seen = seen.reshape(series.shape[0], series.shape[1], count, wide)
        off = seen - (self.root @ self.centre[:, :, None])[:, :, 0]
        told = self.first - (off**2).sum(dim=3) / 2
        return {MOTIFS: told.transpose(1, 2)[:, :, None]}

    def settle(self, examples: Examples, seed: int, device: torch.device) -> None:
        """Takes over what the one example holds."""
        del seed, device
        held: Any = examples.example(0, None)
        for name in PARTS:
            own = getattr(self, name)
            own.copy_(torch.as_tensor(held[name], dtype=own.dtype))
