"""What every contrast shares: what is asked, which units there are, and how effects are told."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import Kind, Spec, parameter
from ethoframe.data import Effect, Effects, Measure, Measures, Noun, Row, Sheet
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._comparison import FEW, Comparison
from ethoframe.methods.contrast._sample import Sample
from ethoframe.methods.contrast._standard import (
    DIFFERENT,
    SURE,
    Interest,
    Precision,
    false_discovery,
    hedges,
)
from ethoframe.methods.contrast._table import Quantity


@dataclass(frozen=True)
class Found:
    """What a test says of a sample.

    Parameters
    ----------
    difference, low, high
        Between the levels, with its interval.
    p, freedom
        Of the test; `freedom` NaN where it has none.
    spread
        Standard deviation of units of one level in one block.
    precision
        What a study of this design can know.
    words
        How it was found.
    """

    difference: float
    low: float
    high: float
    p: float
    freedom: float
    spread: float
    precision: Precision
    words: str


@dataclass(frozen=True)
class Contrast(Comparison):
    """Compares levels of a factor in each measure; how, is told by the methods that are one.

    Class attributes
    ----------------
    inside
        Whether units that have both levels are compared within themselves.
    """

    inside: ClassVar[bool] = True

    effect: str = parameter(
        "difference", says="how levels are compared: by difference, or by the ratio of geometric "
        "means, for values above 0 that spread more where they are larger",
        choices=("difference", "ratio"),
    )  # fmt: skip
    smallest: str = parameter(
        "", says="smallest effect of interest, in standard deviations as 0.8, or as 50mm"
    )

    def outline(self, **specs: Spec) -> Spec:
        """Effects."""
        Interest.read(self.smallest, self.name())
        return Spec(Kind.EFFECTS)

    @abstractmethod
    def tested(self, sample: Sample) -> Found:
        """What the test says of units that vary and have both levels."""

    def apply(self, **inputs: Any) -> Effects:
        """An effect for each measure and level."""
        read = self.read(inputs["measures"], inputs["sheet"])
        if read is None:
            return Effects()
        asked = self.asked(inside=self.inside)
        rows = [
            self._effect(key, Sample.of(each, level, control, asked), level, control)
            for key, each in read.seen.items()
            for level, control in read.pairs
        ]
        return counted(rows, len(read.pairs), read.warnings)

    def _effect(self, key: Quantity, sample: Sample, level: str, control: str) -> Effect:
        n, n_control = sample.counts
        ratio = self.effect == "ratio"
        row = Effect(
            quantity=key.quantity, unit=key.unit, during=key.during, factor=self.factor,
            level=level, control=control, n=n, n_control=n_control, animals=sample.animals[0],
            animals_control=sample.animals[1], effect_unit="1" if ratio else key.unit,
            test=self.name(), unit_of_analysis=self.unit, definition="",
        )  # fmt: skip
        if ratio and (sample.parts[0] <= 0).any():
            return replace(row, definition="not defined: a ratio needs values above 0")
        sample = sample.logarithm() if ratio else sample
        mean, mean_control = _means(sample, ratio=ratio)
        row = replace(row, mean=mean, mean_control=mean_control)
        sample = sample.informative()
        n, n_control = sample.counts
        row = replace(row, n=n, n_control=n_control)
        if min(n, n_control) < FEW or sample.design.spare < 1:
            return replace(row, definition="not tested: each level needs two units or more")
        if np.ptp(sample.values) == 0:
            return replace(row, definition="not tested: it is the same in all units")
        return self._told(row, sample, self.tested(sample))

    def _told(self, row: Effect, sample: Sample, found: Found) -> Effect:
        g, g_low, g_high = hedges(
            found.difference, found.spread, found.precision.weight, found.precision.freedom
        )
        interest = Interest.read(self.smallest, self.name())
        ratio = self.effect == "ratio"
        smallest = interest.deviations("" if ratio else row.unit, found.spread)
        scaled = [found.difference, found.low, found.high]
        own = bool(interest.unit) and np.isfinite(smallest)
        ends = (found.low, found.high) if own or not np.isfinite(smallest) else (g_low, g_high)
        amount = interest.amount if own else smallest
        effect, low, high = np.exp(scaled).tolist() if ratio else scaled
        return replace(
            row, effect=effect, low=low, high=high, g=g, g_low=g_low, g_high=g_high, p=found.p,
            freedom=found.freedom, smallest=smallest, power=found.precision.power(smallest),
            needed=found.precision.needed(smallest), verdict=interest.verdict(*ends, amount),
            definition=self._words(sample, found),
        )  # fmt: skip

    def _words(self, sample: Sample, found: Found) -> str:
        part = "recordings" if self.unit == "animal" else "animals"
        of = f"{self.unit}s (each the mean of its {part})"
        of = of if self.inside else f"{part}, {self.unit} by {self.unit}"
        how = (
            "ratio of the geometric means" if self.effect == "ratio" else "difference of the means"
        )
        inside = f"within {self.unit}s that have both levels" if sample.paired else ""
        inside = inside or (f"within blocks of {self.blocks}" if self.blocks else "")
        left = f"; {sample.left} left out, having no counterpart" if sample.left else ""
        return f"{how} of {of}{' ' * bool(inside)}{inside}; {found.words}{left}"


def _means(sample: Sample, *, ratio: bool) -> tuple[float, float]:
    treated = sample.design.treated
    both = [sample.values[treated], sample.values[~treated]]
    mean, control = (float(each.mean()) if len(each) else float("nan") for each in both)
    if ratio:
        mean, control = float(np.exp(mean)), float(np.exp(control))
    return mean, control


def counted(rows: Sequence[Effect], compared: int, warnings: tuple[str, ...]) -> Effects:
    """Effects with q over all tests that were made, of so many pairs of levels."""
    q = false_discovery(np.array([row.p for row in rows], np.float64))
    told = tuple(_among(row, float(each)) for row, each in zip(rows, q, strict=True))
    tests = int(np.isfinite(q).sum())
    measures = len({(r.quantity, r.unit, r.during) for r in rows if np.isfinite(r.p)})
    parts = {"test": tests, "measure": measures, "comparison": compared}
    told_parts = [f"{n} {word}{'s' * (n != 1)}" for word, n in parts.items()]
    family = f"{told_parts[0]}: {' × '.join(told_parts[1:])}" if tests else ""
    lacking = measures * compared - tests
    family += f", less {lacking} that could not be made" if tests and lacking else ""
    return Effects(told, family, warnings)


def _among(row: Effect, q: float) -> Effect:
    """An effect with its q; what is found of it alone, but not among all tests, says so."""
    alone = row.p <= 1 - SURE < q and row.verdict.startswith(DIFFERENT)
    verdict = f"{row.verdict}; taken alone: among all tests it may be chance (q)"
    return replace(row, q=q, verdict=verdict if alone else row.verdict)


def precision_of(sample: Sample, level: float = 1 - SURE) -> Precision:
    """What a study of the sample's design can know."""
    design = sample.design
    blocked = len(np.unique(design.block)) > 1
    units = len(sample.values) / 2
    return Precision(design.weight, float(design.spare), units, blocked, level)


def small_study(seed: int = 1) -> Mapping[str, Noun]:
    """Twelve mice, two of a litter: distances differ between groups, and latencies do not."""
    chance = np.random.default_rng(seed)
    distances: Array = 3000 + 400 * chance.normal(size=12) + np.repeat([0.0, 900.0], 6)
    latencies: Array = np.exp(chance.normal(2, 0.6, size=12))
    numbers = {"distance": (distances, "mm"), "latency to centre": (latencies, "s")}
    rows = [
        Measure(
            recording=f"m{k}.mp4", quantity=name, value=float(values[k]), unit=unit,
            bin_start_s=0.0, bin_stop_s=600.0, definition="drawn by chance",
        )
        for k in range(12)
        for name, (values, unit) in numbers.items()
    ]  # fmt: skip
    animals = [
        Row(
            line=k + 2, video=(f"m{k}.mp4",), subject=f"m{k}", sex="fm"[k % 2],
            litter=f"L{k % 6}", group=("saline", "drug")[k // 6],
            session="1",
        )
        for k in range(12)
    ]  # fmt: skip
    columns = ("video", "subject", "group", "sex", "litter", "session")
    return {
        "measures": Measures(tuple(rows)),
        "sheet": Sheet("animals.csv", tuple(animals), columns),
    }
