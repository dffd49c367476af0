"""Several scenes in one picture, as one camera above several floors sees them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ethoframe.data import Arenas, Recording, Tracks, Transform
from ethoframe.data.noun import Array
from ethoframe.testing.scenes.picture import Sensor
from ethoframe.testing.scenes.scene import KEYFRAME_EVERY, Scene

GAP_LEVEL = 22.0  # gray level of the dark shelf between the floors

_ROWS, _COLUMNS = {1: ("",), 2: ("top", "bottom")}, {1: ("",), 2: ("left", "right")}


@dataclass(frozen=True)
class Rack:
    """Scenes on a grid, one animal each, filmed together.

    Parameters
    ----------
    name
        How its recording is called.
    scenes
        In the order they are read, row by row; of the same size, rate and duration, and none of
        them with dropped frames: one camera films all. A hand ends where its scene does.
    columns
        How many stand side by side.
    gap_px
        Between scenes, and around them.

    Examples
    --------
    >>> one = Scene(size=(120, 120), duration_s=1.0)
    >>> rack = Rack("pair", (one, replace(one, seed=1)), columns=2)
    >>> rack.names, rack.image(0).shape, rack.truth("right").at("centroid").shape
    (('left', 'right'), (152, 288), (30, 2))
    """

    name: str
    scenes: tuple[Scene, ...]
    columns: int
    gap_px: int = 16

    def __post_init__(self) -> None:
        alike = {(scene.size, scene.rate, scene.duration_s) for scene in self.scenes}
        if len(alike) != 1 or any(scene.dropped for scene in self.scenes):
            raise ValueError("scenes of a rack need one size, rate and duration, and every frame")
        if len(self.scenes) % self.columns:
            raise ValueError("the scenes of a rack must fill its rows")

    def __len__(self) -> int:
        return len(self.scenes[0])

    @property
    def rate(self) -> float:
        """Frames per second."""
        return self.scenes[0].rate

    @property
    def duration_s(self) -> float:
        """Length of the video."""
        return self.scenes[0].duration_s

    @property
    def times_s(self) -> Array:
        """Seconds of every frame ``(t,)``."""
        return self.scenes[0].times_s

    @property
    def size(self) -> tuple[int, int]:
        """Of the picture ``(y, x)`` in pixels."""
        (height, width), gap = self.scenes[0].size, self.gap_px
        rows = len(self.scenes) // self.columns
        return rows * (height + gap) + gap, self.columns * (width + gap) + gap

    @property
    def names(self) -> tuple[str, ...]:
        """Of the arenas, row by row: left, right; top left ...; beyond 2 × 2, by row and column."""
        rows = len(self.scenes) // self.columns
        down = _ROWS.get(rows) or tuple(f"row {n + 1}" for n in range(rows))
        across = _COLUMNS.get(self.columns) or tuple(f"{n + 1}" for n in range(self.columns))
        return tuple(f"{row} {column}".strip() or "arena" for row in down for column in across)

    def __getitem__(self, name: str) -> Scene:
        """The scene called `name`; KeyError when there is none."""
        return dict(zip(self.names, self.scenes, strict=True))[name]

    def arenas(self) -> Arenas:
        """The true floors, in px of the whole picture."""
        return Arenas(
            tuple(
                replace(self[name].arena().mapped(self._place(name)), name=name)
                for name in self.names
            )
        )

    def truth(self, name: str) -> Tracks:
        """Where the animal of one arena is, in px of the whole picture; NaN while hidden."""
        return self[name].truth().mapped(self._place(name))

    def distance_mm(self, name: str) -> float:
        """As `Scene.distance_mm`."""
        return self[name].distance_mm()

    def seconds_in_centre(self, name: str) -> float:
        """As `Scene.seconds_in_centre`."""
        return self[name].seconds_in_centre()

    def trial_start_s(self, name: str) -> float:
        """As `Scene.trial_start_s`."""
        return self[name].trial_start_s

    def image(self, number: int) -> Array:
        """The picture ``(y, x)`` uint8 of one frame."""
        picture = self._shelf.exposed(np.full(self.size, GAP_LEVEL, np.float32), 1.0, number)
        for name, scene in zip(self.names, self.scenes, strict=True):
            left, top = self._corner(name)
            picture[top : top + scene.size[0], left : left + scene.size[1]] = scene.image(number)
        return picture

    def images(self) -> Iterator[Array]:
        """All pictures ``(y, x)`` in order."""
        return map(self.image, range(len(self)))

    def recording(self) -> Recording:
        """The video as methods take it, drawn when its frames are asked for."""
        return Recording(
            name=self.name,
            source=_Drawn(self),
            times_s=self.times_s,
            size=self.size,
            dtype=np.dtype(np.uint8),
            identity=hashlib.sha256(repr(self).encode()).hexdigest(),
            keyframes=np.arange(0, len(self), KEYFRAME_EVERY),
            facts={"container": "rendered scenes", "rate": self.rate},
        )

    @cached_property
    def _shelf(self) -> Sensor:
        first = self.scenes[0]
        return Sensor(first.noise_level, self.size[0] * self.size[1], first.seed)

    def _corner(self, name: str) -> tuple[int, int]:
        """Column and row of a scene's first pixel."""
        row, column = divmod(self.names.index(name), self.columns)
        height, width = self.scenes[0].size
        return self.gap_px + column * (width + self.gap_px), self.gap_px + row * (
            height + self.gap_px
        )

    def _place(self, name: str) -> Transform:
        left, top = self._corner(name)
        return Transform(np.array([[1, 0, left], [0, 1, top], [0, 0, 1]]), "px", "px")


@dataclass(frozen=True)
class _Drawn:
    """Gives a recording its pixels."""

    rack: Rack

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``(y, x, 1)`` with its number."""
        for number in numbers:
            yield int(number), self.rack.image(int(number))[:, :, None]
