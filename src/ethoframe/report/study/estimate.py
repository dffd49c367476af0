"""How much a group differs from the control, drawn beside the animals."""

from __future__ import annotations

import math

from matplotlib.axes import Axes

from ethoframe.data import Effect
from ethoframe.report.palette import ARENA, INK
from ethoframe.report.wording import unit

POINTS = "percentage points"


def drawable(effect: Effect) -> bool:
    """Whether an effect stands on the axis of the values: a difference, with an interval."""
    ends = (effect.effect, effect.low, effect.high, effect.mean_control)
    return effect.effect_unit == effect.unit and all(math.isfinite(end) for end in ends)


def draw(axes: Axes, place: float, effect: Effect, factor: float, start: float) -> None:
    """A difference with its 95 % interval, from the mean of what is compared with on.

    Parameters
    ----------
    axes
        Of the animals; the difference is as long on it as between them.
    place
        Where, along the groups.
    effect
        The difference.
    factor
        What values are multiplied with before they are drawn.
    start
        Where what is compared with stands: its mean is dotted from there on.

    References
    ----------
    Gardner & Altman, Br. Med. J. 292 (1986), 746-750.
    """
    zero = effect.mean_control * factor
    low, middle, high = (
        zero + end * factor for end in (effect.low, effect.effect, effect.high)
    )  # fmt: skip
    axes.plot(
        [start, place + 0.3], [zero, zero], color=ARENA, linewidth=0.6, linestyle=":", zorder=1
    )
    axes.plot([place, place], [low, high], color=INK, linewidth=1.1, zorder=4)
    axes.plot([place], [middle], marker="D", markersize=4.0, color=INK, zorder=5)
    for end in (low, high):
        axes.plot([place - 0.06, place + 0.06], [end, end], color=INK, linewidth=1.1, zorder=4)


def unit_of(effect_unit: str) -> str:
    """The unit of a difference, for people: of percentages it is no share of either.

    Examples
    --------
    >>> unit_of("%"), unit_of("mm2")
    ('percentage points', 'mm²')
    """
    return POINTS if effect_unit == "%" else unit(effect_unit)


def label(effect: Effect) -> str:
    """What stands below it."""
    chance = "p < 0.001" if effect.p < 0.001 else f"p = {effect.p:.2g}"
    return f"{effect.level} −\n{effect.control}\n{chance}"


def ends(effect: Effect) -> tuple[float, float]:
    """Between which values it is drawn."""
    return effect.mean_control + effect.low, effect.mean_control + effect.high
