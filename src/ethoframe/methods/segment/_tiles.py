"""A picture or volume of any size through a network of one size, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.nets.network import Network

OVERLAP = 0.25
"""Share of a piece that it has in common with the next one, at least."""

FADES = 1e-3
"""How little a piece counts at its very border, where it knows least of what is around."""

AT_ONCE = 8
"""Pieces that are in memory at once."""

Run = Callable[[Array], Mapping[str, Array]]


@dataclass(frozen=True)
class Pieces:
    """How a picture is cut for a network, and put together again.

    Parameters
    ----------
    network
        Whose size pieces have.
    size
        Of the picture ``([z,] y, x)``.
    """

    network: Network
    size: tuple[int, ...]

    @property
    def answered(self) -> tuple[int, ...]:
        """Pixels of a piece that are answered, along each axis."""
        return tuple(length * self.network.stride for length in self.network.map_size)

    def starts(self) -> list[tuple[int, ...]]:
        """First answered pixel of each piece; all are multiples of the stride."""
        pairs = zip(self.size, self.answered, strict=True)
        along = [_starts(length, piece, self.network.stride) for length, piece in pairs]
        return list(product(*along))

    def maps(self, picture: Array, run: Run) -> dict[str, Array]:
        """Answers of the whole picture ``(channels, [z,] y, x)`` in places of the maps.

        Where pieces overlap, each counts the more, the further a place is from the piece's border.
        What lies beyond the picture is the picture mirrored at its border. Answers of pictures as
        a whole (pooled heads) are means over the pieces.

        Parameters
        ----------
        picture
            ``(c, [z,] y, x)``.
        run
            Answers pieces ``(n, c, [z,] y, x)``, by the kind of head.
        """
        starts, stride = self.starts(), self.network.stride
        size = tuple(-(-length // stride) for length in self.size)
        sums: dict[str, Array] = {}
        weight, total = _faded(self.network.map_size), np.zeros(size, np.float32)
        padded = self._padded(picture)
        for some in _grouped(starts, AT_ONCE):
            answers = run(np.stack([padded[(slice(None), *self._seen(start))] for start in some]))
            for kind, told in answers.items():
                for start, answer in zip(some, told, strict=True):
                    self._add(sums, kind, answer, start, weight)
            for start in some:
                where, cut = self._placed(start, size)
                total[where] += weight[cut]
        pooled = {head.kind for head in self.network.heads if head.pooled}
        return {k: held / (len(starts) if k in pooled else total) for k, held in sums.items()}

    def _add(
        self,
        sums: dict[str, Array],
        kind: str,
        answer: Array,
        start: tuple[int, ...],
        weight: Array,
    ) -> None:
        if answer.ndim == 1:
            sums[kind] = sums.get(kind, 0.0) + answer
            return
        size = tuple(-(-length // self.network.stride) for length in self.size)
        if kind not in sums:
            sums[kind] = np.zeros((len(answer), *size), np.float32)
        where, cut = self._placed(start, size)
        sums[kind][(slice(None), *where)] += answer[(slice(None), *cut)] * weight[cut]

    def _placed(
        self, start: tuple[int, ...], size: tuple[int, ...]
    ) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
        """Where in the whole map a piece's map lies, and what of it lies there."""
        first = [at // self.network.stride for at in start]
        stops = [
            min(length, at + piece)
            for at, piece, length in zip(first, self.network.map_size, size, strict=True)
        ]
        where = tuple(slice(a, b) for a, b in zip(first, stops, strict=True))
        return where, tuple(slice(0, s.stop - s.start) for s in where)

    def _seen(self, start: tuple[int, ...]) -> tuple[slice, ...]:
        """Where in the padded picture the network looks for a piece."""
        return tuple(slice(at, at + n) for at, n in zip(start, self.network.size, strict=True))

    def _padded(self, picture: Array) -> Array:
        border, last = self.network.border, self.starts()[-1]
        room = [(0, 0)]
        for at, length, whole in zip(last, self.network.size, self.size, strict=True):
            room.append((border, max(0, at + length - border - whole)))
        return np.pad(picture, room, mode="symmetric")


def _starts(length: int, piece: int, stride: int) -> list[int]:
    """As few evenly spread pieces as overlap enough, the last one at the end."""
    if length <= piece:
        return [0]
    step = max(stride, int(piece * (1 - OVERLAP)) // stride * stride)
    last = -(-(length - piece) // stride) * stride
    count = -(-last // step)
    return [round(last * k / count / stride) * stride for k in range(count + 1)]


def _faded(size: Sequence[int]) -> Array:
    """How much each place of a piece counts: 1 in the middle, next to nothing at the border."""
    weight = np.ones(tuple(size), np.float32)
    for axis, length in enumerate(size):
        border = np.minimum(np.arange(length), np.arange(length)[::-1]) + 0.5
        along = np.clip(border / (OVERLAP * length), FADES, 1)
        weight *= along.reshape([-1 if a == axis else 1 for a in range(len(size))])
    return weight.astype(np.float32)


def _grouped(starts: Sequence[tuple[int, ...]], count: int) -> Iterator[Sequence[tuple[int, ...]]]:
    for first in range(0, len(starts), count):
        yield starts[first : first + count]
