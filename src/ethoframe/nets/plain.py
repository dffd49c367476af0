"""The U-Net of 2015 as it was written, and the like of it for volumes: no encoder of others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ethoframe.data import Refusal
from ethoframe.nets.network import PLAIN_BORDER, Network

HALVED = 4
"""How often a picture is halved."""

HALVED_VOLUME = 3
"""How often a volume is halved, at most."""

THIN = 8
"""Along an axis on which a volume has fewer voxels than this, it is not halved any more."""

DROPPED = 0.5
"""Share of features that are left out at the end of the contracting path, in training."""


class PlainUNet(nn.Module):
    """A path that contracts, and one that expands and is handed what the first saw at each level.

    Pictures: convolutions without padding, as published. So the answer is smaller than the picture
    by 92 px on each side (572 px are seen for 388 that are answered), and a picture is answered
    piece by piece, each piece seeing what is really around it. There is no normalisation over the
    batch; weights begin as He proposed; features are dropped out at the end of the first path.

    Volumes: convolutions with padding and normalisation, halved along each axis as long as it has 8
    voxels or more left, so that patches may be thin where voxels are.

    Parameters
    ----------
    network
        Its size, channels, heads, and width: features of the finest level (64 in the paper).

    Attributes
    ----------
    network
        As given.
    told
        Where its weights begin.

    Raises
    ------
    Refusal
        When a picture or volume of that size cannot be halved so often, or a head answers pictures
        as a whole.

    References
    ----------
    Ronneberger, Fischer & Brox, MICCAI 2015, 234-241. Çiçek et al., MICCAI 2016, 424-432 (volumes).
    He et al., ICCV 2015, 1026-1034 (first weights).
    """

    told = "none: its weights begin by chance"

    def __init__(self, network: Network):
        super().__init__()
        _check(network)
        self.network = network
        flat = len(network.size) == 2
        self.scales = [(2, 2)] * HALVED if flat else _halvings(network.size)
        widths = [network.width * 2**level for level in range(len(self.scales) + 1)]
        block = _valid if flat else _padded
        self.down = nn.ModuleList()
        inside = network.channels
        for width in widths:
            self.down.append(block(inside, width))
            inside = width
        self.drop = nn.Dropout(DROPPED)
        enlarge: Any = nn.ConvTranspose2d if flat else nn.ConvTranspose3d
        self.enlarged, self.up = nn.ModuleList(), nn.ModuleList()
        for scale, width in zip(reversed(self.scales), reversed(widths[:-1]), strict=True):
            self.enlarged.append(enlarge(2 * width, width, scale, scale))
            self.up.append(block(2 * width, width))
        scored: Any = nn.Conv2d if flat else nn.Conv3d
        self.heads = nn.ModuleDict(
            {f"to_{head.kind}": scored(widths[0], head.channels, 1) for head in network.heads}
        )
        self.pool = f.max_pool2d if flat else f.max_pool3d
        self.apply(_begun)

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        """Answers of pictures ``(n, c, [z,] y, x)``, levels from 0 to 1, by the kind of head."""
        x, handed = picture, []
        for block, scale in zip(self.down, self.scales, strict=False):
            x = block(x)
            handed.append(x)
            x = self.pool(x, scale)
        x = self.drop(self.down[-1](x))
        for enlarge, join in zip(self.enlarged, self.up, strict=True):
            x = enlarge(x)
            x = join(torch.cat([_cropped(handed.pop(), x.shape[2:]), x], dim=1))
        return {head.kind: self.heads[f"to_{head.kind}"](x) for head in self.network.heads}


def _check(network: Network) -> None:
    pooled = [head.kind for head in network.heads if head.pooled]
    if pooled:
        reason = f"plain answers places of a picture, and not the whole ({pooled[0]})"
        raise Refusal("plain", reason, "name an encoder of timm")
    if len(network.size) == 2:
        odd = [length for length in network.size if length % 16 != 12 or length < 2 * PLAIN_BORDER]
        if odd:
            reason = f"pictures of {odd[0]} px do not halve evenly {HALVED} times"
            raise Refusal("plain", reason, "use 188, 204 ... 572: 12 more than a multiple of 16")
    elif len(network.size) != 3:
        raise Refusal("plain", "it answers pictures and volumes", "name two or three lengths")


def _halvings(size: Sequence[int]) -> list[tuple[int, ...]]:
    """By how much a volume shrinks along each axis, from level to level."""
    scales: list[tuple[int, ...]] = []
    left = list(size)
    while len(scales) < HALVED_VOLUME:
        scale = tuple(2 if length >= THIN and length % 2 == 0 else 1 for length in left)
        if max(scale) == 1:
            break
        left = [length // by for length, by in zip(left, scale, strict=True)]
        scales.append(scale)
    return scales


def _valid(inside: int, outside: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inside, outside, 3), nn.ReLU(inplace=True),
        nn.Conv2d(outside, outside, 3), nn.ReLU(inplace=True),
    )  # fmt: skip


def _padded(inside: int, outside: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for width in (inside, outside):
        layers.append(nn.Conv3d(width, outside, 3, padding=1, bias=False))
        layers += [nn.BatchNorm3d(outside), nn.ReLU(inplace=True)]
    return nn.Sequential(*layers)


def _cropped(handed: Tensor, size: Sequence[int]) -> Tensor:
    """The middle of a map, as large as `size`."""
    for axis, length in enumerate(size, start=2):
        handed = handed.narrow(axis, (handed.shape[axis] - length) // 2, length)
    return handed


def _begun(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Conv3d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
