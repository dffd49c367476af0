"""The same scene under a finer ruler, a faster clock or more pixels."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ethoframe.contract import Method
from ethoframe.contract.units import scaled, unit_in
from ethoframe.data import (
    Arena,
    Arenas,
    Classes,
    Corrections,
    Displacement,
    Effects,
    Episodes,
    Frames,
    LabelMap,
    Measures,
    Noun,
    Points,
    Recording,
    Sheet,
    Tracks,
    Transform,
    Transforms,
    Values,
    Verdict,
    Warp,
)


@dataclass(frozen=True)
class Scale:
    """By how much lengths, picture lengths and times are multiplied.

    Parameters
    ----------
    mm, px, s
        Factors; powers of two leave every digit of a float as it is.

    Examples
    --------
    >>> tracks = Tracks.of(np.array([[1.0, 2.0]]), np.array([0.5]))
    >>> Scale(s=4).noun(tracks).times_s
    array([2.])
    """

    mm: float = 1.0
    px: float = 1.0
    s: float = 1.0

    def number(self, value: Any, unit: str) -> Any:
        """A number, or an array of them, of this unit; whole ones without a unit stay whole."""
        factor = scaled(1.0, unit, mm=self.mm, px=self.px, s=self.s)
        return value if factor == 1 else value * factor

    def noun(self, noun: Noun) -> Any:
        """The noun as it would have been."""
        return _SCALED[type(noun)](self, noun)

    def method(self, method: Method) -> Method:
        """The method with every parameter scaled by its unit, whatever it may be at most."""
        changed = copy(method)
        for f in fields(method):
            value, unit = getattr(method, f.name), f.metadata["unit"]
            if isinstance(value, int | float) and not isinstance(value, bool):
                object.__setattr__(changed, f.name, _whole(self.number(value, unit), value))
        return changed

    def spacing(self, spacing_mm: tuple[float, ...] | None) -> tuple[float, ...] | None:
        """Distances between pixel centres."""
        if spacing_mm is None:
            return None
        return tuple(self.number(each, "mm/px") for each in spacing_mm)


def _whole(value: float, before: float) -> float:
    return int(value) if isinstance(before, int) and value == int(value) else value


def _timed(scale: Scale, noun: Any) -> dict[str, Any]:
    return {"times_s": scale.number(noun.times_s, "s")}


def _pixels(scale: Scale, noun: Any) -> Any:
    if scale.px != 1:
        raise ValueError("pixels cannot be made more without being made up")
    return replace(noun, spacing_mm=scale.spacing(noun.spacing_mm), **_timed(scale, noun))


def _frames(scale: Scale, noun: Frames) -> Frames:
    factors = [scale.number(1.0, unit_in(channel)) for channel in noun.channels]
    if any(factor != 1 for factor in factors):
        noun = replace(noun, pixels=noun.pixels * np.array(factors, noun.pixels.dtype))
    return _pixels(scale, noun)


def _tracks(scale: Scale, noun: Tracks) -> Tracks:
    columns = {k: scale.number(column, unit_in(k)) for k, column in noun.features.items()}
    return replace(
        noun,
        position=scale.number(noun.position, noun.unit),
        features=columns,
        px_per_unit=scale.number(noun.px_per_unit, f"px/{noun.unit}"),
        bridged_s=scale.number(noun.bridged_s, "s"),
        smoothed_s=scale.number(noun.smoothed_s, "s"),
        **_timed(scale, noun),
    )


def _values(scale: Scale, noun: Values) -> Values:
    factors = np.array([scale.number(1.0, unit) for unit in noun.units])
    return replace(noun, table=noun.table * factors, **_timed(scale, noun))


def _classes(scale: Scale, noun: Classes) -> Classes:
    return replace(noun, **_timed(scale, noun))


def _episodes(scale: Scale, noun: Episodes) -> Episodes:
    names = ("start_s", "stop_s", "support_s")
    return replace(noun, **{name: scale.number(getattr(noun, name), "s") for name in names})


def _measures(scale: Scale, noun: Measures) -> Measures:
    rows = []
    for row in noun.rows:
        numbers = {k: scale.number(getattr(row, k), row.unit) for k in ("value", "low", "high")}
        bins = {k: scale.number(getattr(row, k), "s") for k in ("bin_start_s", "bin_stop_s")}
        rows.append(replace(row, **numbers, **bins))
    return Measures(tuple(rows))


def _sheet(scale: Scale, noun: Sheet) -> Sheet:
    def of(time_s: float | None) -> float | None:
        return None if time_s is None else float(scale.number(time_s, "s"))

    rows = [replace(row, start_s=of(row.start_s), stop_s=of(row.stop_s)) for row in noun.rows]
    return replace(noun, rows=tuple(rows))


def _effects(scale: Scale, noun: Effects) -> Effects:
    rows = []
    for row in noun.rows:
        means = {k: scale.number(getattr(row, k), row.unit) for k in ("mean", "mean_control")}
        names, unit = ("effect", "low", "high"), row.effect_unit
        ends = {name: scale.number(getattr(row, name), unit) for name in names}
        rows.append(replace(row, **means, **ends))
    return replace(noun, rows=tuple(rows))


def _arena(scale: Scale, noun: Arena) -> Arena:
    factor = scale.number(1.0, noun.unit)
    sides = noun.sides_mm and (
        scale.number(noun.sides_mm[0], "mm"),
        scale.number(noun.sides_mm[1], "mm"),
    )
    larger = noun.mapped(Transform.scaling(factor, noun.unit, noun.unit))
    return replace(larger, sides_mm=sides, residual_mm=scale.number(noun.residual_mm, "mm"))


def _arenas(scale: Scale, noun: Arenas) -> Arenas:
    return Arenas(tuple(_arena(scale, arena) for arena in noun))


def _corrections(scale: Scale, noun: Corrections) -> Corrections:
    units = {"start_s": "s", "stop_s": "s", "x_px": "px", "y_px": "px"}
    changed = [
        replace(row, **{name: scale.number(getattr(row, name), u) for name, u in units.items()})
        for row in noun.rows
    ]
    return Corrections(tuple(changed))


def _verdict(scale: Scale, noun: Verdict) -> Verdict:
    checks = []
    for check in noun.checks:
        limits = {k: scale.number(getattr(check, k), check.unit) for k in ("value", "look", "fail")}
        moments_s = tuple(scale.number(moment, "s") for moment in check.moments_s)
        checks.append(replace(check, **limits, moments_s=moments_s))
    return Verdict(tuple(checks))


def _transform(scale: Scale, noun: Transform) -> Transform:
    before, after = (scale.number(1.0, unit) for unit in (noun.source_unit, noun.target_unit))
    return replace(noun, matrix=_stretched(noun.matrix, before, after))


def _transforms(scale: Scale, noun: Transforms) -> Transforms:
    factor = scale.number(1.0, noun.unit)
    matrices = _stretched(noun.matrices, factor, factor)
    return replace(noun, matrices=matrices, **_timed(scale, noun))


def _stretched(matrices: Any, before: float, after: float) -> Any:
    ones = [1.0] * (matrices.shape[-1] - 1)
    larger, smaller = np.array([*(after * one for one in ones), 1]), [1 / before] * len(ones)
    return larger[:, None] * matrices * np.array([*smaller, 1])


def _displacement(scale: Scale, noun: Displacement) -> Displacement:
    factor = scale.number(1.0, noun.unit)
    spacing, origin = (tuple(factor * n for n in each) for each in (noun.spacing, noun.origin))
    return replace(noun, vectors=factor * noun.vectors, spacing=spacing, origin=origin)


def _warp(scale: Scale, noun: Warp) -> Warp:
    return replace(noun, steps=tuple(scale.noun(step) for step in noun.steps))


def _points(scale: Scale, noun: Points) -> Points:
    places = tuple(scale.number(each, noun.unit) for each in noun.coordinates)
    features = {
        key: tuple(scale.number(each, unit_in(key)) for each in column)
        for key, column in noun.features.items()
    }
    return replace(noun, coordinates=places, features=features, **_timed(scale, noun))


_SCALED: dict[type, Callable[[Scale, Any], Any]] = {
    Recording: _pixels,
    Frames: _frames,
    LabelMap: _pixels,
    Tracks: _tracks,
    Values: _values,
    Classes: _classes,
    Episodes: _episodes,
    Measures: _measures,
    Arena: _arena,
    Arenas: _arenas,
    Corrections: _corrections,
    Verdict: _verdict,
    Transform: _transform,
    Transforms: _transforms,
    Displacement: _displacement,
    Warp: _warp,
    Points: _points,
    Sheet: _sheet,
    Effects: _effects,
}
