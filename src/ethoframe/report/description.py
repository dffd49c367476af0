"""What a recording is: for scripts as plain values, for people as a few lines."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ethoframe.data import Clock, Recording
from ethoframe.report.wording import ABSENT, counted, duration, grouped, number, plain, quoted

PICTURES = ("still", "stills", "tiff", "bigtiff", "dicom", "nifti", "zarr")
"""Containers of what is more often looked at picture by picture than as a film of an animal."""

GAPS_TOLD = 20
"""Gaps in the clock that are listed; all of them are counted."""


def describe(recording: Recording) -> dict[str, Any]:
    """What is known of a recording without reading its pixels, ready for JSON.

    Seconds and mm are in the names; what is unknown is None. `clock` explains itself in
    `ethoframe.data.Clock`, `file` is what the file says of itself.

    Examples
    --------
    >>> import numpy as np
    >>> recording = Recording("mouse.mp4", None, np.arange(3) / 10, (4, 6), np.dtype("uint8"), "a1")
    >>> found = describe(recording)
    >>> found["shape"], found["clock"]["rate_per_s"], found["next"]
    ([3, 4, 6, 1], 10.0, 'ethoframe open-field mouse.mp4 --side 40cm')
    """
    return {
        "recording": recording.name,
        "axes": ["t", *"zyx"[-len(recording.size) :], "c"],
        "shape": [len(recording), *recording.size, len(recording.channels)],
        "dtype": str(recording.dtype),
        "bit_depth": recording.bit_depth,
        "channels": list(recording.channels),
        "pixel_size_mm": recording.spacing_mm and list(recording.spacing_mm),
        "frames": len(recording),
        "keyframes": len(recording.keyframes),
        "clock": _clock(Clock.of(recording.times_s)),
        "file": {name: _told(value) for name, value in recording.facts.items()},
        "identity": recording.identity,
        "warnings": list(recording.warnings),
        "next": _next(recording),
    }


def as_text(description: Mapping[str, Any]) -> str:
    """The same in aligned lines for people, ending with what to type next.

    Examples
    --------
    >>> import numpy as np
    >>> recording = Recording("mouse.mp4", None, np.arange(3) / 10, (4, 6), np.dtype("uint8"), "a1")
    >>> print(as_text(describe(recording)))
    mouse.mp4
      frames      3, numbered 0 to 2
      picture     6 × 4 px (x × y), luma, 8 bits as uint8
      pixel size  unknown
      duration    0.3 s at 10 frames per second
      clock       steady: first 0 s, last 0.2 s, median step 100 ms, jitter 0 ms
      gaps        none
      keyframes   0
      next        ethoframe open-field mouse.mp4 --side 40cm
    """
    lines = [*_lines(description)]
    lines += [("warning", plain(line)) for line in description["warnings"]]
    lines.append(("next", description["next"]))
    width = max(len(label) for label, _ in lines)
    told = [f"  {label:{width}}  {text}" for label, text in lines]
    return "\n".join([plain(description["recording"]), *told])


def _clock(clock: Clock) -> dict[str, Any]:
    gaps = [{"after_frame": frame, "seconds": step} for frame, step in clock.gaps]
    longest = max(gaps, key=lambda gap: gap["seconds"], default=None)
    names = ("first_s", "last_s", "duration_s", "median_step_s", "jitter_s", "rate_per_s")
    told = {name: _told(getattr(clock, name)) for name in names}
    told |= {"variable": clock.variable, "gap_count": len(gaps), "longest_gap": longest}
    return {**told, "gaps": gaps[:GAPS_TOLD]}


def _told(value: Any) -> Any:
    """A value as JSON has it: no NaN, no numbers of numpy."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _next(recording: Recording) -> str:
    name = quoted(recording.name)
    container = re.split("[ -]", str(recording.facts.get("container", "")))[0].lower()
    if len(recording) < 2 or len(recording.size) == 3 or container in PICTURES:
        return f"ethoframe apply segment/watershed {name}"
    return f"ethoframe open-field {name} --side 40cm"


def _lines(told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    frames, *size, _ = told["shape"]
    clock, channels = told["clock"], ", ".join(told["channels"])
    span = f", numbered 0 to {grouped(str(frames - 1))}" if frames > 1 else ""
    depth = f"{told['bit_depth']} bits as {told['dtype']}"
    yield "frames", grouped(str(frames)) + span
    sides, axes = (" × ".join(each) for each in (map(str, reversed(size)), "xyz"[: len(size)]))
    what = "picture" if len(size) == 2 else "volume"
    yield what, f"{sides} px ({axes}), {channels}, {depth}"
    yield "pixel size", _spacing(told["pixel_size_mm"])
    if frames > 1:
        rate = _rounded(clock["rate_per_s"])
        yield "duration", f"{duration(clock['duration_s'])} at {rate} frames per second"
        yield "clock", _steps(clock)
        yield "gaps", _gaps(clock)
    yield from _file(told["file"])
    yield "keyframes", grouped(str(told["keyframes"]))


def _spacing(spacing_mm: list[float] | None) -> str:
    if spacing_mm is None:
        return "unknown"
    sides = " × ".join(number(side) for side in reversed(spacing_mm))
    return f"{sides} mm ({' × '.join('xyz'[: len(spacing_mm)])})"


def _steps(clock: Mapping[str, Any]) -> str:
    kind = "variable" if clock["variable"] else "steady"
    first, last = (_rounded(clock[name]) for name in ("first_s", "last_s"))
    step, jitter = (_rounded(1000 * clock[name]) for name in ("median_step_s", "jitter_s"))
    ends = f"first {first} s, last {last} s"
    return f"{kind}: {ends}, median step {step} ms, jitter {jitter} ms"


def _gaps(clock: Mapping[str, Any]) -> str:
    longest = clock["longest_gap"]
    if longest is None:
        return "none"
    where = f"{duration(longest['seconds'])} after frame {grouped(str(longest['after_frame']))}"
    return f"{counted(clock['gap_count'], 'gap')}, the longest {where}"


def _file(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    codec = [facts.get("codec"), facts.get("profile"), facts.get("pixel format")]
    if facts.get("luma range"):
        codec.append(f"luma range {facts['luma range']}")
    if any(codec):
        yield "codec", ", ".join(plain(part) for part in codec if part)
    if facts.get("container"):
        size = facts.get("size in bytes")
        megabytes = f", {number(size / 1e6)} MB" if size else ""
        yield "container", plain(facts["container"]) + megabytes
    if facts.get("rotation") or facts.get("mirrored"):
        mirrored = ", mirrored" if facts.get("mirrored") else ""
        yield "rotation", f"{facts['rotation']}° clockwise{mirrored}, applied"


def _rounded(value: float | None) -> str:
    """To a thousandth, without the zeros."""
    return ABSENT if value is None else grouped(f"{value:.3f}".rstrip("0").rstrip("."))
