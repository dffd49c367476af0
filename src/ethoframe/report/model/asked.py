"""What a model of behaviours answered to time that it was not taught, beside what people said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from ethoframe.data import Episodes, Labelled, Labels, Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.model import Model
from ethoframe.run.cross_fitting import APART, read_columns
from ethoframe.run.fitting import WORK
from ethoframe.score.bootstrap import Estimate
from ethoframe.score.episodes import Pair, blocks_for, compared, summary


@dataclass(frozen=True)
class Seen:
    """One individual of one recording, as one person saw it and as it was answered.

    Parameters
    ----------
    recording, individual, author
        Who.
    times_s
        Of the moments that were answered ``(t,)``.
    said, answer
        Class of each ``(t,)``.
    probable
        Of each class ``(t, k)``.
    truth, answered
        The same as episodes, whose support is what was answered.
    """

    recording: str
    individual: str
    author: str
    times_s: Array
    said: Array
    answer: Array
    probable: Array
    truth: Episodes
    answered: Episodes

    @property
    def name(self) -> str:
        """Who, in words."""
        return f"{self.recording}, {self.individual}"


@dataclass(frozen=True)
class Asked:
    """All of them.

    Parameters
    ----------
    classes
        By name; the last is none of the others.
    seen
        Everybody of whom something was answered; nobody where nothing was kept apart.
    """

    classes: tuple[str, ...]
    seen: tuple[Seen, ...]
    _scored: dict[tuple[str, str], Mapping[str, Estimate]] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """The behaviours."""
        return self.classes[:-1]

    def pairs(self) -> list[Pair]:
        """Each answer beside what a person said; several people's are of one recording."""
        return [Pair(each.recording, each.answered, each.truth) for each in self.seen]

    def scores(self, label: str) -> Mapping[str, Estimate]:
        """Of answers to one behaviour."""
        return self._once("answers", self.pairs(), label)

    def ceiling(self, label: str) -> Mapping[str, Estimate] | None:
        """How people agree on it, where two or more saw the same; None where none did."""
        pairs = [*self._people()]
        return self._once("people", pairs, label) if pairs else None

    def _once(self, who: str, pairs: Sequence[Pair], label: str) -> Mapping[str, Estimate]:
        """Scores with intervals, which take a second, made when they are first asked for."""
        if (who, label) not in self._scored:
            self._scored[who, label] = _scored(pairs, label)
        return self._scored[who, label]

    def _people(self) -> Iterator[Pair]:
        for one, other in combinations(self.seen, 2):
            if one.name == other.name and one.author != other.author:
                yield Pair(one.recording, one.truth, other.truth)

    def moments(self) -> tuple[Array, Array, Array]:
        """Class that was said and answered, as an index, and probabilities, of all moments."""
        index = {name: at for at, name in enumerate(self.classes)}
        said = [np.array([index[str(name)] for name in each.said]) for each in self.seen]
        told = [np.array([index[str(name)] for name in each.answer]) for each in self.seen]
        sure = [each.probable for each in self.seen]
        return np.concatenate(said), np.concatenate(told), np.concatenate(sure)


def asked(model: Model, labels: Labels) -> Asked:
    """What was answered when a model was fitted, beside its labels.

    Raises
    ------
    Refusal
        When these are not the labels it was fitted by.
    """
    if model.card.get("labels", {}).get("fingerprint") != labels.fingerprint():
        reason = "these are not the labels that this model was fitted by"
        raise Refusal(model.folder, reason, "name those that fit was given, unchanged")
    classes = tuple(str(name) for name in model.card["classes"])
    path = model.folder / WORK / APART
    if not path.is_file():
        return Asked(classes, ())
    columns = read_columns(path)
    names = [columns[name].astype(str) for name in ("recording", "individual", "author")]
    whose = np.array(["\n".join(row) for row in zip(*names, strict=True)])
    seen = []
    for key in dict.fromkeys(whose.tolist()):
        own = {name: held[whose == key] for name, held in columns.items()}
        recording, individual, author = key.split("\n")
        part = _part(labels.parts, recording, author, len(labels.parts))
        if part is not None:
            seen.append(_seen((recording, individual, author), own, classes, part))
    return Asked(classes, tuple(seen))


def _part(parts: Sequence[Labelled], recording: str, author: str, count: int) -> Labelled | None:
    found = (each for each in parts if each.film == recording and each.author == author)
    return next(found, parts[0] if count == 1 else None)


def _seen(
    who: tuple[str, str, str], own: Mapping[str, Array], classes: Sequence[str], part: Labelled
) -> Seen:
    recording, individual, author = who
    assert isinstance(part.said, Episodes)
    order = np.argsort(own["time_s"], kind="stable")
    times_s = own["time_s"][order]
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    support = _spans(np.ones(len(times_s), bool), times_s, step_s)
    answer = own["answer"][order].astype(str)
    told = [Episodes.of("", np.zeros((0, 2)), support, "answer", individual=individual)]
    for label in classes[:-1]:
        spans = _spans(answer == label, times_s, step_s)
        told.append(Episodes.of(label, spans, support, "answer", individual=individual))
    said = part.said
    truth = said.about(individual) if individual in said.names else said
    looked = replace(
        truth.only(*classes[:-1]), support_s=support, watched=(individual,) * len(support),
        individuals=(individual,) * len(truth.only(*classes[:-1])),
    )  # fmt: skip
    probable = np.stack([own[f"p({name})"][order] for name in classes], axis=1)
    return Seen(
        recording,
        individual,
        author,
        times_s,
        own["said"][order].astype(str),
        answer,
        probable,
        looked,
        Episodes.merged(told),
    )


def _spans(chosen: Array, times_s: Array, step_s: float) -> Array:
    """Spans ``(n, 2)`` of moments that follow each other."""
    at = np.flatnonzero(chosen)
    if not len(at):
        return np.zeros((0, 2))
    apart = (np.diff(at) > 1) | (np.diff(times_s[at]) > 1.5 * step_s)
    first = np.concatenate([[True], apart])
    last = np.concatenate([apart, [True]])
    spans: Array = np.stack([times_s[at[first]], times_s[at[last]] + step_s], axis=1)
    return spans


def _scored(pairs: Sequence[Pair], label: str) -> Mapping[str, Estimate]:
    blocks = blocks_for(pairs, label)
    return summary([compared(pair, label, blocks=blocks) for pair in pairs])
