"""What several people say at every moment of a recording, without frames: stretches and weights.

Between two neighbouring starts or stops, whoever's they are, nobody changes his mind. So all that
is ever asked of frames can be asked of these stretches, each with its weight: its seconds, which is
exact, or the number of frames of a clock that lie in it, which is what a table of frames would say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data import Episodes
from ethoframe.data.noun import Array

NEAR = 1e-6
"""Of a frame: a start that is as near to a frame as this, is on it; decimals are not exact."""

UNSEEN = -1
"""The state of a stretch that was not looked at."""


@dataclass(frozen=True)
class Timeline:
    """Stretches of time in which nobody's word changes.

    Parameters
    ----------
    labels
        What is told of each stretch.
    start_s, stop_s
        Of each stretch ``(n,)``.
    weight
        Seconds of each, or frames in it ``(n,)``.
    looked
        Who looked ``(raters, n)``.
    inside
        What each says ``(labels, raters, n)``; false where he did not look.
    """

    labels: tuple[str, ...]
    start_s: Array
    stop_s: Array
    weight: Array
    looked: Array
    inside: Array

    @property
    def shared(self) -> Array:
        """Stretches that all looked at ``(n,)``."""
        everybody: Array = np.all(self.looked, axis=0)
        return everybody

    def by(self, raters: Sequence[int]) -> Timeline:
        """What some of them say, in the order in which they are named."""
        chosen = list(raters)
        return replace(self, looked=self.looked[chosen], inside=self.inside[:, chosen])

    def of(self, label: str) -> Array:
        """1 where a rater says it, 0 where not, -1 where he did not look ``(raters, n)``."""
        told: Array = np.where(self.looked, self.inside[self.labels.index(label)], UNSEEN)
        return told

    def states(self) -> tuple[Array, tuple[str, ...]]:
        """What each says of all labels at once ``(raters, n)``, and the names of these states.

        The first state is that of no label, whose name is empty; two labels at once are a state of
        their own: ``"rear + groom"``.
        """
        powers = 1 << np.arange(len(self.labels), dtype=np.int64)
        told = np.tensordot(powers, self.inside.astype(np.int64), axes=1)
        kinds = np.union1d([0], told)
        codes = np.where(self.looked, np.searchsorted(kinds, told), UNSEEN)
        names = (
            " + ".join(name for at, name in enumerate(self.labels) if kind >> at & 1)
            for kind in kinds.tolist()
        )
        return codes, tuple(names)

    def block(self, edges_s: Array) -> Array:
        """Which block each stretch begins in ``(n,)``, of blocks that part at these times."""
        found: Array = np.searchsorted(edges_s, self.start_s, side="right")
        return found


def timeline(
    raters: Sequence[Episodes],
    labels: Sequence[str],
    rate_per_s: float | None = None,
    cuts_s: Array | Sequence[float] = (),
) -> Timeline:
    """What several people say of one individual, moment by moment.

    Parameters
    ----------
    raters
        What each saw of it; what lies outside of a rater's support is not counted.
    labels
        What is asked about; at most 62.
    rate_per_s
        Frames per second: frame k is at k / rate, and weights count frames. None weighs seconds.
    cuts_s
        Times at which stretches end besides.

    Examples
    --------
    >>> one = Episodes.of("rear", np.array([[1.0, 3.0]]), np.array([[0.0, 9.0]]))
    >>> two = Episodes.of("rear", np.array([[2.0, 3.0]]), np.array([[0.0, 6.0]]))
    >>> both = timeline([one, two], ["rear"])
    >>> both.weight.tolist(), both.of("rear").tolist()
    ([1.0, 1.0, 1.0, 3.0, 3.0], [[0, 1, 1, 0, 0], [0, 0, 1, 0, -1]])
    """
    words = tuple(labels)
    spans = [[each.spans(word) for each in raters] for word in words]
    every = [each.support_s.ravel() for each in raters]
    every += [own.ravel() for line in spans for own in line]
    edges = np.unique(np.concatenate([*every, np.asarray(cuts_s, np.float64).ravel(), [0.0]]))
    start, stop = edges[:-1], edges[1:]
    looked = np.array([_within(each.support_s, start) for each in raters], bool)
    looked = looked.reshape(len(raters), len(start))
    inside = np.array([[_within(own, start) for own in line] for line in spans], bool)
    inside = inside.reshape(len(words), len(raters), len(start)) & looked
    weight = stop - start if rate_per_s is None else _frames(start, stop, rate_per_s)
    used = looked.any(axis=0)
    return Timeline(
        words, start[used], stop[used], weight[used], looked[:, used], inside[..., used]
    )


def confusion(first: Array, second: Array, weight: Array, kinds: int) -> Array:
    """Weight by what the first says (rows) and the second (columns), where both looked.

    Examples
    --------
    >>> confusion(np.array([0, 1, 1, -1]), np.array([0, 0, 1, 1]), np.array([5, 1, 2, 9]), 2)
    array([[5., 0.],
           [1., 2.]])
    """
    both = (first >= 0) & (second >= 0)
    at = first[both] * kinds + second[both]
    table: Array = np.bincount(at, weight[both], kinds * kinds).reshape(kinds, kinds)
    return table


def even_cuts(along: Timeline, blocks: int) -> Array:
    """Times that part what all looked at into blocks of as many seconds ``(blocks - 1,)``."""
    seconds = np.where(along.shared, along.stop_s - along.start_s, 0.0)
    passed = np.concatenate([[0.0], np.cumsum(seconds)])
    wanted = passed[-1] * np.arange(1, blocks) / blocks
    at = np.clip(np.searchsorted(passed, wanted, side="right") - 1, 0, max(len(seconds) - 1, 0))
    cuts: Array = along.start_s[at] + wanted - passed[at] if len(seconds) else np.empty(0)
    return cuts


def _within(spans: Array, times_s: Array) -> Array:
    """Whether each time lies in one of the spans, which may overlap."""
    begun = np.searchsorted(np.sort(spans[:, 0]), times_s, side="right")
    ended = np.searchsorted(np.sort(spans[:, 1]), times_s, side="right")
    inside: Array = begun > ended
    return inside


def _frames(start: Array, stop: Array, rate_per_s: float) -> Array:
    first, after = (np.ceil(edge * rate_per_s - NEAR) for edge in (start, stop))
    count: Array = after - first
    return count
