"""Numbers with a unit in their name, in the unit that suits their size."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ethoframe.contract.units import suffix, unit_in
from ethoframe.data.noun import Array
from ethoframe.report.wording import quantity
from ethoframe.report.wording import unit as written_unit

_OF_MM = re.compile(r"^mm([23]?)$")


@dataclass(frozen=True)
class Column:
    """Numbers as people read them.

    Parameters
    ----------
    name, unit
        In words; the unit may be empty.
    values
        In that unit ``(n,)``.
    """

    name: str
    unit: str
    values: Array

    @classmethod
    def of(cls, feature: str, values: Array) -> Column:
        """A feature whose name ends with its unit; mm become µm where most are small.

        Examples
        --------
        >>> small = Column.of("area_mm2", np.array([2e-4, 3e-4]))
        >>> small.name, small.unit, small.values.round().tolist()
        ('area', 'µm²', [200.0, 300.0])
        """
        unit = named_unit(feature)
        stem = feature.removesuffix("_" + suffix(unit)) if unit else feature
        symbol, factor = suited(unit, np.asarray(values, np.float64))
        return cls(quantity(stem), written_unit(symbol), np.asarray(values) * factor)

    @property
    def heading(self) -> str:
        """Name and unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def named_unit(name: str) -> str:
    """The unit that a name ends with, or nothing; in ``jacobian_min`` it is no minute.

    Examples
    --------
    >>> named_unit("area_px2"), named_unit("jacobian_min"), named_unit("rate_per_min")
    ('px2', '', '1/min')
    """
    unit = unit_in(name)
    return "" if unit == "min" else unit


def suited(unit: str, values: Array) -> tuple[str, float]:
    """A unit for the values, and what to multiply them with: µm for lengths well below 1 mm.

    Examples
    --------
    >>> suited("mm2", np.array([1e-3])), suited("px2", np.array([1e-3]))
    (('µm2', 1000000.0), ('px2', 1.0))
    """
    found = _OF_MM.match(unit)
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    if not found or not sizes.size:
        return unit, 1.0
    power = int(found.group(1) or 1)
    if float(np.median(sizes)) >= 0.1**power:
        return unit, 1.0
    return "µm" + found.group(1), 1000.0**power
