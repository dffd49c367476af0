"""Whom people watched, and what each of them did at each moment of an even clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ethoframe.contract import Spec
from ethoframe.data import Episodes, Labelled, Labels, Refusal, Tracks
from ethoframe.data.episodes import INDIVIDUAL
from ethoframe.data.noun import Array
from ethoframe.data.roles import ROLES, makes, refuse_without
from ethoframe.methods.behave._posture import axis_of, refuse_without_axis

RARE, HALF = 0.05, 0.5
"""Share of what people told that counts as short; and what is less than half as long as that could
not even overlap with it by half."""


@dataclass(frozen=True)
class Watched:
    """One individual of one recording, and what a person saw it do.

    Parameters
    ----------
    tracks
        Of all individuals of the recording.
    who
        Index of the one that was watched.
    episodes
        What it did, with the support that is about it.
    film, subject, author
        As of `Labelled`.
    """

    tracks: Tracks
    who: int
    episodes: Episodes
    film: str
    subject: str
    author: str = ""

    def codes(self, names: Sequence[str], times_s: Array) -> Array:
        """The class at each time ``(t,)``; -1 where nobody looked, or several go on at once."""
        inside = np.stack([self.episodes.covers(name, times_s) for name in names])
        looked = np.zeros(len(times_s), bool)
        for start, stop in self.episodes.support_s:
            looked |= (times_s >= start) & (times_s < stop)
        count = inside.sum(axis=0)
        found = np.where(count == 0, len(names) - 1, inside.argmax(axis=0))
        return np.asarray(np.where(looked & (count <= 1), found, -1))


def watched_in(who: str, labels: Labels) -> list[Watched]:
    """Everybody whom people watched: those that did something, or of whom they said so.

    Support that names nobody is about those whom the labels name anywhere; about everybody where
    they name nobody.

    Parameters
    ----------
    who
        Of whom refusals tell.
    labels
        `Episodes` of recordings whose tracks are known.

    Raises
    ------
    Refusal
        When they are no episodes, come without tracks, or name individuals that tracks do not have.
    """
    if not labels.parts or labels.gives is not Episodes:
        raise Refusal(who, "these labels are no episodes", "name a table of start_s, stop_s, label")
    named = [_named(part) for part in labels.parts]
    everywhere = {name for part in named for name in part.names} - {INDIVIDUAL}
    found = []
    for part, episodes in zip(labels.parts, named, strict=True):
        tracks = _tracks(part)
        refuse_without_axis(part.film, tracks.keypoints)
        own = [name for name in tracks.individuals if name in everywhere or not everywhere]
        for name in own:
            about = episodes.about(name)
            if len(about.support_s):
                place = tracks.individuals.index(name)
                found.append(Watched(tracks, place, about, part.film, part.subject, part.author))
    if not found:
        raise Refusal(who, "nobody was looked at", "say in which spans: support")
    return found


def _tracks(part: Labelled) -> Tracks:
    if part.tracks is None:
        remedy = "name the files of its tracks: --tracks"
        raise Refusal(part.film, "nothing tells where its animals are", remedy)
    return part.tracks


def _named(part: Labelled) -> Episodes:
    """Its episodes, by the names of its tracks.

    Raises
    ------
    Refusal
        When somebody is named whom the tracks do not have.
    """
    said, tracks = part.said, _tracks(part)
    assert isinstance(said, Episodes)
    known, one = tracks.individuals, len(said.names) < 2
    # Where there is one animal in both, it does not matter how the one that nobody named is called.
    if one and len(known) == 1 and INDIVIDUAL in (*known, *said.names):
        return _all_of(said, known[0])
    strange = [name for name in said.names if name not in known]
    if strange:
        told = ", ".join("nobody by name" if name == INDIVIDUAL else name for name in strange)
        reason = f"the labels are of {told}, and the tracks of {', '.join(known)}"
        raise Refusal(part.film, reason, "call them alike in both")
    return said


def _all_of(said: Episodes, name: str) -> Episodes:
    """The only one that was watched, by the name that the tracks have for it."""
    watched = ("",) * len(said.support_s)
    return replace(said, individuals=(name,) * len(said), watched=watched)


def labels_of(who: str, watched: Sequence[Watched], other: str) -> tuple[str, ...]:
    """What was told of anybody, and at the end the word for everything else.

    Raises
    ------
    Refusal
        When nothing was told.
    """
    found = [label for each in watched for label in each.episodes.labels if label != other]
    names = tuple(dict.fromkeys(found))
    if not names:
        remedy = "label some episodes, and what was looked at: support"
        raise Refusal(who, f"all that was looked at is of one class ({other})", remedy)
    return (*names, other)


def keypoints_of(who: str, watched: Sequence[Watched]) -> tuple[str, ...]:
    """The keypoints that all tracks have, by the names of their roles where these are known.

    Raises
    ------
    Refusal
        When they have no body axis in common.
    """
    shared: list[str] = []
    for index, each in enumerate(watched):
        own = [_role(name) for name in each.tracks.keypoints]
        shared = [name for name in own if not index or name in shared]
    ends = {axis_of(each.tracks.keypoints) for each in watched}
    if len(ends) > 1:
        told = " and ".join(sorted(" to ".join(end) for end in ends))
        reason = f"the tracks have different body axes: {told}"
        raise Refusal(who, reason, "say what keypoints are, as --roles nose=NAME,tail_base=NAME")
    return tuple(dict.fromkeys([*ends.pop(), *shared]))


def step_of(who: str, asked_s: float, tracks: Iterable[Tracks]) -> float:
    """Seconds of an even clock: those asked for, or the usual step of the tracks.

    Raises
    ------
    Refusal
        When nothing tells them.
    """
    steps = [each.step_s for each in tracks if len(each) > 1]
    step_s = asked_s or (float(np.median(steps)) if steps else 0.0)
    if not step_s > 0:
        raise Refusal(who, "the tracks have no clock", "say it, as --clock 30fps")
    return step_s


def nothing(author: str = "", definition: str = "") -> Episodes:
    """No episodes, and nobody looked."""
    none = np.zeros(0)
    return Episodes((), none, none, np.zeros((0, 2)), author=author, definition=definition)


def refuse_alone(film: str, tracks: Tracks) -> None:
    """Refuses tracks of one individual where the nearest other one shall count."""
    if len(tracks.individuals) < 2:
        reason = "there is one individual, and the nearest other one shall count"
        raise Refusal(film, reason, "leave --company out")


def refuse_unlike(who: str, tracks: Spec, keypoints: Sequence[str], *, pair: bool) -> None:
    """Refuses tracks that cannot be looked at as those that taught a model.

    Parameters
    ----------
    who
        Of whom refusals tell.
    tracks
        What the model is asked of.
    keypoints, pair
        Of those that taught it, the ends of the body axis first; whether the nearest other
        individual counted.
    """
    refuse_without(who, tracks.names, *keypoints[:2])
    strange = [name for name in keypoints if not makes(name, tracks.names)]
    if strange:
        listed = ", ".join(tracks.names)
        reason = f"the tracks have no keypoint {strange[0]}; they have: {listed}"
        raise Refusal(who, reason, f"say which it is, as --roles {strange[0]}=NAME")
    if pair and (tracks.shape[3] or 0) < 2:
        reason = "it was taught by pairs, and the tracks are of one individual"
        raise Refusal(who, reason, "give tracks of both in one file")


def usual_shortest_s(watched: Sequence[Watched]) -> tuple[float, float]:
    """Half of how long the shorter episodes are, and the shorter pauses between two of a kind."""
    lengths, pauses = [np.zeros(0)], [np.zeros(0)]
    for each in watched:
        for label in dict.fromkeys(each.episodes.labels):
            spans = each.episodes.spans(label)
            spans = spans[np.argsort(spans[:, 0], kind="stable")]
            lengths.append(spans[:, 1] - spans[:, 0])
            between = spans[1:, 0] - spans[:-1, 1]
            pauses.append(between[between > 0])
    return _low(np.concatenate(lengths)), _low(np.concatenate(pauses))


def _low(lengths: Array) -> float:
    return HALF * float(np.quantile(lengths, RARE)) if len(lengths) else 0.0


def _role(keypoint: str) -> str:
    found = (role for role in ROLES if makes(role, (keypoint,)) == (keypoint,))
    return next(found, keypoint)


def bouts_of(watched: Sequence[Watched], classes: Sequence[str]) -> dict[str, int]:
    """How many bouts of each class but the last were told, by whoever told them."""
    every = [label for each in watched for label in each.episodes.labels]
    return {name: every.count(name) for name in classes[:-1]}
