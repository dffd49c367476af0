"""What people said of some frames: it teaches methods, and answers are compared with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ethoframe.data.classes import Classes
from ethoframe.data.episodes import Episodes
from ethoframe.data.labelmap import LabelMap
from ethoframe.data.noun import Array, Noun, Timed, frozen
from ethoframe.data.points import Points
from ethoframe.data.recording import Recording
from ethoframe.data.skeleton import Skeleton
from ethoframe.data.tracks import Tracks
from ethoframe.data.values import Values

Said = Tracks | LabelMap | Points | Classes | Values | Episodes

VISIBLE, HIDDEN, ABSENT = 1.0, 0.5, 0.0
"""Confidence of a keypoint that a person placed, placed although hidden, or did not place."""


@dataclass(frozen=True, eq=False)
class Labelled(Noun):
    """One recording, and what somebody said of some of its frames.

    Parameters
    ----------
    recording
        Where the pixels are.
    said
        What was said. Its `numbers` are those of the recording's frames; `Episodes` are on the
        recording's clock. Keypoints are `Tracks` whose confidence is `VISIBLE`, `HIDDEN` or
        `ABSENT` (position NaN).
    files
        Which file each frame of `said` came from, where each had one of its own.
    origin
        Number of each frame of `said` in the film that it was taken from ``(n,)``: frames with
        near numbers are alike. As `said.numbers` when left out.
    film
        What the film is called that the frames were taken from; as the recording when left out.
    subject
        Which animal or sample; empty where nobody knows.
    author
        Who said it.
    tracks
        Where the animals of the recording are, for what is taught by tracks; None where that is not
        known.
    """

    recording: Recording
    said: Said
    files: tuple[str, ...] = ()
    origin: Array = field(default_factory=lambda: np.zeros(0, np.int64))
    film: str = ""
    subject: str = ""
    author: str = ""
    tracks: Tracks | None = None

    def __post_init__(self) -> None:
        if isinstance(self.said, Timed):
            origin = self.origin if len(self.origin) else self.said.numbers
            object.__setattr__(self, "origin", frozen(origin, np.int64))
            if len(self.origin) != len(self.said):
                raise ValueError("each frame needs its number in the film")
            if self.files and len(self.files) != len(self.said):
                raise ValueError("each frame needs its file, or none has one")
        if not self.film:
            object.__setattr__(self, "film", self.recording.name)

    def __len__(self) -> int:
        """How many frames something is said of; episodes are of any number of frames."""
        return len(self.said) if isinstance(self.said, Timed) else len(self.recording)

    def take(self, index: Any) -> Labelled:
        """What is said of the frames at `index` (a slice, mask or integers into `said`)."""
        if not isinstance(self.said, Timed):
            raise TypeError("episodes are taken by time, not by frame")
        chosen = np.arange(len(self))[index]
        files = tuple(self.files[i] for i in chosen) if self.files else ()
        return replace(self, said=self.said.take(chosen), files=files, origin=self.origin[chosen])


@dataclass(frozen=True, eq=False)
class Labels(Noun):
    """What people said of frames of one or more recordings.

    Parameters
    ----------
    parts
        One for each recording; all say the same kind of thing.
    skeleton
        Of keypoints; None for other labels.
    warnings
        What a person should know before trusting them, one line each.

    Examples
    --------
    >>> film = Recording.of(np.zeros((3, 4, 6, 1), np.uint8))
    >>> labels = Labels((Labelled(film, Classes.said(["a", "b", "a"], ["a", "b"])),))
    >>> len(labels), len(labels.take([0, 2]))
    (3, 2)
    """

    parts: tuple[Labelled, ...]
    skeleton: Skeleton | None = None
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len({type(part.said) for part in self.parts}) > 1:
            raise ValueError("labels of different kinds are labels of different things")

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    @property
    def gives(self) -> type[Noun]:
        """What kind of thing is said.

        Raises
        ------
        ValueError
            When nothing is said.
        """
        if not self.parts:
            raise ValueError("nothing is said of anything")
        return type(self.parts[0].said)

    def rows(self) -> Iterator[tuple[Labelled, int]]:
        """Each labelled frame as its part and its index in it, in order."""
        for part in self.parts:
            for index in range(len(part)):
                yield part, index

    def take(self, index: Any) -> Labels:
        """Those at `index` (a slice, mask or integers into `rows`), in their order."""
        chosen = np.zeros(len(self), bool)
        chosen[index] = True
        parts, first = [], 0
        for part in self.parts:
            own = chosen[first : first + len(part)]
            if own.any():
                parts.append(part.take(own))
            first += len(part)
        return replace(self, parts=tuple(parts))

    def columns(self, names: Sequence[str] = ("film", "subject")) -> dict[str, list[str]]:
        """Of each labelled frame, what its part is called by these names."""
        return {name: [getattr(part, name) for part, _ in self.rows()] for name in names}

    @property
    def origin(self) -> Array:
        """The number of each labelled frame in the film it was taken from ``(n,)``."""
        empty = np.zeros(0, np.int64)
        return np.concatenate([empty, *(part.origin for part in self.parts)])
