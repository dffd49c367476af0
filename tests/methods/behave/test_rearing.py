from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ethoframe.data import Arena, Tracks
from ethoframe.methods.behave.rearing import SUPPORTED, UNSUPPORTED, Rearing
from ethoframe.run import apply

EXAMPLE = Rearing.example()


def rears(label: str, tracks: Tracks, arena: Arena | None = None, **given) -> list[object]:
    side = {} if arena is None else {"arena": arena}
    return apply(Rearing(**given), tracks=tracks, **side).spans(label).tolist()


def near(*spans: tuple[float, float]) -> list[object]:
    return [pytest.approx(list(span), abs=0.2) for span in spans]


def test_a_nose_beyond_the_edge_is_a_supported_rear_and_a_short_body_an_unsupported_one() -> None:
    assert rears(SUPPORTED, **EXAMPLE) == near((2.9, 4.7))
    assert rears(UNSUPPORTED, **EXAMPLE) == near((8.1, 9.1))


def test_without_an_arena_no_wall_is_known() -> None:
    assert rears(SUPPORTED, EXAMPLE["tracks"]) == []
    assert rears(UNSUPPORTED, EXAMPLE["tracks"]) == near((8.1, 9.1))


def test_an_animal_that_runs_does_not_rear_and_a_short_moment_is_none() -> None:
    tracks = EXAMPLE["tracks"]
    run = np.stack([100 * tracks.times_s, 0 * tracks.times_s], axis=1)[:, :, None, None]
    assert rears(UNSUPPORTED, replace(tracks, position=tracks.position + run)) == []
    assert rears(UNSUPPORTED, EXAMPLE["tracks"], least_s=2.0) == []


def test_in_pixels_and_at_half_the_rate_it_is_the_same() -> None:
    tracks, arena = EXAMPLE["tracks"], EXAMPLE["arena"]
    half = tracks.take(slice(None, None, 2))
    assert rears(SUPPORTED, half, arena) == near((2.9, 4.7))
    in_px = replace(tracks, position=tracks.position, unit="px")
    assert rears(SUPPORTED, in_px, replace(arena, sides_mm=None)) == near((2.9, 4.7))


def test_it_says_that_it_is_not_validated() -> None:
    assert "not validated" in apply(Rearing(), **EXAMPLE).definition
