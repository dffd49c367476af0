"""How many arenas the picture shows, and about where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, ClassVar

import cv2
import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Frames, Noun, Refusal
from ethoframe.data import Arenas as Several
from ethoframe.data.noun import Array
from ethoframe.methods.detect._parts import WORKING_PX, Place, places_in, shrunk

FILLED = 0.5  # arenas side by side fill at least so much of the hull around them
GAP = 0.012  # least gap between arenas, as a share of the picture's longer side
SEVERAL = 0.3  # each further floor's weight: four count for more than the rack that holds them
WITHIN = 0.6  # a floor's sides are at least this share of those of its walls' rim
CLEAR = 0.25  # an edge across which levels change by this share is as clear as any


@dataclass(frozen=True)
class Arenas(WholeMethod):
    """The arenas in the empty scene: things of one shape and size that stand side by side.

    The scene is cut at many levels into what is lighter and what is darker; parts that are a
    rectangle or a circle, and that stand out from what is around them, are kept. Among those, the
    arenas are the ones that are most alike and cover most. Their outlines are approximate: they say
    where to look for each floor (``Arenas.windows``), and `detect/arena` finds it there.

    Arenas are named in reading order: *left*, *right*; *top*, *bottom*; *top left* ... for two by
    two; else 1, 2, 3 ...; one alone is *arena*. Unless *count* says more, one arena that cannot be
    made out is the whole picture, with ``source = "explored"``. A floor on which alike fields are
    painted well apart can be taken for as many arenas when *count* is 0.

    References
    ----------
    Parts of the picture by their levels: Matas et al., Image and Vision Computing 22 (2004),
    761-767.
    """

    count: int = parameter(0, says="how many arenas there are; 0 to find out", low=0, high=64)
    alike: float = parameter(
        1.3, unit="1", says="sizes of arenas differ at most by this factor", low=1.0, high=3.0
    )
    smallest: float = parameter(
        0.02, unit="1", says="least share of the picture that an arena takes", low=0.001, high=1.0
    )
    cover: float = parameter(
        0.85, unit="1", says="least overlap (IoU) of shape and what is seen", low=0.5, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {"background": In(Kind.IMAGE)}
    gives: ClassVar[Kind] = Kind.ARENAS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Arenas in px of the picture."""
        return Spec(Kind.ARENAS, unit="px")

    def apply(self, **inputs: Any) -> Several:
        """The arenas, row by row.

        Raises
        ------
        Refusal
            When there are fewer than *count* to be seen.
        """
        background: Frames = inputs["background"]
        level = np.nan_to_num(background.plane(0, "level"))
        scene, shrink = shrunk(level)
        places = _chosen(places_in(scene, self.smallest * scene.size, self.cover), self)
        if not places and self.count > 1:
            raise Refusal(
                self.name(),
                f"{self.count} arenas could not be made out in the empty scene",
                "draw them with `ethoframe arena VIDEO` and give the file with --arena",
            )
        if not places:
            return Several((_everything(background.picture),))
        placed = [(place.fit.outline + 0.5) * shrink - 0.5 for place in places]
        named = _named(np.array([outline.mean(axis=0) for outline in placed]))
        return Several(
            tuple(
                Arena(places[i].fit.shape, placed[i], source="detected", name=name)  # type: ignore[arg-type]
                for i, name in named
            )
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two light floors on a dark shelf, seen at a slant."""
        level = np.full((120, 220), 40.0)
        cv2.fillConvexPoly(level, np.array([[14, 12], [100, 14], [104, 106], [10, 104]]), 180)
        cv2.fillConvexPoly(level, np.array([[114, 14], [206, 12], [210, 104], [112, 106]]), 170)
        level += np.random.default_rng(2).normal(0, 1, level.shape)
        scene = np.stack([level, np.ones_like(level)], axis=-1)[None].astype(np.float32)
        return {"background": Frames(scene, np.array([0]), np.array([0.0]), ("level", "noise"))}


def _everything(size: tuple[int, int]) -> Arena:
    """The whole picture ``(y, x)`` as one arena."""
    right, bottom = size[1] - 1.0, size[0] - 1.0
    corners = np.array([[0.0, 0.0], [right, 0.0], [right, bottom], [0.0, bottom]])
    return Arena("rectangle", corners, source="explored")


def _chosen(places: Sequence[Place], method: Arenas) -> list[Place]:
    """Those that are most alike and cover most; of walls and the floors within, the clearer."""
    sets = [_around(seed, places, method) for seed in places]
    if method.count:
        sets = [some for some in sets if len(some) == method.count]
    else:
        sets = [some if _side_by_side(some) else some[:1] for some in sets]
    best = max(sets, key=_merit, default=[])
    within = [some for some in sets if _all_within(some, best)]
    return max(within, key=_clearness, default=best)


def _around(seed: Place, places: Sequence[Place], method: Arenas) -> list[Place]:
    """The seed and what is like it, apart from each other, the most alike first."""
    alike = [
        place
        for place in places
        if place.fit.shape == seed.fit.shape and place.unlike(seed) <= method.alike
    ]
    alike.sort(key=lambda place: place.unlike(seed) - place.worth)
    taken = [seed]
    for place in alike:
        if len(taken) == method.count:
            break
        if all(place.apart(other) for other in taken):
            taken.append(place)
    return taken


def _side_by_side(places: Sequence[Place]) -> bool:
    """Whether they stand in a rack: gaps between them, and little else in the hull around all.

    Fields that are painted on one floor touch, and things in one arena leave most of it free.
    """
    corners = np.concatenate([place.fit.outline for place in places]).astype(np.float32)
    hull = cv2.contourArea(cv2.convexHull(corners))
    covered = sum(cv2.contourArea(place.fit.outline.astype(np.float32)) for place in places)
    gaps = [a.gap(b) for a, b in combinations(places, 2)]
    return bool(covered >= FILLED * hull) and min(gaps, default=0.0) >= GAP * WORKING_PX


def _all_within(inner: Sequence[Place], outer: Sequence[Place]) -> bool:
    """Whether each lies in another one's place, not much smaller."""
    return len(inner) == len(outer) and all(
        any(
            (np.abs(a.middle - b.middle) < 0.25 * b.sides).all()
            and (a.sides >= WITHIN * b.sides).all()
            for b in outer
        )
        for a in inner
    )


def _clearness(places: Sequence[Place]) -> float:
    """How far the least clear one stands out, less where its shape fits badly or is large.

    Of walls and floors that are as clear, the floors lie within.
    """
    return min(
        min(place.edge, CLEAR) * place.fit.cover**4 / float(np.sqrt(np.prod(place.sides)))
        for place in places
    )


def _merit(places: Sequence[Place]) -> float:
    """Area covered, less where shapes fit badly or differ; more for several of a kind."""
    seed, *others = places
    several = 1 + SEVERAL * min(len(others), 3)
    covered = sum(
        float(np.prod(place.sides)) * place.worth**4 / place.unlike(seed) for place in places
    )
    return covered * several


def _named(middles: Array) -> list[tuple[int, str]]:
    """Index and name of each, from middles ``(n, 2)``, row by row."""
    rows = _rows(middles)
    order = [i for row in rows for i in row]
    sides = {2: ("left", "right")}.get(len(rows[0]), ("",))
    if len(middles) == 1:
        return [(0, "arena")]
    if [len(row) for row in rows] == [2]:
        names = ["left", "right"]
    elif [len(row) for row in rows] == [1, 1]:
        names = ["top", "bottom"]
    elif [len(row) for row in rows] == [2, 2]:
        names = [f"{row} {side}" for row in ("top", "bottom") for side in sides]
    else:
        names = [str(n + 1) for n in range(len(order))]
    return list(zip(order, names, strict=True))


def _rows(middles: Array) -> list[list[int]]:
    """Indices of points ``(n, 2)`` by row, from left to right in each."""
    spread = np.abs(middles[:, None] - middles[None]).max(axis=2)
    apart = float(np.min(spread[spread > 0], initial=np.inf))
    rows: list[list[int]] = []
    for i in np.argsort(middles[:, 1], kind="stable").tolist():
        if rows and middles[i, 1] - np.mean(middles[rows[-1], 1]) < apart / 2:
            rows[-1].append(i)
        else:
            rows.append([i])
    return [sorted(row, key=lambda i: float(middles[i, 0])) for row in rows]
