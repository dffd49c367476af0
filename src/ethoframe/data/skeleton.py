"""Which keypoints an animal has, and how they belong together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ethoframe.data.noun import Noun

Pair = tuple[str, str]

# What is left is right in the mirror: whole words anywhere, single letters only where a word ends.
_SIDES = (("left", "right"), ("Left", "Right"), ("LEFT", "RIGHT"))
_LETTERS = (
    (re.compile(r"(?<![A-Za-z])l(?![A-Za-z])"), "r"),
    (re.compile(r"(?<![A-Za-z])L(?=$|[^a-z])"), "R"),
    (re.compile(r"(?<=[a-z])L(?=$|[^a-z])"), "R"),
    (re.compile(r"(?<![A-Za-z])L(?=[A-Z][a-z])"), "R"),
)


@dataclass(frozen=True, eq=False)
class Skeleton(Noun):
    """Keypoints by name, the lines between them, and which change places in a mirror.

    Parameters
    ----------
    keypoints
        Names, each once.
    edges
        Pairs of keypoints that a line joins, for people to look at.
    mirrored
        Pairs of a left keypoint and its right one.

    Examples
    --------
    >>> Skeleton.of(["snout", "leftear", "rightear"]).mirrored
    (('leftear', 'rightear'),)
    """

    keypoints: tuple[str, ...]
    edges: tuple[Pair, ...] = ()
    mirrored: tuple[Pair, ...] = ()

    def __post_init__(self) -> None:
        if len(set(self.keypoints)) != len(self.keypoints):
            raise ValueError("each keypoint needs a name of its own")
        named = {name for pair in (*self.edges, *self.mirrored) for name in pair}
        if not named <= set(self.keypoints):
            raise ValueError(f"no keypoints: {', '.join(sorted(named - set(self.keypoints)))}")

    @classmethod
    def of(cls, keypoints: Sequence[str], edges: Sequence[Pair] = ()) -> Skeleton:
        """A skeleton whose left and right keypoints are told by their names."""
        return cls(tuple(keypoints), tuple(edges), tuple(_mirrored(keypoints)))

    @property
    def swap(self) -> tuple[int, ...]:
        """For each keypoint the index of the one it becomes in a mirror; its own for most."""
        order = list(range(len(self.keypoints)))
        for left, right in self.mirrored:
            one, other = self.keypoints.index(left), self.keypoints.index(right)
            order[one], order[other] = other, one
        return tuple(order)


def _mirrored(keypoints: Sequence[str]) -> Iterator[Pair]:
    for name in keypoints:
        for other in _other_side(name):
            if other != name and other in keypoints:
                yield name, other
                break


def _other_side(name: str) -> Iterator[str]:
    """What a left keypoint's right one may be called."""
    for left, right in _SIDES:
        if left in name:
            yield name.replace(left, right)
    for letter, right in _LETTERS:
        if letter.search(name):
            yield letter.sub(right, name)
