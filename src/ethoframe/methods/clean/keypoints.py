"""The keypoints of a pose, joined to the animal that was followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Refusal, Tracks
from ethoframe.data.noun import Array

BODY = "body"
"""The keypoint that stands for where the animal is, as its keypoints tell."""


@dataclass(frozen=True)
class Keypoints(WholeMethod):
    """Tracks of an animal's silhouette with the keypoints that a pose network found on it.

    The two know of each other what neither knows alone: a keypoint that is not sure, or lies
    further from the silhouette's centroid than an animal can reach, is taken to be not seen (NaN,
    confidence 0); nor is any where there is no silhouette. *body* is the mean of the keypoints of a
    frame, where at least half of them are seen; or one keypoint, where `centre` names it. Frames
    that the pose has no answer to hold no keypoints.

    References
    ----------
    ethoframe's own.
    """

    sure: float = parameter(
        0.5, unit="1", says="confidence from which a keypoint counts as seen", low=0.0, high=1.0
    )
    reach_bl: float = parameter(
        1.5, unit="bl", says="no keypoint is so many body lengths away from the centroid", low=0.1
    )
    centre: str = parameter("", says="keypoint that body is; empty takes the mean of all")

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "pose": In(Kind.TRACKS),
    }
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The tracks with more keypoints."""
        tracks, pose = specs["tracks"], specs["pose"]
        names = (*tracks.names, *self._joined(tracks.names, pose.names), BODY)
        count, space, _, individuals = tracks.shape
        return replace(tracks, shape=(count, space, len(names), individuals), names=names)

    def apply(self, **inputs: Any) -> Tracks:
        """Both in one."""
        tracks: Tracks = inputs["tracks"]
        pose: Tracks = inputs["pose"]
        names = self._joined(tracks.keypoints, pose.keypoints)
        found, sure = self._seen(tracks, pose)
        centre, certain = self._body(found, sure, names)
        position = np.concatenate([tracks.position[:, :, :, :1], found, centre], axis=2)
        confidence = np.concatenate([tracks.confidence[:, :, :1], sure, certain], axis=1)
        keypoints = (*tracks.keypoints, *names, BODY)
        return replace(tracks, position=position, confidence=confidence, keypoints=keypoints)

    def _joined(self, own: tuple[str, ...], names: tuple[str, ...]) -> tuple[str, ...]:
        """Names of the pose's keypoints, none of which may be there already."""
        if same := sorted({*own, BODY} & set(names)):
            reason = f"silhouette and pose both have a keypoint {same[0]!r}"
            raise Refusal(self.name(), reason, "give the pose's another name, and fit again")
        if self.centre and self.centre not in names:
            reason = f"the pose has no keypoint {self.centre!r}"
            raise Refusal(self.name(), reason, f"it has: {', '.join(names)}")
        return names

    def _seen(self, tracks: Tracks, pose: Tracks) -> tuple[Array, Array]:
        """Places and confidence of the pose's keypoints on the tracks' frames, NaN if not seen."""
        at = np.searchsorted(pose.numbers, tracks.numbers)
        at = np.minimum(at, max(0, len(pose) - 1))
        if not len(pose):
            shape = len(tracks), 2, len(pose.keypoints), 1
            return np.full(shape, np.nan), np.zeros((shape[0], shape[2], 1))
        there = pose.numbers[at] == tracks.numbers
        found = np.where(there[:, None, None, None], pose.position[at][..., :1], np.nan)
        sure = np.where(there[:, None, None], pose.confidence[at][..., :1], 0.0)
        away = found - tracks.at("centroid")[:, :, None, None]
        near = np.hypot(away[:, 0], away[:, 1]) <= self.reach_bl * tracks.body_length_px
        lost: Array = ~near | (sure < self.sure)
        return np.where(lost[:, None], np.nan, found), np.where(lost, 0.0, sure)

    def _body(self, found: Array, sure: Array, names: tuple[str, ...]) -> tuple[Array, Array]:
        if self.centre:
            k = names.index(self.centre)
            return found[:, :, [k]], sure[:, [k]]
        seen = np.asarray(np.isfinite(found).all(axis=1))
        count = seen.sum(axis=1)
        enough = count * 2 >= max(1, len(names))
        total = np.where(seen[:, None], found, 0.0).sum(axis=2)
        mean = np.where(enough[:, None], total / np.maximum(count, 1)[:, None], np.nan)
        certain = np.where(enough, sure.sum(axis=1) / np.maximum(count, 1), 0.0)
        return mean[:, :, None], certain[:, None]

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk, and a nose that is lost for a while and once seen far away."""
        t = np.arange(60) / 30
        walk = Tracks.of(np.stack([100 + 30 * t, 80 + 10 * t], axis=1), t)
        length = np.full((60, 1), 40.0)
        ends = np.array([[18.0, 2.0], [-15.0, -3.0]])
        nose = np.stack([walk.at("centroid") + end for end in ends], axis=2)
        nose[20, :, 0] += 300.0
        confidence = np.full((60, 2, 1), 0.9)
        confidence[30:40] = 0.1
        pose = Tracks(nose[..., None], confidence, walk.numbers, t, ("nose", "tail_base"))
        return {"tracks": replace(walk, features={"major_px": length}), "pose": pose}
