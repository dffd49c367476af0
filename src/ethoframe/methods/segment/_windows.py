"""Windows of labelled pictures, varied by chance, with what a network shall say of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.methods.segment._pictures import WHITE, Pictures
from ethoframe.nets.augment import Augment
from ethoframe.nets.lesson import Example
from ethoframe.nets.network import Network

LEAST = 16
"""Windows of a round of training, at least: of few pictures, each is drawn more than once."""

JUDGED = 2
"""Windows of a picture that are judged, along each axis at most."""

TRIES = 8
"""Places by chance of which the first on an object is taken."""

ON_OBJECTS = 0.7
"""Share of windows that have an object in the middle."""

Targets = Callable[[Array, float], Mapping[str, Array]]
"""What is to be said of labels ``(y, x)``, shown so many times larger than they usually are."""


@dataclass
class Windows:
    """Windows of labelled pictures ``(y, x)``.

    Parameters
    ----------
    pictures
        Which.
    network
        That sees them.
    targets
        What it is to say of them.
    augment
        How they are varied.
    zooms
        Pixels of a window for one of each picture.
    roams
        Ratio of sizes up to which some windows are larger or smaller than the others.
    roaming
        Share of these windows.
    judged
        Whether the windows are those that cover the pictures, rather than one of each.
    """

    pictures: Pictures
    network: Network
    targets: Targets
    augment: Augment
    zooms: Sequence[float]
    roams: float = 1.0
    roaming: float = 0.0
    judged: bool = False
    places: list[tuple[int, tuple[float, float] | None]] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.pictures)
        if self.judged:
            self.places = [(i, at) for i in range(count) for at in self._spread(i)]
        else:
            rounds = -(-LEAST // count) if count else 0
            self.places = [(i, None) for _ in range(rounds) for i in range(count)]

    def __len__(self) -> int:
        """How many windows are of a round."""
        return len(self.places)

    def example(self, index: int, chance: np.random.Generator | None) -> Example:
        """A window around a place by chance, or as it is where there is none.

        Holds ``picture`` (c, y, x), the targets, and ``labels`` (y, x) of what is answered, which
        are not learned from.
        """
        row, at = self.places[index]
        pixels, marked = self.pictures.pixels(row), self.pictures.marked(row)
        zoom, size = self.zooms[row], (self.network.size[0], self.network.size[1])
        if chance is None:
            drawn = Augment.none().draw(np.random.default_rng(0), marked.shape, size, at, zoom)
        else:
            shown = zoom * self._roamed(chance)
            drawn = self.augment.draw(chance, marked.shape, size, _place(chance, marked), shown)
        picture = drawn.image(pixels).reshape(*size, -1)
        border = self.network.border
        inner = (slice(border, size[0] - border), slice(border, size[1] - border))
        labels = drawn.mask(marked)[inner]
        return {
            "picture": np.moveaxis(picture, -1, 0).astype(np.float32) / np.float32(WHITE),
            "labels": labels,
            **self.targets(labels, drawn.magnification / zoom),
        }

    def _roamed(self, chance: np.random.Generator) -> float:
        roams, how_far = chance.random() < self.roaming, chance.uniform(-1, 1)
        return float(self.roams**how_far) if roams else 1.0

    def _spread(self, row: int) -> list[tuple[float, float]]:
        """Middles x, y of windows that cover a picture, or are evenly spread over it."""
        along = []
        for length, side in zip(self.pictures.size(row), self.network.size, strict=True):
            seen = (side - 2 * self.network.border) / self.zooms[row]
            count = int(np.clip(np.ceil(length / seen), 1, JUDGED))
            first = min(seen, length) / 2 - 0.5
            along.append(
                np.linspace(first, length - 1 - first, count)
                if count > 1
                else np.array([(length - 1) / 2])
            )
        return [(float(x), float(y)) for y in along[0] for x in along[1]]


def _place(chance: np.random.Generator, marked: Array) -> tuple[float, float]:
    """A place x, y by chance, mostly on an object."""
    rows, columns = (chance.integers(0, length, TRIES) for length in marked.shape)
    on = np.flatnonzero(marked[rows, columns] > 0)
    wanted = chance.random() < ON_OBJECTS
    first = int(on[0]) if wanted and len(on) else 0
    return float(columns[first]), float(rows[first])


def averaged(levels: Array, stride: int) -> Array:
    """Means of squares of so many pixels ``(y, x)``, float32."""
    height, width = (length // stride for length in levels.shape)
    cut = levels[: height * stride, : width * stride].astype(np.float32)
    return np.asarray(cut.reshape(height, stride, width, stride).mean(axis=(1, 3)))
