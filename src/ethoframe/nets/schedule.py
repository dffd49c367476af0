"""How fast is learned, step by step: one cycle, told by the step alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi
from typing import Any

from torch import nn

from ethoframe.contract import Training

WARM = 0.15
"""Share of all steps in which the rate rises."""

START, STOP = 0.04, 0.002
"""What of the highest rate training begins and ends with."""

FROZEN = 0.2
"""Of a finetune, the share of steps in which the encoder's weights are left alone."""

SLOWER = 0.7
"""Of a finetune, by how much each earlier layer learns more slowly than the one after it."""

ENCODER = 0.5
"""How fast an encoder that knows something learns, beside what is new."""


@dataclass(frozen=True)
class OneCycle:
    """The rate rises to its highest, and falls along a cosine to nearly nothing.

    Parameters
    ----------
    highest
        Rate at the top.
    steps
        Of the whole training.

    References
    ----------
    Smith & Topin, arXiv:1708.07120.

    Examples
    --------
    >>> cycle = OneCycle(1e-3, 100)
    >>> f"{cycle.at(0):.1e} {cycle.at(15):.1e} {cycle.at(99):.1e}"
    '4.0e-05 1.0e-03 2.3e-06'
    """

    highest: float
    steps: int

    def at(self, step: int) -> float:
        """The rate of a step."""
        warm = max(1.0, WARM * self.steps)
        if step < warm:
            low, share = START, (1 - cos(pi * step / warm)) / 2
        else:
            low = STOP
            share = (1 + cos(pi * min(1.0, (step - warm) / max(1.0, self.steps - warm)))) / 2
        return self.highest * (low + (1 - low) * share)


@dataclass(frozen=True)
class Pace:
    """How fast a part of the network learns beside the rest.

    Parameters
    ----------
    share
        Of the rate.
    begins
        Share of all steps before which it is left alone.
    """

    share: float = 1.0
    begins: float = 0.0


def paced(net: nn.Module, training: Training) -> list[tuple[Pace, list[nn.Parameter]]]:
    """The parameters of a network in groups that learn at one pace."""
    encoder: Any = getattr(net, "encoder", None)
    known = encoder is not None and encoder.knows
    own = {id(each) for each in encoder.parameters()} if known else set()
    groups = [(Pace(), [each for each in net.parameters() if id(each) not in own])]
    if not known:
        return groups
    if training.preset != "finetune":
        return [*groups, (Pace(ENCODER), [e for e in encoder.parameters() if e.requires_grad])]
    layers = _layers(encoder)
    for depth, layer in enumerate(reversed(layers)):
        groups.append((Pace(ENCODER * SLOWER**depth, FROZEN), layer))
    return groups


def _layers(encoder: nn.Module) -> Sequence[list[nn.Parameter]]:
    """Parameters of an encoder's blocks, in the order of the journey."""
    found: dict[str, list[nn.Parameter]] = {}
    for name, parameter in encoder.named_parameters():
        if not parameter.requires_grad:
            continue
        block = ".".join(name.split(".")[1:-1][:2])  # less the body's name and the parameter's own
        found.setdefault(block, []).append(parameter)
    return list(found.values())
