"""One class for each pixel, by scores of coarse maps that are enlarged and added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ethoframe.contract import In, Kind
from ethoframe.data import LabelMap
from ethoframe.methods.segment._semantic import Semantic


@dataclass(frozen=True)
class Fcn(Semantic):
    """Classes of pixels by a fully convolutional network: quicker than `segment/unet`, and coarser.

    The three finest maps of the encoder, from `stride` on, are scored each by itself; scores are
    enlarged and added, and nothing else is learned on the way back to pixels.

    Frames are evened by the percentiles 1 and 99.8 of their levels, and looked at in pieces that
    overlap by a quarter at least. Labels are those of the marked pictures, with their names, uint8
    where they fit; 0 is background. What is NaN is taken for the middle of what is known.

    References
    ----------
    Long, Shelhamer & Darrell, CVPR 2015, 3431-3440.
    """

    takes: ClassVar[Mapping[str, In]] = {"recording": In(Kind.RECORDING)}
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "1"
    learns = LabelMap
    decoder = "fcn"
