"""How swings come out that begin and end in other ways: simulated walks whose steps are known.

A swing is told from where a paw is faster than the body until it is slower than half of that. A paw
that leaves the ground at once passes these at once; one that starts softly is a while slower than
the body although it has left the ground. How mice do it nobody told us, so all are shown: *even*,
the same speed all along; *trapezium*, speeding up and slowing down for 0.15 of the swing each (the
walks that the thresholds were chosen by); *sine*, half a wave of speed; *minimum jerk*, as of arms.

100 frames per second, 60 mm a stride, jitter 0.15 mm, 6 s; strides of 0.15 to 0.5 s with swings of
a quarter to 0.55 of that, the same ones for all. start, stop: median of found less true, in ms;
swing: how much too long it comes out, in percent; duty: how much too large the duty factor is. Each
from the least to the most of all walks, and two walks by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ethoframe.data import Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave.steps import Steps
from ethoframe.run import apply
from ethoframe.testing.walkers import eased

Profile = Callable[[Array], Array]

PROFILES: Mapping[str, Profile] = {
    "even": lambda share: share,
    "trapezium": lambda share: eased(share, 0.15),
    "sine": lambda share: (1 - np.cos(np.pi * share)) / 2,
    "minimum jerk": lambda share: 10 * share**3 - 15 * share**4 + 6 * share**5,
}
"""Share of the way after a share of the swing."""

STRIDES_S, SWINGS_S = (0.15, 0.2, 0.3, 0.4, 0.5), (0.08, 0.1, 0.15, 0.2)
SHARES = (0.25, 0.55)
ALONE = ((0.3, 0.1), (0.5, 0.2))
RATE, LASTS_S, STRIDE_MM, JITTER_MM, BEGINS_S = 100.0, 6.0, 60.0, 0.15, 0.013

Row = dict[str, Any]


def rows() -> Iterator[Row]:
    """By profile: all walks, and two of them."""
    every = [(a, b) for a in STRIDES_S for b in SWINGS_S if SHARES[0] <= b / a <= SHARES[1]]
    for name, profile in PROFILES.items():
        told = {walk: found(profile, *walk) for walk in every}
        yield {"profile": name, "walk": f"all {len(every)}", **_range(np.array([*told.values()]))}
        for walk in ALONE:
            each = f"stride {walk[0]:g} s, swing {walk[1]:g} s"
            yield {"profile": name, "walk": each, **_range(np.array([told[walk]]))}


def found(profile: Profile, stride_s: float, swing_s: float) -> tuple[float, ...]:
    """Start and stop less the true ones (ms), swing (%) and duty factor of one walk."""
    tracks, true = walked(profile, stride_s, swing_s)
    spans = apply(Steps(), tracks=tracks).spans("hind paw swing")
    over = (spans[:, 0] < true[:, [1]]) & (spans[:, 1] > true[:, [0]])
    if not (over.sum(axis=1) == 1).all():
        raise ValueError(f"a swing of {swing_s:g} s in {stride_s:g} s was not found once")
    own = spans[over.argmax(axis=1)]
    off = np.median(own - true, axis=0) * 1000
    longer = float(np.median(own[:, 1] - own[:, 0])) - swing_s
    return float(off[0]), float(off[1]), 100 * longer / swing_s, -longer / stride_s


def walked(profile: Profile, stride_s: float, swing_s: float) -> tuple[Tracks, Array]:
    """A hind paw and the trunk, and the swings ``(n, 2)`` that neither end of the film cuts."""
    times_s = np.arange(round(LASTS_S * RATE)) / RATE
    strides = (times_s - BEGINS_S) / stride_s
    whole, stands = np.floor(strides), 1 - swing_s / stride_s
    share = np.clip((strides - whole - stands) / (1 - stands), 0.0, 1.0)
    body = STRIDE_MM / stride_s * times_s
    up = 8 * np.sin(np.pi * share)
    none = np.zeros_like(up)
    places = {
        "nose": (body + 80, none - 20),
        "body_centre": (body + 40, none - 25),
        "tail_base": (body, none - 25),
        "hind_paw": (STRIDE_MM * (whole + profile(share)) + 10, -up),
    }
    position = np.stack([np.stack(each, axis=1) for each in places.values()], axis=2)[..., None]
    position = position + np.random.default_rng(1).normal(0, JITTER_MM, position.shape)
    seen = np.ones((len(times_s), len(places), 1))
    numbers = np.arange(len(times_s))
    tracks = Tracks(position, seen, numbers, times_s, (*places,), unit="mm")
    down_s = BEGINS_S + (np.arange(strides.max()) + 1) * stride_s
    true = np.stack([down_s - swing_s, down_s], axis=1)
    return tracks, true[(true[:, 0] > 0.2) & (true[:, 1] < LASTS_S - 0.2)]


def _range(every: Array) -> Row:
    names = ("start ms", "stop ms", "swing %", "duty")
    low, high = every.min(axis=0), every.max(axis=0)
    return {
        name: f"{a:+.{d}f}" if len(every) == 1 else f"{a:+.{d}f} to {b:+.{d}f}"
        for name, a, b, d in zip(names, low, high, (0, 0, 0, 2), strict=True)
    }
