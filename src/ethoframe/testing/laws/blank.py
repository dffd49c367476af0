"""Nothing to see is no reason to fail."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ethoframe.contract import Method
from ethoframe.data import (
    Arena,
    Episodes,
    Frames,
    LabelMap,
    Measures,
    Patch,
    Points,
    Recording,
    Refusal,
    Sheet,
    Tracks,
    Transforms,
    Values,
)
from ethoframe.data.noun import Array
from ethoframe.data.recording import ArraySource
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case
from ethoframe.testing.laws.outline import broken_promises

Variants = Iterator[tuple[str, Any]]


@law
def blank(method_class: type[Method]) -> Iterator[str]:
    """Empty, constant or NaN input gives an answer that is as outlined, or a `Refusal`.

    No other exception and no warning; and where nobody was ever seen, nobody is put anywhere.
    """
    case = Case.of(method_class)
    for name, noun in case.inputs.items():
        for told, variant in blanks(noun):
            for what in _failed(Case(case.method, {**case.inputs, name: variant})):
                yield f"with {name} {told}: {what}"


def blanks(noun: Any) -> Variants:
    """The noun with next to nothing in it, each time in another way, and the way in words."""
    for noun_type, variants in _BLANKS.items():
        if isinstance(noun, noun_type):
            yield from variants(noun)


def _failed(case: Case) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            promised, answer = case.method.outline(**case.specs), case.answer()
    except Refusal:
        return
    except Exception as error:  # noqa: BLE001  whatever it is, the author is told
        yield f"it raised {type(error).__name__}: {error}"
        return
    yield from broken_promises(promised, answer)
    tracked = isinstance(answer, Tracks) and isinstance(case.main, Tracks)
    if tracked and not case.main.seen.any() and np.isfinite(answer.position).any():
        yield "an animal that was never seen has a position"


def _recordings(noun: Recording) -> Variants:
    pixels = noun.frames(range(len(noun))).pixels
    yield "of no frames", _refilled(noun, pixels[:0])
    yield "of one frame", _refilled(noun, pixels[:1])
    yield "all black", _refilled(noun, np.zeros_like(pixels))
    if pixels.dtype.kind in "iu":
        yield "all white", _refilled(noun, np.full_like(pixels, np.iinfo(pixels.dtype).max))
    else:
        yield "all NaN", _refilled(noun, np.full_like(pixels, np.nan))


def _refilled(noun: Recording, pixels: Array) -> Recording:
    keyframes = noun.keyframes[noun.keyframes < len(pixels)]
    times_s, source = noun.times_s[: len(pixels)], ArraySource(pixels)
    return replace(noun, source=source, times_s=times_s, keyframes=keyframes)


def _images(noun: Frames) -> Variants:
    yield "all 0", replace(noun, pixels=np.zeros_like(noun.pixels))
    if noun.pixels.dtype.kind == "f":
        yield "all NaN", replace(noun, pixels=np.full_like(noun.pixels, np.nan))


def _label_maps(noun: LabelMap) -> Variants:
    yield "of no frames", noun.take(slice(0))
    yield "of one frame", noun.take(slice(1))
    none = (slice(0),) * len(noun.size)
    nothing = tuple(Patch(patch.labels[none]) for patch in noun.patches)
    yield "without labels", replace(noun, patches=nothing)


def _tracks(noun: Tracks) -> Variants:
    yield "of no frames", noun.take(slice(0))
    yield "of one frame", noun.take(slice(1))
    yield "never seen", _hidden(noun, slice(None))
    yield "seen in one frame only", _hidden(noun, np.arange(len(noun)) != np.argmax(noun.seen))
    yield "not seen in the middle", _hidden(noun, slice(len(noun) // 3, 2 * len(noun) // 3))
    yield "not seen at either end", _hidden(noun, np.r_[: len(noun) // 4, -len(noun) // 4 : 0])
    first = noun.position[np.argmax(noun.seen)][None]
    yield "never moving", replace(noun, position=np.repeat(first, len(noun), axis=0))


def _hidden(noun: Tracks, when: Any) -> Tracks:
    position, confidence = noun.position.copy(), noun.confidence.copy()
    position[when], confidence[when] = np.nan, 0
    columns = {name: column.copy() for name, column in noun.features.items()}
    for column in columns.values():
        column[when] = np.nan
    return replace(noun, position=position, confidence=confidence, features=columns)


def _episodes(noun: Episodes) -> Variants:
    none = np.zeros(0)
    fewer: dict[str, Any] = {
        "labels": (),
        "individuals": (),
        "start_s": none,
        "stop_s": none,
        "confidence": none,
    }
    bare = replace(noun, **fewer)
    yield "empty", bare
    yield "empty, of nobody looked at", replace(bare, support_s=np.zeros((0, 2)), watched=())


def _points(noun: Points) -> Variants:
    yield "of no frames", noun.take(slice(0))
    bare = {key: tuple(each[:0] for each in column) for key, column in noun.features.items()}
    places = tuple(each[:0] for each in noun.coordinates)
    yield "without points", replace(noun, coordinates=places, features=bare)


def _transforms(noun: Transforms) -> Variants:
    yield "of no frames", noun.take(slice(0))
    yield "never found", replace(noun, matrices=noun.matrices * np.nan)


def _arenas(noun: Arena) -> Variants:
    yield "without zones", replace(noun, zones=())
    yield "without a scale", replace(noun, sides_mm=None)


_BLANKS: dict[type, Callable[[Any], Variants]] = {
    Recording: _recordings,
    Frames: _images,
    LabelMap: _label_maps,
    Tracks: _tracks,
    Episodes: _episodes,
    Arena: _arenas,
    Points: _points,
    Transforms: _transforms,
    Values: lambda noun: iter([("all NaN", replace(noun, table=noun.table * np.nan))]),
    Measures: lambda noun: iter([("empty", Measures())]),
    Sheet: lambda noun: iter([("empty", Sheet(noun.name))]),
}
