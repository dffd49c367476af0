"""What a person corrected, put into the tracks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod
from ethoframe.data import Correction, Corrections, Noun, Refusal, Tracks

ENDS = ("head_end", "tail_end")


@dataclass(frozen=True)
class Corrected(WholeMethod):
    """Tracks as a person says they are; without corrections they stay as they were.

    Corrections are made one after the other:

    * *ignore*: in its frames nothing was found: positions and features are NaN, confidence is 0;
    * *point*: in each of its frames the keypoint of the first individual is where the person says,
      with confidence 1;
    * *swap ends*: in its frames head and tail end change places; a person who says so is sure, so
      the confidence of both is 1 where they were found.

    The ends of a correction are taken to the nearest frame: times that were copied from a page are
    rounded. A correction of a time that no frame is near to changes nothing.

    References
    ----------
    ethoframe's own.
    """

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "corrections": In(Kind.CORRECTIONS, optional=True),
    }
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks; points are told in px, so they must be in px."""
        unit = specs["tracks"].unit
        if unit != "px" and "corrections" in specs:
            reason = f"corrections are in px, and the tracks in {unit}"
            raise Refusal(self.name(), reason, "correct tracks before they are put on the floor")
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The corrected tracks."""
        tracks: Tracks = inputs["tracks"]
        corrections: Corrections | None = inputs.get("corrections")
        for row in corrections.rows if corrections is not None else ():
            frames = row.frames(tracks.times_s)
            if frames.stop > frames.start:
                tracks = _MADE[row.what](tracks, row, frames)
        return tracks

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Ends that are the wrong way round, and a thing that was taken for the animal."""
        t = np.arange(60) / 30
        centre, ahead = np.stack([60 * t, 30 * t], axis=1), np.array([5.0, 2.5])
        places = np.stack([centre, centre - ahead, centre + ahead], axis=2)[..., None]
        places[20:30] = np.nan
        places[40:44] += 90.0
        sure = np.isfinite(places).all(axis=1) * 0.75
        area = np.where(np.isfinite(places[:, :1, 0, 0]), 50.0, np.nan)
        tracks = Tracks(
            places, sure, np.arange(60), t, ("centroid", *ENDS), features={"area_px2": area}
        )
        told = (
            Correction(start_s=1.3, stop_s=1.5, what="ignore"),
            Correction(start_s=0.0, stop_s=0.6, what="swap ends"),
        )
        return {"tracks": tracks, "corrections": Corrections(told)}


def _ignored(tracks: Tracks, row: Correction, frames: slice) -> Tracks:
    position, confidence = np.array(tracks.position), np.array(tracks.confidence)
    position[frames], confidence[frames] = np.nan, 0.0
    features = {name: np.array(column) for name, column in tracks.features.items()}
    for column in features.values():
        column[frames] = np.nan
    return replace(tracks, position=position, confidence=confidence, features=features)


def _placed(tracks: Tracks, row: Correction, frames: slice) -> Tracks:
    keypoint = _index(tracks, row.keypoint)
    position, confidence = np.array(tracks.position), np.array(tracks.confidence)
    position[frames, :, keypoint, 0] = row.x_px, row.y_px
    confidence[frames, keypoint, 0] = 1.0
    return replace(tracks, position=position, confidence=confidence)


def _swapped(tracks: Tracks, row: Correction, frames: slice) -> Tracks:
    ends = [_index(tracks, end) for end in ENDS]
    position, confidence = np.array(tracks.position), np.array(tracks.confidence)
    position[frames][:, :, ends] = position[frames][:, :, ends[::-1]]
    found = np.isfinite(position[frames][:, :, ends]).all(axis=1)
    confidence[frames][:, ends] = found.astype(confidence.dtype)
    return replace(tracks, position=position, confidence=confidence)


def _index(tracks: Tracks, keypoint: str) -> int:
    if keypoint not in tracks.keypoints:
        listed = ", ".join(tracks.keypoints)
        raise Refusal(
            Corrected.name(),
            f"the tracks have no point called {keypoint!r}",
            f"name one of {listed}",
        )
    return tracks.keypoints.index(keypoint)


_MADE = {"ignore": _ignored, "point": _placed, "swap ends": _swapped}
