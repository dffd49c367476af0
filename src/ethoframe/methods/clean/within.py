"""Only what belongs to the trial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Episodes, Noun, Tracks


@dataclass(frozen=True)
class Within(WholeMethod):
    """The frames of the tracks that lie within the episodes of one label.

    A frame belongs to an episode when start ≤ time < stop. Times stay those of the recording's own
    clock. Without any such episode the answer has no frames.

    References
    ----------
    ethoframe's own.
    """

    label: str = parameter("trial", says="which episodes to keep")

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "episodes": In(Kind.EPISODES),
    }
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks, of as many frames as only the episodes can tell."""
        tracks = specs["tracks"]
        return replace(tracks, shape=(None, *tracks.shape[1:]))

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks, cut."""
        tracks: Tracks = inputs["tracks"]
        episodes: Episodes = inputs["episodes"]
        return tracks.take(episodes.covers(self.label, tracks.times_s))

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk of two seconds, of which the middle one is the trial."""
        t = np.arange(60) / 30
        tracks = Tracks.of(np.stack([100 * t, 50 * t], axis=1), t)
        trial = Episodes.of("trial", np.array([[0.5, 1.5]]), np.array([[0.0, 2.0]]))
        return {"tracks": tracks, "episodes": trial}
