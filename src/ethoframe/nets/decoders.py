"""Light decoders: from the maps of an encoder to one map of the wanted stride."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as f


def convolved(inside: int, outside: int, kernel: int = 3, groups: int = 1) -> nn.Sequential:
    """A convolution that keeps the size, normalised over the batch, rectified."""
    return nn.Sequential(
        nn.Conv2d(inside, outside, kernel, padding=kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outside),
        nn.ReLU(inplace=True),
    )


def separable(inside: int, outside: int) -> nn.Sequential:
    """Each channel smoothed by itself, then all mixed: a ninth of the work of `convolved`."""
    return nn.Sequential(
        convolved(inside, inside, groups=inside), convolved(inside, outside, kernel=1)
    )


class UNetDecoder(nn.Module):
    """Each finer map of the encoder is joined to what comes up from below, and convolved.

    References
    ----------
    Ronneberger, Fischer, Brox, MICCAI 2015.
    """

    def __init__(self, widths: Sequence[int], strides: Sequence[int], stride: int, width: int):
        super().__init__()
        finer = [i for i, each in enumerate(strides) if each >= stride]
        self.used = tuple(reversed(finer))
        self.shrunk = nn.ModuleList()
        self.joined = nn.ModuleList()
        inside = widths[self.used[0]]
        for place, i in enumerate(self.used[1:]):
            steps_left = len(self.used) - 2 - place
            outside = width * 2**steps_left
            self.shrunk.append(convolved(inside, outside, kernel=1))
            self.joined.append(separable(outside + widths[i], outside))
            inside = outside
        self.width = inside

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """The finest joined map."""
        x = maps[self.used[0]]
        for i, shrink, join in zip(self.used[1:], self.shrunk, self.joined, strict=True):
            skip = maps[i]
            x = f.interpolate(shrink(x), size=skip.shape[-2:], mode="bilinear", align_corners=False)
            x = join(torch.cat([x, skip], dim=1))
        return x


class FPNDecoder(nn.Module):
    """Every map brought to one width, added from coarse to fine, and smoothed once.

    References
    ----------
    Lin et al., CVPR 2017.
    """

    def __init__(self, widths: Sequence[int], strides: Sequence[int], stride: int, width: int):
        super().__init__()
        self.used = tuple(reversed([i for i, each in enumerate(strides) if each >= stride]))
        self.lateral = nn.ModuleList(nn.Conv2d(widths[i], width, 1) for i in self.used)
        self.smooth = separable(width, width)
        self.width = width

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """The finest sum."""
        x: Tensor | None = None
        for i, lateral in zip(self.used, self.lateral, strict=True):
            here = lateral(maps[i])
            if x is not None:
                here = here + f.interpolate(
                    x, size=here.shape[-2:], mode="bilinear", align_corners=False
                )
            x = here
        smoothed: Tensor = self.smooth(x)
        return smoothed


class FCNDecoder(nn.Module):
    """Scores of coarse maps enlarged and added to those of finer ones; nothing else is learned.

    References
    ----------
    Long, Shelhamer, Darrell, CVPR 2015.
    """

    def __init__(self, widths: Sequence[int], strides: Sequence[int], stride: int, width: int):
        super().__init__()
        self.used = tuple(reversed([i for i, each in enumerate(strides) if each >= stride][:3]))
        self.scored = nn.ModuleList(convolved(widths[i], width, kernel=1) for i in self.used)
        self.width = width

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """The sum at the finest map's size."""
        size = maps[self.used[-1]].shape[-2:]
        scores = [score(maps[i]) for i, score in zip(self.used, self.scored, strict=True)]
        enlarged = [
            f.interpolate(each, size=size, mode="bilinear", align_corners=False) for each in scores
        ]
        return torch.stack(enlarged).sum(dim=0)


DECODERS = {"unet": UNetDecoder, "fpn": FPNDecoder, "fcn": FCNDecoder}
"""By name."""
