"""Places and the arena in one plane."""

from __future__ import annotations

from ethoframe.data import Arena, Tracks


def together(tracks: Tracks, arena: Arena) -> tuple[Arena, float]:
    """The arena in the plane of the tracks, and what places must be multiplied by to lie in it.

    Tracks in body lengths have no plane of their own but that of the picture.
    """
    if arena.unit == tracks.unit:
        return arena, 1.0
    if tracks.unit == "mm" and arena.to_floor is not None:
        return arena.mapped(arena.to_floor), 1.0
    return arena, tracks.px_per_unit
