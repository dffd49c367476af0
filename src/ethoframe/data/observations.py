"""What several people, or methods, saw in several recordings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ethoframe.data.episodes import Episodes
from ethoframe.data.noun import Noun


@dataclass(frozen=True, eq=False)
class Observed(Noun):
    """What one author saw in one recording.

    Parameters
    ----------
    recording
        Name of the recording, without its folder and ending.
    episodes
        What was seen; its `author` is who saw it.
    guessed
        What a reader filled in because nobody says it: ``"recording"``, called after its file, and
        ``"support"``, from 0 s to the last end in it. Who has several files may know better. What
        differs in this alone is equal.
    """

    recording: str
    episodes: Episodes
    guessed: tuple[str, ...] = ()

    def canonical(self) -> dict[str, object]:
        """What was seen, and not how much of it a reader filled in."""
        return {name: held for name, held in super().canonical().items() if name != "guessed"}

    @property
    def author(self) -> str:
        """Who saw it."""
        return self.episodes.author


@dataclass(frozen=True, eq=False)
class Observations(Noun):
    """Episodes by recording and author, whether or not the recordings themselves are at hand.

    Parameters
    ----------
    parts
        What each author saw in each recording; an author may have seen a recording twice.
    warnings
        What to know before trusting them, a line each.

    Examples
    --------
    >>> import numpy as np
    >>> rear = Episodes.of("rear", np.array([[1.0, 2.0]]), np.array([[0.0, 9.0]]), "AB")
    >>> seen = Observations((Observed("m1", rear),))
    >>> seen.authors, seen.recordings, seen.labels
    (('AB',), ('m1',), ('rear',))
    """

    parts: tuple[Observed, ...] = ()
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.parts)

    def __iter__(self) -> Iterator[Observed]:
        return iter(self.parts)

    @property
    def authors(self) -> tuple[str, ...]:
        """Who saw anything, each once."""
        return tuple(dict.fromkeys(part.author for part in self.parts))

    @property
    def recordings(self) -> tuple[str, ...]:
        """In which recordings, each once."""
        return tuple(dict.fromkeys(part.recording for part in self.parts))

    @property
    def labels(self) -> tuple[str, ...]:
        """What was seen, each once."""
        return tuple(dict.fromkeys(word for part in self.parts for word in part.episodes.labels))

    def of(self, recording: str) -> tuple[Episodes, ...]:
        """What each author saw in this recording, in their order."""
        return tuple(part.episodes for part in self.parts if part.recording == recording)
