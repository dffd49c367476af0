"""Labelled frames as examples: read once, shown as a network sees them, varied by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data import Labelled, Labels, Refusal, Timed
from ethoframe.data.noun import Array
from ethoframe.nets.augment import Augment
from ethoframe.nets.lesson import Example
from ethoframe.nets.pictures import Sight

KEPT_BYTES = 1_500_000_000
"""Levels of frames that are kept in memory; more are read again whenever they are needed."""

LOOKED_AT = 12
"""Labelled frames that are looked at to decide how frames are shown."""


@dataclass
class LabelledFrames:
    """The labelled frames of some labels, as a network may see them.

    Parameters
    ----------
    labels
        Frame by frame.
    sight
        How they are shown.
    """

    labels: Labels
    sight: Sight
    rows: list[tuple[Labelled, int]] = field(init=False)
    kept: dict[int, Array] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.rows = list(self.labels.rows())
        self.room = KEPT_BYTES

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    def levels(self, index: int) -> Array:
        """What is seen of a labelled frame ``(y, x[, 3])``; its film is read once, in order.

        Raises
        ------
        Refusal
            When it cannot be decoded.
        """
        if index not in self.kept and self.room > 0:
            self._read(index)
        if index in self.kept:
            return self.kept[index]
        part, row = self.rows[index]
        return self.sight.levels(frame_of(part, row), part.recording.channels)

    def _read(self, index: int) -> None:
        """Keeps this frame and the others of its film, as far as there is room."""
        part = self.rows[index][0]
        assert isinstance(part.said, Timed)
        first = index - self.rows[index][1]
        order = np.argsort(part.said.numbers, kind="stable")
        wanted = np.unique(part.said.numbers)
        places: dict[int, list[int]] = {int(number): [] for number in wanted}
        for row in order:
            places[int(part.said.numbers[row])].append(first + int(row))
        for batch in part.recording.batches(wanted.tolist(), 1):
            seen = self.sight.levels(batch.pixels[0], part.recording.channels)
            for place in places[int(batch.numbers[0])]:
                self.kept[place] = seen
            self.room -= seen.nbytes
            if self.room <= 0:
                return


@dataclass
class FrameExamples:
    """Labelled frames, and what is said of each.

    Parameters
    ----------
    frames
        The pictures.
    targets
        By the kind of head, and what else the loss needs: one row for each frame.
    augment
        How examples are varied.
    apart
        Whether they are kept apart: then each picture of each frame is an example of its own, and
        tells by ``frame`` and ``whole`` of what it is.
    """

    frames: LabelledFrames
    targets: Mapping[str, Array]
    augment: Augment
    apart: bool = False
    order: list[tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.order = [
            (index, place)
            for index, (part, _) in enumerate(self.frames.rows)
            for place in range(len(self._windows(part)) if self.apart else 1)
        ]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.order)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """A picture of a frame, varied by chance; as it is where there is none."""
        frame, place = self.order[index]
        levels, sight = self.frames.levels(frame), self.frames.sight
        if chance is None:
            window = sight.windows(levels.shape[:2])[place]
            seen = sight.seen(levels, window)
        else:
            window = sight.drawn(levels.shape[:2], chance)
            change = self.augment.draw(chance, sight.size)
            seen = change.image(sight.seen(levels, window), white=sight.white)
        told = {key: rows[frame] for key, rows in self.targets.items()}
        about = {"frame": np.int64(frame), "whole": np.bool_(window is None)}
        return {"picture": sight.picture(seen), **told, **about}  # type: ignore[dict-item]

    def _windows(self, part: Labelled) -> list[tuple[int, int] | None]:
        return self.frames.sight.windows(part.recording.picture)


def frame_of(part: Labelled, row: int) -> Array:
    """Pixels ``(y, x, c)`` of a labelled frame.

    Raises
    ------
    Refusal
        When it cannot be decoded.
    """
    assert isinstance(part.said, Timed)
    frames = part.recording.frames([int(part.said.numbers[row])])
    if not len(frames):
        where = part.files[row] if part.files else part.recording.name
        reason = "this labelled frame cannot be decoded"
        raise Refusal(where, reason, "copy it again, or take its label out")
    pixels: Array = frames.pixels[0]
    return pixels


def sight_of(labels: Labels, view: str, side: int, channel: str, along: int) -> Sight:
    """How the frames of these labels are best shown, by some of them.

    Parameters
    ----------
    labels
        Frame by frame.
    view, side, channel, along
        As of `Sight.of`.
    """
    rows = list(labels.rows())
    spread = np.unique(np.linspace(0, len(rows) - 1, LOOKED_AT).round().astype(int))
    chosen = [rows[index] for index in spread] if rows else []
    frames = [frame_of(part, row) for part, row in chosen]
    names = [part.recording.channels for part, _ in chosen]
    return Sight.of(frames, names, view=view, side=side, channel=channel, along=along)


def both(
    answers: Array, frames: Sequence[int] | Array, whole: Sequence[bool] | Array
) -> tuple[Array, Array, Array]:
    """Answers to pictures as answers to frames: the mean of wholes, and of patches.

    Parameters
    ----------
    answers
        One row for each picture ``(n, k)``.
    frames
        Of which frame each is ``(n,)``.
    whole
        Whether each shows the whole of it ``(n,)``.

    Returns
    -------
    tuple
        Which frames there are ``(f,)``; of each the mean over wholes and over patches ``(f, k)``,
        one standing for the other where there is none.

    Examples
    --------
    >>> frames, whole, patches = both(np.array([[1.0], [4.0], [2.0], [7.0]]), [0, 0, 0, 3],
    ...                               [True, False, False, True])
    >>> frames.tolist(), whole.tolist(), patches.tolist()
    ([0, 3], [[1.0], [7.0]], [[3.0], [7.0]])
    """
    known, at = np.unique(frames, return_inverse=True)
    shows = np.asarray(whole, bool)
    means = []
    for chosen in (shows, ~shows):
        total = np.zeros((len(known), answers.shape[1]))
        count = np.bincount(at[chosen], minlength=len(known))[:, None]
        np.add.at(total, at[chosen], answers[chosen])
        means.append(np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0))
    first, second = means
    return known, np.where(np.isnan(first), second, first), np.where(np.isnan(second), first, second)


SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""How much the whole may count beside patches; what comes first is the cheapest."""


def shared(lost: Mapping[float, Array]) -> float:
    """How much the whole counts beside patches, by what was lost in each frame with each share.

    The first share whose mean loss is within a standard error of the least: patches cost time, and
    few frames tell little.

    Examples
    --------
    >>> shared({1.0: np.array([1.0, 1.1, 1.2]), 0.5: np.array([0.1, 0.2, 0.4])})
    0.5
    """
    best = min(lost, key=lambda share: float(np.mean(lost[share])))
    for share, each in lost.items():
        more = each - lost[best]
        error = float(np.std(more, ddof=1) / np.sqrt(len(more))) if len(more) > 1 else np.inf
        if float(np.mean(more)) <= error:
            return share
    return best
