"""Detail of some sizes made stronger or weaker, by a Laplacian pyramid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.enhance._pictures import floating, pictures_of, real
from ethoframe.methods.enhance._pyramids import laplacian_pyramid, reconstructed


@dataclass(frozen=True)
class Pyramid(FrameMethod):
    """The picture put together from bands of detail, each made stronger or weaker by its gain.

    A Laplacian pyramid parts the picture into bands, each of detail about twice as large as that of
    the one before, the finest of about two pixels, and the coarse picture that is left. As many
    bands are made as there are *gains*; with all of them 1 the answer is the picture itself, to the
    rounding of its type. Gains above 1 sharpen, below 1 smooth, 0 leaves a band out; the mean level
    hardly changes, as bands have a mean close to 0.

    Frames may be pictures or volumes. An axis that is sampled coarser than the others, by more than
    the square root of 2, is not halved until the others have caught up. Each channel is answered by
    itself, in single precision, or double where the levels need it (32 bit and more). A pixel that
    is NaN stays NaN; for its neighbours it counts as the mean of the picture.

    An answer depends on samples that are counted from the first pixel, so a picture cannot be
    worked on piece by piece.

    References
    ----------
    Burt & Adelson, IEEE Trans. Commun. 31 (1983), 532-540.

    Examples
    --------
    >>> edge = Recording.of(np.repeat([0, 0, 0, 90, 90, 90], 6).reshape(1, 6, 6, 1)).frames([0])
    >>> Pyramid((0.0,)).apply(edge).pixels[0, 3, :, 0].round().tolist() != [0, 0, 0, 90, 90, 90]
    True
    """

    gains: tuple[Any, ...] = parameter(
        (1.0, 1.0, 1.0), unit="1", says="factors of the bands of detail, the finest first"
    )

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """As many pixels, in single or double precision; refuses gains that are no numbers."""
        seen = real(specs["recording"], self.name())
        for gain in self.gains:
            if not isinstance(gain, int | float) or not np.isfinite(gain):
                reason = f"{gain!r} is no gain"
                raise Refusal(self.name(), reason, "give finite numbers, the finest band's first")
        return replace(seen, dtype=np.result_type(seen.dtype, np.float32).name)

    def reach(self, spec: Spec) -> Reach:
        """Everything: samples are counted from the first pixel."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """Every frame with its bands by their gains."""
        dtype = np.result_type(batch.pixels.dtype, np.float32).name
        return pictures_of(batch, lambda p: self._rebuilt(p, batch.spacing_mm), dtype)

    def _rebuilt(self, picture: Array, spacing: tuple[float, ...] | None) -> Array:
        levels = floating(picture)
        if levels.size == 0:
            return levels
        unknown = ~np.isfinite(levels)
        if unknown.any():
            known = levels[~unknown]
            levels = np.where(unknown, known.mean() if len(known) else 0, levels)
        bands = laplacian_pyramid(levels, len(self.gains), spacing)
        rebuilt = reconstructed(bands, self.gains)
        # Infinity too comes back as it was.
        return np.where(unknown, picture, rebuilt) if unknown.any() else rebuilt

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A noisy film of an odd size, in pixels half as high as wide."""
        random = np.random.default_rng(7)
        pixels = random.integers(0, 4000, (9, 37, 50, 1)).astype(np.uint16)
        return {"recording": replace(Recording.of(pixels), spacing_mm=(0.25, 0.5))}
