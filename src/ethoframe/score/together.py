"""Which frames are drawn together when a score of frames gets its interval.

What was sampled is a recording or a subject: so these are drawn, each with all its frames. Where
all frames are of one, nothing can be said of others; how sure the score is of that one recording
still can, by drawing stretches of it: frames that follow each other are alike, and to draw them one
by one would make any score look surer than it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from ethoframe.data.noun import Array
from ethoframe.score.bootstrap import DRAWS, Estimate, estimate, mean, share

MOST_STRETCHES = 20
"""One recording is cut into no more stretches than this."""


@dataclass(frozen=True)
class Together:
    """The unit that each frame belongs to.

    Parameters
    ----------
    index
        Of the unit of each frame ``(n,)``, from 0.
    says
        What is drawn, in a sentence.
    draws
        How often; of 0 there are values and no intervals.
    """

    index: Array
    says: str
    draws: int = DRAWS

    def __len__(self) -> int:
        return int(self.index.max()) + 1 if len(self.index) else 0

    def of_sums(self, rows: Array, statistic: Callable[[Array], float] = share) -> Estimate:
        """A statistic of sums, such as a mean: as exact as that of all frames, and much quicker.

        Parameters
        ----------
        rows
            Numbers of each frame ``(n, quantity)``, to be summed; one of them counts, so that
            units of nothing but 0 have nothing to say, and are not drawn.
        statistic
            Of a table of such sums ``(units, quantity)``.
        """
        sums = np.zeros((len(self), rows.shape[1]))
        np.add.at(sums, self.index, rows)
        return estimate(sums[sums.any(axis=1)], statistic, draws=self.draws)

    def of_rows(self, rows: Array, statistic: Callable[[Array], float] = mean) -> Estimate:
        """A statistic of the frames themselves ``(n, ...)``; those of nothing but NaN are left out.

        Examples
        --------
        >>> both = together(["a", "a", "b"])
        >>> both.of_rows(np.array([1.0, 2.0, np.nan])).n
        1
        """
        known = ~np.isnan(rows).all(axis=tuple(range(1, rows.ndim)))
        whose = [str(unit) for unit in self.index[known]]
        return estimate(rows[known], statistic, whose=whose, draws=self.draws)

    def each(self, index: Array) -> Together:
        """The units of rows that are made from frames: `index` says which frame each is from."""
        return Together(self.index[index], self.says, self.draws)


def together(
    whose: Sequence[str], positions: Sequence[int] | Array | None = None, draws: int = DRAWS
) -> Together:
    """Frames by recording or subject; those of one alone by stretches of it.

    Of n frames of one recording there are n to the power of 2/3 stretches, all of the same number
    of frames (give or take one): the length that grows as the cube root of n makes the variance of
    a mean as right as blocks can. But never more than `MOST_STRETCHES`, since frames of a film may
    be alike for seconds, and nothing here knows for how long; with few and long stretches the
    interval is honest all the same, as it reaches as far as Student's would.

    Parameters
    ----------
    whose
        The recording or subject of each frame.
    positions
        What puts frames in order, such as their numbers; the order they are given in when left out.
    draws
        How often units are drawn.

    Raises
    ------
    ValueError
        When there is not one position for each frame.

    References
    ----------
    Hall, Horowitz & Jing, Biometrika 82 (1995), 561-574 (lengths of blocks). Ibragimov & Müller,
    J. Bus. Econ. Stat. 28 (2010), 453-468 (few blocks, and Student's distribution).

    Examples
    --------
    >>> together(["a", "a", "b"]).index.tolist()
    [0, 0, 1]
    >>> together(["a"] * 8).index.tolist()
    [0, 0, 1, 1, 2, 2, 3, 3]
    """
    n = len(whose)
    order = np.arange(n) if positions is None else np.asarray(positions)
    if order.shape != (n,):
        raise ValueError(f"{n} frames need one position each, and there are {order.shape}")
    names, index = np.unique(np.asarray(whose, str), return_inverse=True)
    if len(names) != 1:
        return Together(index, f"intervals by recording or subject, of {len(names)}", draws)
    stretches = min(n, MOST_STRETCHES, ceil(round(n ** (2 / 3), 6)))
    index = np.empty(n, np.intp)
    index[np.argsort(order, kind="stable")] = np.arange(n) * stretches // n
    says = (
        f"all frames are of one recording: intervals by {stretches} stretches of neighbouring "
        "frames, which say how sure the score is of this recording, and nothing of others"
    )
    return Together(index, says, draws)
