"""Sound videos as labs have them, no two alike."""

from __future__ import annotations

import numpy as np

from ethoframe.testing.scenes.floor import SQUARE, Corners
from ethoframe.testing.scenes.scene import Scene
from ethoframe.testing.scenes.spans import Spans

SIZES = ((480, 640), (360, 480), (480, 480), (576, 720))
RATES = (25.0, 30.0)

# Lengths in mm, from and to: side of the floor, rump to nose, tail.
_MOUSE = (300.0, 500.0), (72.0, 98.0), (60.0, 85.0)
_RAT = (700.0, 1000.0), (160.0, 215.0), (130.0, 180.0)


def varied(seed: int, duration_s: float = 60.0) -> Scene:
    """A sound video: another animal, floor, lamp and camera for each seed.

    Examples
    --------
    >>> varied(1) == varied(1), varied(1) == varied(2)
    (True, False)
    """
    rng = np.random.default_rng((seed, 11))
    side, body, tail = (rng.uniform(*span) for span in (_RAT if rng.random() < 0.2 else _MOUSE))
    dark = rng.random() < 0.7
    size = SIZES[rng.integers(len(SIZES))]
    surface = rng.choice(["plain", "wood", "bedding"])
    return Scene(
        name=f"sound_{seed:03d}",
        size=size,
        rate=float(rng.choice(RATES)),
        duration_s=duration_s,
        seed=10_000 + seed,
        side_mm=float(side),
        body_mm=float(body),
        tail_mm=float(tail),
        shape="circle" if rng.random() < 0.25 else "rectangle",
        corners_px=_corners(size, rng),
        polarity="dark" if dark else "light",
        contrast=float(rng.uniform(0.5, 0.9)),
        ear_paleness=float(rng.uniform(0.1, 0.5)),
        noise_level=float(rng.uniform(1.0, 5.0)),
        shading=float(rng.uniform(0.05, 0.4)),
        light_drift=float(rng.uniform(0.0, 0.15)),
        flicker=float(rng.uniform(0.0, 0.01)),
        light_level=float(rng.uniform(0.6, 1.0)),
        reflection=float(rng.uniform(0.0, 0.35)),
        surface=surface.item(),
        texture=float(rng.uniform(0.0, 0.06)),
        droppings=int(rng.integers(0, 4)) if dark else 0,
        turns=int(rng.integers(1, 6)),
        still=_rests(duration_s, rng),
    )


def _corners(size: tuple[int, int], rng: np.random.Generator) -> Corners:
    """A floor that fills most of the shorter side, not quite amid the picture nor quite square."""
    side = rng.uniform(0.72, 0.92) * min(size)
    free = np.array(size[::-1]) - 1 - 1.04 * side
    middle = (np.array(size[::-1]) - 1) / 2 + rng.uniform(-0.35, 0.35, 2) * free
    corners = middle + side * (SQUARE + rng.uniform(-0.01, 0.01, (4, 2)))
    return tuple((float(x), float(y)) for x, y in corners)


def _rests(duration_s: float, rng: np.random.Generator) -> Spans:
    """Up to two pauses of a few seconds."""
    starts = np.sort(rng.uniform(0.1, 0.8, rng.integers(0, 3))) * duration_s
    return tuple((float(start), float(start + rng.uniform(2, 8))) for start in starts)
