"""What a single method gets of tracks in which a network was not sure of every place."""

from __future__ import annotations

from typing import Any

import numpy as np

from ethoframe.contract import Kind, Method, catalog
from ethoframe.data import Noun, Tracks
from ethoframe.data.roles import makes
from ethoframe.run.apply import apply
from ethoframe.run.cautions import SURE

OFTEN = 0.01
"""Share of the places of a keypoint that are left out, from which on it is told."""

ASKED_AS_THEY_ARE = frozenset({"measure/quality", "behave/learned", "behave/motifs"})
"""Methods that look at the confidence themselves, or learned with places as they came."""


def trusting(main: Noun, method: Method) -> tuple[Noun, tuple[str, ...]]:
    """What a method that measures or tells behaviour gets, and what is to be known of it.

    Places that the network disowns are no places: they are left out (`Tracks.trusted`), and gaps
    are filled as an assay fills them (`clean/gaps`), so that a blink ends nothing. Tracks without
    such places stay as they are. Methods with a parameter `sure` decide by themselves.

    Examples
    --------
    >>> from dataclasses import replace
    >>> guessed = Tracks.of(np.zeros((10, 2)), np.arange(10.0) / 10, "nose")
    >>> doubt = np.where(np.arange(10) == 4, 0.1, 0.9)[:, None, None]
    >>> guessed = replace(guessed, confidence=doubt)
    >>> _, (line,) = trusting(guessed, catalog.find("measure/rotation")())
    >>> line.partition(";")[0]
    '10 % of the places of nose have a confidence under 0.6 and were left out'
    """
    tells = method.gives in (Kind.MEASURES, Kind.EPISODES)
    room = method.name().startswith(("measure/", "behave/"))
    own = hasattr(method, "sure") or method.name() in ASKED_AS_THEY_ARE
    if not isinstance(main, Tracks) or not (tells and room) or own:
        return main, ()
    kept = main.trusted(SURE)
    left_out = np.isfinite(main.position).all(axis=1) & ~np.isfinite(kept.position).all(axis=1)
    if not left_out.any():
        return main, ()
    gaps: Any = catalog.find("clean/gaps")()
    return apply(gaps, tracks=kept), _told(main, left_out, method, gaps.longest_s)


def _told(main: Tracks, left_out: Any, method: Method, bridged_s: float) -> tuple[str, ...]:
    """A line of the keypoint that lost most, among those that the method follows by name.

    Of several individuals one of each: what is seldom among all may be often of one.
    """
    chosen = makes(getattr(method, "keypoint", ""), main.keypoints) or main.keypoints
    placed = np.isfinite(main.position).all(axis=1).sum(axis=0)
    shares = left_out.sum(axis=0) / np.maximum(placed, 1)
    lines = []
    for who, own in zip(main.individuals, shares.T, strict=True):
        share, worst = max((float(own[main.keypoints.index(name)]), name) for name in chosen)
        whose = f"{who}: " if len(main.individuals) > 1 else ""
        lines += [
            f"{whose}{100 * share:.3g} % of the places of {worst} have a confidence under {SURE:g} "
            f"and were left out; gaps up to {bridged_s:g} s are bridged"
        ] * (share >= OFTEN)
    return tuple(lines)
