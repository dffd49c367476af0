"""Files of episodes as one pool: which belong to one recording, by whom, and what was looked at.

A file on its own knows neither that another tells of the same recording nor how far anybody else
looked. So what its reader had to fill in is decided here, once all files are read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from ethoframe.apps.scoring.watched import Watching, watched_at
from ethoframe.data import Episodes, Observations, Observed, Refusal

ONE = "recording"
"""How the only recording is called that several files tell of and none names."""

MOST = 3
"""Names that a line holds."""


@dataclass(frozen=True)
class Pool:
    """Several files as one.

    Parameters
    ----------
    files
        What each tells, in the order of their paths.
    notes
        What was taken for granted, a line each.
    """

    files: tuple[Observations, ...]
    notes: tuple[str, ...] = ()


def pooled(paths: Sequence[Path], asked: Watching) -> Pool:
    """What several files tell, with recordings, authors and support settled over all of them.

    Support that nobody tells is from 0 s to the last time that anybody tells of the recording, in
    any of the files. Labels are as they stand (see `one_spelling`).

    Raises
    ------
    Refusal
        When a file cannot be read or tells times of no session, or when names of files tell a
        person and a recording at once.
    """
    files = [watched_at(path, asked) for path in paths]
    for path, file in zip(paths, files, strict=True):
        _refuse_endless(path, file)
    files, alike = _recordings(paths, files)
    files = _authors(paths, files)
    files, blank = _labelled(files)
    return Pool(tuple(_looked(files)), (*alike, *blank, *_joined(files)))


def _refuse_endless(path: Path, file: Observations) -> None:
    """Times that no session has, such as infinity, leave nothing to be weighed.

    Raises
    ------
    Refusal
        Where one is told.
    """
    from ethoframe.formats._observing import LONGEST_S

    for part in file:
        seen = part.episodes
        for time in (*seen.start_s.tolist(), *seen.stop_s.tolist(), *seen.support_s.ravel()):
            if not abs(time) <= LONGEST_S:
                reason = f"it tells {time:g} s of {part.recording}, longer than any session"
                raise Refusal(path, reason, "correct this time")


def one_spelling(
    files: Sequence[Observations],
) -> tuple[list[Observations], tuple[str, ...]]:
    """Labels that differ only in capitals, and in spaces around them, as one: the most used.

    Examples
    --------
    >>> seen = [Episodes.of(word, np.array([[1.0, 2.0]]), [[0, 9]]) for word in ("Rear", "rear ")]
    >>> told, notes = one_spelling([Observations((Observed("m1", each),)) for each in seen])
    >>> [each.labels for each in told], notes
    ([('Rear',), ('Rear',)], ("'Rear', 'rear ' are taken for one label: 'Rear'",))
    """
    often = Counter(label for file in files for part in file for label in part.episodes.labels)
    groups: dict[str, list[str]] = {}
    for label, _ in often.most_common():
        groups.setdefault(label.strip().casefold(), []).append(label)
    names = {label: own[0].strip() for own in groups.values() for label in own}
    told = tuple(
        f"{', '.join(map(repr, own))} are taken for one label: {own[0].strip()!r}"
        for own in groups.values()
        if len(own) > 1
    )
    if all(label == name for label, name in names.items()):
        return list(files), ()
    return [_each(file, lambda episodes: _renamed(episodes, names)) for file in files], told


def _renamed(episodes: Episodes, names: Mapping[str, str]) -> Episodes:
    return replace(episodes, labels=tuple(names[label] for label in episodes.labels))


def _each(file: Observations, change: Callable[[Episodes], Episodes]) -> Observations:
    parts = tuple(replace(part, episodes=change(part.episodes)) for part in file)
    return replace(file, parts=parts)


def _recordings(
    paths: Sequence[Path], files: Sequence[Observations]
) -> tuple[list[Observations], tuple[str, ...]]:
    """Recordings that no file names, named after those that are, or as one where there is one."""
    named = {part.recording for file in files for part in file if "recording" not in part.guessed}
    nameless = [at for at, file in enumerate(files)
                if any("recording" in part.guessed for part in file)]  # fmt: skip
    stems = [files[at].recordings[0] for at in nameless]
    loose = [at for at, stem in zip(nameless, stems, strict=True) if stem not in named]
    several = Counter(stems)
    if not loose or len(named) > 1 or _one_person_often(files, named, loose):
        return list(files), _left(files, loose if named else [], named)
    if not named and (len(loose) < 2 or max(several.values()) > 1):
        return list(files), ()
    called = [files[at].recordings[0] for at in loose]
    _refuse_two_things(paths[loose[0]], called)
    one = next(iter(named), ONE)
    settled = list(files)
    for at in loose:
        settled[at] = replace(files[at], parts=tuple(replace(p, recording=one) for p in files[at]))
    line = f"{_nameless(called)} taken for {one if named else 'one'}: there is one in each file"
    return settled, (line,)


def _one_person_often(
    files: Sequence[Observations], named: Iterable[str], loose: Sequence[int]
) -> bool:
    """Whether a person by name would have seen the one recording in several files."""
    whose = [{part.author for part in files[at] if part.author} for at in loose]
    if one := next(iter(named), ""):
        whose.append({part.author for file in files for part in file
                      if part.recording == one and part.author})  # fmt: skip
    often = Counter(name for names in whose for name in names)
    return max(often.values(), default=0) > 1


def _left(
    files: Sequence[Observations], loose: Sequence[int], named: Iterable[str]
) -> tuple[str, ...]:
    """A line for files without a recording's name where others have several."""
    if not loose:
        return ()
    called = _nameless([files[at].recordings[0] for at in loose])
    return (f"{called} called after the file, beside {_some(sorted(named))}",)


def _nameless(names: Sequence[str]) -> str:
    verbs = ("names", "is") if len(names) == 1 else ("name", "are")
    return f"{_some(names)} {verbs[0]} no recording and {verbs[1]}"


def _refuse_two_things(where: Path, names: Sequence[str]) -> None:
    """Files such as ``anna_v1`` and ``bert_v2`` are no two people with one recording.

    Raises
    ------
    Refusal
        When several parts of the names differ, and one of these comes back.
    """
    parts = [re.split(r"[\s_.-]+", name) for name in names]
    if len({len(each) for each in parts}) > 1:
        return
    differ = [column for column in zip(*parts, strict=True) if len({*column}) > 1]
    if len(differ) > 1 and any(len({*column}) < len(names) for column in differ):
        reason = f"{_some(names)} seem to name people and recordings at once"
        remedy = "give them columns ID and rater, or each person a folder: anna/v1.csv, bert/v1.csv"
        raise Refusal(where, reason, remedy)


def _authors(paths: Sequence[Path], files: Sequence[Observations]) -> list[Observations]:
    """Authors that nobody names: by the file, or by its folder where several are called alike."""
    names = _called([path.absolute() for path in paths])
    return [_each(file, partial(_by, name)) for file, name in zip(files, names, strict=True)]


def _by(name: str, episodes: Episodes) -> Episodes:
    return episodes if episodes.author else replace(episodes, author=name)


def _called(paths: Sequence[Path]) -> list[str]:
    """The name of each file without ending, or what tells its folder from those of its likes.

    Examples
    --------
    >>> _called([Path("/a/anna/bouts/v1.csv"), Path("/a/bert/bouts/v1.csv"), Path("/a/cleo.csv")])
    ['anna', 'bert', 'cleo']
    """
    from ethoframe import formats

    stems = [formats.stem(path.name) for path in paths]
    named = []
    for path, stem in zip(paths, stems, strict=True):
        likes = dict.fromkeys(p for p, other in zip(paths, stems, strict=True) if other == stem)
        named.append(_told_apart(path, list(likes)) if len(likes) > 1 else stem)
    return named


def _told_apart(path: Path, likes: Sequence[Path]) -> str:
    """The parts of a path, from its end, in which its likes are not all the same."""
    deep = min(len(each.parts) for each in likes)
    tails = [each.with_suffix("").parts[-deep:] for each in likes]
    differ = [len({*column}) > 1 for column in zip(*tails, strict=True)]
    own = path.with_suffix("").parts[-deep:]
    return "/".join(part for part, kept in zip(own, differ, strict=True) if kept) or own[-1]


def _labelled(files: Sequence[Observations]) -> tuple[list[Observations], tuple[str, ...]]:
    """The files without bouts that have no label, and how many these are."""
    blank = [label for file in files for part in file for label in part.episodes.labels
             if not label.strip()]  # fmt: skip
    if not blank:
        return list(files), ()
    kept = [_each(file, lambda seen: seen.only(*filter(str.strip, seen.labels))) for file in files]
    return kept, (f"{len(blank)} bouts have no label, and are left out",)


def _looked(files: Sequence[Observations]) -> list[Observations]:
    """The files with all support that is guessed as long as anybody tells of the recording."""
    ends: dict[str, float] = {}
    for part in (part for file in files for part in file):
        told = part.episodes.support_s if "support" not in part.guessed else np.empty(0)
        last = max([0.0, *part.episodes.stop_s.tolist(), *told.ravel().tolist()])
        ends[part.recording] = max(last, ends.get(part.recording, 0.0))
    return [
        replace(file, parts=tuple(_filled(part, ends[part.recording]) for part in file))
        for file in files
    ]


def _filled(part: Observed, end_s: float) -> Observed:
    if "support" not in part.guessed:
        return part
    whole = np.array([[0.0, end_s]])
    return replace(part, episodes=replace(part.episodes, support_s=whole, watched=()))


def _joined(files: Sequence[Observations]) -> tuple[str, ...]:
    """A line that tells how many bouts are left when those that overlap are one."""
    from ethoframe.score.episodes import disjoint

    fewer = []
    for part in (part for file in files for part in file):
        for who in part.episodes.names:
            own = part.episodes.about(who)
            for label in dict.fromkeys(own.labels):
                spans = own.spans(label)
                left = len(disjoint(spans))
                if left < len(spans):
                    fewer.append((len(spans) - left, part, label, len(spans), left))
    if not fewer:
        return ()
    _, part, label, before, after = max(fewer, key=lambda each: each[0])
    whose = f"{part.recording} by {part.author}" if part.author else part.recording
    return (
        f"overlapping bouts of one person and label are joined to one: "
        f"{sum(each[0] for each in fewer)} fewer; most in {whose}, {label}: {before} are {after}",
    )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST]) + (" ..." if len(names) > MOST else "")
