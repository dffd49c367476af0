"""One set of drawn numbers: a picture and all that is marked in it go through it together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data.noun import Array, Noun, frozen
from ethoframe.nets.augment import affine, sampling
from ethoframe.nets.augment.elastic import Elastic
from ethoframe.nets.augment.photometry import Photometry
from ethoframe.nets.augment.sampling import Border, Map

ALONG_A_SIDE = 17  # places at which a bent side of a box is followed


@dataclass(frozen=True, eq=False)
class Drawn(Noun):
    """One map from a window into a picture, and one look: everything here is fixed by its fields.

    Pixel (0, 0) is the centre of the top-left pixel, in the picture as in the window; sizes are
    rows and columns, places x and y.

    Parameters
    ----------
    size_in, size_out
        Of the picture and of the window.
    matrix
        ``(2, 3)``, from the window into the picture.
    elastic
        What bends the window before the matrix; None where nothing is bent.
    look
        What else changes in the image.

    Examples
    --------
    >>> mirror = Drawn((2, 3), (2, 3), np.array([[-1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]))
    >>> mirror.image(np.array([[1, 2, 3], [4, 5, 6]], np.uint8))
    array([[3, 2, 1], [6, 5, 4]], dtype=uint8)
    >>> mirror.points(np.array([[0.0, 1.0]])), mirror.mirrored
    (array([[2., 1.]]), True)
    """

    size_in: tuple[int, int]
    size_out: tuple[int, int]
    matrix: Array
    elastic: Elastic | None = None
    look: Photometry = field(default_factory=Photometry)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", frozen(self.matrix, np.float64))

    @property
    def mirrored(self) -> bool:
        """Whether left and right are exchanged: keypoints are then to be `swapped`."""
        return bool(np.linalg.det(self.matrix[:, :2]) < 0)

    @property
    def magnification(self) -> float:
        """Pixels of the window for one of the picture, along a line, on the whole."""
        return 1 / self._map.pixels_per_pixel

    @property
    def _map(self) -> Map:
        return Map(self.matrix, self.elastic, self.size_out)

    def field(self) -> Array:
        """Where in the picture each pixel of the window lies ``(h, w, 2)``, x and y, float32."""
        return np.stack(self._map.maps(), axis=-1)

    def image(
        self,
        pixels: Array,
        border: Border = "reflect",
        fill: float = 0.0,
        white: float | None = None,
    ) -> Array:
        """The window's image ``(h, w[, c])``, moved and in its new look, in the image's dtype.

        Parameters
        ----------
        pixels
            ``(h, w)`` or ``(h, w, c)`` with 1 or 3 channels; uint8, uint16 or floats. NaN spreads
            to its neighbours.
        border, fill
            What lies beyond the picture: the picture mirrored at its rim, or the level `fill`.
        white
            The highest level: 255 of uint8, 65535 of uint16, else 1, unless given.

        Raises
        ------
        ValueError
            When the image is not of the size, the channels or the dtype that this is for.
        """
        pixels = self._asked(pixels)
        if pixels.shape[2:] not in ((), (1,), (3,)):
            raise ValueError(f"an image has 1 or 3 channels, not {pixels.shape[2:]}")
        if pixels.dtype not in (np.uint8, np.uint16, np.float32, np.float64):
            raise ValueError(f"an image is uint8, uint16 or floats, not {pixels.dtype}")
        moved = sampling.image(pixels, self._map, border, fill)
        return self.look.apply(moved.reshape(*self.size_out, *pixels.shape[2:]), white)

    def mask(self, labels: Array, border: Border = "reflect", fill: float = 0) -> Array:
        """The window's labels ``(h, w)``: each that of the nearest pixel, in the same dtype.

        Beyond the picture is what `image` shows there with the same border; with ``"constant"`` it
        is `fill`, such as a label that the loss leaves out.

        Raises
        ------
        ValueError
            When the labels are not of the picture's size.
        """
        labels = self._asked(labels)
        if labels.ndim != 2:
            raise ValueError(f"labels have two axes, not {labels.ndim}")
        return sampling.labels(labels, self._map, border, fill)

    def points(self, points: Array) -> Array:
        """Where in the window places ``(..., 2)`` of the picture lie, float64; NaN for NaN.

        Exact, or within 0.01 px where the window is bent. Places beyond the window are given as
        they are (see `inside`).
        """
        points = np.asarray(points, np.float64)
        moved = affine.moved(affine.inverse(self.matrix), points.reshape(-1, 2))
        if self.elastic:
            moved = self.elastic.undone(moved)
        # Half of a place is none.
        moved[np.isnan(moved).any(axis=1)] = np.nan
        return moved.reshape(points.shape)

    def boxes(self, boxes: Array) -> Array:
        """The upright boxes ``(n, 4)`` around the moved outlines of boxes; NaN for NaN.

        Columns are left, top, right, bottom. Sides are places, not pixels: a box around the pixels
        3 to 5 goes from 2.5 to 5.5. What is turned by half a right angle gets a box that is larger
        than its object; where there is a mask, the box of the moved mask is tighter. Boxes beyond
        the window are not cut.
        """
        boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
        share = np.linspace(0, 1, ALONG_A_SIDE if self.elastic else 2)
        zero, one = np.zeros_like(share), np.ones_like(share)
        across = np.concatenate([share, share, zero, one])
        down = np.concatenate([zero, one, share, share])
        left, top, right, bottom = (side[:, None] for side in boxes.T)
        outline = np.stack([left + (right - left) * across, top + (bottom - top) * down], axis=-1)
        moved = self.points(outline)
        return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=-1)

    def inside(self, points: Array) -> Array:
        """Whether places ``(..., 2)`` of the window lie on one of its pixels; False for NaN."""
        height, width = self.size_out
        x, y = points[..., 0], points[..., 1]
        on: Array = (x >= -0.5) & (x < width - 0.5) & (y >= -0.5) & (y < height - 0.5)
        return on

    def hidden(self, points: Array) -> Array:
        """Whether places ``(..., 2)`` of the window lie under a patch; False for NaN."""
        return self.look.covers(points)

    def _asked(self, pixels: Array) -> Array:
        if pixels.shape[:2] != tuple(self.size_in):
            raise ValueError(f"drawn for a picture of {self.size_in}, not {pixels.shape[:2]}")
        return pixels


def swapped(values: Array, pairs: Sequence[tuple[int, int]], axis: int = -2) -> Array:
    """What belongs to left keypoints given to right ones and the other way round, as a copy.

    Parameters
    ----------
    values
        One entry for each keypoint along `axis`: places ``(..., keypoint, 2)``, or with axis -1
        whether they are seen ``(..., keypoint)``.
    pairs
        Indices of left and right.

    Examples
    --------
    >>> swapped(np.array([[1, 1], [2, 2], [3, 3]]), [(0, 2)])[:, 0]
    array([3, 2, 1])
    """
    order = np.arange(values.shape[axis])
    for left, right in pairs:
        order[[left, right]] = right, left
    return np.take(values, order, axis=axis)
