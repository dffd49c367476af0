"""Whole frames as a network looks at them: made small, or in patches at full resolution.

A frame made small shows what is where, and hides how sharp and how noisy it is; patches show that,
and not what is where. Both are pictures of one size, so that one network answers both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import cv2
import numpy as np

from ethoframe.contract.channels import LUMA, levels_of
from ethoframe.data import Refusal
from ethoframe.data.noun import Array

STEP = 32
"""Sides are multiples of it, as encoders halve them five times."""

LONGEST = 2.0
"""Ratio of the sides of a network's picture, at most; longer frames get margins."""

COLOUR = 0.02
"""Frames have colours where these differ from each other by this share of white, on the mean."""

WHITE = 99.9
"""Percentile of the levels that counts as white where numbers have no largest one of their own."""

VIEWS = ("auto", "whole", "patches")

AT_ONCE = 16
"""Pictures that are handed to the network together."""


@dataclass(frozen=True)
class Sight:
    """How frames are shown to a network; decided by the labels, and kept with the model.

    Parameters
    ----------
    size
        Of the network's picture ``(y, x)``.
    colours
        Whether it sees red, green and blue, or one number per pixel.
    channel
        Which channel, by name; empty for the only one, or luma.
    white
        The level that is 1 to the network.
    view
        ``whole`` (made small), ``patches`` (at full resolution), or ``auto`` for both.
    along
        Patches along each side of a frame, at most.

    Examples
    --------
    >>> sight = Sight((32, 64), False, "", 255.0, "auto", 2)
    >>> shown = sight.shown(np.full((48, 128), 51, np.uint8))
    >>> [picture.shape for picture in shown.pictures], shown.whole.tolist()
    ([(1, 32, 64), (1, 32, 64), (1, 32, 64), (1, 32, 64), (1, 32, 64)], [True, False, False, False, False])
    """  # noqa: E501

    size: tuple[int, int]
    colours: bool
    channel: str
    white: float
    view: str
    along: int

    @classmethod
    def of(
        cls,
        frames: Sequence[Array],
        names: Sequence[Sequence[str]],
        *,
        view: str,
        side: int,
        channel: str = "",
        along: int = 2,
    ) -> Self:
        """How frames like these are best shown.

        Parameters
        ----------
        frames
            Some of them ``(y, x, c)``.
        names
            Of the channels of each.
        view, channel, along
            As they are kept.
        side
            Of a square as large as the network's picture, which is as long and as wide as most of
            the frames are.

        Raises
        ------
        Refusal
            When there is no frame.
        """
        if not frames:
            raise Refusal("frames", "none of the labelled frames can be read", "check their files")
        size = _like([frame.shape[:2] for frame in frames], side)
        pairs = list(zip(frames, names, strict=True))
        coloured = not channel and all(set(LUMA) <= set(each) for each in names)
        colours = coloured and max(_colourful(frame, each) for frame, each in pairs) > COLOUR
        return cls(size, colours, channel, _white(frames), view, along)

    def to_json(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Any) -> Self:
        """From what `to_json` gave."""
        return cls(**{**told, "size": tuple(told["size"])})

    @property
    def channels(self) -> int:
        """Of the network's picture."""
        return 3 if self.colours else 1

    def check(self, names: Sequence[str], who: str) -> None:
        """Refuses frames that have no colours where the network was taught by colours.

        Raises
        ------
        Refusal
            Also when a channel is missing.
        """
        if self.colours and not set(LUMA) <= set(names):
            reason = f"it was taught by colours, and the frames have {', '.join(names) or 'none'}"
            raise Refusal(who, reason, "give it coloured frames, or fit it with --channel")
        if not self.colours:
            levels_of(np.zeros((1, 1, len(names)), np.uint8), names, self.channel)

    def levels(self, frame: Array, names: Sequence[str]) -> Array:
        """What is seen of a frame ``(y, x, c)``: ``(y, x)``, or ``(y, x, 3)`` in colours.

        As uint8, or float32 whose NaN are the mean of the rest; a frame of nothing else is black.
        """
        if self.colours:
            seen = frame[..., [list(names).index(each) for each in LUMA]]
        else:
            seen = levels_of(frame, names, self.channel)
        if seen.dtype == np.uint8:
            return np.ascontiguousarray(seen)
        seen = seen.astype(np.float32)
        known = np.isfinite(seen)
        if not known.all():
            seen[~known] = seen[known].mean() if known.any() else 0.0
        return seen

    def shown(self, levels: Array) -> Shown:
        """All that the network is shown of a frame's levels, in its own picture's size."""
        windows = self.windows(levels.shape[:2])
        pictures = [self.picture(self.seen(levels, window)) for window in windows]
        return Shown(pictures, np.array([window is None for window in windows]))

    def windows(self, size: Sequence[int]) -> list[tuple[int, int] | None]:
        """None for the whole of a frame of this size, and the corners ``(y, x)`` of its patches.

        There are no more patches along a side than are needed to cover it; of a frame that is
        covered by one patch, one picture is enough.
        """
        fits = all(length <= side for length, side in zip(size, self.size, strict=True))
        if self.view == "whole" or fits:
            return [None]
        corners = [
            _spread(length, side, self.along) for length, side in zip(size, self.size, strict=True)
        ]
        patches: list[tuple[int, int] | None] = [(y, x) for y in corners[0] for x in corners[1]]
        return patches if self.view == "patches" else [None, *patches]

    def drawn(self, size: Sequence[int], chance: np.random.Generator) -> tuple[int, int] | None:
        """A window by chance: anywhere in the frame; in ``auto`` the whole as often as a patch."""
        patched = self.windows(size) != [None] and (self.view == "patches" or chance.random() < 0.5)
        if not patched:
            return None
        room = [max(0, length - side) for length, side in zip(size, self.size, strict=True)]
        return int(chance.integers(room[0] + 1)), int(chance.integers(room[1] + 1))

    def seen(self, levels: Array, window: tuple[int, int] | None) -> Array:
        """Levels in the network's size: of the whole frame with margins, or of a patch."""
        if window is None:
            return self._small(levels)
        (top, left), (height, width) = window, self.size
        patch = levels[top : top + height, left : left + width]
        short = height - patch.shape[0], width - patch.shape[1]
        if not any(short):
            return patch
        rims = (short[0] // 2, short[0] - short[0] // 2, short[1] // 2, short[1] - short[1] // 2)
        return cv2.copyMakeBorder(patch, *rims, cv2.BORDER_REFLECT)

    def picture(self, seen: Array) -> Array:
        """Levels in the network's size as the network takes them ``(c, y, x)``, white being 1."""
        picture = seen.astype(np.float32) / np.float32(self.white)
        planes = picture[None] if picture.ndim == 2 else picture.transpose(2, 0, 1)
        return np.ascontiguousarray(planes)

    def _small(self, levels: Array) -> Array:
        """The whole frame at the network's size, its sides' ratio kept; margins are of its mean."""
        (height, width), (tall, wide) = levels.shape[:2], self.size
        if not levels.size:
            return np.zeros((*self.size, *levels.shape[2:]), levels.dtype)
        zoom = min(tall / height, wide / width)
        inner = max(1, round(height * zoom)), max(1, round(width * zoom))
        how = cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR
        small = cv2.resize(levels, inner[::-1], interpolation=how)
        top, left = (tall - inner[0]) // 2, (wide - inner[1]) // 2
        rims = (top, tall - inner[0] - top, left, wide - inner[1] - left)
        mean = cv2.mean(small)
        return cv2.copyMakeBorder(small, *rims, cv2.BORDER_CONSTANT, value=mean)


@dataclass(frozen=True)
class Shown:
    """What a network is shown of one frame.

    Parameters
    ----------
    pictures
        Each ``(c, y, x)``.
    whole
        Whether each shows the whole frame ``(n,)``.
    """

    pictures: list[Array]
    whole: Array


@dataclass(frozen=True)
class Answers:
    """What a network says of pictures, and of which frames they are.

    Parameters
    ----------
    table
        One row for each picture ``(n, k)``.
    frames
        Of which frame each is ``(n,)``.
    whole
        Whether each shows the whole of it ``(n,)``.

    Examples
    --------
    >>> told = Answers(np.array([[1.0], [4.0], [2.0], [7.0]]), np.array([0, 0, 0, 3]),
    ...                np.array([True, False, False, True]))
    >>> told.of_frames(1.0).tolist(), told.of_frames(0.5).tolist()
    ([[1.0], [7.0]], [[2.0], [7.0]])
    """

    table: Array
    frames: Array
    whole: Array

    def of_frames(self, share: float) -> Array:
        """Answers to frames, in their order ``(f, k)``: the whole counts `share`, patches the rest.

        One stands for the other where a frame has no such picture.
        """
        known, at = np.unique(self.frames, return_inverse=True)
        means = []
        for chosen in (self.whole, ~self.whole):
            total = np.zeros((len(known), self.table.shape[1]))
            count = np.bincount(at[chosen], minlength=len(known))[:, None]
            np.add.at(total, at[chosen], self.table[chosen])
            mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
            means.append(mean)
        whole, patches = means
        whole = np.where(np.isnan(whole), patches, whole)
        patches = np.where(np.isnan(patches), whole, patches)
        return np.asarray(share * whole + (1 - share) * patches)


def answered(
    run: Callable[[Array], Mapping[str, Array]],
    kind: str,
    sight: Sight,
    frames: Sequence[Array],
    share: float,
) -> Array:
    """What a network says of frames ``(f, k)``.

    Parameters
    ----------
    run
        Answers pictures ``(n, c, y, x)``.
    kind
        Of its head.
    sight
        How frames are shown to it.
    frames
        Levels of each, as `Sight.levels` gives them; one at least.
    share
        How much the whole of a frame counts beside patches; what counts for nothing is not shown.
    """
    seen = replace(sight, view={1.0: "whole", 0.0: "patches"}.get(share, sight.view))
    tables, numbers, whole = [], [], []
    for batch in _batched(seen, frames):
        tables.append(run(np.stack([picture for picture, _, _ in batch]))[kind])
        numbers += [number for _, number, _ in batch]
        whole += [shows for _, _, shows in batch]
    table = np.concatenate(tables).astype(np.float64)
    return Answers(table, np.array(numbers), np.array(whole, bool)).of_frames(share)


def _batched(sight: Sight, frames: Sequence[Array]) -> Iterator[list[tuple[Array, int, bool]]]:
    batch: list[tuple[Array, int, bool]] = []
    for number, levels in enumerate(frames):
        shown = sight.shown(levels)
        pairs = zip(shown.pictures, shown.whole, strict=True)
        batch += [(picture, number, bool(whole)) for picture, whole in pairs]
        while len(batch) >= AT_ONCE:
            yield batch[:AT_ONCE]
            batch = batch[AT_ONCE:]
    if batch:
        yield batch


SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
"""How much the whole may count beside patches; what comes first is the cheapest."""


def known(pixels: Array) -> Array:
    """Whether anything is known of each frame ``(t, y, x, c)``: not all of its pixels are NaN."""
    if pixels.dtype.kind != "f":
        return np.ones(len(pixels), bool)
    return np.asarray(np.isfinite(pixels).any(axis=tuple(range(1, pixels.ndim))))


def _like(sizes: Sequence[Sequence[int]], side: int) -> tuple[int, int]:
    """A size of about `side` squared whose sides are to each other as those of most frames."""
    ratio = float(np.median([np.log(max(1, h) / max(1, w)) for h, w in sizes]))
    longer = float(np.exp(np.clip(ratio, -np.log(LONGEST), np.log(LONGEST)) / 2))
    tall, wide = (max(1, round(side * each / STEP)) * STEP for each in (longer, 1 / longer))
    return tall, wide


def _colourful(frame: Array, names: Sequence[str]) -> float:
    colours = frame[..., [list(names).index(each) for each in LUMA]].astype(np.float32)
    return float(np.nanmean(np.ptp(colours, axis=-1))) / _white([frame]) if frame.size else 0.0


def _white(frames: Sequence[Array]) -> float:
    """255 of bytes; of other numbers, nearly the largest that occurs."""
    if all(frame.dtype == np.uint8 for frame in frames):
        return 255.0
    known = [frame[np.isfinite(frame)] for frame in frames]
    levels = [float(np.percentile(each, WHITE)) for each in known if each.size]
    most = max(levels, default=0.0)
    return most if most > 0 else 1.0


def _spread(length: int, side: int, most: int) -> list[int]:
    """Where patches begin along a side: evenly from end to end; one lies in the middle."""
    room = length - side
    count = min(most, -(-length // side))
    if room <= 0:
        return [0]
    if count == 1:
        return [room // 2]
    return [round(place) for place in np.linspace(0, room, count)]
