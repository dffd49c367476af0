"""Marks with identity through time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ethoframe.data.noun import Array, Timed, frozen
from ethoframe.data.refusal import Refusal
from ethoframe.data.roles import makes

if TYPE_CHECKING:
    import xarray

    from ethoframe.data.transform import Transform


ENDS = ("nose", "tail_base")
"""Between which a body is measured where there is no silhouette."""


@dataclass(frozen=True, eq=False)
class Tracks(Timed):
    """Where each keypoint of each individual is, frame by frame.

    Parameters
    ----------
    position
        Array ``(time, space, keypoint, individual)``, space = x, y; NaN where not seen.
    confidence
        Array ``(time, keypoint, individual)`` from 0 to 1; 0 where not seen.
    numbers, times_s
        Frame numbers and seconds ``(time,)``.
    keypoints, individuals
        Names along the last two axes.
    unit
        Of the positions: ``"px"``, ``"mm"``, or ``"bl"`` (body lengths).
    features
        Further numbers of an individual per frame, ``(time, individual)`` each, such as its area;
        the unit is part of the name, and is always one of the picture (px, level).
    px_per_unit
        Pixels in one unit, as a median over the floor; 1 for px.
    bridged_s
        Frames this far apart count as neighbours, even where others between them were dropped.
    smoothed_s
        Over how much time positions were smoothed; 0 where they were not.

    Examples
    --------
    >>> t = Tracks.of(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.0, 0.1]))
    >>> t.at("centroid")
    array([[1., 2.],
           [3., 4.]])
    """

    position: Array
    confidence: Array
    numbers: Array
    times_s: Array
    keypoints: tuple[str, ...]
    individuals: tuple[str, ...] = ("animal",)
    unit: str = "px"
    features: Mapping[str, Array] = field(default_factory=dict)
    px_per_unit: float = 1.0
    bridged_s: float = 0.0
    smoothed_s: float = 0.0

    along_time = ("position", "confidence", "numbers", "times_s", "features")

    def __post_init__(self) -> None:
        for name in ("position", "confidence", "numbers", "times_s"):
            object.__setattr__(self, name, frozen(getattr(self, name)))
        object.__setattr__(self, "features", {k: frozen(v) for k, v in self.features.items()})
        t, k, i = len(self.numbers), len(self.keypoints), len(self.individuals)
        if self.position.shape != (t, 2, k, i) or self.confidence.shape != (t, k, i):
            raise ValueError(
                "position needs axes (time, space, keypoint, individual) and confidence "
                f"(time, keypoint, individual); got {self.position.shape}, {self.confidence.shape} "
                f"for {t} frames, {k} keypoints, {i} individuals"
            )
        if any(column.shape != (t, i) for column in self.features.values()):
            raise ValueError("features need axes (time, individual)")

    @classmethod
    def of(cls, points: Array, times_s: Array, keypoint: str = "centroid") -> Tracks:
        """One keypoint of one animal, from points ``(time, 2)``."""
        points = np.asarray(points, np.float64)
        seen = np.all(np.isfinite(points), axis=1).astype(np.float64)
        return cls(
            points[:, :, None, None],
            seen[:, None, None],
            np.arange(len(points)),
            times_s,
            (keypoint,),
        )

    def at(self, keypoint: str, individual: str | None = None) -> Array:
        """Positions ``(time, 2)`` of one keypoint; of the first individual unless one is named."""
        who = self.individuals.index(individual) if individual else 0
        points: Array = self.position[:, :, self.keypoints.index(keypoint), who]
        return points

    def place(self, role: str, individual: str | None = None) -> Array:
        """Positions ``(time, 2)`` of what has a role, by whatever name (`data.roles`).

        Where several keypoints make it up, their mean, NaN where one of them is not seen.

        Raises
        ------
        Refusal
            When no keypoint can stand for it.
        """
        names = makes(role, self.keypoints)
        if not names:
            reason = f"no keypoint is the {role}"
            raise Refusal("tracks", reason, f"there are: {', '.join(self.keypoints)}")
        if len(names) == 1:
            return np.array(self.at(names[0], individual))
        mean: Array = np.mean([self.at(name, individual) for name in names], axis=0)
        return mean

    def trusted(self, sure: float) -> Tracks:
        """The tracks without the places of which a network was not sure; NaN, of confidence 0.

        From which confidence on, says `trusted_from`, for each keypoint; *sure* is the highest. A
        confidence of 0 beside a place says that it was filled in, and it stays.

        Examples
        --------
        >>> seen = Tracks.of(np.zeros((4, 2)), np.arange(4.0))
        >>> seen = replace(seen, confidence=np.array([0.9, 0.1, 0.9, 0.0])[:, None, None])
        >>> np.isnan(seen.trusted(0.6).at("centroid")[:, 0]).tolist()
        [False, True, False, False]
        """
        columns = self.confidence.reshape(len(self), -1).T
        enough = np.array([trusted_from(column, sure) for column in columns])
        unsure = (self.confidence > 0) & (
            self.confidence < enough.reshape(self.confidence.shape[1:])
        )
        return replace(
            self,
            position=np.where(unsure[:, None], np.nan, self.position),
            confidence=np.where(unsure, 0.0, self.confidence),
        )

    def alone(self, individual: str) -> Tracks:
        """The tracks of one individual."""
        who = self.individuals.index(individual)
        return replace(
            self,
            position=self.position[..., who : who + 1],
            confidence=self.confidence[..., who : who + 1],
            individuals=(individual,),
            features={name: held[:, who : who + 1] for name, held in self.features.items()},
        )

    def each(self) -> Iterator[Tracks]:
        """The tracks of one individual after the other."""
        return map(self.alone, self.individuals)

    def feature(self, name: str, individual: str | None = None) -> Array:
        """A feature ``(time,)``; of the first individual unless one is named."""
        column: Array = self.features[name]
        return column[:, self.individuals.index(individual) if individual else 0]

    @property
    def seen(self) -> Array:
        """Whether any keypoint of the first individual was seen ``(time,)``."""
        seen: Array = np.any(np.isfinite(self.position[:, 0, :, 0]), axis=1)
        return seen

    @cached_property
    def step_s(self) -> float:
        """Median time between frames in seconds; NaN for fewer than two frames."""
        return float(np.median(np.diff(self.times_s))) if len(self) > 1 else float("nan")

    @property
    def longest_step_s(self) -> float:
        """Frames further apart than this have a break between them; NaN for fewer than two.

        One missing frame is no break: cameras drop single frames, and the animal was there.
        """
        return float(np.maximum(2.5 * self.step_s, self.bridged_s) * (1 + 1e-9))

    @property
    def frame_s(self) -> Array:
        """Seconds each frame stands for ``(time,)``: to the next; before a break a usual step."""
        if len(self) < 2:
            return np.zeros(len(self))
        steps = np.diff(self.times_s)
        return np.append(np.where(steps > self.longest_step_s, self.step_s, steps), self.step_s)

    @property
    def body_length_px(self) -> float:
        """Median length of the animal in the picture; NaN where that is not known.

        Of its silhouette; without one, from nose to tail base.
        """
        lengths = self.features.get("major_px")
        if lengths is None and all(makes(end, self.keypoints) for end in ENDS):
            nose, tail = (self.place(end) for end in ENDS)
            lengths = np.hypot(*(nose - tail).T) * self.px_per_unit
        if lengths is None or not np.isfinite(lengths).any():
            return float("nan")
        return float(np.nanmedian(lengths))

    def in_body_lengths(self, length_px: float | None = None) -> Tracks:
        """Pixels as body lengths; what is in another unit, or of unknown length, stays as it is.

        Parameters
        ----------
        length_px
            Of a body, in the picture; `body_length_px` when left out.

        Examples
        --------
        >>> place = np.array([[[[30.0, 10.0]], [[0.0, 0.0]]]]).swapaxes(2, 3)
        >>> seen = Tracks(place, np.ones((1, 2, 1)), np.arange(1), np.zeros(1), ENDS)
        >>> seen.in_body_lengths().at("nose")
        array([[1.5, 0. ]])
        """
        length_px = self.body_length_px if length_px is None else length_px
        if self.unit != "px" or not length_px > 0:
            return self
        position = self.position * (self.px_per_unit / length_px)
        return replace(self, position=position, unit="bl", px_per_unit=float(length_px))

    def pieces(self, keypoint: str) -> list[slice]:
        """Runs of frames in which the keypoint, or what has that role, was seen without a break.

        A step longer than `longest_step_s` is a break, as a frame without a position is.
        """
        seen: Array = np.all(np.isfinite(self.place(keypoint)), axis=1)
        if len(self) == 0 or not seen.any():
            return []
        apart = np.diff(self.times_s) > self.longest_step_s
        begins = np.flatnonzero(seen & np.concatenate([[True], ~seen[:-1] | apart]))
        ends = np.flatnonzero(seen & np.concatenate([~seen[1:] | apart, [True]]))
        return [slice(int(b), int(e) + 1) for b, e in zip(begins, ends, strict=True)]

    def support_s(self, keypoint: str) -> Array:
        """Spans ``(n, 2)`` of seconds in which the keypoint was seen without a break."""
        step = self.step_s if len(self) > 1 else 0.0
        spans = [
            (self.times_s[p.start], self.times_s[p.stop - 1] + step) for p in self.pieces(keypoint)
        ]
        return np.array(spans, np.float64).reshape(-1, 2)

    def mapped(self, transform: Transform) -> Tracks:
        """Positions carried through a transform into its target unit."""
        if transform.source_unit != self.unit:
            mismatch = f"tracks in {self.unit} cannot go through a map from {transform.source_unit}"
            raise ValueError(mismatch)
        points = transform.apply(np.moveaxis(self.position, 1, -1))
        scale = self.px_per_unit * _magnification(transform, self.position)
        position = np.moveaxis(points, -1, 1)
        return replace(self, position=position, unit=transform.target_unit, px_per_unit=scale)

    def to_xarray(self) -> xarray.Dataset:
        """The dataset that `movement` works on as it is (needs the package xarray)."""
        import xarray

        axes = ("time", "space", "keypoints", "individuals")
        coords = {"time": self.times_s, "space": ["x", "y"]}
        names = {"keypoints": list(self.keypoints), "individuals": list(self.individuals)}
        data: dict[str, Any] = {
            "position": (axes, self.position),
            "confidence": (("time", "keypoints", "individuals"), self.confidence),
        }
        data |= {name: (("time", "individuals"), column) for name, column in self.features.items()}
        attributes = {
            "ds_type": "poses",
            "fps": 1 / self.step_s,
            "time_unit": "seconds",
            "space_unit": self.unit,
            "source_software": "ethoframe",
        }
        return xarray.Dataset(data, coords={**coords, **names}, attrs=attributes)


def trusted_from(confidence: Array, sure: float) -> float:
    """From which confidence on the places ``(t,)`` of one keypoint count as seen.

    Where a network is less sure throughout, half of what it usually says is enough: networks differ
    in how sure they call themselves.
    """
    said = confidence[confidence > 0]
    return min(sure, float(np.median(said)) / 2) if len(said) else 0.0


def _magnification(transform: Transform, position: Array) -> float:
    """Source units per target unit around the middle of the positions."""
    x, y = position[:, 0].ravel(), position[:, 1].ravel()
    known = np.isfinite(x) & np.isfinite(y)
    middle = [np.median(along[known]) if known.any() else 0.0 for along in (x, y)]
    return 1 / transform.magnification(np.array(middle))
