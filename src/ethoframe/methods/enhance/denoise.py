"""Less noise, by averages or medians of neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, Noun, Recording
from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import convolved, gaussians, steps
from ethoframe.methods.enhance._noise import bilateral, filled, nl_means, noise_of, reach_of
from ethoframe.methods.enhance._pictures import pictures_of, real

RANGE = 2.0  # of the noise: levels that differ by so much are alike; Zhang & Gunturk


@dataclass(frozen=True)
class Denoise(FrameMethod):
    """The picture with less noise: median, Gaussian, bilateral filter or non-local means.

    * *median*: of a square (or box) of *radius_px* to each side. Removes single odd pixels, keeps
      edges, and the type of the levels.
    * *gaussian*: mean over neighbours by a discrete Gaussian of *sigma_px*. Blurs edges.
    * *bilateral*: the same mean over neighbours whose levels are alike: by a Gaussian of twice the
      noise. Keeps edges; neighbours beyond 2.5 deviations are left out.
    * *nl-means*: mean over all pixels within *search_px* around which a patch of *patch_px* to each
      side looks alike but for noise. Keeps edges and texture, and is the slowest: it looks at
      (2 *search_px* + 1) squared neighbours of a pixel, cubed in volumes.

    All but the median answer in single precision. The noise that bilateral and nl-means are guided
    by is white, of the standard deviation *noise_level*; left at 0 it is estimated from each
    frame and channel, by the differences of neighbours (Donoho & Johnstone), and then an answer
    depends on the whole picture. Where that finds no noise the picture comes back as it is.
    *strength* multiplies it.

    Lengths are in pixels of the finest axis, so along a coarser one fewer pixels are looked at.
    Frames may be pictures or volumes; each channel is answered by itself. At the rim the picture
    goes on as in a mirror, and for the median as the rim itself. A pixel that is NaN or infinite
    stays so; for its neighbours it counts as the mean of those around it.

    References
    ----------
    Bilateral: Tomasi & Manduchi, Proc. ICCV 1998, 839-846, with the range after Zhang & Gunturk,
    IEEE Trans. Image Process. 17 (2008), 2324-2333; non-local means: Buades, Coll & Morel, Image
    Process. On Line 1 (2011), 208-212; noise: Donoho & Johnstone, Biometrika 81 (1994), 425-455.

    Examples
    --------
    >>> speck = np.full((1, 5, 5, 1), 10, np.uint8)
    >>> speck[0, 2, 2] = 255
    >>> int(Denoise().apply(Recording.of(speck).frames([0])).pixels.max())
    10
    """

    by: str = parameter(
        "median",
        says="which way",
        choices=("median", "gaussian", "bilateral", "nl-means"),
    )
    radius_px: float = parameter(
        1.0, unit="px", says="half width of the median's window", low=0.0, high=100.0
    )
    sigma_px: float = parameter(
        1.5, unit="px", says="deviation in space, of gaussian and bilateral", low=0.0
    )
    search_px: float = parameter(
        5.0, unit="px", says="how far nl-means looks for patches alike", low=0.0, high=50.0
    )
    patch_px: float = parameter(
        2.0, unit="px", says="half width of the patches of nl-means", low=0.0, high=20.0
    )
    noise_level: float = parameter(
        0.0, unit="level", says="deviation of the noise; 0 to estimate it", low=0.0
    )
    strength: float = parameter(
        1.0, unit="1", says="multiplies the noise, for bilateral and nl-means", low=0.0
    )

    shifts: ClassVar[bool] = True
    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """As many pixels: of the same type by median, in single precision otherwise."""
        seen = real(specs["recording"], self.name())
        return replace(seen, dtype=self._dtype(seen.dtype))

    def reach(self, spec: Spec) -> Reach:
        """As far as neighbours are looked at; everything, where the noise must be estimated."""
        if self.by in ("bilateral", "nl-means") and self.noise_level == 0:
            return Reach(around_px=None)
        widest = max(self._radii(steps(spec.spacing_mm, len(spec.size))))
        # A NaN that is looked at has looked around itself before.
        return Reach(around_px=2 * widest if np.dtype(spec.dtype).kind == "f" else widest)

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """Every frame with less noise."""
        step = steps(batch.spacing_mm, len(batch.size))
        dtype = self._dtype(batch.pixels.dtype.name)
        return pictures_of(batch, lambda picture: self._cleaned(picture, step), dtype)

    def _dtype(self, dtype: str) -> str:
        return dtype if self.by == "median" else "float32"

    def _radii(self, step: Sequence[float]) -> list[int]:
        """How far neighbours are looked at along each axis."""
        match self.by:
            case "median":
                return _whole(self.radius_px, step)
            case "gaussian":
                return [len(kernel) // 2 for kernel in gaussians(self.sigma_px, step)]
            case "bilateral":
                return [reach_of(self.sigma_px / h) for h in step]
            case _:
                both = zip(_whole(self.search_px, step), _whole(self.patch_px, step), strict=True)
                return [search + patch for search, patch in both]

    def _cleaned(self, picture: Array, step: Sequence[float]) -> Array:
        single = self.by != "median" or picture.dtype == np.float16
        levels = picture.astype(np.float32) if single else picture
        if picture.dtype.kind != "f":
            return self._of_known(levels, step) if picture.size else levels
        known = np.isfinite(levels)
        if not known.any():
            return levels
        radii = self._radii(step)
        return np.where(known, self._of_known(filled(levels, known, radii), step), levels)

    def _of_known(self, levels: Array, step: Sequence[float]) -> Array:
        if self.by == "median":
            return median(levels, _whole(self.radius_px, step))
        if self.by == "gaussian":
            return convolved(levels, gaussians(self.sigma_px, step))
        noise = self.strength * (self.noise_level or noise_of(levels))
        if self.by == "bilateral":
            return bilateral(levels, [self.sigma_px / h for h in step], RANGE * noise)
        search, patch = _whole(self.search_px, step), _whole(self.patch_px, step)
        return nl_means(levels, search, patch, noise)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A noisy square with odd pixels, in pixels half as high as wide."""
        random = np.random.default_rng(4)
        pixels = random.normal(80, 9, (9, 40, 52, 1))
        pixels[:, 12:30, 14:40] += 70
        pixels[random.random(pixels.shape) < 0.02] = 250
        film = Recording.of(np.clip(pixels, 0, 255).astype(np.uint8))
        return {"recording": replace(film, spacing_mm=(0.25, 0.5))}


def median(picture: Array, radii: Sequence[int]) -> Array:
    """The median of the box around each pixel, in the picture's own type; the rim is repeated.

    Parameters
    ----------
    picture
        ``([z,] y, x)`` of whole or finite numbers.
    radii
        Half widths of the box along each axis.

    Examples
    --------
    >>> median(np.array([[1, 9, 2, 3]], np.uint16), (0, 1)).tolist()
    [[1, 2, 3, 3]]
    """
    if not any(radii):
        return picture
    side = 2 * radii[0] + 1
    if picture.ndim == 2 and len(set(radii)) == 1 and _in_opencv(picture.dtype.name, side):
        return cv2.medianBlur(picture, side).reshape(picture.shape)
    from scipy.ndimage import median_filter

    found: Array = median_filter(picture, [2 * r + 1 for r in radii], mode="nearest")
    return found


def _in_opencv(dtype: str, side: int) -> bool:
    return dtype == "uint8" or (dtype in ("uint16", "int16", "float32") and side <= 5)


def _whole(length_px: float, step: Sequence[float]) -> list[int]:
    """A length in pixels along each axis, rounded."""
    return [round(length_px / h) for h in step]
