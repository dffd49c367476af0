"""What OME-NGFF says of an image, in either version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._lengths import in_mm, in_seconds, scaled

OWN = "ethoframe"
"""The attribute that keeps what OME-NGFF has no word for."""

FIVE = "tczyx"
"""Axes of all images before version 0.3, which names none."""


@dataclass
class Words:
    """What was found.

    Parameters
    ----------
    axes
        A letter for each axis of the arrays.
    level
        Path of the finest array in the group.
    levels
        How many there are.
    spacing_mm
        By axis, where it is told.
    step_s, begin_s
        Seconds between frames and of the first; None and 0 where they are not told.
    times_s
        Of all frames, where they are uneven.
    channels
        Their names; empty where none is told.
    affine
        Where voxels lie, if it is told.
    volume
        Whether the frames are volumes even with one plane.
    bit_depth
        Bits that carry information; 0 where it is not told.
    labels
        Whether the values are labels.
    names
        What each label means, where it is told.
    described
        By which version of what.
    warnings
        Lines for the user.
    """

    axes: str
    level: str = ""
    levels: int = 1
    spacing_mm: dict[str, float] = field(default_factory=dict)
    step_s: float | None = None
    begin_s: float = 0.0
    times_s: tuple[float, ...] = ()
    channels: tuple[str, ...] = ()
    affine: Array | None = None
    volume: bool = False
    bit_depth: int = 0
    labels: bool = False
    names: dict[int, str] = field(default_factory=dict)
    described: str = "names of axes"
    warnings: tuple[str, ...] = ()

    def spacing(self, axes: str) -> tuple[float, ...] | None:
        """Along these axes in order; None where one of them is not told."""
        known = [self.spacing_mm[axis] for axis in axes if axis in self.spacing_mm]
        return tuple(known) if len(known) == len(axes) else None


def told(path: Path, group: Any) -> Words:
    """What a group with an OME-NGFF image says.

    Raises
    ------
    Refusal
        When its axes are not those of pictures, or it lists no array.
    """
    attributes = dict(group.attrs)
    ome = attributes.get("ome", attributes)
    image = ome["multiscales"][0]
    sets = image.get("datasets") or []
    if not sets:
        raise Refusal(path, "its image lists no array", "write it again")
    axes, units = _axes(path, image)
    words = Words(axes, str(sets[0]["path"]), len(sets))
    words.described = f"OME-NGFF {ome.get('version') or image.get('version') or ''}".strip()
    words.labels = "image-label" in ome
    words.names = _names(ome.get("image-label") or {})
    words.channels = _channels(ome.get("omero") or {})
    steps, begins = _transformed(path, image, sets[0], len(axes))
    _measure(words, units, steps, begins)
    _own(words, attributes.get(OWN) or {})
    return words


def told_of_array(path: Path, array: Any) -> Words:
    """What an array without OME-NGFF says: the names of its axes, or that it is one picture.

    Raises
    ------
    Refusal
        When it names no axes and is more than a picture, or names others than t, c, z, y and x.
    """
    named = getattr(array.metadata, "dimension_names", None)
    named = named or array.attrs.get("_ARRAY_DIMENSIONS")
    if not named and array.ndim == 2:
        named = ("y", "x")
    letters = "".join(_letter(str(each)) for each in named or ())
    if not letters or set("yx") - set(letters) or len(set(letters)) < len(letters):
        reason = f"nothing tells what the axes of its array of {array.shape} are"
        raise Refusal(path, reason, "save it as OME-NGFF, or name its axes t, c, z, y and x")
    words = Words(letters)
    words.warnings = ("it tells no distance between pixels",)
    return words


def _letter(name: str) -> str:
    known = {"time": "t", "channel": "c", "depth": "z", "plane": "z", "row": "y", "col": "x"}
    return known.get(name.lower(), name.lower()[:1] if name.lower() in FIVE else "?")


def _axes(path: Path, image: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    """A letter for each axis, and the units by these."""
    listed = image.get("axes") or list(FIVE)
    axes = [each if isinstance(each, Mapping) else {"name": each} for each in listed]
    space = list("zyx")
    letters, units = "", {}
    for each in reversed(axes):
        name, kind = str(each.get("name", "")).lower(), each.get("type")
        if kind == "space" and name not in "zyx" and space:
            name = space[-1]
        name = {"time": "t", "channel": "c"}.get(str(kind), name)
        if name in space:
            space.remove(name)
        letters, units[name] = name + letters, str(each.get("unit") or "")
    if len(letters) != len(axes) or set(letters) - set(FIVE) or set("yx") - set(letters):
        reason = f"its axes are {[each.get('name') for each in axes]}"
        raise Refusal(path, reason, "only t, c, z, y and x are known")
    return letters, units


def _transformed(
    path: Path, image: Mapping[str, Any], level: Mapping[str, Any], count: int
) -> tuple[Array, Array]:
    """Step and beginning along each axis, by what is said of the level, then of all levels."""
    steps, begins = np.ones(count), np.zeros(count)
    for said in (level, image):
        for each in said.get("coordinateTransformations") or ():
            kind = each.get("type")
            if kind == "scale" and len(each.get("scale", ())) == count:
                steps, begins = steps * each["scale"], begins * each["scale"]
            elif kind == "translation" and len(each.get("translation", ())) == count:
                begins = begins + each["translation"]
            elif kind != "identity":
                reason = f"its transformation {kind!r} is not one of {count} axes"
                raise Refusal(path, reason, "only scale and translation are known")
    return steps, begins


def _measure(words: Words, units: Mapping[str, str], steps: Array, begins: Array) -> None:
    """Distances in mm, times in seconds, and where a volume lies if it is said to lie somewhere."""
    index = {axis: number for number, axis in enumerate(words.axes)}
    for axis in set("zyx") & set(index):
        size = in_mm(float(steps[index[axis]]), units[axis])
        if size is not None:
            words.spacing_mm[axis] = size
    space = [axis for axis in "xyz" if axis in index]
    if any(steps[index[axis]] != 1 and not units[axis] for axis in space):
        words.warnings += ("it tells no unit of length: the distance between pixels is unknown",)
    if "t" in index:
        step, begin = float(steps[index["t"]]), float(begins[index["t"]])
        unit = units["t"] or ("s" if step != 1 else "")
        words.step_s, words.begin_s = in_seconds(step, unit), in_seconds(begin, unit) or 0.0
        if not units["t"] and unit:
            words.warnings += ("it tells no unit of time: seconds are assumed",)
    if any(begins[index[axis]] for axis in space) and len(words.spacing_mm) == 3:
        words.affine = np.eye(4)
        for row, axis in enumerate("xyz"):
            factor = words.spacing_mm[axis] / float(steps[index[axis]])
            words.affine[row, row] = words.spacing_mm[axis]
            words.affine[row, 3] = scaled(float(begins[index[axis]]), factor)


def _channels(omero: Mapping[str, Any]) -> tuple[str, ...]:
    named = [str(each.get("label") or "") for each in omero.get("channels") or ()]
    return tuple(named) if all(named) else ()


def _names(label: Mapping[str, Any]) -> dict[int, str]:
    rows: Sequence[Mapping[str, Any]] = label.get("properties") or ()
    return {int(row["label-value"]): str(row["name"]) for row in rows if "name" in row}


def _own(words: Words, said: Mapping[str, Any]) -> None:
    """What we once wrote beside."""
    if "affine_lps_mm" in said:
        words.affine = np.array(said["affine_lps_mm"], np.float64)
    words.times_s = tuple(said.get("times_s", ()))
    words.volume = bool(said.get("volume", False))
    words.bit_depth = int(said.get("bit_depth", 0))
    if "channels" in said:
        words.channels = tuple(said["channels"])
