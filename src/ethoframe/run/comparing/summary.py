"""From answers to scores: with intervals, beside each other, and against the number of labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.run.comparing.answering import Answered, said_of
from ethoframe.run.comparing.contestant import Contestant
from ethoframe.run.comparing.outcome import (
    Capacity,
    Comparison,
    Course,
    Difference,
    Standing,
    Tried,
    sums,
)
from ethoframe.run.comparing.plan import Plan
from ethoframe.run.comparing.yardstick import Metric
from ethoframe.score.bootstrap import LEVEL, Estimate, estimate, share
from ethoframe.score.curve import learning_curve
from ethoframe.score.together import Together, together


def summarised(
    plan: Plan, whole: Mapping[str, Answered], tried: Mapping[int, Tried], hardware: str
) -> Comparison:
    """What scores say.

    Parameters
    ----------
    plan
        What was done.
    whole
        By name of each contestant, its answers to what was kept back.
    tried
        Every fit.
    hardware
        What it ran on.
    """
    units = units_of(plan, plan.kept_back)
    fits = list(tried.values())
    standings = tuple(
        _standing(plan, one, whole[one.name], fits, units) for one in plan.ask.contestants
    )
    metric = plan.ask.by.metrics[0]
    return Comparison(
        plan,
        standings,
        tuple(_differences(standings, metric, units)),
        tuple(_courses(plan, standings, fits, units)) if plan.ask.curve else (),
        tuple(_capacities(plan, fits)),
        _human(plan),
        units,
        hardware,
        tuple(_warnings(plan, standings, fits)),
    )


def units_of(plan: Plan, rows: Array) -> Together:
    """What is drawn again of these rows."""
    return together([plan.whose[row] for row in rows], plan.ask.labels.origin[rows])


def mean_of(values: Array, units: Together) -> Estimate:
    """The mean of all values ``(rows, parts)`` that are not NaN."""
    return units.of_sums(sums(values))


def _standing(
    plan: Plan, one: Contestant, answers: Answered, fits: Sequence[Tried], units: Together
) -> Standing:
    by = plan.ask.by
    scores = {each.name: mean_of(answers.values[each.name], units) for each in by.metrics}
    scores |= by.beyond(answers.values, units)
    plain = [
        each
        for each in fits
        if each.job.name == one.name and not each.job.size and not each.job.setting
    ]
    return Standing(
        one,
        answers,
        scores,
        _taught(plan, plain),
        tuple(each.spent for each in plain),
        one.seen(plan.films, plan.fingerprint),
    )


def _taught(plan: Plan, fits: Sequence[Tried], *, loss: bool = False) -> Estimate:
    """The deciding metric on frames that fits were taught."""
    metric = plan.ask.by.metrics[0]
    tables = [each.own.values[metric.name] for each in fits if each.own is not None]
    if not tables:
        return Estimate(float("nan"))
    rows = np.concatenate([each.seen for each in fits if each.seen is not None])
    values = np.concatenate(tables)
    return mean_of(metric.loss(values) if loss else values, units_of(plan, rows))


def _differences(
    standings: Sequence[Standing], metric: Metric, units: Together
) -> Iterator[Difference]:
    pairs = list(combinations(standings, 2))
    # Who looks at many differences finds one by chance: each interval is the surer for that.
    level = 1 - (1 - LEVEL) / max(len(pairs), 1)
    for a, b in pairs:
        mine, theirs = (each.answers.values[metric.name] for each in (a, b))
        both = ~np.isnan(mine) & ~np.isnan(theirs)
        rows = np.stack([np.where(both, mine - theirs, 0.0).sum(axis=1), both.sum(axis=1)], axis=1)
        total = np.zeros((len(units), 2))
        np.add.at(total, units.index, rows)
        told = estimate(total[total[:, 1] > 0], share, level=level)
        apart = np.isfinite(told.low) and (told.low > 0 or told.high < 0)
        ahead = (told.value > 0) == metric.more
        yield Difference(a.name, b.name, told, (a.name if ahead else b.name) if apart else "")


def _courses(
    plan: Plan, standings: Sequence[Standing], fits: Sequence[Tried], units: Together
) -> Iterator[Course]:
    metric = plan.ask.by.metrics[0]
    others = {
        each.name: _by_unit(metric.loss(each.answers.values[metric.name]), units)
        for each in standings
        if each.contestant.training is None and not each.seen
    }
    most = round(np.mean([len(split.train) for split in plan.splits]))
    for one in (each for each in standings if each.contestant.training is not None):
        mine = [each for each in fits if each.job.name == one.name and not each.job.setting]
        errors, taught, sizes = [], [], []
        for size in [*sorted({each.job.size for each in mine if each.job.size}), 0]:
            chosen = [each for each in mine if each.job.size == size]
            if any(each.refused for each in chosen):
                continue
            repeats = range(plan.ask.repeats) if size else [0] * plan.ask.repeats
            errors.append([_pooled(plan, chosen, k, units) for k in repeats])
            taught.append(_taught(plan, chosen, loss=True))
            sizes.append(size or most)
        yield Course(one.name, learning_curve(sizes, np.array(errors), others), tuple(taught))


def _pooled(plan: Plan, fits: Sequence[Tried], repeat: int, units: Together) -> Array:
    """Sums by unit of the errors of one choice of labels, over all parts ``(unit, 2)``."""
    metric, rows = plan.ask.by.metrics[0], plan.kept_back
    whole = np.zeros((len(units), 2))
    for each in fits:
        if each.job.repeat == repeat and each.rows is not None and each.answers is not None:
            values = metric.loss(each.answers.values[metric.name])
            np.add.at(whole, units.index[np.searchsorted(rows, each.rows)], sums(values))
    return whole


def _capacities(plan: Plan, fits: Sequence[Tried]) -> Iterator[Capacity]:
    if plan.ask.capacity is None:
        return
    metric = plan.ask.by.metrics[0]
    parameter, values = plan.ask.capacity
    for one in (each for each in plan.ask.contestants if each.training is not None):
        errors, taught = [], []
        for value in values:
            chosen = [
                each
                for each in fits
                if each.job.name == one.name and each.job.setting == f"{parameter}={value}"
            ]
            rows = np.concatenate([each.rows for each in chosen if each.rows is not None])
            tables = [each.answers.values[metric.name] for each in chosen if each.answers]
            found = metric.loss(np.concatenate(tables))
            errors.append(mean_of(found, units_of(plan, rows)))
            taught.append(_taught(plan, chosen, loss=True))
        words = tuple(str(value) for value in values)
        yield Capacity(one.name, parameter, words, tuple(errors), tuple(taught))


def _human(plan: Plan) -> dict[str, Estimate]:
    """How far people are from each other, where two of them labelled one frame."""
    labels, by = plan.ask.labels, plan.ask.by
    same: dict[tuple[str, int], list[int]] = {}
    listed = list(labels.rows())
    for row, (part, _) in enumerate(listed):
        same.setdefault((part.film, int(labels.origin[row])), []).append(row)
    pairs = [
        (a, b)
        for rows in same.values()
        for a, b in combinations(rows, 2)
        if listed[a][0].author != listed[b][0].author
    ]
    if not pairs:
        return {}
    said = {row: said_of(*listed[row]) for pair in pairs for row in pair}
    scores = [by.scores(said[b], said[a]) for a, b in pairs]
    units = units_of(plan, np.array([a for a, _ in pairs]))
    return {
        each.name: mean_of(np.stack([score[each.name] for score in scores]), units)
        for each in by.metrics
        if each.name in scores[0]
    }


def _warnings(plan: Plan, standings: Sequence[Standing], fits: Sequence[Tried]) -> Iterator[str]:
    yield from (each.seen for each in standings if each.seen)
    for each in standings:
        values = each.answers.values[plan.ask.by.metrics[0].name]
        missing = int(np.isnan(values).all(axis=1).sum())
        if missing:
            yield f"{each.name} has no score in {missing} of {len(values)} frames"
        yield from (f"{each.name} refused frames: {reason}" for reason in each.answers.refused)
    yield from (each.refused for each in fits if each.refused)
    begun = {s.begun for each in standings for s in each.spent if s.begun.startswith("none")}
    if begun:
        yield "networks began WITHOUT pretrained weights: they need many more labels and minutes"
    yield from plan.ask.labels.warnings


def _by_unit(values: Array, units: Together) -> Array:
    total = np.zeros((len(units), 2))
    np.add.at(total, units.index, sums(values))
    return total
