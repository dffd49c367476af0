"""What a finished run hands to the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ethoframe.data import Arena, Episodes, Frames, Measures, Noun, Recording, Tracks, Verdict
from ethoframe.run.order import Otherwise
from ethoframe.run.traced import filmed

Kind = TypeVar("Kind", bound=Noun)


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
        named after zones), ``trial`` (Episodes), ``verdict``. Other names are left alone.
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
        """Where the animal is in the picture."""
        found = self._answer("tracks", Tracks)
        return found if found is not None and len(found) and found.keypoints else None

    @property
    def floor_tracks(self) -> Tracks | None:
        """Where the animal is on the floor; in the picture when nothing better is known."""
        found = self._answer("floor_tracks", Tracks)
        return found if found is not None and len(found) and found.keypoints else self.tracks

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
        """How the recipe is called, in words."""
        given = self.provenance.get("recipe", "")
        name = given.get("name", "") if isinstance(given, Mapping) else given
        return str(name).replace("_", " ").replace("-", " ")

    def _answer(self, name: str, kind: type[Kind]) -> Kind | None:
        found = self.answers.get(name)
        return found if isinstance(found, kind) else None
