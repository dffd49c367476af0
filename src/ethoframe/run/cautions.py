"""What a reader must know before trusting the answers, one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ethoframe.data import Arena, Noun, Recording, Tracks, Values

SQUARE = 1.02


def cautions(recording: Recording, answers: Mapping[str, Noun]) -> Iterator[str]:
    """Lines about the answers of a recipe, the gravest first."""
    for noun in answers.values():
        match noun:
            case Tracks(unit="px"):
                yield from _undecoded(noun, recording)
            case Values() if "shift" in noun.names and np.isfinite(noun["moved"]):
                shift, moved = noun["shift"], noun["moved"]
                yield f"the camera moved by {shift:.1f} px at about {moved:.0f} s: floor and zones hold for one side of it only"
            case Arena():
                yield from _doubtful(noun)


def _undecoded(tracks: Tracks, recording: Recording) -> Iterator[str]:
    missing = len(recording) - len(tracks)
    if missing:
        yield f"{missing} of {len(recording)} frames could not be decoded and are missing"


def _doubtful(arena: Arena) -> Iterator[str]:
    if arena.source == "explored":
        yield (
            "no floor was found in the picture: the extent of the animal's path stands in for it; "
            "draw it and give it with --arena"
        )
    if arena.sides_mm is None:
        yield "no scale: lengths are in body lengths (bl); give --side for millimetres"
        return
    longer, shorter = max(arena.sides_mm), min(arena.sides_mm)
    if arena.source == "detected" and longer > SQUARE * shorter:
        yield (
            f"the floor was taken for {arena.sides_mm[0]:.0f} × {arena.sides_mm[1]:.0f} mm, as it looks "
            "in the picture; give both sides if you know them, as --side 60x40cm"
        )
