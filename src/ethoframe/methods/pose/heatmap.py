"""Keypoints of one animal, from maps of where each is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import (
    In,
    Kind,
    Learned,
    Memory,
    SequentialMethod,
    Spec,
    Training,
    parameter,
)
from ethoframe.data import (
    Frames,
    Labelled,
    Labels,
    Noun,
    Recording,
    Refusal,
    Skeleton,
    Tracks,
)
from ethoframe.methods.pose._examples import Judging, PoseExamples
from ethoframe.methods.pose._eye import Eye, Reading
from ethoframe.methods.pose._look import LAG, Look, middles
from ethoframe.methods.pose._shape import Shape
from ethoframe.methods.pose._views import Views
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import ENCODER, Head, Network


@dataclass(frozen=True)
class Heatmap(Learned, SequentialMethod):
    """Finds the keypoints of one animal, as it was taught by labelled frames.

    The network sees a window around the animal at full resolution. Where the animal is, is told by
    its silhouette where one is given (`animal`, as of `segment/silhouette`), else by the frames
    before, else by the same network looking at the whole picture made small. Each keypoint has one
    map, a distribution over the places of the window; it is read as the mean around the map's peak,
    finer than a pixel. Confidence is how much of the map lies around its peak, times how probable
    it is that the keypoint is in the window at all. Keypoints below `sure` keep their place, which
    is a guess; a frame in which nothing is sure is not followed up.

    References
    ----------
    Maps of keypoints: Tompson et al., NeurIPS 2014; Mathis et al., Nature Neuroscience 21 (2018),
    1281-1289. Reading them as an expectation: Nibali et al., arXiv:1801.07372.
    """

    sure: float = parameter(
        0.3,
        unit="1",
        says="confidence from which a keypoint is taken to be seen",
        low=0.0,
        high=1.0,
    )
    search_s: float = parameter(
        0.2, unit="s", says="after a search in vain, how long until the next", low=0.0
    )
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)
    stride: int = parameter(
        4, says="pixels of the window for one place of a map", low=2, high=16, fixed="fit"
    )
    width: int = parameter(32, says="channels of the finest map", low=8, high=256, fixed="fit")

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING),
        "animal": In(Kind.LABELMAP, per="frame", optional=True),
    }
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"
    learns = Tracks

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Windows around the labelled animals, and maps of their keypoints."""
        skeleton = _skeleton_of(self.name(), labels)
        taught, kept, split = parted(labels, training)
        index = skeleton.keypoints.index
        pairs = [(index(left), index(right)) for left, right in skeleton.mirrored]
        examples = PoseExamples(taught, _views_of(taught), self.stride, _varied(training), pairs)
        apart = PoseExamples(kept, examples.views, self.stride, Augment.none(), pairs)
        count, side = len(skeleton.keypoints), examples.views.side
        network = Network(
            (side, side),
            1,
            (Head("heatmap", count), Head("visible", count)),
            training.encoder or ENCODER,
            "unet",
            self.stride,
            self.width,
        )
        shape = Shape.of([examples.points(row) for row in range(len(examples))])
        told = {
            "split": split.to_json(),
            "split_says": split.says,
            "skeleton": {
                "keypoints": list(skeleton.keypoints),
                "edges": [list(edge) for edge in skeleton.edges],
                "mirrored": [list(pair) for pair in skeleton.mirrored],
            },
            "views": examples.views.to_json(),
            "shape": shape.to_json() if shape else None,
        }
        judging = Judging(Reading(self.stride, shape), examples.views, skeleton.keypoints)
        weights = {"visible": 0.2}
        return Lesson(network, examples, apart, judging, weights, told=told, settle=judging.settle)

    def outline(self, **specs: Spec) -> Spec:
        """Positions (time, 2, keypoint, 1) in px."""
        model = model_of(self)
        axes = ("time", "space", "keypoint", "individual")
        names = tuple(model.card["skeleton"]["keypoints"])
        shape = specs["recording"].shape[0], 2, len(names), 1
        step_s = specs["recording"].step_s
        return Spec(Kind.TRACKS, axes, shape, "float64", "px", names, step_s=step_s)

    def start(self, **specs: Spec) -> Memory:
        """Nothing is known of where the animal is."""
        return {"places": [None] * LAG, "sought_s": -np.inf}

    def step(self, batch: Frames, memory: Memory, **side: Any) -> tuple[Tracks | None, Memory]:
        """Keypoints of each frame of the batch."""
        if len(batch) == 0:
            return None, memory
        look = Look.at(Eye.of(model_of(self), self.backend), batch, self.sure, self.search_s)
        if "animal" in side:
            places = middles(side["animal"], batch.numbers)
            return look.tracks(look.seen(list(range(len(batch))), places)), memory
        found, places, sought_s = [], list(memory["places"]), memory["sought_s"]
        for first in range(0, len(batch), LAG):
            wave = list(range(first, min(first + LAG, len(batch))))
            wave_found, sought_s = look.followed(wave, places[: len(wave)], sought_s)
            found += wave_found
            places = places[len(wave) :] + [each.place for each in wave_found]
        return look.tracks(found), {"places": places, "sought_s": sought_s}

    def finish(self, memory: Memory, **side: Any) -> None:
        """Every frame was answered when it came."""

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A dark ellipse that walks across the floor."""
        return {"recording": _film()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """Two ends of an ellipse, labelled in each frame."""
        film, tracks = _film()
        return Labels((Labelled(film, tracks),), Skeleton.of(tracks.keypoints))


def _skeleton_of(who: str, labels: Labels) -> Skeleton:
    """The keypoints of the labels.

    Raises
    ------
    Refusal
        When they are no keypoints, of several animals, or none was ever placed.
    """
    if not len(labels) or labels.gives is not Tracks:
        raise Refusal(
            who, "these labels are no keypoints", "name labels of DeepLabCut, SLEAP or COCO"
        )
    said = [part.said for part in labels.parts if isinstance(part.said, Tracks)]
    if any(len(tracks.individuals) > 1 for tracks in said):
        reason = "the labels are of several animals in one picture"
        raise Refusal(who, reason, "it follows one animal: choose labels of one")
    names = said[0].keypoints
    if any(tracks.keypoints != names for tracks in said):
        raise Refusal(who, "the films are labelled with other keypoints", "use one set of names")
    seen = np.concatenate([np.isfinite(tracks.position[:, :, :, 0]).all(axis=1) for tracks in said])
    if not seen.any():
        raise Refusal(who, "no keypoint is placed in any frame", "label some")
    never = [name for name, column in zip(names, seen.T, strict=True) if not column.any()]
    if never:
        reason = f"nobody ever placed {', '.join(never)}"
        raise Refusal(who, reason, "place it in some frames, or take it out of the labels")
    return labels.skeleton or Skeleton.of(names)


def _views_of(labels: Labels) -> Views:
    points = [
        tracks.position[row, :, :, 0].T
        for tracks in (part.said for part in labels.parts)
        if isinstance(tracks, Tracks)
        for row in range(len(tracks))
    ]
    return Views.of(points)


def _varied(training: Training) -> Augment:
    return Augment.animal().strengthened(training.augment)


def _film() -> tuple[Recording, Tracks]:
    """A dark ellipse on a bright floor, and its ends."""
    import cv2

    count, ends = 8, []
    pixels = np.full((count, 160, 192, 1), 200, np.uint8)
    for t in range(count):
        x, y, angle = 60.0 + 8 * t, 80.0 + 3 * t, 20.0 * t
        cv2.ellipse(pixels[t], ((x, y), (44, 18), angle), 40, -1)
        ahead = 22 * np.array([np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))])
        ends.append(np.array([x, y]) + np.array([ahead, -ahead]))
    film = Recording.of(pixels)
    position = np.moveaxis(np.stack(ends), 1, 2)[..., None]
    tracks = Tracks(
        position, np.ones((count, 2, 1)), np.arange(count), film.times_s, ("front", "back")
    )
    return film, tracks
