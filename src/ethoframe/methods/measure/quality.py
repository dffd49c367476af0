"""How far the tracking itself can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Measures, Noun, Tracks
from ethoframe.data.bins import Stretch
from ethoframe.data.noise import scatter
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes, refuse_without, spelled

Told = tuple[str, float, str, str]
"""Quantity, value, unit and definition."""

SURE = 0.95


@dataclass(frozen=True)
class Quality(WholeMethod):
    """Frames lost, jitter while still, time under the noise floor, and how sure the head is.

    Jitter is the scatter of the tracked position about its own straight course in the quietest
    tenth of windows of *window_s*, so an animal that never stands still does not pass for noise.
    The speed that this scatter alone would give from frame to frame is the noise floor. Each
    individual is judged by itself.

    References
    ----------
    ethoframe's own.
    """

    keypoint: str = parameter("body_centre", says="the keypoint, or role, that is judged")
    window_s: float = parameter(
        0.5, unit="s", says="windows in which jitter is looked for", low=0.001
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "4"

    def outline(self, **specs: Spec) -> Spec:
        """Measures; refuses tracks in which nothing has that role."""
        refuse_without(self.name(), specs["tracks"].names, self.keypoint)
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """One row per individual and quantity, for the whole session."""
        tracks: Tracks = inputs["tracks"]
        if len(tracks) == 0:
            return Measures()
        step_s = tracks.step_s if len(tracks) > 1 else 0.0
        session = Stretch(((float(tracks.times_s[0]), float(tracks.times_s[-1]) + step_s),))
        return Measures.joined(
            [self._of_one(one, session).of(individual=one.individuals[0]) for one in tracks.each()]
        )

    def _of_one(self, tracks: Tracks, session: Stretch) -> Measures:
        """The measures of one individual."""
        found = [*self._frames(tracks), *self._noise(tracks), *_head(tracks, self.keypoint)]
        return Measures(
            tuple(
                session.tell(quantity=quantity, value=value, unit=unit, definition=words)
                for quantity, value, unit, words in found
            )
        )

    def _frames(self, tracks: Tracks) -> list[Told]:
        seen = np.isfinite(tracks.place(self.keypoint)).all(axis=1)
        whom, tracked = spelled(self.keypoint, tracks.keypoints), _tracked(tracks, self.keypoint)
        lost = f"frames in which {whom} was not found"
        filled = "frames lost whose position was filled on a straight line over a short gap"
        return [
            ("frames", float(len(tracks)), "frames", "frames that were decoded"),
            ("frames lost", float(np.sum(~tracked)), "frames", lost),
            ("frames filled", float(np.sum(seen & ~tracked)), "frames", filled),
        ]

    def _noise(self, tracks: Tracks) -> list[Told]:
        points, unit = tracks.place(self.keypoint), tracks.unit
        whom = spelled(self.keypoint, tracks.keypoints)
        off, floor_speed = scatter(points, tracks.times_s, self.window_s)
        speed = _speeds(points, tracks.times_s)
        under = 100 * float(np.mean(speed < floor_speed)) if len(speed) else np.nan
        about = (
            f"root mean square distance of {whom} from its straight course, in the quietest tenth "
            f"of the windows of {self.window_s:g} s"
        )
        alone = f"root mean square speed of {whom} that this scatter alone gives, frame to frame"
        slower = f"share of the steps of {whom} that are slower than the noise floor"
        return [
            ("jitter while still", off, unit, about),
            ("noise floor", floor_speed, f"{unit}/s", alone),
            ("time under the noise floor", under, "%", slower),
        ]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """An animal that stands, walks and is lost for a while."""
        random = np.random.default_rng(7)
        t = np.arange(150) / 30
        x = 60 * np.clip(t - 2, 0, None)
        points = np.stack([x, 0.5 * x], axis=1) + random.normal(0, 0.3, (150, 2))
        points[120:130] = np.nan
        tracks = Tracks.of(points, t)
        return {
            "tracks": Tracks(
                tracks.position, tracks.confidence, tracks.numbers, t, ("centroid",), unit="mm"
            )
        }


def _tracked(tracks: Tracks, keypoint: str) -> Array:
    names = [tracks.keypoints.index(name) for name in makes(keypoint, tracks.keypoints)]
    tracked: Array = np.all(tracks.confidence[:, names, 0] > 0, axis=1)
    return tracked


def _head(tracks: Tracks, keypoint: str) -> list[Told]:
    if "head_end" not in tracks.keypoints:
        return []
    tracked = _tracked(tracks, keypoint)
    sure = tracks.confidence[tracked, tracks.keypoints.index("head_end"), 0]
    certain = 100 * float(np.mean(sure > SURE)) if len(sure) else np.nan
    words = f"share of the frames in which the head end is so with a probability over {SURE:g}"
    return [("head end certain", certain, "%", words)]


def _speeds(points: Array, times_s: Array) -> Array:
    if len(points) < 2:
        return np.zeros(0)
    speed = np.hypot(*np.diff(points, axis=0).T) / np.diff(times_s)
    known: Array = speed[np.isfinite(speed)]
    return known
