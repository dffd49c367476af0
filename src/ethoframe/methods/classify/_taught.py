"""What labels say of classes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ethoframe.data import Classes, Labels, Refusal
from ethoframe.data.noun import Array


def told_classes(who: str, labels: Labels) -> tuple[Labels, tuple[str, ...]]:
    """The frames of which something is said, with one list of classes for all, and that list.

    Parameters
    ----------
    who
        Of whom refusals tell.
    labels
        `Classes` of frames; those of which nothing is said are left out.

    Raises
    ------
    Refusal
        When they are no classes, or only one class is ever said.
    """
    if not labels.parts or labels.gives is not Classes:
        raise Refusal(who, "these labels say nothing of classes", "name a table of file, label")
    said = [part.said for part in labels.parts if isinstance(part.said, Classes)]
    seen = {
        name
        for each in said
        for name, column in zip(each.names, each.table.T, strict=True)
        if np.nansum(column) > 0
    }
    # In the order in which labels name them; a class that is never said cannot be learned.
    names = tuple(name for name in dict.fromkeys(n for e in said for n in e.names) if name in seen)
    if len(names) < 2:
        reason = f"all labelled frames are of one class ({''.join(names) or 'none'})"
        raise Refusal(who, reason, "label frames of another class too")
    parts = []
    for part, each in zip(labels.parts, said, strict=True):
        known = np.flatnonzero(np.isfinite(each.table).all(axis=1))
        if len(known):
            own = part.take(known)
            parts.append(replace(own, said=_renamed(each.take(known), names)))
    return replace(labels, parts=tuple(parts)), names


def named(labels: Labels) -> list[str]:
    """The most probable class of each labelled frame."""
    return [name for part in labels.parts for name in part.said.best]  # type: ignore[union-attr]


def table_of(labels: Labels) -> Array:
    """Classes of labelled frames ``(n, k)``."""
    return np.concatenate([part.said.table for part in labels.parts])  # type: ignore[union-attr]


def targets(labels: Labels, weights: Array) -> dict[str, Array]:
    """What the loss needs of labelled frames, a row for each: classes, and how much each counts."""
    if not labels.parts:
        return {}
    table = table_of(labels).astype(np.float32)
    weight = np.broadcast_to(weights.astype(np.float32), table.shape)
    return {"classes": table, "class_weight": weight}


def _renamed(said: Classes, names: tuple[str, ...]) -> Classes:
    table = np.zeros((len(said), len(names)))
    for place, name in enumerate(names):
        if name in said.names:
            table[:, place] = said.table[:, said.names.index(name)]
    return replace(said, table=table, names=names)
