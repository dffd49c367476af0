"""Named spans of time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array, Noun, frozen


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
    individual
        Who.
    author
        Who said so: a method's name, or a person's.
    confidence
        How sure ``(n,)``, 0 to 1; ones when left out.
    definition
        How it was told, in words with every threshold. Episodes that differ in their words alone
        are equal.

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
    individual: str = "animal"
    author: str = ""
    confidence: Array | None = None
    definition: str = ""

    def __post_init__(self) -> None:
        for name in ("start_s", "stop_s"):
            object.__setattr__(self, name, frozen(getattr(self, name), np.float64))
        support = np.asarray(self.support_s, np.float64).reshape(-1, 2)
        object.__setattr__(self, "support_s", frozen(support))
        sure = np.ones(len(self.labels)) if self.confidence is None else self.confidence
        object.__setattr__(self, "confidence", frozen(sure, np.float64))
        if not len(self.labels) == len(self.start_s) == len(self.stop_s) == len(sure):
            raise ValueError("labels, start_s, stop_s and confidence need the same length")
        if np.any(self.stop_s < self.start_s):
            raise ValueError("an episode cannot stop before it starts")

    def __len__(self) -> int:
        return len(self.labels)

    def canonical(self) -> dict[str, object]:
        """Every field but the words."""
        return {name: held for name, held in super().canonical().items() if name != "definition"}

    @classmethod
    def of(
        cls, label: str, spans: Array, support_s: Array, author: str = "", definition: str = ""
    ) -> Episodes:
        """Episodes of one label from spans ``(n, 2)``."""
        spans = np.asarray(spans, np.float64).reshape(-1, 2)
        start, stop = spans.T
        names = (label,) * len(spans)
        return cls(names, start, stop, support_s, author=author, definition=definition)

    @classmethod
    def merged(cls, parts: list[Episodes]) -> Episodes:
        """Several sets over the same support as one, in order of their start.

        Raises
        ------
        ValueError
            When there are no parts: nobody looked at anything.
        """
        if not parts:
            raise ValueError("nothing to merge")
        labels = np.array([label for part in parts for label in part.labels], object)
        start, stop, sure = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("start_s", "stop_s", "confidence")
        )
        order = np.argsort(start, kind="stable")
        first = parts[0]
        who = first.individual, first.author
        names = tuple(labels[order])
        held = start[order], stop[order], first.support_s
        return cls(names, *held, *who, sure[order], first.definition)

    def spans(self, label: str) -> Array:
        """Starts and stops ``(n, 2)`` of the episodes called `label`."""
        chosen = np.array([name == label for name in self.labels], bool)
        return np.stack([self.start_s[chosen], self.stop_s[chosen]], axis=1)

    def total_s(self, label: str, start_s: float = -np.inf, stop_s: float = np.inf) -> float:
        """Seconds spent in `label` between two times."""
        spans = np.clip(self.spans(label), start_s, stop_s)
        return float((spans[:, 1] - spans[:, 0]).sum())

    def looked_s(self, start_s: float = -np.inf, stop_s: float = np.inf) -> float:
        """Seconds looked at between two times."""
        spans = np.clip(self.support_s, start_s, stop_s)
        return float((spans[:, 1] - spans[:, 0]).sum())

    def covers(self, label: str, times_s: Array) -> Array:
        """Whether each time lies in an episode called `label`."""
        spans = self.spans(label)
        inside = np.zeros(len(times_s), bool)
        for start, stop in spans:
            inside[np.searchsorted(times_s, start) : np.searchsorted(times_s, stop)] = True
        return inside
