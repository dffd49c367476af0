"""When the trial began, and how long it lasted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod
from ethoframe.data import Episodes, Measure, Measures, Noun


@dataclass(frozen=True)
class Trial(WholeMethod):
    """The start of the trial on the recording's clock, and its length.

    Without a trial there are no measures.

    References
    ----------
    ethoframe's own.
    """

    takes: ClassVar[Mapping[str, In]] = {"trial": In(Kind.EPISODES)}
    gives: ClassVar[Kind] = Kind.MEASURES
    version: ClassVar[str] = "1"

    def outline(self, **specs: Spec) -> Spec:
        """Measures."""
        return Spec(Kind.MEASURES)

    def apply(self, **inputs: Any) -> Measures:
        """Two rows."""
        trial: Episodes = inputs["trial"]
        spans = trial.spans("trial")
        if len(spans) == 0:
            return Measures()
        start, stop = (float(when) for when in spans[0])
        by = trial.author or "the given episodes"
        told = (
            ("trial start", start, f"on the recording's own clock, by {by}"),
            ("trial length", stop - start, f"from its start to its end, by {by}"),
        )
        return Measures(
            tuple(
                Measure(
                    quantity=quantity,
                    value=value,
                    unit="s",
                    bin_start_s=start,
                    bin_stop_s=stop,
                    definition=words,
                )
                for quantity, value, words in told
            )
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """A trial that begins after twelve seconds."""
        return {"trial": Episodes.of("trial", np.array([[12.0, 612.0]]), np.array([[0.0, 700.0]]))}
