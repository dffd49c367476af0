"""What else is in the picture: a second mover, a mirror image, a hand, another light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ethoframe.data import Values
from ethoframe.data.noun import Array
from ethoframe.methods.classify._sign import Sign, middle, share, worst
from ethoframe.methods.classify._track import Track

ENOUGH = 0.05  # of the time away from the walls tells enough of what is there besides
MOSTLY, NEARLY = 0.5, 0.9  # of the frames


@dataclass(frozen=True)
class Company:
    """What else differs from the empty scene, in the frames of the tracks.

    Parameters
    ----------
    track
        The animal, in the same frames as the rest.
    second, reaching
        Areas of the second largest thing and of what touches the picture's border ``(t,)``, as
        shares of the animal's usual area.
    light
        How many times lighter than the empty scene ``(t,)``.
    aside
        Whether the animal is so far from the walls that none mirrors it ``(t,)``.
    """

    track: Track
    second: Array
    reaching: Array
    light: Array
    aside: Array

    @classmethod
    def of(cls, track: Track, change: Values, depth_px: Array, mirror_bl: float) -> Company:
        """From a row of `change` for each frame; `depth_px` ``(t,)`` is the distance to the walls.

        It is NaN where the animal's place or the walls are not known: nothing is mirrored then.
        """
        second, reaching, light = (change.column(name) for name in ("second", "reaching", "light"))
        near = depth_px < mirror_bl * track.length_px
        usual = track.usual_px2
        return cls(track, second / usual, reaching / usual, light, ~near)

    def hand(self, least: float, at_wall: float) -> Sign:
        """Share of the time in % in which something reaches in from the border.

        At a wall, animal and mirror image together may touch the border: only what is `at_wall`
        times as large as the animal is a hand there.
        """
        return self._sign(self.reaching > np.where(self.aside, least, at_wall), self.reaching)

    def mover(self, least: float, steady: float) -> Sign:
        """Share of the time in % with a second thing of about the animal's size that moves.

        The time is that which the animal spends away from the walls, where none mirrors it. Of one
        that hardly ever does, all of it is, if there is a second thing most of the time.
        """
        return Sign(0.0) if self._rests(least, steady) else self._second(least)

    def hole(self, least: float, steady: float) -> Sign:
        """The same for a second thing that is always of the same size.

        So shows an empty scene that holds the animal where it was, once it is elsewhere.
        """
        return self._second(least) if self._rests(least, steady) else Sign(0.0)

    def mirrored(self, least: float) -> Sign:
        """Share of the time in % with a second thing while the animal is at a wall."""
        if self._looked(least).all():
            return Sign(0.0)
        return self._sign((self.second > least) & ~self.aside, self.second)

    def switched(self, window_s: float) -> Sign:
        """The greatest change of light in %, from one window to the next but one."""
        step_s = middle(np.diff(self.track.times_s))
        each = max(1, round(window_s / step_s)) if step_s > 0 else 1
        count = len(self.light) // each
        if count < 3 or not np.isfinite(self.light).all():
            return Sign()
        blocks = np.median(self.light[: count * each].reshape(count, each), axis=1)
        least = np.finfo(np.float32).tiny
        ratio = np.maximum(blocks[2:], least) / np.maximum(blocks[:-2], least)
        change = 100 * (1 - np.minimum(ratio, 1 / ratio))
        begins = self.track.times_s[each : each * (count - 1) : each]
        value = float(change.max())
        return Sign(value, worst(begins, change * (change > value / 2), self.track.apart_s))

    def _second(self, least: float) -> Sign:
        looked = self._looked(least)
        there = looked & (self.second > least)
        value = share(there[looked], self.track.lasts_s[looked]) if looked.any() else 0.0
        return replace(self._sign(there, self.second), value=value)

    def _looked(self, least: float) -> Array:
        """The frames that tell of a second mover, and not of the animal's mirror image."""
        # At a wall, a mirror image and another animal are the same to a count of pixels.
        aside = float(self.aside.mean()) if len(self.aside) else 0.0
        mostly = float(np.mean(self.second > least)) > MOSTLY if len(self.second) else False
        return np.ones(len(self.aside), bool) if aside < ENOUGH and mostly else self.aside

    def _rests(self, least: float, steady: float) -> bool:
        """Whether the second thing is of the same size nearly whenever it is there."""
        sizes = self.second[self._looked(least) & (self.second > least)]
        if not len(sizes):
            return False
        return bool(np.mean(np.abs(sizes / np.median(sizes) - 1) < steady) > NEARLY)

    def _sign(self, there: Array, size: Array) -> Sign:
        how_bad = np.where(there, size, 0)
        moments = worst(self.track.times_s, how_bad, self.track.apart_s)
        return Sign(share(there, self.track.lasts_s), moments)
