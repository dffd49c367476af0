"""Nouns from files, by what a method takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import (
    Frames,
    LabelMap,
    Noun,
    Observed,
    Recording,
    Refusal,
    Roles,
    Tracks,
    Transform,
)
from ethoframe.data.noun import Array
from ethoframe.formats._clock import UNSAID, clocked
from ethoframe.formats._listing import called
from ethoframe.run.names import filmed


@dataclass(frozen=True)
class Reading:
    """What a user knows of files that they do not say themselves, and how they are to be taken.

    Parameters
    ----------
    spacing_mm
        Distance between pixel centres along x, y and, of volumes, z; one number counts for both
        sides of a picture; None as the file says.
    rate
        Frames per second; None as the file says.
    planes
        Whether each plane of a volume is a frame of its own.
    options
        What a format asks for besides, such as ``{"pages": "z"}`` of a TIFF file.
    roles
        Which keypoint of tracks is what; None as their names tell.
    times
        A file with the times of the frames, or its name beside each of the files, in place of a
        rate; a film has them too.
    individuals
        Of whom, where tracks are of several; all of them where nobody is named.
    in_px
        Whether places of tracks are taken in px where a run left them in mm as well.
    plane
        Which two axes are kept of tracks in space, as ``"xz"``; None as their format does.
    """

    spacing_mm: tuple[float, ...] | None = None
    rate: float | None = None
    planes: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    roles: Roles | None = None
    times: Path | None = None
    individuals: tuple[str, ...] = ()
    in_px: bool = False
    plane: str | None = None

    def of(self, recording: Recording) -> Recording:
        """The recording, taken so; what the user says goes before what the file says.

        Raises
        ------
        Refusal
            When the distances that the user says are not those of its axes.
        """
        spacing_mm = self.spacing_mm
        if self.planes and len(recording.size) == 3:
            recording = recording.planes()
            spacing_mm = spacing_mm and spacing_mm[:2]
        if spacing_mm:
            recording = _spaced(recording, spacing_mm)
        if self.rate is not None:
            times_s = np.arange(len(recording)) / self.rate
            recording = replace(recording, times_s=times_s)
        return recording

    def asked(self) -> dict[str, Any]:
        """What of it decides answers, ready for JSON."""
        plain = {**vars(self), "roles": dict(self.roles.keypoints) if self.roles else None}
        # What is in it shows in the fingerprint of what was read.
        plain["times"] = self.times.name if self.times else None
        return {name: value for name, value in plain.items() if value}

    def table(self, path: Path, **more: Any) -> Tracks:
        """The tracks as a file has them, before `of_tracks`.

        Parameters
        ----------
        path
            Of the file.
        **more
            What its format may ask for besides, and what is said in place of what is known here.

        Raises
        ------
        Refusal
            When it cannot be read, or a plane is named and it has two dimensions only.
        """
        unit = "px" if self.spacing_mm or self.in_px else None
        own = {"rate": self.rate, "unit": unit, "scaled": self.spacing_mm is not None}
        if self.plane:
            if "plane" not in formats.asks_of_tracks(path):
                raise Refusal(path, "its format has two dimensions only", "leave --plane out")
            own["plane"] = self.plane
        return formats.read_tracks(path, **{**own, **more})

    def told(self, path: Path) -> tuple[str, ...]:
        """What is to be known of how the tracks in a file are taken, one line each."""
        if self.plane or not formats.in_space(path):
            return ()
        kept = "of three dimensions x and y are kept, so distances are those of the projection"
        return (f"{kept}; --plane xz or yz keeps others",)

    def of_tracks(self, where: str, tracks: Tracks) -> Tracks:
        """The tracks, taken so: on the clock, in mm, and by the roles that the user says.

        Raises
        ------
        Refusal
            When pixels are not square, positions are not in pixels any more, or an individual is
            not there.
        """
        if self.individuals:
            tracks = _only(where, tracks, self.individuals)
        if self.rate is not None:
            tracks = replace(tracks, times_s=tracks.numbers / self.rate)
        if self.roles is not None:
            tracks = replace(tracks, keypoints=self.roles.named(tracks.keypoints))
        if self.spacing_mm is None:
            return tracks
        if len(set(self.spacing_mm[:2])) > 1:
            raise Refusal(where, "tracks need pixels that are square", "say one length of a pixel")
        if tracks.unit != "px":
            raise Refusal(where, f"its positions are in {tracks.unit}", "leave --scale out")
        return tracks.mapped(Transform.scaling(self.spacing_mm[0], "px", "mm"))

    def times_s(self, path: Path) -> Array | None:
        """Seconds of each frame of a file by the outside clock; None where none is said.

        Raises
        ------
        Refusal
            When the file with the times is not there, or is none.
        """
        if self.times is None:
            return None
        from ethoframe.formats import timestamps

        file = self.times if self.times.exists() else path.parent / self.times
        if _is_film(file):
            return formats.read(file).times_s
        return timestamps.read(file)

    def of_format(self, path: Path, *, strict: bool = False) -> dict[str, Any]:
        """What of it the format of a file asks for.

        Parameters
        ----------
        path
            Of the file.
        strict
            Whether it is a mistake to say what the format does not ask for.

        Raises
        ------
        Refusal
            When there is no such file, it is not a recording, or the mistake is made.
        """
        known = formats.asks(path)
        for option in self.options:
            if strict and option not in known:
                reason = f"its format does not ask for --{option}"
                raise Refusal(path, reason, f"leave --{option} out")
        said = {**self.options, **({"rate": self.rate} if self.rate else {})}
        return {option: value for option, value in said.items() if option in known}


def noun_in(path: Path, kind: Kind, reading: Reading, name: str | None = None) -> Noun:
    """The noun of this kind that a file, or a folder, holds.

    Parameters
    ----------
    path
        Where it is.
    kind
        What it must be.
    reading
        What is known of it besides.
    name
        How a recording is called; the name of the file when left out.

    Raises
    ------
    Refusal
        When there is no such file, or it cannot be read as that.
    """
    if not path.exists():
        raise Refusal(path, "there is no such file", "check its name and folder")
    if kind is Kind.RECORDING:
        return _film(path, reading, name)
    if path.is_file() and path.stat().st_size == 0:
        raise Refusal(path, "the file is empty", "write it again, or leave it out")
    if kind not in _READERS:
        raise Refusal(path, f"{kind} cannot be read from a file", "leave it out")
    noun = _READERS[kind](path, reading)
    if failed := getattr(noun, "failed", ""):
        remedy = "register again with other settings, and look at its report.html"
        raise Refusal(path, f"this registration failed: {failed}", remedy)
    return noun


def _film(path: Path, reading: Reading, name: str | None) -> Recording:
    recording = formats.read(path, name=name, **reading.of_format(path, strict=True))
    times_s = reading.times_s(path)
    if times_s is not None:
        from ethoframe.formats import timestamps

        recording = timestamps.clocked(recording, times_s, str(reading.times))
    return reading.of(recording)


def _image(path: Path, reading: Reading) -> Frames:
    recording = reading.of(formats.read(path, **reading.of_format(path)))
    return recording.frames(range(len(recording)))


def _labels(path: Path, reading: Reading) -> Noun:
    labels: LabelMap = formats.read_labels(path, **reading.of_format(path))
    if reading.spacing_mm is None:
        return labels
    spacing_mm, _ = _distances(path.name, labels, reading.spacing_mm)
    return replace(labels, spacing_mm=spacing_mm)


def _tracks(path: Path, reading: Reading) -> Noun:
    """In mm where a run measured them; in px where the user says the size of a pixel."""
    times_s = reading.times_s(path)
    rate = reading.rate if times_s is None else 1.0  # frames are counted, whatever clock it has
    found = reading.table(path, rate=rate)
    if times_s is not None:
        _refuse_miscounted(path, found, len(times_s), reading)
        found = replace(found, times_s=clocked(path, found.numbers, None, times_s))
    return reading.of_tracks(path.name, found)


def tracks_in(path: Path, reading: Reading) -> tuple[Tracks, tuple[str, ...]]:
    """The tracks in a file, and what is to be known of how they were taken, one line each.

    A film is theirs by its name, and counts only where nobody says when frames were, the file does
    not either, and it has as many.

    Raises
    ------
    Refusal
        When there is no such file, or it cannot be read as that.
    """
    try:
        return noun_in(path, Kind.TRACKS, reading), reading.told(path)  # type: ignore[return-value]
    except Refusal as no:
        film = _film_of(path) if no.reason == UNSAID else None
        if film is None:
            raise
        try:
            found = noun_in(path, Kind.TRACKS, replace(reading, times=film))
        except Refusal as other:
            reason = f"{UNSAID}, and {film.name} beside it does not tell it: {other.reason}"
            raise Refusal(path, reason, no.remedy) from None
    clock = f"frames are timed as those of {film.name} beside it"
    return found, (clock, *reading.told(path))  # type: ignore[return-value]


def _is_film(path: Path) -> bool:
    """Whether it is called as films are."""
    return path.suffix.lower() in called("video").suffixes


def _film_of(path: Path) -> Path | None:
    """The only film beside tracks that is called as theirs."""
    want = filmed(path.name).casefold()
    films = (each for each in path.parent.iterdir() if _is_film(each))
    own = [film for film in films if film.stem.casefold() == want]
    return own[0] if len(own) == 1 else None


def _refuse_miscounted(path: Path, tracks: Tracks, count: int, reading: Reading) -> None:
    """Refuses a list of times that is of another recording, as its length tells."""
    frames = int(tracks.numbers[-1]) + 1 if len(tracks) else 0
    if frames != count:
        reason = f"it has {frames} frames, and {reading.times} {count} times"
        raise Refusal(path, reason, "check that the list is whole and belongs to this recording")


def _only(where: str, tracks: Tracks, names: Sequence[str]) -> Tracks:
    """The tracks of these individuals, in the order of the tracks."""
    for name in names:
        if name not in tracks.individuals:
            listed = ", ".join(tracks.individuals)
            raise Refusal(where, f"no individual is called {name}", f"there are: {listed}")
    own = [at for at, name in enumerate(tracks.individuals) if name in names]
    return replace(
        tracks,
        position=tracks.position[..., own],
        confidence=tracks.confidence[..., own],
        individuals=tuple(tracks.individuals[at] for at in own),
        features={name: held[:, own] for name, held in tracks.features.items()},
    )


def _episodes(path: Path, reading: Reading) -> Noun:
    """The only episodes that a file holds."""
    seen = formats.read_observations(path, rate=reading.rate)
    if len(seen) != 1:
        reason = f"it holds episodes of {len(seen)} recordings or authors"
        raise Refusal(path, reason, "name a file with those of one")
    return seen.parts[0].episodes


def episodes_in(path: Path, reading: Reading, whose: str) -> Noun:
    """Episodes of one recording, or of one author of it, as `observed_in` calls them.

    Raises
    ------
    Refusal
        When there are none that are called so.
    """
    found = observed_in(path, reading.rate)
    if whose not in found:
        raise Refusal(path, f"it holds no episodes of {whose}", f"there are: {', '.join(found)}")
    return found[whose]


def observed_in(path: Path, rate: float | None) -> dict[str, Noun]:
    """What a file of episodes holds by recordings; with the author, where one has several.

    Raises
    ------
    Refusal
        When it is damaged, or an author has seen a recording twice.
    """
    parts = _observed(path, rate, path.stat().st_mtime_ns)
    counts = Counter(part.recording for part in parts)
    found: dict[str, Noun] = {}
    for part in parts:
        several = counts[part.recording] > 1
        name = f"{part.recording}/{part.author or 'nobody'}" if several else part.recording
        if name in found:
            reason = f"{part.author or 'an author'} has seen {part.recording} twice"
            raise Refusal(path, reason, "write the second time under another name")
        found[name] = part.episodes
    return found


@lru_cache(maxsize=4)
def _observed(path: Path, rate: float | None, changed: int) -> tuple[Observed, ...]:
    """Kept a while: each of its recordings is asked for on its own."""
    del changed
    return formats.read_observations(path, rate=rate).parts


def _by(module: str, function: str = "read") -> Callable[[Path, Reading], Noun]:
    """A reader that is imported when it is needed."""

    def read(path: Path, reading: Reading) -> Noun:
        del reading
        noun: Noun = getattr(import_module(f"ethoframe.formats.{module}"), function)(path)
        return noun

    return read


_READERS: Mapping[Kind, Callable[[Path, Reading], Noun]] = {
    Kind.IMAGE: _image,
    Kind.LABELMAP: _labels,
    Kind.POINTS: _by("landmarks"),
    Kind.TRACKS: _tracks,
    Kind.EPISODES: _episodes,
    Kind.MEASURES: _by("table", "read_measures"),
    Kind.SHEET: _by("sheet"),
    Kind.EFFECTS: _by("effects", "read_effects"),
    Kind.VALUES: _by("table", "read_values"),
    Kind.TRANSFORM: _by("transform"),
    Kind.TRANSFORMS: _by("transform"),
    Kind.DISPLACEMENT: _by("transform"),
    Kind.ARENA: _by("arena"),
    Kind.ARENAS: _by("arena", "read_all"),
}


def _spaced(recording: Recording, told_mm: tuple[float, ...]) -> Recording:
    """The recording with pixels of this size; planes stay as far apart unless that is told too."""
    before, affine = recording.spacing_mm, recording.affine
    spacing_mm, warnings = _distances(recording.name, recording, told_mm)
    compared = spacing_mm[-len(told_mm) :] if len(told_mm) > 1 else spacing_mm[-2:]
    if before and not np.allclose(before[-len(compared) :], compared, rtol=1e-3):
        of_file, as_told = (_sides(each[-len(compared) :]) for each in (before, compared))
        line = f"its file says pixels of {of_file} mm; {as_told} mm, as told, count"
        warnings = (*warnings, line)
    if affine is not None and before:
        # Its axes keep their directions, and its first voxel its place.
        affine = affine @ np.diag([*np.divide(spacing_mm, before)[::-1], 1.0])
    warnings = (*recording.warnings, *warnings)
    return replace(recording, spacing_mm=spacing_mm, affine=affine, warnings=warnings)


def _distances(
    name: str, noun: Recording | LabelMap, told_mm: tuple[float, ...]
) -> tuple[tuple[float, ...], tuple[str, ...]]:
    """Distances ``([z,] y, x)`` by what is told of x, y and z, and what is to be known of them."""
    axes, before = len(noun.size), noun.spacing_mm
    picture = (told_mm * 2 if len(told_mm) == 1 else told_mm[:2])[::-1]
    if axes == 2:
        if len(told_mm) > 2:
            reason = "it is a picture, and --scale tells three lengths"
            raise Refusal(name, reason, "tell those of x and y, as --scale 0.5x0.5um/px")
        return picture, ()
    if len(told_mm) == 3:
        return (told_mm[2], *picture), ()
    if before:
        return (before[0], *picture), ()
    if len(told_mm) == 2:
        reason = "nothing tells how far its planes are apart"
        raise Refusal(name, reason, "tell that too, as --scale 0.5x0.5x2um/px")
    line = (
        f"nothing tells how far its planes are apart: {told_mm[0]:.4g} mm is taken, as between "
        "pixels; if that is wrong, tell all three, as --scale 0.5x0.5x2um/px"
    )
    return (told_mm[0], *picture), (line,)


def _sides(spacing_mm: tuple[float, ...]) -> str:
    """Distances ``([z,] y, x)`` in words, x first; once where they are all alike."""
    words = [f"{length:.4g}" for length in reversed(spacing_mm)]
    return words[0] if len(set(words)) == 1 else " × ".join(words)
