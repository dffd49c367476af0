"""Episodes as ethoframe writes them: ``episodes.csv``.

::

    recording,individual,label,start_s,stop_s,start_frame,stop_frame,score
    m1,animal,freezing,12.5,14.0,375,420,1
    m1,animal,support,0.0,300.0,0,9000,

Frames count from 0, and an episode ends before *stop_frame*. Rows called *support* are the spans
that were looked at: of the rest nothing is known. ``author`` may be told. Where frames are not
known their columns are empty. Tables with these columns that have none of frames or scores are read
as well.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ethoframe.data import Episodes, Observations, Observed, Refusal
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.data.noun import Array
from ethoframe.formats._observing import unsaid
from ethoframe.formats._writing import complete

SUFFIXES = (".csv",)

SUPPORT = "support"
"""The label of spans that were looked at."""

NEEDED = ("recording", "label", "start_s", "stop_s")

COLUMNS = (
    "recording",
    "individual",
    "label",
    "start_s",
    "stop_s",
    "start_frame",
    "stop_frame",
    "score",
)

Cells = dict[str, str]


def observed_in(path: Path) -> bool:
    """Whether it is a table of episodes with these columns."""
    if not path.is_file() or path.suffix.lower() != ".csv":
        return False
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return set(NEEDED) <= {*file.readline().strip().split(",")}


def read(path: Path) -> Observations:
    r"""What each author saw in each recording.

    Parameters
    ----------
    path
        Of the table.

    Returns
    -------
    Observations
        Without rows called *support*, an author is taken to have looked from 0 s to the end of the
        last episode that anybody saw in the recording, which `warnings` tells.

    Raises
    ------
    Refusal
        When a cell is no number, or an episode stops before it starts.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "episodes.csv"
    >>> _ = path.write_text("recording,label,start_s,stop_s\nm1,rear,1,2.5\nm1,support,0,9\n")
    >>> read(path).of("m1")[0].spans("rear").tolist()
    [[1.0, 2.5]]
    """
    groups: dict[tuple[str, str], list[tuple[int, Cells]]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        for line, cells in enumerate(csv.DictReader(file, restval=""), 2):
            key = cells["recording"], cells.get("author", "")
            groups.setdefault(key, []).append((line, cells))
    ends = _ends(path, groups)
    parts, silent = [], []
    for (recording, author), rows in groups.items():
        guessed = () if any(cells["label"] == SUPPORT for _, cells in rows) else ("support",)
        if guessed:
            silent.append(f"{recording} by {author}" if author else recording)
        parts.append(Observed(recording, _episodes(path, rows, author, ends[recording]), guessed))
    return Observations(tuple(parts), unsaid(silent))


def write(
    path: Path, recording: str, episodes: Episodes, clock: tuple[Array, Array] | None = None
) -> None:
    """Episodes of one recording, in order of their start, and before them what was looked at.

    Parameters
    ----------
    path
        Of the table; one that is there is replaced.
    recording
        How the recording is called.
    episodes
        What was seen.
    clock
        Numbers and seconds ``(t,)`` of the frames; None where they are not known.
    """
    _write(path, Observations((Observed(recording, episodes),)), lambda _: clock)


def write_all(
    path: Path,
    seen: Observations,
    rate: float | None = None,
    times: tuple[Array, Array] | None = None,
) -> None:
    """What each author saw in each recording, one after the other, each as `write` has it.

    Parameters
    ----------
    path
        Of the table; one that is there is replaced.
    seen
        What is written.
    rate
        Frames per second, for the columns of frames; None leaves them empty.
    times
        Numbers and seconds ``(t,)`` of the frames, in place of a rate.
    """

    def clock(episodes: Episodes) -> tuple[Array, Array] | None:
        if rate is None or times is not None:
            return times
        last_s = max([0.0, *episodes.support_s.ravel(), *episodes.stop_s])
        numbers = np.arange(int(np.ceil(last_s * rate)) + 1)
        return numbers, numbers / rate

    _write(path, seen, clock)


def _write(
    path: Path,
    seen: Observations,
    clock: Callable[[Episodes], tuple[Array, Array] | None],
) -> None:
    columns = COLUMNS + (("author",) if any(seen.authors) else ())
    with complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        table.writeheader()
        for part in seen:
            by, times = {"author": part.author} if any(seen.authors) else {}, clock(part.episodes)
            for who, label, start, stop, score in _rows(part.episodes):
                table.writerow(
                    {
                        "recording": part.recording,
                        "individual": who,
                        "label": label,
                        "start_s": f"{start:.12g}",
                        "stop_s": f"{stop:.12g}",
                        **_frames(start, stop, times),
                        "score": score,
                        **by,
                    }
                )


def _rows(episodes: Episodes) -> Iterator[tuple[str, str, float, float, str]]:
    looked = zip(episodes.watched, episodes.support_s.tolist(), strict=True)
    yield from ((who, SUPPORT, start, stop, "") for who, (start, stop) in looked)
    assert episodes.confidence is not None
    seen = zip(
        episodes.individuals,
        episodes.labels,
        episodes.start_s.tolist(),
        episodes.stop_s.tolist(),
        (f"{sure:.6g}" for sure in episodes.confidence.tolist()),
        strict=True,
    )
    yield from sorted(seen, key=lambda row: row[2])


def _frames(start: float, stop: float, clock: tuple[Array, Array] | None) -> dict[str, int]:
    """The first frame that belongs to a span, and the first after it that does not."""
    if clock is None or not len(clock[0]):
        return {}
    numbers, times_s = clock
    begin, end = np.searchsorted(times_s, np.array([start, stop]) - 1e-9)
    first, after = (
        int(numbers[at]) if at < len(numbers) else int(numbers[-1]) + 1 for at in (begin, end)
    )
    return {"start_frame": first, "stop_frame": after}


def _ends(path: Path, groups: dict[tuple[str, str], list[tuple[int, Cells]]]) -> dict[str, float]:
    """When the last episode ends that anybody saw in a recording."""
    ends: dict[str, float] = {}
    for (recording, _), rows in groups.items():
        last = max(_span(path, line, cells)[1] for line, cells in rows)
        ends[recording] = max(last, ends.get(recording, 0.0))
    return ends


def _episodes(path: Path, rows: Sequence[tuple[int, Cells]], author: str, end_s: float) -> Episodes:
    seen, looked = [], []
    for line, cells in rows:
        span, who = _span(path, line, cells), cells.get("individual", "")
        if cells["label"] == SUPPORT:
            looked.append((*span, who))
        else:
            sure = _number(path, line, cells.get("score", "") or "1")
            seen.append((*span, cells["label"], who or INDIVIDUAL, sure))
    looked = looked or [(0.0, end_s, "")]
    seen.sort(key=lambda row: row[0])
    support = np.array([row[:2] for row in looked])
    watched = tuple(row[2] for row in looked)
    return Episodes(
        tuple(row[2] for row in seen),
        np.array([row[0] for row in seen]),
        np.array([row[1] for row in seen]),
        support,
        tuple(row[3] for row in seen),
        watched,
        author,
        np.array([row[4] for row in seen]),
    )


def _span(path: Path, line: int, cells: Cells) -> tuple[float, float]:
    start, stop = (_number(path, line, cells[name]) for name in ("start_s", "stop_s"))
    if not start <= stop:
        reason = f"it is from {cells['start_s']} to {cells['stop_s']}"
        raise Refusal(f"{path} line {line}", reason, "fill in start_s and stop_s, in this order")
    return start, stop


def _number(path: Path, line: int, cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        raise Refusal(f"{path} line {line}", f"{cell!r} is no number", "correct it") from None
