"""What a method answers, as files: pixels, tables, maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe import formats
from ethoframe.contract import FrameMethod, Kind, SequentialMethod, catalog, evenly, spec_of
from ethoframe.data import (
    Arena,
    Arenas,
    Classes,
    Effects,
    Episodes,
    Frames,
    LabelMap,
    Measures,
    Noun,
    Points,
    Recording,
    Refusal,
    Sheet,
    Timed,
    Tracks,
    Transform,
    Transforms,
    Values,
    Warp,
)
from ethoframe.formats import arena as arena_file
from ethoframe.formats import effects as effects_file
from ethoframe.formats import episodes as episodes_file
from ethoframe.formats import labels as labels_file
from ethoframe.formats import objects, table
from ethoframe.formats import transform as transform_file
from ethoframe.run.application import Application
from ethoframe.run.apply import apply
from ethoframe.run.carried import carried, landmark_rows, moved_by
from ethoframe.run.contrasted import compared, decided, failed_in, named
from ethoframe.run.frozen import note_compared
from ethoframe.run.journal import Run
from ethoframe.run.pixels import answered
from ethoframe.run.placed import points_shown, write_tracks
from ethoframe.run.rows import defined, motion, rows_of
from ethoframe.run.told import Told

SAMPLES = 6
"""Frames of a recording that are shown."""

SHOWN_BYTES = 512 * 2**20
"""A larger frame is not read again to be shown."""

BATCH_BYTES = 32 * 2**20
"""Of the frames whose objects are measured at a time."""

AVERAGED = 64
"""Frames of which the mean is shown."""

OBJECTS = "measure/objects"

ARENA = "arena.toml"

EPISODES = "episodes.csv"

EFFECTS = "effects.csv"


@dataclass
class Results:
    """The answer of a method for one file, on its way to the disk.

    Parameters
    ----------
    asked
        The method and what it is applied with.
    main
        What the file holds.
    name
        How it is called in tables.
    folder
        Where the results go.
    run
        Where marks are left.
    told
        Called with the progress.
    beside
        The folder that the file lies in, where a frozen analysis may be; None where there is none.

    Attributes
    ----------
    answers
        What a page shows, by name.
    measures
        Tidy numbers.
    warnings
        What to know before trusting the results.
    failed
        Why the answer is not to be trusted; empty where nothing speaks against it.
    """

    asked: Application
    main: Noun
    name: str
    folder: Path
    run: Run
    told: Told | None = None
    beside: Path | None = None
    answers: dict[str, Noun] = field(default_factory=dict)
    measures: Measures = field(default_factory=Measures)
    warnings: list[str] = field(default_factory=list)
    failed: str = ""

    def write(self) -> None:
        """Computes the answer and writes it.

        Raises
        ------
        Refusal
            When the method refuses what it is given, or its answer has no form as a file.
        """
        gives = self.asked.method.gives
        if gives in (Kind.LABELMAP, Kind.RECORDING) and self._flows():
            self._pixels(labels=gives is Kind.LABELMAP)
            return
        answer = self._answer()
        writer = _WRITERS.get(gives)
        if writer is None:
            remedy = "use it as a step of a recipe"
            raise Refusal(self.asked.method.name(), f"{gives} has no file of its own", remedy)
        writer(self, answer)

    def _flows(self) -> bool:
        family = FrameMethod | SequentialMethod
        return isinstance(self.asked.method, family) and isinstance(self.main, Recording)

    def _answer(self) -> Any:
        self._tell(0, 0)
        given: dict[str, Any] = {self.asked.main: self.main, **self.asked.side}
        if self.asked.method.gives is Kind.EFFECTS and self.beside is not None:
            return self._compared(self.beside, **given)
        return apply(self.asked.method, **given)

    def _compared(self, beside: Path, *, measures: Measures, sheet: Sheet) -> Effects:
        """Differences between groups, held against what was decided of them before."""
        animals = [named(row) for row in sheet.rows]
        frozen, lines = decided(beside, self.asked.method, animals)
        self.warnings += lines
        found = compared(self.asked.method, measures, sheet, frozen, failed_in(beside))
        note_compared(beside)
        return found

    def _tell(self, done: int, total: int) -> None:
        if self.told:
            self.told(self.asked.method.name(), done, total)

    def _pixels(self, *, labels: bool) -> None:
        """Labels or pictures, written as they are computed; of labels a table too."""
        assert isinstance(self.main, Recording)
        lazy = answered(self.main, self.asked.method, self.asked.side)
        path = self._written("labels" if labels else "image", lazy, labels=labels)
        self._shown_choices()
        if labels:
            self._points(self._objects(formats.read(path), lazy))
        if self.asked.landmarks is not None:
            self._landmarks(self.asked.side["transform"])

    def _objects(self, drawn: Recording, lazy: Recording) -> Points:
        """The table of the objects that were written, some frames at a time."""
        assert isinstance(self.main, Recording)
        method = catalog.find(OBJECTS)()
        size = max(1, BATCH_BYTES // max(1, self.main.frame_bytes))
        numbers = range(len(drawn))
        parts = []
        pairs = zip(self.main.batches(numbers, size), drawn.batches(numbers, size), strict=True)
        for seen, labels in pairs:
            known = seen.numbers, seen.times_s, None, lazy.spacing_mm
            of = LabelMap.of(labels.pixels[..., 0], *known)
            parts.append(apply(method, labels=of, recording=seen))
        return Points.joined(parts)

    def _shown_choices(self) -> None:
        """What the method chose from each frame that is shown."""
        shown, method = self.answers.get("labels", self.answers.get("image")), self.asked.method
        sides = self.asked.side.values()
        whole = all(not isinstance(noun, Timed) or len(noun) == 1 for noun in sides)
        if isinstance(shown, Timed) and isinstance(method, FrameMethod) and whole:
            frames = self.main.frames(shown.numbers.tolist())  # type: ignore[attr-defined]
            chosen = method.chosen(frames, **self.asked.side)
            if chosen is not None:
                self.answers["chosen"] = chosen

    def _written(self, what: str, lazy: Recording, *, labels: bool = False) -> Path:
        """One picture as TIFF, anything else as Zarr; some of it is kept to be shown."""
        still = len(lazy) == 1 and len(lazy.size) == 2
        path = self.folder / f"{what}{'.tif' if still else '.zarr'}"
        how: dict[str, Any] = {"labels": True} if labels else {}
        self.warnings += formats.write(lazy, path, tell=self._tell, **how)
        if lazy.frame_bytes > SHOWN_BYTES:
            return path
        back = formats.read(path)
        shown = np.unique(np.linspace(0, len(back) - 1, SAMPLES).round().astype(int))
        frames = back.frames(shown.tolist())
        times_s, spacing_mm = lazy.times_s[frames.numbers], lazy.spacing_mm
        if labels:
            known = frames.numbers, times_s, self._classes(), spacing_mm
            self.answers[what] = LabelMap.of(frames.pixels[..., 0], *known)
        else:
            self.answers[what] = replace(frames, times_s=times_s, spacing_mm=spacing_mm)
        return path

    def _classes(self) -> dict[int, str]:
        """What labels mean, where they are kinds of pixels; none where each is an object."""
        if isinstance(self.main, LabelMap):
            return dict(self.main.names)
        method = self.asked.method
        if method.gives is not Kind.LABELMAP:
            return {}
        given: dict[str, Any] = {self.asked.main: self.main, **self.asked.side}
        outline = method.outline(**{name: spec_of(noun) for name, noun in given.items()})
        return dict(enumerate(outline.names, 1))

    def _label_map(self, answer: LabelMap) -> None:
        whole = labels_file.as_recording(answer, affine=self._affine(answer.size))
        self._written("labels", whole, labels=True)

    def _image(self, answer: Frames) -> None:
        whole = replace(Recording.of(np.asarray(answer.pixels)), channels=answer.channels)
        affine = answer.affine if answer.affine is not None else self._affine(answer.size)
        self._written("image", replace(whole, spacing_mm=answer.spacing_mm, affine=affine))

    def _affine(self, size: tuple[int, ...]) -> Any:
        """Where voxels of the main input lie, for an answer on the same grid."""
        film = self.main
        return film.affine if isinstance(film, Recording) and film.size == size else None

    def _values(self, answer: Values) -> None:
        self.answers["values"] = answer
        self._drawn()
        table.write_values(self.folder / "values.csv", answer)
        self.measures = rows_of(answer, self.asked.method)

    def _classes_told(self, answer: Classes) -> None:
        """A row for each frame; a page shows probabilities as it shows other numbers."""
        known = answer.names, ("1",) * len(answer.names), answer.numbers, answer.times_s
        self.answers["values"] = Values(answer.table, *known)
        table.write_classes(self.folder / "classes.csv", answer, self.name)

    def _drawn(self) -> None:
        """What the numbers of some frames are about, where a page is to show it."""
        method, film = self.asked.method, self.main
        if not (
            self.asked.show and isinstance(method, FrameMethod) and isinstance(film, Recording)
        ):
            return
        if not len(film) or film.frame_bytes > SHOWN_BYTES:
            return
        frames = film.frames(evenly(np.arange(len(film)), SAMPLES).tolist())
        side = {
            name: noun.take(np.searchsorted(noun.numbers, frames.numbers))
            if method.takes[name].per == "frame" and isinstance(noun, Timed)
            else noun
            for name, noun in self.asked.side.items()
        }
        shown = method.shown(frames, **side) if len(frames) else None
        if shown is not None:
            self.answers["shown"] = shown

    def _points(self, answer: Points) -> None:
        """A table of objects or classes, which have labels, or of places."""
        labelled = "classes" if self._classes() else "objects"
        what = labelled if "label" in answer.features else "points"
        self.answers[what] = answer
        objects.write_points(self.folder / f"{what}.csv", answer)

    def _measures(self, answer: Measures) -> None:
        self.measures = answer
        self.warnings += answer.cautions

    def _effects(self, answer: Effects) -> None:
        """A row for each; over which tests q counts is told with what else is to be known."""
        family = (f"q counts {answer.family}",) if answer.family else ()
        self.warnings += (*family, *answer.warnings)
        effects_file.write_effects(self.folder / EFFECTS, answer)

    def _tracks(self, answer: Tracks) -> None:
        """Of a still a row for each keypoint, of a film one for each frame too."""
        self.answers["tracks"] = answer
        if answer.unit == "px":
            self.answers["points"] = points_shown(answer)
        write_tracks(self.folder, answer, self.asked.method, self.main, self.name)

    def _episodes(self, answer: Episodes) -> None:
        """A row for each, with its frames where those of the main input are known."""
        main = self.main
        clock = (main.numbers, main.times_s) if isinstance(main, Timed) else None
        if isinstance(main, Recording):
            clock = np.arange(len(main)), main.times_s
        self.answers["episodes"] = answer
        self.warnings += answer.cautions
        episodes_file.write(self.folder / EPISODES, self.name, answer, clock)

    def _arena(self, answer: Arena | Arenas) -> None:
        """As people draw it, so that ``--arena`` takes it."""
        several = answer if isinstance(answer, Arenas) else Arenas((answer,))
        arena_file.write_all(self.folder / ARENA, several)
        if len(several) == 1:
            self.answers["arena"] = several.arenas[0]

    def _transform(self, answer: Transform | Warp) -> None:
        """The map, the picture moved by it, and the places that it carries over."""
        self.answers["transform"], self.failed = answer, answer.failed
        transform_file.write(self.folder / "transform.json", answer)
        assert isinstance(self.main, Recording)
        fixed = self.asked.side["fixed"]
        assert isinstance(fixed, Frames)
        self.answers["fixed"] = fixed
        self._written("moved", moved_by(self.main, answer, fixed))
        self.measures = rows_of(answer, self.asked.method)
        if self.asked.landmarks is not None:
            self._landmarks(answer)

    def _landmarks(self, found: Any) -> None:
        """The places that a map carries over; of one that failed they are not known."""
        assert isinstance(self.main, Recording)
        grid: Any = self.asked.side.get("fixed", self.main)
        places = carried(self.asked, found, self.main, grid)
        self.answers["landmarks"] = places
        objects.write_points(self.folder / "landmarks.csv", places)
        known = landmark_rows(places, grid.size, defined(self.asked.method))
        self.measures = Measures.joined([self.measures, known])

    def _transforms(self, answer: Transforms) -> None:
        """How the recording moved, and the recording without that."""
        self.answers["transforms"] = answer
        transform_file.write(self.folder / "transforms.json", answer)
        table.write_values(self.folder / "transforms.csv", motion(answer))
        assert isinstance(self.main, Recording)
        moved = moved_by(self.main, answer, None)
        self._written("moved", moved)
        self.answers["mean_before"], self.answers["mean_after"] = map(_mean, (self.main, moved))


def _mean(recording: Recording) -> Frames:
    """The mean of some frames, evenly spread; what no frame shows is NaN."""
    numbers = evenly(np.arange(len(recording)), AVERAGED)
    frames = recording.frames(numbers.tolist())
    seen = np.isfinite(frames.pixels)
    total = np.where(seen, frames.pixels, 0).sum(axis=0, dtype=np.float64)
    count = seen.sum(axis=0)
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return replace(frames.take(slice(1)), pixels=mean[None].astype(np.float32))


_WRITERS: Mapping[Kind, Callable[[Results, Any], None]] = {
    Kind.LABELMAP: Results._label_map,
    Kind.IMAGE: Results._image,
    Kind.RECORDING: Results._image,
    Kind.VALUES: Results._values,
    Kind.CLASSES: Results._classes_told,
    Kind.POINTS: Results._points,
    Kind.MEASURES: Results._measures,
    Kind.EFFECTS: Results._effects,
    Kind.TRACKS: Results._tracks,
    Kind.EPISODES: Results._episodes,
    Kind.ARENA: Results._arena,
    Kind.ARENAS: Results._arena,
    Kind.TRANSFORM: Results._transform,
    Kind.TRANSFORMS: Results._transforms,
}
