"""The floor the animal moves on, its zones and its scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ethoframe.data.lens import Lens
from ethoframe.data.noun import Array, Noun, frozen
from ethoframe.data.outline import centroid, signed_depth
from ethoframe.data.refusal import Refusal
from ethoframe.data.tracks import Tracks
from ethoframe.data.transform import Transform

Shape = Literal["rectangle", "circle", "polygon"]

UNIT_SQUARE = frozen(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))
SEEN_PER_SIDE = 24  # short sides for one that a lens bends: under 0.1 px off in any usual picture
SAME_ASPECT = 0.01  # sizes of a re-encoded picture are rounded to whole, often even, pixels


@dataclass(frozen=True, eq=False)
class Zone(Noun):
    """A named part of the floor.

    Parameters
    ----------
    name
        Such as ``"centre"``.
    outline
        Corners ``(n, 2)`` as x, y in the same plane as the arena's.
    definition
        How it was chosen, in words.
    parts
        Outlines that belong to it as well, each ``(n, 2)``: four corners are one zone.
    holes
        Outlines that do not belong to it: a periphery has one.
    """

    name: str
    outline: Array
    definition: str = "given by the user"
    parts: tuple[Array, ...] = ()
    holes: tuple[Array, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "outline", frozen(self.outline, np.float64))
        for name in ("parts", "holes"):
            outlines = tuple(frozen(outline, np.float64) for outline in getattr(self, name))
            object.__setattr__(self, name, outlines)

    @property
    def outlines(self) -> tuple[Array, ...]:
        """All outlines of the zone, without its holes."""
        return (self.outline, *self.parts)

    def depth(self, points: Array) -> Array:
        """Distance ``(n,)`` from the zone's edge, positive inside; NaN for NaN points."""
        inside = np.max([signed_depth(outline, points) for outline in self.outlines], axis=0)
        beside_holes = [-signed_depth(hole, points) for hole in self.holes]
        depth: Array = np.min([inside, *beside_holes], axis=0)
        return depth

    def mapped(self, transform: Transform) -> Zone:
        """The zone in the transform's target plane."""
        parts, holes = (tuple(map(transform.apply, some)) for some in (self.parts, self.holes))
        return replace(self, outline=transform.apply(self.outline), parts=parts, holes=holes)


@dataclass(frozen=True, eq=False)
class Arena(Noun):
    """The floor, its zones, and how long its sides are.

    Parameters
    ----------
    shape
        ``"rectangle"``, ``"circle"`` or ``"polygon"``.
    outline
        Corners of the floor ``(n, 2)`` as x, y in `unit`; four for a rectangle, clockwise in the
        picture from the top left; points round the rim for a circle.
    sides_mm
        Lengths of the top and the left side, or the diameter twice; None without a scale.
    zones
        Named parts of the floor.
    source
        Where the outline comes from: ``"given"``, ``"detected"`` or ``"explored"`` (no floor was
        found, and the animal's whereabouts stand in).
    residual_mm
        Root mean square distance between what the scale predicts and what was given or seen.
    unit
        Plane of the outline and zones: ``"px"`` for the picture, ``"mm"`` for the floor.
    name
        Which arena of the recording.
    lens
        What bends straight things in the picture; None where nothing is known to. Outline and
        zones are given by their corners where those are seen; sides are straight on the floor, and
        in the picture as `seen` says.
    walls
        Outline of the walls' upper rim ``(n, 2)`` in the picture, as x, y in px; None where it was
        not seen or there are no walls.
    picture
        Size ``(y, x)`` of the picture that the outline was drawn on; None when it is not known.
    """

    shape: Shape
    outline: Array
    sides_mm: tuple[float, float] | None = None
    zones: tuple[Zone, ...] = ()
    source: str = "given"
    residual_mm: float = float("nan")
    unit: str = "px"
    name: str = "arena"
    lens: Lens | None = None
    walls: Array | None = None
    picture: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "outline", frozen(self.outline, np.float64))
        if self.walls is not None:
            object.__setattr__(self, "walls", frozen(self.walls, np.float64))
        if self.outline.ndim != 2 or self.outline.shape[1] != 2 or len(self.outline) < 3:
            raise ValueError("an arena's outline needs at least three corners (x, y)")
        if self.shape == "rectangle" and len(self.outline) != 4:
            raise ValueError("a rectangular arena needs four corners")
        if self.sides_mm is not None and min(self.sides_mm) <= 0:
            raise ValueError("the sides of an arena must be longer than nothing")

    @property
    def to_floor(self) -> Transform | None:
        """From picture pixels to millimetres on the floor; None without a scale."""
        if self.sides_mm is None or self.unit != "px":
            return None
        if self.shape == "rectangle":
            across, down = self.sides_mm
            floor = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float64)
            return Transform.through(self.outline, floor, "px", "mm", self.lens)
        extent = np.ptp(self._straight.apply(self.outline), axis=0).mean()
        scale = float(np.mean(self.sides_mm) / extent)
        return Transform(np.diag([scale, scale, 1.0]), "px", "mm", self.lens)

    def for_tracks(self, tracks: Tracks) -> tuple[Arena, float]:
        """The arena in the plane that tracks lie in, and units of that plane in one of theirs.

        In mm, tracks lie on the floor where the arena tells its sides, and else they are the
        picture by one scale. In body lengths they have no plane of their own but the picture.

        Parameters
        ----------
        tracks
            In any unit.

        Raises
        ------
        Refusal
            When they are in other units, and nothing tells how one lies in the other.

        Examples
        --------
        >>> from dataclasses import replace
        >>> square = Arena("rectangle", 80 * UNIT_SQUARE)
        >>> seen = Tracks.of(np.array([[20.0, 10.0]]), np.zeros(1))
        >>> scaled = seen.mapped(Transform.scaling(0.5, "px", "mm"))
        >>> [float(square.for_tracks(each)[0].outline.max()) for each in (seen, scaled)]
        [80.0, 40.0]
        """
        if self.unit == tracks.unit:
            return self, 1.0
        if self.unit != "px":
            reason = f"tracks are in {tracks.unit}, and the arena in {self.unit}"
            raise Refusal(self.name, reason, "give both in one unit, or --scale")
        if tracks.unit != "mm":
            return self, tracks.px_per_unit
        to_floor = self.to_floor
        if to_floor is None:
            to_floor = Transform.scaling(1 / tracks.px_per_unit, "px", "mm")
        return self.mapped(to_floor), 1.0

    def with_tracks(self, tracks: Tracks) -> tuple[Arena, Tracks, float]:
        """The same as `for_tracks`, with the tracks; both in mm where the arena tells its sides.

        Raises
        ------
        Refusal
            When they are in other units, and nothing tells how one lies in the other.

        Examples
        --------
        >>> floor = Arena("rectangle", 80 * UNIT_SQUARE, (400.0, 400.0))
        >>> floor.with_tracks(Tracks.of(np.array([[20.0, 10.0]]), np.zeros(1)))[1].at("centroid")
        array([[100.,  50.]])
        """
        if tracks.unit == self.unit == "px" and self.to_floor is not None:
            tracks = tracks.mapped(self.to_floor)
        floor, per_unit = self.for_tracks(tracks)
        return floor, tracks, per_unit

    @property
    def from_sides(self) -> Transform:
        """From shares of the sides of a rectangle, (0, 0) its top left, to the arena's plane.

        What is straight on the floor is so between the points of an outline that it maps, as far as
        the lens allows.

        Raises
        ------
        ValueError
            When the floor is no rectangle.
        """
        if self.shape != "rectangle":
            raise ValueError("only a rectangle has sides to go along")
        return Transform.through(self.outline, UNIT_SQUARE, self.unit, "side", self.lens).inverse()

    def mapped(self, transform: Transform) -> Arena:
        """The arena in the transform's target plane.

        From picture to picture (a window, another size) the lens goes along, and so does the rim of
        the walls; in any other plane there are none.
        """
        zones = tuple(zone.mapped(transform) for zone in self.zones)
        outline, picture = transform.apply(self.outline), self.unit == transform.target_unit == "px"
        lens = self.lens.moved(transform.matrix) if self.lens and picture else None
        walls = transform.apply(self.walls) if self.walls is not None and picture else None
        placed = replace(self, outline=outline, zones=zones, unit=transform.target_unit)
        return replace(placed, lens=lens, walls=walls, picture=None)

    def drawn_on(self, size: tuple[int, int]) -> Arena:
        """The arena for a picture ``(y, x)``: itself, or scaled from the picture it was drawn on.

        Raises
        ------
        ValueError
            When that picture has another aspect: no scaling makes the one the other.
        """
        if self.picture is None or self.picture == size:
            return self
        down, across = size[0] / self.picture[0], size[1] / self.picture[1]
        if abs(down - across) > SAME_ASPECT * across:
            drawn, seen = (f"{x} × {y} px" for y, x in (self.picture, size))
            raise ValueError(f"drawn on a picture of {drawn}, and this one has {seen}")
        # A pixel's number is that of its middle: the picture begins half a pixel before it.
        matrix = np.array(
            [[across, 0, (across - 1) / 2], [0, down, (down - 1) / 2], [0, 0, 1]], np.float64
        )
        return replace(self.mapped(Transform(matrix, "px", "px")), picture=size)

    @property
    def seen(self) -> Array:
        """The outline as it is seen ``(n, 2)``: sides that a lens bends are as many short ones.

        For drawing, and for looking at the picture along it; without a lens the outline itself.
        """
        if self.lens is None or self.shape == "circle":
            return self.outline
        corners = self.lens.straightened(self.outline)
        along = np.linspace(0, 1, SEEN_PER_SIDE, endpoint=False)[:, None]
        sides = [a + along * (b - a) for a, b in zip(corners, np.roll(corners, -1, 0), strict=True)]
        return self.lens.bent(np.concatenate(sides))

    def depth(self, points: Array) -> Array:
        """Distance ``(n,)`` from the wall, positive on the floor; NaN for NaN points."""
        return signed_depth(self.seen, points)

    def shrunk(self, share: float) -> Array:
        """The outline scaled to `share` of each side about the middle of the floor.

        In a rectangle seen at a slant, middle and sides are those of the floor, not of the picture.
        """
        if self.shape == "rectangle":
            return self.from_sides.apply(0.5 + share * (UNIT_SQUARE - 0.5))
        straight = self._straight.apply(self.outline)
        middle = centroid(straight)
        return self._straight.inverse().apply(middle + share * (straight - middle))

    @property
    def _straight(self) -> Transform:
        """To the plane as a lens without distortion would show it."""
        return Transform(np.eye(3), self.unit, self.unit, self.lens)
