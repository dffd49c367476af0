"""What is asked of a batch of recordings, and how it went with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from ethoframe.contract import Recipe
from ethoframe.data import Arenas, Measures, Noun, Recording, Row, Verdict
from ethoframe.run.inputs import Reading

Status = Literal["done", "unchanged", "failed", "broken"]


class Notes(Protocol):
    """What a user noted of many recordings, as a file of notes has it."""

    def of(self, recording: str, arena: str) -> Noun | None:
        """What was noted of one arena of a recording; None where nothing was."""
        ...

    def unmatched(self, parts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """One sentence for each note that is about none of these recordings and arenas."""
        ...


class Asked(Protocol):
    """What is asked of a batch, as far as a batch must know it."""

    @property
    def out(self) -> Path:
        """Where results go."""
        ...

    def folder(self, name: str) -> Path:
        """Where the results of the recording called `name` go."""
        ...


def folder_of(out: Path, name: str) -> Path:
    """Where in `out` the results of the recording called `name` go.

    Examples
    --------
    >>> folder_of(Path("out"), "plate1/b03.ome.tif").as_posix()
    'out/plate1/b03'
    """
    from ethoframe.formats import stem

    # Windows makes no folder whose name ends in a point or a space.
    return out / stem(name).rstrip(". ")


@dataclass(frozen=True)
class Otherwise:
    """One animal's measures by other definitions.

    Parameters
    ----------
    measures
        By the name of the definition: over the whole trial and during events, without bins, and
        only those that follow from what the definition changes.
    lacking
        Why there are none by a definition, by its name.
    """

    measures: Mapping[str, Measures] = field(default_factory=dict)
    lacking: Mapping[str, str] = field(default_factory=dict)

    def of(self, **whose: str) -> Otherwise:
        """The same with `recording`, `arena`, `individual` or `subject` filled in."""
        filled = {name: measures.of(**whose) for name, measures in self.measures.items()}
        return Otherwise(filled, self.lacking)


@dataclass(frozen=True)
class Finding:
    """One analysed animal, as it is shown to people.

    Parameters
    ----------
    recording, answers, measures
        What was analysed and what came out; of several arenas the pixels of this one.
    provenance
        How, ready for JSON.
    warnings
        What a reader has to know first.
    otherwise
        Measures by other definitions.
    """

    recording: Recording
    answers: Mapping[str, Noun]
    measures: Measures
    provenance: Mapping[str, Any]
    warnings: tuple[str, ...]
    otherwise: Otherwise = field(default_factory=Otherwise)


@dataclass(frozen=True)
class Show:
    """A page, picture or clip that is written beside the tables.

    Parameters
    ----------
    file
        How it is called.
    write
        Writes it at a path. A function of a module, so that another process can be sent it.
    """

    file: str
    write: Callable[[Path, Finding], None]


@dataclass(frozen=True)
class Order:
    """What to do with each recording.

    Parameters
    ----------
    recipe
        How to analyse it.
    out
        Where results go: one folder per recording, and tables over all of them.
    arenas
        That the user drew; one for all of the picture, or several.
    count
        How many arenas a picture shows, where nobody drew them; 0: as many as the sheet says.
    notes
        What the user noted of recordings, by the recipe's name for it: events, corrections.
    lit
        When the lights are on every day, as ``"07:00-19:00"``; empty where nobody says.
    timestamps
        File of the frames' times on an outside clock; where it is not there as named, it is looked
        for beside each recording.
    show
        What is written beside the tables.
    csv
        Whether tracks are written as CSV as well.
    command
        For the path of a recording, the command line that gives it again, for the provenance. To be
        sent to another process it must be a function or a value of a module.
    reading
        What the user knows of files of tracks that they do not say: clock, scale, roles.
    """

    recipe: Recipe
    out: Path
    arenas: Arenas | None = None
    count: int = 0
    notes: Mapping[str, Notes] = field(default_factory=dict)
    lit: str = ""
    timestamps: Path | None = None
    show: tuple[Show, ...] = ()
    csv: bool = False
    command: Callable[[Path], str] | None = None
    reading: Reading = field(default_factory=Reading)

    def folder(self, name: str) -> Path:
        """Where the results of the recording called `name` go."""
        return folder_of(self.out, name)

    def noted(self, recording: str, arena: str) -> dict[str, Noun]:
        """What the user noted of one arena of a recording, by the recipe's names."""
        found = {name: notes.of(recording, arena) for name, notes in self.notes.items()}
        return {name: noun for name, noun in found.items() if noun is not None}

    @property
    def extras(self) -> frozenset[str]:
        """Files that not every order asks for."""
        shown = {show.file for show in self.show}
        return frozenset(shown | {"tracks.csv"} if self.csv else shown)


@dataclass(frozen=True)
class Part:
    """One animal's results: a recording, or one arena of it.

    Parameters
    ----------
    recording
        As in the tables.
    arena
        Which arena of it; empty where there is one only.
    folder
        With the results: ``measures.csv``, ``tracks.parquet``, ``provenance.json`` and pages.
    row
        Of the animal sheet; None without a sheet.
    verdict
        Whether it can be trusted, and by which checks; None where nobody judged.
    warnings
        What to know before trusting it.
    failed
        Why it is not to be trusted at all; empty where nothing speaks against it.
    """

    recording: str
    arena: str
    folder: Path
    row: Row | None = None
    verdict: Verdict | None = None
    warnings: tuple[str, ...] = ()
    failed: str = ""


@dataclass(frozen=True)
class Outcome:
    """How it went with one recording.

    Parameters
    ----------
    name
        The recording, as in the tables.
    folder
        Where its results are.
    status
        ``"done"``, ``"unchanged"`` (finished by an earlier run), ``"failed"`` or ``"broken"`` (a
        fault of ethoframe's own).
    reason, remedy
        Why it failed, and what to do.
    warnings
        What to know before trusting the results.
    seconds
        Where the time went.
    frames
        How many were analysed.
    resumed
        How many of them an earlier run had done already.
    parts
        Its animals' results, one for each arena; none where it failed.
    """

    name: str
    folder: Path
    status: Status
    reason: str = ""
    remedy: str = ""
    warnings: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    frames: int = 0
    resumed: int = 0
    parts: tuple[Part, ...] = ()

    @property
    def finished(self) -> bool:
        """Whether its results are there."""
        return self.status in ("done", "unchanged")
