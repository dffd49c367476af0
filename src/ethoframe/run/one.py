"""One recording, from its files to its results."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ethoframe import formats
from ethoframe.contract.fan import part_of
from ethoframe.data import Noun, Recording, Refusal
from ethoframe.run.analysis import Analysis
from ethoframe.run.beyond import beyond, refuse_late
from ethoframe.run.cautions import cautions
from ethoframe.run.entries import Entry
from ethoframe.run.inputs import tracks_in
from ethoframe.run.journal import Run
from ethoframe.run.once import once
from ethoframe.run.once import told as told_of
from ethoframe.run.order import Finding, Order, Otherwise, Outcome, Part, Show
from ethoframe.run.otherwise import measured_otherwise
from ethoframe.run.outputs import measures_in, write_tables
from ethoframe.run.parts import judged, refused, write_provenance
from ethoframe.run.places import Place, asked, places, spread
from ethoframe.run.provenance import provenance
from ethoframe.run.steadied import steadied
from ethoframe.run.told import Told, Watched
from ethoframe.run.traced import carried_out, filmed, stand_in
from ethoframe.run.writing import moved_into, results_in


def analysed(entry: Entry, order: Order, told: Told | None = None) -> Outcome:
    """Analyses a recording and writes its results, or finds that an earlier run did.

    Raises
    ------
    Refusal
        When the recording will not do, or nothing can be written.
    """
    recording = opened(entry, order)
    signed = _signed(recording, entry, order)

    def work(run: Run) -> Outcome:
        return _carried_out(recording, (entry, order), signed, run, told)

    return once(entry, order, signed["key"], work, len(recording))


def opened(entry: Entry, order: Order) -> Recording:
    """The recording of an entry: its files in order, on the clock that was given.

    Where the recipe begins with tracks, what stands for a recording of them (`run.traced`).
    """
    if not order.recipe.film:
        return _tracks(entry, order)
    if len(entry.files) == 1:
        recording = formats.read(entry.files[0], name=entry.name)
    else:
        recording = formats.read_chain(entry.files, name=entry.name)
    if order.timestamps is None:
        return recording
    from ethoframe.formats import timestamps

    there = order.timestamps.exists()
    path = order.timestamps if there else entry.files[0].parent / order.timestamps
    return timestamps.clocked(recording, timestamps.read(path), path)


def _tracks(entry: Entry, order: Order) -> Recording:
    """What stands for the tracks of an entry."""
    if len(entry.files) > 1:
        reason = "a recording of several files of tracks cannot be read"
        raise Refusal(entry.name, reason, "join them before")
    drawn = order.arenas is not None and order.arenas.arenas[0].unit == "px"
    found, told = tracks_in(entry.files[0], replace(order.reading, in_px=drawn))
    return replace(stand_in(found, entry.name), warnings=told)


def _signed(recording: Recording, entry: Entry, order: Order) -> dict[str, Any]:
    command = order.command(entry.files[0]) if order.command else ""
    given = () if order.arenas is None else (order.recipe.for_each,)
    signed = provenance(recording, order.recipe, asked(entry, order), given, command)
    return {**signed, "source": [_beside(order.out, path) for path in entry.files]}


def _beside(out: Path, path: Path) -> str:
    """The path from the folder of the results, by which they find their recording again."""
    with suppress(ValueError):  # on another drive
        return Path(os.path.relpath(path, out)).as_posix()
    return path.absolute().as_posix()


def _carried_out(
    recording: Recording,
    asking: tuple[Entry, Order],
    signed: Mapping[str, Any],
    run: Run,
    told: Told | None,
) -> Outcome:
    entry, order = asking
    there = places(recording, entry, order)
    for place in there:
        refuse_late(recording, order.recipe, place)
    recipe, given = spread(order.recipe, there)
    analysis = Analysis(recording, recipe, given, run, told, parts=tuple(p.part for p in there))
    answers = analysis.answers() if filmed(recording) else _traced(analysis)
    folder = order.folder(entry.name)
    with moved_into(folder, run.stale) as draft:
        parts = tuple(_written(place, draft, analysis, answers, signed, order) for place in there)
        written = results_in(draft)
    run.finish(written)
    parts = tuple(replace(part, folder=folder / part.folder.relative_to(draft)) for part in parts)
    return Outcome(
        entry.name,
        folder,
        "done",
        warnings=tuple(told_of(part, line) for part in parts for line in part.warnings),
        seconds=analysis.profile.total(),
        frames=len(recording),
        resumed=analysis.resumed,
        parts=parts,
    )


def _traced(analysis: Analysis) -> Mapping[str, Noun]:
    """The answers from tracks; what they were not enough for is told as a warning."""
    with analysis.profile.spent("compute"):
        found = carried_out(analysis.recipe, analysis.given, analysis.parts)
    analysis.known, analysis.lacking = found.known, found.lacking
    analysis.refused.update(found.refused)
    return found.answers


def _written(
    place: Place,
    draft: Path,
    analysis: Analysis,
    answers: Mapping[str, Noun],
    signed: Mapping[str, Any],
    order: Order,
) -> Part:
    """Writes what was found in one place, and shows it."""
    folder, recording = draft / place.part, analysis.recording
    folder.mkdir(parents=True, exist_ok=True)
    blank = Part(recording.name, place.arena, folder, place.row)
    if (refusal := analysis.refused.get(place.part)) is not None:
        part = refused(blank, refusal)
        write_provenance(part, signed)
        return part
    own = part_of(answers, place.part)
    told = (*place.told, *beyond(recording, order.recipe, place))
    told += tuple(analysis.lacking.get(place.part, ()))
    warnings = (*recording.warnings, *told, *cautions(recording, own))
    part = judged(replace(blank, warnings=warnings), own)
    subject = place.row.subject if place.row else ""
    whose = {"recording": recording.name, "arena": place.arena, "subject": subject}
    whose |= {"individual": place.individual} if place.individual else {}
    other = _otherwise(place, analysis, order)
    full = write_provenance(part, {**signed, **_lacking(other)})
    seen = steadied(place.seen_in(recording), own.get("camera"))
    measures = measures_in(own).of(**whose)
    finding = Finding(seen, own, measures, full, warnings, other.of(**whose))
    with analysis.profile.spent("write"):
        write_tables(folder, finding, place.to_picture, csv=order.csv)
    for show in order.show:
        _shown(show, folder, finding, analysis)
    return part


def _otherwise(place: Place, analysis: Analysis, order: Order) -> Otherwise:
    """The measures of one place by the other definitions of the recipe."""
    recipe = order.recipe.configured(place.settings)
    if not recipe.otherwise:
        return Otherwise()
    if analysis.told:
        analysis.told("other definitions", 0, 0)
    with analysis.profile.spent("other definitions"):
        return measured_otherwise(recipe, part_of(analysis.known, place.part), place.given)


def _lacking(other: Otherwise) -> dict[str, Any]:
    """By which definitions nothing is measured, and why, for the provenance."""
    return {"lacking otherwise": dict(other.lacking)} if other.lacking else {}


def _shown(show: Show, folder: Path, finding: Finding, analysis: Analysis) -> None:
    watched = Watched.of(finding.recording, f"writing {show.file}", analysis.told)
    with analysis.profile.spent("report"):
        show.write(folder / show.file, replace(finding, recording=watched))
