"""Round things of any size: where they are and how large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, gamma
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.contract.channels import shares
from ethoframe.data import Frames, Noun, Points, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.detect._extrema import Extrema, extrema, standing_apart
from ethoframe.methods.detect._scales import PER_OCTAVE, noise_responses, octaves

NORMAL_MAD = 0.6745  # median size of a normal deviate, in deviations
ROUNDING = 1e-4  # of the levels' range: contrasts below are single precision's own


@dataclass(frozen=True)
class Blobs(FrameMethod):
    """Places and radii of bright or dark round things, at the scales that fit them best.

    The picture is smoothed by Gaussians of ever larger variance T. Where T times the Laplacian (or
    as much of the determinant of second derivatives) is greatest among its neighbours in space and
    in scale, there is a blob of radius sqrt(d T), for d axes: exactly for a disc (d = 2) or ball
    (d = 3) of one level, and for a blob of a Gaussian shape, the disc or ball that answers at the
    same scale, sqrt(2) times its deviation in pictures. Places and scales are found between samples
    by quadratic fits. The share of each scale that comes from pixels being squares is accounted
    for.

    Kept are blobs whose contrast passes *clear* times what noise makes at their size, and *share*
    of the greatest contrast in the frame; that are *round* enough not to be a piece of an edge; and
    whose disc or ball does not share more than *overlap* of the smaller one with a stronger one.
    None of this changes when levels are multiplied or moved. The noise is taken for white, and
    estimated by what neighbours differ by.

    Each point has *radius_px* in pixels of the finest axis, *radius_mm* where the pixel size is
    known, *contrast_level* (what a disc or ball of this radius would differ from its surroundings
    by, to answer as strongly; negative where it is dark) and *response_level* (the answer itself).
    Coordinates are in pixels of each axis; the strongest come first. A frame without blobs, or of
    one level, has no points. What is NaN or infinite is taken for the median of the frame, and no
    point lies on it. At the rim the picture goes on as in a mirror.

    Radii are within 1 % and places within 0.2 px for discs of 3 px or more whose rims are shaded as
    a camera shades them, with twice their radius between them, and for balls through which two
    planes or more are laid per radius; of Gaussian blobs the radius is within 1.5 %. Discs drawn
    without shades are as large as the pixels they cover. Closer discs push each other's places
    apart, by up to a tenth of the radius, and look up to 5 % smaller.

    References
    ----------
    Lindeberg, Int. J. Comput. Vis. 30 (1998), 79-116; roundness by curvatures: Lowe, Int. J.
    Comput. Vis. 60 (2004), 91-110; noise: Donoho & Johnstone, Biometrika 81 (1994), 425-455.
    """

    radius_least_px: float = parameter(
        2.0, unit="px", says="radius of the smallest blobs looked for", low=1.0
    )
    radius_most_px: float = parameter(
        0.0, unit="px", says="of the largest; 0 for a quarter of the shortest side", low=0.0
    )
    look: str = parameter(
        "bright", says="against what lies around them", choices=("bright", "dark", "both")
    )
    by: str = parameter(
        "laplacian",
        says="which second derivatives answer; by determinant, fewer edges do",
        choices=("laplacian", "determinant"),
    )
    clear: float = parameter(
        5.0, unit="1", says="contrast in deviations of what noise makes at that size", low=0.0
    )
    share: float = parameter(
        0.2, unit="1", says="contrast as a share of the greatest in the frame", low=0.0, high=1.0
    )
    round: float = parameter(
        0.1, unit="1", says="least over greatest curvature across a blob", low=0.0, high=1.0
    )
    overlap: float = parameter(
        0.5,
        unit="1",
        says="share of the smaller that two blobs may have in common",
        low=0.0,
        high=1.0,
    )
    channel: str = parameter(
        "", says="which channel; empty for the only one, or luma of red, green and blue"
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.POINTS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Points with radius, contrast and response; refuses a channel that is not there."""
        seen = specs["recording"]
        if np.dtype(seen.dtype).kind not in "uifb":
            reason = f"levels of type {seen.dtype} have no order"
            raise Refusal(self.name(), reason, "take their magnitude first")
        if 0 < self.radius_most_px < self.radius_least_px:
            reason = f"radius_most_px {self.radius_most_px:g} is below radius_least_px"
            raise Refusal(self.name(), reason, "give the smaller as radius_least_px")
        shares(seen.names, self.channel, self.name())
        names = _features(seen.spacing_mm)
        shape = (seen.shape[0], None, len(seen.size))
        return Spec(Kind.POINTS, ("t", "point", "space"), shape, "float64", "px", names)

    def reach(self, spec: Spec) -> Reach:
        """Everything: blobs are compared with the strongest in the frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Points:
        """The blobs of every frame."""
        weights = shares(batch.channels, self.channel, self.name())
        found = [blobs_in(_seen(frame, weights), batch.spacing_mm, self) for frame in batch.pixels]
        columns: dict[str, tuple[Array, ...]] = {
            "radius_px": tuple(each.radii_px for each in found),
            "contrast_level": tuple(each.contrasts for each in found),
            "response_level": tuple(each.responses for each in found),
        }
        if batch.spacing_mm is not None:
            finest_mm = min(batch.spacing_mm)
            columns["radius_mm"] = tuple(each.radii_px * finest_mm for each in found)
        columns = {name: columns[name] for name in _features(batch.spacing_mm)}
        places = tuple(each.places for each in found)
        return Points(places, columns, batch.numbers, batch.times_s)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Noisy discs of two sizes that drift, a large one dark, in square pixels."""
        random = np.random.default_rng(12)
        y, x = np.mgrid[:56, :72]
        pixels = random.normal(90, 3, (9, 56, 72))
        for t, frame in enumerate(pixels):
            for down, across, radius, more in (
                (14, 16, 4, 80),
                (36, 22 + t, 7, 60),
                (26, 54, 9, -70),
            ):
                frame += more * np.clip(radius + 0.5 - np.hypot(y - down, x - across), 0, 1)
        film = Recording.of(np.clip(pixels, 0, 255).astype(np.uint8)[..., None])
        return {"recording": replace(film, spacing_mm=(0.5, 0.5))}


@dataclass(frozen=True)
class Found:
    """The blobs of one picture, the strongest first.

    Parameters
    ----------
    places
        ``(n, 2)`` as x, y or ``(n, 3)`` as x, y, z, in pixels of each axis.
    radii_px
        In pixels of the finest axis ``(n,)``.
    contrasts, responses
        In levels ``(n,)``; contrasts are negative for dark blobs.
    """

    places: Array
    radii_px: Array
    contrasts: Array
    responses: Array

    def __len__(self) -> int:
        return len(self.places)


def blobs_in(
    picture: Array, spacing: Sequence[float] | None = None, how: Blobs | None = None
) -> Found:
    """The blobs of one picture or volume.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)`` of real numbers; NaN is taken for the median.
    spacing
        Distance of pixels along each axis, in any unit; all alike when left out.
    how
        The method with its parameters; as it comes when left out.

    Examples
    --------
    >>> y, x = np.mgrid[:40, :60]
    >>> disc = 200 * np.clip(8.5 - np.hypot(y - 18.25, x - 30), 0, 1)
    >>> found = blobs_in(disc)
    >>> found.places.round(1).tolist(), found.radii_px.round(1).tolist()
    ([[30.0, 18.2]], [8.0])
    """
    how = how or Blobs()
    step = np.array(spacing or (1.0,) * picture.ndim) / min(spacing or (1.0,))
    known = np.isfinite(picture) if picture.dtype.kind == "f" else None
    levels, span = _normal(picture, known)
    # An axis of one pixel is none to be round along.
    flat = picture.ndim == 3 and picture.shape[0] == 1
    axes = slice(1, None) if flat else slice(None)
    found = _strongest(levels[0] if flat else levels, step[axes], how) if span > 0 else None
    if found is None:
        none = np.zeros(0)
        return Found(np.zeros((0, picture.ndim)), none, none, none)
    if flat:
        places = np.concatenate([np.zeros((len(found.places), 1)), found.places], axis=1)
        found = replace(found, places=places)
    if known is not None:
        found = found.take(known[tuple(_nearest(found.places, picture.shape).T)])
    order = np.argsort(-np.abs(found.responses), kind="stable")
    found, d = found.take(order), len(step[axes])
    responses = np.abs(found.responses) * span
    contrasts = found.responses * span / _gain(d)
    return Found(found.places[:, ::-1], np.sqrt(d * found.variances), contrasts, responses)


def _strongest(levels: Array, step: Array, how: Blobs) -> Extrema | None:
    """Extrema that pass all conditions; dark ones have negative responses."""
    d = levels.ndim
    shortest = min(n * h for n, h in zip(levels.shape, step, strict=True))
    most = how.radius_most_px or shortest / 4
    if most < how.radius_least_px or min(levels.shape) < 2:
        return None
    count = int(np.ceil(PER_OCTAVE * np.log2(most / how.radius_least_px))) + 1
    scales = how.radius_least_px * 2 ** (np.arange(-1, count + 1) / PER_OCTAVE)
    noise = how.clear * _noise(levels)
    parts = []
    for octave in octaves(levels, step.tolist(), scales**2 / d, how.by):
        floors = noise * noise_responses(octave.variances, step.tolist())
        floors = np.maximum(floors, ROUNDING * _gain(d))
        for sign in {"bright": (1,), "dark": (-1,), "both": (1, -1)}[how.look]:
            part = extrema(octave, step.tolist(), floors, sign)
            parts.append(replace(part, responses=sign * part.responses))
    found = Extrema.joined(parts)
    radii = np.sqrt(d * found.variances)
    found = found.take(
        (found.roundness >= how.round) & (radii >= how.radius_least_px) & (radii <= most)
    )
    strength = np.abs(found.responses)
    found = found.take(strength >= how.share * strength.max(initial=0))
    radii = np.sqrt(d * found.variances)
    apart = standing_apart(found.places * step, radii, np.abs(found.responses), how.overlap)
    return found.take(apart)


def _normal(picture: Array, known: Array | None) -> tuple[Array, float]:
    """Levels from 0 to 1 in single precision, and the range they had; 0 where there is none."""
    values = picture if known is None else picture[known]
    if values.size == 0:
        return np.zeros(picture.shape, np.float32), 0.0
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return np.zeros(picture.shape, np.float32), 0.0
    if known is not None and not known.all():
        picture = np.where(known, picture, np.median(values))
    # Single precision would round levels of more than 16 bit before their range is known.
    exact: Array = picture.astype(np.float64 if picture.dtype.itemsize > 2 else np.float32)
    exact -= low
    exact /= high - low
    return np.ascontiguousarray(exact, np.float32), high - low


def _noise(levels: Array) -> float:
    """Standard deviation of white noise, by both diagonals of blocks of 2 × 2 pixels."""
    rows, columns = (n // 2 * 2 for n in levels.shape[-2:])
    down = levels[..., 1:rows:2, :columns] - levels[..., 0:rows:2, :columns]
    diagonal = np.abs(down[..., 1::2] - down[..., 0::2])
    return float(np.median(diagonal)) / 2 / NORMAL_MAD if diagonal.size else 0.0


def _gain(d: int) -> float:
    """Response in the middle of a disc or ball of contrast 1, at the scale that fits it best."""
    return float(d * (d / 2) ** (d / 2 - 1) * exp(-d / 2) / gamma(d / 2))


def _nearest(places: Array, shape: Sequence[int]) -> Array:
    """The pixel each place lies on ``(n, d)``."""
    nearest: Array = np.clip(np.rint(places).astype(int), 0, np.array(shape) - 1)
    return nearest


def _seen(frame: Array, weights: Mapping[int, float]) -> Array:
    """One picture ``([z,] y, x)`` of the channels by their weights."""
    if len(weights) == 1:
        (number,) = weights
        return np.ascontiguousarray(frame[..., number])
    parts = [np.float32(w) * frame[..., c] for c, w in weights.items()]
    return np.asarray(sum(parts))


def _features(spacing_mm: Sequence[float] | None) -> tuple[str, ...]:
    """Names of what is told of each point."""
    lengths = ("radius_px",) if spacing_mm is None else ("radius_px", "radius_mm")
    return (*lengths, "contrast_level", "response_level")
