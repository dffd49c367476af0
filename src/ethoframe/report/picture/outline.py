"""The borders of objects, each in a colour that its neighbours do not have."""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from ethoframe.data.noun import Array

ON_DARK = ("#ffd23f", "#00d1ff", "#ff6ad5", "#5fe36b", "#ff8b3d", "#a99bff", "#ff5d5d", "#c8f169")
ON_BRIGHT = (
    "#0059b3", "#c43d00", "#007a50", "#a3006f", "#5a2ca0", "#7a5200", "#c00020", "#006d77",
)  # fmt: skip
"""What is seen on dark pictures, and on bright ones."""
BRIGHT = 128
"""The tone from which on a picture is bright, in the middle of its pixels."""
NEIGHBOURS = 7
"""How many of the nearest objects are looked at for a colour that is free."""
MOST_COLOURED = 20_000
"""Objects; of more, colours go round by label."""


@dataclass(frozen=True)
class Outlines:
    """What is drawn over a picture.

    Parameters
    ----------
    drawn
        uint8 ``(y, x)``: 0 where nothing is drawn, else the number of a colour, from 1.
    palette
        All colours, as ``#rrggbb``.
    labels
        Of the objects that are seen ``(n,)``, rising.
    places
        A pixel of each ``(n, 2)`` as x, y, near its middle.
    colours
        Of each, as ``#rrggbb``.
    """

    drawn: Array
    palette: tuple[str, ...]
    labels: Array
    places: Array
    colours: tuple[str, ...]

    @classmethod
    def of(cls, labels: Array, bright: bool, *, by_label: bool = False) -> Outlines:
        """The outlines of a label picture ``(y, x)``; one pixel wide, inside each object.

        Colours are such that neighbours differ; `by_label` the same for a label in every picture.

        Examples
        --------
        >>> square = np.pad(np.ones((3, 3), int), 1)
        >>> int((Outlines.of(square, bright=False).drawn > 0).sum())
        8
        """
        rows, columns = np.nonzero(borders(labels))
        names, index = np.unique(labels[rows, columns], return_inverse=True)
        counts = np.maximum(np.bincount(index, minlength=len(names)), 1)
        middle = [np.bincount(index, along, len(names)) / counts for along in (columns, rows)]
        places = np.stack(middle, axis=1)
        count = len(ON_DARK)
        chosen = names.astype(np.int64) % count if by_label else apart(places, names, count)
        colours = ON_BRIGHT if bright else ON_DARK
        drawn = np.zeros(labels.shape, np.uint8)
        drawn[rows, columns] = (chosen + 1).astype(np.uint8)[index]
        return cls(drawn, colours, names, places, tuple(colours[each] for each in chosen))

    def png(self) -> str:
        """What is drawn as a data URI; clear elsewhere."""
        return indexed_png(self.drawn, self.palette)


def indexed_png(drawn: Array, palette: tuple[str, ...]) -> str:
    """A PNG of few colours as a data URI; a tenth of the work and size of one with four channels.

    Parameters
    ----------
    drawn
        uint8 ``(y, x)``: 0 is clear, 1 the first colour.
    palette
        Colours as ``#rrggbb``.

    References
    ----------
    Portable Network Graphics, 3rd ed., W3C 2025: colour type 3, chunks PLTE and tRNS.
    """
    height, width = drawn.shape
    lines = np.zeros((height, width + 1), np.uint8)  # each begins with the number of its filter
    lines[:, 1:] = drawn
    colours = bytes(3) + b"".join(bytes.fromhex(each[1:]) for each in palette)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", colours),
        (b"tRNS", bytes(1)),
        (b"IDAT", zlib.compress(lines.tobytes(), 3)),
        (b"IEND", b""),
    )
    coded = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return f"data:image/png;base64,{base64.b64encode(coded).decode()}"


def compact(labels: Array) -> Array:
    """The same labels in as few bytes as they need.

    Examples
    --------
    >>> compact(np.array([[0, 300]])).dtype
    dtype('uint16')
    """
    if labels.dtype.itemsize <= 2 or not labels.size or int(labels.min()) < 0:
        return labels
    most = int(labels.max())
    return labels.astype(np.uint16 if most < 2**16 else np.uint32 if most < 2**32 else np.uint64)


def borders(labels: Array) -> Array:
    """Where a pixel ``(y, x)`` of an object touches what is not of it, by one of its four sides."""
    edge = np.zeros(labels.shape, bool)
    across, down = labels[:, 1:] != labels[:, :-1], labels[1:] != labels[:-1]
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    edge[1:] |= down
    edge[:-1] |= down
    edge &= labels != 0
    return edge


def apart(places: Array, names: Array, count: int) -> Array:
    """A colour for each place ``(n,)``, of `count`, which the nearest others do not have."""
    chosen = np.asarray(names, np.int64) % count
    if not 1 < len(places) <= MOST_COLOURED:
        return chosen
    from scipy.spatial import cKDTree

    nearest = min(NEIGHBOURS + 1, len(places))
    _, near = cKDTree(places).query(places, nearest)
    colours = [-1] * len(places)
    for at, around in enumerate(near.tolist()):
        taken = {colours[other] for other in around if other != at}
        wish = int(chosen[at])
        order = ((wish + k) % count for k in range(count))
        colours[at] = next((colour for colour in order if colour not in taken), wish)
    return np.array(colours)
