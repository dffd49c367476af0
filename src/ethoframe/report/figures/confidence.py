"""How sure each keypoint was over time."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter

from ethoframe.data.noun import Array
from ethoframe.report.figures.plate import NARROW, WIDE, Plate
from ethoframe.report.figures.sheet import Sheet, look
from ethoframe.report.figures.timeaxis import LEFT, RIGHT, time_axis
from ethoframe.report.palette import INK, heat_ramp
from ethoframe.report.sureness import Sureness
from ethoframe.report.wording import counted, number, plain, share

TITLE = "Confidence over time"
LANE, TOP, BOTTOM = 32, 40, 46
BAR, THICK = 200, 8
"""Length and height in px of the key to the colours."""


def confidence(found: Sureness, span_s: tuple[float, float]) -> Plate:
    """A strip for each keypoint, coloured by its confidence, blank where it has no place."""
    with look():
        wide, narrow = (_drawn(found, span_s, width) for width in (WIDE, NARROW))
    return Plate("confidence", TITLE, _caption(found), wide, narrow)


def _drawn(found: Sureness, span_s: tuple[float, float], width: int) -> str:
    lanes = len(found.names)
    sheet = Sheet(width, TOP + LANE * lanes + BOTTOM)
    axes = sheet.axes(LEFT, TOP, RIGHT, BOTTOM)
    time_axis(axes, span_s, width)
    axes.set_ylim(lanes, 0)
    axes.yaxis.set_visible(False)
    axes.spines["left"].set_visible(False)
    strips = _coloured(averaged(found, span_s, width - LEFT - RIGHT))
    for lane, told in enumerate(keypoints_told(found)):
        sheet.picture(axes, strips[lane : lane + 1], (*span_s, lane + 0.52, lane + 0.94), "png")
        axes.text(span_s[0], lane + 0.44, told, color=INK, fontsize=11, va="bottom")
    _key(sheet, found.gate)
    key = "confidence" if width == WIDE else "confidence-narrow"
    return sheet.svg(key, f"{TITLE}. {'; '.join(keypoints_told(found))}")


def averaged(found: Sureness, span_s: tuple[float, float], most: int) -> Array:
    """Mean confidence ``(columns, k)`` of stretches of time; NaN where there is no place.

    A column holds two frames or more, so that an uneven clock leaves no gaps between them.
    """
    columns = int(np.clip(len(found.times_s) // 2, 1, most))
    start, stop = span_s
    along = (found.times_s - start) / max(stop - start, 1e-9)
    at = np.clip((along * columns + 1e-6).astype(np.int64), 0, columns - 1)
    known = np.isfinite(found.sure)
    means = np.full((columns, len(found.names)), np.nan)
    for lane in range(len(found.names)):
        rows = known[:, lane]
        count = np.bincount(at[rows], minlength=columns)
        total = np.bincount(at[rows], found.sure[rows, lane], columns)
        means[count > 0, lane] = total[count > 0] / count[count > 0]
    return means


def _coloured(means: Array) -> Array:
    """RGBA ``(k, columns, 4)``, clear where nothing is known."""
    known = np.isfinite(means)
    level = np.where(known, np.clip(np.nan_to_num(means), 0, 1) * 255, 0).round().astype(int)
    colours = np.concatenate([heat_ramp(256)[level], known[..., None]], axis=2)
    return (colours.transpose(1, 0, 2) * 255).round().astype(np.uint8)


def keypoints_told(found: Sureness) -> list[str]:
    """Each keypoint with what share of its places is unsure."""
    counts = np.isfinite(found.sure).sum(axis=0)
    return [
        f"{plain(name, 28)}: {share(round(below * n), n)} under {found.gate:g}"
        for name, below, n in zip(found.names, found.below.tolist(), counts.tolist(), strict=True)
    ]


def _key(sheet: Sheet, gate: float) -> None:
    """The colours from 0 to 1, over the top right corner."""
    left, top = sheet.width - RIGHT - BAR, 4
    axes: Axes = sheet.axes(left, top, RIGHT, sheet.height - top - THICK)
    sheet.picture(axes, (heat_ramp(256)[None] * 255).round().astype(np.uint8), (0, 1, 1, 0), "png")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.yaxis.set_visible(False)
    axes.spines[["left", "top", "right", "bottom"]].set_visible(False)
    ticks = sorted({0.0, gate, 1.0})
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    label = (left - 8) / sheet.width, 1 - (top + THICK + 1) / sheet.height
    sheet.figure.text(*label, "confidence", ha="right", va="bottom", color=INK, fontsize=11)


def _caption(found: Sureness) -> str:
    frames = len(found.times_s)
    each = frames / max(1, min(frames // 2, WIDE - LEFT - RIGHT))
    text = (
        f"How sure the tracking was of each keypoint; the colour is the mean of about "
        f"{number(float(f'{each:.2g}'))} frames, blank where it gave no place. {found.rule}"
    )
    if found.left_out:
        text += f" {counted(found.left_out, 'keypoint')} with fewer unsure places not drawn."
    return text
