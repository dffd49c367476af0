"""One class for each pixel or voxel, by a U-Net that was taught by marked pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ethoframe.contract import In, Kind
from ethoframe.data import LabelMap
from ethoframe.methods.segment._semantic import Semantic


@dataclass(frozen=True)
class Unet(Semantic):
    """Classes of pixels or voxels: coarse maps tell what, finer ones, joined to them, tell where.

    The encoder is one of timm, with weights that know natural pictures; or ``plain``, the U-Net as
    it was published: convolutions without padding (572 px are seen for 388 that are answered, 64
    channels, 31 million weights), whatever lies beyond the picture mirrored at its border. Volumes
    have a plain U-Net of their own, of patches in voxels: `planes` of them, each `window_px` wide.

    Frames are evened by the percentiles 1 and 99.8 of their levels, and looked at in pieces that
    overlap by a quarter at least. Labels are those of the marked pictures, with their names, uint8
    where they fit; 0 is background. What is NaN is taken for the middle of what is known.

    References
    ----------
    Ronneberger, Fischer & Brox, MICCAI 2015, 234-241. Volumes: Çiçek et al., MICCAI 2016, 424-432.
    """

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING, volumes=True)}
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"
    learns = LabelMap
    decoder = "unet"
