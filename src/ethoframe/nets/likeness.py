"""How like the pictures of each class a picture is: a bell over what an encoder sees of them.

A line between classes is drawn by what was taught, and says anything of what is unlike all of it. A
bell around each class has a width besides: what is far from a class whose pictures are all alike
is hardly of it. An encoder that is taught forgets what its lessons had no use for, and would not
see what was never taught: so the encoder that is looked through here is left as it came.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ethoframe.data.noun import Array
from ethoframe.nets.lesson import AT_ONCE, Examples

AXES = 96
"""Principal axes along which pictures are compared, at most."""

ROUND = 0.1
"""What of each covariance is that of a ball: few pictures do not tell all of it."""

TAILS = 20.0
"""Degrees of freedom: a picture that is a little unlike its class is no proof of another."""

SHARED = 2.0
"""Pictures whose worth in each covariance is that of all classes: of one picture there is none."""

MOST = 1024
"""Pictures that bells are made of, about."""

ROUNDS = 8
"""How often each example is drawn, at most."""


class Likeness(nn.Module):
    """Log density of a picture among those of each class (Student's t), but for a constant.

    What is seen of a picture are mean and spread of every channel of every map of the encoder:
    coarse ones tell what is there, fine ones how sharp, noisy and bright it is. It is not taught
    step by step, but settled at once.

    Parameters
    ----------
    widths
        Channels of the encoder's maps.
    classes
        How many.

    References
    ----------
    Lee et al., NeurIPS 2018, 7167-7177 (distances between what layers see). Friedman, J. American
    Statistical Association 84 (1989), 165-175 (covariances of few examples). Lange, Little &
    Taylor, ibid., 881-896 (the t distribution where examples may be odd).
    """

    axes: Tensor
    origin: Tensor
    means: Tensor
    whitening: Tensor
    peaks: Tensor
    steepness: Tensor

    def __init__(self, widths: Sequence[int], classes: int):
        super().__init__()
        seen = 2 * sum(widths)
        self.register_buffer("axes", torch.zeros(seen, AXES))
        self.register_buffer("origin", torch.zeros(seen))
        self.register_buffer("means", torch.zeros(classes, AXES))
        self.register_buffer("whitening", torch.zeros(classes, AXES, AXES))
        self.register_buffer("peaks", torch.zeros(classes))
        self.register_buffer("steepness", torch.zeros(()))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Of maps ``(n, c, y, x)`` of each stride: ``(n, classes)``."""
        along = (self.seen(maps) - self.origin) @ self.axes
        off = torch.einsum("nka,kab->nkb", along[:, None] - self.means, self.whitening)
        far = off.square().sum(dim=2)
        density: Tensor = self.peaks - self.steepness * torch.log1p(far / TAILS)
        return density

    @staticmethod
    def seen(maps: Sequence[Tensor]) -> Tensor:
        """Mean and spread of each channel of each map ``(n, 2 c)``."""
        told = []
        for each in maps:
            mean = each.mean(dim=(2, 3))
            spread = (each - mean[:, :, None, None]).square().mean(dim=(2, 3)).sqrt()
            told += [mean, spread]
        return torch.cat(told, dim=1)

    def settle(self, seen: Array, classes: Array) -> None:
        """Settles the bell of each class.

        Parameters
        ----------
        seen
            Of pictures ``(n, 2 c)``.
        classes
            Index of the class of each ``(n,)``.
        """
        spread = seen.std(axis=0)
        scale = np.where(spread > 0, spread, 1.0)
        origin = seen.mean(axis=0)
        _, lengths, across = np.linalg.svd((seen - origin) / scale, full_matrices=False)
        kept = min(AXES, int((lengths > 1e-6 * max(lengths.max(initial=0.0), 1e-12)).sum()))
        axes = np.zeros((seen.shape[1], AXES))
        axes[:, :kept] = across[:kept].T / lengths[:kept] * np.sqrt(len(seen)) / scale[:, None]
        along = (seen - origin) @ axes
        own = [along[classes == k] for k in range(len(self.means))]
        shared = np.mean([np.cov(each.T, bias=True) for each in own if len(each)], axis=0)
        self._copy("axes", axes)
        self._copy("origin", origin)
        self.steepness.fill_((TAILS + kept) / 2)
        for k, each in enumerate(own):
            mean = each.mean(axis=0) if len(each) else np.zeros(AXES)
            scatter = (each - mean).T @ (each - mean)
            covariance = (scatter + SHARED * shared) / (len(each) + SHARED)
            covariance = (1 - ROUND) * covariance + ROUND * np.eye(AXES)
            lower = np.linalg.cholesky(covariance)
            self.means[k].copy_(torch.from_numpy(mean))
            self.whitening[k].copy_(torch.from_numpy(np.linalg.inv(lower).T.copy()))
            self.peaks[k] = -float(np.log(np.diag(lower)).sum())

    def _copy(self, name: str, held: Array) -> None:
        getattr(self, name).copy_(torch.from_numpy(held))


@torch.no_grad()
def settle(net: Any, examples: Examples, seed: int, device: torch.device) -> None:
    """Settles the likeness of a network, by examples of all classes.

    Parameters
    ----------
    net
        With a likeness among its heads, and an encoder that is left as it came.
    examples
        With ``classes`` as a target.
    seed
        Of how examples are varied.
    device
        Where the network is.
    """
    (likeness,) = (each for each in net.modules() if isinstance(each, Likeness))
    eye = net.untaught or net.encoder
    net.eval()
    count = len(examples)
    rounds = int(np.clip(MOST // count, 1, ROUNDS))
    seen, classes = [], []
    for first in range(0, rounds * count, AT_ONCE):
        places = range(first, min(first + AT_ONCE, rounds * count))
        chances = [np.random.default_rng([seed, 3, place]) for place in places]
        some = [examples.example(p % count, c) for p, c in zip(places, chances, strict=True)]
        pictures = torch.from_numpy(np.stack([each["picture"] for each in some])).to(device)
        seen.append(Likeness.seen(eye(pictures)).cpu().numpy().astype(np.float64))
        classes += [int(each["classes"].argmax()) for each in some]
    likeness.settle(np.concatenate(seen), np.array(classes))
    net.settled = True
