"""Looking into a taught network: what in a picture an answer rests on.

Everything here works on any network: it knows heads by their kind, and nothing of methods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as f

from ethoframe.data.noun import Array
from ethoframe.nets.build import build
from ethoframe.nets.model import WEIGHTS, Model
from ethoframe.nets.network import CLASSES, POOLED

NOISES, NOISE = 8, 0.1
"""Noisy copies of a picture whose gradients are averaged, and their noise in shares of its span."""

BLUR = 1 / 40
"""Of the sides of a picture: standard deviation that its map of reasons is smoothed by."""

SQUARES = 8
"""Squares along each side of a picture that are covered one after the other."""

NEAR = 2
"""Places around the peak of a map, to either side, that a keypoint is read from."""


def taught(model: Model) -> nn.Module:
    """The network of a model in torch, with its weights, ready to answer."""
    net = build(model.network)
    net.load_state_dict(load_file(model.folder / WEIGHTS))
    return net.eval()


@dataclass(frozen=True)
class Asked:
    """One number of an answer, which is explained.

    Of ``classes`` the logarithm of the probability; of ``heatmap`` that of the share of the map
    around where its peak was in the picture as it is; of ``values`` the number itself; of
    ``density`` how many there are; of ``mask`` the mean logarithm of the probability over what was
    taken for the class, of other maps the mean score over what was a yes.

    Parameters
    ----------
    kind, channel
        Which head, and which class, keypoint or number.
    where
        Which places of a map count ``(places,)``; None of heads that answer a picture as a whole.
    """

    kind: str
    channel: int
    where: Tensor | None = None

    @classmethod
    def of(cls, net: nn.Module, picture: Array, kind: str, channel: int) -> Asked:
        """What is asked of a network about a picture ``(c, [z,] y, x)``."""
        if kind in POOLED:
            return cls(kind, channel)
        with torch.no_grad():
            scores = net(torch.from_numpy(np.asarray(picture, np.float32))[None])[kind][0]
        one = scores[channel]
        if kind == "density":
            return cls(kind, channel, torch.ones(one.numel()))
        if kind == "heatmap":
            peak = np.unravel_index(int(one.argmax()), one.shape)
            around = np.meshgrid(*(np.arange(n) for n in one.shape), indexing="ij")
            far = np.max([np.abs(axis - at) for axis, at in zip(around, peak, strict=True)], axis=0)
            where = torch.from_numpy(far <= NEAR)
        else:
            where = scores.argmax(dim=0) == channel if kind == "mask" else one > 0
        return cls(kind, channel, where.flatten().float())

    def told(self, answers: Mapping[str, Tensor]) -> Tensor:
        """The number ``(n,)`` of each answer of a network."""
        scores = answers[self.kind]
        if self.where is None:
            scores = f.log_softmax(scores, dim=1) if self.kind in CLASSES else scores
            return scores[:, self.channel]
        if self.kind == "mask":
            scores = f.log_softmax(scores, dim=1)
        one = scores[:, self.channel].flatten(1)
        if self.kind == "heatmap":
            near = f.log_softmax(one, dim=1).masked_fill(self.where == 0, -torch.inf)
            return near.logsumexp(dim=1)
        if self.kind == "density":
            return f.softplus(one).sum(dim=1)
        return (one * self.where).sum(dim=1) / self.where.sum().clamp(min=1.0)


def reasons(net: nn.Module, picture: Array, kind: str, channel: int, seed: int = 0) -> Array:
    """Where in a picture an answer comes from ``([z,] y, x)``: gradient times input, smoothed.

    The gradient of one number of the answer (see `Asked`) by the levels is averaged over noisy
    copies, multiplied by how far each level is from the picture's median, smoothed, and its size
    taken: 0 where nothing depends on a pixel. Only relations within one map mean anything; the
    greatest is 1, unless all is 0.

    Parameters
    ----------
    net
        Taught.
    picture
        ``(c, [z,] y, x)``.
    kind, channel
        What is explained.
    seed
        Of the noise.

    References
    ----------
    Shrikumar et al., arXiv:1605.01713 (gradient times input). Smilkov et al., arXiv:1706.03825
    (noisy copies). Adebayo et al., NeurIPS 2018 (why such maps need a check: see `covered`).
    """
    chance = np.random.default_rng(seed)
    question = Asked.of(net, picture, kind, channel)
    level = np.asarray(picture, np.float32)
    span = float(np.ptp(level)) or 1.0
    total = np.zeros(level.shape, np.float64)
    for _ in range(NOISES):
        noisy = level + chance.normal(0, NOISE * span, level.shape).astype(np.float32)
        asked = torch.from_numpy(noisy)[None].requires_grad_(True)
        (slope,) = torch.autograd.grad(question.told(net(asked)).sum(), asked)
        total += slope[0].numpy()
    each = total / NOISES * (level - np.median(level))
    found = np.abs(_blurred(each.sum(axis=0)))
    most = float(found.max(initial=0.0))
    return found / most if most > 0 else found


def covered(net: nn.Module, picture: Array, kind: str, channels: Sequence[int]) -> Array:
    """What answers lose when a part of the picture is covered ``(channel, SQUARES, SQUARES)``.

    A square at a time is replaced by the picture blurred beyond recognition, which has no edges
    that could be seen; of a volume it is covered through all planes. In the unit of `Asked`; a
    negative number is a part that spoke against the answer.

    References
    ----------
    Zeiler & Fergus, ECCV 2014, 818-833.
    """
    level = np.asarray(picture, np.float32)
    plain = np.stack([_blurred(each, 1 / SQUARES) for each in level]).astype(np.float32)
    tops = np.linspace(0, level.shape[-2], SQUARES + 1).astype(int)
    lefts = np.linspace(0, level.shape[-1], SQUARES + 1).astype(int)
    found = np.zeros((len(channels), SQUARES, SQUARES))
    questions = [Asked.of(net, picture, kind, channel) for channel in channels]
    with torch.no_grad():
        whole = _told(net, level[None], questions)[:, 0]
        for row in range(SQUARES):
            pictures = np.repeat(level[None], SQUARES, axis=0)
            for column in range(SQUARES):
                down = slice(tops[row], tops[row + 1])
                part = (..., down, slice(lefts[column], lefts[column + 1]))
                pictures[column][part] = plain[part]
            found[:, row] = whole[:, None] - _told(net, pictures, questions)
    return found


def agreement(found: Array, lost: Array) -> float:
    """How alike a map of reasons and losses by covering rank the squares of a picture, −1 to 1.

    Spearman's correlation of the summed reasons of each square and the size of its loss; NaN where
    either is the same everywhere.

    Parameters
    ----------
    found
        As of `reasons`, ``(y, x)``.
    lost
        As of `covered`, of one channel.
    """
    rows, columns = (
        np.linspace(0, side, count + 1).astype(int)[:-1]
        for side, count in zip(found.shape, lost.shape, strict=True)
    )
    sums = np.add.reduceat(np.add.reduceat(found, rows, axis=0), columns, axis=1).ravel()
    sizes = np.abs(lost).ravel()
    ranks = [np.argsort(np.argsort(each)).astype(np.float64) for each in (sums, sizes)]
    if np.ptp(sums) == 0 or np.ptp(sizes) == 0:
        return float("nan")
    one, other = (each - each.mean() for each in ranks)
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def kernels(net: nn.Module) -> Array:
    """Weights of the first convolution ``(n, c, [z,] y, x)``."""
    first = next(each for each in net.modules() if isinstance(each, nn.Conv2d | nn.Conv3d))
    found: Array = first.weight.detach().numpy().copy()
    return found


def feature_maps(net: nn.Module, picture: Array) -> list[Array]:
    """What a network makes of a picture on its way down: ``(c, [z,] y, x)``, finest first.

    Of each size that maps have, those after the last convolution before they get smaller.
    """
    kept: list[Array] = []
    sizes: list[tuple[int, ...]] = []

    def keep(module: nn.Module, given: object, made: Tensor) -> None:
        found, size = made[0].detach().numpy().copy(), tuple(made.shape[2:])
        if min(size) < 2:  # what weighs channels is no map
            return
        if not sizes or np.prod(size) < np.prod(sizes[-1]):
            kept.append(found)
            sizes.append(size)
        elif size == sizes[-1]:
            kept[-1] = found

    held = [
        each.register_forward_hook(keep)
        for each in _going_down(net).modules()
        if isinstance(each, nn.Conv2d | nn.Conv3d)
    ]
    try:
        with torch.no_grad():
            net(torch.from_numpy(np.asarray(picture, np.float32))[None])
    finally:
        for each in held:
            each.remove()
    return kept


def liveliest(maps: Array, count: int) -> Array:
    """The `count` maps of ``(c, y, x)`` that differ most over the picture, in falling order."""
    flat = maps.reshape(len(maps), -1)
    spread = flat.std(axis=1) / (np.abs(flat).max(axis=1) + 1e-9)
    found: Array = maps[np.argsort(-spread, kind="stable")[:count]]
    return found


def _told(net: nn.Module, pictures: Array, questions: Sequence[Asked]) -> Array:
    answers = net(torch.from_numpy(pictures))
    return np.stack([each.told(answers).numpy() for each in questions])


def _going_down(net: nn.Module) -> nn.Module:
    encoder = getattr(net, "encoder", None)
    return encoder if isinstance(encoder, nn.Module) else net


def _blurred(field: Array, share: float = BLUR) -> Array:
    """A field ``([z,] y, x)`` smoothed within its planes by a share of its longer side."""
    planes = np.asarray(field, np.float64).reshape(-1, *field.shape[-2:])
    sigma = share * max(field.shape[-2:])
    smooth = [cv2.GaussianBlur(each, (0, 0), sigma) for each in planes]
    return np.stack(smooth).reshape(field.shape)
