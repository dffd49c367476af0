"""TIFF: plain, of many pages, ImageJ's hyperstacks, OME-TIFF, BigTIFF, compressed.

What the axes mean is decided by OME-XML or ImageJ's words. Pages without either are frames in order
of time, and a warning says so; ``pages="z"`` reads them as the planes of one volume.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

import numpy as np

from ethoframe.data import Recording, Refusal, identity_of
from ethoframe.data.noun import Array
from ethoframe.formats._grid import Axes, GridSource, native
from ethoframe.formats._lengths import clocked
from ethoframe.formats.tiff.pages import Heard, TiffArray, bare, opened, refuse_cut
from ethoframe.formats.tiff.told import Told, of_imagej, of_ome, of_tags
from ethoframe.formats.tiff.write import write

__all__ = ["SIGNATURES", "SUFFIXES", "read", "write"]

SUFFIXES = (".ome.tif", ".ome.tiff", ".tif", ".tiff", ".ome.btf", ".btf", ".tf8", ".lsm")
"""How the names of TIFF files end."""

SIGNATURES = ((0, b"II*\x00"), (0, b"MM\x00*"), (0, b"II+\x00"), (0, b"MM\x00+"))
"""How the content of TIFF files begins."""

WRITES = True
"""Recordings are written in this format too."""

UNNAMED = "IQ"
"""Letters of axes of which a file tells no meaning."""

UNTOLD = (
    "nothing tells what its {} pages are: they are read as frames in order of time; "
    "if they are planes of one volume, say so: --pages z"
)
UNSPACED = (
    "it calls its {} pages planes of one volume but tells no distance between them; "
    "if they follow each other in time, say so: --pages t"
)
ASSUMED = "taken to be frames"
"""What is said as a fact of pages that nothing explains."""

BROKEN = "its OME-XML is broken ({}): pages, sizes and names are read without it"
COLOURS = {1: ("luma",), 3: ("red", "green", "blue"), 4: ("cyan", "magenta", "yellow", "key")}


def read(
    path: Path,
    *,
    name: str | None = None,
    rate: float | None = None,
    pages: Literal["z", "t"] | None = None,
    series: int | str = 0,
) -> Recording:
    """The recording in a TIFF file; its values are exactly as stored.

    Parameters
    ----------
    path
        The file.
    name
        How the recording is called; the file's name when left out.
    rate
        Frames per second; as the file tells when left out, or else one, with a warning.
    pages
        What the pages are where the file does not know or is wrong: planes of a volume, ``"z"``,
        or frames, ``"t"``.
    series
        Which of several arrays in the file.

    Raises
    ------
    Refusal
        When it is no TIFF, is cut, holds no picture, has an axis that is neither time, space nor
        channel, or needs a codec that is not there.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "cells.tif"
    >>> _ = write(path, Recording.of(np.full((3, 4, 6, 1), 700, np.uint16)))
    >>> recording = read(path)
    >>> len(recording), recording.size, recording.dtype, int(recording.frames([2]).pixels.max())
    (3, (4, 6), dtype('uint16'), 700)
    """
    path = Path(path)
    identity = identity_of(path)
    told, axes, page, opener, facts = _looked_at(path, series, pages)
    dtype = native(page.dtype)
    count = axes.length("t")
    times, said, unclocked = clocked(count, _times(count, told), rate)
    return Recording(
        name or path.name,
        GridSource(opener, axes),
        times,
        axes.size,
        dtype,
        identity,
        channels=_channels(axes, told, page),
        bit_depth=_bits(page, dtype, told.bits),
        keyframes=np.arange(count),
        spacing_mm=told.spacing("zyx" if axes.volume else "yx"),
        affine=told.affine if axes.volume else None,
        facts={**facts, "rate": said},
        warnings=told.warnings + unclocked,
    )


def _looked_at(
    path: Path, wanted: int | str, pages: str | None
) -> tuple[Told, Axes, Any, TiffArray, dict[str, Any]]:
    """What the file says, what its axes mean, its first page, its array, and facts for people."""
    heard = Heard()
    with opened(str(path), heard) as file:
        series = _series(path, file, wanted)
        found = file.series[series]
        refuse_cut(path, found, heard)
        if found.dtype is None or found.keyframe.dtype is None:
            bits = found.keyframe.bitspersample
            raise Refusal(path, f"its values of {bits} bits are of no known type", "convert it")
        told = _told(file, series)
        letters, warnings = _meant(path, found, pages, told)
        told.warnings += warnings + _beside(file, series) + _odd(found.keyframe)
        axes = _axes(path, letters, found.shape, told)
        opener = TiffArray(str(path.absolute()), series)
        facts = _facts(path, file, found)
        facts["pages"] = ASSUMED if pages is None and _unnamed(found) else "explained"
        return told, axes, found.keyframe, opener, facts


def _series(path: Path, file: Any, number: int | str) -> int:
    """The number of the array that is meant.

    Raises
    ------
    Refusal
        When there is none, or not so many.
    """
    if len(file.pages) == 0 or not file.series:
        raise Refusal(path, "it holds no picture", "copy it again from where it was made")
    if not isinstance(number, int) or not 0 <= number < len(file.series):
        numbered = f"name one of them by its number, --series 0 to --series {len(file.series) - 1}"
        raise Refusal(path, f"it holds {len(file.series)} arrays", numbered)
    return number


def _beside(file: Any, series: int) -> tuple[str, ...]:
    """What else the file holds, which is not read."""
    told = []
    if len(file.series) > 1:
        told.append(
            f"it holds {len(file.series)} arrays; number {series} is read: --series names another"
        )
    left = len(file.pages) - sum(len(each.pages) for each in file.series)
    if left > 0:
        told.append(f"{left} of its pages are of another size and not read")
    return tuple(told)


def _told(file: Any, series: int) -> Told:
    """By OME-XML, ImageJ's words or the tags, whichever there is."""
    page = file.pages[0]
    described = str(page.description)
    if "<OME" in described[:2000]:
        try:
            return of_ome(described, series)
        except (ParseError, ValueError) as error:
            told = of_tags(page)
            told.warnings = (BROKEN.format(error),)
            return told
    if file.is_imagej and file.imagej_metadata:
        found = file.series[series]
        planes = dict(zip(found.axes, found.shape, strict=True)).get("Z", 1)
        return of_imagej(dict(file.imagej_metadata), page, planes)
    return of_tags(page)


def _meant(path: Path, series: Any, pages: str | None, told: Told) -> tuple[str, tuple[str, ...]]:
    """A letter for each axis of the array, and what to tell of them."""
    letters, shape = str(series.axes), series.shape
    unnamed = _unnamed(series)
    if len(unnamed) > 1:
        reason = f"nothing tells what its axes of {shape} are"
        raise Refusal(path, reason, "save it with names of axes, as OME-TIFF")
    told_z = told.volume or "z" in told.spacing_mm or told.affine is not None
    warnings: tuple[str, ...] = ()
    if unnamed:
        letters = letters.replace(letters[unnamed[0]], (pages or "t").upper())
        warnings = () if pages else (UNTOLD.format(shape[unnamed[0]]),)
    elif pages:
        other = {"z": "T", "t": "Z"}[pages]
        if other in letters and pages.upper() not in letters:
            letters = letters.replace(other, pages.upper())
    elif "Z" in letters and shape[letters.index("Z")] > 1 and not told_z and series.kind != "ome":
        warnings = (UNSPACED.format(shape[letters.index("Z")]),)
    return letters, warnings


def _unnamed(series: Any) -> list[int]:
    """Numbers of the axes that nothing explains."""
    pairs = enumerate(zip(str(series.axes), series.shape, strict=True))
    return [n for n, (letter, length) in pairs if letter in UNNAMED and length > 1]


def _axes(path: Path, letters: str, shape: tuple[int, ...], told: Told) -> Axes:
    strange = [n for n, each in enumerate(letters) if each not in "TZYXCS"]
    if any(shape[n] > 1 for n in strange):
        reason = f"its axes are {letters} of {shape}: only TZCYXS are known"
        raise Refusal(path, reason, "save each position or angle as a file of its own")
    names = "".join("?" if n in strange else each.lower() for n, each in enumerate(letters))
    volume = told.volume or ("z" in names and shape[names.index("z")] > 1)
    if "y" not in names or "x" not in names or 0 in shape:
        raise Refusal(path, f"it holds no picture, but {letters} of {shape}", "check the file")
    return Axes(names, tuple(shape), volume)


def _times(count: int, told: Told) -> Array | None:
    """Seconds of each frame; None where they are not told."""
    if told.times_s is not None and len(told.times_s) == count:
        return told.times_s
    return None if told.step_s is None else np.arange(count) * told.step_s


def _channels(axes: Axes, told: Told, page: Any) -> tuple[str, ...]:
    samples, count = axes.length("s"), axes.length("c")
    colours = _samples(samples, page) if "s" in axes.names else ("",)
    if len(told.channels) == axes.channels and samples > 1:
        return _distinct(told.channels)
    known = told.channels if len(told.channels) == count else ("",) * count
    if axes.channels == 1:
        return (known[0] or "luma",)
    if count == 1:
        return colours
    firsts = [each or f"c{number}" for number, each in enumerate(known)]
    return _distinct([f"{one} {colour}".strip() for one in firsts for colour in colours])


def _samples(count: int, page: Any) -> tuple[str, ...]:
    """Names of the samples of a pixel: colours, then what is beyond them."""
    photometric = int(page.photometric)
    colours = COLOURS[{2: 3, 6: 3, 5: 4, 8: 3}.get(photometric, 1)]
    colours = colours if count >= len(colours) else ()
    beyond = count - len(colours)
    alpha = bool(page.extrasamples) and int(page.extrasamples[0]) in (1, 2)
    names = ["alpha" if alpha and n == 0 else f"c{len(colours) + n}" for n in range(beyond)]
    return (*colours, *names)


def _distinct(names: Any) -> tuple[str, ...]:
    """The names, none of them twice."""
    taken: list[str] = []
    for each in names:
        number, one = 2, each
        while one in taken:
            one, number = f"{each} {number}", number + 1
        taken.append(one)
    return tuple(taken)


def _bits(page: Any, dtype: np.dtype[Any], told: int) -> int:
    """That carry information: as is told, or as are stored."""
    if dtype.kind not in "iu":
        return 8 * dtype.itemsize
    stored = page.bitspersample
    stored = max(stored) if isinstance(stored, tuple) else int(stored)
    return min(told or stored, 8 * dtype.itemsize)


def _facts(path: Path, file: Any, series: Any) -> dict[str, Any]:
    page = series.keyframe
    return {
        "container": "BigTIFF" if file.is_bigtiff else "TIFF",
        "codec": _word(page.compression),
        "described by": series.kind,
        "axes": series.axes,
        "photometric": _word(page.photometric),
        "size in bytes": path.stat().st_size,
        "frames found": len(series.pages),
        "read": "mapped" if bare(series) else "segment by segment",
    }


def _word(code: Any) -> str:
    """What a code of TIFF means; its number where that is not known."""
    return str(getattr(code, "name", code)).lower()


def _odd(page: Any) -> tuple[str, ...]:
    """What a reader should know of how values are shown."""
    told = []
    if _word(page.photometric) == "miniswhite":
        told.append("0 is white in it: values are as stored, and not turned round")
    if _word(page.photometric) == "palette":
        told.append("its values are numbers of colours in a palette: they are as stored")
    turned = page.tags.get("Orientation")
    if turned is not None and int(turned.value) != 1:
        told.append("a tag asks to turn or mirror the picture: it is as stored")
    return tuple(told)
