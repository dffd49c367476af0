"""How fast a network may learn: a short sweep of rates, on a copy that is thrown away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ethoframe.contract import Training
from ethoframe.data import Refusal
from ethoframe.data.noun import Array, frozen
from ethoframe.nets.lesson import Lesson
from ethoframe.nets.schedule import OneCycle
from ethoframe.nets.training import Trainer

LOWEST, HIGHEST = 1e-5, 1.0
"""Rates that the sweep begins and ends with."""

STEPS = 60
"""Of a sweep."""

NEAR = 2.5
"""Steps around each, as a standard deviation, over which the loss is smoothed."""

DIVERGED = 4.0
"""The sweep ends when the smoothed loss is this many times its least value."""

BELOW = 10.0
"""The rate that is suggested is so many times lower than that of the least loss."""

FEW = 5
"""A sweep that ends after fewer steps says nothing."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Sweep(OneCycle):
    """The rate rises by the same factor at every step, whatever else happens.

    Parameters
    ----------
    highest
        Rate of the last step.
    steps
        Of the sweep.
    lowest
        Rate of the first.

    Examples
    --------
    >>> sweep = Sweep(1.0, 6, 1e-5)
    >>> [f"{sweep.at(step):.0e}" for step in range(6)]
    ['1e-05', '1e-04', '1e-03', '1e-02', '1e-01', '1e+00']
    """

    lowest: float = LOWEST

    def at(self, step: int) -> float:
        """The rate of a step."""
        share = step / max(1, self.steps - 1)
        return float(self.lowest * (self.highest / self.lowest) ** share)


@dataclass(frozen=True)
class Rates:
    """Loss by rate, and the rate to train with.

    Parameters
    ----------
    rates, losses
        Of each step that was taken ``(n,)``.
    smooth
        The losses, smoothed ``(n,)``.
    suggested
        A tenth of the rate at which the smoothed loss was least.
    steepest
        The rate at which it fell fastest: training does something from here on.
    """

    rates: Array
    losses: Array
    smooth: Array
    suggested: float
    steepest: float

    def __post_init__(self) -> None:
        for name in ("rates", "losses", "smooth"):
            object.__setattr__(self, name, frozen(getattr(self, name)))

    @classmethod
    def of(cls, rates: Array, losses: Array) -> Rates:
        """What a sweep says.

        Raises
        ------
        Refusal
            When it ended at once, or the loss never fell.

        Examples
        --------
        >>> rates = np.logspace(-5, 0, 60)
        >>> told = Rates.of(rates, 1 - 0.5 * np.exp(-(np.log10(rates) + 1.5) ** 2))
        >>> 1e-3 < told.suggested < 2e-2, told.steepest < 10 * told.suggested
        (True, True)
        """
        if len(rates) < FEW:
            reason = f"the loss was no number after {len(rates)} steps, at the lowest rates"
            raise Refusal("find-lr", reason, "look at the labels and pictures: ethoframe read")
        smooth = smoothed(losses)
        least = int(np.argmin(smooth))
        if least == 0:
            reason = "the loss rose from the first step on: no rate teaches anything"
            raise Refusal("find-lr", reason, "look at the labels and pictures: ethoframe read")
        slope = np.gradient(smooth, np.log(rates))[: least + 1]
        steepest = float(rates[int(np.argmin(slope))])
        return cls(rates, losses, smooth, float(rates[least]) / BELOW, steepest)

    def table(self, path: Path) -> None:
        """Writes rate, loss and smoothed loss of every step as CSV."""
        rows = zip(self.rates, self.losses, self.smooth, strict=True)
        lines = [f"{rate:.6g},{loss:.6g},{mean:.6g}" for rate, loss, mean in rows]
        text = "\n".join(["rate,loss,smoothed_loss", *lines])
        path.write_text(text + "\n", encoding="utf-8")

    def curve(self, width: int = 60, height: int = 12) -> str:
        """The smoothed loss over the rate as a picture of letters; ``|`` is what is suggested."""
        x = np.log10(self.rates)
        columns = np.linspace(x[0], x[-1], width)
        y = np.interp(columns, x, self.smooth)
        # What is far above the beginning would press all the rest into one line.
        top, low = min(float(y.max()), 1.5 * float(y[0])), float(y.min())
        rows = np.clip((top - y) / max(top - low, 1e-12) * (height - 1), 0, height - 1)
        drawn = np.full((height, width), " ")
        drawn[:, int(np.argmin(np.abs(columns - np.log10(self.suggested))))] = "|"
        drawn[rows.round().astype(int), np.arange(width)] = "*"
        sides = [f"{top:9.3g} ", *[" " * 10] * (height - 2), f"{low:9.3g} "]
        lines = [side + "".join(row).rstrip() for side, row in zip(sides, drawn, strict=True)]
        ends = f"{self.rates[0]:.0e}", f"{self.rates[-1]:.0e}"
        return "\n".join([*lines, " " * 10 + ends[0].ljust(width - len(ends[1])) + ends[1]])


def smoothed(losses: Array) -> Array:
    """Each loss with those around it ``(n,)``, weighted by a bell curve: so nothing lags behind.

    Examples
    --------
    >>> smoothed(np.array([2.0, 2.0, 2.0])).round(6).tolist()
    [2.0, 2.0, 2.0]
    """
    steps = np.arange(len(losses))
    weights = np.exp(-0.5 * ((steps[:, None] - steps) / NEAR) ** 2)
    mean: Array = weights @ np.asarray(losses, np.float64) / weights.sum(axis=1)
    return mean


def find_rate(
    lesson: Lesson, training: Training, tell: Tell | None = None, steps: int = STEPS
) -> Rates:
    """The rate to train with, from a sweep that leaves nothing behind.

    A network of its own learns for some steps, ever faster, until its loss runs away. It is thrown
    away: no file is written, and chance and threads of torch are as they were.

    Parameters
    ----------
    lesson
        What would be taught.
    training
        How; its rate and its steps do not matter.
    tell
        Told how far the sweep is.
    steps
        Of the whole sweep.

    Raises
    ------
    Refusal
        When the loss is no number from the beginning, or never falls.

    References
    ----------
    Smith, WACV 2017, 464-472.
    """
    rates, lost = [], []
    with _untouched():
        trainer = Trainer(lesson, replace(training, steps=steps), Path(), "")
        trainer.cycle = Sweep(HIGHEST, steps)
        for step in range(steps):
            try:
                parts = trainer.step(trainer.example_batch(step), step)
            except Refusal:
                break  # the loss is no number any more: it has run away
            rates.append(trainer.cycle.at(step))
            lost.append(sum(lesson.weights.get(kind, 1.0) * part for kind, part in parts.items()))
            means = smoothed(np.array(lost))
            if tell:
                tell("sweeping rates", step + 1, steps)
            if means[-1] > DIVERGED * means.min() > 0:
                break
    return Rates.of(np.array(rates), np.array(lost))


@contextmanager
def _untouched() -> Iterator[None]:
    """Chance and threads of torch are put back."""
    threads = torch.get_num_threads()
    cuda = list(range(torch.cuda.device_count())) if torch.cuda.is_available() else []
    with torch.random.fork_rng(cuda):
        try:
            yield
        finally:
            torch.set_num_threads(threads)
