"""What came of a comparison: scores with intervals, differences, curves, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.run.comparing.answering import Answered
from ethoframe.run.comparing.contestant import Contestant
from ethoframe.run.comparing.plan import Job, Plan
from ethoframe.run.comparing.yardstick import Metric
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.curve import LearningCurve
from ethoframe.score.together import Together


@dataclass(frozen=True)
class Spent:
    """What a fit took.

    Parameters
    ----------
    seconds, steps
        Of training.
    device
        With how many threads, in words.
    begun
        What weights it began with.
    """

    seconds: float = float("nan")
    steps: int = 0
    device: str = ""
    begun: str = ""

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Spent:
        """As a model's card tells it."""
        told = card.get("taught", {})
        threads = f", {told['threads']} threads" if told.get("threads") else ""
        return cls(
            float(told.get("seconds", float("nan"))),
            int(told.get("steps", 0)),
            f"{told.get('device', '')}{threads}",
            str(card.get("weights_from", "")),
        )


@dataclass(frozen=True)
class Tried:
    """A fit that was carried out.

    Parameters
    ----------
    job
        Which.
    rows, answers
        Rows that were kept back, and its answers to them.
    seen, own
        Some rows that it was taught, and its answers to them.
    spent
        What it took.
    refused
        Why it could not be; empty where it could.
    """

    job: Job
    rows: Array | None = None
    answers: Answered | None = None
    seen: Array | None = None
    own: Answered | None = None
    spent: Spent = Spent()
    refused: str = ""


@dataclass(frozen=True)
class Standing:
    """How a contestant did.

    Parameters
    ----------
    contestant
        Who.
    answers
        Its scores of each frame that was kept back.
    scores
        By metric, with intervals.
    taught
        The deciding metric on frames that it was taught; NaN of a rule.
    spent
        What each of its fits on all labels took.
    seen
        Why it may have seen what it was scored on; empty where nothing speaks for that.
    """

    contestant: Contestant
    answers: Answered
    scores: Mapping[str, Estimate]
    taught: Estimate
    spent: tuple[Spent, ...] = ()
    seen: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.contestant.name

    @property
    def frames_per_s(self) -> float:
        """How fast it answered, reading included; NaN of nothing."""
        return self.answers.frames / self.answers.seconds if self.answers.seconds else float("nan")


@dataclass(frozen=True)
class Difference:
    """The deciding metric of one contestant less that of another, on frames that both answered.

    Parameters
    ----------
    a, b
        Their names.
    value
        With an interval that is wider the more contestants there are.
    better
        The name of the better one; empty where they cannot be told apart.
    """

    a: str
    b: str
    value: Estimate
    better: str


@dataclass(frozen=True)
class Course:
    """A method taught by ever more labels.

    Parameters
    ----------
    name
        Of the contestant.
    curve
        Errors on what was kept back: less is better, whatever the metric.
    taught
        Errors on frames that it was taught, with each number of labels.
    """

    name: str
    curve: LearningCurve
    taught: tuple[Estimate, ...]


@dataclass(frozen=True)
class Capacity:
    """A method with ever more to be learned in it.

    Parameters
    ----------
    name, parameter
        Of the contestant, and of what was changed.
    values
        That it was given.
    errors, taught
        On what was kept back and on what was taught, with each.
    """

    name: str
    parameter: str
    values: tuple[str, ...]
    errors: tuple[Estimate, ...]
    taught: tuple[Estimate, ...]


@dataclass(frozen=True)
class Comparison:
    """What came of a comparison.

    Parameters
    ----------
    plan
        What was done.
    standings
        In the order they were named.
    differences
        Of every two.
    courses, capacities
        Of methods that were taught by fewer labels, or with more or less to be learned.
    human
        By metric, how far two people are from each other; empty where nobody labelled twice.
    units
        What is drawn again for intervals.
    hardware
        What it ran on.
    warnings
        What a reader has to know first.
    """

    plan: Plan
    standings: tuple[Standing, ...]
    differences: tuple[Difference, ...]
    courses: tuple[Course, ...]
    capacities: tuple[Capacity, ...]
    human: Mapping[str, Estimate]
    units: Together
    hardware: str
    warnings: tuple[str, ...]

    @property
    def metric(self) -> Metric:
        """The one that decides."""
        return self.plan.ask.by.metrics[0]

    @property
    def rows(self) -> Array:
        """Of the labels, that were kept back."""
        return self.plan.kept_back

    def standing(self, name: str) -> Standing:
        """That of a contestant."""
        return next(each for each in self.standings if each.name == name)

    def ranked(self) -> list[Standing]:
        """The best first; those that may have seen what they were scored on are left out."""
        fair = [each for each in self.standings if not each.seen] or list(self.standings)
        sign = -1.0 if self.metric.more else 1.0
        scored = [each for each in fair if np.isfinite(each.scores[self.metric.name].value)]
        return sorted(scored, key=lambda each: sign * each.scores[self.metric.name].value)

    def losses(self, name: str) -> Array:
        """Error of a contestant in each frame that was kept back ``(rows,)``; less is better."""
        values = self.standing(name).answers.values[self.metric.name]
        return means(self.metric.loss(values))


def sums(values: Array) -> Array:
    """Of each row ``(rows, parts)`` the sum of what is no NaN, and how many these are."""
    known = ~np.isnan(values)
    return np.stack([np.where(known, values, 0.0).sum(axis=1), known.sum(axis=1)], axis=1)


def means(values: Array) -> Array:
    """The mean of each row; NaN where all is NaN."""
    total = sums(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total[:, 1] > 0, total[:, 0] / total[:, 1], np.nan)
