"""What a fitted model answers to the frames that people labelled."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Learned, SequentialMethod, catalog
from ethoframe.contract.channels import LUMA, levels_of
from ethoframe.contract.spec import spec_of
from ethoframe.data import Frames, Labelled, LabelMap, Labels, Recording, Refusal
from ethoframe.data.labels import Said
from ethoframe.data.noun import Array, Timed
from ethoframe.nets.model import Model, opened
from ethoframe.report.wording import plain
from ethoframe.run.fitting import fitted
from ethoframe.score.split import Split
from ethoframe.score.suspects import small

MOST = 400
"""Labelled frames that are answered of those kept apart, and as many of those taught."""

NAMED = 40
"""Letters of a name that are shown."""

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Row:
    """One labelled frame and what the model answers.

    Parameters
    ----------
    part, index
        Which of the labels.
    said, answer
        What the person and what the model says, of this frame alone.
    apart
        Whether the model was never taught it.
    tiny
        The picture, as pictures are compared.
    content
        Hash of its pixels.
    """

    part: Labelled
    index: int
    said: Said
    answer: Timed
    apart: bool
    tiny: Array
    content: str

    @property
    def name(self) -> str:
        """How people find the frame."""
        if self.part.files:
            return plain(Path(self.part.files[self.index].replace("\\", "/")).name, NAMED)
        film = plain(self.part.film, NAMED)
        return film if len(self.part) == 1 else f"{film}, frame {int(self.part.origin[self.index])}"

    def picture(self) -> Array:
        """Its levels for the eye ``(y, x)`` or ``(y, x, 3)``, as they are stored."""
        return seen(frame_of(self.part, self.index), self.part.recording.channels)


@dataclass(frozen=True)
class Answers:
    """A model and its answers to labelled frames.

    Parameters
    ----------
    model
        Which.
    method
        With its weights.
    labels
        That it was fitted by.
    split
        What of them was kept apart; None where the card does not say.
    rows
        Frames that were answered: some of those taught, and those kept apart.
    others
        How many of the rows are from labels that were not among those of the fit.
    left_out
        Labelled frames that were not answered, as there are many.
    """

    model: Model
    method: Learned
    labels: Labels
    split: Split | None
    rows: tuple[Row, ...]
    others: int = 0
    left_out: int = 0
    judged: Array = field(init=False)

    def __post_init__(self) -> None:
        # Figures are of what was kept apart; of what was taught only where nothing else is there.
        apart = np.array([row.apart for row in self.rows], bool)
        object.__setattr__(self, "judged", apart if apart.any() else np.ones(len(apart), bool))

    @property
    def honest(self) -> bool:
        """Whether figures are of frames that the model was never taught."""
        return any(row.apart for row in self.rows)

    @property
    def apart(self) -> Array:
        """Whether each row was never taught ``(n,)``."""
        return np.array([row.apart for row in self.rows], bool)

    @property
    def films(self) -> list[str]:
        """The film of each row; its subject's name where that is known."""
        return [row.part.subject or row.part.film for row in self.rows]

    @property
    def origin(self) -> Array:
        """The number of each row's frame in its film."""
        return np.array([int(row.part.origin[row.index]) for row in self.rows], np.int64)


def answered(
    folder: Path, labels: Labels, others: Labels | None = None, tell: Tell | None = None
) -> Answers:
    """What the model in a folder answers to the labels that it was fitted by.

    Each frame is answered by itself, as a picture of which nothing is known before.

    Parameters
    ----------
    folder
        Of the model.
    labels
        That it was fitted by.
    others
        Further labels, which it never saw.
    tell
        Told how many frames are done, and of how many.

    Raises
    ------
    Refusal
        When these are not the labels it was fitted by, or a frame cannot be decoded.
    """
    model = opened(folder)
    known = model.card.get("labels", {}).get("fingerprint")
    if known != labels.fingerprint():
        reason = "these are not the labels that this model was fitted by"
        raise Refusal(folder, reason, "name those that fit was given, unchanged")
    method = fitted(model.method, folder)
    told = model.card.get("split")
    split = Split.from_json(told) if isinstance(told, str) else None
    places, left_out = _chosen(labels, split)
    every = list(labels.rows())
    wanted = [(*every[place], apart) for place, apart in places]
    beyond = list(others.rows()) if others is not None else []
    wanted += [(part, index, True) for part, index in beyond[:MOST]]
    rows = []
    for done, (part, index, apart) in enumerate(wanted):
        row = _row(method, part, index, apart)
        rows += [row] if row is not None else []
        if tell:
            tell("answering labelled frames", done + 1, len(wanted))
    left_out += len(beyond[MOST:])
    return Answers(model, method, labels, split, tuple(rows), len(beyond[:MOST]), left_out)


def _chosen(labels: Labels, split: Split | None) -> tuple[list[tuple[int, bool]], int]:
    """Which labelled frames are answered, in order, and whether each was kept apart."""
    taught: Sequence[int] = range(len(labels)) if split is None else split.train.tolist()
    apart: Sequence[int] = [] if split is None else split.validation.tolist()
    chosen = [(i, False) for i in _spread(taught)] + [(i, True) for i in _spread(apart)]
    return sorted(chosen), len(taught) + len(apart) - len(chosen)


def _spread(rows: Sequence[int]) -> list[int]:
    if len(rows) <= MOST:
        return list(rows)
    return [rows[i] for i in np.linspace(0, len(rows) - 1, MOST).round().astype(int)]


def _row(method: Learned, part: Labelled, index: int, apart: bool) -> Row | None:
    """One frame answered; None where labels are of no single frames."""
    if not isinstance(part.said, Timed):
        return None
    number = int(part.said.numbers[index])
    answer = answer_of(method, part.recording, number)
    if answer is None:
        return None
    frame = frame_of(part, index)
    levels = seen(frame, part.recording.channels)
    grey = levels if levels.ndim == 2 else levels.mean(axis=2)
    content = hashlib.sha256(np.ascontiguousarray(frame).tobytes()).hexdigest()
    said = part.said.take([index])
    return Row(part, index, said, answer, apart, small(grey), content)


def answer_of(method: Learned, recording: Recording, number: int) -> Timed | None:
    """What a method says of one frame, looked at by itself; None where it cannot say that."""
    specs = {"recording": spec_of(recording)}
    given: Any
    if isinstance(method, SequentialMethod):
        memory = method.start(**specs)
        given, memory = method.step(recording.frames([number]), memory)
        given = method.finish(memory) if given is None else given
    elif isinstance(method, FrameMethod):
        reach = method.reach(specs["recording"])
        around = range(max(0, number - reach.before), min(len(recording), number + reach.after + 1))
        given = method.apply(recording.frames(list(around)))
    else:
        return None
    if not isinstance(given, Timed):
        return None
    own = np.flatnonzero(given.numbers == number)
    return given.take(own) if len(own) == 1 else None


def frame_of(part: Labelled, index: int) -> Array:
    """Pixels ``(y, x, c)`` of a labelled frame; of a volume those of its middle plane.

    Raises
    ------
    Refusal
        When it cannot be decoded.
    """
    assert isinstance(part.said, Timed)
    frames = part.recording.frames([int(part.said.numbers[index])])
    if not len(frames):
        where = part.files[index] if part.files else part.recording.name
        raise Refusal(where, "this labelled frame cannot be decoded", "copy it again")
    return flat(frames)


def flat(frames: Frames) -> Array:
    """Pixels ``(y, x, c)`` of the first of some frames; of a volume those of its middle plane."""
    pixels: Array = frames.pixels[0]
    return pixels[len(pixels) // 2] if pixels.ndim == 4 else pixels


def seen(pixels: Array, channels: Sequence[str]) -> Array:
    """Levels for the eye ``(y, x)``, or ``(y, x, 3)`` of what has red, green and blue."""
    if set(LUMA) <= set(channels):
        return pixels[..., [list(channels).index(colour) for colour in LUMA]]
    return levels_of(pixels, channels, channels[0])


def method_of(model: Model) -> Learned:
    """The method of a model as it was before it was fitted, with the parameters of the fit."""
    kind: Any = catalog.find(model.method)
    declared = kind.__dataclass_fields__
    given = {k: v for k, v in model.parameters.items() if k in declared and k != "weights"}
    method: Learned = kind().with_parameters(given)
    return method


def plane_of(said: LabelMap) -> Array:
    """Labels ``(y, x)`` of the one frame of a label map; of a volume its middle plane."""
    dense = said.dense()[0]
    return dense[len(dense) // 2] if dense.ndim == 3 else dense
