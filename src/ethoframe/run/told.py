"""How far a run is, told while it goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ethoframe.data import Recording, Source
from ethoframe.data.noun import Array

Told = Callable[[str, int, int], None]
"""What a run tells of its progress: what it does, frames done, frames in all (0: not counted)."""


@dataclass(frozen=True)
class Watched:
    """A source that tells how far a reading of all its frames has come.

    Parameters
    ----------
    inner
        Where the frames come from.
    task
        What they are read for.
    count
        How many there are.
    told
        Whom to tell.
    """

    inner: Source
    task: str
    count: int
    told: Told

    @classmethod
    def of(cls, recording: Recording, task: str, told: Told | None) -> Recording:
        """The recording with such a source; as it is when nobody listens."""
        if told is None:
            return recording
        told(task, 0, 0)
        return replace(recording, source=cls(recording.source, task, len(recording), told))

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number."""
        for done, (number, image) in enumerate(self.inner.images(numbers)):
            if len(numbers) == self.count:
                self.told(self.task, done, self.count)
            yield number, image
