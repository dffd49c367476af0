"""How an answer to one frame is scored, by what kind of thing people said of it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import Kind
from ethoframe.data import Classes, LabelMap, Noun, Points, Tracks, Values
from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.calibration import calibrated
from ethoframe.score.classes import LEAST
from ethoframe.score.instances import instance_score
from ethoframe.score.points import distances
from ethoframe.score.raters import dice
from ethoframe.score.together import Together

Scores = dict[str, Array]
"""By the name of a metric, its values of one frame ``(parts,)``; NaN where a part has none."""

COUNT = "count"
"""What a column of numbers is called that counts objects."""


@dataclass(frozen=True)
class Metric:
    """One number of a frame, of which the mean is told.

    Parameters
    ----------
    name, unit
        For people.
    more
        Whether more is better; then 1 is perfect.
    """

    name: str
    unit: str = ""
    more: bool = False

    def loss(self, values: Array) -> Array:
        """The values as errors, of which less is better and 0 is perfect."""
        return 1 - values if self.more else values


@dataclass(frozen=True)
class Yardstick(ABC):
    """How answers are scored.

    Class attributes
    ----------------
    kind
        What people said, in a word.
    gives
        Kinds of answers that can be scored by it.
    """

    kind: ClassVar[str]
    gives: ClassVar[frozenset[Kind]]

    @property
    @abstractmethod
    def metrics(self) -> tuple[Metric, ...]:
        """What is scored; the first one decides."""

    @property
    def parts(self) -> tuple[str, ...]:
        """What the values of a frame are of; one for the whole frame, unless overridden."""
        return ("frame",)

    @abstractmethod
    def scores(self, answer: Any, truth: Any) -> Scores:
        """Of one frame; `answer` is None where there is none, which is never better than any."""

    @abstractmethod
    def told(self, said: Any) -> str:
        """What was said of one frame, in words."""

    def beyond(self, values: Mapping[str, Array], units: Together) -> dict[str, Estimate]:
        """Further scores that are no means over frames; none, unless overridden."""
        del values, units
        return {}


@dataclass(frozen=True)
class Keypoints(Yardstick):
    """Distances to the places that people gave, keypoint by keypoint.

    Parameters
    ----------
    names
        Of the keypoints.
    """

    names: tuple[str, ...]
    kind: ClassVar[str] = "keypoints"
    gives: ClassVar[frozenset[Kind]] = frozenset({Kind.TRACKS})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Distances, and keypoints that were not answered."""
        return (Metric("distance", "px"), Metric("missed"))

    @property
    def parts(self) -> tuple[str, ...]:
        """The keypoints."""
        return self.names

    def scores(self, answer: Tracks | None, truth: Tracks) -> Scores:
        """A keypoint that nobody placed is not scored; one that is not answered is missed."""
        true, found = self.places(truth), self.places(answer)
        labelled = np.isfinite(true).all(axis=1)
        missed = np.where(labelled, ~np.isfinite(found).all(axis=1), np.nan)
        return {"distance": distances(found, true), "missed": missed}

    def places(self, said: Tracks | None) -> Array:
        """Where each keypoint is ``(k, 2)``; NaN where it is not said."""
        places = np.full((len(self.names), 2), np.nan)
        if said is not None and len(said) and said.individuals:
            for k, name in enumerate(self.names):
                if name in said.keypoints:
                    places[k] = said.position[0, :, said.keypoints.index(name), 0]
        return places

    def told(self, said: Tracks | None) -> str:
        """How many keypoints are placed."""
        placed = int(np.isfinite(self.places(said)).all(axis=1).sum())
        return f"{placed} of {len(self.names)} keypoints"


@dataclass(frozen=True)
class Instances(Yardstick):
    """Objects, one by one: the same are those that share more than half (IoU > 0.5)."""

    kind: ClassVar[str] = "objects"
    gives: ClassVar[frozenset[Kind]] = frozenset({Kind.LABELMAP})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """By object, over thresholds, and by number."""
        return (
            Metric("F1 at IoU 0.5", more=True),
            Metric("AP 0.5 to 0.95", more=True),
            Metric("count error", "objects"),
        )

    def scores(self, answer: LabelMap | None, truth: LabelMap) -> Scores:
        """Without an answer every object is missed."""
        true = truth.dense()[0]
        found = np.zeros_like(true) if answer is None else _dense(answer)
        told = instance_score(found, true)
        f1, ap = (0.0, 0.0) if answer is None else (told.f1, told.ap)
        return dict(zip(self._names(), _each(f1, ap, abs(told.answer - told.truth)), strict=True))

    def _names(self) -> tuple[str, ...]:
        return tuple(metric.name for metric in self.metrics)

    def told(self, said: LabelMap | None) -> str:
        """How many objects there are."""
        return "nothing" if said is None else f"{_objects(said)} objects"


@dataclass(frozen=True)
class Masks(Yardstick):
    """How far masks agree, class by class.

    Parameters
    ----------
    names
        What each label means; of one mask without a name, ``{0: "mask"}``: whatever has a label.
    """

    names: Mapping[int, str]
    kind: ClassVar[str] = "masks"
    gives: ClassVar[frozenset[Kind]] = frozenset({Kind.LABELMAP})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Overlaps."""
        return (Metric("Dice", more=True), Metric("IoU", more=True))

    @property
    def parts(self) -> tuple[str, ...]:
        """The classes."""
        return tuple(self.names.values())

    def scores(self, answer: LabelMap | None, truth: LabelMap) -> Scores:
        """Of two empty masks both are 1; without an answer both are 0."""
        if answer is None:
            nothing = np.zeros(len(self.names))
            return {"Dice": nothing, "IoU": nothing}
        true, found = self._masks(truth), self._masks(answer)
        told = np.array([dice(a, b) for a, b in zip(found, true, strict=True)])
        return {"Dice": told, "IoU": told / (2 - told)}

    def _masks(self, said: LabelMap) -> list[Array]:
        dense = _dense(said)
        if tuple(self.names) == (0,):
            return [dense > 0]
        own = {name: label for label, name in said.names.items()}
        return [dense == own.get(name, label) for label, name in self.names.items()]

    def told(self, said: LabelMap | None) -> str:
        """Which share of the picture is inside."""
        return (
            "nothing" if said is None else f"{100 * float((_dense(said) > 0).mean()):.3g} % inside"
        )


@dataclass(frozen=True)
class Counts(Yardstick):
    """How many objects there are."""

    kind: ClassVar[str] = "counts"
    gives: ClassVar[frozenset[Kind]] = frozenset({Kind.LABELMAP, Kind.POINTS, Kind.VALUES})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Sizes of errors."""
        return (Metric("absolute error", "objects"), Metric("relative error"))

    def scores(self, answer: Noun | None, truth: Noun) -> Scores:
        """Without an answer nothing is counted; of a picture without objects nothing is relative.

        An answer that is no number has no error.
        """
        found, true = 0.0 if answer is None else counted(answer), counted(truth)
        off = abs(found - true)
        absolute, relative = _each(off, off / true if true else np.nan)
        return {"absolute error": absolute, "relative error": relative}

    def told(self, said: Noun | None) -> str:
        """The count."""
        return "nothing" if said is None else f"{counted(said):.4g} objects"


@dataclass(frozen=True)
class FrameClasses(Yardstick):
    """Which class a frame is of, and how probable that is said to be.

    Parameters
    ----------
    names
        Of the classes.
    """

    names: tuple[str, ...]
    kind: ClassVar[str] = "classes"
    gives: ClassVar[frozenset[Kind]] = frozenset({Kind.CLASSES})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Whether right, and how sure of what is true."""
        return (Metric("accuracy", more=True), Metric("log loss", "nats"))

    def scores(self, answer: Classes | None, truth: Classes) -> Scores:
        """A frame without an answer is wrong; one without a truth is not scored."""
        true = truth.best[0] if len(truth) else ""
        nothing = np.array([np.nan])
        if not true:
            return dict.fromkeys(("accuracy", "log loss", "confidence"), nothing)
        if answer is None or not answer.best[0]:
            return {"accuracy": np.zeros(1), "log loss": nothing, "confidence": nothing}
        row = answer.table[0]
        given = float(row[answer.names.index(true)]) if true in answer.names else 0.0
        told = float(answer.best[0] == true), -np.log(max(given, LEAST)), float(row.max())
        return dict(zip(("accuracy", "log loss", "confidence"), _each(*told), strict=True))

    def told(self, said: Classes | None) -> str:
        """The most probable class."""
        if said is None or not said.best[0]:
            return "nothing"
        return f"{said.best[0]} ({float(said.table[0].max()):.2f})"

    def beyond(self, values: Mapping[str, Array], units: Together) -> dict[str, Estimate]:
        """How far probabilities are from how often they hold."""
        known = np.isfinite(values["confidence"][:, 0])
        if not known.any():
            return {}
        sure, right = values["confidence"][known, 0], values["accuracy"][known, 0]
        told = calibrated(sure, right, units.each(np.flatnonzero(known)))
        return {"calibration error": told.expected_error}


@dataclass(frozen=True)
class Numbers(Yardstick):
    """Numbers of a frame beside what people said they are.

    Parameters
    ----------
    names, units
        Of the quantities.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    kind: ClassVar[str] = "numbers"
    gives: ClassVar[frozenset[Kind]] = frozenset({Kind.VALUES})

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The error of each quantity."""
        pairs = zip(self.names, self.units, strict=True)
        return tuple(Metric(f"error of {name}", unit) for name, unit in pairs)

    def scores(self, answer: Values | None, truth: Values) -> Scores:
        """NaN where either says nothing."""
        true, found = (self._row(said) for said in (truth, answer))
        off = np.abs(found - true)
        return {m.name: off[k : k + 1] for k, m in enumerate(self.metrics)}

    def _row(self, said: Values | None) -> Array:
        row = np.full(len(self.names), np.nan)
        for k, name in enumerate(self.names):
            if said is not None and len(said) and name in said.names:
                row[k] = said.table[0, said.names.index(name)]
        return row

    def told(self, said: Values | None) -> str:
        """The numbers."""
        pairs = zip(self.names, self._row(said), self.units, strict=True)
        return ", ".join(f"{name} {value:.4g} {unit}".strip() for name, value, unit in pairs)


def counted(said: Noun) -> float:
    """How many objects a frame has; NaN where that cannot be told."""
    if isinstance(said, Points):
        return float(said.counts[0]) if len(said) else 0.0
    if isinstance(said, LabelMap):
        return float(_objects(said))
    if isinstance(said, Values) and len(said) and said.names:
        column = said.names.index(COUNT) if COUNT in said.names else 0
        return float(said.table[0, column])
    return float("nan")


def _objects(said: LabelMap) -> int:
    return int(np.count_nonzero(np.unique(said.patches[0].labels))) if len(said) else 0


def _dense(said: LabelMap) -> Array:
    dense: Array = said.dense()[0]
    return dense


def _each(*values: float) -> list[Array]:
    return [np.array([value], np.float64) for value in values]
