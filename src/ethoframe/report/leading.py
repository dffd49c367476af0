"""Which measures come first, on every page and in every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, TypeVar

from ethoframe.report.wording import quantity

LEADING: Mapping[str, tuple[str, ...]] = {
    "fear conditioning": ("share of time freezing", "bouts freezing"),
    "forced swim": (
        "time floating",
        "share of time floating",
        "latency to floating",
        "bouts floating",
    ),
    "gait run": (
        "stride length, ",
        "duty factor, ",
        "cadence, ",
        "swing duration, ",
        "stance duration, ",
        "slips, ",
    ),
    "light dark": (
        "time in light of light and dark",
        "time in light",
        "transitions between light and dark",
        "latency to dark",
        "latency to light",
    ),
    "object recognition": (
        "preference for ",
        "share exploring ",
        "time exploring novel or familiar",
        "time exploring novel",
        "time exploring familiar",
    ),
    "plus maze": (
        "time in open of open and closed",
        "entries to open of open and closed",
        "time in open",
        "entries to open",
        "entries to open and closed",
    ),
    "social interaction": (
        "preference for ",
        "share exploring ",
        "time exploring stranger or other",
        "time exploring stranger",
        "time exploring other",
    ),
    "tail suspension": (
        "time immobility",
        "share of time immobility",
        "latency to immobility",
        "bouts immobility",
    ),
    "water maze": (
        "latency to platform, capped",
        "path to platform, capped",
        "path efficiency to platform",
        "speed of search",
        "share of time in target quadrant",
        "crossings of platform",
    ),
    "y maze": ("spontaneous alternation", "arm entries", "returns to the same arm"),
}
"""What an assay is about, by its name; a beginning of a name stands for the first that has it."""
ANY = (
    "time in open of ",
    "entries to open of ",
    "spontaneous alternation",
    "preference for ",
    "latency to platform",
    "share of time floating",
    "share of time immobility",
)
"""The same of an assay that is not known."""
USUAL = (
    ("distance, corrected", "distance"),
    ("mean speed",),
    ("time immobile",),
    ("share of time in centre", "share of time in "),
    ("entries to centre", "entries to "),
    ("latency to centre", "latency to "),
)
"""What comes then: of each, the first there is."""
MOST = 6
"""Measures that come first."""


class Measured(Protocol):
    """Whatever is told of one measure."""

    @property
    def quantity(self) -> str:
        """What it is called."""
        ...

    @property
    def during(self) -> str:
        """The events it is about; empty for the whole trial."""
        ...


Some = TypeVar("Some", bound=Measured)


def leading(keys: Sequence[Some], recipe: str = "", outcomes: Sequence[str] = ()) -> list[Some]:
    """What comes first, as far as it was measured; nothing where none of it was.

    Parameters
    ----------
    keys
        One for each measure.
    recipe
        By which they were measured: what its assay is about comes first, and during events as well.
    outcomes
        What was frozen comes before all others.
    """
    assay = recipe.replace("-", " ").replace("_", " ")
    found: list[Some] = []
    for name in (*map(quantity, outcomes), *LEADING.get(assay, ANY)):
        called = [key for key in keys if _called(key, name) and key.during != "interval"]
        one = called[0].quantity if called else ""
        found += [key for key in called if key.quantity == one and key not in found]
    whole = [key for key in keys if not key.during]
    for names in USUAL:
        first = next((key for name in names for key in whole if _called(key, name)), None)
        found += [first] if first is not None and first not in found else []
    return found[:MOST]


def _called(key: Measured, name: str) -> bool:
    """Whether a measure is called so; a name that ends in a space is a beginning."""
    called = quantity(key.quantity)
    return called.startswith(name) if name.endswith(" ") else called == name
