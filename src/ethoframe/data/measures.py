"""Tidy numbers with unit, interval and definition."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from ethoframe.data.noun import Noun


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number a scientist can defend.

    Parameters
    ----------
    quantity, value, unit
        What was measured, how much, of what; NaN when it is not defined for this recording.
    definition
        How it was measured, in one sentence with every threshold.
    low, high
        Interval of the value as the definition states it, or NaN.
    bin_start_s, bin_stop_s
        The time the value covers, in seconds on the recording's clock.
    during
        The event the value is about, as ``"tone 2"``, or ``"tone"`` for all of them, in which case
        bin_start_s and bin_stop_s are those of the first and the last; empty for the session and
        its bins.
    recording, arena, individual, subject
        Of what and whom.
    """

    recording: str = ""
    arena: str = ""
    individual: str = "animal"
    subject: str = ""
    quantity: str
    value: float
    unit: str
    low: float = float("nan")
    high: float = float("nan")
    bin_start_s: float
    bin_stop_s: float
    during: str = ""
    definition: str

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Names of the columns, in the order of the table on disk."""
        return tuple(f.name for f in fields(cls))


@dataclass(frozen=True, eq=False)
class Measures(Noun):
    """Measures in the order they are read by people.

    Parameters
    ----------
    rows
        One for each.
    cautions
        What a reader must know before trusting them, one line each; no part of what they are.

    Examples
    --------
    >>> m = Measures((Measure(quantity="distance", value=3.0, unit="mm", definition="path length",
    ...                       bin_start_s=0.0, bin_stop_s=1.0),))
    >>> m.value("distance")
    3.0
    """

    rows: tuple[Measure, ...] = ()
    cautions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def canonical(self) -> dict[str, object]:
        """Every row as plain values, NaN equal to NaN."""
        names = Measure.columns()
        return {"rows": tuple(tuple(getattr(row, name) for name in names) for row in self.rows)}

    @classmethod
    def joined(cls, parts: list[Measures]) -> Measures:
        """All rows, part after part, and each caution once."""
        told = dict.fromkeys(line for part in parts for line in part.cautions)
        return cls(tuple(row for part in parts for row in part.rows), tuple(told))

    def during(self, event: str = "") -> Measures:
        """The rows about one event; those of the session and its bins unless one is named."""
        return Measures(tuple(row for row in self.rows if row.during == event))

    def row(self, quantity: str, during: str = "") -> Measure:
        """The measure called `quantity` over the longest time; of the session unless told else.

        Raises
        ------
        KeyError
            When there is none.
        """
        found = [r for r in self.rows if (r.quantity, r.during) == (quantity, during)]
        if not found:
            raise KeyError(quantity)
        return max(found, key=lambda row: row.bin_stop_s - row.bin_start_s)

    def value(self, quantity: str, during: str = "") -> float:
        """The value of `row`."""
        return self.row(quantity, during).value

    def of(self, **whose: str) -> Measures:
        """The same rows with `recording`, `arena`, `individual` or `subject` filled in."""
        rows = tuple(replace(row, **whose) for row in self.rows)  # type: ignore[arg-type]
        return replace(self, rows=rows)
