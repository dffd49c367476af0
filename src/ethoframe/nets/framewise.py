"""Methods that tell of each frame as a whole what they were taught: what these share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ethoframe.contract import FrameMethod, Learned, Reach, Spec, Training, parameter
from ethoframe.data import Frames, Labels
from ethoframe.data.noun import Array
from ethoframe.nets.augment import Augment
from ethoframe.nets.inference import BACKENDS, session
from ethoframe.nets.labelled import RATE, FrameExamples, LabelledFrames, gently, pooled, sight_of
from ethoframe.nets.lesson import Judge, Lesson, Settle
from ethoframe.nets.model import Model, model_of
from ethoframe.nets.network import UNTAUGHT, Head
from ethoframe.nets.pictures import VIEWS, Sight, answered, known
from ethoframe.score.split import Split


@dataclass(frozen=True)
class Framewise(Learned, FrameMethod):
    """Tells of each frame as a whole what it was taught by labelled frames.

    The network is shown the frame made small, patches of it at full resolution, or both: made
    small, a frame shows what is where, but not how sharp or noisy it is.
    """

    view: str = parameter(
        "auto",
        says="what the network is shown: the whole made small, patches, or what proves better",
        choices=VIEWS,
        fixed="fit",
    )
    side_px: int = parameter(
        224, unit="px", says="side of a square as large as its picture", low=32, fixed="fit"
    )
    patches: int = parameter(
        2, says="patches along each side of a frame, at most", low=1, high=8, fixed="fit"
    )
    channel: str = parameter(
        "",
        says="which channel; empty for the only one, colours where frames have them, else luma",
        fixed="fit",
    )
    turned: bool = parameter(
        True, says="whether the same holds of a frame that is mirrored or turned", fixed="fit"
    )
    backend: str = parameter("auto", says="what runs the network", choices=BACKENDS)

    def taught_by(
        self,
        parts: tuple[Labels, Labels, Split],
        training: Training,
        heads: tuple[Head, ...],
        targets: Callable[[Labels], Mapping[str, Array]],
        judge: Judge,
        settle: Settle,
        told: Mapping[str, Any],
    ) -> Lesson:
        """The lesson of labelled frames, whole and in patches.

        Parameters
        ----------
        parts
            What is learned from, what is kept apart, and how they were parted.
        training
            How.
        heads
            What is answered.
        targets
            What is to be answered of labelled frames, a row for each.
        judge, settle
            As of `Lesson`.
        told
            What the card says besides how frames were parted and how they are shown.
        """
        taught, kept, split = parts
        sight = sight_of(taught, self.view, self.side_px, self.channel, self.patches)
        frames, asked = LabelledFrames(taught, sight), targets(taught)
        kinds = [head.kind for head in heads]
        varied = gently(training, self.turned)
        return Lesson(
            pooled(sight, heads, training),
            FrameExamples(frames, asked, varied),
            FrameExamples(LabelledFrames(kept, sight), targets(kept), Augment.none(), apart=True),
            judge,
            rate=RATE,
            batch=16,
            told={
                "split": split.to_json(),
                "split_says": split.says,
                "sight": sight.to_json(),
                **told,
            },
            settle=settle,
            familiar=self._familiar(frames, asked) if UNTAUGHT in kinds else None,
        )

    def _familiar(self, frames: LabelledFrames, asked: Mapping[str, Array]) -> FrameExamples:
        """What is seen at full resolution of frames, unless only the whole is looked at.

        Nothing is resampled: how sharp and noisy frames are is part of what they look like.
        """
        view = "whole" if self.view == "whole" else "patches"
        closely = frames.shown(replace(frames.sight, view=view))
        turned = replace(Augment.none(), mirror=self.turned, quarter_turns=self.turned)
        return FrameExamples(closely, asked, turned)

    def model_for(self, spec: Spec) -> Model:
        """Its model; refuses frames that cannot be shown to it as those that taught it were."""
        model = model_of(self)
        Sight.from_json(model.card["sight"]).check(spec.names, self.name())
        return model

    def reach(self, spec: Spec) -> Reach:
        """The whole frame."""
        return Reach(around_px=None)

    def answers(self, batch: Frames, kind: str, share: float) -> Array:
        """What the network says of every frame ``(t, k)``; NaN of one that is NaN throughout.

        Parameters
        ----------
        batch
            The frames.
        kind
            Of the answer.
        share
            How much the whole of a frame counts beside patches.
        """
        model = model_of(self)
        sight = Sight.from_json(model.card["sight"])
        (head,) = (each for each in model.network.heads if each.kind == kind)
        table = np.full((len(batch), head.channels), np.nan)
        there = known(batch.pixels)
        if there.any():
            levels = [sight.levels(frame, batch.channels) for frame in batch.pixels[there]]
            run = session(model, self.backend).run
            table[there] = answered(run, kind, sight, levels, share)
        return table
