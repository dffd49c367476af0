"""By how much groups of animals differ, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

from ethoframe.data.noun import Noun

NAN = float("nan")


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The difference between two levels of a factor in one measure.

    Parameters
    ----------
    quantity, unit, during
        Which measure, as `Measure` has it.
    factor
        The column of the animal sheet whose levels are compared.
    level, control
        The two levels; a difference is that of the level less the control.
    n, n_control
        How many units each rests on; the same where each unit has both levels.
    animals, animals_control
        How many animals these are.
    mean, mean_control
        Of the units, in `unit`; geometric means where the effect is a ratio.
    effect
        The difference in `unit`, or the ratio; NaN where there is none to speak of.
    effect_unit
        ``"1"`` for a ratio; otherwise `unit`.
    low, high
        95 % interval of the effect; infinite where so few units exclude nothing.
    g, g_low, g_high
        The difference in standard deviations of units, corrected for their small number (Hedges),
        with its 95 % interval.
    p
        How often chance alone would give at least such a difference; two-sided.
    q
        The same, when every test of the family is counted (Benjamini and Hochberg).
    freedom
        Degrees of freedom where the test has any; NaN otherwise.
    test
        The method that was used.
    unit_of_analysis
        What counts as one: animal, litter or cage.
    primary
        Whether it was named as an outcome before groups were known.
    smallest
        The smallest effect of interest, in standard deviations; NaN where none was named.
    power
        How often a study of this size would find that effect.
    needed
        Units in each group with which 8 of 10 studies would find it; NaN where none was named.
    verdict
        What the interval says of it, in words.
    definition
        How the effect was found, in a sentence.
    """

    quantity: str
    unit: str
    during: str = ""
    factor: str
    level: str
    control: str
    n: int
    n_control: int
    animals: int
    animals_control: int
    mean: float = NAN
    mean_control: float = NAN
    effect: float = NAN
    effect_unit: str = ""
    low: float = NAN
    high: float = NAN
    g: float = NAN
    g_low: float = NAN
    g_high: float = NAN
    p: float = NAN
    q: float = NAN
    freedom: float = NAN
    test: str
    unit_of_analysis: str
    primary: bool = False
    smallest: float = NAN
    power: float = NAN
    needed: float = NAN
    verdict: str = ""
    definition: str

    @classmethod
    def columns(cls) -> tuple[str, ...]:
        """Names of the columns, in the order of the table on disk."""
        return tuple(f.name for f in fields(cls))


@dataclass(frozen=True, eq=False)
class Effects(Noun):
    """Effects in the order of the measures, and what must be known of them.

    Parameters
    ----------
    rows
        One for each measure and pair of levels.
    family
        Over which tests q counts, in words.
    warnings
        What to know before trusting them.

    Examples
    --------
    >>> row = Effect(quantity="distance", unit="mm", factor="group", level="drug",
    ...              control="saline", n=6, n_control=6, animals=6, animals_control=6, effect=-3.0,
    ...              p=0.02, test="contrast/welch", unit_of_analysis="animal", definition="means")
    >>> Effects((row,)).row("distance").effect
    -3.0
    """

    rows: tuple[Effect, ...] = ()
    family: str = ""
    warnings: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def canonical(self) -> dict[str, object]:
        """Every row as plain values, NaN equal to NaN."""
        names = Effect.columns()
        rows = tuple(tuple(getattr(row, name) for name in names) for row in self.rows)
        return {"rows": rows, "family": self.family, "warnings": self.warnings}

    def of(self, quantities: Iterable[str]) -> Effects:
        """The rows of some measures."""
        wanted = frozenset(quantities)
        rows = tuple(row for row in self.rows if row.quantity in wanted)
        return Effects(rows, self.family, self.warnings)

    def row(self, quantity: str, level: str = "", during: str = "") -> Effect:
        """The first effect in this measure; of one level where it is named.

        Raises
        ------
        KeyError
            When there is none.
        """
        for row in self.rows:
            if (row.quantity, row.during) == (quantity, during) and level in ("", row.level):
                return row
        raise KeyError(quantity)
