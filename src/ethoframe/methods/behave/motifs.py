"""Motifs of behaviour that nobody named: kinds of movement that recur, and how stable they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Learned, Spec, Training, WholeMethod, parameter
from ethoframe.data import Episodes, Labelled, Labels, Noun, Recording, Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.methods.behave._motif_models import MODELS
from ethoframe.methods.behave._motif_rows import Few, Sight
from ethoframe.methods.behave._motif_stability import kept_of
from ethoframe.methods.behave._motif_taught import (
    Candidates,
    known_runs,
    lesson_of,
    moving_in,
    path_of,
    seen_in,
)
from ethoframe.methods.behave._posture import refuse_without_axis
from ethoframe.methods.behave._spans import runs
from ethoframe.methods.behave._watched import (
    Watched,
    keypoints_of,
    nothing,
    refuse_alone,
    refuse_unlike,
    step_of,
)
from ethoframe.nets.lesson import Lesson
from ethoframe.nets.model import model_of


@dataclass(frozen=True)
class Motifs(Learned, WholeMethod):
    """Episodes of motifs, which tracks alone taught: kinds of movement that nobody named.

    Of each moment it is told where parts of the body are, as seen from its middle and axis, how
    they move and how the body turns: means within *short_s* and *middle_s*, and spreads within
    *short_s*, in lengths of the own body, so that neither place, direction nor scale counts; nor,
    unless *mirror* is off, left and right. Principal components make few numbers of these. Three
    models find motifs in them: clusters (k-means), a mixture of Gaussians, and a hidden Markov
    chain of Gaussians; each with every number of motifs from *fewest* to *most*, as far as there is
    *each_s* of a half for each. A motif goes on for *least_s* at least; motifs are numbered by
    their share of time.

    How stable each is, is measured by the adjusted Rand index of what two models call the same
    moments, which is 0 where they agree by chance: of models that began otherwise (seeds), and of
    models of two halves: of recordings, of the animals of the only one, or of blocks of its time.
    Few clusters agree on anything that is long and round. So the same is asked of series with the
    same spreads and rhythms but no motifs (phases moved by chance), and *beyond* is how much more
    agree, as a share of what was left: the lower one of seeds and halves, as halves may by chance
    begin alike. Of those with at least 0.65 over seeds and halves and 0.5 beyond, the one is kept
    that has the most motifs among those within 0.05 of the most beyond. Where several models are
    tried, as many motifs must be stable in two: one alone may cut a continuum. If none reaches
    these levels, the same rule takes one of all, and it is said that its motifs should not be
    interpreted.

    Time in which the body axis was not seen within *middle_s* is outside the support.

    References
    ----------
    Motifs and chains: Wiltschko et al., Neuron 88 (2015), 1121-1135; Luxem et al., Communications
    Biology 5 (2022), 1267. The index: Hubert & Arabie, Journal of Classification 2 (1985), 193-218;
    its levels: Steinley, Psychological Methods 9 (2004), 386-396. Stability: Lange et al., Neural
    Computation 16 (2004), 1299-1323; von Luxburg, Foundations and Trends in Machine Learning 2
    (2010), 235-274; the most that is as stable: Tibshirani & Walther, Journal of Computational and
    Graphical Statistics 14 (2005), 511-528. No motifs: Prichard & Theiler, Physical Review Letters
    73 (1994), 951-954.
    """

    model: str = parameter(
        "auto",
        says="k-means, mixture, markov, or which of them is the most stable (auto)",
        choices=("auto", *MODELS),
        fixed="fit",
    )
    company: str = parameter(
        "none",
        says="whether the nearest other individual counts",
        choices=("none", "nearest"),
        fixed="fit",
    )
    mirror: bool = parameter(
        True, says="whether a motif and its mirror image are the same", fixed="fit"
    )
    fewest: int = parameter(3, says="motifs, at the least", low=2, fixed="fit")
    most: int = parameter(8, says="motifs, at the most", low=2, fixed="fit")
    each_s: float = parameter(
        10.0,
        unit="s",
        says="of half the time that was tracked for each motif, at least",
        low=0.0,
        fixed="fit",
    )
    explained: float = parameter(
        0.9, says="share of variance that few numbers hold", low=0.01, high=1.0, fixed="fit"
    )
    numbers: int = parameter(10, says="of the few numbers, at most", low=1, fixed="fit")
    step_s: float = parameter(
        0.0,
        unit="s",
        says="of the even clock; 0 takes the usual step of the tracks",
        low=0.0,
        fixed="fit",
    )
    every_s: float = parameter(
        0.1, unit="s", says="between two moments that are told of", low=0.001, fixed="fit"
    )
    short_s: float = parameter(0.2, unit="s", says="the shorter window", low=0.001, fixed="fit")
    middle_s: float = parameter(0.6, unit="s", says="the longer window", low=0.001, fixed="fit")
    least_s: float = parameter(0.3, unit="s", says="a motif lasts at least so long", low=0.0)

    takes: ClassVar[Mapping[str, In]] = {"tracks": In(Kind.TRACKS)}
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "1"
    learns = Tracks

    def lesson(self, labels: Labels, training: Training) -> Lesson:
        """The motifs that are kept, and how stable all are that were tried."""
        if self.most < self.fewest:
            reason = f"at least {self.fewest} motifs and at most {self.most} is none"
            raise Refusal(self.name(), reason, "raise --most")
        sight = self._sight(labels)
        moving = moving_in(labels, sight, self.name())
        models = MODELS if self.model == "auto" else (self.model,)
        kept_s = sum(len(each.places) for each in moving.series) * sight.pace_s
        most = int(kept_s / 2 / self.each_s) if self.each_s else self.most
        if most < self.fewest:
            reason = f"{kept_s:.3g} s were tracked, too few for {self.fewest} motifs"
            raise Refusal(self.name(), reason, "name more tracks, or lower --each-s")
        few = Few.of(moving.rows, self.explained, self.numbers)
        tried = Candidates.of(
            moving.placed(few),
            models,
            range(self.fewest, min(self.most, most) + 1),
            max(1, round(self.least_s / sight.pace_s)),
            training.seed,
        )
        fixed = {"step_s": sight.step_s}
        return lesson_of(tried, kept_of(tried.every), moving, (few, sight), fixed)

    def _sight(self, labels: Labels) -> Sight:
        """How these tracks are looked at."""
        if not labels.parts:
            raise Refusal(self.name(), "there are no tracks", "name some: --labels")
        films = [(part.film, part.said) for part in labels.parts]
        tracks = [(film, said) for film, said in films if isinstance(said, Tracks)]
        if len(tracks) < len(films):
            raise Refusal(films[0][0], "these are no tracks", "name tracks of animals: --labels")
        for film, each in tracks:
            refuse_without_axis(film, each.keypoints)
            if self.company == "nearest":
                refuse_alone(film, each)
        seen = [Watched(each, 0, nothing(), film, "") for film, each in tracks]
        step_s = step_of(self.name(), self.step_s, (each for _, each in tracks))
        return self._seen(keypoints_of(self.name(), seen), step_s)

    def _seen(self, keypoints: Sequence[str], step_s: float) -> Sight:
        return Sight(
            (*keypoints,),
            self.company == "nearest",
            step_s,
            self.mirror,
            self.every_s,
            self.short_s,
            self.middle_s,
        )

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses tracks that cannot be looked at as those that taught it."""
        keypoints = model_of(self).card["sight"]["keypoints"]
        pair = self.company == "nearest"
        refuse_unlike(self.name(), specs["tracks"], keypoints, pair=pair)
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The motifs of every individual, in order of time."""
        tracks: Tracks = inputs["tracks"]
        words = self._words()
        parts = [nothing(self.name(), words)]
        if len(tracks):
            sight = self._seen(model_of(self).card["sight"]["keypoints"], self.step_s)
            bodies = sight.bodies(tracks)
            for who, name in enumerate(tracks.individuals):
                rows, times_s = sight.rows(bodies, who), bodies.times_s[:: sight.thinned]
                # The last moment stands for as long as the others do, not beyond the clock's end.
                stop_s = min(times_s[-1] + sight.pace_s, bodies.times_s[-1] + sight.step_s)
                parts += self._episodes(rows, times_s, (sight.pace_s, float(stop_s)), (name, words))
        return Episodes.merged(parts)

    def _episodes(
        self, rows: Array, times_s: Array, ends: tuple[float, float], who: tuple[str, str]
    ) -> list[Episodes]:
        """Episodes of each motif of one individual."""
        (pace_s, stop_s), (name, words) = ends, who
        model = model_of(self)
        count = len(model.settled["onward"])
        known = seen_in(rows)
        told = np.full(len(rows), -1)
        for run in known_runs(known):
            told[run] = path_of(model, rows[run], max(1, round(self.least_s / pace_s)))
        support = runs(known, times_s, stop_s)
        parts = [Episodes.of("", np.zeros((0, 2)), support, self.name(), words, name)]
        for k in range(count):
            spans = runs(told == k, times_s, stop_s)
            parts.append(Episodes.of(f"motif {k + 1}", spans, support, self.name(), words, name))
        return parts

    def _words(self) -> str:
        model = model_of(self)
        kept = model.card["stability"]["kept"]
        doubt = "" if kept["stable"] else "; NOT STABLE, not to be interpreted"
        return (
            f"one of {kept['number']} motifs that nobody named ({kept['model']}, model "
            f"{model.hash[:12]}), of windows of {self.short_s:g} and {self.middle_s:g} s; for at "
            f"least {self.least_s:.2g} s; agreement over halves {kept['halves']:.2f} (adjusted "
            f"Rand), beyond series without motifs {kept['beyond']:.2f}{doubt}"
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """An animal that rests, walks and spins."""
        return {"tracks": _alternating(20.0, 1)}

    @classmethod
    def sample(cls) -> Labels:
        """The same for longer."""
        tracks = _alternating(66.0, 2)
        pixels = np.zeros((len(tracks), 1, 1, 1), np.uint8)
        recording = Recording.of(pixels, 10.0, name="alternating")
        return Labels((Labelled(recording, tracks, tracks=tracks),))


def _alternating(lasts_s: float, seed: int) -> Tracks:
    """One animal that rests, walks and spins, for two seconds each."""
    rate_per_s, chance = 10.0, np.random.default_rng(seed)
    t = np.arange(round(lasts_s * rate_per_s)) / rate_per_s
    kind = chance.permutation(np.arange(len(t) // 20 + 1) % 3)[np.arange(len(t)) // 20]
    heading = np.cumsum(np.where(kind == 2, 0.5, 0.01))
    step = np.where(kind == 1, 8.0, 0.0)[:, None]
    ahead = np.stack([np.cos(heading), np.sin(heading)], axis=1)
    middle = np.cumsum(step * ahead, axis=0)
    held = np.stack([middle + 30 * ahead, middle + 10 * ahead, middle - 30 * ahead], axis=2)
    position = held[..., None] + chance.normal(0, 0.3, (len(t), 2, 3, 1))
    confidence = np.ones((len(t), 3, 1))
    return Tracks(position, confidence, np.arange(len(t)), t, ("nose", "neck", "tail_base"))
