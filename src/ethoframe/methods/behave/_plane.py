"""Places and the arena in one plane."""

from __future__ import annotations

from ethoframe.data import Arena, Tracks


def together(tracks: Tracks, arena: Arena) -> tuple[Arena, float]:
    """The arena in the plane of the tracks, and what places must be multiplied by to lie in it.

    See `Arena.for_tracks`.
    """
    return arena.for_tracks(tracks)
