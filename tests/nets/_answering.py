"""Networks whose answer is known, and pictures for them."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn


class Corner(nn.Module):
    """Says how bright one square of a picture is, by a number and by a class."""

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        level = picture[:, 0, 16:24, 40:48].mean(dim=(1, 2))
        return {"values": level[:, None], "classes": torch.stack([level, -level], dim=1)}


class Spots(nn.Module):
    """A map as sharp as the picture, of what is bright in it, and whether each place is."""

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        return {"heatmap": 40 * picture, "inside": picture - 0.5}


def spot(x: float, y: float, side: int = 64, wide: float = 2.0) -> np.ndarray:
    down, across = np.mgrid[:side, :side]
    return np.exp(-0.5 * ((across - x) ** 2 + (down - y) ** 2) / wide**2)[None].astype(np.float32)
