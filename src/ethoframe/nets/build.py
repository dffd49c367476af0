"""Networks from what they are told to be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as f

from ethoframe.data import Refusal
from ethoframe.nets import likeness
from ethoframe.nets.decoders import DECODERS
from ethoframe.nets.encoders import Encoder
from ethoframe.nets.lesson import Examples
from ethoframe.nets.likeness import Likeness
from ethoframe.nets.network import MOTIFS, TEMPORAL, UNTAUGHT, Head, Network

DROPPED = 0.2
"""Share of pooled features that are left out in training."""

DEEPEST, DEEP = 32, 16
"""Coarsest stride for answers about whole pictures, and for answers about places."""

WHOLE = ("classes", "values", UNTAUGHT)
"""Heads that answer by what is there, wherever it is: from the coarsest map on."""

RARE = -4.6
"""Where scores of rare things begin: one place in a hundred."""


class Net(nn.Module):
    """An encoder, a decoder and heads: pictures in, one tensor for each head.

    Parameters
    ----------
    network
        What it is.
    pretrained
        Whether its encoder begins with weights that know natural pictures.
    """

    def __init__(self, network: Network, pretrained: bool = True):
        super().__init__()
        self.network = network
        whole = any(head.kind in WHOLE for head in network.heads)
        deepest = DEEPEST if whole else max(DEEP, network.stride)
        self.encoder = Encoder(network.encoder, network.channels, deepest, pretrained)
        kinds = [head.kind for head in network.heads]
        self.settled = kinds == [UNTAUGHT]
        self.untaught = None
        if UNTAUGHT in kinds and len(kinds) > 1:
            self.untaught = Encoder(network.encoder, network.channels, deepest, pretrained).held()
        maps = network.decoder != "none"
        if maps:
            kind = DECODERS[network.decoder]
            widths, strides = self.encoder.widths, self.encoder.strides
            self.decoder = kind(widths, strides, max(2, network.stride), network.width)
        width = cast(int, self.decoder.width) if maps else 0
        self.heads = nn.ModuleDict(
            {_named(head): self._head(head, width) for head in network.heads}
        )

    @property
    def told(self) -> str:
        """Where its encoder's weights are from."""
        return self.encoder.weights

    def forward(self, picture: Tensor) -> dict[str, Tensor]:
        """Answers of pictures ``(n, c, y, x)`` with levels from 0 to 1, by the kind of head.

        Likeness is answered once it is settled.
        """
        maps = self.encoder(picture)
        place = self.decoder(maps) if self.network.decoder != "none" else None
        if place is not None and self.network.stride == 1:
            place = f.interpolate(place, scale_factor=2.0, mode="bilinear", align_corners=False)
        answers = {}
        for head in self.network.heads:
            answer = self.heads[_named(head)]
            if head.kind != UNTAUGHT:
                answers[head.kind] = answer(maps[-1] if head.pooled else place)
            elif self.settled:
                answers[head.kind] = answer(self.untaught(picture) if self.untaught else maps)
        return answers

    def settle(self, examples: Examples, seed: int, device: torch.device) -> None:
        """Settles its likeness by examples of all classes."""
        likeness.settle(self, examples, seed, device)

    def _head(self, head: Head, width: int) -> nn.Module:
        widths = self.encoder.widths
        if head.kind == UNTAUGHT:
            return Likeness(widths, head.channels)
        return _head(head, widths[-1] if head.pooled else width)


def build(network: Network, pretrained: bool = False) -> nn.Module:
    """The network, ready to be trained or to be given its weights.

    Raises
    ------
    Refusal
        When there is no such encoder, or its maps do not fit the picture.
    """
    if network.encoder == "plain":
        from ethoframe.nets.plain import PlainUNet

        return PlainUNet(network)
    if network.encoder == TEMPORAL:
        from ethoframe.nets.temporal import TemporalNet

        return TemporalNet(network)
    if network.encoder == MOTIFS:
        from ethoframe.nets.motifs import MotifNet

        return MotifNet(network)
    if len(network.size) != 2:
        raise Refusal(network.encoder, "it looks at pictures, not volumes", "name plain")
    odd = [length for length in network.size if length % 32]
    if odd:
        reason = f"pictures of {odd[0]} px do not halve five times"
        raise Refusal(network.encoder, reason, "use a size that 32 divides")
    net = Net(network, pretrained)
    _require_answers(net, network)
    return net


def only(net: nn.Module, kind: str) -> tuple[nn.Module, Network]:
    """The part of a network that gives one answer, as a network of its own, and what that is."""
    whole = cast(Net, net)
    heads = tuple(head for head in whole.network.heads if head.kind == kind)
    network = replace(whole.network, heads=heads)
    if heads == whole.network.heads:
        return net, network
    part, told = build(network), dict(whole.state_dict())
    if kind == UNTAUGHT and whole.untaught:
        first = whole.untaught.state_dict()
        told |= {f"encoder.{name}": held for name, held in first.items()}
    part.load_state_dict({name: told[name] for name in part.state_dict()})
    return part.eval(), network


@torch.no_grad()
def _require_answers(net: nn.Module, network: Network) -> None:
    """Refuses a network whose answers have other sizes than it says: some encoders' maps do."""
    net.eval()
    wanted = {head.kind: (1, *network.answer_shape(head)) for head in network.heads}
    try:
        answers = net(torch.zeros(1, network.channels, *network.size))
    except (RuntimeError, AssertionError, ValueError, TypeError) as error:
        reason = f"it does not take pictures of {_by(network.size)} px ({error})"
        raise Refusal(network.encoder, reason, "name another encoder") from None
    finally:
        net.train()
    for kind, answer in answers.items():
        if tuple(answer.shape) != wanted[kind]:
            reason = f"it answers {_by(answer.shape)}, where {_by(wanted[kind])} is wanted"
            raise Refusal(network.encoder, reason, "name another encoder, or another stride")


def _by(lengths: Sequence[int]) -> str:
    return " × ".join(map(str, lengths))


def _named(head: Head) -> str:
    # A module cannot be called as a method of the dictionary that holds it, such as values.
    return f"to_{head.kind}"


def _head(head: Head, inside: int) -> nn.Module:
    if head.pooled:
        return nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(DROPPED),
            nn.Linear(inside, head.channels),
        )  # fmt: skip
    scored = nn.Conv2d(inside, head.channels, 1)
    nn.init.normal_(scored.weight, std=0.01)
    nn.init.zeros_(cast(Tensor, scored.bias))
    if head.kind == "density":
        nn.init.constant_(cast(Tensor, scored.bias), RARE)
    return scored
