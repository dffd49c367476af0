"""What is asked when one method is applied to many files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ethoframe.contract import Kind, Method
from ethoframe.data import Noun
from ethoframe.run.inputs import Reading
from ethoframe.run.order import Show, folder_of
from ethoframe.run.tabled import OWN


@dataclass(frozen=True)
class Application:
    """One method, and what it is applied with.

    Parameters
    ----------
    method
        With its parameters.
    out
        Where results go: one folder for each file, and tables over all of them.
    side
        The method's inputs besides the main one, by name.
    reading
        What the user knows of the files that they do not say themselves.
    landmarks
        File of places in the moving picture, which a registration carries over; None where there
        are none.
    truth
        File of where they ought to come to lie in the fixed picture; None where nobody knows.
    show
        What is written beside the tables.
    command
        For the path of a file, the command line that gives it again.
    """

    method: Method
    out: Path
    side: Mapping[str, Noun] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    landmarks: Path | None = None
    truth: Path | None = None
    show: tuple[Show, ...] = ()
    command: Callable[[Path], str] | None = None

    @property
    def main(self) -> str:
        """Name of the input that each file is."""
        return next(iter(self.method.takes))

    @property
    def kind(self) -> Kind:
        """What each file must hold."""
        return self.method.takes[self.main].kind

    def folder(self, name: str) -> Path:
        """Where the results of the file called `name` go."""
        if self.kind in OWN:  # called without an ending: another point belongs to the name
            return self.out / name.rstrip(". ")
        return folder_of(self.out, name)

    @property
    def extras(self) -> frozenset[str]:
        """Files that not every application asks for; none where there are no pixels to show."""
        seen = self.kind in (Kind.RECORDING, Kind.LABELMAP) or "recording" in self.side
        return frozenset(show.file for show in self.show) if seen else frozenset()
