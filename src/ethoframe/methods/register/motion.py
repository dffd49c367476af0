"""How the frames of a recording lie to each other: its motion, to be taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Memory, SequentialMethod, Spec, parameter
from ethoframe.data import Frames, Noun, Recording, Refusal, Transforms
from ethoframe.data.noun import Array
from ethoframe.methods.register._pair import CHANNEL, gray, outlined
from ethoframe.methods.register._picture import Picture, pushed
from ethoframe.methods.register._shift import Still
from ethoframe.methods.register._template import alike, framed, laid, template, varies

Answers = list[tuple[Array, float, float]]


@dataclass(frozen=True)
class Motion(SequentialMethod):
    """A map for each frame, onto a fixed image, onto the first frames, or onto the one before.

    Where no image is given, the first frames (*first_frames*) are laid on each other and their mean
    is what all are laid on; the first frame stays where it is. A frame's translation is looked for
    everywhere, by phases and by levels, then refined to a part of a pixel, and turned or stretched
    where the model allows. Both are blurred by *blur_px*, about as wide as a sharp detail: noise
    is finer. A strip along the border is left out, for what detectors and scanners do there does
    not move with the scene.

    A frame keeps its place where no map makes it more alike. A frame that shows nothing has NaN. To
    the one before (``onto = "previous"``), errors add up over time; it is for scenes that change.

    Maps are in mm where the recording (and the fixed image) have a pixel size, else in px.
    `similarity_before` and `similarity_after` are correlations, blurred, with what it is laid on.

    References
    ----------
    Guizar-Sicairos et al., Opt. Lett. 33 (2008), 156-158, for what sub-pixel shifts can be told.
    Pnevmatikakis & Giovannucci, J. Neurosci. Methods 291 (2017), 83-94, for templates of frames.
    """

    model: str = parameter(
        "translation", says="what a frame's map may do", choices=("translation", "rigid", "affine")
    )
    onto: str = parameter(
        "reference", says="what frames are laid on", choices=("reference", "previous")
    )
    first_frames: int = parameter(
        50, unit="frames", says="frames whose mean is the reference where none is given", low=1
    )
    blur_px: float = parameter(1.5, unit="px", says="finer detail is taken for noise", low=0.3)
    channel: str = parameter("", says=CHANNEL)

    takes: ClassVar[Mapping[str, In]] = {
        "recording": In(Kind.RECORDING, volumes=True),
        "fixed": In(Kind.IMAGE, optional=True, volumes=True),
    }
    gives: ClassVar[Kind] = Kind.TRANSFORMS
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """A matrix for each frame."""
        seen = specs["recording"]
        fixed = specs.get("fixed", seen)
        unit = outlined({"recording": seen, "fixed": fixed}, self.name(), self.channel)
        if fixed.size != seen.size:
            reason = "the fixed image and the recording are not of one size"
            raise Refusal(
                self.name(), reason, "give a frame, or a mean of frames, of this recording"
            )
        side = len(seen.size) + 1
        axes = ("t", "row", "column")
        return Spec(Kind.TRANSFORMS, axes, (seen.shape[0], side, side), "float64", unit)

    def start(self, **specs: Spec) -> Memory:
        """Nothing has been seen."""
        return {"waiting": [], "numbers": [], "times_s": [], "still": None, "before": None}

    def step(self, batch: Frames, memory: Memory, **side: Any) -> tuple[Any, Memory]:
        """Maps, as soon as there is something to lay frames on."""
        kept = {**memory, "waiting": list(memory["waiting"])}
        kept["numbers"] = [*memory["numbers"], *(int(n) for n in batch.numbers)]
        kept["times_s"] = [*memory["times_s"], *(float(t) for t in batch.times_s)]
        kept["unit"], steps = self._unit(batch, side.get("fixed"))
        kept["steps"] = [float(each) for each in steps]
        kept["waiting"] += list(gray(batch, self.channel, self.name()))
        if self.onto == "reference" and kept["still"] is None:
            given = kept["still"] = self._given(side.get("fixed"))
            few = len(kept["waiting"]) < self.first_frames
            if given is None and few:
                return None, kept
        return self._answered(kept)

    def finish(self, memory: Memory, **side: Any) -> Any:
        """The maps of a recording shorter than its reference would have been."""
        return self._answered(memory)[0] if memory["waiting"] else None

    def _answered(self, memory: Memory) -> tuple[Any, Memory]:
        if not memory["waiting"]:
            return None, memory
        kept, steps = dict(memory), np.array(memory["steps"])
        if self.onto == "previous":
            found, kept["before"] = self._chained(memory, steps)
        else:
            if memory["still"] is None:
                first = [framed(each, steps) for each in memory["waiting"][: self.first_frames]]
                built = template(first, self.model, self.blur_px)
                known = np.ones(built.size, bool) if built.known is None else built.known
                kept["still"] = np.where(known, built.values, np.nan).astype(np.float32)
            still = Still.of(Picture.of(kept["still"], tuple(steps)), self.blur_px)
            found = [self._laid(still, framed(each, steps)) for each in memory["waiting"]]
        matrices, before, after = (np.array(part, np.float64) for part in zip(*found, strict=True))
        told = np.array(memory["numbers"]), np.array(memory["times_s"])
        answer = Transforms(matrices, *told, memory["unit"], before, after)
        return answer, {**kept, "waiting": [], "numbers": [], "times_s": []}

    def _chained(self, memory: Memory, steps: Array) -> tuple[Answers, Any]:
        """Each frame on the one before, and from there on the first."""
        before = memory["before"]
        found: Answers = []
        for values in memory["waiting"]:
            frame = framed(values, steps)
            if before is None:
                found.append((np.eye(len(steps) + 1), 1.0, 1.0))
                before = {"frame": values, "push": np.eye(len(steps) + 1)}
                continue
            still = Still.of(framed(before["frame"], steps), self.blur_px)
            push, was, now = self._laid(still, frame)
            push = before["push"] @ push
            found.append((push, was, now))
            if np.isfinite(push).all():
                before = {"frame": values, "push": push}
        return found, before

    def _laid(self, still: Still, frame: Picture) -> tuple[Array, float, float]:
        """The matrix of a frame, and how alike it is before and after."""
        here = np.eye(len(frame.size) + 1)
        if not (varies(frame) and varies(still.picture)):
            return here * np.nan, np.nan, np.nan
        before = alike(still, frame, here, self.blur_px)
        pull = laid(still, frame, self.model, self.blur_px).pull
        after = alike(still, frame, pull, self.blur_px)
        return (pushed(pull), before, after) if after > before else (here, before, before)

    def _given(self, fixed: Frames | None) -> Array | None:
        """The mean of the fixed image's frames, where one is given."""
        if fixed is None:
            return None
        channel = self.channel if self.channel in fixed.channels else ""
        mean: Array = gray(fixed, channel, self.name()).mean(axis=0)
        return mean

    def _unit(self, batch: Frames, fixed: Frames | None) -> tuple[str, tuple[float, ...]]:
        known = batch.spacing_mm is not None and (fixed is None or fixed.spacing_mm is not None)
        if known and batch.spacing_mm is not None:
            return "mm", batch.spacing_mm
        return "px", (1.0,) * len(batch.size)

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Noisy blobs that drift and jump."""
        from ethoframe.methods.register._pair import example_pair

        scene = example_pair(1)[0][0, ..., 0].astype(np.float32)
        random = np.random.default_rng(4)
        at = np.array([(8 + t // 3, 9 - t // 2 + 4 * (t > 6)) for t in range(10)])
        cut = np.stack([scene[y : y + 60, x : x + 72] for y, x in at])
        noisy = np.clip(cut + random.normal(0, 10, cut.shape), 0, 255).astype(np.uint8)
        return {"recording": Recording.of(noisy[..., None])}
