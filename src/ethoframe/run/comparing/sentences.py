"""What a comparison says, in sentences that claim no more than it shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from ethoframe.run.comparing.outcome import Comparison, Course, Difference, Standing
from ethoframe.run.comparing.plan import Plan
from ethoframe.run.comparing.yardstick import Metric
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.curve import FAR, LearningCurve

FEW = 6
"""Of fewer units nothing should rest on an interval."""


def verdict(found: Comparison) -> str:
    """Which is best, or that this cannot be told."""
    ranked, metric = found.ranked(), found.metric
    if not ranked:
        return "nothing was answered: there is nothing to compare"
    best = ranked[0]
    score = f"{metric.name} {told(best.scores[metric.name], metric)}"
    if len(ranked) == 1:
        return f"{best.name}: {score}, by {these(found)}"
    worse: list[tuple[Standing, Difference]] = []
    alike: list[tuple[Standing, Difference]] = []
    for other in ranked[1:]:
        pair = oriented(found, best.name, other.name)
        (worse if pair.better == best.name else alike).append((other, pair))
    said = []
    if worse:
        each = ", ".join(f"{o.name} (by {_apart(_ahead(p, metric), metric)})" for o, p in worse)
        said.append(f"{best.name} is better than {each}")
    if alike:
        each = ", ".join(f"{o.name} (difference {_apart(p, metric)})" for o, p in alike)
        said.append(f"{best.name} cannot be told apart from {each} by {these(found)}")
    if worse and not alike:
        said[0] += f", by {these(found)}"
    few = "; so few say little, label more before you rely on it" if len(found.units) < FEW else ""
    return f"{'; '.join(said)}{few}. {best.name}: {score}."


def these(found: Comparison) -> str:
    """What intervals rest on: ``these 20 pictures``."""
    plan, count = found.plan, len(found.units)
    names = {plan.whose[row] for row in found.rows}
    if len(names) == 1:
        return f"these {count} stretches of one recording"
    each = len(found.rows) == count
    subjects = any(part.subject for part in plan.ask.labels.parts)
    return f"these {count} {'subjects' if subjects else 'pictures' if each else 'recordings'}"


def oriented(found: Comparison, a: str, b: str) -> Difference:
    """The difference of two, the first less the second."""
    for each in found.differences:
        if (each.a, each.b) == (a, b):
            return each
        if (each.a, each.b) == (b, a):
            v = each.value
            turned = replace(v, value=-v.value, low=-v.high, high=-v.low)
            return Difference(a, b, turned, each.better)
    raise KeyError((a, b))


def human(found: Comparison) -> str:
    """How far people are from each other, and whether the best is as near; empty if unknown."""
    metric = found.metric
    people = found.human.get(metric.name)
    if people is None or not math.isfinite(people.value):
        return ""
    line = f"Two people differ by {metric.name} {told(people, metric)} on {people.n} of the units"
    ranked = found.ranked()
    if not ranked:
        return f"{line}."
    best = ranked[0].scores[metric.name]
    near = best.low >= people.value if metric.more else best.high <= people.value
    return (
        f"{line}; {ranked[0].name} is {'as near as that' if near else 'not shown to be as near'}."
    )


def overtaking(found: Comparison, course: Course) -> Iterator[str]:
    """From how many labels on a taught method beats each rule."""
    curve = course.curve
    for rule, at in curve.overtakes.items():
        yield f"{course.name} {_overtakes(curve, at, rule)}{_between(curve, at)}"


def _overtakes(curve: LearningCurve, at: Estimate, rule: str) -> str:
    least, most = float(curve.sizes[0]), float(curve.sizes[-1])
    if at.high <= least:
        return f"is already better than {rule} with {least:.0f} labels"
    if at.low >= FAR * most:
        return f"does not come near {rule} with any number of labels that can be foretold"
    if at.value <= most:
        return f"overtakes {rule} at about {max(at.value, least):.0f} labels"
    if at.value <= FAR * most:
        return f"would overtake {rule} at about {at.value:.0f} labels, if its curve goes on so"
    return f"is not seen to overtake {rule}"


def _between(curve: LearningCurve, at: Estimate) -> str:
    least, most = float(curve.sizes[0]), float(curve.sizes[-1])
    if at.high <= least or at.low >= FAR * most or not math.isfinite(at.low):
        return ""
    low = f"fewer than {least:.0f}" if at.low < least else f"{at.low:.0f}"
    high = "never" if at.high > FAR * most else f"{at.high:.0f}"
    return f" ({low} to {high})"


def more_labels(found: Comparison, course: Course) -> str:
    """Whether as many labels again pay."""
    curve = course.curve
    most = int(curve.sizes[-1])
    if curve.law is None:
        return (
            f"{course.name}: {len(curve.sizes)} numbers of labels are too few to foretell anything"
        )
    unit = _unit(found.metric)
    gain = (
        f"{_short(curve.gain.value)}{unit} ({_short(curve.gain.low)} to {_short(curve.gain.high)})"
    )
    words = {
        "pays": f"as many labels again ({most} more) would make the error less by about {gain}",
        "hardly": f"as many labels again ({most} more) would hardly help: by {gain}",
        "unknown": f"the data cannot tell whether {most} more labels help: by {gain}",
    }
    law = f"error ≈ {_short(curve.law.floor)} + {_short(curve.law.scale)}·n^(−{curve.law.fall:.2f})"
    alone = "; each number of labels was tried with one choice of them (--choices tries more)"
    return f"{course.name}: {words[curve.more]} [{law}]" + (alone if curve.repeats < 2 else "")


def variance(course: Course) -> str:
    """Whether it knows by heart what it was taught, or has not learned even that."""
    known, kept = course.taught[-1], course.curve.errors[-1]
    if not (math.isfinite(known.value) and math.isfinite(kept.value)):
        return ""
    if known.value > 0.7 * kept.value and course.curve.more == "pays":
        return (
            f"{course.name} is hardly better on what it was taught ({_short(known.value)}) than on "
            f"what was kept back ({_short(kept.value)}), and still gets better with more labels: "
            "train it for longer too"
        )
    if known.value > 0.7 * kept.value:
        return (
            f"{course.name} is hardly better on what it was taught ({_short(known.value)}) than on "
            f"what was kept back ({_short(kept.value)}): more labels alone will not help; a longer "
            "training, a larger network or better labels may"
        )
    if known.value < 0.4 * kept.value:
        return (
            f"{course.name} knows what it was taught far better ({_short(known.value)}) than what "
            f"was kept back ({_short(kept.value)}): more and more varied labels are what it lacks"
        )
    return (
        f"{course.name} is better on what it was taught ({_short(known.value)}) than on what was "
        f"kept back ({_short(kept.value)}), as is usual"
    )


def cost(plan: Plan) -> str:
    """What a comparison takes, before it begins."""
    todo = [job for job in plan.jobs if not plan.done(job)]
    done = len(plan.jobs) - len(todo)
    if not plan.jobs:
        return "nothing has to be taught: answers only"
    known = f" ({done} of {len(plan.jobs)} are done already)" if done else ""
    count = f"{len(todo)} fit{'s' * (len(todo) != 1)}"
    trainings = [job.contestant.training for job in todo if job.contestant.training]
    steps = {training.steps for training in trainings}
    if not todo:
        return f"all {len(plan.jobs)} fits are done already"
    if 0 not in steps:
        each = " or ".join(str(each) for each in sorted(steps))
        return f"{count} of {each} steps{known}; how long they take shows with the first"
    minutes = sum(training.minutes for training in trainings)
    lengths = sorted({training.minutes for training in trainings})
    each = " or ".join(f"{length:.3g}" for length in lengths)
    return f"{count} of about {each} min: {lasting(minutes)}{known}"


def lasting(minutes: float) -> str:
    """A length of time for people.

    Examples
    --------
    >>> lasting(36.0), lasting(150.0)
    ('36 min', '2 h 30 min')
    """
    if minutes < 100:
        return f"{minutes:.3g} min"
    return f"{minutes // 60:.0f} h {minutes % 60:.0f} min"


def told(value: Estimate, metric: Metric) -> str:
    """A score with its interval and unit."""
    unit = _unit(metric)
    if not math.isfinite(value.low):
        return f"{_short(value.value)}{unit}"
    return f"{_short(value.value)}{unit} ({_short(value.low)} to {_short(value.high)})"


def _ahead(pair: Difference, metric: Metric) -> Difference:
    """The difference as by how much the first is better."""
    if metric.more:
        return pair
    v = pair.value
    return replace(pair, value=replace(v, value=-v.value, low=-v.high, high=-v.low))


def _apart(pair: Difference, metric: Metric) -> str:
    value = pair.value
    if not math.isfinite(value.low):
        return f"{_short(value.value)}{_unit(metric)}, no interval"
    sure = f"{100 * value.level:.3g} % interval "
    ends = f"{_short(value.low)} to {_short(value.high)}"
    return f"{_short(value.value)}{_unit(metric)}, {sure}{ends}"


def _unit(metric: Metric) -> str:
    return f" {metric.unit}" if metric.unit else ""


def _short(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.3g}"
