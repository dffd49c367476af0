"""Episodes as classes of frames, and frames with what was before and after them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from ethoframe.data import Classes, Episodes, Labelled, Labels, Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.labelled import LabelledFrames

MOST = 1000
"""Frames of each class that are learned from, spread over all there are."""

SEEN = 3
"""Frames that the network is shown at once: one before, the frame, one after."""


def moments(times_s: Array, span_s: float) -> Array:
    """Of each frame the one before, itself and the one after, as indices ``(t, 3)``.

    The frames nearest in time to `span_s` before and after; the first or last one where there is
    no earlier or later one.

    Examples
    --------
    >>> moments(np.array([0.0, 0.1, 0.2, 0.3]), 0.2).tolist()
    [[0, 0, 2], [0, 1, 3], [0, 2, 3], [1, 3, 3]]
    """
    wanted = times_s[:, None] + np.array([-span_s, 0.0, span_s])
    if not len(times_s):
        return np.zeros((0, SEEN), np.int64)
    after = np.clip(np.searchsorted(times_s, wanted), 0, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.abs(times_s[before] - wanted) <= np.abs(times_s[after] - wanted)
    found = np.where(nearer, before, after)
    found[:, 1] = np.arange(len(times_s))
    return np.asarray(found)


@dataclass
class ClipFrames(LabelledFrames):
    """Labelled frames, each with what was before and after it: three small pictures as channels.

    Parameters
    ----------
    span_s
        How long before and after.
    """

    span_s: float = 0.0
    small: dict[tuple[str, int], Array] = field(init=False, default_factory=dict)

    def levels(self, index: int) -> Array:
        """What is seen of a labelled frame and of two others ``(y, x, 3)``.

        Raises
        ------
        Refusal
            When one of them cannot be decoded.
        """
        part, row = self.rows[index]
        numbers = moments(part.recording.times_s, self.span_s)[int(part.said.numbers[row])]  # type: ignore[union-attr]
        key = part.recording.identity
        if (key, int(numbers[1])) not in self.small:
            self._read_part(part)
        return stacked([self.small[key, int(number)] for number in numbers], part.recording.name)

    def _read_part(self, part: Labelled) -> None:
        """All frames of a film that are needed, made small, read once and in order."""
        assert isinstance(part.said, Classes)
        wanted = np.unique(moments(part.recording.times_s, self.span_s)[part.said.numbers])
        for batch in part.recording.batches(wanted.tolist(), 1):
            seen = self.sight.levels(batch.pixels[0], part.recording.channels)
            place = part.recording.identity, int(batch.numbers[0])
            self.small[place] = self.sight.seen(seen, None)
        missing = [n for n in wanted if (part.recording.identity, int(n)) not in self.small]
        if missing:
            reason = f"frame {missing[0]}, beside a labelled one, cannot be decoded"
            raise Refusal(part.recording.name, reason, "copy the film again")


def stacked(pictures: Sequence[Array], where: str) -> Array:
    """Levels of three moments ``(y, x)`` as channels ``(y, x, 3)``.

    Raises
    ------
    Refusal
        When they have colours.
    """
    if any(picture.ndim != 2 for picture in pictures):
        raise Refusal(where, "clips are seen without colours", "name a channel")
    return cv2.merge(list(pictures))


def framed(who: str, labels: Labels, other: str) -> Labels:
    """Episodes as classes of the frames that were looked at; at most `MOST` of each class.

    A frame in no episode is of the class `other`; of one in several, nothing is said.

    Parameters
    ----------
    who
        Of whom refusals tell.
    labels
        `Episodes`, one part for each recording and author.
    other
        What time is called that was looked at, and in which nothing was said.

    Raises
    ------
    Refusal
        When they are no episodes, or of several animals in one film.
    """
    if not labels.parts or labels.gives is not Episodes:
        raise Refusal(who, "these labels are no episodes", "name a table of start_s, stop_s, label")
    individuals: dict[str, set[str]] = {}
    for part in labels.parts:
        assert isinstance(part.said, Episodes)
        individuals.setdefault(part.recording.identity, set()).update(part.said.names)
    several = [each for each in individuals.values() if len(each) > 1]
    if several:
        reason = f"episodes of {', '.join(sorted(several[0]))} are in one film"
        raise Refusal(who, reason, "crop a film for each, or choose labels of one")
    said = [part.said for part in labels.parts if isinstance(part.said, Episodes)]
    words = [name for each in said for name in sorted({*each.labels} - {other})]
    names = tuple(dict.fromkeys([*words, other]))
    codes = [_codes(part, names) for part in labels.parts]
    kept = _thinned(codes, len(names))
    parts = []
    for part, code, chosen in zip(labels.parts, codes, kept, strict=True):
        if not len(chosen):
            continue
        words = [names[code[number]] for number in chosen]
        classes = Classes.said(words, names, chosen, part.recording.times_s[chosen])
        parts.append(replace(part, said=classes, files=(), origin=chosen))
    if not parts:
        raise Refusal(who, "no frame was looked at", "say in which spans: support")
    return replace(labels, parts=tuple(parts))


def _codes(part: Labelled, names: tuple[str, ...]) -> Array:
    """The class of each frame of a recording ``(t,)``; -1 where nothing is known."""
    said, times_s = part.said, part.recording.times_s
    assert isinstance(said, Episodes)
    # The last class may be a word that people used themselves.
    inside = np.stack([said.covers(name, times_s) for name in names])
    looked = np.zeros(len(times_s), bool)
    for start, stop in said.support_s:
        looked |= (times_s >= start) & (times_s < stop)
    count = inside.sum(axis=0)
    codes = np.where(count == 0, len(names) - 1, inside.argmax(axis=0))
    return np.asarray(np.where(looked & (count <= 1), codes, -1))


def _thinned(codes: Sequence[Array], classes: int) -> list[Array]:
    """Numbers of the frames of each recording that are learned from, rising."""
    kept: list[list[int]] = [[] for _ in codes]
    for each in range(classes):
        of_class = [np.flatnonzero(code == each).tolist() for code in codes]
        found = [(part, number) for part, numbers in enumerate(of_class) for number in numbers]
        if len(found) > MOST:
            spread = np.linspace(0, len(found) - 1, MOST).round().astype(int)
            found = [found[index] for index in spread]
        for part, number in found:
            kept[part].append(number)
    return [np.array(sorted(each), np.int64) for each in kept]
