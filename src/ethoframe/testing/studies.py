"""Studies drawn by chance, with effects that are known: what a test of groups is tested on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ethoframe.data import Measure, Measures, Row, Sheet
from ethoframe.data.noun import Array

Shape = Literal["normal", "skewed", "latency"]

SKEW = 0.5
"""Standard deviation of the logarithm of skewed values."""
ZERO = 0.3
"""Share of animals whose latency is 0."""


@dataclass(frozen=True)
class Plan:
    """How a study is laid out, and what is true in it.

    Parameters
    ----------
    treated, control
        Animals of each group; litters, where there are any.
    shape
        ``"normal"``; ``"skewed"``, the exponential of normal values with a standard deviation of
        0.5; ``"latency"``, the same with a standard deviation of 1, of which 3 of 10 are 0.
    effect
        Of the treatment: added to normal values, in their standard deviations; others are
        multiplied by its exponential.
    spread
        How much more the treated vary, for normal values.
    pups
        Animals of each litter, taken in turn; one each where there are no litters to speak of.
    alike
        Share of the variance that is between litters.
    split
        Whether half of each litter is treated, in turn; otherwise whole litters are.

    Examples
    --------
    >>> plan = Plan(4, 4, pups=(2, 3), alike=0.5)
    >>> plan.group.sum(), len(plan.litter), plan.draw(100, 1).shape
    (np.int64(10), 20, (100, 20))
    """

    treated: int
    control: int
    shape: Shape = "normal"
    effect: float = 0.0
    spread: float = 1.0
    pups: tuple[int, ...] = (1,)
    alike: float = 0.0
    split: bool = False

    @property
    def litter(self) -> Array:
        """Number of the litter of each animal ``(animal,)``; the treated come first."""
        sizes = [
            self.pups[k % len(self.pups)]
            for count in (self.treated, self.control)
            for k in range(count)
        ]
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def group(self) -> Array:
        """Whether each animal is treated ``(animal,)``."""
        litter = self.litter
        if not self.split:
            return np.asarray(litter < self.treated)
        first = np.searchsorted(litter, litter)
        return np.asarray((np.arange(len(litter)) - first + litter) % 2 == 0)

    @property
    def truth(self) -> float:
        """The difference of the means of all animals there could be."""
        if self.shape == "normal":
            return self.effect
        deviation, some = (SKEW, 1.0) if self.shape == "skewed" else (1.0, 1 - ZERO)
        return float(some * np.exp(deviation**2 / 2) * (np.exp(self.effect) - 1))

    def draw(self, studies: int, seed: int) -> Array:
        """Values of the animals of many studies ``(study, animal)``."""
        chance = np.random.default_rng(seed)
        litter, group = self.litter, self.group
        between = chance.normal(size=(studies, int(litter.max()) + 1))[:, litter]
        own = chance.normal(size=(studies, len(litter)))
        values = np.sqrt(self.alike) * between + np.sqrt(1 - self.alike) * own
        if self.shape == "normal":
            return np.asarray(values * np.where(group, self.spread, 1.0) + self.effect * group)
        deviation = SKEW if self.shape == "skewed" else 1.0
        values = np.exp(deviation * values + self.effect * group)
        if self.shape == "latency":
            values *= chance.random(values.shape) >= ZERO
        return np.asarray(values)

    def study(
        self, seed: int, quantity: str = "distance", unit: str = "mm"
    ) -> tuple[Measures, Sheet]:
        """One study as a run leaves it: measures of each recording, and the animal sheet."""
        values, litter = self.draw(1, seed)[0], self.litter
        words = ("saline", "drug")
        rows = [
            Row(
                line=k + 2, video=(f"m{k}.mp4",), subject=f"m{k}", group=words[int(treated)],
                litter=f"L{litter[k]}", sex="fm"[k % 2],
            )
            for k, treated in enumerate(self.group)
        ]  # fmt: skip
        told = [
            Measure(
                recording=f"m{k}.mp4", quantity=quantity, value=float(value), unit=unit,
                bin_start_s=0.0, bin_stop_s=600.0, definition="drawn by chance",
            )
            for k, value in enumerate(values)
        ]  # fmt: skip
        columns = ("video", "subject", "group", "litter", "sex")
        return Measures(tuple(told)), Sheet("animals.csv", tuple(rows), columns)


def frames(animals: int, count: int, stays: float, studies: int, seed: int) -> Array:
    """Frame by frame how much each animal does something, in studies where groups do not differ.

    What an animal does lasts, and animals differ: so frames of one animal are alike.

    Parameters
    ----------
    animals
        In a study.
    count
        Of frames of each animal.
    stays
        Frames after which it has changed for the most part.
    studies, seed
        How many, and what chance begins with.

    Returns
    -------
    Array
        Values of an animal's frames ``(study, animal, frame)``.
    """
    chance = np.random.default_rng(seed)
    keeps = np.exp(-1 / stays)
    found = np.empty((studies, animals, count))
    now = chance.normal(size=(studies, animals))
    for frame in range(count):
        now = keeps * now + np.sqrt(1 - keeps**2) * chance.normal(size=now.shape)
        found[..., frame] = now
    return found + 0.7 * chance.normal(size=(studies, animals, 1))
