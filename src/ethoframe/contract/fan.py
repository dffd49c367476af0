"""A recipe once for each part of the picture: one decoding, several animals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from ethoframe.contract import catalog
from ethoframe.contract.method import Method
from ethoframe.contract.recipe import Recipe, Step
from ethoframe.contract.spec import Kind
from ethoframe.data import Window

CROP = "enhance/crop"
VIEW = "view"
"""What the frames cut to a window are called."""

Held = TypeVar("Held")


def own(part: str, name: str) -> str:
    """What a step, input or output of one part is called; its own name where there is one part.

    Examples
    --------
    >>> own("left", "track"), own("", "track")
    ('left/track', 'track')
    """
    return f"{part}/{name}" if part else name


def fanned(recipe: Recipe, windows: Mapping[str, Window | None]) -> Recipe:
    """The recipe once for each part of its recording, as one graph.

    Every step, output and further input goes by `own` of the part's name, and sees the frames cut
    to its window. A plan of it reads each frame once.

    Parameters
    ----------
    recipe
        That takes one recording, or none and begins with tracks.
    windows
        By name; None of parts that are of no picture.
    """
    film = recipe.film
    takes: dict[str, Kind] = {film: Kind.RECORDING} if film else {}
    gives: dict[str, str] = {}
    steps: list[Step] = []
    for part, window in windows.items():
        further = [name for name in recipe.takes if name != film]
        named = {name: own(part, name) for name in (*further, *(s.name for s in recipe.steps))}
        takes |= {named[name]: recipe.takes[name] for name in further}
        gives |= {own(part, output): named[step] for output, step in recipe.gives.items()}
        if window is not None:
            named[film] = own(part, VIEW)
            steps.append(Step(named[film], _crop(window), {"recording": film}))
        steps += [
            Step(named[s.name], s.method, {key: named[source] for key, source in s.inputs.items()})
            for s in recipe.steps
        ]
    lacking = tuple(own(part, output) for part in windows for output in recipe.may_lack)
    known = recipe.name, recipe.title, recipe.summary, takes, tuple(steps), gives
    return Recipe(*known, may_lack=lacking)


def part_of(held: Mapping[str, Held], part: str) -> dict[str, Held]:
    """What belongs to one part, by the names that it has without the part's."""
    start = own(part, "")
    return {name.removeprefix(start): each for name, each in held.items() if name.startswith(start)}


def _crop(window: Window) -> Method:
    names = ("top", "left", "height", "width")
    return catalog.find(CROP)().with_parameters({f"{n}_px": getattr(window, n) for n in names})
