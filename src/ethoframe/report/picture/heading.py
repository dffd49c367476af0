"""The top of the page: what failed, what to know first, and what was looked at."""

from __future__ import annotations

import numpy as np

from ethoframe.data import Recording
from ethoframe.report.picture.found import Found
from ethoframe.report.picture.lengths import suited
from ethoframe.report.wording import counted, duration, escaped, grouped, number

MOST_CHANNELS = 8


def banner(found: Found) -> str:
    """That a registration failed, and why; nothing where it did not."""
    reason = found.failed
    if not reason:
        return ""
    return (
        '<aside class="failed-banner" role="alert"><h2>The registration failed</h2>'
        f"<p>{escaped(reason)}</p><p>Do not use the moved picture or the map.</p></aside>"
    )


def warnings(found: Found) -> str:
    """Every warning of the run and of the file."""
    lines = list(dict.fromkeys([*found.finding.warnings, *found.recording.warnings]))
    if not lines:
        return ""
    items = "".join(f"<li>{escaped(line)}</li>" for line in lines)
    return f'<aside class="warnings"><h2>Before you trust this result</h2><ul>{items}</ul></aside>'


def facts(found: Found) -> str:
    """Method, size, pixel size, levels and frames as a list of terms."""
    terms = "".join(
        f"<div><dt>{name}</dt><dd>{escaped(text)}</dd></div>" for name, text in _told(found)
    )
    return f'<dl class="facts">{terms}</dl>'


def _told(found: Found) -> list[tuple[str, str]]:
    recording = found.recording
    channels = recording.channels
    names = ", ".join(channels[:MOST_CHANNELS]) + (" …" if len(channels) > MOST_CHANNELS else "")
    pairs = [
        ("Method", f"{found.method.name()}, version {found.method.version}"),
        ("Size", size_words(recording)),
        ("Voxel size" if len(recording.size) == 3 else "Pixel size", spacing_words(recording)),
        ("Levels", f"{recording.bit_depth} bits, stored as {recording.dtype}"),
        (counted(len(channels), "channel"), names),
    ]
    if len(recording) != 1:
        rest = ""
        if len(recording) > 1:
            rest = f", {duration(float(recording.times_s[-1] - recording.times_s[0]))}"
        pairs.append(("Frames", grouped(str(len(recording))) + rest))
    return pairs


def size_words(recording: Recording) -> str:
    """Width and height, and planes of a volume.

    Examples
    --------
    >>> size_words(Recording.of(np.zeros((1, 4, 6, 1))))
    '6 × 4 px'
    """
    sides = " × ".join(map(str, recording.size[::-1]))
    return f"{sides} {'voxels (x × y × z)' if len(recording.size) == 3 else 'px'}"


def spacing_words(recording: Recording) -> str:
    """Distance between pixels along x, y(, z); one number where all are equal."""
    if recording.spacing_mm is None:
        return "not known: lengths are in px"
    sides = np.array(recording.spacing_mm[::-1])
    unit, factor = suited("mm", sides)
    written = [number(float(side * factor)) for side in sides]
    axes = " × ".join("xyz"[: len(written)])
    if len(set(written)) == 1:
        return f"{written[0]} {unit}"
    return f"{' × '.join(written)} {unit} ({axes})"
