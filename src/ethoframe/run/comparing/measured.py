"""By which yardstick labels measure, and which answers it can measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np

from ethoframe.contract import Kind, Method
from ethoframe.data import (
    Classes,
    Episodes,
    LabelMap,
    Labels,
    Points,
    Refusal,
    Tracks,
    Values,
)
from ethoframe.run.comparing.yardstick import (
    Counts,
    FrameClasses,
    Instances,
    Keypoints,
    Masks,
    Numbers,
    Yardstick,
)

LOOKED_AT = 12
"""Labelled frames that are looked at to learn whether labels are objects or classes of pixels."""


def yardstick(labels: Labels, where: object, wanted: str = "") -> Yardstick:
    """The yardstick for labels.

    Parameters
    ----------
    labels
        What people said.
    where
        They lie, for refusals.
    wanted
        ``"objects"``, ``"masks"`` or ``"counts"`` where labels could be any of these.

    Raises
    ------
    Refusal
        When they cannot be compared with, or not so.
    """
    if not labels.parts or not len(labels):
        raise Refusal(where, "nothing is labelled in it", "label some frames")
    if labels.gives is Episodes:
        reason = "it holds episodes, and frames are compared one by one"
        raise Refusal(where, reason, "give labels of frames")
    found = _BY_KIND[labels.gives](labels, where)
    if wanted and wanted != found.kind:
        return _wanted(labels, where, wanted, found)
    return found


def check_measurable(method: Method, name: str, by: Yardstick) -> None:
    """Refuses a method whose answers cannot be scored by the yardstick, or that needs more.

    Raises
    ------
    Refusal
        When it gives another kind of answer, or takes more than a recording.
    """
    if method.gives not in by.gives:
        kinds = " or ".join(sorted(by.gives))
        reason = f"it gives {method.gives}, and labels of {by.kind} are compared with {kinds}"
        raise Refusal(name, reason, "compare methods that answer what people said")
    main, *rest = method.takes.items()
    needed = [key for key, need in rest if not need.optional]
    if main[1].kind is not Kind.RECORDING or needed:
        more = ", ".join([main[0], *needed] if main[1].kind is not Kind.RECORDING else needed)
        reason = f"it needs {more}, and a comparison gives recordings only"
        raise Refusal(name, reason, "compare methods that work on pictures alone")


def _keypoints(labels: Labels, where: object) -> Yardstick:
    said = [cast("Tracks", part.said) for part in labels.parts]
    if any(len(tracks.individuals) > 1 for tracks in said):
        reason = "several animals are labelled in one picture"
        raise Refusal(where, reason, "compare on labels of one animal")
    return Keypoints(tuple(dict.fromkeys(name for each in said for name in each.keypoints)))


def _labelmaps(labels: Labels, where: object) -> Yardstick:
    del where
    names: Mapping[int, str] = {}
    for part in labels.parts:
        names = {**cast("LabelMap", part.said).names, **names}
    held = _held(labels)
    if names:
        return Masks({label: name for label, name in sorted(names.items()) if label})
    every = frozenset().union(*held)
    if len(every) < 2:
        return Masks({0: "mask"})
    if len(held) > 1 and len(set(held)) == 1:
        return Masks({label: f"label {label}" for label in sorted(every)})
    return Instances()


def _held(labels: Labels) -> list[frozenset[int]]:
    """Which labels some of the frames hold."""
    rows = list(labels.rows())
    chosen = np.unique(np.linspace(0, len(rows) - 1, LOOKED_AT).round().astype(int))
    found = []
    for part, index in (rows[k] for k in chosen):
        held = np.unique(cast("LabelMap", part.said).patches[index].labels)
        found.append(frozenset(int(each) for each in held if each))
    return found


def _classes(labels: Labels, where: object) -> Yardstick:
    del where
    said = [cast("Classes", part.said) for part in labels.parts]
    return FrameClasses(tuple(dict.fromkeys(name for each in said for name in each.names)))


def _numbers(labels: Labels, where: object) -> Yardstick:
    del where
    units: dict[str, str] = {}
    for part in labels.parts:
        said = cast("Values", part.said)
        units |= dict(zip(said.names, said.units, strict=True))
    return Numbers(tuple(units), tuple(units.values()))


def _wanted(labels: Labels, where: object, wanted: str, found: Yardstick) -> Yardstick:
    if labels.gives is LabelMap and wanted == "objects":
        return Instances()
    if labels.gives is LabelMap and wanted == "masks":
        return Masks({0: "mask"})
    if labels.gives in (LabelMap, Values, Points) and wanted == "counts":
        return Counts()
    reason = f"its labels are {found.kind}, and cannot be compared as {wanted}"
    raise Refusal(where, reason, "leave --as out")


_BY_KIND: Mapping[type, Callable[[Labels, object], Yardstick]] = {
    Tracks: _keypoints,
    LabelMap: _labelmaps,
    Points: lambda labels, where: Counts(),
    Classes: _classes,
    Values: _numbers,
}
