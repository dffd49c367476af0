"""Labelled frames as examples: read once, shown as a network sees them, varied by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ethoframe.contract import Training
from ethoframe.data import Labelled, Labels, Refusal, Timed
from ethoframe.data.noun import Array
from ethoframe.nets.augment import Augment
from ethoframe.nets.lesson import Example
from ethoframe.nets.network import ENCODER, Head, Network
from ethoframe.nets.pictures import Answers, Sight

KEPT_BYTES = 1_500_000_000
"""Levels of frames that are kept in memory; more are read again whenever they are needed."""

APART = 240
"""Pictures of frames that were kept apart, at most: to answer them again and again takes time that
is not learned in."""

RATE = 1e-3
"""Highest learning rate where frames are answered as a whole: there are few of them to learn from,
and an encoder that changes fast soon knows them by heart."""

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

    def shown(self, sight: Sight) -> LabelledFrames:
        """The same frames shown otherwise, of the same levels; what is read is read for both."""
        others = LabelledFrames(self.labels, sight)
        others.kept = self.kept
        return others

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
        counts = [len(self._windows(part)) if self.apart else 1 for part, _ in self.frames.rows]
        chosen = spread_over(counts) if self.apart else range(len(counts))
        self.order = [(index, place) for index in chosen for place in range(counts[index])]

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
        about = {"frame": np.array(frame), "whole": np.array(window is None)}
        return {"picture": sight.picture(seen), **told, **about}

    def _windows(self, part: Labelled) -> list[tuple[int, int] | None]:
        return self.frames.sight.windows(part.recording.picture)


def spread_over(counts: Sequence[int], most: int = APART) -> list[int]:
    """Frames that have so many pictures at most in all, spread evenly over all frames.

    Parameters
    ----------
    counts
        Pictures of each frame.
    most
        Pictures.

    Examples
    --------
    >>> spread_over([1, 1, 1]), spread_over([2, 2, 2, 2, 2], 6)
    ([0, 1, 2], [0, 2, 4])
    """
    total = sum(counts)
    frames = len(counts) if total <= most else max(1, len(counts) * most // total)
    return np.unique(np.linspace(0, len(counts) - 1, frames).round().astype(int)).tolist()


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


def answers_of(
    examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kinds: Sequence[str]
) -> tuple[dict[str, Answers], list[Example]]:
    """Answers of each kind to examples as they are judged, and what is said of each frame."""
    tables: dict[str, list[Array]] = {kind: [] for kind in kinds}
    frames, whole = [], []
    said: dict[int, Example] = {}
    for example, answer in zip(examples, answers, strict=True):
        for kind, table in tables.items():
            table.append(answer[kind].astype(np.float64))
        frames.append(int(example["frame"]))
        whole.append(bool(example["whole"]))
        said.setdefault(frames[-1], {k: v for k, v in example.items() if k != "picture"})
    about = np.array(frames), np.array(whole, bool)
    told = {kind: Answers(np.stack(table), *about) for kind, table in tables.items()}
    return told, [said[frame] for frame in sorted(said)]


def pooled(sight: Sight, heads: tuple[Head, ...], training: Training) -> Network:
    """A network that answers frames as a whole."""
    encoder = training.encoder or ENCODER
    return Network(sight.size, sight.channels, heads, encoder, "none", stride=32)


def gently(training: Training, turned: bool) -> Augment:
    """How examples are varied where blur, noise or light may be the very thing to be told.

    Parameters
    ----------
    training
        How strongly.
    turned
        Whether they may be mirrored and turned.
    """
    augment = Augment.gentle()
    if not turned:
        augment = replace(augment, mirror=False, quarter_turns=False)
    return augment.strengthened(training.augment)
