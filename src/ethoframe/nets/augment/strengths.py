"""How strongly pictures are changed for training, and the draw of one change."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ethoframe.contract import parameter
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.nets.augment import affine
from ethoframe.nets.augment.drawn import Drawn
from ethoframe.nets.augment.elastic import STEEPEST, Elastic, knots_along
from ethoframe.nets.augment.photometry import Photometry

NO_STRENGTHS = ("smooth_px", "patches", "chance")  # they say of what kind and how often


@dataclass(frozen=True)
class Augment:
    """The ranges that changes of a picture are drawn from; the default changes nothing.

    What is called a ratio is drawn between it and one over it, evenly on a logarithmic scale; of
    everything else the amount is drawn evenly, up to it or on either side of 0. What a camera does
    (patches to compression) happens in a share `chance` of the draws, each by itself.

    Raises
    ------
    Refusal
        When a strength is out of its range, or the elastic one more than a fifth of its smoothness:
        the picture would fold.

    Examples
    --------
    >>> drawn = Augment(mirror=True).draw(np.random.default_rng(1), (48, 64))
    >>> drawn.mirrored, drawn.points(np.array([[10.0, 4.0]]))
    (False, array([[10.,  4.]]))
    """

    rotation_deg: float = parameter(0.0, unit="deg", says="to either side", low=0, high=180)
    quarter_turns: bool = parameter(
        False, says="whole quarter turns; half turns where picture or window is not square"
    )
    mirror: bool = parameter(False, says="left and right exchanged in half of the draws")
    scale: float = parameter(1.0, unit="1", says="ratio of sizes", low=1, high=8)
    shear: float = parameter(0.0, unit="1", says="slant, as a tangent", low=0, high=1)
    shift: float = parameter(0.0, unit="1", says="share of the window's side", low=0, high=1)
    elastic_px: float = parameter(
        0.0, unit="px", says="how far a knot is moved in the window", low=0, high=1000
    )
    smooth_px: float = parameter(48.0, unit="px", says="distance of the knots", low=2, high=5000)
    inversion: bool = parameter(False, says="dark and bright exchanged in half of the draws")
    contrast: float = parameter(1.0, unit="1", says="ratio of contrasts", low=1, high=8)
    brightness: float = parameter(0.0, unit="1", says="sds of the picture", low=0, high=10)
    gamma: float = parameter(1.0, unit="1", says="ratio of exponents", low=1, high=8)
    tint: float = parameter(1.0, unit="1", says="ratio, for each of three channels", low=1, high=8)
    patches: int = parameter(0, says="how many rectangles hide something, at most", low=0, high=64)
    patch: float = parameter(0.0, unit="1", says="their sides, of the window's", low=0, high=1)
    blur_px: float = parameter(0.0, unit="px", says="sd of a Gaussian", low=0, high=50)
    motion_px: float = parameter(0.0, unit="px", says="length of a movement", low=0, high=100)
    coarseness: float = parameter(1.0, unit="1", says="ratio of resolutions", low=1, high=16)
    noise: float = parameter(0.0, unit="1", says="sds of the picture", low=0, high=10)
    compression: float = parameter(0.0, unit="1", says="1 is JPEG of quality 20", low=0, high=1)
    chance: float = parameter(0.3, unit="1", says="how often each happens", low=0, high=1)

    def __post_init__(self) -> None:
        for f in fields(self):
            low, high, value = f.metadata["low"], f.metadata["high"], getattr(self, f.name)
            if not low <= value <= high:
                where = f"augmentation.{f.name}"
                raise Refusal(where, f"{value:g} is out of range", f"use {low:g} to {high:g}")
        if self.elastic_px > STEEPEST * self.smooth_px:
            most = f"use {STEEPEST * self.smooth_px:g} at most, or more smooth_px"
            raise Refusal("augmentation.elastic_px", "the picture would fold", most)

    @classmethod
    def none(cls) -> Augment:
        """Nothing changes: for validation, and for cutting windows out."""
        return cls()

    @classmethod
    def animal(cls) -> Augment:
        """An animal seen from above: it may lie in any direction, and light and camera differ."""
        seen = cls(rotation_deg=180, mirror=True, scale=1.4, shear=0.1, shift=0.1)
        lit = replace(seen, contrast=1.3, brightness=0.4, gamma=1.3, tint=1.05)
        hidden = replace(lit, patches=2, patch=0.2)
        return replace(
            hidden, blur_px=1.2, motion_px=5, coarseness=1.7, noise=0.12, compression=0.8
        )

    @classmethod
    def tissue(cls) -> Augment:
        """Cells and tissue: no direction, soft, stained more or less."""
        seen = cls(rotation_deg=180, mirror=True, scale=1.3, shear=0.1, shift=0.1)
        bent = replace(seen, elastic_px=6, smooth_px=40)
        lit = replace(bent, contrast=1.4, brightness=0.4, gamma=1.4, tint=1.15)
        return replace(lit, blur_px=1, coarseness=1.3, noise=0.1, compression=0.4)

    @classmethod
    def gentle(cls) -> Augment:
        """For whole pictures, where blur, noise or light may be the very thing to be told.

        Pixels are moved by whole numbers only, so that no picture gets less sharp.
        """
        turned = cls(quarter_turns=True, mirror=True, shift=0.05)
        return replace(turned, contrast=1.05, brightness=0.08)

    def strengthened(self, factor: float) -> Augment:
        """Every strength times `factor` (ratios to its power), as far as it may go; 0 is nothing.

        Raises
        ------
        ValueError
            When the factor is negative or not finite.
        """
        if not 0 <= factor < np.inf:
            raise ValueError(f"strength cannot change by {factor:g}")
        changed: dict[str, Any] = {}
        for f in fields(self):
            value, low, high = getattr(self, f.name), f.metadata["low"], f.metadata["high"]
            if isinstance(value, bool):
                changed[f.name] = value and factor > 0
            elif f.name not in NO_STRENGTHS:
                changed[f.name] = min(high, value**factor if low == 1 else value * factor)
        changed["elastic_px"] = min(changed["elastic_px"], STEEPEST * self.smooth_px)
        return replace(self, **changed)

    def draw(
        self,
        rng: np.random.Generator,
        size_in: tuple[int, int],
        size_out: tuple[int, int] | None = None,
        centre: Array | tuple[float, float] | None = None,
        zoom: float = 1.0,
    ) -> Drawn:
        """One change, drawn from `rng`.

        Parameters
        ----------
        size_in, size_out
            Rows and columns of the picture, and of the window that is cut out; the same unless
            given.
        centre
            The place x, y in the picture that comes to lie in the middle of the window, but for the
            drawn shift; the middle of the picture unless given. Where nothing is turned or scaled,
            it gives way by up to half a pixel, so that pixels come to lie on pixels.
        zoom
            Pixels of the window for one of the picture, before the drawn scale.

        Raises
        ------
        ValueError
            When a size is empty, the centre is not finite or the zoom not positive.
        """
        size_out = size_out or size_in
        at = affine.middle(size_in) if centre is None else np.asarray(centre, np.float64)
        if min(*size_in, *size_out) < 1:
            raise ValueError(f"nothing to draw for, from {size_in} to {size_out}")
        if not (np.isfinite(at).all() and 0 < zoom < np.inf):
            raise ValueError(f"no window at {at} with zoom {zoom:g}")
        square = size_in[0] == size_in[1] and size_out[0] == size_out[1]
        linear = zoom * self._linear(rng, square)
        on = affine.middle(size_out) + min(size_out) * _about(rng, self.shift, 2)
        look = self._look(rng, size_out)
        matrix = affine.window(linear, at, on)
        return Drawn(size_in, size_out, matrix, self._elastic(rng, size_out), look)

    def _linear(self, rng: np.random.Generator, square: bool) -> Array:
        """From picture to window ``(2, 2)``: mirrored, slanted, turned, then scaled."""
        mirrored = affine.mirrored(self.mirror & (rng.random() < 0.5))
        slanted = affine.slanted(_about(rng, self.shear))
        turns = rng.integers(4) if square else 2 * rng.integers(2)
        degrees = _about(rng, self.rotation_deg) + 90 * turns * self.quarter_turns
        return _ratio(rng, self.scale) * affine.turned(degrees) @ slanted @ mirrored

    def _elastic(self, rng: np.random.Generator, size: tuple[int, int]) -> Elastic | None:
        if not self.elastic_px:
            return None
        grid = 2, *(knots_along(pixels, self.smooth_px) for pixels in size)
        return Elastic(_about(rng, self.elastic_px, grid), self.smooth_px, size)

    def _look(self, rng: np.random.Generator, size: tuple[int, int]) -> Photometry:
        # Numbers are drawn even where they come to nothing: another strength then changes nothing
        # but what it is the strength of.
        happens = rng.random(6) < self.chance
        upto = rng.random(4) * happens[:4]
        return Photometry(
            inverted=bool(self.inversion & (rng.random() < 0.5)),
            contrast=_ratio(rng, self.contrast),
            brightness=_about(rng, self.brightness),
            gamma=_ratio(rng, self.gamma),
            tints=tuple(_ratio(rng, self.tint) for _ in range(3)),
            blur_px=float(self.blur_px * upto[0]),
            motion_px=float(self.motion_px * upto[1]),
            noise=float(self.noise * upto[2]),
            compression=float(self.compression * upto[3]),
            motion_deg=_about(rng, 90.0),
            noise_start=int(rng.integers(1 << 30)),
            coarser=float(self.coarseness ** (rng.random() * happens[4])),
            patches=self._patches(rng, size) if happens[5] and self.patch else (),
        )

    def _patches(
        self, rng: np.random.Generator, size: tuple[int, int]
    ) -> tuple[tuple[float, ...], ...]:
        """Rectangles within the window, each at least a pixel wide and high."""
        patches = []
        for _ in range(rng.integers(1, self.patches + 1) if self.patches else 0):
            height, width = np.maximum(1, np.rint(min(size) * self.patch * rng.random(2)))
            top, left = rng.integers(0, [size[0] - int(height) + 1, size[1] - int(width) + 1])
            patches.append(tuple(map(float, (left, top, width, height, rng.random()))))
        return tuple(patches)


def _about(rng: np.random.Generator, spread: float, shape: Any = None) -> Any:
    """Evenly from either side of 0."""
    return rng.uniform(-spread, spread, shape)


def _ratio(rng: np.random.Generator, most: float) -> float:
    """Evenly on a logarithmic scale, from one over `most` to it."""
    return float(most ** rng.uniform(-1, 1))
