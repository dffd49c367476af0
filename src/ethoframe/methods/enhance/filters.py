"""One filter on every frame: a kernel of the user's own, or a usual one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.enhance._gaussian import (
    eigenvalues,
    gaussians,
    gradient,
    hessian,
    laplacian,
    smoothed,
    steps,
)
from ethoframe.methods.enhance._pictures import floating, pictures_of, real

NAMED: Mapping[str, tuple[tuple[float, ...], ...]] = {
    "mean": ((1 / 9, 1 / 9, 1 / 9),) * 3,
    "sharpen": ((0.0, -1.0, 0.0), (-1.0, 5.0, -1.0), (0.0, -1.0, 0.0)),
    "sobel-x": ((-1 / 8, 0.0, 1 / 8), (-1 / 4, 0.0, 1 / 4), (-1 / 8, 0.0, 1 / 8)),
    "sobel-y": ((-1 / 8, -1 / 4, -1 / 8), (0.0, 0.0, 0.0), (1 / 8, 1 / 4, 1 / 8)),
}
SATO_ACROSS = 0.25  # of the curvature along a line that turns up at its end; Sato's alpha
ROUNDING = 1e-5  # of a level: gradients below are those of single precision


@dataclass(frozen=True)
class Filters(FrameMethod):
    """The picture filtered by a kernel, or its gradient, Laplacian, ridges or structure.

    * *own*: the sum of neighbours weighted by *kernel*, which is laid on the picture as it is
      written (not turned round); rows of numbers, of odd lengths, or planes of rows for volumes. On
      volumes, rows alone are laid on plane by plane. *mean*, *sharpen*, *sobel-x* and *sobel-y* are
      such kernels of 3 × 3.
    * *gradient*: length of the gradient; *laplacian*: sum of second derivatives.
    * *ridge*: lines, as Sato et al. find them by the eigenvalues of the second derivatives: the
      curvature across a line, less where it also curves along. In levels, times sigma squared; 0
      where there is no line that is bright (or dark, by *lines*).
    * *structure*: how much one direction prevails in the gradients of a neighbourhood of
      *window_px*: from 0, where all do alike or nothing changes, to 1, on straight edges.

    All but the kernels act at the scale *sigma_px*, by the discrete Gaussian, in pixels of the
    finest axis, so that coarser axes are treated alike; derivatives are per such pixel. Frames may
    be pictures or volumes, and each channel is answered by itself, in single precision. At the rim
    the picture goes on as in a mirror. A NaN makes every answer NaN in which it has weight.

    References
    ----------
    Ridges: Sato et al., Med. Image Anal. 2 (1998), 143-168, and for the idea Frangi et al., Proc.
    MICCAI 1998, 130-137; structure: Bigun & Granlund, Proc. ICCV 1987, 433-438.

    Examples
    --------
    >>> right = Filters("own", ((0.0, 0.0, 1.0),))
    >>> row = Recording.of(np.array([[[[1], [2], [3]]]], np.uint8)).frames([0])
    >>> right.apply(row).pixels.ravel().tolist()
    [2.0, 3.0, 2.0]
    """

    filter: str = parameter(
        "gradient",
        says="which filter",
        choices=("own", *NAMED, "gradient", "laplacian", "ridge", "structure"),
    )
    kernel: tuple[Any, ...] = parameter(
        (), says="weights of the filter own: rows of numbers, or planes of rows"
    )
    sigma_px: float = parameter(
        1.5, unit="px", says="scale of derivatives: deviation of the Gaussian", low=0.0
    )
    window_px: float = parameter(
        4.0, unit="px", says="neighbourhood of structure: deviation of a Gaussian", low=0.0
    )
    lines: str = parameter("bright", says="which lines are ridges", choices=("bright", "dark"))

    shifts: ClassVar[bool] = True
    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.RECORDING
    version: ClassVar[str] = "1"

    def __post_init__(self) -> None:
        super().__post_init__()
        # What JSON read as lists within a tuple must be tuples, or the method has no hash.
        object.__setattr__(self, "kernel", _tuples(self.kernel))

    def outline(self, **specs: Spec) -> Spec:
        """As many pixels, in single precision; refuses a kernel that does not fit."""
        seen = real(specs["recording"], self.name())
        self._weights(len(seen.size))
        return replace(seen, dtype="float32")

    def reach(self, spec: Spec) -> Reach:
        """As far as the kernel, or the Gaussians and differences, reach."""
        if self._by_kernel:
            return Reach(around_px=max(self._weights(len(spec.size)).shape) // 2)
        step = steps(spec.spacing_mm, len(spec.size))
        widest = 1 + max(len(k) // 2 for k in gaussians(self.sigma_px, step))
        if self.filter == "structure":
            widest += max(len(k) // 2 for k in gaussians(self.window_px, step))
        return Reach(around_px=widest)

    def apply(self, batch: Frames, **side: Any) -> Frames:
        """Every frame filtered."""
        axes = len(batch.size)
        if self._by_kernel:
            weights = self._weights(axes)
            return pictures_of(batch, lambda p: correlated(floating(p), weights), "float32")
        step = steps(batch.spacing_mm, axes)
        return pictures_of(batch, lambda p: self._derived(floating(p), step), "float32")

    @property
    def _by_kernel(self) -> bool:
        return self.filter == "own" or self.filter in NAMED

    def _derived(self, levels: Array, step: Sequence[float]) -> Array:
        at_scale = smoothed(levels, self.sigma_px, step)
        if self.filter == "gradient":
            return np.sqrt(sum(part**2 for part in gradient(at_scale, step)))
        if self.filter == "laplacian":
            return laplacian(at_scale, step)
        if self.filter == "ridge":
            sign = 1 if self.lines == "bright" else -1
            return self.sigma_px**2 * lines(eigenvalues(hessian(sign * at_scale, step)))
        return coherence(at_scale, step, lambda p: smoothed(p, self.window_px, step))

    def _weights(self, axes: int) -> Array:
        """The kernel ``(y, x)`` or ``(z, y, x)``; refuses one that is none."""
        rows = NAMED.get(self.filter, self.kernel)
        if not self._by_kernel:
            return np.ones((1,) * axes)
        try:
            weights = np.array(rows, np.float64)
        except (TypeError, ValueError):
            reason = "kernel is not made of numbers in rows of the same length"
            raise Refusal(self.name(), reason, "write it like ((0, 1, 0), (1, 1, 1))") from None
        if weights.ndim not in (2, axes) or 0 in weights.shape:
            reason = f"kernel has {weights.ndim} axes for frames of {axes}"
            raise Refusal(self.name(), reason, "write it as rows, like ((0, 1, 0), (1, 1, 1))")
        if not all(length % 2 for length in weights.shape):
            sides = " × ".join(map(str, weights.shape))
            reason = f"kernel is {sides}, and has no middle"
            raise Refusal(self.name(), reason, "give it an odd number of rows and columns")
        if not np.isfinite(weights).all():
            raise Refusal(self.name(), "kernel holds NaN or infinity", "give it finite numbers")
        return weights.reshape((1,) * (axes - weights.ndim) + weights.shape)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Noise with a bright line in it, in pixels half as high as wide."""
        random = np.random.default_rng(5)
        pixels = random.integers(0, 120, (9, 40, 52, 1)).astype(np.uint8)
        pixels[:, 18:21] += 100
        return {"recording": replace(Recording.of(pixels), spacing_mm=(0.25, 0.5))}


def correlated(picture: Array, weights: Array) -> Array:
    """Sum of neighbours by weights of as many axes, laid on as they are.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)`` of floats.
    weights
        Of odd lengths; where one is 0 the neighbour is not looked at.

    Examples
    --------
    >>> correlated(np.array([[1.0, np.nan, 3.0]]), np.array([[1.0, 0.0, 0.0]])).tolist()
    [[nan, 1.0, nan]]
    """
    # OpenCV's large kernels go by Fourier transform, which spreads a NaN over everything.
    if picture.ndim == 2 and np.isfinite(picture).all():
        ends = cv2.BORDER_REFLECT_101
        return cv2.filter2D(picture, -1, weights, borderType=ends).reshape(picture.shape)
    from scipy.ndimage import correlate

    found: Array = correlate(picture, weights, mode="mirror")
    return found


def lines(curvatures: Array) -> Array:
    """How much like a bright line each pixel is, from eigenvalues of its second derivatives.

    Parameters
    ----------
    curvatures
        Ascending ``(2|3, ...)``; the last is that along the line.

    Returns
    -------
    Array
        The second largest curvature, in size, less that along the line; 0 where it is no line.

    References
    ----------
    Sato et al., Med. Image Anal. 2 (1998), 143-168, with both their powers 1; in pictures, across
    is the only curvature but that along.

    Examples
    --------
    >>> lines(np.array([[-4.0, -4.0, 1.0], [0.0, -4.0, 2.0]])).tolist()
    [4.0, 0.0, 0.0]
    """
    across, along = -curvatures[-2], curvatures[-1]
    left = across + np.where(along <= 0, along, -SATO_ACROSS * along)
    line: Array = np.where((across > 0) & (left > 0), left, np.zeros_like(left))
    # A comparison with NaN is false, and what is unknown must not read as no line.
    return np.where(np.isnan(left), left, line)


def coherence(picture: Array, step: Sequence[float], gathered: Callable[[Array], Array]) -> Array:
    """How much one direction prevails in the gradients around each pixel, from 0 to 1.

    Parameters
    ----------
    picture
        ``(y, x)`` or ``(z, y, x)``, at the scale of its gradients.
    step
        Distance of neighbours along each axis.
    gathered
        Mean over a neighbourhood.

    Returns
    -------
    Array
        (n l / Σ − 1) / (n − 1), for n axes, with l the largest eigenvalue of the structure tensor
        and Σ the sum of all.

    Examples
    --------
    >>> edge = np.repeat([[0.0, 0.0, 1.0, 1.0]], 4, axis=0)
    >>> float(coherence(edge, (1.0, 1.0), lambda p: p)[1, 1].round(3))
    1.0
    """
    slopes = gradient(picture, step)
    axes = range(picture.ndim)
    pairs = {(a, b): gathered(slopes[a] * slopes[b]) for a in axes for b in axes if a <= b}
    whole = sum(pairs[a, a] for a in axes)
    # Where all is even, what is left of gradients is rounding, and has no direction.
    silent = ROUNDING**2 * gathered(picture**2)
    largest = eigenvalues(pairs)[-1]
    n = picture.ndim
    share = np.divide(largest, whole, out=np.full_like(largest, 1 / n), where=whole > silent)
    share = np.where(np.isnan(whole), whole, share)
    return np.clip((n * share - 1) / (n - 1), 0, 1)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list | tuple) else value
