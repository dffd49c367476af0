"""Labelled pictures as a network learns them: read when they are needed, and evened once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ethoframe.data import Labelled, LabelMap, Labels, Refusal
from ethoframe.data.noun import Array
from ethoframe.methods.segment._evened import COLOURS, evened, in_colour
from ethoframe.nets.labelled import frame_of

KEPT_BYTES = 1_000_000_000
"""Pictures that are kept in memory; more are read again whenever they are needed."""

WHITE = 255


@dataclass
class Pictures:
    """Labelled frames, one by one.

    Parameters
    ----------
    labels
        Label maps of them.
    channel
        Which one is looked at; empty for the only one, or for red, green and blue.
    channels
        That the network takes.
    """

    labels: Labels
    channel: str
    channels: int
    rows: list[tuple[Labelled, int]] = field(init=False)
    _kept: dict[int, Array] = field(init=False, default_factory=dict)
    _room: int = field(init=False, default=KEPT_BYTES)

    def __post_init__(self) -> None:
        self.rows = list(self.labels.rows())

    def __len__(self) -> int:
        return len(self.rows)

    def size(self, index: int) -> tuple[int, ...]:
        """Of the frame ``([z,] y, x)``."""
        return self._said(index).size

    def pixels(self, index: int) -> Array:
        """Evened pixels ``([z,] y, x, c)``, uint8.

        Raises
        ------
        Refusal
            When the frame cannot be decoded.
        """
        if index in self._kept:
            return self._kept[index]
        part, row = self.rows[index]
        frame, names = frame_of(part, row), part.recording.channels
        levels = evened(frame, names, self.channel, self.channels)
        pixels = np.moveaxis(np.rint(levels * WHITE).astype(np.uint8), 0, -1)
        pixels = np.ascontiguousarray(pixels)
        if self._room > pixels.nbytes:
            self._kept[index] = pixels
            self._room -= pixels.nbytes
        return pixels

    def marked(self, index: int) -> Array:
        """Labels of the frame ``([z,] y, x)``, int32."""
        _, row = self.rows[index]
        dense: Array = self._said(index).take([row]).dense()[0].astype(np.int32)
        return dense

    def _said(self, index: int) -> LabelMap:
        said = self.rows[index][0].said
        assert isinstance(said, LabelMap)
        return said


def check_labels(who: str, labels: Labels) -> int:
    """How many axes the labelled frames have.

    Raises
    ------
    Refusal
        When labels are no label maps, nothing is labelled, or pictures and volumes are mixed.
    """
    if not labels.parts or labels.gives is not LabelMap:
        reason = "these labels are no label maps"
        raise Refusal(who, reason, "name a folder of pictures and masks, or a COCO file of them")
    if not len(labels):
        raise Refusal(who, "no frame is labelled", "label some")
    axes = {len(part.said.size) for part in labels.parts if isinstance(part.said, LabelMap)}
    if len(axes) > 1:
        raise Refusal(who, "pictures and volumes are mixed", "fit a model for each")
    return axes.pop()


def channels_of(labels: Labels, channel: str) -> int:
    """Channels that a network needs for all labelled pictures: 3 where any is in colour."""
    coloured = (in_colour(part.recording.channels, channel) for part in labels.parts)
    return COLOURS if any(coloured) else 1
