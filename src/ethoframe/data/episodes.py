"""Named spans of time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data.noun import Array, Noun, frozen

INDIVIDUAL = "animal"
"""Who is meant where there is one individual only."""


@dataclass(frozen=True, eq=False)
class Episodes(Noun):
    """Who did what from when to when, and where anybody looked at all.

    Parameters
    ----------
    labels
        What was done ``(n,)``, as strings.
    start_s, stop_s
        Seconds ``(n,)``; an episode covers start ≤ time < stop.
    support_s
        Intervals ``(m, 2)`` that were looked at: time outside them is unlabelled, not negative.
    individuals
        Who ``(n,)``; ``"animal"`` of all when left out.
    watched
        Whom each interval of the support is about ``(m,)``; an empty name, as of all when left out,
        is everybody.
    author
        Who said so: a method's name, or a person's.
    confidence
        How sure ``(n,)``, 0 to 1; ones when left out.
    definition
        How it was told, in words with every threshold. Episodes that differ in their words alone
        are equal.
    cautions
        What to know before trusting them, a line each; words as well.

    Examples
    --------
    >>> e = Episodes.of("moving", np.array([[0.0, 2.0], [5.0, 6.0]]), np.array([[0.0, 10.0]]))
    >>> e.total_s("moving")
    3.0
    """

    labels: tuple[str, ...]
    start_s: Array
    stop_s: Array
    support_s: Array
    individuals: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    author: str = ""
    confidence: Array | None = None
    definition: str = ""
    cautions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("start_s", "stop_s"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        support = np.asarray(self.support_s, np.float64).reshape(-1, 2)
        object.__setattr__(self, "support_s", frozen(support))
        sure = np.ones(len(self.labels)) if self.confidence is None else self.confidence
        object.__setattr__(
            self, "individuals", self.individuals or (INDIVIDUAL,) * len(self.labels)
        )
        object.__setattr__(self, "watched", self.watched or ("",) * len(support))
        object.__setattr__(self, "confidence", frozen(sure, np.float64))
        columns = self.individuals, self.start_s, self.stop_s, sure
        if any(len(column) != len(self.labels) for column in columns):
            names = "labels, individuals, start_s, stop_s and confidence"
            raise ValueError(f"{names} need the same length")
        if len(self.watched) != len(support):
            raise ValueError("watched needs a name for each interval of the support")
        if np.any(self.stop_s < self.start_s):
            raise ValueError("an episode cannot stop before it starts")

    def __len__(self) -> int:
        return len(self.labels)

    def canonical(self) -> dict[str, object]:
        """Every field but the words."""
        words = ("definition", "cautions")
        return {name: held for name, held in super().canonical().items() if name not in words}

    @classmethod
    def of(
        cls,
        label: str,
        spans: Array,
        support_s: Array,
        author: str = "",
        definition: str = "",
        individual: str = INDIVIDUAL,
    ) -> Episodes:
        """Episodes of one label and one individual from spans ``(n, 2)``."""
        spans = np.asarray(spans, np.float64).reshape(-1, 2)
        start, stop = spans.T
        count, looked = len(spans), len(np.asarray(support_s).reshape(-1, 2))
        watched = ("" if individual == INDIVIDUAL else individual,) * looked
        held = (label,) * count, start, stop, support_s, (individual,) * count, watched
        return cls(*held, author=author, definition=definition)

    @classmethod
    def merged(cls, parts: Sequence[Episodes]) -> Episodes:
        """Several sets as one, in order of their start; what was looked at is that of all of them.

        An interval of the support that several have for the same individual is kept once.

        Raises
        ------
        ValueError
            When there are no parts: nobody looked at anything.
        """
        if not parts:
            raise ValueError("nothing to merge")
        rows = [
            (start, index, at)
            for index, part in enumerate(parts)
            for at, start in enumerate(part.start_s.tolist())
        ]
        order = [(parts[index], at) for _, index, at in sorted(rows)]
        looked = dict.fromkeys(
            (who, *span)
            for part in parts
            for who, span in zip(part.watched, part.support_s.tolist(), strict=True)
        )
        return cls(
            tuple(part.labels[at] for part, at in order),
            np.array([part.start_s[at] for part, at in order]),
            np.array([part.stop_s[at] for part, at in order]),
            np.array([span for _, *span in looked]),
            tuple(part.individuals[at] for part, at in order),
            tuple(who for who, *_ in looked),
            parts[0].author,
            np.array([_sure(part)[at] for part, at in order]),
            parts[0].definition,
            tuple(dict.fromkeys(line for part in parts for line in part.cautions)),
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Every individual that did something or was looked at by name, each once."""
        return tuple(dict.fromkeys([*self.individuals, *filter(None, self.watched)]))

    def about(self, individual: str) -> Episodes:
        """Those of one individual, with the support that is about it or about everybody."""
        own = [at for at, who in enumerate(self.individuals) if who == individual]
        looked = [at for at, who in enumerate(self.watched) if who in ("", individual)]
        return replace(
            self,
            labels=tuple(self.labels[at] for at in own),
            start_s=self.start_s[own],
            stop_s=self.stop_s[own],
            support_s=self.support_s[looked],
            individuals=(individual,) * len(own),
            watched=tuple(self.watched[at] for at in looked),
            confidence=_sure(self)[own],
        )

    def only(self, *labels: str) -> Episodes:
        """Those with one of these labels, over the same support."""
        own = [at for at, label in enumerate(self.labels) if label in labels]
        return replace(
            self,
            labels=tuple(self.labels[at] for at in own),
            start_s=self.start_s[own],
            stop_s=self.stop_s[own],
            individuals=tuple(self.individuals[at] for at in own),
            confidence=_sure(self)[own],
        )

    def spans(self, label: str) -> Array:
        """Starts and stops ``(n, 2)`` of the episodes called `label`."""
        chosen = np.array([name == label for name in self.labels], bool)
        return np.stack([self.start_s[chosen], self.stop_s[chosen]], axis=1)

    def total_s(self, label: str, start_s: float = -np.inf, stop_s: float = np.inf) -> float:
        """Seconds spent in `label` between two times."""
        spans = np.clip(self.spans(label), start_s, stop_s)
        return float((spans[:, 1] - spans[:, 0]).sum())

    def looked_s(self, start_s: float = -np.inf, stop_s: float = np.inf) -> float:
        """Seconds between two times in which anybody was looked at."""
        total, last = 0.0, -np.inf
        for start, stop in sorted(np.clip(self.support_s, start_s, stop_s).tolist()):
            total, last = total + max(0.0, stop - max(start, last)), max(last, stop)
        return total

    def covers(self, label: str, times_s: Array) -> Array:
        """Whether each time lies in an episode called `label`."""
        spans = self.spans(label)
        inside = np.zeros(len(times_s), bool)
        for start, stop in spans:
            inside[np.searchsorted(times_s, start) : np.searchsorted(times_s, stop)] = True
        return inside


def _sure(episodes: Episodes) -> Array:
    """How sure each is; the noun fills that in when it is left out."""
    assert episodes.confidence is not None
    return episodes.confidence
