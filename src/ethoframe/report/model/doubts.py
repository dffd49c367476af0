"""Examples that the model is furthest off on, and labels that look wrong, as pictures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ethoframe.report.figures.pixels import levels, shown
from ethoframe.report.model.answers import Answers
from ethoframe.report.model.judged import Judged, Plate
from ethoframe.report.wording import counted, escaped, number
from ethoframe.score.suspects import ALIKE, Suspect, alike

MOST_WORST, MOST_SUSPECTS = 12, 24
"""Pictures that are shown."""


def worst_section(seen: Answers, judged: Judged) -> str:
    """The frames of the greatest errors, with what was said and answered drawn over them."""
    chosen = judged.worst(seen.judged, MOST_WORST)
    if not chosen:
        return ""
    figures = "".join(
        _figure(judged.drawn(row), seen.rows[row].name, judged.captions[row]) for row in chosen
    )
    where = "kept apart" if seen.honest else "that were taught"
    of = int(np.isfinite(judged.error[seen.judged]).sum())
    words = (
        f"The {len(chosen)} furthest off of {counted(of, 'frame')} {where}, worst first. An error "
        "here is the model's or the label's: look."
    )
    return f'<p class="rule">{escaped(words)}</p>{judged.key}<div class="plates">{figures}</div>'


def suspects_of(seen: Answers, judged: Judged) -> list[Suspect]:
    """All suspects: those of this kind of labels, and near-duplicates across the split."""
    apart = seen.apart
    # What was never among the labels of the fit is not part of its split.
    held = apart.copy()
    if seen.others:
        held[-seen.others :] = False
    films = [row.part.film for row in seen.rows]
    tiny = np.stack([row.tiny for row in seen.rows]) if seen.rows else np.zeros((0, 1, 1))
    near = alike(tiny, films, np.flatnonzero(~apart), np.flatnonzero(held))
    return [*judged.suspects, *near]


def suspects_section(seen: Answers, judged: Judged, suspects: Sequence[Suspect]) -> str:
    """Labels that look wrong, each with its picture and why."""
    if not suspects:
        return (
            '<p class="rule">None: no label is far beyond what is usual, no pair looks swapped, no '
            "picture is labelled twice, and nothing kept apart is nearly what was taught.</p>"
        )
    grouped: dict[tuple[int, int], list[Suspect]] = {}
    for each in suspects:
        grouped.setdefault((each.row, each.other), []).append(each)
    figures = "".join(_suspect(seen, judged, own) for own in list(grouped.values())[:MOST_SUSPECTS])
    rest = len(grouped) - MOST_SUSPECTS
    more = f" {counted(rest, 'further picture')} not shown." if rest > 0 else ""
    words = (
        f"{counted(len(grouped), 'frame')} to look at. Each label is either wrong or hard, or the "
        f"model is; nothing was left out because of it.{more} Labels that you correct in your own "
        "tool count from the next fit on."
    )
    listed = "".join(f"<li>{escaped(_told(seen, each))}</li>" for each in suspects)
    return (
        f'<p class="rule">{escaped(words)}</p>{judged.key}<div class="plates">{figures}</div>'
        f"<details><summary>As a list</summary><ul>{listed}</ul></details>"
    )


def _suspect(seen: Answers, judged: Judged, own: Sequence[Suspect]) -> str:
    """All that one frame, or one pair of frames, is suspected of."""
    row, other = own[0].row, own[0].other
    name, says = seen.rows[row].name, "; ".join(each.says for each in own)
    if other < 0:
        return _figure(judged.drawn(row), name, says)
    pictures = "".join(_plain(seen, each) for each in (other, row))
    return _figure(
        f'<div class="two">{pictures}</div>', f"{seen.rows[other].name} and {name}", says
    )


def _plain(seen: Answers, row: int) -> str:
    picture = seen.rows[row].picture()
    tones = picture if picture.dtype == np.uint8 else shown(picture, *levels(picture))
    return Plate(tones).svg("", seen.rows[row].name)


def _told(seen: Answers, suspect: Suspect) -> str:
    where = seen.rows[suspect.row].name
    if suspect.other >= 0:
        where += f" and {seen.rows[suspect.other].name}"
    return f"{where}: {suspect.says}"


def _figure(picture: str, name: str, words: str) -> str:
    return (
        f'<figure class="plate-small">{picture}<figcaption><b>{escaped(name)}</b> '
        f"{escaped(words)}</figcaption></figure>"
    )


def leaks(suspects: Sequence[Suspect], apart: int) -> list[str]:
    """What near-duplicates advise, in sentences."""
    count = sum(each.reason == ALIKE for each in suspects)
    if not count:
        return []
    share = number(100 * count / max(apart, 1))
    return [
        f"{share} % of the frames kept apart ({count}) are nearly a picture that was taught: the "
        "figures flatter. Keep apart whole recordings or subjects (--split), or label frames "
        "further from each other."
    ]
