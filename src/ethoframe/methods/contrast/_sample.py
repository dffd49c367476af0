"""The units of two levels in one measure, and whether they may be taken for independent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.contrast._difference import Design
from ethoframe.methods.contrast._table import Seen


@dataclass(frozen=True)
class Asked:
    """What is compared, and what counts as one.

    Parameters
    ----------
    where
        The method, for refusals.
    factor
        The column whose levels are compared.
    unit
        ``"animal"``, ``"litter"`` or ``"cage"``.
    blocks
        Columns within which levels are compared.
    inside
        Whether units that have both levels are compared within themselves.
    """

    where: str
    factor: str
    unit: str
    blocks: tuple[str, ...]
    inside: bool = True

    def unit_of(self, seen: Seen) -> str:
        """The name of the unit that an animal belongs to.

        Raises
        ------
        Refusal
            When the sheet does not say.
        """
        if self.unit == "animal":
            return seen.animal
        name = seen.row.cell(self.unit)
        if not name:
            reason = f"the animal sheet names no {self.unit} for {seen.animal}"
            raise Refusal(self.where, reason, f"fill in the column {self.unit}")
        return name

    def block_of(self, seen: Seen) -> tuple[str, ...]:
        """In which block an animal is."""
        return tuple(seen.row.cell(column) for column in self.blocks)


@dataclass(frozen=True)
class Sample:
    """Means of units, each with its level and block.

    Parameters
    ----------
    values
        Means of units ``(unit,)``: an animal's over its recordings, a litter's over its animals.
    design
        Level and block of each.
    unit
        Number of the unit of each; twice the same where a unit has both levels.
    paired
        Whether each unit has both levels, and is its own block.
    animals
        How many animals have the level, and the control.
    parts
        For models of what lies within units: a value of each part ``(part,)`` (a recording of an
        animal, an animal of a litter), and which of `values` it is part of.
    left
        Units left out because they have one level only where others have both.
    keys
        Name and level of each of `values`.
    """

    values: Array
    design: Design
    unit: Array
    paired: bool
    animals: tuple[int, int]
    parts: tuple[Array, Array]
    left: int = 0
    keys: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, seen: Sequence[Seen], level: str, control: str, asked: Asked) -> Sample:
        """The units of two levels.

        Raises
        ------
        Refusal
            When a unit lies in several blocks.
        """
        by_unit = _by_unit(
            [each for each in seen if _level(each, asked) in (level, control)], asked
        )
        twice = {name for name, _ in by_unit if {(name, level), (name, control)} <= by_unit.keys()}
        paired = bool(twice) and asked.inside
        kept = {key: each for key, each in by_unit.items() if not paired or key[0] in twice}
        names = list(dict.fromkeys(name for name, _ in kept))
        unit = np.array([names.index(name) for name, _ in kept], np.int64)
        treated = np.array([at == level for _, at in kept], bool)
        design = Design(treated, unit if paired else _blocks(kept, asked))
        parts = [_parts(each, asked.unit) for each in kept.values()]
        values = np.array([fmean(each) for each in parts], np.float64)
        row = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
        flat = np.array([value for each in parts for value in each], np.float64)
        left = len({name for name, _ in by_unit}) - len(names)
        animals = _animals(kept, level), _animals(kept, control)
        return cls(values, design, unit, paired, animals, (flat, row), left, tuple(kept))

    @property
    def counts(self) -> tuple[int, int]:
        """Units that have the level, and the control."""
        return int(self.design.treated.sum()), int((~self.design.treated).sum())

    def informative(self) -> Sample:
        """The same without units of blocks that have one level only."""
        keep = self.design.informative() if len(self.values) else np.zeros(0, bool)
        if keep.all():
            return self
        _, block = np.unique(self.design.block[keep], return_inverse=True)
        design = Design(self.design.treated[keep], block)
        values, row = self.parts
        parts = values[keep[row]], (np.cumsum(keep) - 1)[row[keep[row]]]
        _, unit = np.unique(self.unit[keep], return_inverse=True)
        left = self.left + int((~keep).sum())
        keys = tuple(key for key, stays in zip(self.keys, keep, strict=True) if stays)
        return Sample(self.values[keep], design, unit, self.paired, self.animals, parts, left, keys)

    @property
    def both(self) -> bool:
        """Whether any unit has both levels."""
        return len(np.unique(self.unit)) < len(self.unit)

    def logarithm(self) -> Sample:
        """The same of logarithms."""
        values, row = self.parts
        values = np.log(values)
        means = np.bincount(row, values) / np.bincount(row)
        return replace(self, values=means, parts=(values, row))


@dataclass(frozen=True)
class Joint:
    """The units of two levels in several measures at once.

    Parameters
    ----------
    sample
        The units that any measure has; of its values only that they are there means anything.
    values
        Means of units ``(measure, unit)``, NaN where a unit has none.
    kin
        Number of the litter of each animal ``(unit,)``, for those of one are alike; where the
        sheet names none, or litters or cages are the units, of the unit itself.
    animals
        How many animals each unit is ``(unit,)``.
    """

    sample: Sample
    values: Array
    kin: Array
    animals: Array


def jointly(seen: Sequence[Sequence[Seen]], level: str, control: str, asked: Asked) -> Joint:
    """The units of two levels, in blocks that have both.

    Parameters
    ----------
    seen
        Animals of each measure.
    level, control, asked
        What is compared.

    Raises
    ------
    Refusal
        When a unit lies in several blocks.
    """
    everybody = {(one.animal, id(one.row)): one for each in seen for one in each}
    sample = Sample.of(tuple(everybody.values()), level, control, asked).informative()
    by_unit = _by_unit(tuple(everybody.values()), asked)
    values = np.full((len(seen), len(sample.keys)), np.nan)
    for row, each in zip(values, seen, strict=True):
        found = {
            key: fmean(_parts(some, asked.unit)) for key, some in _by_unit(each, asked).items()
        }
        row[:] = [found.get(key, np.nan) for key in sample.keys]
    names = [_kin(by_unit[key][0], asked) for key in sample.keys]
    order = list(dict.fromkeys(names))
    kin = np.array([order.index(name) for name in names], np.int64)
    animals = [len({one.animal for one in by_unit[key]}) for key in sample.keys]
    return Joint(sample, values, kin, np.array(animals, np.int64))


def _kin(seen: Seen, asked: Asked) -> tuple[str, str]:
    litter = seen.row.cell("litter") if asked.unit == "animal" else ""
    return ("litter", litter) if litter else (asked.unit, asked.unit_of(seen))


def pseudoreplicated(seen: Sequence[Seen], compared: Sequence[str], asked: Asked) -> Iterator[str]:
    """What must be known of animals that are not independent.

    Parameters
    ----------
    seen
        Animals of one measure.
    compared
        The levels.
    asked
        What counts as one.

    Raises
    ------
    Refusal
        When whole litters have one level each, and animals are taken for the units.

    References
    ----------
    Hurlbert, Ecol. Monogr. 54 (1984), 187-211. Lazic, BMC Neurosci. 11 (2010), 5.
    """
    if asked.unit != "animal":
        return
    for column in ("litter", "cage"):
        if column in asked.blocks or column == asked.factor:
            continue
        whole, mixed = _shared(seen, compared, asked, column)
        if not whole:
            continue
        if column == "litter" and not mixed:
            reason = (
                f"{asked.factor} differs between litters and never within one: "
                "animals of a litter are alike, and are not independent"
            )
            raise Refusal(asked.where, reason, "let the litter be the unit: --unit litter")
        some = f"{whole} of {whole + mixed} {column}s" if mixed else f"all {whole} shared {column}s"
        yield (
            f"animals of {some} have the same {asked.factor}: animals of a {column} are alike, "
            f"and p is too small if {asked.factor} was given by {column}; --unit {column} counts "
            f"{column}s" + (f", --blocks {column} compares within them" if mixed else "")
        )


def _shared(
    seen: Sequence[Seen], compared: Sequence[str], asked: Asked, column: str
) -> tuple[int, int]:
    """Litters, or cages, of several animals: how many have one level, and how many several.

    An animal that has several levels, as one before and after, brings them all; where there are
    such, those with one level only are left out of the comparison, and here.
    """
    found: dict[str, dict[str, set[str]]] = {}
    for each in seen:
        name, level = each.row.cell(column), _level(each, asked)
        if name and level in compared:
            found.setdefault(name, {}).setdefault(each.animal, set()).add(level)
    within = any(len(levels) > 1 for each in found.values() for levels in each.values())
    kept = [[own for own in each.values() if len(own) > within] for each in found.values()]
    several = [set().union(*each) for each in kept if len(each) > 1]
    return sum(len(each) == 1 for each in several), sum(len(each) > 1 for each in several)


def _level(seen: Seen, asked: Asked) -> str:
    return seen.row.cell(asked.factor)


def _by_unit(seen: Sequence[Seen], asked: Asked) -> dict[tuple[str, str], list[Seen]]:
    found: dict[tuple[str, str], list[Seen]] = {}
    for each in seen:
        found.setdefault((asked.unit_of(each), _level(each, asked)), []).append(each)
    return found


def _parts(seen: Sequence[Seen], unit: str) -> list[float]:
    """What a unit is the mean of: recordings of an animal, or animals of a litter or cage."""
    if unit == "animal":
        return [each.value for each in seen]
    by_animal: dict[str, list[float]] = {}
    for each in seen:
        by_animal.setdefault(each.animal, []).append(each.value)
    return [fmean(values) for values in by_animal.values()]


def _animals(kept: dict[tuple[str, str], list[Seen]], level: str) -> int:
    return len({each.animal for (_, at), some in kept.items() if at == level for each in some})


def _blocks(kept: dict[tuple[str, str], list[Seen]], asked: Asked) -> Array:
    found: list[tuple[str, ...]] = []
    for (name, _), each in kept.items():
        own = list(dict.fromkeys(asked.block_of(one) for one in each))
        if len(own) > 1:
            reason = f"{asked.unit} {name} lies in several blocks of {', '.join(asked.blocks)}"
            raise Refusal(
                asked.where, reason, f"leave out of --blocks what varies in a {asked.unit}"
            )
        found.append(own[0])
    order = list(dict.fromkeys(found))
    return np.array([order.index(each) for each in found], np.int64)
