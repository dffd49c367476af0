"""A learned method that is taught and applied in no time, and labels for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ethoframe import formats
from ethoframe.data import Recording

DOTS = '''
"""The brightest place of each picture."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Learned, Spec, parameter
from ethoframe.data import Labelled, Labels, Recording, Skeleton, Tracks
from ethoframe.nets.lesson import Lesson, parted
from ethoframe.nets.model import model_of
from ethoframe.nets.network import Head, Network


@dataclass(frozen=True)
class Dots(Learned, FrameMethod):
    """Finds the `brightest` place."""

    sure: float = parameter(0.6, unit="1", says="confidence of what is seen", low=0, high=1)
    gain: float = parameter(1.0, says="factor of confidence", low=0)
    away_px: float = parameter(0.0, unit="px", says="how far off it is", fixed="fit")

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"
    learns = Tracks

    def lesson(self, labels, training):
        taught, kept, split = parted(labels, training)
        network = Network((32, 32), 1, (Head("values", 2),), decoder="none", stride=32)
        told = {"split": split.to_json(), "split_says": split.says}
        told["skeleton"] = {"keypoints": list(labels.skeleton.keypoints), "edges": []}
        return Lesson(network, Seen(taught), Seen(kept), judge, told=told, batch=2)

    def outline(self, **specs):
        axes = ("time", "space", "keypoint", "individual")
        names = tuple(model_of(self).card["skeleton"]["keypoints"])
        shape = specs["recording"].shape[0], 2, len(names), 1
        step_s = specs["recording"].step_s
        return Spec(Kind.TRACKS, axes, shape, "float64", "px", names, step_s=step_s)

    def apply(self, batch, **side):
        model = model_of(self)
        names = tuple(model.card["skeleton"]["keypoints"])
        flat = batch.pixels[..., 0].reshape(len(batch), -1)
        y, x = np.divmod(flat.argmax(axis=1), batch.pixels.shape[2])
        places = np.stack([x, y], axis=1) + self.away_px
        position = np.repeat(places[:, :, None, None], len(names), axis=2).astype(np.float64)
        sure = np.minimum(1, self.gain * flat.max(axis=1) / 255)
        sure = np.repeat(sure[:, None, None], len(names), axis=1)
        return Tracks(position, sure, batch.numbers, batch.times_s, names)

    @classmethod
    def example(cls):
        return {"recording": Recording.of(np.zeros((1, 32, 32, 1), np.uint8))}

    @classmethod
    def sample(cls):
        film = Recording.of(np.zeros((4, 32, 32, 1), np.uint8))
        tracks = Tracks.of(np.ones((4, 2)), film.times_s, "dot")
        return Labels((Labelled(film, tracks),), Skeleton.of(["dot"]))


class Seen:
    def __init__(self, labels):
        self.rows = list(labels.rows())

    def __len__(self):
        return len(self.rows)

    def example(self, index, chance):
        part, row = self.rows[index]
        frames = part.recording.frames([int(part.said.numbers[row])])
        picture = frames.pixels[0, :32, :32, 0][None].astype(np.float32) / 255
        values = part.said.position[row, :, 0, 0].astype(np.float32) / 32
        return {"picture": picture, "values": values}


def judge(examples, answers):
    pairs = zip(examples, answers, strict=True)
    far = [32 * np.hypot(*(example["values"] - told["values"])) for example, told in pairs]
    return {"mean_px": float(np.mean(far))}
'''
"""A method that is taught and applied in no time."""


def dotted(path: Path, *places: tuple[int, int], level: int = 255) -> Path:
    """A picture, or a film, with a bright dot at each place; x and y."""
    pixels = np.zeros((len(places), 40, 48, 1), np.uint8)
    for t, (x, y) in enumerate(places):
        pixels[t, y, x] = level
    path.parent.mkdir(parents=True, exist_ok=True)
    formats.write(Recording.of(pixels, 10.0), path)
    return path


def project(folder: Path, **films: list[tuple[int, float, float]]) -> Path:
    """A DeepLabCut project: of each film the pictures with number, x and y of two keypoints."""
    (folder / "labeled-data").mkdir(parents=True)
    lines = "scorer,AB,AB,AB,AB\nbodyparts,left,left,right,right\ncoords,x,y,x,y\n"
    config = "Task: t\nscorer: AB\nbodyparts:\n- left\n- right\nvideo_sets: {}\n"
    (folder / "config.yaml").write_text(config, encoding="utf-8")
    for film, rows in films.items():
        place = folder / "labeled-data" / film
        for number, x, y in rows:
            dotted(place / f"img{number:03d}.png", (round(x), round(y)))
        told = [f"labeled-data/{film}/img{n:03d}.png,{x},{y},{x},{y}" for n, x, y in rows]
        table = lines + "\n".join(told) + "\n"
        (place / "CollectedData_AB.csv").write_text(table, encoding="utf-8")
    return folder
