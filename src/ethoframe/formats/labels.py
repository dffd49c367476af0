"""Label maps as pictures of whole numbers, 0 for the background, for any format to hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import LabelMap, Patch, Recording, Refusal, Window
from ethoframe.data.noun import Array
from ethoframe.data.source import ArraySource
from ethoframe.formats._writing import PIECE_BYTES

CHANNEL = "labels"
"""How the one channel of a label map is called in files that keep such names."""

NUMBERED = "the frames' numbers are not kept: they are counted from 0"
NAMED = "what labels mean is kept in .zarr only: {}"


@dataclass(frozen=True, eq=False)
class LabelSource:
    """The whole label pictures of a label map, one at a time.

    Parameters
    ----------
    labels
        The label map.
    dtype
        Of the values.
    """

    labels: LabelMap
    dtype: np.dtype[Any]

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``([z,] y, x, 1)`` with its number."""
        for number in numbers:
            yield int(number), self.part(number, tuple(map(slice, self.labels.size)))

    def cropped(self, window: Window) -> LabelWindow:
        """The source of a window: no more than that is laid out."""
        return LabelWindow(self, window)

    def part(self, number: int, where: tuple[slice, ...]) -> Array:
        """A part ``([z,] y, x, 1)`` of a frame: labels where the patch reaches into it, else 0."""
        patch = self.labels.patches[number]
        lengths = [each.indices(n)[:2] for each, n in zip(where, self.labels.size, strict=True)]
        part = np.zeros([stop - start for start, stop in lengths], self.dtype)
        into, out_of = [], []
        for (start, stop), first, count in zip(
            lengths, patch.origin, patch.labels.shape, strict=True
        ):
            low, high = max(start, first), min(stop, first + count)
            into.append(slice(low - start, max(low, high) - start))
            out_of.append(slice(low - first, max(low, high) - first))
        part[tuple(into)] = patch.labels[tuple(out_of)]
        return part[..., None]


@dataclass(frozen=True, eq=False)
class LabelWindow:
    """A window of a label map's pictures.

    Parameters
    ----------
    whole
        Where they come from.
    window
        What of them.
    """

    whole: LabelSource
    window: Window

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``([z,] y, x, 1)`` of the window with its number."""
        missing = len(self.whole.labels.size) - len(self.window.slices)
        where = (*[slice(None)] * missing, *self.window.slices)
        for number in numbers:
            yield int(number), self.whole.part(number, where)


def as_recording(labels: LabelMap, name: str = "labels", affine: Array | None = None) -> Recording:
    """The label map as a recording of the smallest whole numbers that hold its labels.

    Parameters
    ----------
    labels
        Of pictures or volumes.
    name
        How the recording is called.
    affine
        Where its voxels lie, which a label map itself does not know.

    Examples
    --------
    >>> recording = as_recording(LabelMap.of(np.array([[[0, 300], [2, 2]]])))
    >>> recording.dtype, recording.frames([0]).pixels[0, ..., 0].tolist()
    (dtype('uint16'), [[0, 300], [2, 2]])
    """
    dtype = _smallest(labels)
    return Recording(
        name,
        LabelSource(labels, dtype),
        labels.times_s,
        labels.size,
        dtype,
        labels.fingerprint(),
        channels=(CHANNEL,),
        bit_depth=8 * dtype.itemsize,
        keyframes=np.arange(len(labels)),
        spacing_mm=labels.spacing_mm,
        affine=affine,
    )


def narrowed(recording: Recording) -> Recording:
    """A recording of labels in smaller whole numbers, if it is small enough to be looked at twice.

    Parameters
    ----------
    recording
        Of whole numbers; one that is larger than a piece stays as it is.

    Examples
    --------
    >>> narrowed(Recording.of(np.full((1, 4, 6, 1), 300))).dtype
    dtype('uint16')
    """
    if recording.dtype.kind not in "iu" or recording.frame_bytes * len(recording) > PIECE_BYTES:
        return recording
    pixels = recording.frames(range(len(recording))).pixels
    if len(pixels) < len(recording):
        return recording  # who writes it says which frame is missing
    dtype = _fitting([int(pixels.min(initial=0)), int(pixels.max(initial=0))])
    source, bits = ArraySource(pixels.astype(dtype)), 8 * dtype.itemsize
    return replace(recording, source=source, dtype=dtype, bit_depth=bits)


def unkept(labels: LabelMap, *, names: bool) -> tuple[str, ...]:
    """What files do not keep of a label map, one line each.

    Parameters
    ----------
    labels
        What is written.
    names
        Whether what labels mean is kept.
    """
    notes = []
    if labels.names and not names:
        said = ", ".join(f"{label} {name}" for label, name in labels.names.items())
        notes.append(NAMED.format(said))
    if not np.array_equal(labels.numbers, np.arange(len(labels))):
        notes.append(NUMBERED)
    return tuple(notes)


def found_in(path: Path, recording: Recording) -> LabelMap:
    """The labels in a recording, as they are stored.

    Whole numbers that are stored with a point are labels as well. Of gray pictures that are stored
    as colours, one channel is taken.

    Parameters
    ----------
    path
        Where it was read from.
    recording
        Its names of labels, if it has any, are in its facts.

    Raises
    ------
    Refusal
        When it holds colours, or numbers that are not whole.
    """
    patches, found = [], []
    for number, image in recording.source.images(range(len(recording))):
        patches.append(Patch(_whole(path, _one(path, image))).trimmed())
        found.append(number)
    numbers = np.array(found, np.int64)
    names = {int(n): name for n, name in recording.facts.get("label names", {}).items()}
    times, spacing = recording.times_s[numbers], recording.spacing_mm
    return LabelMap(tuple(patches), numbers, times, recording.size, names, spacing)


def _one(path: Path, image: Array) -> Array:
    """The one channel; of several that are alike, the first."""
    first = image[..., 0]
    if image.shape[-1] > 1 and not (image == first[..., None]).all():
        reason = f"it holds {image.shape[-1]} channels, not labels"
        raise Refusal(path, reason, "save one whole number per pixel")
    return np.array(first)  # the source may write over it


def _whole(path: Path, labels: Array) -> Array:
    if labels.dtype.kind in "iu":
        return labels
    if labels.dtype.kind == "f" and np.isfinite(labels).all():
        whole = np.rint(labels)
        if np.array_equal(whole, labels):
            return whole.astype(np.int64)
    raise Refusal(path, "its values are not whole numbers", "save one whole number per pixel")


def _smallest(labels: LabelMap) -> np.dtype[Any]:
    ends = [0]
    for patch in labels.patches:
        if patch.labels.size:
            ends += [int(patch.labels.min()), int(patch.labels.max())]
    return _fitting(ends)


def _fitting(ends: list[int]) -> np.dtype[Any]:
    """The smallest type of whole numbers that holds all between these."""
    signed = min(ends) < 0
    for name in ("int8", "int16", "int32", "int64") if signed else ("uint8", "uint16", "uint32"):
        if np.iinfo(name).min <= min(ends) and max(ends) <= np.iinfo(name).max:
            return np.dtype(name)
    return np.dtype(np.int64 if signed else np.uint64)
