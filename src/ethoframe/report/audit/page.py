"""The page of clips, and beside it the key that tells which clip is whose."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ethoframe.report.audit.clips import Clip, Clips
from ethoframe.report.audit.results import Result
from ethoframe.report.audit.spans import Span, spans
from ethoframe.report.offline import offline
from ethoframe.run.writing import moved_into

PAGE, KEY = "audit.html", "key.json"

Told = Callable[[int, int], None]
"""What is told of the progress: which clip is cut, of how many."""


@dataclass(frozen=True)
class Audit:
    """What is asked for.

    Parameters
    ----------
    results
        Of which clips are drawn.
    clips
        How many, altogether.
    seconds
        How long each is.
    seed
        The same seed draws the same clips of the same results.
    command
        What to type with the answers.
    """

    results: tuple[Result, ...]
    clips: int
    seconds: float
    seed: int
    command: str

    @property
    def identity(self) -> str:
        """Tells this audit from others: by the results, and by how they are drawn from."""
        asked = [self.clips, self.seconds, self.seed, [result.key for result in self.results]]
        return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]


def write_audit(
    folder: Path, audit: Audit, videos: Path | None = None, told: Told | None = None
) -> int:
    """Write ``audit.html`` and ``key.json`` into a folder; how many clips there are.

    The page holds the clips in random order and says nothing of where they are from; the key does,
    and is for `answers.judged` alone.

    Parameters
    ----------
    folder
        Where to; made if it is not there.
    audit
        What is asked for.
    videos
        Where the recordings are now; None where they were.
    told
        Called with the progress.

    Raises
    ------
    Refusal
        When a recording is not there, or the folder cannot be written.
    """
    looked_at_s = [result.times_s() for result in audit.results]
    drawn = spans(looked_at_s, audit.clips, audit.seconds, audit.seed, audit.identity)
    cut: dict[str, Clip] = {}
    for result, own in _by_result(audit.results, drawn):
        recording = result.open(videos)
        clips = Clips.of(recording, result.tracks(), result.window(recording.picture))
        for span in own:
            if told:
                told(len(cut) + 1, len(drawn))
            cut[span.clip] = clips.cut(span.start_s, span.stop_s)
    with moved_into(folder) as part:
        (part / PAGE).write_text(_page(audit, drawn, cut), encoding="utf-8", newline="\n")
        text = json.dumps(_key(audit, drawn, cut), indent=1)
        (part / KEY).write_text(text + "\n", encoding="utf-8", newline="\n")
    return len(drawn)


def _by_result(
    results: Sequence[Result], drawn: Sequence[Span]
) -> Iterator[tuple[Result, list[Span]]]:
    """Each result with its spans, so that a recording is opened once."""
    for index, result in enumerate(results):
        if own := sorted((s for s in drawn if s.result == index), key=lambda span: span.start_s):
            yield result, own


def _page(audit: Audit, drawn: Sequence[Span], cut: dict[str, Clip]) -> str:
    clips = [
        {
            "clip": span.clip,
            "marked": cut[span.clip].marked > 0,
            "film": f"data:video/mp4;base64,{base64.b64encode(cut[span.clip].content).decode()}",
        }
        for span in drawn
    ]
    given = {"id": audit.identity, "command": audit.command, "clips": clips}
    return offline(__package__, "audit", "audit", ("audit.js",), given)


def _key(audit: Audit, drawn: Sequence[Span], cut: dict[str, Clip]) -> dict:
    clips = [
        {
            "clip": span.clip,
            "recording": audit.results[span.result].recording,
            "arena": audit.results[span.result].arena,
            "start_s": round(span.start_s, 3),
            "stop_s": round(span.stop_s, 3),
            "marked": round(cut[span.clip].marked, 4),
        }
        for span in drawn
    ]
    asked = {"audit": audit.identity, "seed": audit.seed, "seconds": audit.seconds}
    return {**asked, "clips": clips}
