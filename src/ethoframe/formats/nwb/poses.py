"""Tracks from the poses of an NWB file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Refusal, Tracks
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.data.noun import Array
from ethoframe.formats.nwb.groups import everywhere, kind_of, numbers, opened, text, texts

POSE, SERIES, SKELETON = "PoseEstimation", "PoseEstimationSeries", "Skeleton"
NAMED = re.compile(rf"^(?:{POSE}_|track=)")
"""What stands before the name of an individual: of ours, and of SLEAP's."""

METRES = ("m", "meter", "meters", "metre", "metres")
LENGTHS = "body lengths"
SCALE = re.compile(r"(\S+) px in 1 (?:mm|body length)")
"""How `write` tells the scale in the comments of a series."""

SAME_S = 1e-6
"""Times this close are of one frame."""

OFF_STEP = 0.25
"""Of a step, by which times may be off a regular clock if frames are to be numbered by it."""


@dataclass(frozen=True)
class Place:
    """One keypoint of one individual, and the unit that it is in."""

    position: Array
    confidence: Array
    times_s: Array
    unit: str
    px_per_unit: float


def held_in(path: Path) -> bool:
    """Whether a file has poses."""
    try:
        with opened(path) as file:
            return any(True for _ in everywhere(file, POSE))
    except Refusal:
        return True  # what is wrong with it is told when it is read


def read(path: Path) -> Tracks:
    """As `formats.nwb.read_tracks` says."""
    with opened(path) as file:
        found = {name: _individual(path, name, group) for name, group in everywhere(file, POSE)}
    if not any(found.values()):
        raise Refusal(path, "no poses are found in it", "name an NWB file with PoseEstimation")
    names = list(found)
    alone = len(names) == 1 and re.fullmatch(f"{POSE}(?!_).*", names[0])
    individuals = (INDIVIDUAL,) if alone else tuple(NAMED.sub("", name) for name in names)
    keypoints = tuple(dict.fromkeys(word for places in found.values() for word in places))
    every = [place for places in found.values() for place in places.values()]
    units = {(place.unit, place.px_per_unit) for place in every}
    if len(units) > 1:
        raise Refusal(path, "its poses are in several units", "write those of one unit")
    times_s = _joined([place.times_s for place in every])
    shape = len(times_s), len(keypoints), len(names)
    position, confidence = np.full((shape[0], 2, *shape[1:]), np.nan), np.zeros(shape)
    for who, name in enumerate(names):
        for word, place in found[name].items():
            rows = np.searchsorted(times_s, place.times_s - SAME_S)
            position[rows, :, keypoints.index(word), who] = place.position
            confidence[rows, keypoints.index(word), who] = place.confidence
    unit, px_per_unit = units.pop()
    frames = _numbers(times_s)
    return Tracks(
        position, confidence, frames, times_s, keypoints, individuals, unit, px_per_unit=px_per_unit
    )


def _individual(path: Path, name: str, group: Any) -> dict[str, Place]:
    """Each keypoint of one individual."""
    series = {word: node for word, node in group.items() if kind_of(node) == SERIES}
    nodes = _nodes(group)
    named = {_keypoint(word, nodes): _place(path, node) for word, node in series.items()}
    if len(named) < len(series):
        reason = f"two series of {name} are of one keypoint"
        raise Refusal(path, reason, "write it anew with a series for each")
    order = [word for word in nodes if word in named]
    return {word: named[word] for word in dict.fromkeys([*order, *named])}


def _nodes(group: Any) -> list[str]:
    """Keypoints of the skeleton, in order; those of older files stand beside the series."""
    linked = (node for node in group.values() if kind_of(node) == SKELETON)
    held = next(linked, group)  # the link is called as the skeleton is
    return texts(held["nodes"]) if "nodes" in held else []


def _keypoint(series: str, nodes: list[str]) -> str:
    """The node that a series is named for, with whatever before or behind it."""
    if series in nodes:
        return series
    plain = _plain(series)
    ends = [node for node in nodes if _plain(node) and plain.endswith(_plain(node))]
    return max(ends, key=len) if ends else series.removeprefix(SERIES) or series


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _place(path: Path, node: Any) -> Place:
    data = node["data"]
    position = np.asarray(data[()], np.float64)
    if position.ndim != 2 or position.shape[1] != 2:
        reason = f"{node.name} is not of x and y over time"
        raise Refusal(path, reason, "name poses of a picture")
    if "timestamps" in node:
        times_s = numbers(node["timestamps"])
    else:
        starting = node["starting_time"]
        times_s = float(starting[()]) + np.arange(len(position)) / float(starting.attrs["rate"])
    if len(times_s) != len(position) or (np.diff(times_s) <= 0).any():
        reason = f"the times of {node.name} do not rise from one position to the next"
        raise Refusal(path, reason, "correct its timestamps")
    seen = np.isfinite(position).all(axis=1)
    sure = numbers(node["confidence"]) if "confidence" in node else seen.astype(np.float64)
    unit, factor = _unit(text(data.attrs.get("unit", "")), float(data.attrs.get("conversion", 1)))
    scale = SCALE.search(text(node.attrs.get("comments", "")))
    position = position * factor + float(data.attrs.get("offset", 0)) * factor
    px_per_unit = float(scale[1]) if scale and unit != "px" else 1.0
    return Place(position, np.nan_to_num(np.where(seen, sure, 0)), times_s, unit, px_per_unit)


def _unit(told: str, conversion: float) -> tuple[str, float]:
    """Our unit, and by what numbers are multiplied to be in it."""
    if told.casefold() in METRES:
        return "mm", round(conversion * 1000, 12)
    if told.casefold() in ("mm", "millimeters", "millimetres"):
        return "mm", conversion
    return ("bl" if told == LENGTHS else "px"), conversion


def _joined(times: list[Array]) -> Array:
    """All times that any of them has, each once."""
    first = times[0]
    if all(
        len(each) == len(first) and np.allclose(each, first, rtol=0, atol=SAME_S) for each in times
    ):
        return first
    every = np.unique(np.concatenate(times))
    apart: Array = every[np.append(True, np.diff(every) > SAME_S)]
    return apart


def _numbers(times_s: Array) -> Array:
    """Of frames: by the clock where its steps are whole multiples of the usual one."""
    step_s = float(np.median(np.diff(times_s))) if len(times_s) > 1 else 0.0
    if step_s <= 0:
        return np.arange(len(times_s))
    places = times_s / step_s
    numbers = np.round(places)
    fits = np.abs(places - numbers).max() <= OFF_STEP and (np.diff(numbers) > 0).all()
    return numbers.astype(np.int64) if fits and numbers[0] >= 0 else np.arange(len(times_s))
