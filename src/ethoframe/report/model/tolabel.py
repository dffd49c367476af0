"""Frames to label next: their pictures in folders for a labelling tool, and a page of why."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from ethoframe.data import Labelled, Labels, Recording, Refusal, Skeleton, Tracks
from ethoframe.data.labels import ABSENT, VISIBLE
from ethoframe.formats import dlc
from ethoframe.formats._stills import write_png
from ethoframe.nets.model import Model
from ethoframe.report.model.answers import flat, seen
from ethoframe.report.model.judged import ANSWERED, Plate, around, key_of
from ethoframe.report.model.looked import Looked, features_of
from ethoframe.report.model.points import cross
from ethoframe.report.picture.shell import shell
from ethoframe.report.wording import clock, counted, escaped
from ethoframe.run.writing import moved_into
from ethoframe.score.suggestion import Suggested, suggested

PAGE, TABLE, FOLDER = "suggest.html", "suggestions.csv", "labeled-data"

COLUMNS = ("rank", "film", "frame", "time_s", "doubt", "novelty", "picture")

ROOM = 0.8
"""How much is shown around an animal, in shares of its length, on every side."""

NONE = Labels(())

SURE = 0.5
"""Confidence from which a keypoint is written as a beginning, where the model names none."""


@dataclass(frozen=True)
class Chosen:
    """A frame that is worth labelling.

    Parameters
    ----------
    film
        Where it is.
    row
        Which of the frames that were looked at in it.
    why
        How much it is doubted, and how new it is.
    """

    film: Looked
    row: int
    why: Suggested

    @property
    def number(self) -> int:
        """Of the frame."""
        return self.film.numbers[self.row]

    @property
    def file(self) -> str:
        """The path of its picture, from the folder."""
        return f"{FOLDER}/{_safe(self.film.film)}/img{self.number:04d}.png"


def chosen(
    films: Sequence[Looked], count: int, apart_s: float, labels: Labels = NONE
) -> tuple[Chosen, ...]:
    """Frames of all films that are most worth labelling, the first the most.

    Parameters
    ----------
    films
        Looked through.
    count
        How many are wanted.
    apart_s
        No two of one film are nearer in time, nor is one to a labelled frame.
    labels
        What is labelled already: it is not chosen, and what is chosen is unlike it.
    """
    rows = [np.flatnonzero(film.unlabelled(labels, apart_s)) for film in films]
    pairs = [(film, own) for film, own in zip(films, rows, strict=True) if len(own)]
    if not pairs:
        return ()
    places = [(film, int(row)) for film, own in pairs for row in own]
    told = suggested(
        np.concatenate([film.doubt[own] for film, own in pairs]),
        np.concatenate([film.features[own] for film, own in pairs]),
        np.array([film.times_s[row] for film, row in places]),
        count,
        films=[str(k) for k, (_, own) in enumerate(pairs) for _ in own],
        apart_s=apart_s,
        taught=features_of(labels),
    )
    return tuple(Chosen(*places[each.row], each) for each in told)


def write(
    folder: Path,
    model: Model,
    films: Sequence[Looked],
    some: Sequence[Chosen],
    author: str | None = None,
) -> str:
    """Write pictures, table and page into a folder that is to be; what was written, in words.

    Keypoints are written as a DeepLabCut project, with what the model is sure of as a beginning;
    where that cannot be, and of everything else, the pictures alone lie where it would have them.

    Parameters
    ----------
    folder
        A new one.
    model
        That looked.
    films
        All that it looked through.
    some
        The frames.
    author
        Who will label them: a project is in somebody's name.

    Raises
    ------
    Refusal
        When the folder holds something, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refusal(folder, "it is there already, and holds something", "name a new folder")
    labels = _labels(model, some)
    if labels is not None and find_spec("h5py") is not None:
        dlc.write(labels, folder, scorer=author)
        says = "a DeepLabCut project, with what the model is sure of as a beginning"
    else:
        with moved_into(folder) as part:
            for each in some:
                path = part / each.file
                path.parent.mkdir(parents=True, exist_ok=True)
                write_png(path, each.film.recording, each.number)
        says = "pictures alone"
        if labels is not None:
            says += ": a project needs h5py, pip install 'ethoframe[learn]'"
    with moved_into(folder) as part:
        _write_table(part / TABLE, some)
        (part / PAGE).write_text(_page(model, films, some, says), encoding="utf-8", newline="\n")
    return says


def _labels(model: Model, some: Sequence[Chosen]) -> Labels | None:
    """What the model is sure of, as if somebody had said it; None where it tells no keypoints."""
    sure = float(model.parameters.get("sure", SURE))
    parts: dict[str, tuple[Recording, str, list[Tracks]]] = {}
    for each in some:
        answer = each.film.answers[each.row]
        if not isinstance(answer, Tracks):
            return None
        recording = each.film.recording
        parts.setdefault(recording.identity, (recording, each.film.film, []))[2].append(answer)
    if not parts:
        return None
    told = []
    for recording, film, answers in parts.values():
        ordered = sorted(answers, key=lambda one: int(one.numbers[0]))
        said = Tracks.joined(ordered)
        known = said.confidence >= sure
        position = np.where(known[:, None], said.position, np.nan)
        confidence = np.where(known, VISIBLE, ABSENT)
        said = replace(said, position=position, confidence=confidence, features={})
        told.append(Labelled(recording, said, film=film))
    keypoints = told[0].said.keypoints if isinstance(told[0].said, Tracks) else ()
    edges = tuple(tuple(edge) for edge in model.card.get("skeleton", {}).get("edges", ()))
    return Labels(tuple(told), Skeleton.of(keypoints, edges))


def _write_table(path: Path, some: Sequence[Chosen]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for rank, each in enumerate(some, start=1):
            time_s = round(each.film.times_s[each.row], 4)
            doubt, novelty = round(each.why.doubt, 4), round(each.why.novelty, 4)
            name = each.film.recording.name
            writer.writerow([rank, name, each.number, time_s, doubt, novelty, each.file])


def _page(model: Model, films: Sequence[Looked], some: Sequence[Chosen], says: str) -> str:
    figures = "".join(_figure(rank, each) for rank, each in enumerate(some, start=1))
    through = "; ".join(
        f"{film.recording.name}: {counted(len(film.answers), 'frame')}, one of every {film.every}"
        for film in films
    )
    words = (
        "The first is the most worth labelling. Doubt is how unsure the model is of the frame: of "
        "its keypoints and of their step to the very next frame, or of its class. New is how "
        "unlike the frames before it in this list it is, and those that were labelled already. A "
        "frame's place is the product of both. What is drawn is what the model answers: check "
        "every point, it is no label yet."
    )
    key = key_of((("cross", ANSWERED, "what the model answers"),))
    drawn = any(isinstance(each.film.answers[each.row], Tracks) for each in some)
    body = (
        f'<header><p class="brand"><b>ethoframe</b> <span>{escaped(model.method)}</span></p>'
        f"<h1>{counted(len(some), 'frame')} to label next</h1>"
        f'<p class="rule">Looked through: {escaped(through)}. Written: {escaped(says)}.</p>'
        f'<p class="rule">{escaped(words)}</p></header><main><section>{key if drawn else ""}'
        f'<div class="plates">{figures}</div></section></main>'
    )
    styles = (("ethoframe.report.picture", "picture.css"),)
    return shell("frames to label next", body, __package__, "model.css", styles)


def _figure(rank: int, each: Chosen) -> str:
    answer = each.film.answers[each.row]
    frames = each.film.recording.frames([each.number])
    picture = seen(flat(frames), frames.channels)
    plate, marks = Plate(picture), ""
    if isinstance(answer, Tracks):
        known = answer.position[0, :, :, 0].T
        plate = Plate(picture, around(known, 48.0, ROOM))
        marks = "".join(
            cross(at, 4 * plate.pixel, ANSWERED, 2 * plate.pixel)
            for at in known
            if np.isfinite(at).all()
        )
    when = clock(each.film.times_s[each.row], 1)
    words = f"frame {each.number}, {when}; doubt {each.why.doubt:.2f}, new {each.why.novelty:.2f}"
    return (
        f'<figure class="plate-small">{plate.svg(marks, each.film.film)}<figcaption>'
        f"<b>{rank}. {escaped(each.film.film)}</b> {escaped(words)}</figcaption></figure>"
    )


def _safe(name: str) -> str:
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(" .") or "_"
