"""What a method makes of a recording, as a recording: pixels are computed as they are asked for.

So an answer of any length is written in constant memory, by the same writers as any recording; and
of one that says how far it must see, a piece of a frame is computed without the rest of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Method, SequentialMethod, Step, spec_of
from ethoframe.data import LabelMap, Noun, Recording, Window
from ethoframe.data.noun import Array
from ethoframe.data.source import CroppedSource, Source
from ethoframe.run.kept import Kept
from ethoframe.run.stream import streamed
from ethoframe.run.tiles import cropped, seen_around


@dataclass(frozen=True)
class AnsweredSource:
    """Frames of an answer, computed from those of the recording.

    Parameters
    ----------
    step
        Gives pixels or labels.
    known
        Its inputs by name; the recording is the main one.
    """

    step: Step
    known: Mapping[str, Any]

    def images(self, numbers: Sequence[int]) -> Iterator[tuple[int, Array]]:
        """Each frame ``([z,] y, x, c)`` with its number."""
        wanted = np.asarray(numbers)
        # What remembers must see everything before.
        remembers = isinstance(self.step.method, SequentialMethod) and len(wanted)
        seen = np.arange(wanted[-1] + 1) if remembers else wanted
        for parts in streamed(self.step.main, self.known, (self.step,), seen):
            for part in parts.get(self.step.name, ()):
                yield from (each for each in _images(part) if not remembers or each[0] in wanted)

    def cropped(self, window: Window) -> Any:
        """The source of a window of its frames; no more is computed than must be seen for it."""
        method, recording = self.step.method, self.known[self.step.main]
        around_px = _around_px(method, recording)
        if around_px is None:
            return CroppedSource(self, window)
        seen, inner = seen_around(window, recording.size, around_px)
        cut = {name: cropped(noun, seen, recording.size) for name, noun in self.known.items()}
        return CroppedSource(replace(self, known=cut), inner)


def answered(recording: Recording, method: Method, side: Mapping[str, Noun]) -> Recording:
    """The method's answer for a recording, frame by frame, as a lazy recording.

    Parameters
    ----------
    recording
        What it is applied to.
    method
        That answers with pixels or labels, and frame by frame.
    side
        Its other inputs by name.
    """
    main = next(iter(method.takes))
    known: dict[str, Noun] = {main: recording, **side}
    step = Step("answer", method, {name: name for name in known})
    outline = method.outline(**{name: spec_of(noun) for name, noun in known.items()})
    labels = outline.axes[-1:] != ("c",)
    source: Source = AnsweredSource(step, known)
    if _around_px(method, recording) is None:
        source = Kept(source, 1)  # pieces of a frame are cut from it, and it is computed once
    return replace(
        recording,
        source=source,
        size=tuple(length or 0 for length in outline.size),
        dtype=np.dtype(outline.dtype),
        bit_depth=8 * np.dtype(outline.dtype).itemsize,
        channels=("label",) if labels else outline.names,
        spacing_mm=outline.spacing_mm,
        affine=recording.affine if outline.size == recording.size else None,
        warnings=(),
    )


def _images(part: Any) -> Iterator[tuple[int, Array]]:
    pixels = part.dense()[..., None] if isinstance(part, LabelMap) else part.pixels
    yield from zip(part.numbers.tolist(), pixels, strict=True)


def _around_px(method: Method, recording: Recording) -> int | None:
    if not isinstance(method, FrameMethod):
        return None
    return method.reach(spec_of(recording)).around_px
