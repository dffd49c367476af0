"""The one table of DeepLabCut: a row for each picture or frame, columns by keypoint."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array, frozen

NAME = "animal"
"""What the individual is called in tables of one animal, which do not name it."""

LEVELS = {3: ("scorer", "bodyparts", "coords"), 4: ("scorer", "individuals", "bodyparts", "coords")}
"""What the rows of a heading tell, by how many there are."""

Words = tuple[str, ...]

COORDS = ("x", "y", "likelihood")


class Column(NamedTuple):
    """Which number of which keypoint of which individual a column holds."""

    individual: str
    keypoint: str
    coord: str


@dataclass(frozen=True)
class Grid:
    """What such a table says, whichever file it was in.

    Parameters
    ----------
    scorer
        Who placed the keypoints: a person, or a network.
    columns
        In order.
    rows
        What the index says of each row: a path in one or three pieces, or a frame number.
    values
        ``(row, column)``; NaN where a cell is empty.
    """

    scorer: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    values: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values, np.float64))

    @classmethod
    def headed(cls, path: Path, headings: list[Words], rows: list[Words], values: Array) -> Grid:
        """A table whose columns have these headings, three or four words each.

        Raises
        ------
        Refusal
            When there are not as many words, two columns are of the same thing, one is of something
            else, or several people's labels are in it.
        """
        if not headings or {len(words) for words in headings} - set(LEVELS):
            reason = "its heading is not that of a DeepLabCut table: scorer, bodyparts, coords"
            raise Refusal(path, reason, "name a table that DeepLabCut wrote")
        columns = tuple(Column(*(NAME, *words[1:])[-3:]) for words in headings)
        scorers = list(dict.fromkeys(words[0] for words in headings))
        twice = next((each for each, count in Counter(columns).items() if count > 1), None)
        other = next((each.coord for each in columns if each.coord not in COORDS), None)
        reason = ""
        if len(scorers) > 1:
            reason = f"it holds columns of {len(scorers)} scorers: {', '.join(scorers)}"
        elif twice:
            reason = f"two columns are {twice.coord} of {twice.keypoint} of {twice.individual}"
        elif other is not None:
            reason = f"a column is {other!r}, and none of {', '.join(COORDS)}"
        if reason:
            raise Refusal(path, reason, "leave one table of one scorer in a file")
        return cls(scorers[0], columns, tuple(rows), values)

    @property
    def individuals(self) -> tuple[str, ...]:
        """Their names, in the order of the columns."""
        return tuple(dict.fromkeys(each.individual for each in self.columns))

    @property
    def keypoints(self) -> tuple[str, ...]:
        """Their names, in the order of the columns."""
        return tuple(dict.fromkeys(each.keypoint for each in self.columns))

    @property
    def judged(self) -> bool:
        """Whether it tells likelihoods, as the tables of networks do."""
        return any(each.coord == "likelihood" for each in self.columns)

    def cube(self, keypoints: tuple[str, ...], individuals: tuple[str, ...]) -> Array:
        """Its numbers ``(row, coord, keypoint, individual)`` in these orders; NaN for none.

        Keypoints and individuals that are not asked for are left out.
        """
        found = np.full((len(self.rows), len(COORDS), len(keypoints), len(individuals)), np.nan)
        for at, (individual, keypoint, coord) in enumerate(self.columns):
            if keypoint in keypoints and individual in individuals:
                k, i = keypoints.index(keypoint), individuals.index(individual)
                found[:, COORDS.index(coord), k, i] = self.values[:, at]
        return found
