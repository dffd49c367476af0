"""What a finished run hands to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np

from ethoframe.data import Arena, Episodes, Frames, Measures, Noun, Recording, Tracks, Verdict
from ethoframe.run.order import Otherwise
from ethoframe.run.traced import Unfilmed, filmed

Kind = TypeVar("Kind", bound=Noun)

STANCE, SWING = " stance", " swing"
"""How the labels of what a paw does end."""

GATE = "clean/gate"


@dataclass(frozen=True)
class Session:
    """One recording with everything that was found in it; any answer may be absent.

    Parameters
    ----------
    recording
        What was looked at.
    answers
        Named outputs of the recipe: ``background`` (Frames of one frame, channels level and noise),
        ``arena`` (Arena in px), ``tracks`` (Tracks in px), ``floor_tracks`` (the same positions in
        mm, bl or px), ``activity`` (Episodes ``moving`` and ``immobile``), ``visits`` (Episodes
        named after zones), ``steps`` (Episodes of each paw), ``trial`` (Episodes), ``verdict``;
        ``episodes`` of one method that was applied by itself. Other names are left alone.
    measures
        All of them, over the whole session and in time bins.
    provenance
        JSON-ready: recipe, steps, software, hashes.
    command
        The exact command that gives the same numbers again.
    warnings
        What a reader has to know before trusting the numbers, one line each.
    otherwise
        Measures by other definitions.

    Examples
    --------
    >>> from ethoframe.report.session import Session
    >>> Session.__name__
    'Session'
    """

    recording: Recording
    answers: Mapping[str, Noun] = field(default_factory=dict)
    measures: Measures = field(default_factory=Measures)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    warnings: tuple[str, ...] = ()
    otherwise: Otherwise = field(default_factory=Otherwise)

    @property
    def title(self) -> str:
        """The recording, and which arena of it."""
        arena = str(self.provenance.get("arena", ""))
        return f"{self.recording.name} · {arena}" if arena else self.recording.name

    @property
    def filmed(self) -> bool:
        """Whether there are pictures; of tracks of other programs there are none."""
        return filmed(self.recording)

    @property
    def alone(self) -> bool:
        """Whether one method was applied by itself: what nobody asked of it is not missed."""
        return "method" in self.provenance

    @property
    def unit(self) -> str:
        """Of the places that `tracks` and `arena` are in: px, unless tracks came in mm."""
        return self.tracks.unit if self.tracks else "px"

    @property
    def background(self) -> Frames | None:
        """The empty scene."""
        found = self._answer("background", Frames)
        return found if found is not None and len(found) else None

    @property
    def arena(self) -> Arena | None:
        """The floor in the picture."""
        return self._answer("arena", Arena)

    @property
    def tracks(self) -> Tracks | None:
        """Where the animal is in the picture.

        Where no answer says it, as it was read, without places that the method was not sure of.
        """
        found = self._answer("tracks", Tracks) or self._trusted
        return found if found is not None and len(found) and found.keypoints else None

    @property
    def read(self) -> Tracks | None:
        """The tracks of other programs as they were read, before anything was left out of them.

        Of a file that holds several animals, only the one that this session is about; None of a
        film.
        """
        read, answer = self._read, self._answer("tracks", Tracks)
        if read is None or answer is None or len(answer.individuals) != 1:
            return read
        name = answer.individuals[0]
        return read.alone(name) if name in read.individuals else read

    @property
    def floor_tracks(self) -> Tracks | None:
        """Where the animal is on the floor; in the picture when nothing better is known."""
        found = self._answer("floor_tracks", Tracks)
        return found if found is not None and len(found) and found.keypoints else self.tracks

    @property
    def steps(self) -> Episodes | None:
        """When each paw stood and when it swung."""
        found = [noun for noun in self.answers.values() if isinstance(noun, Episodes)]
        walks = (each for each in found if any(n.endswith(STANCE) for n in each.labels))
        return next(walks, self._answer("steps", Episodes))

    @property
    def behaviour(self) -> tuple[Episodes, ...]:
        """What methods told in episodes, but for those that have a figure of their own."""
        drawn = (self.visits, self.trial, self.activity, self.steps)
        found = [noun for noun in self.answers.values() if isinstance(noun, Episodes)]
        return tuple(each for each in found if not any(each is other for other in drawn))

    def promised(self, name: str) -> bool:
        """Whether what was run could have given an answer of this name."""
        gives = self.provenance.get("gives")
        return not self.alone and (gives is None or name in gives)

    @property
    def activity(self) -> Episodes | None:
        """When the animal moved and when it did not."""
        return self._answer("activity", Episodes)

    @property
    def visits(self) -> Episodes | None:
        """When the animal was in which zone."""
        return self._answer("visits", Episodes)

    @property
    def trial(self) -> Episodes | None:
        """When the trial began and ended."""
        return self._answer("trial", Episodes)

    @property
    def verdict(self) -> Verdict | None:
        """Whether it can be trusted."""
        return self._answer("verdict", Verdict)

    @property
    def zones(self) -> tuple[str, ...]:
        """Names of all zones, those of the arena first."""
        drawn = [zone.name for zone in self.arena.zones] if self.arena else []
        visited = self.visits.labels if self.visits else ()
        return tuple(dict.fromkeys([*drawn, *visited]))

    @property
    def recipe(self) -> str:
        """How the recipe, or the method, is called, in words."""
        given = self.provenance.get("recipe") or self.provenance.get("method", "")
        name = given.get("name", "") if isinstance(given, Mapping) else given
        return str(name).replace("_", " ").replace("-", " ")

    @property
    def gate(self) -> float:
        """Confidence from which on the run took places for seen; 0 where it took all."""
        steps = self.provenance.get("steps")
        known = [self.provenance, *(steps.values() if isinstance(steps, Mapping) else ())]
        told = [each for each in known if isinstance(each, Mapping) and _of_places(each)]
        told.sort(key=lambda step: step.get("method") != GATE)
        given = [step.get("parameters") for step in told]
        sure = [each.get("sure") for each in given if isinstance(each, Mapping)]
        return next((float(one) for one in sure if isinstance(one, int | float)), 0.0)

    @property
    def _trusted(self) -> Tracks | None:
        read, gate = self._read, self.gate
        if read is None or not gate:
            return read
        unsure = ~(read.confidence >= gate)
        position = np.where(unsure[:, None], np.nan, read.position)
        return replace(read, position=position, confidence=np.where(unsure, 0.0, read.confidence))

    @property
    def _read(self) -> Tracks | None:
        source: Any = self.recording.source
        while hasattr(source, "inner"):  # somebody watches it being read
            source = source.inner
        return source.tracks if isinstance(source, Unfilmed) else None

    def _answer(self, name: str, kind: type[Kind]) -> Kind | None:
        found = self.answers.get(name)
        return found if isinstance(found, kind) else None


def _of_places(step: Mapping[str, Any]) -> bool:
    """Whether what a step may be unsure of is a place of the animal, no corner and no verdict."""
    room = str(step.get("method", "")).partition("/")[0]
    return room in ("clean", "behave", "measure", "regress")
