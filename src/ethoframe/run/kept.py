"""Frames that several steps look at, decoded once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ethoframe.data import Recording, Source
from ethoframe.data.noun import Array

KEPT_BYTES = 64_000_000


class Kept:
    """A source that keeps the frames of the last bounded visit for the next that asks for the same.

    Parameters
    ----------
    inner
        Where the frames come from.
    most
        How many frames are kept at most; a visit of more keeps none.
    """

    def __init__(self, inner: Source, most: int) -> None:
        self.inner = inner
        self.most = most
        self.numbers: tuple[int, ...] = ()
        self.held: list[tuple[int, Array]] = []

    @classmethod
    def of(cls, recording: Recording) -> Recording:
        """The recording with such a source."""
        most = KEPT_BYTES // max(1, recording.frame_bytes)
        return replace(recording, source=cls(recording.source, most))

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number, from memory if these very frames were asked for last."""
        wanted = tuple(numbers) if len(numbers) <= self.most else ()
        if wanted and wanted == self.numbers:
            yield from self.held
            return
        self.numbers, self.held = (), []
        held = []
        for number, image in self.inner.images(numbers):
            if wanted:
                held.append((number, image.copy()))
                # Once all are there, for a visit may be given up; but whoever has the last frame
                # does not ask whether there is another.
                if number == wanted[-1]:
                    self.numbers, self.held = wanted, held
            yield number, image
        self.numbers, self.held = wanted, held
