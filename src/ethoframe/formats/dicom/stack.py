"""Planes put in order by where they lie, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._lengths import spacing_of
from ethoframe.formats.dicom.files import Plane

UNEVEN = 0.01
"""Of the usual distance between slices: what it may differ by."""

ROUNDED_MM = 0.01
"""What positions that are written with two digits may differ by."""

TURNED = 1e-3
"""What the directions of two slices may differ by, as sines."""

TOLD = 3
"""Gaps that are named; the rest is counted."""


@dataclass(frozen=True)
class Stack:
    """Planes in order.

    Parameters
    ----------
    frames
        The planes of each frame, along z.
    size
        Of a frame, ``([z,] y, x)``.
    volume
        Whether frames are volumes.
    spacing_mm
        In the order of `size`; None where it is not told.
    affine
        From x, y, z, 1 to LPS in mm; None for pictures.
    times_s
        Of the frames; None where they are not told.
    warnings
        Lines for the user.
    """

    frames: tuple[tuple[Plane, ...], ...]
    size: tuple[int, ...]
    volume: bool
    spacing_mm: tuple[float, ...] | None
    affine: Array | None = None
    times_s: Array | None = None
    warnings: tuple[str, ...] = ()


def stacked(path: Path, planes: Sequence[Plane]) -> Stack:
    """The planes of one series in order: by place, and at each place by time.

    Raises
    ------
    Refusal
        When they are not alike, lie in different directions or unevenly, one is missing, or there
        are more at some places than at others.
    """
    first = planes[0]
    _refuse_unlike(path, planes)
    if any(plane.position is None or len(plane.orientation) != 6 for plane in planes):
        return _pictures(path, planes)
    _refuse_turned(path, planes)
    normal = np.cross(first.orientation[:3], first.orientation[3:])
    along = np.array([np.dot(plane.position or (), normal) for plane in planes])
    places = _places(along)
    if len(places) == 1:
        return _pictures(path, planes)
    frames = _frames(path, planes, places)
    _refuse_uneven(path, frames[0])
    affine = _affine(frames[0])
    spacing = (spacing_of(affine)[0], *first.steps_mm) if first.steps_mm else None
    size = (len(places), *first.size)
    times, warnings = _times(frames), _slanted(affine, normal)
    return Stack(frames, size, True, spacing, affine if spacing else None, times, warnings)


def _name(plane: Plane) -> str:
    return Path(plane.path).name + ("" if plane.alone else f" frame {plane.frame}")


def _refuse_unlike(path: Path, planes: Sequence[Plane]) -> None:
    first = planes[0]
    for plane in planes:
        for what in ("size", "samples", "photometric", "steps_mm"):
            mine, its = getattr(plane, what), getattr(first, what)
            same = np.allclose(mine, its) if what == "steps_mm" and len(mine) == len(its) else None
            if same is False or (same is None and mine != its):
                word = {"size": "rows and columns", "steps_mm": "pixel spacing"}.get(what, what)
                reason = f"{_name(plane)} has {word} {mine}, and {_name(first)} has {its}"
                raise Refusal(path, reason, "put slices of each kind in a folder of their own")


def _refuse_turned(path: Path, planes: Sequence[Plane]) -> None:
    first = np.array(planes[0].orientation)
    for plane in planes:
        if float(np.abs(np.array(plane.orientation) - first).max()) > TURNED:
            reason = f"{_name(plane)} lies in another direction than {_name(planes[0])}"
            raise Refusal(path, reason, "put slices of each direction in a folder of their own")


def _places(along: Array) -> list[Array]:
    """Numbers of the planes at each place, by where it lies along the normal."""
    order = np.argsort(along, kind="stable")
    sorted_ = along[order]
    apart = np.diff(sorted_)
    usual = float(np.median(apart[apart > ROUNDED_MM / 10])) if (apart > 1e-3).any() else 0.0
    cuts = np.flatnonzero(apart > max(1e-3, 0.01 * usual)) + 1
    return list(np.split(order, cuts))


def _frames(
    path: Path, planes: Sequence[Plane], places: list[Array]
) -> tuple[tuple[Plane, ...], ...]:
    """Volumes in order of time."""
    counts = np.array([len(place) for place in places])
    if counts.min() != counts.max():
        usual = int(np.bincount(counts).argmax())
        odd = next(place for place in places if len(place) != usual)
        listed = ", ".join(_name(planes[number]) for number in odd[:4])
        place_mm = ", ".join(f"{each:.2f}" for each in planes[odd[0]].position or ())
        reason = f"{len(odd)} slices lie at ({place_mm}) mm and {usual} elsewhere ({listed})"
        raise Refusal(path, reason, "remove what is there twice, or copy what is missing")
    ordered = [sorted((planes[n] for n in place), key=lambda p: p.order) for place in places]
    kinds = {plane.kind for plane in ordered[0]}
    if len(kinds) > 1:
        reason = f"its slices are of {len(kinds)} kinds (echo or part): {sorted(kinds)}"
        raise Refusal(path, reason, "put each kind in a folder of its own")
    return tuple(zip(*ordered, strict=True))


def _refuse_uneven(path: Path, slices: Sequence[Plane]) -> None:
    """Refuses slices that are not evenly spaced along a line."""
    places = np.array([plane.position for plane in slices])
    apart = np.sqrt((np.diff(places, axis=0) ** 2).sum(axis=1))
    usual = float(np.median(apart))
    most = max(UNEVEN * usual, ROUNDED_MM)
    far = np.flatnonzero(apart > usual + most)
    if len(far) and (apart[far] > 1.5 * usual).any():
        gaps = [
            f"between {_name(slices[n])} and {_name(slices[n + 1])}, {apart[n]:.3g} mm apart"
            for n in far[:TOLD]
        ]
        missing = int(np.rint(apart[far] / usual - 1).clip(1).sum())
        more = f" and {len(far) - TOLD} more" if len(far) > TOLD else ""
        reason = (
            f"{missing} of its slices are missing ({'; '.join(gaps)}{more}; others {usual:.3g} mm)"
        )
        raise Refusal(path, reason, "copy the whole series again")
    odd = np.flatnonzero(np.abs(apart - usual) > most)
    share = np.linspace(0, 1, len(places))[:, None]
    straight = places[0] + share * (places[-1] - places[0])
    aside = np.sqrt(((places - straight) ** 2).sum(axis=1))
    if len(odd):
        n = int(odd[0])
        pair = f"{_name(slices[n])} and {_name(slices[n + 1])}"
        far_mm = f"{apart[n]:.4g} mm apart, others {usual:.4g}"
        reason = f"its slices are not evenly spaced: {pair} are {far_mm}"
    elif float(aside.max()) > 2 * most:
        reason = f"its slices do not lie in a row: {_name(slices[int(aside.argmax())])} lies aside"
    else:
        return
    raise Refusal(path, reason, "have the scanner or a converter make evenly spaced slices")


def _affine(slices: Sequence[Plane]) -> Array:
    first, last = slices[0], slices[-1]
    down, across = first.steps_mm or (1.0, 1.0)
    affine = np.eye(4)
    affine[:3, 0] = np.array(first.orientation[:3]) * across
    affine[:3, 1] = np.array(first.orientation[3:]) * down
    ends = np.array(last.position or ()) - np.array(first.position or ())
    affine[:3, 2] = ends / (len(slices) - 1)
    affine[:3, 3] = first.position or ()
    return affine


def _slanted(affine: Array, normal: Array) -> tuple[str, ...]:
    step = affine[:3, 2] / np.sqrt((affine[:3, 2] ** 2).sum())
    if float(np.abs(step - normal).max()) < 10 * TURNED:
        return ()
    return ("its slices are not piled up along their normal (a tilted gantry): voxels are slanted",)


def _times(frames: Sequence[Sequence[Plane]]) -> Array | None:
    times = np.array([min(plane.time_s for plane in frame) for frame in frames])
    if len(times) < 2 or not np.isfinite(times).all() or not (np.diff(times) > 0).all():
        return None
    return np.asarray(times - times[0])


def _pictures(path: Path, planes: Sequence[Plane]) -> Stack:
    """Planes without a place, or all at one, as frames in order of time."""
    ordered = sorted(planes, key=lambda plane: plane.order)
    first = ordered[0]
    if len(ordered) > 1 and first.alone:
        numbers = [plane.order[:-1] for plane in ordered]
        if any(one == other for one, other in pairwise(numbers)):
            reason = "nothing tells where or when its slices were taken"
            raise Refusal(path, reason, "name one of the files")
    frames = tuple((plane,) for plane in ordered)
    spacing = first.steps_mm or None
    return Stack(frames, first.size, False, spacing, None, _times(frames))
