"""Recordings to OME-NGFF: chunks in shards, and coarser levels for looking at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._lengths import steady
from ethoframe.formats._writing import Tell, complete, pieces, refuse_empty
from ethoframe.formats.zarr.levels import Grid, grids_of, halved
from ethoframe.formats.zarr.words import OWN

COLOURS = {"red": "FF0000", "green": "00FF00", "blue": "0000FF"}
"""As viewers show channels; others are white."""


@dataclass
class Store:
    """An image that is being written.

    Parameters
    ----------
    group
        Of zarr.
    kept
        Numbers of the axes t, c, z, y, x that it has.
    three
        Whether it is Zarr 3, which knows shards.
    fields
        What each array is made with besides.
    """

    group: Any
    kept: tuple[int, ...]
    three: bool
    fields: dict[str, Any] = field(default_factory=dict)

    def create(self, name: str, grid: Grid, dtype: np.dtype[Any]) -> Any:
        """An empty array of a level."""
        own: dict[str, Any] = {"chunks": self._of(grid.chunks)}
        if self.three:
            own |= {"shards": self._of(grid.shards)}
            own |= {"dimension_names": ["tczyx"[n] for n in self.kept]}
        else:
            own |= {"chunk_key_encoding": {"name": "v2", "separator": "/"}}
        return self.group.create_array(
            name,
            shape=self._of(grid.shape),
            dtype=dtype,
            fill_value=0,
            config={"write_empty_chunks": True},
            **own,
        )

    def put(self, array: Any, place: tuple[slice, ...], block: Array) -> None:
        """Write a block ``(t, c, z, y, x)``."""
        array[self._of(place)] = block.reshape(self._of(block.shape))

    def take(self, array: Any, place: tuple[slice, ...]) -> Array:
        """A block ``(t, c, z, y, x)`` of what is written."""
        found = np.asarray(array[self._of(place)])
        shape = [1] * 5
        for number, length in zip(self.kept, found.shape, strict=True):
            shape[number] = length
        return found.reshape(shape)

    def _of(self, each: Any) -> tuple[Any, ...]:
        return tuple(each[number] for number in self.kept)


def write(
    path: Path,
    recording: Recording,
    *,
    tell: Tell | None = None,
    labels: bool = False,
    version: Literal["0.5", "0.4"] = "0.5",
    names: dict[int, str] | None = None,
) -> tuple[str, ...]:
    """The recording as OME-NGFF, with levels of half the size each down to one chunk.

    A folder that is there is replaced. What OME-NGFF has no word for (where a turned volume lies,
    uneven times, bits) is kept in an attribute of our own.

    Parameters
    ----------
    path
        Where to.
    recording
        What is written; it is read some planes or frames at a time.
    tell
        Is told how many planes are done, of how many.
    labels
        Whether the values are labels: coarser levels then hold labels that are there, not means.
    version
        Of OME-NGFF: 0.5 is Zarr 3 with shards, 0.4 is Zarr 2.
    names
        What each label means.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When it has no pixels.
    """
    zarr = needs("images", "zarr")
    refuse_empty(path, recording)
    if version not in ("0.5", "0.4"):
        raise Refusal(path, f"OME-NGFF {version} is not written", "take version 0.5 or 0.4")
    with complete(path) as partial:
        three = version == "0.5"
        group = zarr.open_group(str(partial), mode="w", zarr_format=3 if three else 2)
        store = Store(group, _kept(recording), three)
        grids = grids_of(recording, labels=labels)
        _finest(store, grids[0], recording, tell)
        for level in range(1, len(grids)):
            _coarser(store, level, grids, recording.dtype, labels=labels)
        said = _described(recording, store.kept, grids, version)
        if labels:
            rows = [{"label-value": n, "name": name} for n, name in (names or {}).items()]
            said["image-label"] = {"version": version} | ({"properties": rows} if rows else {})
        group.attrs.update({"ome": {"version": version, **said}} if three else said)
        if own := _own(recording):
            group.attrs[OWN] = own
    return ()


def _kept(recording: Recording) -> tuple[int, ...]:
    """Which of t, c, z, y, x the arrays have."""
    several = len(recording) > 1, len(recording.channels) > 1, len(recording.size) == 3
    return tuple(number for number, has in enumerate((*several, True, True)) if has)


def _finest(store: Store, grid: Grid, recording: Recording, tell: Tell | None) -> None:
    array = store.create("0", grid, recording.dtype)
    for frame, front, block in _blocks(grid, recording, tell):
        place = (
            slice(frame, frame + len(block)),
            slice(None),
            slice(front, front + block.shape[2]),
            slice(None),
            slice(None),
        )
        store.put(array, place, block)


def _blocks(
    grid: Grid, recording: Recording, tell: Tell | None
) -> Iterator[tuple[int, int, Array]]:
    """First frame, first plane and values ``(t, c, z, y, x)`` of what fills whole shards."""
    held: list[Array] = []
    frames, first = grid.shards[0], 0
    for piece in pieces(recording, tell, grid.chunks[2]):
        block = np.moveaxis(piece.pixels, -1, 0)
        if frames == 1:
            yield piece.number, piece.front, block[None]
            continue
        held.append(block.copy())  # the source may write over it
        if len(held) == frames:
            yield first, 0, np.stack(held)
            first, held = piece.number + 1, []
    if held:
        yield first, 0, np.stack(held)


def _coarser(
    store: Store, level: int, grids: list[Grid], dtype: np.dtype[Any], *, labels: bool
) -> None:
    """A level from the one before, shard by shard along time and depth."""
    fine, grid = store.group[str(level - 1)], grids[level]
    array = store.create(str(level), grid, dtype)
    by = [new // old for new, old in zip(grid.factors, grids[level - 1].factors, strict=True)]
    rows = grid.shards[3]
    for t in range(0, grid.shape[0], grid.shards[0]):
        for z in range(0, grid.shape[2], grid.shards[2]):
            for y in range(0, grid.shape[3], rows):
                place = (
                    slice(t, t + grid.shards[0]),
                    slice(None),
                    slice(z, min(grid.shape[2], z + grid.shards[2])),
                    slice(y, min(grid.shape[3], y + rows)),
                    slice(None),
                )
                source = tuple(
                    each if each.start is None else slice(each.start * b, each.stop * b)
                    for each, b in zip(place, by, strict=True)
                )
                block = store.take(fine, source)
                store.put(array, place, halved(block, by, dtype, labels=labels))


def _described(
    recording: Recording, kept: tuple[int, ...], grids: list[Grid], version: str
) -> dict[str, Any]:
    """What OME-NGFF says of an image."""
    steps = _steps(recording)
    axes: list[dict[str, str]] = [
        {"name": "t", "type": "time"},
        {"name": "c", "type": "channel"},
        *({"name": name, "type": "space"} for name in "zyx"),
    ]
    if _step(recording) is not None:
        axes[0]["unit"] = "second"
    if recording.spacing_mm is not None:
        for axis in axes[2:]:
            axis["unit"] = "millimeter"
    sets = []
    for level, grid in enumerate(grids):
        scale = [steps[n] * grid.factors[n] for n in kept]
        said: list[dict[str, Any]] = [{"type": "scale", "scale": scale}]
        if any(grid.shift):
            moved = [steps[n] * grid.shift[n] for n in kept]
            said.append({"type": "translation", "translation": moved})
        sets.append({"path": str(level), "coordinateTransformations": said})
    image: dict[str, Any] = {"name": recording.name, "axes": [axes[n] for n in kept]}
    image["datasets"] = sets
    if version == "0.4":
        image["version"] = version
    return {"multiscales": [image], "omero": {"channels": _shown(recording)}}


def _steps(recording: Recording) -> list[float]:
    """Along t, c, z, y, x."""
    space = (1.0, *recording.spacing_mm)[-3:] if recording.spacing_mm else (1.0,) * 3
    return [_step(recording) or 1.0, 1.0, *space]


def _step(recording: Recording) -> float | None:
    """Seconds between frames where they are known, even or not."""
    times = recording.times_s
    if len(times) < 2 or recording.facts.get("rate") == "assumed":
        return None
    return steady(times) or float(np.median(np.diff(times)))


def _shown(recording: Recording) -> list[dict[str, Any]]:
    whole = recording.dtype.kind in "iu"
    top = 2**recording.bit_depth - 1 if whole else 1
    window = {"min": 0, "max": top, "start": 0, "end": top}
    return [
        {"label": name, "color": COLOURS.get(name, "FFFFFF"), "active": True, "window": window}
        for name in recording.channels
    ]


def _own(recording: Recording) -> dict[str, Any]:
    """What OME-NGFF has no word for."""
    own: dict[str, Any] = {}
    if recording.affine is not None:
        own["affine_lps_mm"] = recording.affine.tolist()
    if len(recording.size) == 3 and recording.size[0] == 1:
        own["volume"] = True
    if recording.bit_depth != 8 * recording.dtype.itemsize:
        own["bit_depth"] = recording.bit_depth
    times = recording.times_s
    if recording.facts.get("rate") != "assumed" and (times[0] != 0 or _uneven(times)):
        own["times_s"] = times.tolist()
    return own


def _uneven(times: Array) -> bool:
    return len(times) > 1 and steady(times) is None
