"""Positions that nobody is sure of, taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Noun, Tracks


@dataclass(frozen=True)
class Gate(WholeMethod):
    """Takes a position for not seen (NaN, confidence 0) where its confidence is under *sure*.

    Networks place a keypoint wherever it is likeliest, also where it is not in the picture at all:
    only their confidence tells. What it means differs between networks; it is compared as it is.
    Positions with a confidence of 0 that were filled in before (`clean/gaps`) fall too, so gate
    first.

    References
    ----------
    The likelihood cutoff of markerless tracking: Nath et al., Nature Protocols 14 (2019),
    2152-2176.
    """

    sure: float = parameter(
        0.6, unit="1", says="confidence from which a keypoint counts as seen", low=0.0, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.TRACKS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """The same tracks."""
        return specs["tracks"]

    def apply(self, **inputs: Any) -> Tracks:
        """The tracks without what is unsure."""
        tracks: Tracks = inputs["tracks"]
        unsure = ~(tracks.confidence >= self.sure)
        return replace(
            tracks,
            position=np.where(unsure[:, None], np.nan, tracks.position),
            confidence=np.where(unsure, 0.0, tracks.confidence),
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A walk in which confidence falls, and places go astray, for half a second."""
        t = np.arange(60) / 30
        points = np.stack([100 * t, 50 * t], axis=1)
        points[20:35] = 7.0
        tracks = Tracks.of(points, t)
        sure = np.full((60, 1, 1), 0.95)
        sure[20:35] = 0.1
        return {"tracks": replace(tracks, confidence=sure)}
