"""The strip under each picture of the overlay: clock, frame, activity, zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import to_rgb

from ethoframe.data.noun import Array
from ethoframe.report.lettering import Colour, lettered
from ethoframe.report.palette import VERMILLION, zone_colour
from ethoframe.report.wording import clock, plain

HEIGHT = 32
PAPER, INK, DIM = (21, 24, 28), (232, 234, 237), (110, 118, 128)
GAP, PADDING = 14, 6


def rgb(colour: str) -> Colour:
    """A colour's name or code as red, green and blue up to 255."""
    red, green, blue = (round(255 * part) for part in to_rgb(colour))
    return red, green, blue


@dataclass(frozen=True)
class Status:
    """Every text the strip can show, drawn once.

    Parameters
    ----------
    width
        Of the strip in px.
    digits
        Pictures of the characters that clock and frame number are made of.
    states
        Pictures of what the animal does, by label.
    lit, unlit
        Pictures of the names of zones, by zone.
    """

    width: int
    digits: dict[str, Array]
    states: dict[str, Array]
    lit: dict[str, Array]
    unlit: dict[str, Array]

    @classmethod
    def of(cls, width: int, zones: tuple[str, ...], states: tuple[str, ...]) -> Status:
        """A strip for these zones and states; zones that find no room are left out."""
        names = {zone: plain(zone, 14) for zone in zones}
        unlit = {zone: lettered(name, HEIGHT, DIM, PAPER, PADDING) for zone, name in names.items()}
        lit = {
            zone: lettered(name, HEIGHT, PAPER, rgb(zone_colour(index)), PADDING)
            for index, (zone, name) in enumerate(names.items())
        }
        said = {state: lettered(state, HEIGHT, INK, PAPER) for state in states}
        said["not found"] = lettered("not found", HEIGHT, rgb(VERMILLION), PAPER)
        digits = {sign: lettered(sign, HEIGHT, INK, PAPER) for sign in "0123456789:.#−"}
        return cls(width, digits, said, lit, unlit)

    def drawn(self, number: int, time_s: float, state: str, occupied: frozenset[str]) -> Array:
        """The strip ``(y, x, 3)`` at a frame."""
        strip = np.empty((HEIGHT, self.width, 3), np.uint8)
        strip[:] = PAPER
        x = self._written(strip, GAP, clock(time_s, 2)) + GAP
        x = self._written(strip, x, f"#{number}") + GAP
        if state in self.states:
            _laid(strip, x, self.states[state])
        # Zones keep their places on the right, whatever the rest says.
        x = self.width - GAP
        for zone in reversed(list(self.lit)):
            name = (self.lit if zone in occupied else self.unlit)[zone]
            x -= self.lit[zone].shape[1] + GAP // 2
            if x > self.width // 2:
                _laid(strip, x, name)
        return strip

    def _written(self, strip: Array, x: int, text: str) -> int:
        """Write digits from `x` on; where they end."""
        wide = self.digits["0"].shape[1]
        for sign in text:
            _laid(strip, x, self.digits[sign])
            x += wide if sign.isdigit() else self.digits[sign].shape[1] + 1
        return x


def _laid(strip: Array, x: int, picture: Array) -> None:
    """Put a picture down, cut at the strip's end."""
    room = max(0, min(picture.shape[1], strip.shape[1] - x))
    strip[:, x : x + room] = picture[:, :room]
