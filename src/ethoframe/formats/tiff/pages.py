"""The pixels of a TIFF file: mapped where they lie bare, decoded segment by segment elsewhere."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

DAMAGED = (
    ArithmeticError, AssertionError, AttributeError, IndexError, KeyError, MemoryError, OSError,
    RuntimeError, TypeError, ValueError, struct.error,
)  # fmt: skip
"""What tifffile and its codecs raise for files that are cut or broken."""

CUT = "the file is cut or damaged"

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # what it tells is told by us


class Heard(logging.Handler):
    """What tifffile says of a file while it is opened."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line."""
        self.lines.append(record.getMessage())

    @property
    def cut(self) -> bool:
        """Whether something that the file lists is not in it."""
        return any("TiffPages" in line or "invalid value offset" in line for line in self.lines)


@contextmanager
def opened(path: str, heard: Heard | None = None) -> Iterator[Any]:
    """The file, open in tifffile.

    Raises
    ------
    Refusal
        When it is gone or no TIFF, when a part of it cannot be decoded, or when tifffile or a codec
        is not installed.
    """
    tifffile = needs("images", "tifffile")
    log = logging.getLogger("tifffile")
    heard = heard or Heard()
    log.addHandler(heard)
    try:
        with tifffile.TiffFile(path) as file:
            yield file
    except Refusal:
        raise
    except FileNotFoundError:
        raise Refusal(path, "there is no such file", "check its name and folder") from None
    except DAMAGED as error:
        raise _unreadable(path, str(error) or type(error).__name__) from None
    finally:
        log.removeHandler(heard)


def _unreadable(path: str, error: str) -> Refusal:
    if "imagecodecs" in error or "compression" in error.lower():
        remedy = "pip install 'ethoframe[images]', or save it without compression"
        return Refusal(path, f"its compression cannot be decoded ({error})", remedy)
    if "not a TIFF" in error:
        return Refusal(path, "this is not a TIFF file", "check that it was not just renamed")
    return Refusal(path, f"{CUT} ({error})", "copy it again from where it was made")


@dataclass(frozen=True)
class TiffArray:
    """Opens one of the arrays in a TIFF file.

    Parameters
    ----------
    path
        Absolute path of the file.
    series
        Which of its arrays.
    """

    path: str
    series: int = 0

    @contextmanager
    def __call__(self) -> Iterator[Any]:
        """The array, open."""
        with opened(self.path) as file:
            series = file.series[self.series]
            if bare(series):
                kind = np.dtype(file.byteorder + series.dtype.char)
                yield np.memmap(self.path, kind, "r", series.dataoffset, series.shape, "C")
            else:
                yield Pages(file, series)


def bare(series: Any) -> bool:
    """Whether its values lie in the file as in memory, all in a row."""
    return series.dataoffset is not None and series.dtype.kind != "b"


class Pages:
    """An array whose trailing axes are in pages, sliced as numpy does with a slice per axis.

    Parameters
    ----------
    file, series
        As tifffile has them.
    """

    def __init__(self, file: Any, series: Any) -> None:
        self._file = file.filehandle
        self._pages, self._page = series.pages, series.keyframe
        self._axes, inner = self._page.axes, len(self._page.shape)
        self._outer, self._inner = series.shape[:-inner], inner
        if tuple(series.shape[-inner:]) != tuple(self._page.shape):
            raise ValueError(f"pages of {self._page.shape} do not fill {series.shape}")

    def __getitem__(self, index: tuple[int | slice, ...]) -> Array:
        """The part at an integer or slice per axis."""
        outer, where = index[: -self._inner], index[-self._inner :]
        picks = [_within(each, n) for n, each in zip(self._outer, outer, strict=True)]
        parts = [self._part(place, where) for place in product(*picks)]
        kept = [
            len(pick) for pick, each in zip(picks, outer, strict=True) if isinstance(each, slice)
        ]
        stacked: Array = np.stack(parts).reshape(*kept, *parts[0].shape)
        return stacked.view(np.uint8) if stacked.dtype == bool else stacked

    def _part(self, place: tuple[int, ...], where: tuple[int | slice, ...]) -> Array:
        number = int(np.ravel_multi_index(place, self._outer)) if place else 0
        page = self._pages[number]
        if page is None:
            raise ValueError(f"its plane {number} is missing")
        whole = all(
            isinstance(each, slice) and each.indices(length) == (0, length, 1)
            for each, length in zip(where, self._page.shape, strict=True)
        )
        if whole or self._page.imagedepth != 1 or "Y" not in self._axes or "X" not in self._axes:
            return np.asarray(page.asarray())[where]
        return self._cut(page, where)

    def _cut(self, page: Any, where: tuple[int | slice, ...]) -> Array:
        """A window of a page: only the strips or tiles that it touches are read."""
        named = dict(zip(self._axes, where, strict=True))
        rows = _within(named["Y"], self._page.imagelength)
        columns = _within(named["X"], self._page.imagewidth)
        planes, _, _, _, samples = self._page.shaped
        out = np.full((planes, len(rows), len(columns), samples), self._page.nodata, page.dtype)
        for number in _touched(self._page, planes, rows, columns):
            self._paste(page, number, out, (rows.start, columns.start))
        shape = {"Y": len(rows), "X": len(columns), "S": max(planes, samples)}
        turned = out if planes > 1 else out[0]
        turned = turned.reshape([shape[axis] for axis in self._axes])
        return turned[tuple(s if a == "S" else slice(None) for a, s in named.items())]

    def _paste(self, page: Any, number: int, out: Array, first: tuple[int, int]) -> None:
        offset, count = page.dataoffsets[number], page.databytecounts[number]
        data = None
        if count:
            self._file.seek(offset)
            data = self._file.read(count)
        segment, (plane, _, y, x, _), _ = page.decode(data, number, jpegtables=page.jpegtables)
        if segment is None:
            return
        top, left = y - first[0], x - first[1]
        block = segment[0]
        cut = block[max(0, -top) : out.shape[1] - top, max(0, -left) : out.shape[2] - left]
        y0, x0 = max(0, top), max(0, left)
        out[plane, y0 : y0 + cut.shape[0], x0 : x0 + cut.shape[1]] = cut


def _within(index: int | slice, length: int) -> range:
    return range(index, index + 1) if isinstance(index, int) else range(length)[index]


def _touched(page: Any, planes: int, rows: range, columns: range) -> Iterator[int]:
    """Numbers of the strips or tiles that hold some of these rows and columns."""
    tall = page.tilelength if page.is_tiled else min(page.rowsperstrip, page.imagelength)
    wide = page.tilewidth if page.is_tiled else page.imagewidth
    down, across = -(-page.imagelength // tall), -(-page.imagewidth // wide)
    for plane in range(planes):
        for y in range(rows.start // tall, (rows.stop - 1) // tall + 1):
            for x in range(columns.start // wide, (columns.stop - 1) // wide + 1):
                yield (plane * down + y) * across + x


def refuse_cut(path: Path, series: Any, heard: Heard) -> None:
    """Refuses a file that ends before its last page does.

    Raises
    ------
    Refusal
        When it is so.
    """
    length = path.stat().st_size
    page = series.pages[-1]
    ends = [0]
    if series.dataoffset is not None:
        ends.append(series.dataoffset + series.size * series.dtype.itemsize)
    elif page is not None:
        pairs = zip(page.dataoffsets, page.databytecounts, strict=False)
        ends += [start + count for start, count in pairs]
    if heard.cut or max(ends) > length:
        told = f"{length} bytes of {max(ends)}" if max(ends) > length else "a part is missing"
        raise Refusal(path, f"{CUT} ({told})", "copy it again from where it was made")
