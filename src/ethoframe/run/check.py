"""A quick look at recordings before the work: the recipe on a few dozen frames of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.contract import catalog, spec_of
from ethoframe.contract.fan import part_of
from ethoframe.data import Recording, Source
from ethoframe.data.noun import Array
from ethoframe.run.analysis import Analysis
from ethoframe.run.cautions import cautions
from ethoframe.run.entries import Entry
from ethoframe.run.one import opened
from ethoframe.run.order import Finding, Order
from ethoframe.run.outputs import measures_in
from ethoframe.run.places import places, spread
from ethoframe.run.steadied import steadied
from ethoframe.run.told import Told

BEGINNING_S, EVERY_S = 20.0, 0.1
"""Trials mostly begin in the first seconds: there, frames are looked at so often."""


def checked(entry: Entry, order: Order, told: Told | None = None) -> Iterator[Finding]:
    """What a glance at a recording finds, arena after arena; nothing is written.

    Places, trial and verdict are those of a few dozen frames. Distances of a glance mean nothing:
    there are no measures.

    Raises
    ------
    Refusal
        When the recording will not do.
    """
    recording = thinned(opened(entry, order))
    there = places(recording, entry, order)
    recipe, given = spread(order.recipe, there)
    analysis = Analysis(recording, recipe, given, told=told, parts=tuple(p.part for p in there))
    answers = analysis.answers()
    for place in there:
        refusal = analysis.refused.get(place.part)
        own = {} if refusal else part_of(answers, place.part)
        warned = (f"{refusal.reason}; {refusal.remedy}",) if refusal else cautions(recording, own)
        signed = {"arena": place.arena}
        seen = steadied(place.seen_in(recording), own.get("camera"))
        yield Finding(seen, own, measures_in({}), signed, warned)


def thinned(recording: Recording) -> Recording:
    """The recording with only the frames of a glance, numbered anew, each at its own time."""
    background = catalog.find("summarise/background")()
    visits: Array = background.visits(spec_of(recording))  # type: ignore[attr-defined]
    early = np.arange(0, BEGINNING_S, EVERY_S) + (recording.times_s[0] if len(recording) else 0)
    early = np.searchsorted(recording.times_s, early[early < recording.times_s[-1]])
    numbers = np.union1d(visits, early).astype(np.int64)
    return replace(
        recording,
        source=_Glance(recording.source, numbers),
        times_s=recording.times_s[numbers],
        # Those that are spread over all of it, and by which the empty scene is told.
        keyframes=np.flatnonzero(np.isin(numbers, visits)),
        identity=f"{recording.identity} at a glance",
    )


@dataclass(frozen=True)
class _Glance:
    """Some frames of a source, by their place among them."""

    inner: Source
    numbers: Array

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        wanted = self.numbers[list(numbers)]
        for number, image in self.inner.images(wanted.tolist()):
            yield int(np.searchsorted(self.numbers, number)), image
