"""Frames moved by a map that registration found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal, Transform
from ethoframe.data.noun import Array
from ethoframe.methods.register._grid import backs, looked_up_at

ORDERS = {"nearest": 0, "linear": 1, "cubic": 3}
LARGEST = 32_000  # pixels along a side that OpenCV can look up in


@dataclass(frozen=True)
class Resample(FrameMethod):
    """The frames as they lie under a map, on the grid of the fixed image where one is given.

    One map (*transform*) moves every frame alike; those of *motion* move each frame by its own;
    with both, the frame's own comes first. What comes from outside the picture is NaN in floats and
    0 in whole numbers, and so is a frame without a map. The type of levels stays: whole numbers are
    rounded and kept within their range. A pixel next to a NaN is NaN (``nearest``: only its own).

    Without a fixed image the grid is that of the recording. Without any map places stay where they
    are, in mm where both grids know theirs: then the frames are brought onto the other grid alone.

    References
    ----------
    Cubic splines: Unser, IEEE Signal Process. Mag. 16 (1999), 22-38. Lanczos: Duchon, J. Appl.
    Meteorol. 18 (1979), 1016-1022.
    """

    interpolation: str = parameter(
        "cubic",
        says="between pixels; linear is quicker and smooths, lanczos is for pictures only",
        choices=("cubic", "linear", "nearest", "lanczos"),
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "transform": In(Kind.TRANSFORM, optional=True),
        "motion": In(Kind.TRANSFORMS, optional=True),
        "fixed": In(Kind.IMAGE, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The recording on the fixed image's grid."""
        seen = specs["recording"]
        if len(specs) < 2:
            reason = "there is neither a map nor another grid"
            raise Refusal(self.name(), reason, "give it --transform, --motion or --fixed")
        fixed = specs.get("fixed", seen)
        if len(fixed.size) != len(seen.size):
            raise Refusal(
                self.name(), "a picture cannot lie on the grid of a volume", "give another"
            )
        if self.interpolation == "lanczos" and len(seen.size) == 3:
            raise Refusal(self.name(), "lanczos is for pictures only", "use cubic for volumes")
        shape = (seen.shape[0], *fixed.shape[1:-1], seen.shape[-1])
        return replace(seen, shape=shape, spacing_mm=fixed.spacing_mm)

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """Each frame under its map."""
        fixed: Frames | None = side.get("fixed")
        grid = fixed if fixed is not None else batch
        empty = np.nan if batch.pixels.dtype.kind in "fc" else 0
        moved = np.full((len(batch), *grid.size, len(batch.channels)), empty, batch.pixels.dtype)
        last: Transform | Any = None
        where: list[Array] = []
        in_mm = batch.spacing_mm is not None and grid.spacing_mm is not None
        for index, back in enumerate(backs(side, batch.numbers, len(grid.size), in_mm)):
            if back is None:
                continue
            if back is not last:
                spacings = grid.spacing_mm, batch.spacing_mm
                where, last = looked_up_at(back, grid.size, *spacings, self.name()), back
            for channel in range(len(batch.channels)):
                moved[index, ..., channel] = self._moved(batch.pixels[index, ..., channel], where)
        return replace(batch, pixels=moved, spacing_mm=grid.spacing_mm, affine=grid.affine)

    def _moved(self, values: Array, where: list[Array]) -> Array:
        """One channel looked up, in its own type."""
        if values.dtype.kind == "c":
            parts = (self._moved(part, where) for part in (values.real, values.imag))
            real, imaginary = parts
            return np.asarray(real + 1j * imaginary)
        floats = values.dtype.kind == "f"
        known = np.isfinite(values) if floats else None
        if known is not None and known.all():
            known = None
        plain = values if known is None else np.where(known, values, 0)
        found = self._between(plain.astype(np.float64, copy=False), where)
        inside = np.ones(found.shape, bool)
        for along, count in zip(where, values.shape, strict=True):
            # Half a pixel beyond the last centre still belongs to the picture.
            inside &= (along >= -0.5) & (along <= count - 0.5)
        if known is not None:
            inside &= self._between(known.astype(np.float64), where) > 0.999
        if floats:
            return np.where(inside, found, np.nan).astype(values.dtype)
        if values.dtype.kind == "b":
            return np.asarray(inside & (found > 0.5))
        ends = np.iinfo(values.dtype)
        return np.where(inside, np.clip(np.rint(found), ends.min, ends.max), 0).astype(values.dtype)

    def _between(self, values: Array, where: list[Array]) -> Array:
        pictures = values.ndim == 2 and max(*values.shape, *where[0].shape) < LARGEST
        if pictures and self.interpolation in ("linear", "lanczos"):
            import cv2

            ways = {"linear": cv2.INTER_LINEAR, "lanczos": cv2.INTER_LANCZOS4}
            across, down = (np.nan_to_num(each, nan=-9).astype(np.float32) for each in where[::-1])
            way, rim = ways[self.interpolation], cv2.BORDER_REPLICATE
            picture: Array = cv2.remap(values, across, down, way, borderMode=rim)
            return picture
        from scipy.ndimage import map_coordinates

        order = ORDERS.get(self.interpolation, 3)
        index = [np.nan_to_num(each, nan=-9) for each in where]
        volume: Array = map_coordinates(values, index, order=order, mode="nearest")
        return volume

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A film of levels that rise to the right, moved by two and a half pixels."""
        t, y, x = np.ogrid[:10, :12, :16]
        film = Recording.of((t + 3.0 * y + 10 * x)[..., None].astype(np.float32))
        grid = Frames(np.zeros((1, 12, 16, 1), np.float32), np.zeros(1, np.int64), np.zeros(1))
        return {"recording": film, "transform": Transform.moving(2.5, -1.0), "fixed": grid}
