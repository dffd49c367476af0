"""What a network is, as data: encoder, decoder and heads by name, with sizes fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

ENCODER = "tf_efficientnet_lite0"
"""Small, quick on a processor, and its weights can be had without a hub."""

PLAIN, PLAIN_BORDER = "plain", 92
"""Convolutions of its own, and what these take from each side of a picture."""

POOLED = ("classes", "likeness", "values", "visible")
"""Heads that answer a picture as a whole; all others answer each place of it."""

UNTAUGHT = "likeness"
"""The head that nothing is taught by, step by step: it looks through an encoder as it came."""

CLASSES = ("classes", UNTAUGHT)
"""Heads that say of each class how much is in its favour."""

TEMPORAL, MOMENT, TREES, LINEAR, BOTH = "temporal", "moment", "trees", "linear", "both"
"""A network of series, which are pictures one pixel high, and its heads (`nets.temporal`)."""

DILATIONS = (1, 2, 4, 8, 16)
"""How far apart the moments of a series are that each layer looks at."""

SEEN = sum(DILATIONS)
"""Moments before and after one that its answer depends on, by convolutions of three."""

MOTIFS = "motifs"
"""The network of motifs, which nobody named, and its head (`nets.motifs`)."""

SETTLED = (UNTAUGHT, TREES, LINEAR, BOTH, MOTIFS)
"""Heads that are not taught step by step, but settled by all examples at once."""


@dataclass(frozen=True)
class Head:
    """One answer of a network.

    Parameters
    ----------
    kind
        ``classes`` (one of them), ``likeness`` (to pictures of each class), ``values`` (numbers),
        ``visible`` (each keypoint, yes or no);
        and, for each place, ``heatmap`` (where each keypoint is), ``offset`` (from the place to
        each keypoint, x and y), ``mask`` (one class for each pixel), ``density`` (objects for each
        pixel), ``inside``, ``boundary`` (of objects), ``distance`` (to their edge) and ``size``
        (how many times larger than usual they are shown, as a power of 2); of series
        ``moment``, ``trees``, ``linear`` and ``both`` of these (one class for each frame), and
        ``motifs`` (how well each moment fits each).
    channels
        How many numbers it gives for a picture or a place.
    """

    kind: str
    channels: int

    @property
    def pooled(self) -> bool:
        """Whether it answers a picture as a whole."""
        return self.kind in POOLED


@dataclass(frozen=True)
class Network:
    """An encoder, a decoder and heads.

    Parameters
    ----------
    size
        Of the picture ``(y, x)`` it takes, or the volume ``(z, y, x)``: fixed when it is fitted.
    channels
        Of the picture.
    heads
        Its answers, one of each kind.
    encoder
        Name of a model of timm; ``plain``: convolutions of its own, as in the U-Net of 2015;
        ``temporal``: along time; or ``motifs``.
    decoder
        ``unet`` (each finer map is joined), ``fpn`` (added), ``fcn`` (coarse scores are enlarged),
        or ``none`` for pooled heads only.
    stride
        Pixels of the picture for one place of its maps.
    width
        Channels of the decoder's finest map.

    Examples
    --------
    >>> network = Network((64, 64), 1, (Head("mask", 2),))
    >>> Network.from_json(network.to_json()) == network, network.map_size
    (True, (16, 16))
    """

    size: tuple[int, ...]
    channels: int
    heads: tuple[Head, ...]
    encoder: str = ENCODER
    decoder: Literal["unet", "fpn", "fcn", "none"] = "unet"
    stride: int = 4
    width: int = 48

    @property
    def border(self) -> int:
        """Pixels along each side of the picture that are seen and not answered."""
        return PLAIN_BORDER if self.encoder == PLAIN and len(self.size) == 2 else 0

    @property
    def map_size(self) -> tuple[int, ...]:
        """Of the maps ``([z,] y, x)``."""
        return tuple((length - 2 * self.border) // self.stride for length in self.size)

    def answer_shape(self, head: Head) -> tuple[int, ...]:
        """Of what a head answers to one picture: ``(channels,)`` or ``(channels, [z,] y, x)``."""
        return (head.channels,) if head.pooled else (head.channels, *self.map_size)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """From what `to_json` gave."""
        heads = tuple(Head(**head) for head in told["heads"])
        return cls(**{**told, "size": tuple(told["size"]), "heads": heads})
