"""Pictures and places where a knocked camera is put right, and back again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.contract import catalog
from ethoframe.data import Noun, Recording, Source, Tracks, Values
from ethoframe.data.noun import Array

STEADY = "enhance/steady"


def steadied(recording: Recording, camera: Noun | None) -> Recording:
    """The recording as the recipe saw it, so that what was found is drawn where it was found."""
    if not _moved(camera):
        return recording
    return replace(recording, source=_Steadied(recording, recording.source, camera))


def as_filmed(tracks: Tracks, camera: Noun | None) -> Tracks:
    """Tracks in px of the pictures as they are, before and after a knock."""
    if not isinstance(camera, Values) or not _moved(camera):
        return tracks
    late = tracks.times_s >= camera["moved"]
    step = np.array([round(camera[name]) for name in ("across", "down")], np.float64)
    return replace(
        tracks, position=tracks.position + np.multiply.outer(late, step)[..., None, None]
    )


def _moved(camera: Noun | None) -> bool:
    known = isinstance(camera, Values) and "across" in camera.names
    return known and bool(np.isfinite(camera["moved"]))  # type: ignore[index]


@dataclass(frozen=True, eq=False)
class _Steadied:
    """A source whose pictures are moved back."""

    recording: Recording
    inner: Source
    camera: Noun | None

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame with its number."""
        steady = catalog.find(STEADY)()
        watched = replace(self.recording, source=self.inner)
        for frames in watched.batches(numbers, 1):
            seen = steady.apply(frames, camera=self.camera)  # type: ignore[attr-defined]
            yield int(frames.numbers[0]), seen.pixels[0]
