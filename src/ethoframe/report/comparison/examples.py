"""Frames with what a person and each method said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ethoframe.data import Labelled, LabelMap, Noun, Points, Refusal
from ethoframe.data.noun import Array
from ethoframe.report.figures.pixels import data_uri
from ethoframe.report.palette import zone_colour
from ethoframe.report.picture.plate import View, plate
from ethoframe.report.picture.tones import Tones
from ethoframe.report.wording import escaped, number, plain
from ethoframe.run.comparing.answering import answers_of, said_of
from ethoframe.run.comparing.compare import method_of
from ethoframe.run.comparing.outcome import Comparison, Standing
from ethoframe.run.comparing.yardstick import Keypoints, Yardstick

MOST_METHODS = 4
"""That are shown of each frame; of more the best and the worst."""

AROUND = 0.35
"""Of the larger side of all keypoints of a frame: so much is shown around them."""

LEAST_PX = 24
"""At least so much on either side of the middle of them."""

LONGEST = 48
"""Letters of a title."""


@dataclass(frozen=True)
class Example:
    """One labelled frame.

    Parameters
    ----------
    row
        Of the labels.
    place
        Among the rows that were kept back.
    title
        Its file or recording and number.
    """

    row: int
    place: int
    title: str


def disagreements(found: Comparison, most: int = 6) -> list[Example]:
    """Frames on which methods differ most in how far they are off."""
    losses = np.stack([found.losses(each.name) for each in found.standings])
    with np.errstate(invalid="ignore"):
        spread = np.where(np.isnan(losses), -np.inf, losses).max(axis=0) - np.where(
            np.isnan(losses), np.inf, losses
        ).min(axis=0)
    return _examples(found, spread, most)


def hardest(found: Comparison, name: str, most: int = 4) -> list[Example]:
    """Frames on which a method is off by most."""
    return _examples(found, found.losses(name), most)


def _examples(found: Comparison, worth: Array, most: int) -> list[Example]:
    order = np.argsort(-np.where(np.isfinite(worth), worth, -np.inf), kind="stable")
    chosen = [int(place) for place in order if np.isfinite(worth[place]) and worth[place] > 0]
    return [_example(found, place) for place in chosen[:most]]


def _example(found: Comparison, place: int) -> Example:
    row = int(found.rows[place])
    part, index = list(found.plan.ask.labels.rows())[row]
    number_ = f"frame {int(found.plan.ask.labels.origin[row])}"
    title = part.files[index].rpartition("/")[2] if part.files else f"{part.film}, {number_}"
    return Example(row, place, plain(title, LONGEST))


def drawn(found: Comparison, example: Example, standings: Sequence[Standing]) -> str:
    """A frame as a person and methods saw it, side by side, as HTML."""
    part, index = list(found.plan.ask.labels.rows())[example.row]
    pixels = _pixels(part, index)
    if pixels is None:
        return f'<p class="absent">{escaped(example.title)} cannot be decoded.</p>'
    by, truth = found.plan.ask.by, said_of(part, index)
    told: list[tuple[str, Noun | None]] = [(f"a person: {by.told(truth)}", truth)]
    for each in standings:
        answer = _answer(found, each, part, index, example.row)
        loss = found.standing(each.name).answers.values[found.metric.name][example.place]
        score = number(float(np.nanmean(loss))) if np.isfinite(loss).any() else "none"
        words = f"{each.name}: {by.told(answer)}, {found.metric.name} {score}"
        told.append((f"{words} {found.metric.unit}".rstrip(), answer))
    tones = Tones.of([pixels], part.recording.channels).shown(pixels)
    views = [_view(by, tones, title, truth, said) for title, said in told]
    return (
        f'<div class="example"><h3>{escaped(example.title)}</h3>'
        f'<div class="views">{"".join(views)}</div></div>'
    )


def shown_of(found: Comparison) -> list[Standing]:
    """The contestants that are drawn."""
    ranked = found.ranked()
    ranked += [each for each in found.standings if each not in ranked]
    if len(ranked) <= MOST_METHODS:
        return ranked
    return [*ranked[: MOST_METHODS - 1], ranked[-1]]


def _answer(found: Comparison, each: Standing, part: Labelled, index: int, row: int) -> Noun | None:
    try:
        return answers_of(method_of(found.plan, each.contestant, row), part, [index])[0]
    except Refusal:
        return None


def _pixels(part: Labelled, index: int) -> Array | None:
    """Of a labelled frame ``(y, x, c)``; of a volume its middle plane."""
    numbers = part.said.numbers  # type: ignore[union-attr]
    frames = part.recording.frames([int(numbers[index])])
    if not len(frames):
        return None
    pixels = frames.pixels[0]
    return pixels[pixels.shape[0] // 2] if pixels.ndim == 4 else pixels


def _view(by: Yardstick, tones: Array, title: str, truth: Noun, said: Noun | None) -> str:
    if isinstance(by, Keypoints):
        found = by.places(None if said is truth else said)  # type: ignore[arg-type]
        return _keypoints(by, tones, title, by.places(truth), found)  # type: ignore[arg-type]
    labels, points = None, np.zeros((0, 2))
    if isinstance(said, LabelMap) and len(said):
        dense = said.dense()[0]
        labels = dense[dense.shape[0] // 2] if dense.ndim == 3 else dense
    if isinstance(said, Points) and len(said):
        points = said.coordinates[0][:, :2]
    view = View(title, tones, labels=labels, points=points, radii=np.full(len(points), np.nan))
    return plate(view, alone=False)


def _keypoints(by: Keypoints, tones: Array, title: str, truth: Array, said: Array) -> str:
    """Places as people gave them (crosses) and as they were answered (rings), around the animal."""
    top, left, height, width = _around(truth, tones.shape[:2])
    cut = tones[top : top + height, left : left + width]
    size = max(height, width) / 60
    marks = []
    for k, (true, found) in enumerate(zip(truth, said, strict=True)):
        (a, b), (x, y) = true - [left, top], found - [left, top]
        colour = zone_colour(k)
        if np.isfinite([a, b]).all():
            marks.append(
                f'<path d="M{a - size:.1f} {b:.1f}h{2 * size:.1f}M{a:.1f} {b - size:.1f}'
                f'v{2 * size:.1f}" stroke="{colour}"/>'
            )
        if np.isfinite([x, y]).all():
            marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" stroke="{colour}"/>')
        if np.isfinite([a, b, x, y]).all():
            line = f'x1="{a:.1f}" y1="{b:.1f}" x2="{x:.1f}" y2="{y:.1f}"'
            marks.append(f'<line {line} stroke="{colour}"/>')
    image = f'<image href="{data_uri(cut)}" width="{width}" height="{height}"/>'
    return (
        f'<figure class="view" style="flex-grow:{width / height:.3f}">'
        f'<svg viewBox="0 0 {width} {height}" role="img"><title>{escaped(title)}</title>{image}'
        f'<g class="keypoints">{"".join(marks)}</g></svg>'
        f"<figcaption>{escaped(title)}</figcaption></figure>"
    )


def keypoints_key(by: Yardstick) -> str:
    """Which colour is which keypoint; nothing of other labels."""
    if not isinstance(by, Keypoints):
        return ""
    named = "".join(
        f'<span class="key-line" style="--c:{zone_colour(k)}">{escaped(name)}</span>'
        for k, name in enumerate(by.names)
    )
    return f'<p class="legend"><span>+ a person, ○ the method</span>{named}</p>'


def _around(places: Array, size: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Top, left, height and width of what is shown of a picture with these keypoints."""
    known = places[np.isfinite(places).all(axis=1)]
    if not len(known):
        return 0, 0, size[0], size[1]
    low, high = known.min(axis=0), known.max(axis=0)
    half = max(float((high - low).max()) * (0.5 + AROUND), LEAST_PX)
    middle = (low + high) / 2
    left, top = (max(0, int(middle[k] - half)) for k in (0, 1))
    right = min(size[1], int(middle[0] + half) + 1)
    bottom = min(size[0], int(middle[1] + half) + 1)
    if right - left < 2 or bottom - top < 2:
        return 0, 0, size[0], size[1]
    return top, left, bottom - top, right - left
