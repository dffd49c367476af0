"""Zarr: OME-NGFF 0.4 and 0.5, read and written chunk by chunk; plain arrays with named axes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Recording, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._grid import Axes, GridSource, native
from ethoframe.formats._lengths import clocked
from ethoframe.formats.zarr.words import Words, told, told_of_array
from ethoframe.formats.zarr.write import write

__all__ = ["FOLDER_MARKS", "SUFFIXES", "read", "write"]

SUFFIXES = (".ome.zarr", ".zarr")
"""How the names of Zarr folders end."""

FOLDER_MARKS = ("zarr.json", ".zgroup", ".zarray", ".zattrs")
"""Names of files that tell a folder to be of this format."""

WRITES = True
"""Recordings are written in this format too."""

BLOSC_HEAD = 16
"""Bytes in which a chunk packed by Blosc tells its length."""

MISSING = (
    "{} of its {} chunks are not stored: by the rule of Zarr they are read as its fill value, {}"
)

DAMAGED = (ValueError, RuntimeError, KeyError, OSError, TypeError, IndexError)
"""What zarr and its codecs raise for chunks that are cut or broken."""


@dataclass(frozen=True)
class ZarrArray:
    """Opens an array in a Zarr folder.

    Parameters
    ----------
    path
        Absolute path of the folder.
    inside
        Of the array in it; empty where the folder is the array.
    """

    path: str
    inside: str = ""

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        """The array, open."""
        try:
            yield needs("images", "zarr").open_array(self.path, path=self.inside, mode="r")
        except Refusal:
            raise
        except DAMAGED as error:
            raise _unread(
                self.path, f"a chunk of {self.inside or 'it'} is damaged", error
            ) from None


def read(
    path: Path,
    *,
    name: str | None = None,
    rate: float | None = None,
    image: str = "",
    labels: bool = False,
) -> Recording:
    """The recording in a Zarr folder: the finest level of its OME-NGFF image, or a plain array.

    Chunks that are not stored have the fill value, as Zarr has it, and `warnings` tells how many.

    Parameters
    ----------
    path
        The folder.
    name
        How the recording is called; the folder's name when left out.
    rate
        Frames per second; as the folder tells when left out, or else one, with a warning.
    image
        Which image of the folder, where it holds several: its path inside.
    labels
        Whether of an image that has labels beside, these are read.

    Raises
    ------
    Refusal
        When it is no Zarr folder, holds several images and none is named, has axes that are not
        those of pictures, or an array is missing.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cells.zarr"
    >>> _ = write(path, Recording.of(np.full((3, 4, 6, 1), 700, np.uint16)))
    >>> recording = read(path)
    >>> len(recording), recording.size, int(recording.frames([2]).pixels.max())
    (3, (4, 6), 700)
    """
    path = Path(path)
    image = image or (_labelled(path) if labels else "")
    opener, words, axes, facts = _looked_at(path, image)
    dtype = native(np.dtype(facts["stored as"]))
    times, said, unclocked = clocked(axes.length("t"), _times(words, axes.length("t")), rate)
    return Recording(
        name or path.name,
        GridSource(opener, axes),
        times,
        axes.size,
        dtype,
        _identity(path),
        channels=_channels(axes, words),
        bit_depth=words.bit_depth or 8 * dtype.itemsize,
        keyframes=np.arange(len(times)),
        spacing_mm=words.spacing("zyx" if axes.volume else "yx"),
        affine=words.affine if axes.volume else None,
        facts={**facts, "rate": said},
        warnings=words.warnings + unclocked,
    )


def _looked_at(path: Path, image: str) -> tuple[ZarrArray, Words, Axes, dict[str, Any]]:
    """Where the array lies, what is said of it, what its axes mean, and facts for people."""
    node = _opened(path, image)
    words = told_of_array(path, node) if hasattr(node, "shape") else told(path, node)
    opener = ZarrArray(str(path.absolute()), "/".join(filter(None, (image, words.level))))
    with opener() as array:
        words.warnings += _missing(array)
        _refuse_cut(Path(opener.path, opener.inside), array)
        return opener, words, _axes(path, words, array), _facts(array, words)


def _axes(path: Path, words: Words, array: Any) -> Axes:
    """What the axes of the array mean.

    Raises
    ------
    Refusal
        When it holds no pixels.
    """
    shape, kind = tuple(array.shape), array.dtype
    if kind.kind not in "biufc" or 0 in shape or len(words.axes) != len(shape):
        reason = f"its array of {shape} holds {kind}, not pixels along {words.axes}"
        raise Refusal(path, reason, "name another image in it, as --image PATH")
    z = shape[words.axes.index("z")] if "z" in words.axes else 1
    return Axes(words.axes, shape, words.volume or z > 1)


def _opened(path: Path, image: str) -> Any:
    """The group of the one image that is meant, or an array."""
    zarr = needs("images", "zarr")
    if not path.exists():
        raise Refusal(path, "there is no such folder", "check its name and folder")
    try:
        node = zarr.open(str(path.absolute()), path=image, mode="r")
    except DAMAGED as error:
        raise _unread(path, "this is no Zarr folder that can be read", error) from None
    if hasattr(node, "shape") or _images(node):
        return node
    inside = sorted(key for key, each in node.groups() if _images(each))
    held = f"several images ({', '.join(inside[:8])})" if inside else "no image"
    if len(inside) == 1 and not image:
        reason = f"its image lies in it as {inside[0]!r}"
        raise Refusal(path, reason, f"name it: --image {inside[0]}")
    remedy = f"name one, as --image {inside[0]}" if inside else "name the folder of an image"
    raise Refusal(path, f"it holds {held}", remedy)


def _labelled(path: Path) -> str:
    """The one set of labels beside an image; empty where there is none."""
    folder = path / "labels"
    sets = (
        sorted(each.name for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []
    )
    if len(sets) > 1:
        reason = f"it holds {len(sets)} sets of labels ({', '.join(sets)})"
        raise Refusal(path, reason, f"name one of them: {folder / sets[0]}")
    return f"labels/{sets[0]}" if sets else ""


def _images(group: Any) -> bool:
    attributes = dict(group.attrs)
    return bool(attributes.get("ome", attributes).get("multiscales"))


def _unread(path: Path | str, reason: str, error: Exception) -> Refusal:
    told = str(error).splitlines()[0] if str(error) else type(error).__name__
    return Refusal(path, f"{reason} ({told})", "copy it again from where it was made")


def _missing(array: Any) -> tuple[str, ...]:
    """A line of chunks that are not stored, if any."""
    stored, count = int(array.nchunks_initialized), int(array.nchunks)
    if stored >= count:
        return ()
    return (MISSING.format(count - stored, count, array.fill_value),)


def _refuse_cut(folder: Path, array: Any) -> None:
    """Refuses chunks packed by Blosc that are shorter than they say: it does not notice."""
    if not any("blosc" in type(each).__name__.lower() for each in array.compressors):
        return
    for chunk in folder.rglob("*"):
        if chunk.name.startswith(".") or chunk.suffix == ".json" or not chunk.is_file():
            continue
        with chunk.open("rb") as file:
            head = file.read(BLOSC_HEAD)
        size = chunk.stat().st_size
        if len(head) < BLOSC_HEAD or int.from_bytes(head[12:16], "little") > size:
            reason = f"chunk {chunk.relative_to(folder).as_posix()} is damaged: it was cut off"
            raise Refusal(folder, reason, "copy it again from where it was made")


def _times(words: Words, count: int) -> Array | None:
    """Seconds of each frame; None where they are not told."""
    if len(words.times_s) == count:
        return np.array(words.times_s, np.float64)
    if words.step_s is None or not 0 < words.step_s < np.inf:
        return None
    return words.begin_s + np.arange(count) * words.step_s


def _channels(axes: Axes, words: Words) -> tuple[str, ...]:
    if len(words.channels) == axes.channels and len(set(words.channels)) == axes.channels:
        return words.channels
    return ("luma",) if axes.channels == 1 else tuple(f"c{n}" for n in range(axes.channels))


def _facts(array: Any, words: Words) -> dict[str, Any]:
    return {
        "container": f"Zarr {array.metadata.zarr_format}",
        "described by": words.described,
        "axes": words.axes,
        "stored as": str(array.dtype),
        "chunks": " × ".join(map(str, array.chunks)),
        "levels": words.levels,
        "labels": words.labels,
        "label names": {str(label): name for label, name in words.names.items()},
    }


def _identity(path: Path) -> str:
    """Of what its files of metadata say, and of name, size and time of change of all others."""
    digest = hashlib.sha256()
    for each in sorted(path.rglob("*")):
        if not each.is_file():
            continue
        state = each.stat()
        digest.update(f"{each.relative_to(path).as_posix()} {state.st_size}".encode())
        if each.name in FOLDER_MARKS:
            digest.update(each.read_bytes())
        else:
            digest.update(f" {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
