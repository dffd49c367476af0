"""One method on one file, from the file to its results."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

from ethoframe import formats
from ethoframe.contract import Kind
from ethoframe.data import LabelMap, Noun, Recording, Refusal, Tracks
from ethoframe.formats import labels, table
from ethoframe.run.application import Application
from ethoframe.run.carried import check_landmarks
from ethoframe.run.contrasted import failed_in
from ethoframe.run.entries import Entry
from ethoframe.run.frozen import analysis_in, frozen_in
from ethoframe.run.inputs import episodes_in, noun_in
from ethoframe.run.journal import Run
from ethoframe.run.once import SEE, once
from ethoframe.run.order import Finding, Outcome, Part
from ethoframe.run.outputs import MEASURES
from ethoframe.run.parts import write_provenance
from ethoframe.run.profile import Profile
from ethoframe.run.provenance import applied_provenance
from ethoframe.run.results import Results
from ethoframe.run.told import Told
from ethoframe.run.traced import filmed, stand_in
from ethoframe.run.trusting import trusting
from ethoframe.run.writing import moved_into, results_in

FAILED = "the registration failed: {}"


def applied(entry: Entry, asked: Application, told: Told | None = None) -> Outcome:
    """Applies the method to a file and writes what it answers, or finds that an earlier run did.

    Raises
    ------
    Refusal
        When the file will not do, or nothing can be written.
    """
    main, doubts = trusting(opened(entry, asked), asked.method)
    check_landmarks(asked, main)
    command = asked.command(entry.files[0]) if asked.command else ""
    wanted = {**asked.reading.asked(), **_landmarks(asked), **_frozen(entry, asked)}
    signed = applied_provenance(main, asked.method, asked.side, wanted, command)

    def work(run: Run) -> Outcome:
        return _carried_out(main, (entry, asked), signed, run, (told, doubts))

    return once(entry, asked, signed["key"], work)


def opened(entry: Entry, asked: Application) -> Noun:
    """What the file holds, as the method takes it."""
    if len(entry.files) > 1:
        return asked.reading.of(formats.read_chain(entry.files, name=entry.name))
    if entry.of:
        return episodes_in(entry.files[0], asked.reading, entry.of)
    return noun_in(entry.files[0], asked.kind, asked.reading, entry.name)


def _landmarks(asked: Application) -> dict[str, Any]:
    """Fingerprints of the files of places that are carried over."""
    files = {"landmarks": asked.landmarks, "truth": asked.truth}
    return {
        name: noun_in(path, Kind.POINTS, asked.reading).fingerprint()
        for name, path in files.items()
        if path is not None
    }


def _frozen(entry: Entry, asked: Application) -> dict[str, Any]:
    """Beside measures that are compared: what was decided, who failed, and by which recipe."""
    if asked.method.gives is not Kind.EFFECTS:
        return {}
    beside = entry.files[0].parent
    decisions, failed = frozen_in(beside), failed_in(beside)
    told: dict[str, Any] = {"frozen": decisions[-1].hash} if decisions else {}
    told |= {"failed": [list(one) for one in failed]} if failed else {}
    recipe = analysis_in(beside)["recipe"]
    return told | ({"recipe": recipe} if recipe else {})


def _carried_out(
    main: Noun,
    asking: tuple[Entry, Application],
    signed: dict[str, Any],
    run: Run,
    telling: tuple[Told | None, tuple[str, ...]],
) -> Outcome:
    (entry, asked), (told, doubts) = asking, telling
    folder, profile = asked.folder(entry.name), Profile()
    film = _film(main, asked, entry.name)
    with moved_into(folder, run.stale) as draft:
        results = Results(asked, main, entry.name, draft, run, told, entry.files[0].parent)
        with profile.spent("compute"):
            results.write()
        own = main.warnings if isinstance(main, Recording) else ()
        taken = asked.reading.told(entry.files[0]) if asked.kind is Kind.TRACKS else ()
        warnings = (*own, *taken, *doubts, *results.warnings)
        failed = FAILED.format(results.failed) if results.failed else ""
        part = Part(entry.name, "", draft, warnings=warnings, failed=failed)
        full = write_provenance(part, signed)
        measures = results.measures.of(recording=entry.name)
        if len(measures):
            table.write_measures(draft / MEASURES, measures)
        if film is not None:
            # Of tracks there is no picture to lay things over: what was given is drawn with them.
            given = {} if filmed(film) else asked.side
            finding = Finding(film, {**given, **results.answers}, measures, full, warnings)
            with profile.spent("report"):
                for show in asked.show:
                    show.write(draft / show.file, finding)
        written = results_in(draft)
    run.finish(written)
    return Outcome(
        entry.name,
        folder,
        "failed" if failed else "done",
        failed,
        SEE if failed else "",
        warnings=warnings,
        seconds=profile.total(),
        frames=len(film) if film is not None else 1,
        parts=(replace(part, folder=folder),),
    )


def _film(main: Noun, asked: Application, name: str) -> Recording | None:
    """What a page shows: what was worked on, what it belongs to, its labels, or its tracks."""
    if isinstance(main, Recording):
        return main
    beside = asked.side.get("recording")
    if isinstance(beside, Recording):
        return beside
    if isinstance(main, Tracks) and asked.show:
        with suppress(Refusal):  # without frames there is nothing to show
            return stand_in(main, name)
    return labels.as_recording(main) if isinstance(main, LabelMap) else None
