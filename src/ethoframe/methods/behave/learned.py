"""What animals do, as people taught it by episodes of tracked recordings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Learned, Spec, Training, WholeMethod, parameter
from ethoframe.contract.extras import needs
from ethoframe.data import Episodes, Labelled, Labels, Noun, Recording, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._deciding import Judging, Probabilities, going_on
from ethoframe.methods.behave._features import window_names
from ethoframe.methods.behave._lessons import Lessons
from ethoframe.methods.behave._out_of_fold import Asked, gap_of, parts_of, says
from ethoframe.methods.behave._spans import lasting, runs
from ethoframe.methods.behave._stretches import (
    ANSWERED,
    SHOWN,
    Look,
    Series,
    Usual,
    look_from,
    look_json,
)
from ethoframe.methods.behave._watched import (
    Watched,
    bouts_of,
    keypoints_of,
    labels_of,
    nothing,
    refuse_alone,
    refuse_unlike,
    step_of,
    usual_shortest_s,
    watched_in,
)
from ethoframe.nets.inference import session
from ethoframe.nets.lesson import Lesson
from ethoframe.nets.model import model_of
from ethoframe.nets.network import (
    BOTH,
    LINEAR,
    MOMENT,
    SEEN,
    SETTLED,
    TEMPORAL,
    TREES,
    Head,
    Network,
)

MODELS = {
    "auto": (BOTH,),
    "linear": (LINEAR,),
    "trees": (TREES,),
    "network": (MOMENT,),
    "best": (BOTH, MOMENT),
}
"""Heads that may answer; where either would do, the first does."""

TELLS = {
    BOTH: "a weighted sum of numbers and boosted trees",
    LINEAR: "a weighted sum of numbers",
    TREES: "boosted trees",
    MOMENT: "a network",
}

WIDTH, RATE, BATCH = 48, 2e-3, 16
"""Features of each layer of the network, its highest learning rate, and stretches of a step."""


@dataclass(frozen=True)
class Taught(Learned, WholeMethod):
    """Episodes of behaviours that were taught by people's episodes of tracked animals.

    Keypoints are put on an even clock, and seen from the body: its middle is the origin and its
    axis, from tail base to nose (or from tail end to head end), one direction. Told are where each
    keypoint is, how the body moves and turns and, of pairs, where the nearest other individual is,
    how far parts of both are apart, how both are turned to each other and how they approach; and of
    windows of three spans the mean, spread, least and most of each. Lengths are in those of the own
    body, the median of the recording, and drawn in, and ways are those within *short_s*: so neither
    place, direction, scale nor frame rate counts. What is hidden is not known, and is left out of
    windows.

    Told apart are behaviours by the mean of a weighted sum of these numbers and of boosted trees,
    which both see each moment with its windows; by one of them; or by a network of convolutions
    along time. Classes count alike however rare they are; probabilities are brought back to how
    frequent classes were, and divided by a temperature so that they hold as often as they say.

    All of it teaches, and all of it judges (cross-fitting): labelled time is parted, into whole
    animals or recordings, or within one recording into stretches; each part is told by what the
    others taught, which in one recording is so far from it that they share nothing. Temperature and
    level are settled by these answers; for the figures those of a part by the answers to the
    others. Then everything teaches what is written into the model.

    Only time that people looked at (support) is learned from, and only those individuals that they
    name; within it, what lies in no episode is the class *other*, and time in several episodes is
    left out. A behaviour begins when its probability reaches *begins* and ends when it falls below
    *stays*; for one half stands the level that lets the highest F1 be expected of time that was
    kept apart, which is lower where nothing is sure. Of moments nearer to each other than
    *short_s*, which share nearly all numbers, sum and trees see one. Every individual of the tracks
    is told of. Time in which the body axis was not seen within *middle_s* is outside the support.
    Tracks without a length (never seen from nose to tail base) give no support.

    References
    ----------
    Cross-fitting: Stone, Journal of the Royal Statistical Society B 36 (1974), 111-147. Windows
    over pose and boosting: Kabra et al., Nature Methods 10 (2013), 64-67; Segalin et al.,
    eLife 10 (2021), e63720; Friedman, Annals of Statistics 29 (2001), 1189-1232. Convolutions along
    time: Lea et al., CVPR 2017, 1003-1012. Temperature: Guo et al., ICML 2017, 1321-1330. Classes
    that count alike, and back: Menon et al., ICLR 2021. The level: Lipton et al., ECML PKDD 2014,
    225-239.
    """

    model: str = parameter(
        "auto",
        says="what tells: a weighted sum and trees (auto), one of them, a network, or the best",
        choices=tuple(MODELS),
        fixed="fit",
    )
    company: str = parameter(
        "auto",
        says="whether the nearest other individual counts; by itself where all tracks have one",
        choices=("auto", "nearest", "none"),
        fixed="fit",
    )
    other: str = parameter(
        "other", says="what time is called in which nothing was said", fixed="fit"
    )
    step_s: float = parameter(
        0.0,
        unit="s",
        says="of the even clock; 0 takes the usual step of the tracks",
        low=0.0,
        fixed="fit",
    )
    short_s: float = parameter(
        0.2, unit="s", says="the shortest window; ways are within it", low=0.001, fixed="fit"
    )
    middle_s: float = parameter(0.6, unit="s", says="the middle window", low=0.001, fixed="fit")
    long_s: float = parameter(2.0, unit="s", says="the longest window", low=0.001, fixed="fit")
    mirror: bool = parameter(True, says="whether behaviours stay the same in a mirror", fixed="fit")
    begins: float = parameter(
        0.6, says="a behaviour begins when it is as probable as that", low=0.0, high=1.0
    )
    stays: float = parameter(
        0.4, says="and ends when it is less probable than that", low=0.0, high=1.0
    )
    bridged_s: float = parameter(
        0.0,
        unit="s",
        says="a shorter pause does not end it; 0 when fitted: half of the labels' shorter ones",
        low=0.0,
    )
    least_s: float = parameter(
        0.0,
        unit="s",
        says="it lasts at least so long; 0 when fitted: half of the labels' shorter ones",
        low=0.0,
    )

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"
    learns = Episodes

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """Stretches of tracks that were looked at, and what was done at each moment of them."""
        kinds = MODELS[self.model]
        if {TREES, BOTH} & {*kinds}:
            needs("stats", "sklearn")
        watched = watched_in(self.name(), labels)
        classes = labels_of(self.name(), watched, self.other)
        look = self._look(watched)
        series, times_s = _series(watched, classes, look)
        codes = [each.codes for each in series]
        self._refuse_alike(watched, codes, classes)
        mirror = look.mirror() if self.mirror else None
        # Moments within the shortest window share nearly all numbers: at once they are one.
        apart = max(1, round(self.short_s / look.step_s))
        lessons = Lessons(series, look, len(classes), mirror, apart)
        every, familiar = lessons.taught(codes)
        gap = gap_of(look, kinds)
        splits = parts_of(watched, codes, training, gap)
        shortest = dict(zip(("least_s", "bridged_s"), usual_shortest_s(watched), strict=True))
        # Of longer ones than windows hold, labels do not tell that none is shorter.
        given = {k: getattr(self, k) or min(value, self.long_s) for k, value in shortest.items()}
        folds = [lessons.fold(split) for split in splits]
        known = int(sum((own >= 0).sum() for own in codes))
        asked = Asked(
            [part for _, part in folds],
            series,
            times_s,
            [(each.film, _name(each), each.author) for each in watched],
            classes,
            Judging(every.weights, kinds),
            (self.begins, self.stays, given["bridged_s"], given["least_s"]),
        )
        return Lesson(
            _network(len(every.usual.mean), len(classes), kinds),
            every,
            replace(every, series=()),
            asked.judge,
            rate=RATE,
            batch=BATCH,
            told={
                "split_says": says(splits, gap * look.step_s),
                "moments": {"taught": known, "apart": asked.count},
                "classes": list(classes),
                "look": look_json(look),
                "usual": every.usual.to_json(),
                "numbers": window_names(look.names(), look.spans_s),
                "individuals": sorted({_name(each) for each in watched}),
                "bouts": bouts_of(watched, classes),
            },
            fixed={**given, "step_s": look.step_s, "company": "nearest" if look.pair else "none"},
            settle=asked.settle,
            familiar=familiar if {*kinds} & {*SETTLED} else None,
            folds=[fold for fold, _ in folds],
            table=asked.table,
            lacking=asked.lacking,
        )

    def _refuse_alike(
        self, watched: Sequence[Watched], codes: Sequence[Array], classes: Sequence[str]
    ) -> None:
        """Refuse to learn from nothing, or from one class."""
        known = np.concatenate([own[own >= 0] for own in codes])
        if not len(known):
            reason = "nothing that was looked at was tracked"
            raise Refusal(watched[0].film, reason, "check the clock")
        if len(np.unique(known)) < 2:
            reason = f"all that is left to learn from is of one class ({classes[int(known[0])]})"
            raise Refusal(self.name(), reason, "label more, or what was looked at: support")

    def _look(self, watched: Sequence[Watched]) -> Look:
        """How these tracks are looked at."""
        if self.company == "nearest":
            for each in watched:
                refuse_alone(each.film, each.tracks)
        several = all(len(each.tracks.individuals) > 1 for each in watched)
        pair = self.company != "none" and several
        step_s = step_of(self.name(), self.step_s, (each.tracks for each in watched))
        return Look(keypoints_of(self.name(), watched), pair, step_s, self._spans())

    def _spans(self) -> tuple[float, float, float]:
        return self.short_s, self.middle_s, self.long_s

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks that cannot be looked at as those that taught it."""
        look = look_from(model_of(self).card["look"])
        refuse_unlike(self.name(), specs["tracks"], look.keypoints, pair=look.pair)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of every individual, in order of time."""
        tracks: Tracks = inputs["tracks"]
        words = self._words()
        parts = [nothing(self.name(), words)]
        if len(tracks):
            for who, name in enumerate(tracks.individuals):
                probable, times_s, step_s = self._probable(tracks, who)
                parts += self._episodes(probable, times_s, step_s, (name, words))
        return Episodes.merged(parts)

    def probabilities(self, tracks: Tracks, individual: str) -> tuple[Array, Array]:
        """How probable each class is, and when.

        Parameters
        ----------
        tracks
            As `apply` takes them.
        individual
            Of whom.

        Returns
        -------
        tuple
            ``(t, class)``, *other* last, NaN where nothing is known; and seconds ``(t,)``.
        """
        found = self._probable(tracks, tracks.individuals.index(individual))
        return found[0], found[1]

    def _probable(self, tracks: Tracks, who: int) -> tuple[Array, Array, float]:
        """The same, and the step between two moments."""
        model = model_of(self)
        told = Probabilities.from_json(model.settled)
        # The clock and the spans of its parameters: those of the card, in the unit at hand.
        kept = look_from(model.card["look"])
        look = replace(kept, step_s=self.step_s, spans_s=self._spans())
        bodies = look.bodies(tracks)
        rows = look.rows(bodies, who)
        pictures = Usual.from_json(model.card["usual"])
        run = session(model, "onnxruntime").run
        scores = []
        for start in range(0, len(rows), ANSWERED):
            answer = run(pictures.pictures(rows, [start]))[told.kind][0, :, 0]
            scores.append(answer[:, SEEN : SEEN + ANSWERED].T)
        every = np.concatenate(scores)[: len(rows)].astype(np.float64)
        probable = told.of(every)
        probable[~look.known(rows)] = np.nan
        return probable, bodies.times_s, look.step_s

    def _episodes(
        self, probable: Array, times_s: Array, step_s: float, who: tuple[str, str]
    ) -> list[Episodes]:
        """Episodes of each behaviour of one individual."""
        name, words = who
        known: Array = np.all(np.isfinite(probable), axis=1)
        stop_s = float(times_s[-1]) + step_s
        support = runs(known, times_s, stop_s)
        levels = Probabilities.from_json(model_of(self).settled).levels
        on = going_on(probable, self.begins, self.stays, levels)
        parts = [Episodes.of("", np.zeros((0, 2)), support, self.name(), words, name)]
        for k, label in enumerate(model_of(self).card["classes"][:-1]):
            spans = [np.zeros((0, 2))]
            # What was seen apart from each other is not bridged.
            for start, stop in support:
                own = (times_s >= start) & (times_s < stop)
                found = runs(on[own, k], times_s[own], stop)
                spans.append(lasting(found, self.bridged_s, self.least_s))
            every = np.concatenate(spans)
            each = Episodes.of(label, every, support, self.name(), words, name)
            parts.append(replace(each, confidence=_sure(probable[:, k], times_s, every)))
        return parts

    def _words(self) -> str:
        model = model_of(self)
        tells = TELLS[str(model.settled["kind"])]
        return (
            f"by {tells} that were taught {', '.join(model.card['classes'][:-1])} (model "
            f"{model.hash[:12]}), of windows of {self.short_s:g}, {self.middle_s:g} and "
            f"{self.long_s:g} s; begins at a probability of {self.begins:g}, ends below "
            f"{self.stays:g}; pauses under {self.bridged_s:.2g} s do not count; for at least "
            f"{self.least_s:.2g} s"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Two animals that meet and part."""
        return {"tracks": _meetings()[0]}

    @classmethod
    def sample(cls) -> Labels:
        """When the first of both is near the other."""
        tracks, said = _meetings()
        recording = Recording.of(np.zeros((len(tracks), 1, 1, 1), np.uint8), 10.0, name="meetings")
        return Labels((Labelled(recording, said, tracks=tracks),))


def _network(numbers: int, classes: int, kinds: Sequence[str]) -> Network:
    heads = tuple(Head(kind, classes) for kind in kinds)
    return Network((1, SHOWN), numbers, heads, TEMPORAL, "none", 1, WIDTH)


def _series(
    watched: Sequence[Watched], classes: Sequence[str], look: Look
) -> tuple[list[Series], list[Array]]:
    """Numbers and classes of everybody who was watched, and the times of each moment."""
    series, times_s = [], []
    for each in watched:
        bodies = look.bodies(each.tracks)
        rows = look.rows(bodies, each.who)
        told = each.codes(classes, bodies.times_s)
        series.append(Series(rows, np.where(look.known(rows), told, -1)))
        times_s.append(bodies.times_s)
    return series, times_s


def _name(watched: Watched) -> str:
    return watched.tracks.individuals[watched.who]


def _sure(probable: Array, times_s: Array, spans: Array) -> Array:
    """The mean probability within each span ``(n,)``."""
    bounds = np.searchsorted(times_s, spans).reshape(-1, 2)
    return np.array([float(np.mean(probable[a : max(b, a + 1)])) for a, b in bounds])


def _meetings() -> tuple[Tracks, Episodes]:
    """One animal stays, another comes and goes; they are together while it is near."""
    rate_per_s = 10.0
    t = np.arange(240) / rate_per_s
    far = 90 + 70 * np.cos(2 * np.pi * t / 6)
    heading = 0.2 * np.sin(t)
    ahead = 30 * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    still = np.stack([np.zeros_like(t), np.sin(t)], axis=1)
    coming = np.stack([far, 5 * np.cos(t)], axis=1)
    first = np.stack([still + ahead, still + 0.3 * ahead[:, ::-1], still - ahead], axis=2)
    second = np.stack([coming - ahead, coming + 0.2 * ahead[:, ::-1], coming + ahead], axis=2)
    position = np.stack([first, second], axis=3)
    seen, names = np.ones((len(t), 3, 2)), ("nose", "neck", "tail_base")
    tracks = Tracks(position, seen, np.arange(len(t)), t, names, ("one", "other"))
    near = runs(far < 60, t, float(t[-1]) + 1 / rate_per_s)
    support = np.array([[0.0, len(t) / rate_per_s]])
    return tracks, Episodes.of("together", near, support, "person", individual="one")
