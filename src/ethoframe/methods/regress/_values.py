"""What labels say of quantities, and how far off a network is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from ethoframe.data import Labels, Refusal, Values
from ethoframe.data.noun import Array
from ethoframe.methods.regress._intervals import says
from ethoframe.nets.labelled import answers_of
from ethoframe.nets.lesson import Example
from ethoframe.nets.pictures import SHARES
from ethoframe.score.choice import best

ENDS = ("", "_low", "_high")


@dataclass(frozen=True)
class Quantities:
    """Names and units, and how values are brought to a mean of 0 and a spread of 1.

    Parameters
    ----------
    names, units
        Of each.
    mean, spread
        Of each among the labels that are learned from ``(k,)``.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    mean: Array
    spread: Array

    @classmethod
    def of(cls, labels: Labels) -> Self:
        """Of the values of labelled frames."""
        said = labels.parts[0].said
        assert isinstance(said, Values)
        table = table_of(labels)
        spread = np.nanstd(table, axis=0)
        return cls(
            said.names, said.units, np.nanmean(table, axis=0), np.where(spread > 0, spread, 1.0)
        )

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        arrays = {"mean": self.mean.tolist(), "spread": self.spread.tolist()}
        return {"names": list(self.names), "units": list(self.units), **arrays}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """From what `to_json` gave."""
        mean, spread = (np.array(told[key], np.float64) for key in ("mean", "spread"))
        return cls(tuple(told["names"]), tuple(told["units"]), mean, spread)

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the answer: each, and between which numbers it lies."""
        return tuple(f"{name}{end}" for name in self.names for end in ENDS)


@dataclass(frozen=True)
class Judging:
    """How answers of examples are judged.

    Parameters
    ----------
    quantities
        What they are of.
    view
        What the network is shown of frames.
    """

    quantities: Quantities
    view: str

    def __call__(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[str, float]:
        """Mean distance to what was said in its own spread, and of each quantity in its unit."""
        off = self._off(examples, answers)
        least = off[best({share: _mean(each) for share, each in off.items()})]
        figures = {"error": float(np.nanmean(least))}
        each = np.nanmean(least, axis=0) * self.quantities.spread
        return figures | {
            f"{name} error": float(value)
            for name, value in zip(self.quantities.names, each, strict=True)
        }

    def settle(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]], kept: bool
    ) -> dict[str, Any]:
        """How much the whole counts, and how far off frames were that were kept apart."""
        names = self.quantities.names
        if not kept:
            share = 0.0 if self.view == "patches" else 1.0
            return {"share": share, "residuals": [[] for _ in names], "says": says(0)}
        off = self._off(examples, answers)
        share = best({share: _mean(each) for share, each in off.items()})
        far = off[share] * self.quantities.spread
        residuals = [np.sort(column[np.isfinite(column)]).tolist() for column in far.T]
        fewest = min(map(len, residuals))
        return {"share": share, "residuals": residuals, "says": says(fewest)}

    def _off(
        self, examples: Sequence[Example], answers: Sequence[Mapping[str, Array]]
    ) -> dict[float, Array]:
        """Of each share the distances ``(f, k)`` in spreads; NaN where nothing was said."""
        answered, frames = answers_of(examples, answers, ["values"])
        told = answered["values"]
        shares = {"whole": (1.0,), "patches": (0.0,)}.get(self.view, SHARES)
        truth = np.stack([each["values"] for each in frames])
        return {share: np.abs(told.of_frames(share) - truth) for share in shares}


def told_values(who: str, labels: Labels) -> Labels:
    """The frames of which a value is said.

    Raises
    ------
    Refusal
        When they are no values, films have other quantities, or one is never told.
    """
    if not labels.parts or labels.gives is not Values:
        raise Refusal(who, "these labels say no values", "name a table of file and numbers")
    first = labels.parts[0].said
    parts = []
    for part in labels.parts:
        said = part.said
        assert isinstance(said, Values)
        assert isinstance(first, Values)
        if (said.names, said.units) != (first.names, first.units):
            reason = f"{part.recording.name} has other quantities or units than the first"
            raise Refusal(who, reason, "say the same of all films")
        known = np.flatnonzero(np.isfinite(said.table).any(axis=1))
        if len(known):
            parts.append(part.take(known))
    told = replace(labels, parts=tuple(parts))
    assert isinstance(first, Values)
    table = table_of(told) if parts else np.full((1, len(first.names)), np.nan)
    seen = np.asarray(np.isfinite(table).any(axis=0))
    if not seen.all() or not len(seen):
        missing = ", ".join(n for n, s in zip(first.names, seen, strict=True) if not s)
        raise Refusal(who, f"nothing is said of {missing or 'any quantity'}", "label some frames")
    return told


def table_of(labels: Labels) -> Array:
    """What is said of each labelled frame ``(n, k)``."""
    return np.concatenate([part.said.table for part in labels.parts])  # type: ignore[union-attr]


def _mean(off: Array) -> Array:
    """Of each frame, over what is known of it ``(f,)``."""
    known = np.isfinite(off)
    total = np.where(known, off, 0.0).sum(axis=1)
    return np.asarray(total / np.maximum(known.sum(axis=1), 1))
