"""What is told of strides: each number with its unit and definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ethoframe.data import Measure
from ethoframe.data.bins import Stretch
from ethoframe.data.noun import Array
from ethoframe.methods.measure._gait import Paw, Strides
from ethoframe.methods.measure._gait_between import base, circular, order, patterns, regular

Tell = Callable[..., Measure]
"""Makes a measure of one individual over the stretch of time at hand."""

UNPROVEN = "; not validated against people"


def quantities(strides: Strides, unit: str) -> list[tuple[str, Array, str, str]]:
    """Quantity, one value per stride, unit and definition."""
    stance, swing, lasts, far = strides.stance_s, strides.swing_s, strides.lasts_s, strides.length
    return [
        ("stance duration", stance, "s", "from touch-down to lift-off"),
        ("swing duration", swing, "s", "from lift-off to touch-down"),
        ("stride duration", lasts, "s", "from touch-down to touch-down"),
        ("duty factor", stance / lasts, "1", "stance ÷ stride duration"),
        ("cadence", 1 / lasts, "1/s", "strides per second: 1 ÷ stride duration"),
        ("stride length", far, unit, "from where the paw stands to where it stands next"),
        ("speed of strides", far / lasts, f"{unit}/s", "stride length ÷ stride duration"),
        ("swing speed", far / swing, f"{unit}/s", "stride length ÷ swing duration"),
    ]


def median(values: Array) -> float:
    """Of the values that are known; NaN without any."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def one(tell: Tell, quantity: str, value: float, unit: str, words: str) -> Measure:
    """A number without an interval."""
    return tell(quantity=quantity, value=float(value), unit=unit, definition=words)


def spread(tell: Tell, quantity: str, values: Array, unit: str, words: str) -> Measure:
    """Median and quartiles."""
    known = values[np.isfinite(values)]
    low, value, high = np.percentile(known, [25, 50, 75]) if len(known) else [np.nan] * 3
    numbers = {"value": float(value), "low": float(low), "high": float(high)}
    return tell(quantity=quantity, unit=unit, definition=words, **numbers)


def phase_rows(first: str, second: str, share: Array, tell: Tell) -> list[Measure]:
    """Circular mean, how alike, and of how many."""
    called = f"{first} to {second}"
    mean, length = circular(share)
    off = np.sqrt(-2 * np.log(length)) / (2 * np.pi) if length > 0 else np.nan
    words = (
        f"circular mean of when {second} touches down in a stride of {first}, as a share of the "
        f"stride from 0 to 1; interval: a circular standard deviation to either side{UNPROVEN}"
    )
    alike = f"length of the mean vector of that, from 0 to 1, 1 if it is always the same{UNPROVEN}"
    return [
        tell(
            quantity=f"phase, {called}",
            value=mean,
            unit="1",
            low=mean - off,
            high=mean + off,
            definition=words,
        ),
        one(tell, f"phase consistency, {called}", length, "1", alike),
        one(tell, f"steps for phase, {called}", len(share), "1", f"steps of {second} in it"),
    ]


def girdle_rows(
    girdle: str, left: Paw, right: Paw, unit: str, stretch: Stretch, tell: Tell
) -> list[Measure]:
    """Base of support, and asymmetry of left and right."""
    wide = (
        "distance of a footprint from the straight line between the two footprints of the other "
        f"side around it; median, interval: quartiles{UNPROVEN}"
    )
    found = base(left, right, stretch)
    rows = [spread(tell, f"base of support, {girdle} paws", found, unit, wide)]
    sides = [paw.strides.within(stretch) for paw in (left, right)]
    for what in ("stance", "swing"):
        a, b = (median(getattr(side, f"{what}_s")) for side in sides)
        words = f"(left − right) ÷ mean of both, of the median {what} duration{UNPROVEN}"
        index = 200 * (a - b) / (a + b)
        rows.append(one(tell, f"{what} asymmetry, {girdle} paws", index, "%", words))
    return rows


def order_rows(paws: list[Paw], stretch: Stretch, tell: Tell) -> list[Measure]:
    """Regularity, and which normal patterns there are."""
    sequence = order(paws, stretch)
    words = (
        "steps that are part of a normal pattern, four in a row each of another paw, ÷ all steps "
        f"of the four paws{UNPROVEN}"
    )
    rows = [one(tell, "regularity index", 100 * regular(sequence), "%", words)]
    for name, share in patterns(sequence).items():
        told = f"of the normal patterns, those that are {name}{UNPROVEN}"
        rows.append(one(tell, f"step pattern {name}", 100 * share, "%", told))
    return rows
