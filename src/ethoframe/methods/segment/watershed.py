"""Nuclei, cells and other blob-like objects, apart where they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import FrameMethod, In, Kind, Reach, Spec, parameter
from ethoframe.data import Frames, LabelMap, Noun, Recording, Refusal
from ethoframe.methods.segment._brightness import OBJECTS, bright, check_channels
from ethoframe.methods.segment._objects import Rules, objects_in
from ethoframe.methods.segment._picture import Grid


@dataclass(frozen=True)
class Watershed(FrameMethod):
    """Objects by their own edges, parted at necks and dips of brightness, by flooding from markers.

    For each frame ``([z,] y, x)``, whatever size its objects have:

    1. The picture is made one in which objects are bright; *objects* says what they are like, and
       of ``auto`` the more even side of Otsu's level is the background. Dark objects in colour are
       looked at by what their dyes absorb. What is wider than *widest* is taken off.
    2. Background, from beside what a common level finds (*level*), is taken off as well.
    3. Around each bright place lies a zone, up to where the next one is nearer across a *dip*. An
       object is first taken to end at the level at which its zone's picture is steepest, on the
       scale of square roots: bright and faint ones need no common level.
    4. From that comes how large objects usually are, and so how much to smooth; steps 2 and 3 are
       done once more. What is left over beside bright objects, and as thick as an object, is one.
    5. Every place that is deepest within the objects (by distance in px of the finest axis, so that
       volumes of unequal spacing are treated alike) is a marker from which the objects are flooded.
       Two basins are one object where their passes lie above *neck* of the shallower depth, and
       above one minus *dip* of the fainter one's brightness.
    6. What is small or faint beside the usual object goes.
    7. Each object's *edge* is drawn: at half of its own height over background, and lower by as
       much as a blurred edge of its size seems to lie too far in; or as step 3 found it, which is
       up to a third more area where objects are small.

    Where the picture shows rims of *hollow* objects, as red blood cells often are, brightness
    within them tells nothing. Then what lies over the common level is filled, and parted by
    distance only; *neck* is at most 0.85 and *smallest* at least 0.25, as rims are uneven and leave
    fragments. Holes tell of rims if they are wide beside what is round them, more than one, and
    hold enough.

    With *markers*, each is one object, and only steps 1 to 4 and a flooding are done. Labels are
    int32, from 1 in the order of the picture; each frame has its own. A frame of one level has
    none; what is NaN is taken for background.

    References
    ----------
    Flooding: Beucher & Meyer, in Dougherty (ed.), Mathematical Morphology in Image Processing,
    1993, 433-481. The choice of edges, zones and joints is ethoframe's own.
    """

    objects: str = parameter("auto", says="what they are like beside background", choices=OBJECTS)
    channel: str = parameter(
        "", says="which channel; empty for the only one, or all of red, green and blue"
    )
    by: str = parameter(
        "both",
        says="what parts objects that touch; gradient: both, and their border where it is steepest",
        choices=("both", "distance", "intensity", "gradient"),
    )
    level: str = parameter(
        "root-otsu",
        says="rule of the common level",
        choices=("root-otsu", "otsu", "li", "triangle"),
    )
    dip: float = parameter(
        0.35,
        unit="1",
        says="share by which brightness falls between two objects",
        low=0.0,
        high=1.0,
    )
    neck: float = parameter(
        0.95,
        unit="1",
        says="two parts are one if it is wider than this share of the narrower part",
        low=0.0,
        high=1.0,
    )
    smallest: float = parameter(
        0.02, unit="1", says="area or volume as a share of the usual object's", low=0.0, high=1.0
    )
    faintest: float = parameter(
        0.4, unit="1", says="contrast as a share of the usual object's", low=0.0, high=1.0
    )
    clear: float = parameter(
        3.0, unit="1", says="contrast in deviations of the background", low=0.0
    )
    diameter_px: float = parameter(
        4.0, unit="px", says="what is smaller is no object; px of the finest axis", low=0.0
    )
    radius_px: float = parameter(
        0.0, unit="px", says="usual radius of an object; 0 to find it in each frame", low=0.0
    )
    widest: float = parameter(
        0.5,
        unit="1",
        says="what is wider, as a share of the longest side, is uneven light; 1 for none",
        low=0.01,
        high=1.0,
    )

    edge: str = parameter(
        "half",
        says="where an object ends: at half of its height, or where roots of levels are steepest",
        choices=("half", "steepest"),
    )
    hollow: str = parameter(
        "auto",
        says="whether objects may have pale middles, of which rims are seen",
        choices=("auto", "yes", "no"),
    )

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "markers": In(Kind.LABELMAP, per="frame", optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.LABELMAP
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Labels as large as the frames; refuses channels of which none is meant."""
        seen, markers = specs["recording"], specs.get("markers")
        check_channels(seen, self.channel, self.name())
        if markers is not None and markers.size != seen.size:
            reason = f"markers are of size {markers.size}, the recording of {seen.size}"
            raise Refusal(self.name(), reason, "give markers of this recording")
        shape = seen.shape[:-1]
        return Spec(Kind.LABELMAP, seen.axes[:-1], shape, "int32", spacing_mm=seen.spacing_mm)

    def reach(self, spec: Spec) -> Reach:
        """Everything: how large and bright objects usually are depends on the whole frame."""
        return Reach(around_px=None)

    def apply(self, batch: Frames, **side: Any) -> LabelMap:
        """The objects of every frame."""
        grid = Grid.of(batch.spacing_mm, len(batch.size))
        given = side.get("markers")
        markers = None if given is None else given.dense()
        labels = np.zeros((len(batch), *batch.size), np.int32)
        for t, frame in enumerate(batch.pixels):
            if frame.size:
                picture = bright(frame, batch.channels, self.channel, self.objects)
                chosen = None if markers is None else markers[t]
                labels[t] = objects_in(picture, grid, self.rules(), chosen)
        return LabelMap.of(labels, batch.numbers, batch.times_s, spacing_mm=batch.spacing_mm)

    def rules(self) -> Rules:
        """What counts as an object."""
        return Rules(
            self.level,
            self.by,
            self.dip,
            self.neck,
            self.smallest,
            self.faintest,
            self.clear,
            self.diameter_px,
            self.radius_px,
            self.widest,
            self.edge,
            self.hollow,
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Bright and faint discs, two of which touch, on a shaded and noisy ground; they drift."""
        random = np.random.default_rng(3)
        y, x = np.mgrid[:64, :80]
        pixels = random.normal(20, 1.5, (9, 64, 80)) + x / 8
        for t, frame in enumerate(pixels):
            for down, across, radius, more in (
                (14, 16, 7, 90),
                (40, 22 + t // 2, 8, 60),
                (40, 36 + t // 2, 8, 70),
                (20, 56, 6, 35),
            ):
                frame += more * np.clip(radius + 0.5 - np.hypot(y - down, x - across), 0, 1)
        return {"recording": Recording.of(pixels.clip(0, 255).astype(np.uint8)[..., None])}
