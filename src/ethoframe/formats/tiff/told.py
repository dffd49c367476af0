"""What a TIFF file says of itself: OME-XML, ImageJ's words, or plain tags."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.formats._lengths import in_mm, in_seconds, spacing_of

ORIENTATION = "ethoframe:volume"
"""Names the OME annotation that keeps what OME has no word for: that a frame is a volume, and where
it lies."""

CENTIMETRE = 3
"""What the tag for the unit of resolution holds for pixels per centimetre."""

PRINTED = (72, 96, 150, 200, 300, 600, 1200)
"""Pixels per inch that programs write who know no better: they say nothing of what is shown."""


@dataclass
class Told:
    """What was found.

    Parameters
    ----------
    spacing_mm
        By axis, ``"z"``, ``"y"``, ``"x"``, where it is told.
    channels
        Names of the channels; empty where none is told.
    times_s
        Seconds of each frame, where they are told.
    step_s
        Seconds from frame to frame, where they are told.
    bits
        That carry information in each value; 0 where it is not told.
    volume
        Whether the frames are volumes even with one plane.
    affine
        Where voxels lie, if it is told.
    warnings
        Lines for the user.
    """

    spacing_mm: dict[str, float] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    times_s: Array | None = None
    step_s: float | None = None
    bits: int = 0
    volume: bool = False
    affine: Array | None = None
    warnings: tuple[str, ...] = ()

    def spacing(self, axes: str) -> tuple[float, ...] | None:
        """Along these axes in order; None where one of them is not told."""
        known = [self.spacing_mm[axis] for axis in axes if axis in self.spacing_mm]
        if not known and self.affine is not None and len(axes) == 3:
            return spacing_of(self.affine)
        return tuple(known) if len(known) == len(axes) else None


def of_ome(xml: str, number: int) -> Told:
    """What OME-XML says of its image of this number.

    Raises
    ------
    xml.etree.ElementTree.ParseError
        When it is no XML.
    """
    root = ET.fromstring(xml)
    images = [each for each in root.iter() if _name(each) == "Pixels"]
    if number >= len(images):
        return Told()
    pixels = images[number]
    told = Told(bits=int(pixels.get("SignificantBits", 0)))
    for axis in "zyx":
        length, unit = (pixels.get(f"PhysicalSize{axis.upper()}{end}") for end in ("", "Unit"))
        size = in_mm(float(length), unit or "µm") if length else None
        if size is not None:
            told.spacing_mm[axis] = size
    named = [each for each in pixels if _name(each) == "Channel"]
    told.channels = tuple(each.get("Name", "") for each in named)
    if step := pixels.get("TimeIncrement"):
        told.step_s = in_seconds(float(step), pixels.get("TimeIncrementUnit", "s"))
    told.times_s = _times(pixels)
    _annotated(root, told)
    return told


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _times(pixels: ET.Element) -> Array | None:
    """When the first plane of each frame was taken, if all tell it and the times rise."""
    count = int(pixels.get("SizeT", 1))
    times = np.full(count, np.nan)
    for plane in pixels:
        if _name(plane) != "Plane" or plane.get("DeltaT") is None:
            continue
        frame, first = int(plane.get("TheT", 0)), (plane.get("TheZ", "0"), plane.get("TheC", "0"))
        if first == ("0", "0") and frame < count:
            time = in_seconds(float(plane.get("DeltaT", "nan")), plane.get("DeltaTUnit", "s"))
            times[frame] = np.nan if time is None else time
    rising = bool(np.isfinite(times).all() and (np.diff(times) > 0).all())
    return times if rising and (count > 1 or times[0] != 0) else None


def _annotated(root: ET.Element, told: Told) -> None:
    for each in root.iter():
        if _name(each) != "MapAnnotation" or each.get("Namespace") != ORIENTATION:
            continue
        said = {m.get("K"): m.text or "" for m in each.iter() if _name(m) == "M"}
        told.volume = said.get("volume") == "true"
        if "affine_lps_mm" in said:
            told.affine = np.array(json.loads(said["affine_lps_mm"]), np.float64)
        if "channels" in said:
            told.channels = tuple(json.loads(said["channels"]))


def of_imagej(words: dict[str, Any], page: Any, planes: int) -> Told:
    """What ImageJ's words and the tags of the first page say.

    Parameters
    ----------
    words
        As tifffile reads them.
    page
        The first page.
    planes
        Of each frame.
    """
    told, unit = Told(), str(words.get("unit", ""))
    for axis, tag in (("y", "YResolution"), ("x", "XResolution")):
        per_unit = _ratio(page, tag)
        size = in_mm(1 / per_unit, unit) if per_unit else None
        if size is not None and _is_printed(25.4 / size) and unit in ("inch", "in"):
            size = None
        if size is not None:
            told.spacing_mm[axis] = size
    if planes > 1 and told.spacing_mm:
        # ImageJ leaves the distance of planes out where it is one unit.
        size = in_mm(float(words.get("spacing", 1.0)), unit)
        if size is not None:
            told.spacing_mm["z"] = size
        if "spacing" not in words:
            told.warnings = (f"ImageJ tells no distance between planes: by its rule 1 {unit}",)
    if interval := float(words.get("finterval", 0) or 0):
        told.step_s = in_seconds(interval, str(words.get("tunit", "s")) or "s")
    elif rate := float(words.get("fps", 0) or 0):
        told.step_s = 1 / rate
    labels = words.get("Labels") or []
    if len(labels) == int(words.get("channels", 1)) == int(words.get("images", len(labels))):
        told.channels = tuple(str(label) for label in labels)
    return told


def of_tags(page: Any) -> Told:
    """What the plain tags of a page say: pixels per centimetre, if they are no printer's."""
    told, unit = Told(), page.tags.get("ResolutionUnit")
    if unit is None or int(unit.value) != CENTIMETRE:
        return told
    for axis, tag in (("y", "YResolution"), ("x", "XResolution")):
        per_cm = _ratio(page, tag)
        if per_cm and not _is_printed(2.54 * per_cm):
            told.spacing_mm[axis] = 10 / per_cm
    return told


def _is_printed(per_inch: float) -> bool:
    return any(abs(per_inch - dpi) < 0.5 for dpi in PRINTED)


def _ratio(page: Any, name: str) -> float:
    tag = page.tags.get(name)
    if tag is None or not isinstance(tag.value, tuple) or 0 in tag.value:
        return 0.0
    return float(tag.value[0] / tag.value[1])
