"""Which measures come first, on every page and in every table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from ethoframe.report.heading import ASSAYS, LEADING
from ethoframe.report.wording import quantity

KEY = (
    *((name,) for name in ASSAYS),
    ("distance, corrected", "distance"),
    ("mean speed",),
    ("time immobile",),
    ("share of time in centre", "share of time in "),
    ("entries to centre", "entries to "),
    ("latency to centre", "latency to "),
)
"""What comes first: of each, the first there is; one that ends in a space is a beginning."""
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
    named = (*map(quantity, outcomes), *LEADING.get(recipe.replace("-", " ").replace("_", " "), ()))
    found = [key for key in keys if _names(named, key) and key.during != "interval"]
    found.sort(key=lambda key: next(k for k, name in enumerate(named) if _called(key, name)))
    for choices in KEY:
        fitting = (
            key
            for name in choices
            for key in keys
            if not key.during and _called(key, name) and key not in found
        )
        found += [key for key in [next(fitting, None)] if key is not None]
    return found[:MOST]


def _names(names: Sequence[str], key: Measured) -> bool:
    return any(_called(key, name) for name in names)


def _called(key: Measured, name: str) -> bool:
    """Whether a measure is called so; a name that ends in a space is a beginning."""
    called = quantity(key.quantity)
    return called.startswith(name) if name.endswith(" ") else called == name
