"""Which measures of a study are shown first."""

from __future__ import annotations

from ethoframe.report.heading import ASSAYS, LEADING
from ethoframe.report.study.contrast import Compared
from ethoframe.report.study.study import Key, Study
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
"""What is shown first: of each, the first there is; one that ends in a space is a beginning."""
MOST = 6
"""Measures that are shown first."""


def key_measures(
    study: Study, recipe: str = "", compared: Compared | None = None
) -> tuple[Key, ...]:
    """What is shown first, as far as it was measured.

    Parameters
    ----------
    study
        Of whose measures.
    recipe
        By which they were measured: what its assay is about comes first, and during events as well.
    compared
        Its groups; what was frozen as an outcome comes before all others.
    """
    frozen = compared.frozen if compared else None
    outcomes = tuple(map(quantity, frozen.outcomes)) if frozen else ()
    names = outcomes + LEADING.get(recipe.replace("-", " ").replace("_", " "), ())
    leading = [key for name in names for key in study.keys if _named(key, name)]
    leading = [key for key in dict.fromkeys(leading) if key.during != "interval"]
    found = sorted(leading, key=lambda key: names.index(quantity(key.quantity)))
    for choices in KEY:
        fitting = (
            key
            for name in choices
            for key in study.keys
            if not key.during and _named(key, name) and key not in found
        )
        found += [key for key in [next(fitting, None)] if key is not None]
    return tuple(found[:MOST] or study.keys[:MOST])


def _named(key: Key, name: str) -> bool:
    """Whether a measure is called so; a name that ends in a space is a beginning."""
    called = quantity(key.quantity)
    return called.startswith(name) if name.endswith(" ") else called == name
