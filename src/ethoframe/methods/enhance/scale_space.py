"""A picture and its derivatives at a scale, or at the scale that fits each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import (
    determinant,
    eigenvalues,
    gaussians,
    gradient,
    hessian,
    laplacian,
    smoothed,
    steps,
)
from ethoframe.methods.enhance._pictures import floating, pictures_of, real

ORDERS = {"smoothed": 0, "gradient": 1, "laplacian": 2, "hessian": 2, "ridge": 2}


@dataclass(frozen=True)
class ScaleSpace(FrameMethod):
    """The picture or its scale-normalised derivatives at a scale, given or found at each place.

    The picture is convolved with the discrete Gaussian kernel of variance t = sigma², for which
    smoothing by t and then by s is exactly smoothing by t + s. Derivatives are differences of
    neighbours in what was smoothed; one of order m is multiplied by t to the power of gamma · m/2,
    so that it can be compared between scales. *gradient* is the length of the gradient,
    *laplacian* the sum of second derivatives (negative on bright blobs), *hessian* the determinant
    of the matrix of second derivatives, *ridge* its eigenvalue farthest from 0 with the sign
    changed (positive on bright lines, negative on dark ones).

    With *sigma_most_px* above *sigma_px* each place is looked at on *scales* scales in equal
    ratios from one to the other. The answer is the response that is farthest from 0, and behind
    all channels comes for each the scale it was found at, called after it with ``_sigma_px``.

    Scales are in pixels of the finest axis: along a coarser axis the kernel is narrower in pixels
    by as much, and derivatives are per pixel of the finest axis. Frames may be pictures or volumes,
    and each channel is answered by itself, in single precision.

    Each kernel is cut off where *tail* of its weight is left and divided by its sum, so the
    smoothed picture is off by no more than *tail* times the range of levels for each axis. At the
    rim the picture goes on as in a mirror. NaN spreads as far as the kernel reaches.

    References
    ----------
    Discrete kernel: Lindeberg, IEEE Trans. Pattern Anal. Mach. Intell. 12 (1990), 234-254;
    normalised derivatives, choice of scale: Lindeberg, Int. J. Comput. Vis. 30 (1998), 79-116;
    ridges: Lindeberg, Int. J. Comput. Vis. 30 (1998), 117-154.

    Examples
    --------
    >>> line = np.zeros((1, 41, 41, 1), np.uint8)
    >>> line[:, 18:23] = 100
    >>> found = ScaleSpace(1.0, 8.0, 25, "ridge", gamma=0.75).apply(Recording.of(line).frames([0]))
    >>> round(float(found.pixels[0, 20, 20, 1]), 1)
    2.2
    """

    sigma_px: float = parameter(
        2.0, unit="px", says="scale, or the finest of several: deviation of the kernel", low=0.0
    )
    sigma_most_px: float = parameter(
        0.0, unit="px", says="coarsest scale where each place finds its own; 0 for one", low=0.0
    )
    scales: int = parameter(
        8, says="how many scales to try where each place finds its own", low=2, high=100
    )
    derivative: str = parameter("smoothed", says="what is answered", choices=tuple(ORDERS))
    gamma: float = parameter(
        1.0,
        unit="1",
        says="power of normalisation: 1 for blobs, 3/4 for ridges, 1/2 for edges",
        low=0.0,
        high=2.0,
    )
    tail: float = parameter(
        1e-6, unit="1", says="share of a kernel's weight that is cut off", low=1e-12, high=0.1
    )

    shifts: ClassVar[bool] = True
    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """As many pixels in single precision; twice the channels where scales are found."""
        seen = real(specs["recording"], self.name())
        names = seen.names
        if self._finds:
            if self.derivative == "smoothed":
                reason = "a scale is found by a derivative, and smoothing is none"
                raise Refusal(self.name(), reason, "choose derivative laplacian, hessian or ridge")
            names = (*names, *_scale_names(names))
        return replace(seen, dtype="float32", names=names, shape=(*seen.shape[:-1], len(names)))

    def reach(self, spec: Spec) -> Reach:
        """As far as the widest kernel, and one for the differences."""
        step = steps(spec.spacing_mm, len(spec.size))
        widest = max(len(k) // 2 for k in gaussians(max(self._sigmas_px), step, self.tail))
        return Reach(around_px=widest + (ORDERS[self.derivative] > 0))

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """The response of every frame."""
        step = steps(batch.spacing_mm, len(batch.size))
        if not self._finds:
            return pictures_of(batch, lambda picture: self._one(picture, step), "float32")
        names = (*batch.channels, *_scale_names(batch.channels))
        pixels = np.empty((*batch.pixels.shape[:-1], len(names)), np.float32)
        half = len(batch.channels)
        for before, after in zip(batch.pixels, pixels, strict=True):
            for c in range(half):
                after[..., c], after[..., half + c] = self._found(before[..., c], step)
        return replace(batch, pixels=pixels, channels=names)

    @property
    def _finds(self) -> bool:
        return self.sigma_most_px > self.sigma_px

    @property
    def _sigmas_px(self) -> list[float]:
        if not self._finds:
            return [self.sigma_px]
        finest = max(self.sigma_px, self.sigma_most_px / 1000)  # there are no ratios from 0
        found: list[float] = np.geomspace(finest, self.sigma_most_px, self.scales).tolist()
        return found

    def _one(self, picture: Array, step: Sequence[float]) -> Array:
        return self._response(floating(picture), self.sigma_px, step)

    def _found(self, picture: Array, step: Sequence[float]) -> tuple[Array, Array]:
        """The strongest response and the scale of it."""
        levels = np.ascontiguousarray(floating(picture))
        best, scale = None, np.full(picture.shape, self._sigmas_px[0], np.float32)
        for sigma_px in self._sigmas_px:
            response = self._response(levels, sigma_px, step)
            if best is None:
                best = response
                continue
            better = np.abs(response) > np.abs(best)
            best[better], scale[better] = response[better], sigma_px
            best[np.isnan(response)] = np.nan
        assert best is not None
        scale[np.isnan(best)] = np.nan
        return best, scale

    def _response(self, levels: Array, sigma_px: float, step: Sequence[float]) -> Array:
        at_scale = smoothed(levels, sigma_px, step, self.tail)
        variance = sigma_px**2
        normal = variance ** (self.gamma * ORDERS[self.derivative] / 2)
        match self.derivative:
            case "gradient":
                response = np.sqrt(sum(part**2 for part in gradient(at_scale, step)))
            case "laplacian":
                response = laplacian(at_scale, step)
            case "hessian":
                normal = normal**levels.ndim
                response = determinant(hessian(at_scale, step))
            case "ridge":
                response = _ridge(eigenvalues(hessian(at_scale, step)))
            case _:
                return at_scale
        response *= normal
        return response

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A noisy film with two channels, and pixels half as high as wide."""
        random = np.random.default_rng(3)
        pixels = random.integers(0, 255, (9, 48, 60, 2)).astype(np.uint8)
        return {"recording": replace(Recording.of(pixels), spacing_mm=(0.25, 0.5))}


def _ridge(curvatures: Array) -> Array:
    """The curvature ``(n, ...)`` farthest from 0, with the sign changed."""
    low, high = curvatures[0], curvatures[-1]
    ridge: Array = np.where(-low >= high, -low, -high)
    return ridge


def _scale_names(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}_sigma_px" for name in names)
